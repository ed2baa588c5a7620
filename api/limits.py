"""How large a request may be, held while it streams in and not after."""

from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import ApiError

MULTIPART_OVERHEAD = 65_536
"""Form fields and part headers that come with an uploaded file."""

MAX_JSON_BYTES = 2_000_000


class BodyLimit:
    """ASGI middleware: a body over the limit of its route is refused (413) at the byte that exceeds it.

    `uploads` says for each path that takes a file how large the file may be.
    """

    def __init__(self, app: ASGIApp, *, uploads: Mapping[str, int]) -> None:
        self._app = app
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        named = self._uploads.get(scope["path"])
        limit = MAX_JSON_BYTES if named is None else named + MULTIPART_OVERHEAD
        received = 0

        async def limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise too_large(MAX_JSON_BYTES if named is None else named)
            return message

        await self._app(scope, limited, send)


def too_large(limit: int) -> ApiError:
    """413, naming the limit."""
    mega = limit / 1_048_576
    shown = f"{mega:.3g} Mo" if mega < 1000 else f"{mega / 1024:.3g} Go"
    return ApiError(413, "too_large", f"Contenu trop volumineux (maximum {shown})")
