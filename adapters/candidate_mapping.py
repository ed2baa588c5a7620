"""Settings and mapping of a candidates' index.

The texts under `search` are words prepared by `domain.search_text`, each analysed twice: stemmed as French, and kept
as they are. The texts that are shown have an analysis of their own, for highlights.
"""

from typing import Any

_KEYWORD = {"type": "keyword"}
_SHOWN_ONLY = {"type": "keyword", "index": False, "doc_values": False}
_SHOWN = {"type": "text", "analyzer": "shown"}
_PREPARED = {"type": "text", "analyzer": "french", "fields": {"exact": {"type": "text", "analyzer": "whitespace"}}}

SETTINGS: dict[str, Any] = {
    "index": {
        "number_of_shards": 1,
        # For how long a removed document's version is remembered: a late write must not bring the document back.
        "gc_deletes": "1h",
    },
    "analysis": {
        "tokenizer": {
            # Symbols stay with their word, and no word outgrows what an index keeps as one term.
            "words": {"type": "pattern", "pattern": r"[\p{L}\p{M}\p{N}]{1,100}[+#]{0,3}", "group": 0}
        },
        "analyzer": {"shown": {"type": "custom", "tokenizer": "words", "filter": ["lowercase", "asciifolding"]}},
    },
}

MAPPINGS: dict[str, Any] = {
    "dynamic": "strict",
    "_source": {"excludes": ["search", "locations", "order", "skill_keys", "language_keys"]},
    "properties": {
        "id": {"type": "long"},
        "version": {"type": "long"},
        "first_name": _SHOWN_ONLY,
        "last_name": _SHOWN_ONLY,
        "headline": _SHOWN,
        "position": _SHOWN,
        "summary": _SHOWN,
        "experience": _SHOWN,
        "skill_names": _SHOWN,
        "city": _KEYWORD,
        "city_key": _KEYWORD,
        "sector": _KEYWORD,
        "sector_key": _KEYWORD,
        "locations": {"type": "text", "analyzer": "whitespace"},
        "skills": {
            "type": "nested",
            "properties": {"key": _KEYWORD, "name": _SHOWN_ONLY, "level": _SHOWN_ONLY, "rank": {"type": "byte"}},
        },
        "languages": {
            "type": "nested",
            "properties": {"language": _KEYWORD, "level": _SHOWN_ONLY, "rank": {"type": "byte"}},
        },
        # The same for facets, which are slow to count in nested documents.
        "skill_keys": _KEYWORD,
        "language_keys": _KEYWORD,
        "experience_years": {"type": "double"},
        "education": _KEYWORD,
        "education_rank": {"type": "byte"},
        "admin_score": {"type": "double"},
        "availability": {"type": "date", "format": "strict_date"},
        "contract_types": _KEYWORD,
        "work_mode": _KEYWORD,
        "order": {"properties": {"admin_score": {"type": "double"}, "availability": {"type": "integer"}}},
        "search": {"properties": {"title": _PREPARED, "skills": _PREPARED, "all": _PREPARED}},
    },
}
