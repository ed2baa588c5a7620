"""Where webhooks are sent, and what a receiver can make the sender do: nothing but take note of a status."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Any

import certifi
import pytest
import pytest_asyncio

from adapters import webhooks
from adapters.webhooks import AddressRefused, ReceiverUnreachable, WebhookSender
from tests.stubs.raw_receivers import Authority, Behaviour, answers, drips, hangs_up, raw_receiver
from tests.waiting import DEADLINE, until

LOOPBACK = "127.0.0.1"
PUBLIC = "93.184.216.34"
OK = "HTTP/1.1 200 OK"
HASTE, PATIENCE = 1.0, 60.0
"""Seconds that a receiver is given which never answers, and one that does."""


class Names:
    """What the names of these tests stand for; other names are looked up as usual."""

    def __init__(self, known: Mapping[str, list[str]]) -> None:
        self._known = {name: list(addresses) for name, addresses in known.items()}
        self._real = socket.getaddrinfo

    def look_up(self, host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        """The first address of the name, which is forgotten unless it is the last."""
        addresses = self._known.get(host)
        if addresses is None:
            return self._real(host, port, *args, **kwargs)
        address = addresses.pop(0) if len(addresses) > 1 else addresses[0]
        return self._real(address, port, *args, **kwargs)


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "TIMEOUT_SECONDS", PATIENCE)


@pytest_asyncio.fixture
async def sender() -> AsyncGenerator[WebhookSender]:
    """A sender that may send to this machine by its address."""
    running = WebhookSender([LOOPBACK])
    yield running
    await running.close()


def named(monkeypatch: pytest.MonkeyPatch, **known: list[str]) -> None:
    """Let `a=[…]` be what `a.example.com` stands for, one address after the other."""
    names = Names({f"{name}.example.com": addresses for name, addresses in known.items()})
    monkeypatch.setattr(socket, "getaddrinfo", names.look_up)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "017700000001", "0x7f.1", "0", "0.0"),
        *("10.1.2.3", "012.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.8"),
        *("192.88.99.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "198.18.0.1"),
        *("[::]", "[::1]", "[::7f00:1]", "[::127.0.0.1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:a00:1]"),
        *("[::ffff:0:7f00:1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]"),
        *("[fc00::1]", "[fd00::1]", "[fe80::1]", "[fec0::1]", "[ff02::1]", "[2001:db8::1]", "[3fff::1]", "[100::1]"),
        *("localhost", "LOCALHOST", "localhost.", "\uff11\uff12\uff17.0.0.1", "127\u30020\u30020\u30021"),
    ],
)
async def test_no_spelling_of_an_inner_address_is_accepted(host: str) -> None:
    sender = WebhookSender()
    for scheme in ("http", "https"):
        with pytest.raises(AddressRefused):
            await sender.check(f"{scheme}://{host}/hook")
    await sender.close()


@pytest.mark.parametrize("host", [PUBLIC, "[2606:2800:220:1:248:1893:25c8:1946]", "[::ffff:93.184.216.34]"])
async def test_public_addresses_are_accepted(host: str) -> None:
    sender = WebhookSender()
    await sender.check(f"https://{host}/hook")
    await sender.close()


async def test_a_name_that_turns_private_is_not_sent_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Accepted while it was public; every later try looks again."""
    named(monkeypatch, turns=[PUBLIC, LOOPBACK])
    sender = WebhookSender()
    async with raw_receiver(answers(OK)) as receiver:
        url = f"http://turns.example.com:{receiver.port}/hook"
        await sender.check(url)
        with pytest.raises(AddressRefused):
            await sender.post(url, b"{}", {})
    assert receiver.heads == []
    await sender.close()


