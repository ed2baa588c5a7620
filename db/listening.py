"""Waiting for what other processes announce with `NOTIFY`, on a connection of its own."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url


async def announcements(url: str, channel: str) -> AsyncGenerator[str]:
    """The payloads announced on a channel from now on; the first item, empty, says that listening has begun.

    Ends when the connection is lost, at once while the database is away. `url` is the `DATABASE_URL`.
    """
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        connection = await psycopg.AsyncConnection.connect(address, autocommit=True, connect_timeout=5)
        async with connection:
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
            yield ""
            async with aclosing(connection.notifies()) as notices:
                async for notice in notices:
                    yield notice.payload
    except psycopg.OperationalError:
        return
