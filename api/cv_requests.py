"""Taking in an upload: what it must be, what is stored of it, and the start of its run."""

import asyncio
import hashlib
from typing import Any
from uuid import UUID

from fastapi import UploadFile
from temporalio.common import WorkflowIDReusePolicy

from adapters.documents.errors import UnsupportedFormat
from adapters.documents.kinds import detect_kind
from adapters.object_store import job_prefix, source_key
from adapters.webhooks import AddressRefused
from api.decision_requests import unknown_candidate
from api.errors import ApiError, forbidden, invalid, not_found
from api.limits import too_large
from api.routers.candidates import visible_candidate
from api.runs import serves_request, start_run
from api.security import Caller
from api.state import State
from api.uploads import UploadOptions, display_name
from db import cv_jobs, matching, offers
from domain.ids import bulk_job_id
from workflows.contracts import ParseCvInput, parse_workflow_id
from workflows.parse_cv import ParseCvWorkflow


async def examine(file: UploadFile, parts: State) -> tuple[str, str]:
    """SHA-256 and format of the upload; refuses what is empty, too large or no document of ours."""
    size = file.size or 0
    if size == 0:
        raise ApiError(400, "empty_file", "Fichier vide")
    if size > parts.settings.max_content_length:
        raise too_large(parts.settings.max_content_length)

    def look_into() -> tuple[str, str]:
        kind = detect_kind(file.file, file.filename or "")
        digest = hashlib.sha256()
        while block := file.file.read(1 << 20):
            digest.update(block)
        return digest.hexdigest(), kind

    try:
        return await asyncio.to_thread(look_into)
    except UnsupportedFormat as error:
        raise ApiError(415, "unsupported_format", str(error)) from None


async def check_references(options: UploadOptions, parts: State, caller: Caller) -> None:
    """Raise 404 or 403 for a candidate or offers the caller cannot name, 422 for a webhook that may not be sent."""
    if options.candidate_id is not None:
        candidate = await visible_candidate(parts, options.candidate_id, caller)
        if not caller.holds(candidate):
            raise forbidden()
    if options.offer_ids:
        async with parts.database.transaction() as session:
            unknown = await offers.unknown_offers(session, options.offer_ids)
        if unknown:
            raise not_found("Offres introuvables", "offers_not_found", ids=unknown)
    if options.webhook_url is not None:
        try:
            await parts.webhooks.check(options.webhook_url)
        except AddressRefused as error:
            raise invalid("webhook_url", str(error), "webhook_refused") from None


async def store(
    parts: State,
    caller: Caller,
    job_id: UUID,
    options: UploadOptions,
    file: UploadFile,
    digest: str,
    kind: str,
    request_hash: str,
) -> bool:
    """First the object, then the rows: no row ever points to nothing. False when the id is taken.

    Raises 404 for a candidate who was erased meanwhile. What was stored for a row that could not be written is removed
    again.
    """
    key = source_key(job_id, digest)
    file.file.seek(0)
    await parts.store.put(key, file.file)
    row = {
        "id": job_id,
        "owner": caller.id,
        "owner_user_id": caller.user_id,
        "owner_role": caller.role,
        "request_hash": request_hash,
        "priority": options.priority_key,
        "file_name": display_name(file.filename),
        "kind": kind,
        "object_key": key,
        "candidate_id": options.candidate_id,
        "offer_ids": options.offer_ids,
        "webhook_url": options.webhook_url,
        "webhook_secret": parts.sealer.seal(options.webhook_secret) if options.webhook_secret else None,
    }
    try:
        return await _add_rows(parts, row)
    except Exception:
        if not await _is_known(parts, job_id):
            await parts.store.delete_prefix(key)
        raise


async def _add_rows(parts: State, row: dict[str, Any]) -> bool:
    """The request, and that of the matching chained to it. False when the id is taken."""
    candidate_id, offer_ids = row["candidate_id"], row["offer_ids"]
    async with parts.database.transaction() as session:
        if candidate_id is not None and not await cv_jobs.hold_candidate(session, candidate_id):
            raise unknown_candidate(candidate_id)
        added = await cv_jobs.add_job(session, row)
        if added and offer_ids:
            await matching.add_request(
                session,
                {
                    "id": row["id"],
                    "job_id": bulk_job_id(row["id"]),
                    "owner": row["owner"],
                    "request_hash": row["request_hash"],
                    "priority": row["priority"],
                    "candidate_ids": [candidate_id] if candidate_id else [],
                    "offer_ids": offer_ids,
                    "parse_job_id": row["id"],
                },
            )
        return added


async def _is_known(parts: State, job_id: UUID) -> bool:
    """Whether there is a row of this job: a write that was not answered may have taken effect."""
    async with parts.database.transaction() as session:
        return await cv_jobs.get_job(session, job_id) is not None


async def start(parts: State, caller: Caller, job_id: UUID, options: UploadOptions, *, new: bool) -> None:
    """Start the run. What was stored for a failed start is taken back, unless the run may be there all the same."""
    contract = ParseCvInput(
        job_id=job_id,
        priority=options.priority_key,
        link=bool(options.offer_ids) or options.candidate_id is not None,
        matching_request=job_id if options.offer_ids else None,
        announced=options.webhook_url is not None,
    )
    try:
        await start_run(
            parts.temporal,
            ParseCvWorkflow.run,
            contract,
            id=parse_workflow_id(job_id),
            queue=parts.queue,
            priority=options.priority_key,
            caller=caller,
            reuse=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            request=job_id,
        )
    except ApiError:
        if new and await serves_request(parts.temporal, parse_workflow_id(job_id), job_id) is False:
            async with parts.database.transaction() as session:
                await matching.remove_request(session, job_id)
                await cv_jobs.remove_job(session, job_id)
            await parts.store.delete_prefix(job_prefix(job_id))
        raise