async def test_the_address_that_was_checked_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second look-up between check and connection would find a port where nobody listens."""
    named(monkeypatch, once=[LOOPBACK, "127.0.0.9"])
    sender = WebhookSender(["once.example.com"])
    async with raw_receiver(answers(OK)) as receiver:
        assert await sender.post(f"http://once.example.com:{receiver.port}/hook?a=1", b"{}", {}) == 200
        assert receiver.header("host") == [f"once.example.com:{receiver.port}"]
        assert receiver.heads[0].startswith(b"POST /hook?a=1 HTTP/1.1\r\n")
    await sender.close()


@pytest.mark.parametrize("addresses", [(PUBLIC, "10.0.0.1"), (PUBLIC, "::1")])
async def test_one_private_address_among_public_ones_is_enough(
    monkeypatch: pytest.MonkeyPatch, addresses: tuple[str, str]
) -> None:
    real = socket.getaddrinfo

    def look_up(_: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        return [found for address in addresses for found in real(address, port, *args, **kwargs)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    sender = WebhookSender()
    with pytest.raises(AddressRefused):
        await sender.check("http://both.example.com/")
    await sender.close()


@pytest.mark.parametrize(
    "behaviour",
    [
        drips(b"", b"", every=0.1),
        drips(b"HTTP/1.1 200 OK\r\n", b"x: y\r\n"),
        drips(b"HTTP/1.1 200 OK\r\nx: ", b"y" * 65_536, every=0),
        drips(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        drips(b"", b"what is this\r\n"),
        hangs_up,
    ],
    ids=["silent", "dripping head", "endless head", "never final", "no HTTP", "hangs up"],
)
async def test_an_answer_that_never_comes_is_none(behaviour: Behaviour, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "TIMEOUT_SECONDS", HASTE)
    sender = WebhookSender([LOOPBACK])
    async with raw_receiver(behaviour) as receiver, asyncio.timeout(DEADLINE):
        with pytest.raises(ReceiverUnreachable):
            await sender.post(f"http://{LOOPBACK}:{receiver.port}/", b"{}", {})
        assert len(receiver.heads) == 1
    await sender.close()


@pytest.mark.parametrize(
    "head", [b"transfer-encoding: chunked\r\n\r\n", b"content-length: 9999999999\r\n\r\n", b"\r\n"]
)
@pytest.mark.parametrize("drop", [b"1\r\nx\r\n", b"ffff\r\n" + b"x" * 65_535 + b"\r\n"], ids=["drips", "floods"])
async def test_the_body_of_an_answer_is_not_read(sender: WebhookSender, head: bytes, drop: bytes) -> None:
    every = 0.02 if len(drop) < 100 else 0
    async with raw_receiver(drips(b"HTTP/1.1 200 OK\r\n" + head, drop, every=every, times=100_000)) as receiver:
        assert await sender.post(f"http://{LOOPBACK}:{receiver.port}/", b"{}", {}) == 200

        async def noticed() -> bool:
            return receiver.left == 1

        await until(noticed)


async def test_receivers_leave_nothing_behind_for_the_next_call(sender: WebhookSender) -> None:
    """No cookie."""
    cookie = answers(OK, "set-cookie: seen=1; path=/")
    async with raw_receiver(cookie) as receiver:
        for _ in range(2):
            assert await sender.post(f"http://{LOOPBACK}:{receiver.port}/", b"{}", {}) == 200
        assert receiver.header("cookie") == [None, None]
        assert len(receiver.heads) == 2


async def test_a_certificate_must_bear_the_receivers_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Also when another receiver at the same address has just shown a good one."""
    authority = Authority.new(tmp_path)
    monkeypatch.setattr(certifi, "where", lambda: str(authority.path))
    named(monkeypatch, right=[LOOPBACK], wrong=[LOOPBACK])
    sender = WebhookSender(["right.example.com", "wrong.example.com", LOOPBACK])
    async with raw_receiver(answers(OK), tls=authority.server("right.example.com")) as receiver:
        assert await sender.post(f"https://right.example.com:{receiver.port}/", b"{}", {}) == 200
        for host in ("wrong.example.com", LOOPBACK):
            with pytest.raises(ReceiverUnreachable):
                await sender.post(f"https://{host}:{receiver.port}/", b"{}", {})
        assert len(receiver.heads) == 1
    await sender.close()


async def test_many_silent_receivers_do_not_hold_up_another() -> None:
    sender = WebhookSender([LOOPBACK])
    async with raw_receiver(drips(b"", b"", every=1)) as hanging, raw_receiver(answers(OK)) as receiver:
        url = f"http://{LOOPBACK}:{hanging.port}/"
        waiting = [asyncio.create_task(sender.post(url, b"{}", {})) for _ in range(120)]

        async def all_connected() -> bool:
            return len(hanging.heads) == len(waiting)

        await until(all_connected, seconds=PATIENCE)
        assert await sender.post(f"http://{LOOPBACK}:{receiver.port}/", b"{}", {}) == 200
        assert not any(task.done() for task in waiting)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    await sender.close()
