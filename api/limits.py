"""How large a request may be, held while it streams in and not after."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import ApiError

MULTIPART_OVERHEAD = 65_536
"""Form fields and part headers that come with an uploaded file."""

MAX_JSON_BYTES = 2_000_000


class BodyLimit:
    """ASGI middleware: a body over the limit of its route is refused (413) at the byte that exceeds it."""

    def __init__(self, app: ASGIApp, *, upload_path: str, upload_limit: int) -> None:
        self._app = app
        self._upload_path = upload_path
        self._upload_limit = upload_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        upload = scope["path"] == self._upload_path
        limit = self._upload_limit + MULTIPART_OVERHEAD if upload else MAX_JSON_BYTES
        received = 0

        async def limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise too_large(self._upload_limit if upload else MAX_JSON_BYTES)
            return message

        await self._app(scope, limited, send)


def too_large(limit: int) -> ApiError:
    """413, naming the limit."""
    return ApiError(413, "too_large", f"Contenu trop volumineux (maximum {limit / 1_048_576:.3g} Mo)")
