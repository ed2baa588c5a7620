"""The codec endpoint: lets the Temporal Web UI and CLI show sealed payloads to an administrator."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from google.protobuf import json_format
from pydantic import BaseModel, Field
from temporalio.api.common.v1 import Payloads

from api.errors import ApiError, documented
from api.fields import example
from api.security import AdminCaller
from api.state import Parts
from runtime.codec import KeyringCodec, KeyringError
from runtime.temporal import payload_codec

router = APIRouter(prefix="/codec", tags=["operations"])


class TemporalPayload(BaseModel):
    """A payload of Temporal in its JSON form: both are base64."""

    metadata: dict[str, str] = Field(default_factory=dict)
    data: str = ""


class TemporalPayloads(BaseModel):
    """Payloads of Temporal, as its Web UI and CLI send them to a codec and take them from it."""

    model_config = example({"payloads": [{"metadata": {"encoding": "anNvbi9wbGFpbg=="}, "data": "MTI="}]})

    payloads: list[TemporalPayload] = Field(default_factory=list)


_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/TemporalPayloads"}}},
    }
}
_NO_CODEC = {404: "`no_codec`: payloads are not sealed here, as `PAYLOAD_KEYS` is not set"}


@router.post(
    "/decode",
    summary="Open sealed payloads",
    response_description="The same payloads, open",
    responses={
        200: {"model": TemporalPayloads},
        **documented(
            401,
            403,
            413,
            why={400: "`bad_payloads`; `cannot_decode`: no key of the keyring opens it"} | _NO_CODEC,
        ),
    },
    openapi_extra=_BODY,
)
async def decode(request: Request, parts: Parts, _: AdminCaller) -> JSONResponse:
    """Open payloads, in the protocol of Temporal's remote codecs (`--codec-endpoint …/codec`)."""
    codec, payloads = await _read(request, parts)
    try:
        return _answer(Payloads(payloads=await codec.decode(payloads.payloads)))
    except KeyringError:
        raise ApiError(400, "cannot_decode", "Aucune clé de PAYLOAD_KEYS n'ouvre ces données") from None


@router.post(
    "/encode",
    summary="Seal payloads",
    response_description="The same payloads, sealed",
    responses={
        200: {"model": TemporalPayloads},
        **documented(401, 403, 413, why={400: "`bad_payloads`: no message of this form"} | _NO_CODEC),
    },
    openapi_extra=_BODY,
)
async def encode(request: Request, parts: Parts, _: AdminCaller) -> JSONResponse:
    """Seal payloads that an operator sends with the CLI."""
    codec, payloads = await _read(request, parts)
    return _answer(Payloads(payloads=await codec.encode(payloads.payloads)))


async def _read(request: Request, parts: Parts) -> tuple[KeyringCodec, Payloads]:
    codec = payload_codec(parts.settings)
    if codec is None:
        raise ApiError(404, "no_codec", "Les données de Temporal ne sont pas scellées : PAYLOAD_KEYS n'est pas défini")
    try:
        return codec, json_format.Parse(await request.body(), Payloads())
    except (json_format.ParseError, UnicodeDecodeError):
        raise ApiError(400, "bad_payloads", "Le corps de la requête n'est pas un message Payloads") from None


def _answer(payloads: Payloads) -> JSONResponse:
    return JSONResponse(json_format.MessageToDict(payloads))
