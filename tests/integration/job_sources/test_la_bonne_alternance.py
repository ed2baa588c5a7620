"""La bonne alternance: where it is asked to look, which rows are left out, and what is made of the others."""

from typing import Any

import pytest

from adapters.job_sources.registry import JobSources
from domain.job_search import SearchSource
from domain.source_ad import AdRef
from tests.integration.job_sources.reading import failure, planned, read, skipped, sources_of
from tests.stubs.board_la_bonne_alternance import FULL_ROW, Row, ad
from tests.stubs.job_boards import JobBoards

NAME: SearchSource = "la_bonne_alternance"
SOUTH = ["04", "05", "06", "13", "83", "84"]


@pytest.mark.parametrize(
    ("params", "native"),
    [
        ({"keywords": "python", "job_type": "alternance"}, {}),
        ({"location": "France", "keywords": "a"}, {}),
        ({"location": "Paris", "radius_km": 20}, {"latitude": 48.853, "longitude": 2.349, "radius": 20}),
        ({"location": "Ain"}, {"departements": ["01"]}),
        ({"location": "2A"}, {"departements": ["2A"]}),
        ({"location": "Provence-Alpes-Côte d'Azur"}, {"departements": SOUTH}),
    ],
)
def test_what_it_is_asked(sources: JobSources, params: dict[str, Any], native: dict[str, Any]) -> None:
    assert planned(sources.by_name[NAME], **params).query.native == native


def test_what_it_cannot_be_asked_is_left_for_the_ads(sources: JobSources) -> None:
    left = {"keywords": '"python"', "company": "A", "work_mode": "remote", "posted_within_days": 3, "salary_min": 5}
    plan = planned(sources.by_name[NAME], **{**left, "keywords": "python"}, location="Paris", job_type="ALTERNANCE")
    assert plan.local.model_dump(include={*left, "job_type", "location"}, exclude_none=True) == left
    assert plan.query.pages == 1


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"keywords": "a", "job_type": "CDI"}, "unsupported_filter"),
        ({"location": "Trifouilly"}, "location_unresolved"),
        ({"location": "Saint-Denis"}, "location_ambiguous"),
        ({"location": "La Réunion"}, "location_unresolved"),
        ({"location": "974"}, "location_unresolved"),
    ],
)
def test_a_search_that_it_cannot_serve_is_left_to_others(
    sources: JobSources, params: dict[str, Any], code: str
) -> None:
    assert skipped(sources.by_name[NAME], **params).code == code


async def test_it_is_for_those_who_switch_it_on(boards: JobBoards) -> None:
    for changes, code in (({"lba_enabled": False}, "disabled"), ({"lba_api_key": None}, "not_configured")):
        sources = sources_of(boards, **changes)
        assert skipped(sources.by_name[NAME], keywords="python").code == code
        await sources.close()


async def test_what_is_filled_or_over_is_left_out(boards: JobBoards, sources: JobSources) -> None:
    reading = await read(sources.by_name[NAME])
    assert set(reading.ids) == {"65f0c0ffee00000000000001", "France Travail:196ALTE", "65f0c0ffee00000000000003"}
    assert (reading.total, reading.truncated, reading.invalid) == (None, False, 0)


@pytest.mark.parametrize("params", [{"location": "Lyon"}, {"location": "Rhône"}, {"location": "Auvergne-Rhône-Alpes"}])
async def test_it_looks_where_it_is_told(sources: JobSources, params: dict[str, Any]) -> None:
    assert (await read(sources.by_name[NAME], **params)).ids == ["65f0c0ffee00000000000003"]


async def test_a_full_group_is_not_all_there_is(boards: JobBoards, sources: JobSources) -> None:
    boards.la_bonne_alternance.add_many(149)
    assert not (await read(sources.by_name[NAME])).truncated
    boards.la_bonne_alternance.add_many(10)
    reading = await read(sources.by_name[NAME])
    assert (len(reading.ids), reading.truncated) == (152, True)


async def test_links_to_the_staging_site_are_no_ads(boards: JobBoards, sources: JobSources) -> None:
    boards.la_bonne_alternance.is_staging = True
    assert (await failure(sources.by_name[NAME])).code == "bad_payload"
    with pytest.raises(ValueError, match="staging"):
        sources.by_name[NAME].to_ad(FULL_ROW | {"apply": {"url": "https://recette.example.fr/1"}})


