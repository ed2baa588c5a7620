"""What stands among the positions without being one."""

import pytest

from domain.extraction.experience import read_experience
from domain.extraction.life_events import is_life_event
from domain.extraction.lines import read_lines


@pytest.mark.parametrize(
    "text",
    [
        "Congé parental",
        "Congé de maternité",
        "Congé parental d'éducation",
        "Congé individuel de formation",
        "Congé pour élever mes enfants",
        "Disponibilité pour convenances personnelles",
        "Année sabbatique en Amérique du Sud",
        "Année de césure : voyage en Asie",
        "Interruption volontaire d'activité : éducation de mes enfants",
        "Pause professionnelle",
        "Pause carrière (naissance de mon fils)",
        "Tour du monde en sac à dos",
        "En recherche d'emploi",
        "Période de chômage",
        "Mère au foyer",
        "Éducation de mes deux enfants",
        "Accompagnement de mon père malade",
        "Aidante familiale auprès de ma mère",
        "Raising a family",
        "Stay-at-home mum",
        "Caring for my elderly mother",
        "Career break to care for a family member",
        "Career break – travelling in Asia",
        "Maternity leave",
        "Gap year: volunteering and travel",
        "Unemployed / job search",
        "Took time out to care for my father",
    ],
)
def test_leave_travel_family_and_the_search_of_work_are_life_events(text: str) -> None:
    assert is_life_event(text, None)


@pytest.mark.parametrize(
    ("title", "company"),
    [
        ("Career break coach", None),
        ("Garde d'enfants", None),
        ("Garde d'enfants", "Famille Morel"),
        ("Chargée de mission congé parental", None),
        ("Travelling salesman", None),
        ("Conseillère", "Pôle emploi"),
        ("Animatrice", "Gap Year Ltd"),
        ("Responsable disponibilité réseau", None),
        ("Care assistant", "Our Family Homes"),
        ("Conseillère voyages", "Tour du Monde Voyages"),
        ("Unemployment benefits officer", None),
        ("Maternity nurse", None),
        ("Accompagnement des familles", "Association Le Pont"),
        (None, None),
    ],
)
def test_work_with_the_same_words_is_none(title: str | None, company: str | None) -> None:
    assert not is_life_event(title, company)


@pytest.mark.parametrize(
    "event",
    [
        "Congé sabbatique : tour du monde à la voile\t02/2008 - 08/2009",
        "02/2008 - 08/2009 : Éducation de mes deux enfants",
        "Career break to care for a family member\t02/2008 - 08/2009",
        "Maternity leave\n02/2008 - 08/2009",
    ],
)
def test_the_positions_around_a_life_event_stay(event: str) -> None:
    text = f"2010 - 2012 : Vendeuse, Jules & Jim\n\n{event}\n\n2005 - 2007 : Serveuse, Café Lola"
    found = [(entry.title, entry.company) for entry in read_experience(read_lines(text))]
    assert found == [("Vendeuse", "Jules & Jim"), ("Serveuse", "Café Lola")]
