"""Sections under titles in the candidate's own words, in every way that CVs mark their titles."""

from datetime import date

import pytest

from domain.extraction.lines import read_lines
from domain.extraction.rules import extract_profile
from domain.extraction.sections import split_sections
from domain.extraction.untold_titles import told_kind

TODAY = date(2026, 11, 1)
MARKS = {
    "Markdown": "## {}\n",
    "bold": "**{}**\n",
    "capitals": "{}",
    "decorated": "== {} ==",
    "boxed": "[{}]",
    "colon": "{} :",
    "a line of its own": "{}",
    "underlined": "{}\n----------",
}
JOBS = """Cheffe de cuisine, Restaurant Le Vieux Moulin, Annecy
Mars 2019 – aujourd'hui
- Encadrement d'une brigade

Second de cuisine, Hôtel des Alpes, Chambéry
2015 – 2019"""
COURSES = "BP Arts de la cuisine, CFA de Groisy, 2014\nCAP Cuisine, Lycée hôtelier de Thonon, 2012"
SKILLS = "Gestion des stocks, HACCP, pâtisserie, Excel"
LEISURE = "Randonnée, chant choral, bénévole au Secours populaire depuis 2018"


def _cv(mark: str, **titles: str) -> str:
    parts = ["Claire Vasseur\nCheffe de cuisine\n06 39 98 11 22 | claire.vasseur@example.fr"]
    for name, usual, content in (
        ("work", "Expérience professionnelle", JOBS),
        ("study", "Formation", COURSES),
        ("skills", "Compétences", SKILLS),
        ("leisure", "Loisirs", LEISURE),
        ("languages", "Langues", "Anglais courant"),
    ):
        title = titles.get(name, usual)
        parts.append(MARKS[mark].format(title.upper() if mark == "capitals" else title) + "\n" + content)
    return "\n\n".join(parts)


def _shape(text: str) -> tuple[list[tuple[str | None, str | None]], int, int, int]:
    profile = extract_profile(text, today=TODAY)
    posts = [(item.title, item.company) for item in profile.experience]
    return posts, len(profile.education), len(profile.skills), len(profile.languages)


RIGHT = (
    [("Cheffe de cuisine", "Restaurant Le Vieux Moulin"), ("Second de cuisine", "Hôtel des Alpes")],
    2,
    4,
    1,
)


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize(
    "titles",
    [
        {"work": "Mon histoire professionnelle", "study": "Ce que j'ai étudié"},
        {"work": "Exercice professionnel", "study": "Bagage scolaire"},
        {"work": "Là où j'ai travaillé", "study": "Concours et diplômes"},
        {"work": "Carrière dans la restauration", "study": "Sur les bancs de l'école"},
        {"work": "Postes et missions", "skills": "Boîte à outils"},
        {"work": "Stages et emplois étudiants", "leisure": "Hors cuisine"},
        {"work": "Sales experience", "study": "Academic record"},
        {"work": "Where I've worked", "leisure": "When I'm not cooking"},
        {"study": "Mes années d'études", "skills": "Ce que j'apporte"},
        {"leisure": "En dehors du travail"},
        {"leisure": "Et aussi"},
        {"leisure": "Mes engagements"},
        {"leisure": "Free time"},
    ],
    ids=lambda titles: ", ".join(titles.values()),
)
def test_a_title_of_ones_own_opens_its_section(mark: str, titles: dict[str, str]) -> None:
    assert _shape(_cv(mark)) == RIGHT
    assert _shape(_cv(mark, **titles)) == RIGHT


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Expériences commerciales", "experience"),
        ("Sales experience", "experience"),
        ("Stages et emplois étudiants", "experience"),
        ("Expériences bénévoles", "other"),
        ("En dehors du travail", "other"),
        ("Autres renseignements", "other"),
        ("Directrice de la formation continue", None),
        ("Responsable expérience client", None),
        ("Chargée de missions", None),
        ("Employée de collectivité", None),
        ("Fonderies du Vercors", None),
    ],
)
def test_the_words_of_a_title_tell_and_a_post_is_none(title: str, kind: str | None) -> None:
    assert told_kind(title) == kind


@pytest.mark.parametrize(
    "text",
    [
        "## Expérience\n\n### Interim Plus Dauphiné\n\n### Chargé de recrutement\n\n2017 - 2021\n\n"
        "## Langues\n\nAnglais",
        "EXPÉRIENCE\nVALTRENE SYSTÈMES\nDirecteur commercial\n2017 - 2021\n\n"
        "VIVENDI MAROC\nStagiaire achats\n2014\n\nPNEUMACTIS\nVendeur\n2015 - 2017\n\nLANGUES\nAnglais",
    ],
)
def test_the_heads_of_positions_open_no_section(text: str) -> None:
    sections = split_sections(read_lines(f"Paul Martin\n\n{text}"))
    assert [section.kind for section in sections] == ["preamble", "experience", "languages"]


def test_groups_of_skills_stay_together() -> None:
    text = (
        "## Compétences\n\n### Travailler le bois\n\n- Débit\n- SketchUp\n\n### Organiser\n\n- Excel, Word\n\n"
        "## Langues\n\nAnglais"
    )
    sections = split_sections(read_lines(f"Paul Martin\n\n{text}"))
    assert [section.kind for section in sections] == ["preamble", "skills", "languages"]


def test_a_prize_is_no_course() -> None:
    text = "## FORMATION\n\nLicence de droit, Lille, 2012\n\n## CONCOURS\n\nPavillon, mention spéciale (2021)"
    profile = extract_profile(f"Lou Ferrandi\n\n{text}", today=TODAY)
    assert [item.degree for item in profile.education] == ["Licence de droit"]


def test_titles_of_posts_in_many_lines_take_linear_time() -> None:
    text = "OÙ J'AI TRAVAILLÉ\n\n" * 3_000 + "Vendeur, Acme\n2012 - 2014\n" * 3_000
    assert len(split_sections(read_lines(text))) <= 3


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("EXPÉRIENCES\nPROFESSIONNELLES\nVendeur", "experience"),
        ("## FORMATIONS\n\n## ET DIPLÔMES\n\nBTS", "education"),
        ("CENTRES\nD'INTÉRÊT\nChant", "other"),
        ("SAVOIR\nFAIRE\nSoudure", "skills"),
    ],
)
def test_a_title_that_a_narrow_column_broke_is_one(text: str, kind: str) -> None:
    sections = split_sections(read_lines(f"Paul Martin\n\n{text}"))
    assert [(section.kind, len(section.lines)) for section in sections] == [("preamble", 1), (kind, 1)]
