"""The steps of parsing a CV."""

import asyncio
import json
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from temporalio import activity
from temporalio.client import Client

from activities.child import ChildDied, ChildTimedOut, run_child
from activities.contracts import Closing, ExtractSummary, Failure, ParseJob, ReadSummary
from activities.errors import final, passing, record
from activities.heartbeat import heartbeating
from activities.index_requests import refresh_if_searchable
from activities.linking import candidate_for, give_profile
from adapters.documents.reader import ReadText
from adapters.documents.sandbox import read_into
from adapters.llm_errors import LlmInvalid, LlmRateLimited, LlmRefused, LlmUnavailable
from adapters.object_store import ObjectStore, draft_key, result_key, text_key
from db import cv_jobs, failed_work, matching
from db.engine import Database
from db.tables import CvJob
from domain.cv import CvProfile, Extraction, TokenUsage
from domain.extraction.rules import detect_language, extract_profile
from domain.grounding import ground

if TYPE_CHECKING:
    from adapters.llm import LlmExtractor  # loads the model's client, which the API has no use for

READ_LIMIT = timedelta(seconds=110)
"""The time one document may take, all tries of this attempt together."""

INLINE_RESULT_BYTES = 100_000
"""Above this, a result is an object and its row points to it."""

_UNREADABLE = "Document illisible : sa lecture a échoué deux fois"
_INTERRUPTED = "Document illisible : sa lecture a été interrompue trop souvent"
_NOT_ANALYSED = "Le texte de ce CV n'a pas pu être analysé"
_TOO_SLOW = "Document illisible : sa lecture dépasse le temps imparti"


