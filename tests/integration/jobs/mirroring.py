"""Ads that are mirrored: taking them over, letting time pass over them, and looking at what is stored."""

from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import text, update
from temporalio.client import WorkflowHandle

from db.tables import Offer
from tests.backend import Backend
from tests.integration.jobs.calls import searched
from tests.stubs.board_france_travail import Ad
from tests.stubs.board_france_travail import ad as france_travail_ad
from tests.stubs.job_boards import Call, JobBoards
from workflows.contracts import MirrorCounts, MirrorInput
from workflows.mirror_offers import MirrorOffersWorkflow

WORD = "Zorglubix"
"""An employer whose name nothing else contains."""

DETAIL = "/france_travail/v2/offres/"


def employers_ad(
    source_id: str = "300ZORG", description: str = f"{WORD} recrute : Python et PostgreSQL.", **changes: Any
) -> Ad:
    """An ad that names its employer wherever one can be named, but for the title."""
    return france_travail_ad(
        source_id,
        "Développeur Python",
        description,
        **{
            "entreprise": {
                "nom": WORD,
                "url": f"https://{WORD}.example.fr",
                "logo": f"https://static.example.fr/{WORD}.png",
            },
            "lieuTravail": {"libelle": f"75 - {WORD}", "commune": "75056", "codePostal": "75001"},
            "competences": [{"libelle": f"Outils {WORD}", "exigence": "E"}],
            "contact": {
                "nom": f"{WORD} - Mme Odile Fictive",
                "courriel": "odile.fictive@example.fr",
                "urlPostulation": f"https://{WORD}.example.fr/postuler",
            },
            "origineOffre": {
                "origine": "1",
                "partenaires": [{"nom": f"EMPLOI {WORD}", "url": f"https://{WORD}.example.com/offre/1"}],
            },
            **changes,
        },
    )


def asked(boards: JobBoards) -> list[Call]:
    """The calls for single ads of France Travail."""
    calls = boards.calls_to("france_travail")
    return [call for call in calls if call.path.startswith(DETAIL) and not call.path.endswith("/search")]


async def taken(client: httpx.AsyncClient, boards: JobBoards, *ads: Ad, source: str = "france_travail") -> str:
    """The search that has found these ads of France Travail, and no others of its."""
    boards.france_travail.ads = list(ads)
    end = await searched(client, sources=[source], force_refresh=True, max_results=300)
    assert end["status"] == "completed", end
    task_id: str = end["task_id"]
    return task_id


async def age(backend: Backend, *sources: str, **moments: str) -> None:
    """Set columns of all ads of these sources to so long ago: `last_verified_at="21 hours"`."""
    values = {name: text(f"now() - interval '{ago}'") for name, ago in moments.items()}
    async with backend.state.database.transaction() as session:
        await session.execute(update(Offer).where(Offer.source.in_(sources)).values(**values))


async def rows(backend: Backend) -> dict[str, dict[str, Any]]:
    """Every ad of a source by its title and source: all its columns."""
    async with backend.state.database.transaction() as session:
        found = await session.execute(text("SELECT to_jsonb(o) FROM offers o WHERE source <> 'internal' ORDER BY id"))
        return {f"{row['title']} ({row['source']})": row for (row,) in found}


async def only(backend: Backend) -> dict[str, Any]:
    """The one ad of a source that there is."""
    (row,) = (await rows(backend)).values()
    return row


async def begin_mirror(backend: Backend) -> WorkflowHandle[MirrorOffersWorkflow, MirrorCounts]:
    return await backend.temporal.start_workflow(
        MirrorOffersWorkflow.run, MirrorInput(), id=f"mirror-{uuid4()}", task_queue=backend.queue
    )


async def mirror(backend: Backend) -> MirrorCounts:
    """What a run of the mirror has done."""
    return await (await begin_mirror(backend)).result()


async def where(backend: Backend, word: str) -> list[str]:
    """The tables of the database that have a row with this word in any of its columns."""
    async with backend.state.database.transaction() as session:
        tables = await session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"))
        found = []
        for table in tables.all():
            holds = text(f'SELECT EXISTS (SELECT FROM "{table}" t WHERE t::text ILIKE :word)')  # noqa: S608
            if await session.scalar(holds, {"word": f"%{word}%"}):
                found.append(table)
        return found
