"""A search server that refuses every document and, as real ones do, quotes it in its answer."""

import json
import re

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

_PRODUCT = {"X-Elastic-Product": "Elasticsearch"}


def refuse_documents(server: HTTPServer) -> str:
    """Have the server behave so, from now on; its URL."""
    server.expect_request(re.compile(".*")).respond_with_handler(_answer)
    return server.url_for("")


def _answer(request: Request) -> Response:
    if request.method == "HEAD":
        return Response(headers=_PRODUCT)
    if request.method == "DELETE":
        return _json(404, {"result": "not_found"})
    reason = f"failed to parse field [headline] in document: {request.get_data(as_text=True)}"
    return _json(400, {"error": {"type": "document_parsing_exception", "reason": reason}, "status": 400})


def _json(status: int, body: object) -> Response:
    return Response(json.dumps(body), status=status, headers=_PRODUCT, content_type="application/json")
