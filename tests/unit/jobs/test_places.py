"""What written places mean."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.places import (
    Commune,
    Gazetteer,
    city_of,
    department_of_insee,
    distance_km,
    load_gazetteer,
)


@pytest.fixture(scope="module")
def places() -> Gazetteer:
    return load_gazetteer()


@pytest.mark.parametrize(
    ("text", "label", "insee"),
    [
        ("Paris", "Paris (75)", "75056"),
        ("  pARIS ", "Paris (75)", "75056"),
        ("Paris 15e", "Paris (75)", "75056"),
        ("Lyon 3ème arrondissement", "Lyon (69)", "69123"),
        ("Marseille 08", "Marseille (13)", "13055"),
        ("Nantes Cedex 2", "Nantes (44)", "44109"),
        ("75011", "Paris (75)", "75056"),
        ("75116", "Paris (75)", "75056"),
        ("75880 Paris Cedex 18", "Paris (75)", "75056"),
        ("13001", "Marseille (13)", "13055"),
        ("69009 Lyon", "Lyon (69)", "69123"),
        ("33000 Bordeaux, France", "Bordeaux (33)", "33063"),
        ("01400 L'Abergement Clemenciat", "L'Abergement-Clémenciat (01)", "01001"),
        ("20000", "Ajaccio (2A)", "2A004"),
        ("L’HAY LES ROSES", "L'Haÿ-les-Roses (94)", "94038"),
        ("st etienne", "Saint-Étienne (42)", "42218"),
        ("Saint-Denis (93)", "Saint-Denis (93)", "93066"),
        ("st denis, 974", "Saint-Denis (974)", "97411"),
        ("Saint-Denis, Seine-Saint-Denis", "Saint-Denis (93)", "93066"),
        ("Saint-Denis (La Réunion)", "Saint-Denis (974)", "97411"),
        ("Paris, Île-de-France, France", "Paris (75)", "75056"),
        ("Valence", "Valence (26)", "26362"),
        ("Bretagne (36)", "Bretagne (36)", "36024"),
    ],
)
def test_a_commune_is_found(places: Gazetteer, text: str, label: str, insee: str) -> None:
    found = places.resolve(text)
    assert found.state == "resolved"
    assert found.place is not None
    assert (found.place.kind, found.place.label, found.place.insee) == ("commune", label, insee)


@pytest.mark.parametrize(
    ("text", "kind", "label", "department", "region"),
    [
        ("93", "department", "Seine-Saint-Denis (93)", "93", "11"),
        ("2a", "department", "Corse-du-Sud (2A)", "2A", "94"),
        ("974", "department", "La Réunion (974)", "974", "04"),
        ("le Rhône", "department", "Rhône (69)", "69", "84"),
        ("Hérault", "department", "Hérault (34)", "34", "76"),
        ("Mayenne", "department", "Mayenne (53)", "53", "52"),
        ("La Réunion", "department", "La Réunion (974)", "974", "04"),
        ("ile de france", "region", "Île-de-France", None, "11"),
        ("PACA", "region", "Provence-Alpes-Côte d'Azur", None, "93"),
        ("Bretagne", "region", "Bretagne", None, "53"),
    ],
)
def test_a_wider_place_is_found(
    places: Gazetteer, text: str, kind: str, label: str, department: str | None, region: str
) -> None:
    """Villages named like a department or region do not hide it."""
    found = places.resolve(text).place
    assert found is not None
    assert (found.kind, found.label, found.department, found.region) == (kind, label, department, region)
    assert found.insee is None


@pytest.mark.parametrize("text", ["Saint-Denis", "ST DENIS"])
def test_large_homonyms_are_ambiguous(places: Gazetteer, text: str) -> None:
    found = places.resolve(text)
    assert (found.state, found.place) == ("ambiguous", None)
    assert [(c.label, c.insee, c.department) for c in found.candidates[:2]] == [
        ("Saint-Denis (974)", "97411", "974"),
        ("Saint-Denis (93)", "93066", "93"),
    ]


def test_a_postcode_of_many_communes_is_ambiguous(places: Gazetteer) -> None:
    found = places.resolve("01400")
    assert found.state == "ambiguous"
    assert len(found.candidates) == 10
    assert {candidate.department for candidate in found.candidates} == {"01"}


@pytest.mark.parametrize(
    "text", ["Trifouilly", "", "()", ",", "00000", "Lyon, Villeurbanne", "Berlin", "None", "1" * 500]
)
def test_what_is_no_french_place_is_unresolved(places: Gazetteer, text: str) -> None:
    found = places.resolve(text)
    assert (found.state, found.place, found.candidates) == ("unresolved", None, ())


@pytest.mark.parametrize(
    ("text", "remote"), [("Télétravail", True), ("full-remote", True), ("France", False), ("FRANCE ENTIÈRE", False)]
)
def test_anywhere_is_no_place(places: Gazetteer, text: str, remote: bool) -> None:
    found = places.resolve(text)
    assert (found.state, found.place, found.remote) == ("resolved", None, remote)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    found = load_gazetteer().resolve(text)
    assert (found.state == "ambiguous") == (len(found.candidates) > 1)
    assert found.place is None or found.state == "resolved"


@pytest.mark.parametrize(
    ("area", "department"),
    [
        (["France", "Ile-de-France", "Seine-Saint-Denis", "Saint-Denis"], "93"),
        (["France", "Île-de-France", "Paris", "4e Arrondissement"], "75"),
        (["France", "Occitanie", "Toulouse"], "31"),
        (["France", "Occitanie"], None),
        (["Deutschland", "Berlin"], None),
        ([], None),
    ],
)
def test_the_names_of_an_area_tell_the_department(places: Gazetteer, area: list[str], department: str | None) -> None:
    assert places.department_of_area(area) == department


def test_an_arrondissement_is_its_city(places: Gazetteer) -> None:
    assert [city_of(code) for code in ("75111", "69383", "13216", "33063")] == ["75056", "69123", "13055", "33063"]
    found = places.commune("75111")
    assert found is not None
    assert found.label == "Paris (75)"
    assert places.commune("99999") is None


def test_codes_tell_what_lies_in_what(places: Gazetteer) -> None:
    assert [department_of_insee(code) for code in ("2A004", "97411", "75056")] == ["2A", "974", "75"]
    assert (places.region_of("69"), places.region_of("99")) == ("84", None)


def test_the_points_of_known_cities_are_where_they_are(places: Gazetteer) -> None:
    cities = {insee: places.commune(insee) for insee in ("75056", "69123", "13055", "97411")}
    points = {}
    for insee, place in cities.items():
        assert place is not None
        assert place.latitude is not None
        assert place.longitude is not None
        points[insee] = (place.latitude, place.longitude)
    assert distance_km(points["75056"], points["69123"]) == pytest.approx(392, abs=5)
    assert distance_km(points["75056"], points["75056"]) == 0
    assert distance_km(points["75056"], points["97411"]) == pytest.approx(9350, abs=80)


def test_the_one_large_homonym_wins() -> None:
    def commune(insee: str, population: int) -> Commune:
        return Commune(insee, "Ville", ("10000",), insee[:2], "44", population, None, None)

    departments = {"10": ("Aube", "44"), "51": ("Marne", "44")}
    small, large = commune("10001", 19_999), commune("51001", 20_000)
    won = Gazetteer([small, large], departments, {"44": "Grand Est"}).resolve("ville").place
    assert won is not None
    assert won.insee == "51001"
    two_small = Gazetteer([small, commune("51001", 300)], departments, {"44": "Grand Est"})
    assert [c.insee for c in two_small.resolve("ville").candidates] == ["10001", "51001"]
    assert two_small.resolve("ville, marne").place == two_small.commune("51001")
