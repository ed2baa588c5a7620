"""Addresses behind links: a profile or a mail address often stands behind an icon or a word only."""

from collections.abc import Iterable
from urllib.parse import unquote

MAX_LINKS = 20


def hidden_addresses(targets: Iterable[str], text: str) -> list[str]:
    """The link targets that `text` does not spell out, each once, at most `MAX_LINKS`.

    Mail and telephone addresses lose their scheme; targets of other schemes than these and http(s) are left out.
    """
    addresses = dict.fromkeys(address for address in map(_address, targets) if address)
    return [address for address in addresses if _shown(address) not in text][:MAX_LINKS]


def _address(target: str) -> str:
    if target.startswith(("mailto:", "tel:")):
        return unquote(target).partition(":")[2].partition("?")[0].strip()
    return target.rstrip("/") if target.startswith(("http://", "https://")) else ""


def _shown(address: str) -> str:
    """The part of an address that a document would show: no scheme, no "www."."""
    return address.removeprefix("https://").removeprefix("http://").removeprefix("www.")
