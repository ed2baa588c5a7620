"""What is shown of a hit, as each search server answers it."""

from adapters.candidate_query import Hit
from api.routers.candidate_search import _found


def test_lists_that_a_server_leaves_out_are_empty() -> None:
    """Elasticsearch answers no key for a list that is empty."""
    found = _found(Hit(candidate_id=7, shown={"experience_years": 4.9166}, highlights={}, position=(7,)))
    assert found.model_dump() == {
        **dict.fromkeys(("first_name", "last_name", "headline", "city", "sector", "admin_score", "availability")),
        "candidate_id": 7,
        "skills": [],
        "languages": [],
        "experience_years": 4.9,
        "highlights": {},
    }


def test_only_marks_are_html() -> None:
    marked = {"headline": ["\ue000Développeuse\ue001 <script>alert(1)</script>"]}
    found = _found(Hit(candidate_id=7, shown={"experience_years": 0}, highlights=marked, position=(7,)))
    assert found.highlights == {"headline": ["<mark>Développeuse</mark> &lt;script&gt;alert(1)&lt;/script&gt;"]}
