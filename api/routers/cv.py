"""CV parsing: upload a file, follow the job, read the result."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, Request, Response, UploadFile
from fastapi.responses import StreamingResponse

from adapters.object_store import job_prefix, result_key
from api import cv_requests, uploads
from api.cv_bodies import Cancelling, EndedJob, JobId, JobState, UploadAccepted
from api.cv_feed import cv_feed
from api.cv_status import read_status
from api.errors import ApiError, documented, ended, invalid, not_found
from api.feeds import event_stream
from api.fields import IdempotencyKey, LastEventId, Word
from api.paging import Page
from api.runs import cancel_run, find_run, request_uuid
from api.security import AnyCaller, Caller
from api.state import Parts, State
from api.webhook_log import DeliveryAnswer, deliveries
from db import cv_jobs, failed_work, webhooks
from db.tables import CvJob
from domain.ids import bulk_job_id
from workflows.contracts import parse_workflow_id

UPLOAD_PATH = "/api/queue"

router = APIRouter(prefix="/api", tags=["cv"])

_AS_FIELD = "the same as the form field, which wins"

_REFUSALS = {
    400: "`empty_file`; `bad_request`: a broken form",
    403: "`forbidden`: the candidate is not the caller's to give a CV",
    404: "`candidate_not_found`; `offers_not_found`, with `ids`",
    415: "`unsupported_format`: by its content no document of these formats, or its extension says otherwise",
    422: "`validation_error`: `file` is missing. `invalid_value`, `webhook_refused`, `secret_in_query`, with `field`. "
    "`idempotency_key_reused`: the key was used for another file or other options",
}

RETRY_AFTER = "1"

_EVENTS = """event: stage
data: {"job_id":"7f1f9a52-3c0e-4d7b-9a64-0c3f5d2f8e11","status":"running","stage":"read","progress":20}
id: 2

event: done
data: {"job_id":"7f1f9a52-3c0e-4d7b-9a64-0c3f5d2f8e11","status":"cancelled"}
id: 5

"""


@router.post(
    "/queue",
    status_code=202,
    summary="Upload a CV to have it read",
    response_model=None,
    responses={
        202: {"model": UploadAccepted, "description": "The job, which begins as soon as a worker is free"},
        **documented(401, 413, 503, why=_REFUSALS),
    },
)
async def queue_cv(
    request: Request,
    response: Response,
    parts: Parts,
    caller: AnyCaller,
    file: Annotated[UploadFile, File(description="PDF, DOCX, DOC, RTF, ODT or TXT")],
    priority: Annotated[
        str | None, Form(description="`premium`, `standard` (default) or `batch`", examples=["standard"])
    ] = None,
    webhook_url: Annotated[
        str | None,
        Form(description="the end of the job is sent here", examples=["https://hooks.example.com/cv"]),
    ] = None,
    webhook_secret: Annotated[Word | None, Form(description="signs what is sent; as a form field only")] = None,
    candidate_id: Annotated[
        str | None, Form(description="whose CV it is, where the candidate is known already", examples=["12"])
    ] = None,
    offer_ids: Annotated[
        list[str] | None,
        Form(
            description="offers to match the profile with afterwards, comma-separated or repeated", examples=[["40,41"]]
        ),
    ] = None,
    priority_query: Annotated[str | None, Query(alias="priority", description=_AS_FIELD)] = None,
    webhook_url_query: Annotated[str | None, Query(alias="webhook_url", description=_AS_FIELD)] = None,
    candidate_id_query: Annotated[str | None, Query(alias="candidate_id", description=_AS_FIELD)] = None,
    offer_ids_query: Annotated[list[str] | None, Query(alias="offer_ids", description=_AS_FIELD)] = None,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:
    """Queue a CV for parsing: a form with `file` and options. `GET links.result` says how far it is, `GET links.events`
    streams it. The file's format is decided by its content; its extension must agree.

    Options are form fields or query parameters; a form field wins. With `offer_ids` the profile is matched afterwards,
    under `matching_job_id`. The answer's `job_id` is also the id of the Temporal workflow.

    Premium is read before standard, standard before batch; callers of one priority take turns. `estimated_wait` says
    when the reading begins as things are: "immédiat", "30s", "5min", or "indéterminé" before anything was ever read.
    What is uploaded later with a higher priority, or by others, makes it longer; further workers make it shorter.
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
    digest, kind = await cv_requests.examine(file, parts)
    job_id = request_uuid(caller, UPLOAD_PATH, idempotency_key)
    request_hash = options.fingerprint(digest)
    existing = await _find(parts, job_id)
    if existing is not None and existing.erased_at is not None:
        raise _job_not_found(str(job_id))
    if existing is None:
        await cv_requests.check_references(options, parts, caller)
        if not await cv_requests.store(parts, caller, job_id, options, file, digest, kind, request_hash):
            existing = await _find(parts, job_id)  # the same key at the same moment: the other call came first
    if existing is not None and existing.request_hash != request_hash:
        raise ApiError(422, "idempotency_key_reused", "Idempotency-Key déjà utilisée pour une autre demande")
    if existing is None or existing.outcome is None:
        await cv_requests.start(parts, caller, job_id, options, new=existing is None)
    response.headers["Location"] = f"/api/result/{job_id}"
    response.headers["Retry-After"] = RETRY_AFTER
    return await _accepted(parts, job_id, options)


