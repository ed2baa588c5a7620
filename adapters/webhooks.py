"""Sending webhooks to addresses that strangers chose: resolved, checked, pinned, signed, never redirected."""

import asyncio
import hashlib
import hmac
import ipaddress
import socket
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import urlsplit, urlunsplit

import httpx

TIMEOUT_SECONDS = 10
RESOLVE_SECONDS = 5
RESOLVERS = 16
"""Threads that look names up. They are not those of other blocking calls, which a silent name server would hold up."""

_UNICAST = ipaddress.ip_network("2000::/3")
"""The one range of IPv6 of which global addresses are given out."""

# Global by registration or in older tables, but reserved, or leading into IPv4 networks that may be private.
_REFUSED = tuple(
    ipaddress.ip_network(network)
    for network in ("2002::/16", "2001::/32", "3fff::/20", "192.0.0.0/24", "192.88.99.0/24")  # 6to4, Teredo, …
)


class AddressRefused(Exception):
    """The URL is not one we send to; the message says why, in French, without quoting it."""


class ReceiverUnreachable(Exception):
    """No answer: connection refused, time-out, broken answer. Worth another try."""


def signature(secret: str, body: bytes) -> str:
    """`X-Signature`: hex HMAC-SHA256 of the exact body bytes."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class _HostUnknown(AddressRefused):
    """The name does not resolve now: refused from a caller, but worth another try once accepted."""


class WebhookSender:
    """Posts JSON to callers' receivers. `allowed_hosts` (`host` or `host:port`) may be private: test receivers."""

    def __init__(self, allowed_hosts: Collection[str] = ()) -> None:
        self._allowed = frozenset(host.lower() for host in allowed_hosts)
        self._resolvers = ThreadPoolExecutor(RESOLVERS, thread_name_prefix="resolve")
        self._client = httpx.AsyncClient(
            timeout=TIMEOUT_SECONDS,
            follow_redirects=False,
            trust_env=False,
            headers={"user-agent": "talentflow"},
            # Receivers are strangers to each other: none keeps the next one waiting for a connection, and no connection
            # is used twice, as the pool knows it by its address, not by the name that its certificate was checked for.
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )

    async def check(self, url: str) -> None:
        """Raise `AddressRefused` unless the URL may be sent to now. Sending checks again: names change address."""
        await self._request(url, b"", {})

    async def post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        """The receiver's status code. Raises `AddressRefused` or `ReceiverUnreachable`."""
        try:
            request = await self._request(url, body, headers)
            async with asyncio.timeout(TIMEOUT_SECONDS):
                response = await self._client.send(request, stream=True)  # the answer's body is nobody's business
                await response.aclose()
        except (_HostUnknown, httpx.HTTPError, TimeoutError):
            raise ReceiverUnreachable("no answer") from None
        return response.status_code

    async def _request(self, url: str, body: bytes, headers: dict[str, str]) -> httpx.Request:
        """The request, pinned to the one address that was checked here."""
        try:
            parts = urlsplit(url)
            host = (parts.hostname or "").encode("idna").decode()
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except (ValueError, UnicodeError):
            raise AddressRefused("URL de webhook invalide") from None
        if parts.scheme not in ("http", "https") or not host or parts.username is not None:
            raise AddressRefused("URL de webhook invalide")
        address = await self._resolve(host, port)
        bracketed = f"[{address}]" if ":" in address else address
        pinned = urlunsplit((parts.scheme, f"{bracketed}:{port}", parts.path or "/", parts.query, ""))
        named = f"[{host}]" if ":" in host else host
        try:
            return self._client.build_request(
                "POST",
                pinned,
                content=body,
                headers={
                    "content-type": "application/json",
                    **headers,
                    "host": f"{named}:{parts.port}" if parts.port else named,
                },
                extensions={"sni_hostname": host},
            )
        except httpx.InvalidURL:
            raise AddressRefused("URL de webhook invalide") from None

    async def _resolve(self, host: str, port: int) -> str:
        """The address to connect to; every address of the name must be public unless the host is allowed."""
        try:
            async with asyncio.timeout(RESOLVE_SECONDS):
                found = await asyncio.get_running_loop().run_in_executor(
                    self._resolvers, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
                )
        except (OSError, UnicodeError):  # a time-out is an OSError too
            raise _HostUnknown("Hôte du webhook introuvable") from None
        addresses = [str(info[4][0]) for info in found]
        if not {host, f"{host}:{port}"} & self._allowed and not all(_is_public(a) for a in addresses):
            raise AddressRefused("Adresse de webhook privée ou réservée refusée")
        return addresses[0]

    async def close(self) -> None:
        await self._client.aclose()
        self._resolvers.shutdown(wait=False, cancel_futures=True)


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return _is_public(str(ip.ipv4_mapped))
        if ip not in _UNICAST:
            return False
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _REFUSED)
