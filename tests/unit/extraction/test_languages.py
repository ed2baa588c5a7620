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
        # what is said of a language may stand before it, after it, or once for several
        ("Je parle français et arabe, un peu espagnol.", [("fr", None), ("ar", None), ("es", "A2")]),
        ("Anglais lu, écrit et parlé, notions d'espagnol", [("en", "B2"), ("es", "A2")]),
        ("Bon niveau d'anglais et bases en allemand", [("en", "B2"), ("de", "A2")]),
        ("English: fluent; a little Spanish", [("en", "C1"), ("es", "A2")]),
        ("Bilingue français-anglais, italien", [("fr", "C2"), ("en", "C2"), ("it", None)]),
        ("Parle couramment l'anglais et l'espagnol", [("en", "C1"), ("es", "C1")]),
        ("Fluent in English and French, some German", [("en", "C1"), ("fr", "C1"), ("de", "A2")]),
        ("Français et anglais courants", [("fr", "C1"), ("en", "C1")]),
        (
            "Langue maternelle : français. Langues étrangères : anglais, espagnol (B1)",
            [("fr", "native"), ("en", None), ("es", "B1")],
        ),
        ("Courant : anglais, espagnol ; notions : italien", [("en", "C1"), ("es", "C1"), ("it", "A2")]),
        ("Anglais\tCourant\tEspagnol\tScolaire", [("en", "C1"), ("es", "A2")]),
        ("Courant\tAnglais\tScolaire\tEspagnol", [("en", "C1"), ("es", "A2")]),
        ("Anglais (B1) Espagnol (A2)", [("en", "B1"), ("es", "A2")]),
        ("Anglais: IELTS 8.0. Tamil: mother tongue", [("en", "C1"), ("ta", "native")]),
        # a domain or a use is no level
        ("Anglais technique, italien : lu", [("en", None), ("it", None)]),
        ("French: near-native", [("fr", "C2")]),
        # "créole" is several languages: without more it has no code
        ("Créole réunionnais (maternel), anglais (débutant)", [("en", "A1")]),
        ("Créole haïtien : courant", [("ht", "C1")]),
        ("Arabe dialectal, darija, suisse allemand", [("ar", None), ("gsw", None)]),
        # one level for two languages
        ("Français et arabe bilingue, anglais niveau B1", [("fr", "C2"), ("ar", "C2"), ("en", "B1")]),
        ("Anglais et espagnol courant, allemand débutant", [("en", "C1"), ("es", "C1"), ("de", "A1")]),
        ("Français/portugais bilingue, espagnol scolaire", [("fr", "C2"), ("pt", "C2"), ("es", "A2")]),
        ("English & Welsh native, some German", [("en", "native"), ("cy", "native"), ("de", "A2")]),
        ("Arabe et français (langues maternelles), anglais lu", [("ar", "native"), ("fr", "native"), ("en", None)]),
        ("Français, anglais, espagnol trilingue", [("fr", "C2"), ("en", "C2"), ("es", "C2")]),
        ("Bilingue (français, italien)", [("fr", "C2"), ("it", "C2")]),
        ("Anglais, espagnol courant", [("en", None), ("es", "C1")]),
        ("Anglais et allemand (B2)", [("en", None), ("de", "B2")]),
        ("Anglais courant et espagnol", [("en", "C1"), ("es", None)]),
        # a level above its languages
        ("Langue maternelle\nFrançais", [("fr", "native")]),
        ("Mother tongue(s)\nPolish\nOther language(s)\nEnglish\nC1", [("pl", "native"), ("en", "C1")]),
        (
            "Langues maternelles\nFrançais\nArabe\nLangues étrangères\nAnglais",
            [("fr", "native"), ("ar", "native"), ("en", None)],
        ),
        ("Courant :\nAnglais\nEspagnol\nNotions :\nItalien", [("en", "C1"), ("es", "C1"), ("it", "A2")]),
        ("Native\nEnglish\nFluent\nFrench\nBasic\nGerman", [("en", "native"), ("fr", "C1"), ("de", "A2")]),
        ("Langue maternelle\nFrançais\nAnglais\nCourant", [("fr", "native"), ("en", "C1")]),
        ("Maîtrise des langues\nAnglais\nItalien", [("en", None), ("it", None)]),
        ("Anglais\nCourant\nTOEIC 900\nEspagnol\nScolaire", [("en", "C1"), ("es", "A2")]),
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
        ("Cambridge First Certificate", "B2"),
        ("JLPT N3", "B1"),
        ("quelques mots", "A1"),
        ("un peu", "A2"),
        ("quasi bilingue", "C2"),
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


def test_a_sentence_that_says_what_is_spoken_counts_without_levels() -> None:
    lines = read_lines("Je parle français et arabe.\nCuisine italienne\nProfesseur d'espagnol")
    assert [language.language for language in find_stated_languages(lines)] == ["fr", "ar"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Full clean licence. First Aid (2023). Languages: French (conversational), Spanish (basic).", ["fr", "es"]),
        ("Permis B, véhicule personnel. Anglais courant. Espagnol scolaire.", ["en", "es"]),
        ("Mobile sur toute la France. Langues : anglais (B2), allemand (notions). Permis B.", ["en", "de"]),
        ("Titulaire du permis B. Notions d'espagnol.", ["es"]),
        ("Disponible dès juin. Bonne présentation. Anglais professionnel (TOEIC 850).", ["en"]),
        ("Clean driving licence; Languages: German (fluent)", ["de"]),
        ("Sailing and chess on the weekends. Languages spoken: Welsh (native), English.", ["cy", "en"]),
        ("Bibliothécaire de métier. Bonne maîtrise de l'anglais. Mobile.", ["en"]),
        # told of something else
        ("Experienced pastry chef since 2012. Basic Thai cooking.", []),
        ("Certified secondary school teacher. Taught French at good schools. Spanish teams.", []),
        ("Professeur au collège Vial. Anglais, histoire et bonne gestion.", []),
        ("Né en 1980 à Tours. Nationalité française. Permis B.", []),
    ],
)
def test_languages_further_on_in_a_line_of_prose(text: str, expected: list[str]) -> None:
    assert [language.language for language in find_stated_languages(read_lines(text))] == expected
