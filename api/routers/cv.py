"""CV parsing: upload a file, follow the job, read the result."""

import asyncio
import hashlib
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, File, Form, Header, Query, Request, Response, UploadFile
from temporalio.common import WorkflowIDReusePolicy

from adapters.documents.errors import UnsupportedFormat
from adapters.documents.kinds import detect_kind
from adapters.object_store import job_prefix, result_key, source_key
from adapters.webhooks import AddressRefused
from api import uploads
from api.cv_status import read_status
from api.decision_requests import unknown_candidate
from api.errors import ApiError, documented, forbidden, invalid, not_found
from api.fields import Word
from api.limits import too_large
from api.paging import Page
from api.routers.candidates import visible_candidate
from api.runs import cancel_run, find_run, request_uuid, serves_request, start_run
from api.security import AnyCaller, Caller
from api.state import Parts, State
from api.webhook_log import DeliveryAnswer, deliveries
from db import cv_jobs, matching, offers, webhooks
from db.tables import CvJob
from domain.ids import bulk_job_id
from workflows.contracts import ParseCvInput, parse_workflow_id
from workflows.parse_cv import ParseCvWorkflow

UPLOAD_PATH = "/api/queue"

router = APIRouter(prefix="/api", tags=["cv"])

RETRY_AFTER = "1"


@router.post("/queue", status_code=202, responses=documented(400, 401, 404, 413, 415, 422, 503))
async def queue_cv(
    request: Request,
    response: Response,
    parts: Parts,
    caller: AnyCaller,
    file: Annotated[UploadFile, File(description="PDF, DOCX, DOC, RTF, ODT or TXT")],
    priority: Annotated[str | None, Form(description="premium, standard (default) or batch")] = None,
    webhook_url: Annotated[str | None, Form(description="announced here when the job ends")] = None,
    webhook_secret: Annotated[Word | None, Form(description="signs the webhook; form field only")] = None,
    candidate_id: Annotated[str | None, Form(description="whose CV it is")] = None,
    offer_ids: Annotated[list[str] | None, Form(description="match with these offers afterwards")] = None,
    priority_query: Annotated[str | None, Query(alias="priority")] = None,
    webhook_url_query: Annotated[str | None, Query(alias="webhook_url")] = None,
    candidate_id_query: Annotated[str | None, Query(alias="candidate_id")] = None,
    offer_ids_query: Annotated[list[str] | None, Query(alias="offer_ids")] = None,
    idempotency_key: Annotated[Word | None, Header()] = None,
) -> dict[str, Any]:
    """Queue a CV for parsing. The file's format is decided by its content; its extension must agree.

    Options are form fields or query parameters; a form field wins. With `offer_ids` the profile is matched afterwards,
    under `matching_job_id`. The answer's `job_id` is also the id of the Temporal workflow.
    """
    if "webhook_secret" in request.query_params:
        raise invalid("webhook_secret", "webhook_secret doit être un champ de formulaire", "secret_in_query")
    options = uploads.read_options(
        priority=priority or priority_query,
        webhook_url=webhook_url or webhook_url_query,
        webhook_secret=webhook_secret,
        candidate_id=candidate_id or candidate_id_query,
        offer_ids=offer_ids or offer_ids_query or [],
    )
    digest, kind = await _examine(file, parts)
    job_id = request_uuid(caller, UPLOAD_PATH, idempotency_key)
    request_hash = options.fingerprint(digest)
    existing = await _find(parts, job_id)
    if existing is None:
        await _check_references(options, parts, caller)
        if not await _store(parts, caller, job_id, options, file, digest, kind, request_hash):
            existing = await _find(parts, job_id)  # the same key at the same moment: the other call came first
    if existing is not None and existing.request_hash != request_hash:
        raise ApiError(422, "idempotency_key_reused", "Idempotency-Key déjà utilisée pour une autre demande")
    if existing is None or existing.outcome is None:
        await _start(parts, caller, job_id, options, new=existing is None)
    response.headers["Location"] = f"/api/result/{job_id}"
    response.headers["Retry-After"] = RETRY_AFTER
    return await _accepted(parts, job_id, options)


@router.get("/result/{job_id}", responses=documented(401, 404, 503))
async def get_result(job_id: str, parts: Parts, caller: AnyCaller, response: Response) -> dict[str, Any]:
    """The job's state: pending (with its place in the queue), running (with its stage), done, failed or cancelled."""
    job = await _own_job(parts, job_id, caller)
    status = await read_status(parts, job)
    if status["status"] in ("pending", "running"):
        response.headers["Retry-After"] = RETRY_AFTER
    return status


