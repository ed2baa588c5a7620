"""Taking in an upload: what it must be, what is stored of it, and the start of its run."""

import asyncio
import hashlib
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

    Raises 404 for a candidate who was erased meanwhile, with the object removed again.
    """
    key = source_key(job_id, digest)
    file.file.seek(0)
    await parts.store.put(key, file.file)
    try:
        async with parts.database.transaction() as session:
            if options.candidate_id is not None and not await cv_jobs.hold_candidate(session, options.candidate_id):
                raise unknown_candidate(options.candidate_id)
            added = await cv_jobs.add_job(
                session,
                {
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
                },
            )
            if added and options.offer_ids:
                await matching.add_request(
                    session,
                    {
                        "id": job_id,
                        "job_id": bulk_job_id(job_id),
                        "owner": caller.id,
                        "request_hash": request_hash,
                        "priority": options.priority_key,
                        "candidate_ids": [options.candidate_id] if options.candidate_id else [],
                        "offer_ids": options.offer_ids,
                        "parse_job_id": job_id,
                    },
                )
    except ApiError:
        await parts.store.delete_prefix(key)
        raise
    return added


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
