"""Spoken languages and their levels."""

import pytest

from domain.extraction.languages import find_stated_languages, language_level, read_languages
from domain.extraction.lines import read_lines


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Français : langue maternelle\nAnglais : courant (TOEIC 910)", [("fr", "native"), ("en", "C1")]),
        ("Français (natif), Anglais (C1), Espagnol : B1", [("fr", "native"), ("en", "C1"), ("es", "B1")]),
        ("Anglais courant, arabe maternel, allemand scolaire", [("en", "C1"), ("ar", "native"), ("de", "A2")]),
        ("Native French, fluent English", [("fr", "native"), ("en", "C1")]),
        ("English: native; Vietnamese: conversational", [("en", "native"), ("vi", "B1")]),
        ("French (Native or Bilingual)\nItalian (Limited Working)", [("fr", "native"), ("it", "B1")]),
        ("Anglais\nNiveau B2\nBreton", [("en", "B2"), ("br", None)]),
        ("- Anglais (lu, écrit, parlé)\n- Italien (notions)", [("en", "B2"), ("it", "A2")]),
        ("Anglais ★★★☆☆\nAllemand – B1/B2", [("en", None), ("de", "B1")]),
        ("Cuisine\nLecture", []),
        ("Langue(s) maternelle(s) : PORTUGAIS", [("pt", "native")]),
        ("Courant : anglais, espagnol (B2)", [("en", "C1"), ("es", "B2")]),
        ("English and Swahili (both native)", [("en", "native"), ("sw", "native")]),
        ("Igbo, british sign language", [("ig", None), ("bfi", None)]),
    ],
)
def test_a_section_gives_codes_and_levels(text: str, expected: list[tuple[str, str | None]]) -> None:
    found = read_languages(read_lines(text))
    assert [(language.language, language.level) for language in found] == expected


@pytest.mark.parametrize(
    ("words", "level"),
    [
        ("upper intermediate", "B2"),
        ("intermédiaire", "B1"),
        ("pre-intermediate", "A2"),
        ("Full Professional", "C1"),
        ("professional working proficiency", "B2"),
        ("niveau professionnel", "B2"),
        ("bilingue", "C2"),
        ("très bon niveau", "C1"),
        ("bon niveau", "B2"),
        ("bonnes notions", "A2"),
        ("notions", "A2"),
        ("débutant", "A1"),
        ("TOEIC 850", "B2"),
        ("IELTS 7.5", "C1"),
        ("toefl 100", "C1"),
        ("", None),
    ],
)
def test_words_and_scores_mean_a_level(words: str, level: str | None) -> None:
    assert language_level(words) == level


def test_the_words_of_the_cv_are_kept() -> None:
    language = read_languages(read_lines("Anglais : courant (C1)"))[0]
    assert (language.label, language.as_written) == ("Anglais", "Anglais : courant (C1)")


def test_outside_a_section_only_a_stated_level_counts() -> None:
    lines = read_lines("Anglais : courant\nProfesseur d'anglais\nEspagnol")
    assert [language.language for language in find_stated_languages(lines)] == ["en"]