async def test_its_warnings_are_logged(
    boards: JobBoards, sources: JobSources, everything_logged: pytest.LogCaptureFixture
) -> None:
    boards.la_bonne_alternance.warnings = [{"code": "FRANCE_TRAVAIL_API_ERROR", "message": "Unable to retrieve"}]
    await read(sources.by_name[NAME])
    assert "FRANCE_TRAVAIL_API_ERROR" in everything_logged.text


def test_a_full_row(sources: JobSources) -> None:
    found = sources.by_name[NAME].to_ad(FULL_ROW)
    assert found.published_at is not None
    expected: dict[str, Any] = {
        "source": NAME, "source_id": "65f0c0ffee00000000000001", "partner": "offres_emploi_lba", "cross_refs": [],
        "title": "Apprenti développeur Python", "company": "Atelier Numérique",
        "description": "Vous apprenez le métier avec Python et l'équipe.", "job_type": "ALTERNANCE",
        "contract_label": "Apprentissage, Professionnalisation", "location": "20 rue des Exemples 75000 Ville",
        "department": "75", "region": "11", "latitude": 48.853, "longitude": 2.349, "work_mode": "hybrid",
        "work_mode_inferred": False, "salary": None, "rome_code": "M1805", "naf": "6201Z", "openings": 2,
        "preferred_skills": ["Curiosité", "Python"], "skills_inferred": True,
        "url": "https://labonnealternance.example.fr/emploi/65f0c0ffee00000000000001", "details": {},
    }  # fmt: skip
    assert found.model_dump(include=set(expected)) == expected


@pytest.mark.parametrize("label", ["France Travail", "FRANCE TRAVAIL", "offres_emploi_france_travail"])
async def test_what_it_relays_names_the_ad_it_is(boards: JobBoards, label: str) -> None:
    licence = "https://example.fr/licence"
    sources = sources_of(boards, france_travail_licence_url=licence)
    relayed = sources.by_name[NAME].to_ad(ad(None, "Apprenti", partner=label, partner_id="196ALTE"))
    assert relayed.source_id == f"{label}:196ALTE"
    assert relayed.cross_refs == [AdRef(source="france_travail", source_id="196ALTE")]
    assert (relayed.attribution.label, relayed.attribution.licence_url) == ("La bonne alternance", licence)
    own = sources.by_name[NAME].to_ad(FULL_ROW)
    assert own.attribution.licence_url is None
    await sources.close()


def workplace(**changes: Any) -> dict[str, Any]:
    return {"workplace": FULL_ROW["workplace"] | changes}


def at(address: object, geopoint: object = None) -> dict[str, Any]:
    return workplace(location={"address": address, "geopoint": geopoint})


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (workplace(name="Chez nous"), {"company": "Chez nous"}),
        (workplace(brand=None), {"company": "ATELIER NUMERIQUE SAS"}),
        (workplace(brand=None, legal_name=None), {"company": None}),
        (at("1 rue A 20200 BASTIA"), {"department": "2B", "postcode": "20200", "country": "FR", "latitude": None}),
        (at("97400 SAINT DENIS"), {"department": "974"}),
        (at("Paris"), {"department": None, "country": None, "postcode": None, "location": "Paris"}),
        (at(None, {"coordinates": [2.5, 48.5]}), {"location": None, "latitude": 48.5, "longitude": 2.5}),
        (at(None, {"coordinates": [200, 48.5]}), {"latitude": None, "longitude": None}),
        (at(None, {"coordinates": "2,48"}), {"latitude": None}),
        ({"contract": {"remote": "parfois", "type": None}}, {"work_mode": None, "contract_label": None}),
        ({"contract": None}, {"work_mode": None}),
    ],
)
def test_rows_as_they_come(sources: JobSources, given: Row, expected: dict[str, Any]) -> None:
    assert sources.by_name[NAME].to_ad(FULL_ROW | given).model_dump(include=set(expected)) == expected


@pytest.mark.parametrize(
    "given",
    [{"identifier": {"partner_label": "X"}}, {"offer": {}}, {"apply": {"url": None}}, {"apply": {"url": "http://["}}],
)
def test_a_row_without_a_name_or_a_link_is_none(sources: JobSources, given: Row) -> None:
    with pytest.raises(ValueError, match=r"SourceAd|URL"):
        sources.by_name[NAME].to_ad(FULL_ROW | given)
