"""Positions in the layouts that CVs use."""

import pytest

from domain.extraction.experience import read_experience
from domain.extraction.lines import read_lines

_TWO = [
    ("Développeuse Python", "Novalis", "2020-09", "2023-02"),
    ("Comptable générale", "Cabinet Fidalis", "2015", "2019"),
]


def _read(text: str) -> list[tuple[str | None, str | None, str | None, str | None]]:
    return [(item.title, item.company, item.start_date, item.end_date) for item in read_experience(read_lines(text))]


@pytest.mark.parametrize(
    "text",
    [
        # title and company on one line, the date below, then bullets
        "Développeuse Python – Novalis\nSept. 2020 – Février 2023\n- API\n- Tests\n\n"
        "Comptable générale – Cabinet Fidalis\n2015 - 2019\n- Bilans",
        # the date first, on its own line
        "Sept. 2020 – Février 2023\nDéveloppeuse Python\nNovalis\nConception de services.\n"
        "2015 - 2019\nComptable générale\nCabinet Fidalis\nTenue des comptes de clients.",
        # the date on the right, the company below
        "Développeuse Python\tSept. 2020 – Février 2023\nNovalis, Lyon\n• API\n"
        "Comptable générale          2015 – 2019\nCabinet Fidalis, Nantes\n• Bilans",
        # company first
        "Novalis – Développeuse Python\n09/2020 – 02/2023\n- API\nCabinet Fidalis – Comptable générale\n2015 – 2019",
        # three columns
        "Novalis\tDéveloppeuse Python\t09/2020 – 02/2023\n• API\nCabinet Fidalis\tComptable générale\t2015 – 2019",
        # "chez" after the date
        "De septembre 2020 à février 2023 : Développeuse Python chez Novalis (Lyon)\nServices web\n"
        "2015 - 2019 : Comptable générale chez Cabinet Fidalis",
        # three lines under a Markdown heading
        "### Développeuse Python\n\nNovalis, Lyon\nSeptembre 2020 - février 2023\n\n- API\n\n"
        "### Comptable générale\n\nCabinet Fidalis, Nantes\n2015 - 2019\n\n- Bilans",
        # bars
        "Développeuse Python\nNovalis | Lyon | sept. 2020 - fév. 2023\n\n"
        "Comptable générale\nCabinet Fidalis | 2015 - 2019",
        # commas and brackets in a bullet list
        "- Développeuse Python, Novalis, Lyon (09/2020 - 02/2023)\n- Comptable générale, Cabinet Fidalis (2015 - 2019)",
        # dates between title and company
        "Développeuse Python\n09/2020 - 02/2023\nNovalis, Lyon\n- API\n"
        "Comptable générale\n2015 - 2019\nCabinet Fidalis\n- Bilans",
        # a table
        "| Période | Poste | Entreprise |\n|---|---|---|\n| 09/2020 - 02/2023 | Développeuse Python | Novalis |\n"
        "| 2015 - 2019 | Comptable générale | Cabinet Fidalis |",
        # labels
        "09/2020 - 02/2023   Novalis\nFonction : Développeuse Python\n- API\n2015 - 2019   Cabinet Fidalis\n"
        "Fonction : Comptable générale\n- Bilans",
        # a date broken over two lines
        "Développeuse Python – Novalis\nSept. 2020 –\nFévrier 2023\n- API\n"
        "Comptable générale – Cabinet Fidalis\n2015 –\n2019",
    ],
)
def test_each_layout_gives_the_same_positions(text: str) -> None:
    assert _read(text) == _TWO


def test_english_layouts() -> None:
    text = (
        "Senior Data Engineer at Brightwave Ltd\nJanuary 2020 to date\n- Streaming\n"
        "Junior Developer at Acorn Systems\n2014 - 2016\n- Services"
    )
    positions = read_experience(read_lines(text))
    assert [(p.title, p.company, p.is_current) for p in positions] == [
        ("Senior Data Engineer", "Brightwave Ltd", True),
        ("Junior Developer", "Acorn Systems", False),
    ]


def test_place_contract_and_description_are_told_apart() -> None:
    text = "Serveur (CDI) – Restaurant Le Phare – Montpellier\nDepuis mai 2021\n- Service en salle\n- Encaissement"
    (position,) = read_experience(read_lines(text))
    assert (position.title, position.company, position.location) == ("Serveur", "Restaurant Le Phare", "Montpellier")
    assert position.description == "- Service en salle\n- Encaissement"


def test_a_name_with_at_in_it_is_no_employer_of_its_own() -> None:
    assert _read("Head Chef, The Larder at Leith, Edinburgh\n2020 - 2022") == [
        ("Head Chef", "The Larder at Leith", "2020", "2022")
    ]


def test_a_title_below_company_and_unknown_town() -> None:
    text = "2012/2016 : GROUPE SANTELIA, Mérignac\nChargée de recrutement\n- Recrutement de soignants"
    (position,) = read_experience(read_lines(text))
    assert (position.title, position.company, position.location) == (
        "Chargée de recrutement",
        "GROUPE SANTELIA",
        "Mérignac",
    )


def test_a_second_position_at_one_company_keeps_the_company() -> None:
    text = (
        "Orvalis\n3 ans 2 mois\nProduct Owner\njanvier 2021 - Present (3 ans 2 mois)\nGestion du backlog.\n\n"
        "Business Analyst\nmars 2019 - décembre 2020\nRecueil des besoins."
    )
    assert _read(text) == [
        ("Product Owner", "Orvalis", "2021-01", None),
        ("Business Analyst", "Orvalis", "2019-03", "2020-12"),
    ]


def test_the_company_may_be_missing() -> None:
    assert _read("2016 – 2018: Cleaner, Self-employed") == [("Cleaner", None, "2016", "2018")]


def test_tools_listed_below_a_position_are_its_skills() -> None:
    (position,) = read_experience(
        read_lines("Ingénieur – Hydrotech\n2013 - 2016\n- Calculs\nLogiciels utilisés : SolidWorks, Zyxcad")
    )
    assert position.skills == ["SolidWorks", "Zyxcad"]


def test_a_date_inside_a_task_makes_no_position() -> None:
    text = "Chef de projet – Acme\n2018 - 2022\n- Migration du SI (2020)\n- Livré en mars 2021"
    assert _read(text) == [("Chef de projet", "Acme", "2018", "2022")]
