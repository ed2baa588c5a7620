"""Headers of one line: title, company and town in every order that CVs write them."""

import pytest

from domain.extraction.experience import read_experience
from domain.extraction.lines import read_lines


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        # a town that is known
        ("Aide-comptable, Cabinet Roux – Pau", ("Aide-comptable", "Cabinet Roux", "Pau")),
        ("Aide-comptable, Novalis - Pau", ("Aide-comptable", "Novalis", "Pau")),
        ("Cabinet Roux, Aide-comptable – Pau", ("Aide-comptable", "Cabinet Roux", "Pau")),
        ("Pau – Aide-comptable, Cabinet Roux", ("Aide-comptable", "Cabinet Roux", "Pau")),
        ("Aide-comptable, Cabinet Roux | Pau", ("Aide-comptable", "Cabinet Roux", "Pau")),
        ("Aide-comptable, Pau – Cabinet Roux", ("Aide-comptable", "Cabinet Roux", "Pau")),
        ("Cabinet Roux – Pau, Aide-comptable", ("Aide-comptable", "Cabinet Roux", "Pau")),
        ("Aide-comptable | Cabinet Roux – Pau", ("Aide-comptable", "Cabinet Roux", "Pau")),
        # one that no list knows
        ("Aide-comptable, Cabinet Roux – Vertou (44)", ("Aide-comptable", "Cabinet Roux", "Vertou (44)")),
        ("Barista, Harbour Tea - Slough", ("Barista", "Harbour Tea", "Slough")),
        ("Aide-comptable – Cabinet Roux – Vertou", ("Aide-comptable", "Cabinet Roux", "Vertou")),
        # the comma belongs to the title, the dash brings the company
        ("Avocate, droit social – Novalis", ("Avocate, droit social", "Novalis", None)),
        ("Product Manager, Payments – Novalis", ("Product Manager, Payments", "Novalis", None)),
        ("Chef de projet, responsable qualité – Novalis", ("Chef de projet, responsable qualité", "Novalis", None)),
        (
            "Infirmière, service de cardiologie, Clinique du Parc – Brest",
            ("Infirmière, service de cardiologie", "Clinique du Parc", "Brest"),
        ),
    ],
)
@pytest.mark.parametrize("date", ["\nmars 2019 - avril 2021", " | mars 2019 - avril 2021", " (mars 2019 - avril 2021)"])
def test_title_company_and_town(head: str, date: str, expected: tuple[str, str, str | None]) -> None:
    (position,) = read_experience(read_lines(f"{head}{date}\n- Saisie des factures"))
    assert (position.title, position.company, position.location) == expected
    assert (position.start_date, position.end_date) == ("2019-03", "2021-04")


def test_an_english_title_is_known_by_its_last_word() -> None:
    (position,) = read_experience(read_lines("Novalis - Slough\tMar 2019 - May 2021\nPayroll Clerk\n- Payroll"))
    assert (position.title, position.company, position.location) == ("Payroll Clerk", "Novalis", "Slough")


@pytest.mark.parametrize(
    "text",
    [
        "Comptable | Cabinet Roux | mars 2019 - septembre\n2021\n- Bilans",
        "### Comptable | Cabinet Roux | mars 2019 - septembre\n\n2021\n\n- Bilans",
        "Comptable | Cabinet Roux | mars\n2019 - septembre 2021\n- Bilans",
        "### Comptable | Cabinet Roux | mars 2019 -\n\nsept. 2021\n\n- Bilans",
    ],
)
def test_a_date_wrapped_over_a_line_end(text: str) -> None:
    (position,) = read_experience(read_lines(text))
    assert (position.title, position.company) == ("Comptable", "Cabinet Roux")
    assert (position.start_date, position.end_date) == ("2019-03", "2021-09")


def test_forms_that_date_their_positions_last() -> None:
    text = (
        "Poste : Aide-comptable\nEntreprise : Cabinet Roux\nDates : mars 2019 - avril 2021\n- Saisie\n\n"
        "Poste : Caissière\nEntreprise : Le Panier\nDates : 2015 - 2017\n- Caisse"
    )
    assert [(p.title, p.company, p.start_date) for p in read_experience(read_lines(text))] == [
        ("Aide-comptable", "Cabinet Roux", "2019-03"),
        ("Caissière", "Le Panier", "2015"),
    ]


def test_company_date_and_title_on_three_lines() -> None:
    text = "Novalis\n2019 - 2021\nComptable\nOrvalis\n2015 - 2017\nAide-comptable"
    assert [(p.title, p.company) for p in read_experience(read_lines(text))] == [
        ("Comptable", "Novalis"),
        ("Aide-comptable", "Orvalis"),
    ]
