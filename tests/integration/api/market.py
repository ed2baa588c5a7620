"""A labour market of its own: candidates that only the test using it can find."""

from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import update

from db import candidate_index
from db.tables import Candidate, Decision, Evaluation
from tests.backend import Backend
from tests.words import new_word

PATH = "/api/v1/candidates/search"


class Market:
    """A sector with candidates of its own, and a recruiter who searches it."""

    def __init__(self, backend: Backend, recruiter: httpx.AsyncClient) -> None:
        self._state = backend.state
        self._recruiter = recruiter
        self.sector = f"Secteur {new_word()}"

    async def add(self, *, score: float | None = None, **known: Any) -> int:
        """A validated candidate, in the index."""
        values = {"created_by": "user:0", "status": "VALIDATED", "sector": self.sector, "preferences": {}, **known}
        async with self._state.database.transaction() as session:
            row = Candidate(**values)
            session.add(row)
            await session.flush()
            if score is not None:
                decision = Decision(
                    id=uuid4(),
                    candidate_id=row.id,
                    kind="validate",
                    admin_id=1,
                    admin_name="Ada",
                    request_hash="",
                    outcome="completed",
                )
                session.add(decision)
                await session.flush()
                session.add(Evaluation(decision_id=decision.id, candidate_id=row.id, overall_score=score))
        await self.index(row.id)
        return row.id

    async def skilled(self, *skills: str, **levels: str) -> int:
        """A candidate with these skills, `name=LEVEL` for those of a known level."""
        named = [{"name": name} for name in skills] + [{"name": n, "level": level} for n, level in levels.items()]
        return await self.add(profile={"skills": named})

    async def index(self, candidate_id: int) -> None:
        """Write the candidate into the index, as they are now and whether or not they may be found."""
        async with self._state.database.transaction() as session:
            row = await candidate_index.take_version(session, candidate_id)
        assert row is not None
        await self._state.index.put(candidate_id, row.document(), row.version)

    async def change(self, candidate_id: int, **values: Any) -> None:
        async with self._state.database.transaction() as session:
            await session.execute(update(Candidate).where(Candidate.id == candidate_id).values(**values))

    async def decide(self, candidate_id: int, kind: str) -> None:
        async with self._state.database.transaction() as session:
            decision = {"admin_id": 1, "admin_name": "Ada", "request_hash": ""}
            session.add(Decision(id=uuid4(), candidate_id=candidate_id, kind=kind, **decision))

    async def search(self, **criteria: Any) -> dict[str, Any]:
        answer = await self._recruiter.get(PATH, params={"sector": self.sector, **criteria})
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def ids(self, **criteria: Any) -> list[int]:
        return [item["candidate_id"] for item in (await self.search(**criteria))["items"]]

    async def found(self, **criteria: Any) -> set[int]:
        return set(await self.ids(**criteria))

    async def facet(self, name: str, **criteria: Any) -> dict[str, int]:
        return {item["value"]: item["count"] for item in (await self.search(**criteria))["facets"][name]}
