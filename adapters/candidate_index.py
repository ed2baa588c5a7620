"""The candidates' search index: one live index behind an alias, read and written through it, and its replacements.

Every document carries the version of the candidate it shows, and the server keeps the highest: a late write loses
against a newer state, and so does a second write of the same version. Requests that wait for a refresh return once
searches see them.
"""

import re
from collections.abc import Collection, Iterable
from typing import Any

from elasticsearch import AsyncElasticsearch, BadRequestError, ConflictError, NotFoundError
from elasticsearch.helpers import async_streaming_bulk

from adapters.candidate_errors import IndexMissing, IndexRejected, IndexUnavailable, refusal, translated
from adapters.candidate_mapping import MAPPINGS, SETTINGS
from adapters.candidate_query import CandidateQuery, SearchPage, Sorted
from adapters.candidate_request import page_of, search_body

__all__ = ["ALIAS", "CandidateIndex", "IndexMissing", "IndexRejected", "IndexUnavailable"]

ALIAS = "candidates"
_CREATE_ATTEMPTS = 5
_BULK_DOCUMENTS = 1_000
_BULK_BYTES = 20_000_000
_MAINTENANCE_SECONDS = 30

Json = dict[str, Any]


class CandidateIndex:
    """The index behind `alias`; the indices themselves are `<alias>-000001` and so on.

    Every method raises `IndexUnavailable` when the server is away or busy, `IndexRejected` when it refuses, and
    `IndexMissing` when there is no index.
    """

    def __init__(self, client: AsyncElasticsearch, alias: str = ALIAS) -> None:
        self._client = client
        self._patient = client.options(request_timeout=_MAINTENANCE_SECONDS)
        self._alias = alias
        self._name = re.compile(re.escape(alias) + r"-(\d{6})")

    # The live index

    async def ensure(self) -> None:
        """Create an empty live index unless there is one; two processes may do this at once."""
        for _ in range(_CREATE_ATTEMPTS):
            aliases = await self._aliases()
            if any(self._alias in held for held in aliases.values()):
                return
            if await self._created(self._next(aliases), self._alias):
                return
        raise IndexUnavailable("Index names are taken")

    async def put(self, candidate_id: int, document: Json, version: int) -> bool:
        """Write a candidate's document, seen by searches on return; False when the index knows a newer version."""
        with translated():
            try:
                await self._client.index(
                    index=self._alias,
                    id=str(candidate_id),
                    document=document,
                    version=version,
                    version_type="external",
                    require_alias=True,
                    refresh="wait_for",
                )
            except ConflictError:
                return False
        return True

    async def remove(self, candidate_id: int, version: int | None) -> bool:
        """Remove a candidate's document, unseen by searches on return; one that is not there is removed already.

        False when the index knows a newer version than `version`; None removes whatever there is.
        """
        # A removal with a version would create the index that it does not find, without a mapping.
        if not await self._exists():
            raise IndexMissing("No such index")
        fence: Json = {} if version is None else {"version": version, "version_type": "external"}
        with translated():
            try:
                await self._client.delete(index=self._alias, id=str(candidate_id), refresh="wait_for", **fence)
            except ConflictError:
                return False
            except NotFoundError as error:
                if error.error == "index_not_found_exception":
                    raise
        return True

    async def version_of(self, candidate_id: int) -> int | None:
        """The version of a candidate's document as last written, searchable yet or not; None without one."""
        with translated():
            try:
                found = await self._client.get(index=self._alias, id=str(candidate_id), source_includes=["version"])
            except NotFoundError as error:
                if error.error == "index_not_found_exception":
                    raise
                return None
        return int(found["_source"]["version"])

    async def search(self, query: CandidateQuery, after: Sorted | None, limit: int) -> SearchPage:
        """At most `limit` candidates that meet the query, from the position `after` on."""
        with translated():
            answer = await self._client.search(
                index=self._alias,
                body=search_body(query, after, limit + 1),  # one more tells whether there is a next page
                allow_partial_search_results=False,
            )
        return page_of(answer.body, limit)

    # Replacing it

    async def current(self) -> str | None:
        """The name of the live index."""
        return next((name for name, held in (await self._aliases()).items() if self._alias in held), None)

    async def unpublished(self) -> list[str]:
        """Indices of ours that no search reads: being filled, or left by somebody who did not finish."""
        return sorted(name for name, held in (await self._aliases()).items() if self._alias not in held)

    async def create(self) -> str:
        """A new empty index that no search reads yet; its name."""
        for _ in range(_CREATE_ATTEMPTS):
            name = self._next(await self._aliases())
            if await self._created(name, _loading(name)):
                return name
        raise IndexUnavailable("Index names are taken")

    async def load(self, name: str, documents: Iterable[Json]) -> None:
        """Write many documents into an index that is not published yet, each with its own `id` and `version`.

        A document that the index knows in the same or a newer version stays as it is. `IndexRejected` names the ids
        of those that were refused.
        """
        await self._bulk(name, map(_insertion, documents))

    async def discard(self, name: str, candidate_ids: Collection[int]) -> None:
        """Remove documents from an index that is not published yet, whatever their versions."""
        await self._bulk(name, map(_deletion, candidate_ids))

    async def entries(self, name: str, after: int, upto: int, limit: int) -> list[tuple[int, int]]:
        """Candidate id and version of documents with an id above `after` and at most `upto`, in the order of ids."""
        with translated():
            await self._patient.indices.refresh(index=name)
            answer = await self._patient.search(
                index=name,
                query={"range": {"id": {"gt": after, "lte": upto}}},
                sort=[{"id": "asc"}],
                source_includes=["id", "version"],
                size=limit,
                allow_partial_search_results=False,
            )
        return [(hit["_source"]["id"], hit["_source"]["version"]) for hit in answer["hits"]["hits"]]

    async def publish(self, name: str) -> None:
        """Make this the live index, in one step for every reader; what was live is `unpublished` from then on."""
        aliases = await self._aliases()
        if name not in aliases:
            raise IndexMissing("No such index")
        actions: list[Json] = [
            {"remove": {"index": other, "alias": self._alias}}
            for other, held in aliases.items()
            if other != name and self._alias in held
        ]
        if self._alias not in aliases[name]:
            actions.append({"add": {"index": name, "alias": self._alias}})
        if _loading(name) in aliases[name]:
            actions.append({"remove": {"index": name, "alias": _loading(name)}})
        if actions:
            with translated():
                await self._patient.indices.update_aliases(actions=actions)

    async def drop(self, name: str) -> None:
        """Delete an index that is not live; one that is gone is fine. Raises ValueError for the live one."""
        if name == await self.current():
            raise ValueError("the live index is not dropped")
        with translated():
            await self._patient.indices.delete(index=name, ignore_unavailable=True)

    async def _exists(self) -> bool:
        with translated():
            return bool(await self._client.indices.exists_alias(name=self._alias))

    async def _aliases(self) -> dict[str, set[str]]:
        """Every index of ours with its aliases, as they are at one moment."""
        with translated():
            answer = await self._client.indices.get_alias(index=f"{self._alias}-*")
        return {name: set(held["aliases"]) for name, held in answer.body.items() if self._name.fullmatch(name)}

    def _next(self, names: Iterable[str]) -> str:
        numbers = (int(found[1]) for name in names if (found := self._name.fullmatch(name)))
        return f"{self._alias}-{max(numbers, default=0) + 1:06}"

    async def _created(self, name: str, alias: str) -> bool:
        """Whether this call created the index; False when somebody else has."""
        with translated():
            try:
                await self._patient.indices.create(
                    index=name, settings=SETTINGS, mappings=MAPPINGS, aliases={alias: {}}
                )
            except BadRequestError as error:
                if error.error != "resource_already_exists_exception":
                    raise
                return False
        return True

    async def _bulk(self, name: str, actions: Iterable[Json]) -> None:
        """Known in a newer version (409) and already gone are no errors."""
        refused: list[str] = []
        with translated():
            async for done, item in async_streaming_bulk(
                self._patient,
                actions,
                chunk_size=_BULK_DOCUMENTS,
                max_chunk_bytes=_BULK_BYTES,
                raise_on_error=False,
                # Through its own alias, which goes with the index and with publishing: a late page neither creates an
                # index without a mapping nor writes into the live one.
                index=_loading(name),
                require_alias=True,
            ):
                (result,) = item.values()
                if done or "error" not in result or result["status"] == 409:
                    continue
                error = refusal(result["status"], result["error"]["type"])
                if not isinstance(error, IndexRejected):
                    raise error
                refused.append(result["_id"])
        if refused:
            raise IndexRejected(f"Documents refused: {', '.join(refused[:20])}")


def _loading(name: str) -> str:
    """The alias by which an index is filled until it is published."""
    return f"{name}.loading"


def _insertion(document: Json) -> Json:
    fence = {"version": document["version"], "version_type": "external"}
    return {"_op_type": "index", "_id": str(document["id"]), **fence, "_source": document}


def _deletion(candidate_id: int) -> Json:
    return {"_op_type": "delete", "_id": str(candidate_id)}
