"""France Travail: what it is asked, its tokens, passes, pages and refusals, and what is made of its rows."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.job_sources.errors import SourceFailure
from adapters.job_sources.registry import JobSources
from domain.offer import LanguageRequirement
from tests.integration.job_sources.reading import answering, failure, planned, read, skipped, sources_of
from tests.stubs.board_france_travail import FULL_ROW, Row, ad
from tests.stubs.job_boards import JobBoards
from tests.waiting import until


@pytest.mark.parametrize(
    ("params", "native"),
    [
        ({"keywords": "Python"}, {"motsCles": ["python"], "sort": "0"}),
        ({"keywords": 'développeur "chef de projet" C++'}, {"motsCles": ["developpeur", "chef de projet", "c++"]}),
        ({"keywords": "C R&D"}, {"motsCles": ["r&d"]}),
        ({"keywords": "C"}, {"sort": "1", "motsCles": None}),
        ({"location": "Paris"}, {"commune": "75056", "distance": "10", "sort": "1"}),
        ({"location": "75011", "radius_km": 0}, {"commune": "75056", "distance": "0"}),
        ({"location": "Haute-Savoie"}, {"departement": "74", "distance": None}),
        ({"location": "Île-de-France"}, {"region": "11"}),
        ({"location": "France", "keywords": "x y"}, {"commune": None, "departement": None, "region": None}),
        ({"keywords": "a1", "job_type": "CDI"}, {"typeContrat": "CDI"}),
        ({"keywords": "a1", "job_type": "CDD"}, {"typeContrat": "CDD"}),
        ({"keywords": "a1", "job_type": "MIS"}, {"typeContrat": "MIS"}),
        ({"keywords": "a1", "job_type": "freelance"}, {"typeContrat": "LIB"}),
        ({"keywords": "a1", "job_type": "apprentissage"}, {"natureContrat": ["E2", "FS"], "typeContrat": None}),
        ({"keywords": "a1", "posted_within_days": 3}, {"publieeDepuis": "3"}),
        ({"keywords": "a1", "posted_within_days": 8}, {"publieeDepuis": "14"}),
        ({"keywords": "a1", "posted_within_days": 32}, {"publieeDepuis": None}),
        ({"keywords": "a1"}, {"origineOffre": ["1", "2"]}),
    ],
)
def test_what_it_is_asked(sources: JobSources, params: dict[str, Any], native: dict[str, Any]) -> None:
    query = planned(sources.france_travail, **params).query
    assert {name: query.native.get(name) for name in native} == native


@pytest.mark.parametrize(
    ("params", "left"),
    [
        ({"keywords": "python", "location": "Paris", "job_type": "CDI", "posted_within_days": 7}, {}),
        ({"keywords": 'python "chef de projet" c'}, {"keywords": '"chef de projet" "c"'}),
        ({"keywords": "python", "company": "Atelier"}, {"company": "Atelier"}),
        ({"keywords": "python", "work_mode": "remote"}, {"work_mode": "remote"}),
        ({"keywords": "python", "salary_min": 30000}, {"salary_min": 30000}),
        ({"keywords": "python", "job_type": "ALTERNANCE"}, {"job_type": "ALTERNANCE"}),
        ({"keywords": "python", "posted_within_days": 8}, {"posted_within_days": 8}),
        ({"keywords": "python", "posted_within_days": 90}, {"posted_within_days": 90}),
        ({"location": "télétravail"}, {"work_mode": "remote"}),
    ],
)  # fmt: skip
def test_what_it_cannot_be_asked_is_left_for_the_ads(
    sources: JobSources, params: dict[str, Any], left: dict[str, Any]
) -> None:
    plan = planned(sources.france_travail, **params)
    filters = {"keywords", "location", "company", "job_type", "work_mode", "posted_within_days", "salary_min"}
    assert plan.local.model_dump(include=filters, exclude_none=True) == left
    assert plan.query.pages == (6 if left else 2)


def test_more_results_take_more_pages(sources: JobSources) -> None:
    assert planned(sources.france_travail, keywords="python", max_results=300).query.pages == 4


@pytest.mark.parametrize(
    ("params", "code", "sentence"),
    [
        (
            {"keywords": "a1", "job_type": "STAGE"},
            "unsupported_filter",
            "Filtre non pris en charge par cette source : type de contrat STAGE",
        ),
        ({"location": "Trifouilly-les-Oies"}, "location_unresolved", "Lieu inconnu : Trifouilly-les-Oies"),
        ({"location": "Saint-Denis"}, "location_ambiguous", "Lieu ambigu : Saint-Denis"),
    ],
)
def test_a_search_that_it_cannot_serve_is_left_to_others(
    sources: JobSources, params: dict[str, Any], code: str, sentence: str
) -> None:
    reason = skipped(sources.france_travail, **params)
    assert (reason.error.code, reason.error.message) == (code, sentence)
    assert {place.department for place in reason.candidates} >= (
        {"93", "974"} if code == "location_ambiguous" else set()
    )


async def test_without_credentials_or_switched_off_it_is_skipped(boards: JobBoards) -> None:
    for changes, code in (
        ({"france_travail_client_secret": None}, "not_configured"),
        ({"job_sources_enabled": "adzuna,arbeitnow"}, "disabled"),
    ):
        sources = sources_of(boards, **changes)
        assert skipped(sources.france_travail, keywords="python").code == code
        await sources.close()


@pytest.mark.parametrize("always_206", [True, False])
async def test_two_passes_find_what_one_search_leaves_out(
    boards: JobBoards, sources: JobSources, always_206: bool
) -> None:
    boards.france_travail.always_206 = always_206
    both = await read(sources.france_travail, keywords="python")
    assert {"190PYTH", "201PART", "202PART"} <= set(both.ids)
    assert (both.total, both.truncated, both.invalid) == (len(both.ids), False, 0)
    single = sources_of(boards, france_travail_origin_passes=False)
    trapped = await read(single.france_travail, keywords="python")
    assert "201PART" not in trapped.ids
    boards.france_travail.origin_trap = False
    assert set((await read(single.france_travail, keywords="python")).ids) == set(both.ids)
    await single.close()


async def test_no_result_is_a_result(boards: JobBoards, sources: JobSources) -> None:
    reading = await read(sources.france_travail, keywords="introuvable")
    assert (reading.ads, reading.total, reading.truncated) == ([], 0, False)


async def test_the_place_and_its_surroundings_are_searched(boards: JobBoards, sources: JobSources) -> None:
    assert "194NANT" in (await read(sources.france_travail, keywords="python", location="Paris")).ids
    assert "194NANT" not in (await read(sources.france_travail, keywords="python", location="Paris", radius_km=0)).ids
    assert (await read(sources.france_travail, keywords="python", location="Lyon")).ids == ["193LYON"]


async def test_pages_are_read_to_the_end(boards: JobBoards, sources: JobSources) -> None:
    boards.france_travail.add_many(310)
    boards.france_travail.add_many(40, origin="2")
    reading = await read(sources.france_travail, keywords="vendeur", company="Atelier")
    assert len(set(reading.ids)) == 350
    assert (reading.total, reading.truncated) == (350, False)
    asked = [(c.query["origineOffre"][0], c.query["range"][0]) for c in boards.calls_to("france_travail")]
    assert asked == [("1", "0-149"), ("1", "150-299"), ("1", "300-449"), ("2", "0-149")]


async def test_pages_without_a_range_are_read_until_a_short_one(boards: JobBoards, sources: JobSources) -> None:
    boards.france_travail.tells_range = False
    boards.france_travail.add_many(160)
    reading = await read(sources.france_travail, keywords="vendeur", company="Atelier")
    assert (len(reading.ids), reading.total, reading.truncated) == (160, 160, False)


async def test_what_is_not_read_is_told(boards: JobBoards, sources: JobSources) -> None:
    boards.france_travail.add_many(160)
    reading = await read(sources.france_travail, keywords="vendeur", max_results=10)
    assert (len(reading.ids), reading.total, reading.truncated) == (150, 160, True)


async def test_no_page_is_asked_that_the_service_refuses(boards: JobBoards) -> None:
    sources = sources_of(boards, france_travail_origin_passes=False)
    boards.france_travail.add_many(3200)
    query = planned(sources.france_travail, keywords="vendeur").query.model_copy(update={"pages": 30})
    cursor, pages = None, []
    while True:
        page = await sources.france_travail.read_page(query, cursor)
        pages.append(page)
        if page.next is None:
            break
        cursor = page.next
    assert boards.calls_to("france_travail")[-1].query["range"] == ["3000-3149"]
    assert (sum(len(page.ads) for page in pages), pages[-1].total, pages[-1].truncated) == (3150, 3200, True)
    await sources.close()


async def test_one_token_serves_all_and_ends_in_time(boards: JobBoards, sources: JobSources) -> None:
    await asyncio.gather(*(read(sources.france_travail, keywords="python") for _ in range(4)))
    assert len(boards.france_travail.minted) == 1


async def test_a_token_is_replaced_before_it_ends(boards: JobBoards) -> None:
    boards.france_travail.token_seconds = 100
    now = datetime(2026, 1, 1, tzinfo=UTC)
    sources = sources_of(boards, clock=lambda: now)
    await read(sources.france_travail, keywords="python")
    for second, minted in ((49, 1), (51, 2)):
        now = datetime(2026, 1, 1, 0, 0, second, tzinfo=UTC)
        await read(sources.france_travail, keywords="python")
        assert len(boards.france_travail.minted) == minted
    await sources.close()


async def test_a_token_refused_between_pages_costs_one_token_and_no_page(
    boards: JobBoards, sources: JobSources
) -> None:
    boards.france_travail.add_many(310)
    plan = planned(sources.france_travail, keywords="vendeur", company="Atelier")
    first = await sources.france_travail.read_page(plan.query, None)
    boards.france_travail.forget_tokens()
    pages = await asyncio.gather(*(sources.france_travail.read_page(plan.query, first.next) for _ in range(3)))
    assert len(boards.france_travail.minted) == 2
    assert {len(page.ads) for page in pages} == {150}


async def test_a_token_that_is_refused_at_once_ends_it(boards: JobBoards, sources: JobSources) -> None:
    boards.fail("france_travail", "status", 401)
    failed = await failure(sources.france_travail, keywords="python")
    assert (failed.code, failed.retryable) == ("auth_failed", False)
    assert (len(boards.france_travail.minted), len(boards.calls_to("france_travail"))) == (2, 2)


async def test_refused_credentials_say_what_may_be_the_reason(boards: JobBoards) -> None:
    sources = sources_of(boards, france_travail_client_secret="autre")
    failed = await failure(sources.france_travail, keywords="python")
    assert failed.code == "auth_failed"
    assert str(failed) == "Identifiants refusés : identifiants erronés, ou licence de réutilisation non acceptée"
    await sources.close()


@pytest.mark.parametrize(
    ("mode", "value", "code"),
    [("hang", None, "timeout"), ("drop", None, "connect_failed"), ("status", 503, "upstream_5xx"),
     ("status", 429, "rate_limited"), ("html", 200, "bad_payload"), ("html", 403, "blocked")],
)  # fmt: skip
async def test_a_token_server_in_trouble_fails_those_who_wait_and_no_other(
    boards: JobBoards, sources: JobSources, hasty: JobSources, mode: Any, value: Any, code: str
) -> None:
    sources = hasty if mode == "hang" else sources
    boards.fail("france_travail_token", mode, value, count=1)
    waiting = [failure(sources.france_travail, keywords="python") for _ in range(3)]
    assert {failed.code for failed in await asyncio.gather(*waiting)} == {code}
    assert len(boards.calls_to("france_travail_token")) == 1
    assert (await read(sources.france_travail, keywords="python")).ads


async def test_giving_up_leaves_the_token_to_the_others(boards: JobBoards, sources: JobSources) -> None:
    async def asked_for_a_token() -> bool:
        return bool(boards.calls_to("france_travail_token"))

    boards.fail("france_travail_token", "hang", count=1)
    impatient = asyncio.create_task(read(sources.france_travail, keywords="python"))
    patient = asyncio.create_task(read(sources.france_travail, keywords="python"))
    await until(asked_for_a_token)
    impatient.cancel()
    boards.release()
    assert (await patient).ads
    assert len(boards.france_travail.minted) == 1


async def test_its_limit_of_calls_is_told_with_the_time_to_wait(boards: JobBoards, sources: JobSources) -> None:
    boards.france_travail.is_busy = True
    failed = await failure(sources.france_travail, keywords="python")
    assert (failed.code, failed.retryable, failed.retry_after) == ("rate_limited", True, 1)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"commune": "75001"}, "Valeur du paramètre « commune » incorrecte."),
        ({"publieeDepuis": "2"}, "Valeur du paramètre « publieeDepuis » incorrecte."),
        ({"motsCles": ["c"]}, "Format du paramètre « motsCles » incorrect."),
        ({"inconnu": "1"}, "Format du paramètre « inconnu » incorrect."),
    ],
)
async def test_a_refusal_is_quoted(
    boards: JobBoards, sources: JobSources, changes: dict[str, Any], sentence: str
) -> None:
    query = planned(sources.france_travail, keywords="python").query
    wrong = query.model_copy(update={"native": query.native | changes})
    with pytest.raises(SourceFailure) as failed:
        await sources.france_travail.read_page(wrong, None)
    assert (failed.value.code, str(failed.value)) == ("bad_request", f"Requête refusée : {sentence}")


async def test_a_long_refusal_is_cut_and_can_be_stored(boards: JobBoards) -> None:
    told = b'{"message": "a\\u0000\\ud800b ' + b"x" * 500 + b'"}'
    head = b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n\r\n"
    async with answering(head + told) as url:
        sources = sources_of(boards, france_travail_api_url=url)
        failed = await failure(sources.france_travail, keywords="python")
        await sources.close()
    assert str(failed) == "Requête refusée : " + ("ab " + "x" * 500)[:200]


async def test_a_single_ad_is_there_or_gone_or_unknown(boards: JobBoards, sources: JobSources) -> None:
    found = await sources.france_travail.read_ad("190PYTH")
    assert found == (await read(sources.france_travail, keywords="fastapi")).ads[0]
    assert await sources.france_travail.read_ad("999GONE") is None
    with pytest.raises(SourceFailure) as failed:
        await sources.france_travail.read_ad("../search")
    assert failed.value.code == "bad_request"
    boards.fail("france_travail", "status", 500)
    with pytest.raises(SourceFailure) as failed:
        await sources.france_travail.read_ad("190PYTH")
    assert failed.value.code == "upstream_5xx"


def test_a_full_row(sources: JobSources) -> None:
    found = sources.france_travail.to_ad(FULL_ROW.row)
    salary = found.salary
    assert salary is not None
    assert (salary.annual_min, salary.annual_max) == (42000, 50000)
    assert salary.label == "Annuel de 50000.0 Euros à 42000.0 Euros sur 12.0 mois"
    assert found.languages == [LanguageRequirement(language="en")]
    assert found.details == FULL_ROW.row
    assert found.attribution.updated_at == found.source_updated_at
    assert found.published_at is not None
    assert found.published_at.isoformat(timespec="milliseconds") == FULL_ROW.row["dateCreation"].replace("Z", "+00:00")
    expected = {
        "source": "france_travail", "source_id": "190PYTH", "title": "Développeur Python (H/F)",
        "company": "Atelier Numérique", "company_url": "https://atelier-numerique.example.fr",
        "logo_url": "https://static.example.fr/atelier.png", "description": FULL_ROW.row["description"],
        "description_truncated": False, "location": "75 - PARIS", "insee": "75056", "postcode": "75000",
        "department": "75", "region": "11", "country": "FR", "latitude": 48.853, "longitude": 2.349,
        "job_type": "CDI", "contract_label": "CDI", "work_time": "Temps plein", "experience_min_years": 2,
        "education_level": "bac+3", "required_skills": ["Concevoir une application web"],
        "preferred_skills": ["Méthodes agiles", "Python", "FastAPI", "PostgreSQL"], "skills_inferred": True,
        "work_mode": "hybrid", "work_mode_inferred": True, "rome_code": "M1805", "naf": "62.01Z", "openings": 2,
        "url": "https://candidat.francetravail.fr/offres/recherche/detail/190PYTH",
        "apply_url": "https://atelier-numerique.example.fr/postuler", "partner": None, "cross_refs": [],
    }  # fmt: skip
    assert found.model_dump(include=set(expected)) == expected


def row(*, insee: str = "75056", **changes: Any) -> Row:
    """A row with these keys in place of its own; without those that are None."""
    made = ad("190PYTH", "Titre", "Texte", insee=insee).row | changes
    return {name: value for name, value in made.items() if value is not None}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (row(typeContrat="DIN"), {"job_type": "CDI"}),
        (row(typeContrat="SAI"), {"job_type": "CDD"}),
        (row(typeContrat="DDI"), {"job_type": "CDD"}),
        (row(typeContrat="MIS"), {"job_type": "INTERIM"}),
        (row(typeContrat="LIB"), {"job_type": "FREELANCE"}),
        (row(typeContrat="FRA"), {"job_type": "OTHER"}),
        (row(typeContrat=None), {"job_type": None}),
        (row(alternance=True), {"job_type": "ALTERNANCE"}),
        (row(entreprise=None), {"company": None, "logo_url": None}),
        (row(entreprise={"nom": " ", "logo": "javascript:alert(1)"}), {"company": None, "logo_url": None}),
        (row(lieuTravail={"libelle": "2A - AJACCIO"}), {"department": "2A", "region": "94", "insee": None}),
        (row(insee="97411"), {"department": "974", "region": "04"}),
        (row(lieuTravail={"libelle": "France"}), {"department": None, "country": None, "location": "France"}),
        (row(lieuTravail={"libelle": "99 - Étranger", "latitude": 1}), {"country": None, "latitude": None}),
        (row(lieuTravail="Paris"), {"location": None, "department": None}),
        (row(experienceExige="D"), {"experience_min_years": 0}),
        (row(experienceLibelle="Expérience exigée de 6 Mois"), {"experience_min_years": 0.5}),
        (row(experienceLibelle="1 à 3 ans"), {"experience_min_years": 1}),
        (row(experienceLibelle="Expérience exigée"), {"experience_min_years": None}),
        (row(formations=[{"niveauLibelle": "CAP, BEP et équivalents"}]), {"education_level": "none"}),
        (row(formations=[{"niveauLibelle": "Bac ou équivalent"}, {}]), {"education_level": "bac"}),
        (row(formations="Bac"), {"education_level": None}),
        (row(nombrePostes="beaucoup"), {"openings": None}),
        (row(dateCreation="hier", dateActualisation=None), {"published_at": None, "source_updated_at": None}),
        (row(origineOffre={"partenaires": [{"nom": "X", "url": "https://x.example.com/1"}, {"url": "ftp://y"}]}),
         {"partner": "X", "partner_urls": ["https://x.example.com/1"]}),
        (row(description=None), {"description": ""}),
        (row(description="a\x00b\ud800"), {"description": "ab"}),
        (row(codeNAF=6201), {"naf": "6201"}),
        (row(intitule=12), {"title": "12"}),
    ],
)  # fmt: skip
def test_rows_as_they_come(sources: JobSources, given: Row, expected: dict[str, Any]) -> None:
    assert sources.france_travail.to_ad(given).model_dump(include=set(expected)) == expected


@pytest.mark.parametrize(
    ("label", "annual"),
    [
        ("Mensuel de 2000.0 Euros à 2500.0 Euros sur 13.0 mois", (26000, 32500)),
        ("Horaire de 20.0 Euros", (36400, None)),
        ("Selon profil", (None, None)),
    ],
)
def test_pay_is_told_a_year_and_as_written(
    sources: JobSources, label: str, annual: tuple[float | None, float | None]
) -> None:
    salary = sources.france_travail.to_ad(row(salaire={"libelle": label})).salary
    assert salary is not None
    assert (salary.annual_min, salary.annual_max, salary.label) == (*annual, label)


@pytest.mark.parametrize("given", [row(id=None), row(intitule=None), row(intitule=" "), row(id=["a"]), {}])
def test_a_row_without_a_name_is_none(sources: JobSources, given: Row) -> None:
    with pytest.raises(ValueError, match="SourceAd"):
        sources.france_travail.to_ad(given)
