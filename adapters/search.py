"""The search index client: Elasticsearch 9, or a server that speaks its API."""

from typing import Any

from elastic_transport import AiohttpHttpNode, HttpHeaders
from elasticsearch import AsyncElasticsearch

from runtime.settings import Settings


class PlainJsonNode(AiohttpHttpNode):
    """Sends plain `application/json`: the versioned media type of the client is refused (406) by look-alikes."""

    async def perform_request(  # type: ignore[override]  # the base is a coroutine too; its stub says otherwise
        self, method: str, target: str, body: bytes | None = None, headers: HttpHeaders | None = None, **kwargs: Any
    ) -> Any:
        plain = HttpHeaders(headers or {})
        for name in ("accept", "content-type"):
            versioned = plain.get(name) or ""
            if "vnd.elasticsearch" in versioned:
                plain[name] = versioned.replace("application/vnd.elasticsearch+", "application/").split(";")[0]
        return await super().perform_request(method, target, body=body, headers=plain, **kwargs)


def search_client(settings: Settings, *, seconds: float = 5) -> AsyncElasticsearch:
    """The client of a process, whose requests may take `seconds`. It does not retry: Temporal does."""
    key = settings.elasticsearch_api_key
    return AsyncElasticsearch(
        settings.elasticsearch_url,
        api_key=key.get_secret_value() if key else None,
        node_class=PlainJsonNode,
        # A write holds its connection until searches see it, up to a second: ten of them, the client's own limit, would
        # let a busy worker's requests time out while they wait for one.
        connections_per_node=200,
        request_timeout=seconds,
        max_retries=0,
    )