class CvActivities:
    """Reading, extracting, saving and linking, each safe to run twice: what they write is keyed by the job."""

    def __init__(
        self, database: Database, store: ObjectStore, llm: "LlmExtractor | None", client: Client, *, max_reads: int
    ) -> None:
        self._database = database
        self._store = store
        self._llm = llm
        self._client = client
        self._max_reads = max_reads

    @activity.defn
    async def read_document(self, job: ParseJob) -> ReadSummary:
        """Check and read the document in a killable child process; its text becomes an object."""
        async with heartbeating():
            async with self._database.transaction() as session:
                row = await self._job(session, job.job_id)
            if row.object_key is None:
                raise final(Failure.OBJECT_MISSING, "Document introuvable dans le stockage")
            source = await self._store.get(row.object_key)
            async with self._database.transaction() as session:
                lost = await cv_jobs.begin_reading(session, job.job_id)
            try:
                if lost >= self._max_reads:
                    raise final(Failure.DOCUMENT_UNREADABLE, _INTERRUPTED)
                read = await _read_in_child(source, row.kind)
            finally:
                async with self._database.transaction() as session:
                    await cv_jobs.end_reading(session, job.job_id)
            await self._store.put(text_key(job.job_id), read.model_dump_json().encode())
            async with self._database.transaction() as session:
                await cv_jobs.record_read(session, job.job_id)
        return ReadSummary(pages=read.pages, characters=read.characters, ocr=read.ocr)

    @activity.defn
    async def extract_profile(self, job: ParseJob) -> ExtractSummary:
        """Turn the text into a profile, by the model when one is configured, else by the rules; kept as a draft."""
        async with heartbeating():
            read = ReadText.model_validate_json(await self._store.get(text_key(job.job_id)))
            profile, extraction = await self._extract(read)
            draft = {"profile": profile.model_dump(mode="json"), "extraction": extraction.model_dump(mode="json")}
            await self._store.put(draft_key(job.job_id), json.dumps(draft).encode())
        return ExtractSummary(
            method=extraction.method,
            input_tokens=extraction.tokens.input,
            output_tokens=extraction.tokens.output,
        )

    @activity.defn
    async def save_profile(self, job: ParseJob) -> None:
        """Drop what the text does not say, and decide the job as done with what remains."""
        read = ReadText.model_validate_json(await self._store.get(text_key(job.job_id)))
        draft = json.loads(await self._store.get(draft_key(job.job_id)))
        profile, ungrounded = await asyncio.to_thread(ground, CvProfile.model_validate(draft["profile"]), read.text)
        extraction = Extraction.model_validate(draft["extraction"]).model_copy(update={"ungrounded": ungrounded})
        async with self._database.transaction() as session:
            row = await self._job(session, job.job_id)
        started = row.started_at or row.created_at
        result: dict[str, Any] = {
            "processing_time": round((datetime.now(UTC) - started).total_seconds(), 3),
            "parsed_at": round(time.time(), 3),
            "data": profile.model_dump(mode="json"),
            "extraction": extraction.model_dump(mode="json"),
        }
        body = json.dumps(result).encode()
        large = len(body) > INLINE_RESULT_BYTES
        key = result_key(job.job_id) if large else None
        if key is not None:
            await self._store.put(key, body)
        async with self._database.transaction() as session:
            await cv_jobs.save_result(session, job.job_id, result=None if large else result, key=key)

    @activity.defn
    async def link_candidate(self, job: ParseJob) -> None:
        """Give the profile to the candidate it was uploaded for, or to a new DRAFT one; name it in the matching."""
        async with self._database.transaction() as session:
            row = await self._job(session, job.job_id)
        stored = await load_result(self._store, row)
        profile = CvProfile.model_validate(stored["data"])
        async with self._database.transaction() as session:
            row = await self._job(session, job.job_id)
            candidate_id = row.linked_candidate_id
            if candidate_id is None:
                candidate_id = await candidate_for(session, row, profile)
                await give_profile(session, candidate_id, profile)
                if not await cv_jobs.set_linked_candidate(session, job.job_id, candidate_id):
                    # Erased, or linked by another attempt, since it was read: the next try sees which.
                    raise passing(Failure.REQUEST_GONE, "Demande introuvable")
            request = await matching.request_of_parse(session, job.job_id)
            if request is not None:
                await matching.set_candidate(session, request.id, candidate_id)
        # Also when another attempt gave the profile: it may have ended before it asked.
        await refresh_if_searchable(self._client, self._database, candidate_id)

    @activity.defn
    async def close_parse(self, closing: Closing) -> None:
        """Decide the job as failed or cancelled, and the matching chained to it with it; not one that is run again."""
        async with self._database.transaction() as session:
            if not await failed_work.parse_is_at(session, closing.request_id, closing.retry):
                return
            await cv_jobs.close_job(
                session, closing.request_id, outcome=closing.outcome, error=closing.error, kind=closing.error_type
            )
            request = await matching.request_of_parse(session, closing.request_id)
            if request is not None:
                await matching.close_request(
                    session, request.id, outcome=closing.outcome, error=closing.error, kind=closing.error_type
                )

    async def _extract(self, read: ReadText) -> tuple[CvProfile, Extraction]:
        today = datetime.now(UTC).date()
        if self._llm is None:
            profile = await self._extract_by_rules(read.text, today)
            extraction = Extraction(method="rules", warnings=read.warnings)
        else:
            try:
                found = await self._llm.extract(read.text, today=today)
            except LlmRateLimited as error:
                delay = timedelta(seconds=error.retry_after) if error.retry_after is not None else None
                raise passing(Failure.LLM_RATE_LIMITED, str(error), delay=delay) from None
            except LlmUnavailable as error:
                raise passing(Failure.LLM_UNAVAILABLE, str(error)) from None
            except LlmRefused as error:
                raise final(Failure.LLM_REFUSED, str(error)) from None
            except LlmInvalid as error:
                raise final(Failure.LLM_INVALID, str(error)) from None
            profile = found.profile
            extraction = Extraction(
                method="openai",
                model=found.model,
                prompt_version=found.prompt_version,
                tokens=TokenUsage(input=found.tokens.input, output=found.tokens.output),
                warnings=[*read.warnings, *found.warnings],
            )
        facts = {
            "language": detect_language(read.text),
            "pages": read.pages,
            "characters": read.characters,
            "ocr": read.ocr,
        }
        return profile, extraction.model_copy(update=facts)

    async def _extract_by_rules(self, text: str, today: date) -> CvProfile:
        try:
            return await asyncio.to_thread(extract_profile, text, today=today)
        except Exception as error:  # noqa: BLE001 - the rules are pure: what they stumble over once, they always do
            record(error)
        raise final(Failure.EXTRACTION_FAILED, _NOT_ANALYSED)

    async def _job(self, session: Any, job_id: UUID) -> CvJob:
        row = await cv_jobs.get_job(session, job_id)
        if row is None or row.erased_at is not None:
            raise final(Failure.REQUEST_GONE, "Demande introuvable")
        return row


async def load_result(store: ObjectStore, job: CvJob) -> dict[str, Any]:
    """The stored result of a done job, from its row or from the object store."""
    if job.result is not None:
        return job.result
    if job.result_key is None:
        raise final(Failure.REQUEST_GONE, "Résultat introuvable")
    loaded: dict[str, Any] = json.loads(await store.get(job.result_key))
    return loaded


async def _read_in_child(source: bytes, kind: str) -> ReadText:
    """Read a document in a child process; one that kills its child twice, or outlasts the limit, is unreadable."""
    with tempfile.TemporaryDirectory(prefix="talentflow-") as folder:
        document, answer = Path(folder, "document"), Path(folder, "answer.json")
        await asyncio.to_thread(document.write_bytes, source)
        try:
            async with asyncio.timeout(READ_LIMIT.total_seconds()):
                try:
                    await run_child(read_into, str(document), kind, str(answer), limit=READ_LIMIT)
                except ChildDied:
                    await run_child(read_into, str(document), kind, str(answer), limit=READ_LIMIT)
        except ChildDied:
            raise final(Failure.DOCUMENT_UNREADABLE, _UNREADABLE) from None
        except (ChildTimedOut, TimeoutError):
            raise final(Failure.DOCUMENT_UNREADABLE, _TOO_SLOW) from None
        outcome = json.loads(await asyncio.to_thread(answer.read_bytes))
    if "bad" in outcome:
        raise final(Failure.BAD_DOCUMENT, outcome["bad"])
    return ReadText.model_validate(outcome["ok"])
