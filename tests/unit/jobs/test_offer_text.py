"""The texts of ads."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.offer_text import plain_text, tidy, work_mode_of
from domain.offer_words import Words, exact_words, split_terms, words_of


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("<p>Bonjour<br/>le monde</p><p>Salaire &lt; 30 k&euro;</p>", "Bonjour\nle monde\n\nSalaire < 30 k€"),
        ("<ul><li>Python</li><li>SQL</li></ul>", "- Python\n- SQL"),
        ("&lt;p&gt;D&amp;eacute;veloppeur&lt;/p&gt;", "Développeur"),
        ("<p>Caf&amp;eacute;</p>", "Café"),
        ("Poste de <strong>développeur</strong> Python…", "Poste de développeur Python…"),
        ("a < b et c > d & e", "a < b et c > d & e"),
        ("<p>vu</p><script>alert(1)</script><style>p{}</style><!-- caché --><b>et lu</b>", "vu\net lu"),
        ('<a href="javascript:x" onclick="y">lien</a>', "lien"),
        ("  une  ligne \n\n\n\n\tune autre\u00a0! ", "une ligne\n\nune autre !"),
        ("", ""),
    ],
)
def test_html_becomes_plain_text(written: str, text: str) -> None:
    assert plain_text(written) == text


@pytest.mark.parametrize("piece", ["<x y=z", "<p a='>", "<!--", "</", "<script>", "&amp;lt;p", "<![CDATA[", "<p ='"])
def test_hostile_html_is_read_in_time_that_grows_with_its_length(piece: str) -> None:
    """Quadratic time would take minutes."""
    started = time.monotonic()
    plain_text("<p>" + piece * (200_000 // len(piece)))
    assert time.monotonic() - started < 30


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("<>/pbr li&;lt=\"'!-\n"), max_size=80))
def test_any_html_is_read(text: str) -> None:
    found = plain_text(f"<p>{text}</p>")
    assert not found.startswith("<p>")
    assert found == tidy(found)


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("Pas de télétravail sur ce poste", "onsite"),
        ("Aucun télétravail possible.", "onsite"),
        ("Poste en full remote", "remote"),
        ("Full-Remote depuis la France", "remote"),
        ("100 % télétravail", "remote"),
        ("100% télétravail", "remote"),
        ("Mission entièrement à distance", "remote"),
        ("Organisation hybride", "hybrid"),
        ("Télétravail partiel", "hybrid"),
        ("Télétravail possible", "hybrid"),
        ("2 jours de télétravail par semaine", "hybrid"),
        ("Deux jours\nde télétravail", "hybrid"),
        ("jusqu'à 2 à 3 jours de télétravail", "hybrid"),
        ("Vous réparez des moteurs hybrides et un véhicule hybride", None),
        ("Le télétravail est un sujet", None),
        ("", None),
    ],
)
def test_a_text_tells_the_work_mode(text: str, mode: str | None) -> None:
    assert work_mode_of(text) == mode


@pytest.mark.parametrize(
    ("keywords", "terms"),
    [
        ("Python", ["Python"]),
        ("python  Django", ["python", "Django"]),
        ("python, django,", ["python", "django"]),
        ('"chef de  projet" web', ["chef de projet", "web"]),
        ("« chef de projet » web", ["chef de projet", "web"]),
        ('"chef de projet', ["chef", "de", "projet"]),
        ("C++ C# C .NET R&D", ["C++", "C#", "C", ".NET", "R&D"]),
        ("Élève eleve ELEVE", ["Élève"]),
        ('- / ,, "" \'', []),
    ],
)
def test_keywords_are_words_and_phrases(keywords: str, terms: list[str]) -> None:
    assert split_terms(keywords) == terms


@pytest.mark.parametrize(
    ("term", "text", "holds"),
    [
        ("developpeur", "Développeur C++", True),
        ("C++", "Développeur C++", True),
        ("C", "Développeur C++", False),
        ("C", "C'est un poste de développeur C++", False),
        ("C", "Langages : C, C++", True),
        ("R", "Équipe R&D", False),
        (".NET", "Salaire net", False),
        (".net", "Développeur .NET/C#", True),
        ("java", "JavaScript", False),
        ("chef de projet", "Chef de projet web", True),
        ("chef de projet", "Chef du projet", False),
        ("Node.js", "node js", True),
        ("ingénieur", "L’ingénieur", True),
        ("développeuse", "Développeur C++", True),
        ("rédacteur web", "Rédactrice Web", True),
        ("infirmière", "Infirmier de nuit", True),
        ("vendeurs", "Vendeuses en boutique", True),
        ("acteur", "Facteur", False),
    ],
)
def test_terms_are_whole_words(term: str, text: str, holds: bool) -> None:
    assert Words(text).hold(term) is holds


def test_a_phrase_stays_within_one_text() -> None:
    assert not Words("Chef", "de projet").hold("chef de projet")
    assert Words("Python", None, "Django").count(["python", "django", "flask"]) == 2


def test_the_words_that_full_text_search_loses() -> None:
    assert exact_words("Développeur C++, C#, R et .NET, c++") == ["c++", "c#", "r", "et", ".net"]
    assert words_of("") == exact_words("") == []
