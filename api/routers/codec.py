"""The codec endpoint: lets the Temporal Web UI and CLI show sealed payloads to an administrator."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from google.protobuf import json_format
from temporalio.api.common.v1 import Payloads

from api.errors import ApiError, documented
from api.security import AdminCaller
from api.state import Parts
from runtime.codec import KeyringCodec, KeyringError
from runtime.temporal import payload_codec

router = APIRouter(prefix="/codec", tags=["operations"])


@router.post("/decode", responses=documented(400, 401, 403, 404, 413))
async def decode(request: Request, parts: Parts, _: AdminCaller) -> JSONResponse:
    """Open payloads, in the protocol of Temporal's remote codecs (`--codec-endpoint …/codec`)."""
    codec, payloads = await _read(request, parts)
    try:
        return _answer(Payloads(payloads=await codec.decode(payloads.payloads)))
    except KeyringError as error:
        raise ApiError(400, "cannot_decode", str(error)) from None


@router.post("/encode", responses=documented(400, 401, 403, 404, 413))
async def encode(request: Request, parts: Parts, _: AdminCaller) -> JSONResponse:
    """Seal payloads that an operator sends with the CLI."""
    codec, payloads = await _read(request, parts)
    return _answer(Payloads(payloads=await codec.encode(payloads.payloads)))


async def _read(request: Request, parts: Parts) -> tuple[KeyringCodec, Payloads]:
    codec = payload_codec(parts.settings)
    if codec is None:
        raise ApiError(404, "no_codec", "Payloads are not sealed here: PAYLOAD_KEYS is not set")
    try:
        return codec, json_format.Parse(await request.body(), Payloads())
    except (json_format.ParseError, UnicodeDecodeError):
        raise ApiError(400, "bad_payloads", "The body is not a Payloads message") from None


def _answer(payloads: Payloads) -> JSONResponse:
    return JSONResponse(json_format.MessageToDict(payloads))
