"""How the candidates' index is asked and its answers are read.

Relevance is a sum of whole numbers, a few for each word of the query and field that holds it: it does not depend on
what else the index holds, so the order of the pages stands while candidates come and go.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from adapters.candidate_query import (
    EXPERIENCE_RANGES,
    CandidateQuery,
    ExperienceRange,
    FacetValue,
    Hit,
    SearchPage,
    Sort,
    Sorted,
    WantedLanguage,
    WantedSkill,
)
from domain.candidate_document import name_key, skill_key, skill_rank
from domain.cv import EDUCATION_LEVELS, LANGUAGE_LEVELS
from domain.search_text import query_words, search_words
from domain.skills import canonical

Json = dict[str, Any]

_ID: Json = {"id": "desc"}
SORTS: dict[Sort, list[Json]] = {
    "relevance": [{"_score": "desc"}, {"order.admin_score": "desc"}, _ID],
    "recent": [_ID],
    "experience": [{"experience_years": "desc"}, _ID],
    "admin_score": [{"order.admin_score": "desc"}, _ID],
    "availability": [{"order.availability": "asc"}, _ID],
}
"""Candidates without a score or a date come last; the id decides between equals."""

MAX_WORDS = 16
"""Words of a query that count; all of them must be found."""
_WEIGHTS = {"title": 4, "skills": 2, "all": 1}
_FUZZY: Json = {"fuzziness": "AUTO:4,8", "prefix_length": 1}
"""One wrong letter from 4 letters on, two from 8 on, never the first: "AWS" is not "Ads"."""
_FACET_VALUES = 30
_HIGHLIGHTED = ("headline", "position", "summary", "experience", "skill_names")
_SHOWN = (
    "id",
    "first_name",
    "last_name",
    "headline",
    "city",
    "sector",
    "skills.name",
    "skills.level",
    "languages.language",
    "languages.level",
    "experience_years",
    "admin_score",
    "availability",
)
MARK_START, MARK_END = "\ue000", "\ue001"
"""Around what matched in a highlight: characters that no document holds."""


def search_body(query: CandidateQuery, after: Sorted | None, size: int) -> Json:
    """The search request for `size` hits after a position."""
    words = query_words(query.text)[:MAX_WORDS]
    must = [*_filters(query), *(_found(word) for word in words)]
    if query.text.strip() and not words:
        must.append({"match_none": {}})
    body: Json = {
        "query": {"bool": {"filter": must, "should": _relevance(words) if query.sort == "relevance" else []}},
        "sort": SORTS[query.sort],
        "size": size,
        "track_total_hits": True,
        "_source": list(_SHOWN),
        "aggs": _facets(),
    }
    if words:
        body["highlight"] = _highlight(words)
    if after is not None:
        body["search_after"] = list(after)
    return body


def _found(word: str) -> Json:
    return _any(_matches("all", word, fuzzy=True))


def _relevance(words: Sequence[str]) -> list[Json]:
    return [
        {"constant_score": {"filter": _any(_matches(name, word)), "boost": weight}}
        for word in words
        for name, weight in _WEIGHTS.items()
    ]


def _matches(name: str, word: str, *, fuzzy: bool = False) -> list[Json]:
    """The ways in which a field may hold a word: as it is, as the skill it abbreviates, inflected, mistyped."""
    path = f"search.{name}"
    ways: list[Json] = [{"term": {f"{path}.exact": word}}]
    skill = search_words(canonical(word))
    if skill != [word]:
        ways.append({"match_phrase": {f"{path}.exact": " ".join(skill)}})
    if _has_stem(word) and fuzzy:
        # A word that French analysis drops is no reason to find nobody.
        ways.append({"match": {path: {"query": word, "zero_terms_query": "all", **_FUZZY}}})
        # A stem is short, and a wrong letter in an ending makes another of it.
        ways.append({"match": {f"{path}.exact": {"query": word, **_FUZZY}}})
    elif _has_stem(word):
        ways.append({"match": {path: word}})
    return ways


def _has_stem(word: str) -> bool:
    """Short words and those with a symbol are names, such as "C", "R" and "C++": nothing but themselves is meant."""
    return len(word) > 2 and word[-1] not in "+#"


def _any(clauses: list[Json]) -> Json:
    return clauses[0] if len(clauses) == 1 else {"bool": {"should": clauses, "minimum_should_match": 1}}


def _filters(query: CandidateQuery) -> list[Json]:
    skills = [_skill(wanted) for wanted in query.skills]
    filters = [_any(skills)] if query.any_skill and skills else skills
    filters += [_language(wanted) for wanted in query.languages]
    places = [" ".join(search_words(place)) for place in query.locations]
    if places:
        filters.append(_any([{"match_phrase": {"locations": place}} for place in places]))
    terms: dict[str, Iterable[str]] = {
        "city_key": map(name_key, query.cities),
        "sector_key": map(name_key, query.sectors),
        "contract_types": query.contract_types,
        "work_mode": query.work_modes,
        "education": query.education,
    }
    filters += [{"terms": {name: values}} for name, wanted in terms.items() if (values := list(wanted))]
    if query.experience:
        filters.append(_any([_years(name) for name in query.experience]))
    bounds: dict[str, Json] = {
        "experience_years": {"gte": query.min_experience, "lte": query.max_experience},
        "education_rank": {"gte": EDUCATION_LEVELS.index(query.min_education) if query.min_education else None},
        "admin_score": {"gte": query.min_admin_score},
        "availability": {"lte": query.free_by.isoformat() if query.free_by else None},
    }
    for name, bound in bounds.items():
        if given := {side: value for side, value in bound.items() if value is not None}:
            filters.append({"range": {name: given}})
    return filters


def _skill(wanted: WantedSkill) -> Json:
    rank = None if wanted.level is None else skill_rank(wanted.level)
    return _nested("skills", {"skills.key": skill_key(wanted.name)}, rank)


def _language(wanted: WantedLanguage) -> Json:
    rank = None if wanted.level is None else LANGUAGE_LEVELS.index(wanted.level) + 1
    return _nested("languages", {"languages.language": name_key(wanted.language)}, rank)


def _nested(path: str, term: Json, rank: int | None) -> Json:
    must: list[Json] = [{"term": term}]
    if rank is not None:
        must.append({"range": {f"{path}.rank": {"gte": rank}}})
    return {"nested": {"path": path, "query": {"bool": {"filter": must}}}}


def _years(name: ExperienceRange) -> Json:
    bounds = EXPERIENCE_RANGES[name]
    return {"range": {"experience_years": {"gte": bounds["from"], **({"lt": bounds["to"]} if "to" in bounds else {})}}}


def _facets() -> Json:
    ranges = [{"key": name, **bounds} for name, bounds in EXPERIENCE_RANGES.items()]
    return {
        "skills": _counts("skill_keys"),
        "city": _counts("city_key", "city"),
        "sector": _counts("sector_key", "sector"),
        "languages": _counts("language_keys"),
        "contract_types": _counts("contract_types"),
        "work_mode": _counts("work_mode"),
        "education": _counts("education"),
        "experience": {"range": {"field": "experience_years", "ranges": ranges}},
    }


def _counts(key: str, shown: str | None = None) -> Json:
    """The most frequent values of a key; `shown` is the field whose most frequent spelling stands for it."""
    counts: Json = {"terms": {"field": key, "size": _FACET_VALUES}}
    if shown is not None:
        counts["aggs"] = {"spelling": {"terms": {"field": shown, "size": 1}}}
    return counts


def _highlight(words: Sequence[str]) -> Json:
    fields: Json = {}
    for name in _HIGHLIGHTED:
        matches = [
            {"match": {name: {"query": word, **(_FUZZY if _has_stem(word) else {})}}}
            for word in dict.fromkeys(each for word in words for each in (word, *search_words(canonical(word))))
        ]
        fields[name] = {"highlight_query": {"bool": {"should": matches}}}
    return {
        "pre_tags": [MARK_START],
        "post_tags": [MARK_END],
        "number_of_fragments": 2,
        "fragment_size": 150,
        "fields": fields,
    }


def page_of(answer: Json, limit: int) -> SearchPage:
    """The answer to a search request for `limit` hits and one more."""
    found = answer["hits"]["hits"]
    hits = [
        Hit(
            candidate_id=hit["_source"]["id"],
            shown=hit["_source"],
            highlights=hit.get("highlight", {}),
            position=tuple(hit["sort"]),
        )
        for hit in found[:limit]
    ]
    return SearchPage(
        hits=hits,
        following=hits[-1].position if len(found) > limit else None,
        total=answer["hits"]["total"]["value"],
        facets={
            name: [FacetValue(_spelling(name, bucket), bucket["doc_count"]) for bucket in counted["buckets"]]
            for name, counted in answer["aggregations"].items()
        },
    )


def _spelling(facet: str, bucket: Json) -> str:
    if facet == "skills":
        return canonical(bucket["key"])
    spellings = bucket.get("spelling", {}).get("buckets")
    return str(spellings[0]["key"] if spellings else bucket["key"])