@router.get(
    "/result/{job_id}",
    summary="Follow a parse and read its result",
    response_model=None,
    responses={
        200: {"model": JobState, "description": "Where the job stands, by its `status`; when `done`, with the profile"},
        **documented(401, 404, 503),
    },
)
async def get_result(job_id: JobId, parts: Parts, caller: AnyCaller, response: Response) -> dict[str, Any]:
    """The job's state: `pending` (with its place in the queue), `running` (with its stage), `done`, `failed` or
    `cancelled`. Ask again after `Retry-After` seconds as long as the answer has that header.

    `position_in_queue` counts the jobs that are read before this one as things are: of higher priority, and of its own
    those whose turn comes first.
    """
    job = await _own_job(parts, job_id, caller)
    status = await read_status(parts, job)
    if status["status"] in ("pending", "running"):
        response.headers["Retry-After"] = RETRY_AFTER
    return status


@router.get(
    "/result/{job_id}/events",
    summary="Watch a parse",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "`stage` events, then `done`",
            "content": {"text/event-stream": {"example": _EVENTS}},
        },
        204: {"description": "`Last-Event-ID` was that of `done`: there is no more to come"},
        **documented(401, 404, 503),
    },
)
async def stream_result(job_id: JobId, parts: Parts, caller: AnyCaller, last_event_id: LastEventId = None) -> Response:
    """What becomes of the job, as it happens: server-sent events. A browser reads them with `fetch`, as its own
    `EventSource` cannot send a token.

    `stage` events carry `{job_id, status, stage, progress}`, from `pending` (`stage` null) over `read`, `extract` and
    `save`; `done` carries what `GET /api/result/{job_id}` answers, however the job ended, and is the last one.
    Each has an `id`: send the last one seen as `Last-Event-ID` to go on after it. A silent stream has a comment every
    15 seconds and is closed after ten minutes.
    """
    feed = await cv_feed(parts, await _own_job(parts, job_id, caller))
    if feed is None:
        raise _job_not_found(job_id)
    return await event_stream(feed, last_event_id, parts.settings)


@router.post(
    "/queue/{job_id}/cancel",
    status_code=202,
    summary="Cancel a parse",
    response_model=None,
    responses={
        **ended(EndedJob),
        202: {"model": Cancelling, "description": "It is being stopped: `GET /api/result/{job_id}` says when it has"},
        **documented(401, 404, 503),
    },
)
async def cancel_job(job_id: JobId, parts: Parts, caller: AnyCaller, response: Response) -> dict[str, Any]:
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


@router.delete(
    "/result/{job_id}",
    status_code=204,
    summary="Erase a CV and its result",
    response_description="Erased",
    responses=documented(401, 404, 503, why={409: "`job_running`: cancel it first, or try again when it has ended"}),
)
async def erase_job(job_id: JobId, parts: Parts, caller: AnyCaller) -> None:
    """Erase file, text, result and names of an ended job. Its id stays taken and answers 404.

    A candidate who was made from the CV stays: they are erased by `DELETE /api/v1/candidates/{candidate_id}`.
    """
    job = await _own_job(parts, job_id, caller)
    run = await find_run(parts.temporal, parse_workflow_id(job.id))
    if (run is None and job.outcome is None) or (run is not None and run.running):
        raise _still_running() if job.outcome is None else _still_followed_up()
    async with parts.database.transaction() as session:
        if not await failed_work.parse_is_at(session, job.id, job.retries):
            raise _still_running()  # an operator has had it run again meanwhile: it needs the file
        await parts.store.delete_prefix(job_prefix(job.id))
        await parts.store.delete_prefix(result_key(job.id))
        # One whose run was terminated is undecided still, and would count among those that wait.
        await cv_jobs.close_job(session, job.id, outcome="failed", error=None, kind="Interrupted")
        await cv_jobs.erase_job(session, job.id)
        await webhooks.erase_deliveries(session, str(job.id))


def _still_running() -> ApiError:
    return ApiError(409, "job_running", "Traitement en cours : annulez-le, ou réessayez quand il sera terminé")


def _still_followed_up() -> ApiError:
    """The parse has ended, which cannot be cancelled any more; its run goes on with what comes after it."""
    detail = "Le CV est analysé, mais la mise en correspondance ou l'annonce est en cours : réessayez ensuite"
    return ApiError(409, "job_running", detail, retry_after=int(RETRY_AFTER))


@router.get(
    "/result/{job_id}/deliveries",
    summary="Read the webhook deliveries of a parse",
    response_description="The last 100 deliveries, the oldest first; empty where no webhook was asked for",
    responses=documented(401, 404),
)
async def get_deliveries(job_id: JobId, parts: Parts, caller: AnyCaller) -> Page[DeliveryAnswer]:
    """When the end of the job was sent to its `webhook_url`, and what was answered to each try."""
    job = await _own_job(parts, job_id, caller)
    return Page(items=await deliveries(parts, str(job.id), caller))


async def _accepted(parts: State, job_id: UUID, options: uploads.UploadOptions) -> dict[str, Any]:
    async with parts.database.transaction() as session:
        job = await cv_jobs.get_job(session, job_id)
        waiting = await cv_jobs.waiting_before(session, job) if job is not None else 0
        median = await cv_jobs.median_reading(session) if waiting else None
    answer: dict[str, Any] = {
        "job_id": str(job_id),
        "status": "queued",
        "priority": options.priority,
        "estimated_wait": uploads.estimated_wait(waiting, median, parts.settings.document_slots),
        "webhook_configured": options.webhook_url is not None,
        "links": {
            "result": f"/api/result/{job_id}",
            "events": f"/api/result/{job_id}/events",
            "cancel": f"/api/queue/{job_id}/cancel",
        },
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
        raise _job_not_found(job_id)
    return job


def _job_not_found(job_id: str) -> ApiError:
    return not_found(f"Aucun job ou résultat trouvé pour l'ID: {job_id[:100]}", "job_not_found")
