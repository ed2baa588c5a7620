"""Positions and courses in CVs without titles, under one title for both, or under a title that says something else."""

from datetime import date

import pytest

from domain.extraction.rules import extract_profile

TODAY = date(2026, 11, 1)
PERSON = "Jean Morvan\njean.morvan@example.fr\n06 39 98 44 10\n"
RIGHT = (
    [("Plombier", "Le Goff Sanitaire", "2018"), ("Apprenti plombier", "SARL Kervella", "2010")],
    [("CAP Installateur sanitaire", "CFA de Quimper")],
)


def _entries(text: str) -> tuple[list[tuple[str | None, str | None, str | None]], list[tuple[str | None, str | None]]]:
    profile = extract_profile(text, today=TODAY)
    return (
        [(item.title, item.company, item.start_date) for item in profile.experience],
        [(item.degree, item.institution) for item in profile.education],
    )


@pytest.mark.parametrize(
    "text",
    [
        # Dates in front, everything in one run of lines.
        "2018 - 2024 : Plombier, Le Goff Sanitaire, Brest\n2010 - 2012 : Apprenti plombier, SARL Kervella, Landerneau\n"
        "CAP Installateur sanitaire, CFA de Quimper, 2012\nPermis B",
        # A paragraph for each.
        "Plombier chauffagiste de métier\n\nPlombier chez Le Goff Sanitaire, Brest, de 2018 à 2024\nPose de\n"
        "\nApprenti plombier chez SARL Kervella, Landerneau, de 2010 à 2012\n\n"
        "CAP Installateur sanitaire, CFA de Quimper, 2012",
        # Lines of their own for title, company and dates.
        "Plombier\nLe Goff Sanitaire, Brest\n2018 - 2024\n\n"
        "Apprenti plombier\nSARL Kervella, Landerneau\n2010 - 2012\n\n"
        "CAP Installateur sanitaire\nCFA de Quimper\n2012",
        # Dates on top of each paragraph.
        "2018 - 2024\nPlombier\nLe Goff Sanitaire, Brest\n\n"
        "2010 - 2012\nApprenti plombier\nSARL Kervella, Landerneau\n\n"
        "2012\nCAP Installateur sanitaire\nCFA de Quimper",
        # Columns.
        "2018 - 2024\tPlombier\tLe Goff Sanitaire, Brest\n2010 - 2012\tApprenti plombier\tSARL Kervella, Landerneau\n"
        "2012\tCAP Installateur sanitaire\tCFA de Quimper",
        # Dates at the end.
        "Plombier | Le Goff Sanitaire, Brest | 2018 - 2024\n"
        "Apprenti plombier | SARL Kervella, Landerneau | 2010 - 2012\n"
        "CAP Installateur sanitaire | CFA de Quimper | 2012",
        # One title for both, or for one of the two.
        "PARCOURS\n2018 - 2024 : Plombier, Le Goff Sanitaire, Brest\n2010 - 2012 : Apprenti plombier, SARL Kervella\n"
        "2012 : CAP Installateur sanitaire, CFA de Quimper\n\nLANGUES\nAnglais courant",
        "FORMATION ET EXPÉRIENCE\nCAP Installateur sanitaire, CFA de Quimper, 2012\n"
        "Plombier, Le Goff Sanitaire, Brest, 2018 - 2024\nApprenti plombier, SARL Kervella, Landerneau, 2010 - 2012",
        "EXPÉRIENCE\nPlombier, Le Goff Sanitaire, Brest\n2018 - 2024\n\n"
        "Apprenti plombier, SARL Kervella, Landerneau\n"
        "2010 - 2012\n\nCAP Installateur sanitaire, CFA de Quimper, 2012",
        "Plombier, Le Goff Sanitaire, Brest\n2018 - 2024\n\n"
        "Apprenti plombier, SARL Kervella, Landerneau\n2010 - 2012\n\n"
        "FORMATION\nCAP Installateur sanitaire, CFA de Quimper, 2012",
        # Labels in front of the only entry of each kind, capitals that no list knows.
        "SUR LES CHANTIERS\n2018 - 2024\tPlombier, Le Goff Sanitaire, Brest\n"
        "2010 - 2012\tApprenti plombier, SARL Kervella, Landerneau\n\n"
        "Formation : CAP Installateur sanitaire, CFA de Quimper, 2012",
        # A title that no list knows and nothing marks.
        "Chronologie\nPlombier, Le Goff Sanitaire, Brest\n2018 - 2024\n\nApprenti plombier, SARL Kervella, Landerneau\n"
        "2010 - 2012\n\nFormation\nCAP Installateur sanitaire, CFA de Quimper, 2012",
        # Titles that say something else.
        "RÉALISATIONS PROFESSIONNELLES\nPlombier, Le Goff Sanitaire, Brest\n2018 - 2024\n\n"
        "Apprenti plombier, SARL Kervella, Landerneau\n2010 - 2012\n\n"
        "CERTIFICATIONS\nCAP Installateur sanitaire, CFA de Quimper, 2012",
    ],
)
def test_positions_and_courses_are_found_without_their_titles(text: str) -> None:
    assert _entries(f"{PERSON}\n{text}") == RIGHT


def test_languages_and_tools_below_untitled_entries_are_read() -> None:
    text = (
        "Secrétaire médicale\nDepuis 2016 : secrétaire médicale, Cabinet Roux, Pau\n"
        "De 2009 à 2016 : hôtesse d'accueil, Clinique Navarre, Pau\nBac STT, lycée Barthou, Pau, 2003\n"
        "Je parle français et anglais.\nWord, Excel, Doctolib"
    )
    profile = extract_profile(f"{PERSON}\n{text}", today=TODAY)
    assert [item.language for item in profile.languages] == ["fr", "en"]
    assert {"Word", "Excel"} <= {skill.name for skill in profile.skills}


@pytest.mark.parametrize(
    "text",
    [
        "Aide-soignante depuis 2015\nDouce et patiente.",
        "Madame, Monsieur,\nJe suis serveuse depuis 2015 chez un traiteur et je cherche un emploi.",
        "Plombier chauffagiste, 12 ans d'expérience\n\nLOISIRS\nTrésorier de l'association du quartier, 2015 - 2018",
        "BÉNÉVOLAT\nAnimatrice, Association Les Lutins, 2015 - 2018\nTrésorière, Association du quartier, 2012 - 2015",
    ],
)
def test_nothing_is_made_of_headlines_letters_and_voluntary_work(text: str) -> None:
    assert _entries(f"{PERSON}\n{text}") == ([], [])


def test_a_degree_in_a_position_makes_no_course_where_courses_have_their_section() -> None:
    text = (
        "EXPÉRIENCE\nProfesseur, Lycée Vauban\n2012 - 2016\nMaster MEEF\n\nFORMATION\nLicence de lettres, Brest, 2010"
    )
    assert [degree for degree, _ in _entries(f"{PERSON}\n{text}")[1]] == ["Licence de lettres"]


def test_voluntary_work_below_the_courses_is_none_of_them() -> None:
    text = "FORMATION\nBac pro, 2010\nBénévole aux Restos du Cœur (2015 - 2019)\nLicence de lettres, Brest, 2013"
    assert [degree for degree, _ in _entries(f"{PERSON}\n{text}")[1]] == ["Bac pro", "Licence de lettres"]
