"""Receiving an uploaded file as a stream, for files too large to be kept on the way."""

import hashlib
from collections.abc import AsyncGenerator
from typing import Self

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from api.errors import ApiError
from api.limits import too_large
from api.uploads import display_name

FIELD = "file"


def _bad_form() -> ApiError:
    return ApiError(400, "bad_request", "Formulaire multipart mal formé ou incomplet")


class ReceivedFile:
    """The file field of a form that is still coming in: its name first, then its bytes, counted and hashed.

    Other fields are passed over. `size` and `digest` (SHA-256, hexadecimal) speak of what was received so far.
    """

    def __init__(self, request: Request) -> None:
        self._stream = request.stream()
        self._parser = MultipartParser(
            _boundary(request),
            {
                "on_part_begin": self._begin_part,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._end_header,
                "on_headers_finished": self._end_headers,
                "on_part_data": self._part_data,
                "on_part_end": self._end_part,
                "on_end": self._end_form,
            },
        )
        self._header = [b"", b""]
        self._disposition = b""
        self._inside = False
        self._complete = False
        self._waiting: list[bytes] = []
        self._hash = hashlib.sha256()
        self._name: str | None = None
        self.size = 0

    @classmethod
    async def of(cls, request: Request) -> Self:
        """The file of this request, received up to its first bytes. Raises 422 without one, 400 for a broken form."""
        file = cls(request)
        while file._name is None and await file._receive():
            continue
        if file._name is None:
            raise _missing()
        return file

    @property
    def name(self) -> str:
        """The file's own name, as answers show it."""
        return display_name(self._name)

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    async def chunks(self, limit: int) -> AsyncGenerator[bytes]:
        """The bytes of the file, to its end.

        Raises 413 at the byte that exceeds `limit`, 400 for an empty file or a broken form.
        """
        receiving = True
        while receiving or self._waiting:
            for chunk in self._waiting:
                self.size += len(chunk)
                if self.size > limit:
                    raise too_large(limit)
                self._hash.update(chunk)
                yield chunk
            self._waiting.clear()
            receiving = receiving and await self._receive()
        if not self._complete:
            raise _bad_form()
        if self.size == 0:
            raise ApiError(400, "empty_file", "Fichier vide")

    async def _receive(self) -> bool:
        """Take the next piece of the body; False at its end."""
        try:
            chunk = await anext(self._stream, None)
        except ClientDisconnect:
            raise _bad_form() from None  # nobody reads it, but it is no defect of ours
        if chunk is None:
            return False
        try:
            self._parser.write(chunk)
        except FormParserError:
            raise _bad_form() from None
        return True

    def _begin_part(self) -> None:
        self._disposition = b""

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header[0] += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._header[1] += data[start:end]

    def _end_header(self) -> None:
        name, value = self._header
        if name.lower() == b"content-disposition":
            self._disposition = value
        self._header = [b"", b""]

    def _end_headers(self) -> None:
        _, options = parse_options_header(self._disposition)
        file_name = options.get(b"filename")  # empty where a form was sent without choosing a file
        if options.get(b"name") == FIELD.encode() and file_name and self._name is None:
            self._name = file_name.decode("utf-8", "replace")
            self._inside = True

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._inside:
            self._waiting.append(data[start:end])

    def _end_part(self) -> None:
        self._inside = False

    def _end_form(self) -> None:
        self._complete = True


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data":
        raise _missing()
    boundary = options.get(b"boundary", b"")
    if not 0 < len(boundary) <= 70:  # as RFC 2046 has it
        raise _bad_form()
    return boundary


def _missing() -> RequestValidationError:
    return RequestValidationError([{"loc": ("body", FIELD), "msg": "Field required", "type": "missing"}])


def form_of_one_file(description: str) -> dict[str, object]:
    """The `openapi_extra=` of a route that reads its form by `ReceivedFile`."""
    schema = {
        "type": "object",
        "required": [FIELD],
        "properties": {FIELD: {"type": "string", "format": "binary", "description": description}},
    }
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}
