"""The mails that the stack's SMTP sink has received."""

import asyncio
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from embedded.stack import EmbeddedServers
from tests.waiting import until


def received(servers: EmbeddedServers, address: str) -> list[EmailMessage]:
    """The mails to this address, in the order in which they came."""
    found: list[EmailMessage] = []
    for path in sorted(Path(servers.endpoints["mail_dir"]).glob("**/*.eml")):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        if address in str(message["to"]):
            found.append(message)
    return found


async def mails_to(servers: EmbeddedServers, address: str, *, count: int) -> list[EmailMessage]:
    """Wait until this many mails to the address are there."""

    async def there() -> list[EmailMessage] | None:
        mails = await asyncio.to_thread(received, servers, address)
        return mails if len(mails) >= count else None

    return await until(there)
