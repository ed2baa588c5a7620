"""Which ads are one opening."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.offer_dedup import Group, ListedAd, canonical_url, group, in_order
from domain.offer_names import company_key, title_key
from domain.source_ad import AdSource
from tests.unit.jobs.ads import opening, ref


def names(groups: list[Group]) -> list[list[str]]:
    return [[member.ref.source_id for member in found.ads] for found in groups]


def test_the_same_opening_at_three_sources_is_one_group_shown_by_the_first_source() -> None:
    found = group([opening("arbeitnow", "c"), opening("adzuna", "b"), opening("france_travail", "a")])
    assert names(found) == [["a", "b", "c"]]


@pytest.mark.parametrize(
    "difference",
    [
        {"company": None},
        {"company": "Autre Conseil"},
        {"department": None},
        {"department": "69"},
        {"title": "Développeur Java"},
        {"title": "(H/F)"},
    ],
)
def test_an_unknown_or_other_company_place_or_title_joins_nothing(difference: dict[str, Any]) -> None:
    assert len(group([opening("france_travail", "a"), opening("adzuna", "b", **difference)])) == 2
    assert len(group([opening("france_travail", "a", **difference), opening("adzuna", "b", **difference)])) == (
        1 if all(difference.values()) and difference != {"title": "(H/F)"} else 2
    )


def test_two_openings_of_one_employer_stay_two() -> None:
    """Which of them the third ad is for cannot be told, so it stays alone too."""
    found = group([opening("france_travail", "a"), opening("france_travail", "b"), opening("adzuna", "c")])
    assert names(found) == [["a"], ["b"], ["c"]]


def test_ten_ads_of_one_title_are_all_kept() -> None:
    assert len(group(opening("adzuna", str(n), company=None) for n in range(10))) == 10
    assert len(group(opening("adzuna", str(n)) for n in range(10))) == 10


def test_two_job_types_are_two_openings_and_an_unknown_one_joins() -> None:
    cdi, unknown = opening("france_travail", "a", job_type="CDI"), opening("arbeitnow", "c")
    assert names(group([cdi, unknown])) == [["a", "c"]]
    assert len(group([cdi, opening("adzuna", "b", job_type="CDD"), unknown])) == 3


def test_a_remote_job_without_a_department_has_remote_as_its_place() -> None:
    def remote(source: AdSource) -> ListedAd:
        return opening(source, "x", department=None, work_mode="remote")

    assert len(group([remote("adzuna"), remote("arbeitnow")])) == 1
    elsewhere: dict[str, Any] = {"department": None, "country": "DE", "city": "Berlin"}
    nowhere = elsewhere | {"city": None}
    assert len(group([opening("adzuna", "x", **elsewhere), opening("arbeitnow", "x", **elsewhere)])) == 1
    assert len(group([opening("adzuna", "x", **nowhere), opening("arbeitnow", "x", **nowhere)])) == 2


def test_a_cross_id_joins_ads_that_have_nothing_else_in_common() -> None:
    original = opening("france_travail", "199ABCD", title="Comptable", company=None)
    relay = opening("la_bonne_alternance", "x", cross_refs=(ref("france_travail", "199ABCD"),))
    assert names(group([relay, original])) == [["199ABCD", "x"]]


def test_a_cross_id_counts_as_an_id_of_its_source() -> None:
    """The relayed ad is another one than the one of the same title: its key joins nothing."""
    relay = opening("la_bonne_alternance", "x", cross_refs=(ref("france_travail", "other"),))
    assert len(group([relay, opening("france_travail", "a")])) == 2


def test_a_shared_page_joins_two_sources() -> None:
    page = "https://www.example.com/jobs/7/?utm_source=adzuna&b=2&a=1&se=x&v=9#apply"
    first = opening("france_travail", "a", title="Une annonce", urls=("https://example.fr/a", page))
    second = opening("adzuna", "b", title="Autre titre", urls=("http://example.com/jobs/7?a=1&b=2",))
    assert names(group([second, first])) == [["a", "b"]]


def test_a_page_of_several_ads_of_one_source_joins_nothing() -> None:
    page = ("https://example.com/careers",)
    ads = [opening("adzuna", n, title=f"Poste {n}", urls=page) for n in ("a", "b")]
    assert len(group([*ads, opening("france_travail", "c", title="Poste c", urls=page)])) == 3


def test_a_group_with_two_ids_of_a_source_first_drops_its_keys_then_its_pages() -> None:
    relay = opening("la_bonne_alternance", "l", title="Relais", cross_refs=(ref("france_travail", "f1"),))
    first = opening("france_travail", "f1", title="Titre un", urls=("https://example.com/1",))
    by_page = opening("adzuna", "z", title="Titre deux", company="Acme", urls=("https://example.com/1",))
    by_key = opening("france_travail", "f2", title="Titre deux", company="Acme")
    assert names(group([relay, first, by_page, by_key])) == [["f1", "l", "z"], ["f2"]]
    by_page_too = opening("france_travail", "f2", title="X", urls=("https://example.com/2",))
    linked = opening("adzuna", "z", title="Y", urls=("https://example.com/1", "https://example.com/2"))
    assert names(group([relay, first, linked, by_page_too])) == [["f1", "l"], ["f2"], ["z"]]


def test_two_states_of_one_ad_are_one_ad() -> None:
    old, new = opening("adzuna", "a", title="Ancien"), opening("adzuna", "a", title="Nouveau")
    assert group([old, new]) == group([new, old])
    assert len(group([old, new])) == 1


_SOURCES: list[AdSource] = ["internal", "france_travail", "la_bonne_alternance", "adzuna", "arbeitnow"]
_REFS = st.builds(ref, st.sampled_from(_SOURCES), st.sampled_from("abc"))
_ADS = st.builds(
    ListedAd,
    ref=_REFS,
    title=st.sampled_from(["Développeur", "Développeur H/F", "Comptable", "-"]),
    company=st.sampled_from([None, "Acme", "ACME SAS", "Autre"]),
    department=st.sampled_from([None, "75"]),
    work_mode=st.sampled_from([None, "remote"]),
    job_type=st.sampled_from([None, "CDI", "CDD"]),
    urls=st.lists(st.sampled_from([f"https://example.com/{n}" for n in range(3)]), max_size=2).map(tuple),
    cross_refs=st.lists(_REFS, max_size=1).map(tuple),
    published_at=st.sampled_from([None, datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 1, 9, tzinfo=UTC)]),
)


@settings(deadline=None, max_examples=150)
@given(st.lists(_ADS, max_size=12).flatmap(lambda ads: st.tuples(st.just(ads), st.permutations(ads))))
def test_order_repeats_and_pages_do_not_matter(drawn: tuple[list[ListedAd], list[ListedAd]]) -> None:
    ads, shuffled = drawn
    once = group(ads)
    assert group(shuffled) == once
    assert group([*shuffled[3:], *shuffled, *shuffled[:3]]) == once
    assert in_order(reversed(once), ["développeur"]) == in_order(once, ["développeur"])


@settings(deadline=None, max_examples=150)
@given(st.lists(_ADS, max_size=12))
def test_every_ad_is_in_one_group_and_shown_by_the_first_source(ads: list[ListedAd]) -> None:
    groups = group(ads)
    refs = [member.ref for found in groups for member in found.ads]
    assert sorted(refs, key=repr) == sorted({one.ref for one in ads}, key=repr)
    for found in groups:
        ranks = [(_SOURCES.index(member.ref.source), member.ref.source_id) for member in found.ads]
        assert ranks == sorted(ranks)


@settings(deadline=None, max_examples=150)
@given(st.lists(_ADS.map(lambda one: ListedAd(**{**vars(one), "cross_refs": ()})), max_size=12))
def test_without_cross_ids_no_group_holds_two_ads_of_a_source(ads: list[ListedAd]) -> None:
    for found in group(ads):
        sources = [member.ref.source for member in found.ads]
        assert len(set(sources)) == len(sources)


def test_openings_are_listed_by_terms_then_day_then_source() -> None:
    morning, evening = datetime(2026, 3, 2, 8, tzinfo=UTC), datetime(2026, 3, 2, 20, tzinfo=UTC)
    ads = [
        opening("adzuna", "undated", title="Python Django"),
        opening("adzuna", "two terms", title="Django et Python", published_at=datetime(2025, 1, 1, tzinfo=UTC)),
        opening("adzuna", "evening", title="Python", published_at=evening),
        opening("france_travail", "morning", title="Python avancé", published_at=morning),
        opening("france_travail", "none", title="Java", published_at=evening),
    ]
    ordered = in_order(group(ads), ["Python", "Django"])
    assert [found.shown.ref.source_id for found in ordered] == ["two terms", "undated", "morning", "evening", "none"]


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("HTTPS://WWW.Example.com:443/Jobs/7/", "example.com/Jobs/7"),
        ("http://example.com:8080/", "example.com:8080"),
        ("https://example.com/j?id=7&utm_campaign=x&v=3", "example.com/j?id=7"),
        ("https://[bad", None),
        ("https://example.com:port/", None),
        ("not an address", None),
    ],
)
def test_an_address_names_one_page(url: str, page: str | None) -> None:
    assert canonical_url(url) == page


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("Développeur Python (H/F)", "developpeur python"),
        ("DEVELOPPEUR  PYTHON - F/H/X", "developpeur python"),
        ("Développeur·Python [m/w/d]", "developpeur python"),
        ("Développeur C++ h-f", "developpeur c++"),
        ("Développeur C#", "developpeur c#"),
        ("Ingénieur R&D H/F/NB", "ingenieur r&d"),
        ("H/F", ""),
    ],
)
def test_a_title_has_one_form(title: str, key: str) -> None:
    assert title_key(title) == key


@pytest.mark.parametrize(
    ("company", "key"),
    [
        ("Acme Conseil S.A.S.", "acme conseil"),
        ("ACME-CONSEIL SASU", "acme conseil"),
        ("Acme Conseil GmbH (m/w/d)", "acme conseil"),
        ("SA", "sa"),
        ("Sanofi", "sanofi"),
        ("", ""),
    ],
)
def test_a_company_has_one_form(company: str, key: str) -> None:
    assert company_key(company) == key
