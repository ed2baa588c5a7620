"""Arbeitnow's job board feed: no filters, pages of varying size, rows that repeat."""

import html
import time
from typing import Any

from aiohttp import web

Row = dict[str, Any]


def ad(slug: str, title: str, description: str, *, age: int = 1, **changes: Any) -> Row:
    """A row; `description` is HTML."""
    row: Row = {
        "slug": slug,
        "company_name": "Fadenwerk GmbH",
        "title": title,
        "description": f'{description}<p>Find more <a href="https://www.arbeitnow.com/">Jobs on Arbeitnow</a></p>',
        "remote": False,
        "url": f"https://www.arbeitnow.com/jobs/companies/fadenwerk/{slug}",
        "tags": ["IT"],
        "job_types": [],
        "location": "Berlin",
        "created_at": int(time.time()) - age * 86_400,
    }
    return row | changes


FULL_ROW = ad(
    "python-entwickler-berlin-1",
    "Python Entwickler (m/w/d)",
    html.escape("<h2>Aufgaben</h2><ul><li>Python &amp; Django</li><li>APIs</li></ul>"),
    remote=True,
    job_types=["Full Time", "Unbefristete Festanstellung"],
)

ADS = (
    FULL_ROW,
    ad("developpeur-python-paris-2", "Développeur Python", "<p>Python à Paris.</p>", location="Paris, France",
       company_name="Atelier Numérique", job_types=["permanent"]),
    ad("praktikum-3", "Praktikum Data", "<p>Python.</p>", location="München", job_types=["Praktikum"]),
    ad("befristet-4", "Python Engineer", "<p>Python.</p>", location="Nanterre", job_types=["befristet"]),
    ad("freelance-5", "International Python Consultant", "<p>Python.</p>", job_types=["Freelance", "international"]),
    ad("alt-6", "Python Senior", "<p>Python.</p>", age=40, job_types=["Vollzeit"], location=""),
)  # fmt: skip


class ArbeitnowBoard:
    """Switches: the sizes of its pages (None: all on one), whether each repeats the last row of the one before."""

    def __init__(self) -> None:
        self.ads: list[Row] = list(ADS)
        self.page_sizes: list[int] = [3, 2]
        self.repeats_a_row = True

    async def feed(self, request: web.Request) -> web.Response:
        page = int(request.query.get("page", "1"))
        sizes = [*self.page_sizes, *[self.page_sizes[-1]] * page]
        start = sum(sizes[: page - 1])
        end = start + sizes[page - 1]
        rows = self.ads[max(0, start - int(self.repeats_a_row)) : end] if start < len(self.ads) else []
        more = end < len(self.ads)
        address = str(request.url.with_query(None))
        links = {
            "first": f"{address}?page=1",
            "last": None,
            "prev": f"{address}?page={page - 1}" if page > 1 else None,
            "next": f"{address}?page={page + 1}" if more else None,
        }
        return web.json_response(
            {"data": rows, "links": links, "meta": {"current_page": page, "per_page": len(rows), "path": address}},
            headers={"x-ratelimit-limit": "50"},
        )