@router.post("/queue/{job_id}/cancel", status_code=202, responses=documented(401, 404, 503))
async def cancel_job(job_id: str, parts: Parts, caller: AnyCaller, response: Response) -> dict[str, Any]:
    """Ask a job to stop; one that has ended already answers 200 with how it ended."""
    job = await _own_job(parts, job_id, caller)
    status = await read_status(parts, job)
    if status["status"] not in ("pending", "running"):
        response.status_code = 200
        return {**status, "message": "Traitement déjà terminé"}
    await cancel_run(parts.temporal, parse_workflow_id(job.id))
    response.headers["Location"] = f"/api/result/{job.id}"
    response.headers["Retry-After"] = RETRY_AFTER
    return {**status, "message": "Annulation en cours..."}


@router.delete("/result/{job_id}", status_code=204, responses=documented(401, 404, 409, 503))
async def erase_job(job_id: str, parts: Parts, caller: AnyCaller) -> None:
    """Erase file, text, result and names of an ended job. Its id stays taken and answers 404."""
    job = await _own_job(parts, job_id, caller)
    run = await find_run(parts.temporal, parse_workflow_id(job.id))
    if (run is None and job.outcome is None) or (run is not None and run.running):
        raise ApiError(409, "job_running", "Traitement en cours : annulez-le, ou réessayez quand il sera terminé")
    await parts.store.delete_prefix(job_prefix(job.id))
    await parts.store.delete_prefix(result_key(job.id))
    async with parts.database.transaction() as session:
        await cv_jobs.erase_job(session, job.id)
        await webhooks.erase_deliveries(session, str(job.id))


@router.get("/result/{job_id}/deliveries", responses=documented(401, 404))
async def get_deliveries(job_id: str, parts: Parts, caller: AnyCaller) -> Page[DeliveryAnswer]:
    """The webhook deliveries of the job, with each attempt."""
    job = await _own_job(parts, job_id, caller)
    return Page(items=await deliveries(parts, str(job.id), caller))


async def _examine(file: UploadFile, parts: State) -> tuple[str, str]:
    """SHA-256 and format of the upload; refuses what is empty, too large or no document of ours."""
    size = file.size or 0
    if size == 0:
        raise ApiError(400, "empty_file", "Fichier vide")
    if size > parts.settings.max_content_length:
        raise too_large(parts.settings.max_content_length)

    def examine() -> tuple[str, str]:
        kind = detect_kind(file.file, file.filename or "")
        digest = hashlib.sha256()
        while block := file.file.read(1 << 20):
            digest.update(block)
        return digest.hexdigest(), kind

    try:
        return await asyncio.to_thread(examine)
    except UnsupportedFormat as error:
        raise ApiError(415, "unsupported_format", str(error)) from None


async def _check_references(options: uploads.UploadOptions, parts: State, caller: Caller) -> None:
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


async def _store(
    parts: State,
    caller: Caller,
    job_id: UUID,
    options: uploads.UploadOptions,
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
                    "file_name": uploads.display_name(file.filename),
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


async def _start(parts: State, caller: Caller, job_id: UUID, options: uploads.UploadOptions, *, new: bool) -> None:
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


async def _accepted(parts: State, job_id: UUID, options: uploads.UploadOptions) -> dict[str, Any]:
    async with parts.database.transaction() as session:
        waiting = await cv_jobs.waiting_at(session, options.priority_key, but=job_id)
        median = await cv_jobs.median_duration(session) if waiting else None
    answer: dict[str, Any] = {
        "job_id": str(job_id),
        "status": "queued",
        "priority": options.priority,
        "estimated_wait": uploads.estimated_wait(waiting, median, parts.settings.document_slots),
        "webhook_configured": options.webhook_url is not None,
        "links": {"result": f"/api/result/{job_id}", "cancel": f"/api/queue/{job_id}/cancel"},
    }
    if options.offer_ids:
        answer["matching_job_id"] = bulk_job_id(job_id)
    return answer


async def _find(parts: State, job_id: UUID) -> CvJob | None:
    async with parts.database.transaction() as session:
        return await cv_jobs.get_job(session, job_id)


async def _own_job(parts: State, job_id: str, caller: Caller) -> CvJob:
    """The caller's job, or 404 for one that is unknown, erased or somebody else's."""
    try:
        job = await _find(parts, UUID(job_id))
    except ValueError:
        job = None
    if job is None or job.erased_at is not None or not caller.owns(job.owner):
        raise not_found(f"Aucun job ou résultat trouvé pour l'ID: {job_id[:100]}", "job_not_found")
    return job
