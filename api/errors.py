"""The one shape of errors: `{"detail": "<text>", "code": "<snake_case>"}`, plus what the case needs."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from fastapi import FastAPI, HTTPException, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.middleware.exceptions import ExceptionMiddleware

from adapters.candidate_errors import IndexMissing, IndexUnavailable
from adapters.object_store import ObjectMissing, StorageUnavailable
from db.engine import is_unreachable
from runtime.logging import get_logger

log = get_logger(__name__)

RETRY_AFTER_SECONDS = 5

_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 400: "bad_request"}
_DETAILS = {
    400: "Corps de requête illisible : JSON ou formulaire mal formé, ou trop de champs",
    404: "Route inconnue",
    405: "Méthode non autorisée sur cette route",
}
_MEANINGS: Final[Mapping[int, str]] = MappingProxyType(
    {
        400: "`bad_request`: the body is broken JSON or a broken form",
        401: "`unauthenticated`: no token or key, or one that is not valid any more",
        403: "`forbidden`: not for callers of this role",
        404: "Not there, or not the caller's to see; the code names what",
        413: "`too_large`: the body, or the file in it, exceeds the limit that `detail` names",
        422: "`validation_error`: `detail` lists the fields that are missing or malformed. Any other code: a value "
        "that is well formed and refused, named by `field` where it is one field's",
        503: "A part that is needed is away (`database_unavailable`, `temporal_unavailable`, `storage_unavailable`, "
        "`search_unavailable`): try again after `Retry-After` seconds",
    }
)
_NO_JSON = "send a JSON object as the body, with Content-Type: application/json"


class FieldError(BaseModel):
    """What is wrong with one field; the value sent is never repeated."""

    loc: list[str | int] = Field(description='where it is: `["body", "title"]`, `["query", "limit"]`')
    msg: str = Field(description="in English, for developers")
    type: str = Field(description="a word to program against: `missing`, `int_parsing`, `string_too_long`…")


class ErrorBody(BaseModel):
    """What every error answers. Some say more: `field` (the one refused), `ids` (those not found), `workflow_id`."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {"detail": "Offres introuvables", "code": "offers_not_found", "ids": [4100]},
                {
                    "detail": [{"loc": ["body", "title"], "msg": "Field required", "type": "missing"}],
                    "code": "validation_error",
                },
            ]
        },
    )

    detail: str | list[FieldError] = Field(
        description="a French sentence to show; with the code `validation_error`, what is wrong field by field"
    )
    code: str = Field(description="a word to program against")


class ApiError(HTTPException):
    """An answer other than success. It is an `HTTPException`, so that body parsing lets it through."""

    def __init__(self, status: int, code: str, detail: str, *, retry_after: int | None = None, **extra: Any) -> None:
        headers = {"Retry-After": str(retry_after)} if retry_after is not None else None
        super().__init__(status, detail=detail, headers=headers)
        self.code = code
        self.extra = extra


def not_found(detail: str, code: str = "not_found", **extra: Any) -> ApiError:
    return ApiError(404, code, detail, **extra)


def forbidden() -> ApiError:
    return ApiError(403, "forbidden", "Action non autorisée pour ce rôle")


def invalid(field: str, detail: str, code: str = "invalid_value") -> ApiError:
    """A value that is well formed but not acceptable."""
    return ApiError(422, code, detail, field=field)


def unavailable(code: str, detail: str) -> ApiError:
    return ApiError(503, code, detail, retry_after=RETRY_AFTER_SECONDS)


def ended(model: Any) -> dict[int | str, dict[str, Any]]:
    """For the `responses=` of a route that cancels: what one that has ended answers."""
    return {200: {"model": model, "description": "It had ended already: how, unchanged by this call"}}


def documented(*statuses: int, why: Mapping[int, str] | None = None) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route: the error shape for each status it can answer.

    `why` adds statuses that mean something particular here, or tells more of them than `_MEANINGS` does.
    """
    told = {status: _MEANINGS[status] for status in statuses} | dict(why or {})
    return {status: {"model": ErrorBody, "description": text} for status, text in told.items()}


def install_error_handlers(app: FastAPI) -> None:
    """Give every error its shape; nothing else ever reaches the caller. To be called before middleware is added."""

    @app.exception_handler(ApiError)
    async def _api_error(_: Request, error: ApiError) -> JSONResponse:
        body = {"detail": error.detail, "code": error.code, **jsonable_encoder(error.extra)}
        return JSONResponse(body, error.status_code, headers=error.headers)

    @app.exception_handler(StarletteHTTPException)
    async def _http_error(_: Request, error: StarletteHTTPException) -> JSONResponse:
        detail = _DETAILS.get(error.status_code, str(error.detail))
        body = {"detail": detail, "code": _CODES.get(error.status_code, "http_error")}
        return JSONResponse(body, error.status_code, headers=error.headers)

    @app.exception_handler(RequestValidationError)
    async def _validation(_: Request, error: RequestValidationError) -> JSONResponse:
        detail = [{"loc": e["loc"], "msg": _message(e), "type": e["type"]} for e in error.errors()]
        return JSONResponse({"detail": jsonable_encoder(detail), "code": "validation_error"}, 422)

    @app.exception_handler(ObjectMissing)
    async def _missing(_: Request, __: ObjectMissing) -> JSONResponse:
        return JSONResponse({"detail": "Document introuvable", "code": "not_found"}, 404)

    @app.exception_handler(StorageUnavailable)
    async def _storage(_: Request, __: StorageUnavailable) -> JSONResponse:
        return _unavailable("storage_unavailable", "Stockage des documents indisponible")

    @app.exception_handler(IndexUnavailable)
    @app.exception_handler(IndexMissing)
    async def _search(_: Request, __: Exception) -> JSONResponse:
        return _unavailable("search_unavailable", "Recherche de candidats indisponible")

    async def unexpected(request: Request, error: Exception) -> JSONResponse:
        if is_unreachable(error):
            return _unavailable("database_unavailable", "Base de données indisponible")
        route = request.scope.get("route")
        log.error("request raised", route=getattr(route, "path", None), error=type(error).__name__)
        return JSONResponse({"detail": "Erreur interne", "code": "internal_error"}, 500)

    # Not an exception handler: those for `Exception` run outside every middleware, so that metrics and CORS miss the
    # answer, and the error goes on to the server, which logs its text.
    app.add_middleware(ExceptionMiddleware, handlers={Exception: unexpected})


def _message(error: dict[str, Any]) -> str:
    """Pydantic's text, without what only its own users understand."""
    if error["type"] == "model_attributes_type" and error["loc"] == ("body",):
        return _NO_JSON
    message: str = error["msg"]
    return message.removeprefix("Value error, ")


def _unavailable(code: str, detail: str) -> JSONResponse:
    return JSONResponse({"detail": detail, "code": code}, 503, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
