"""The database engine of a process, and one session for each unit of work."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

STATEMENT_SECONDS = 30
"""What one statement may take, unless its transaction sets a limit of its own: merges and builds run longer."""

UNREACHABLE = (OperationalError, InterfaceError, PoolTimeoutError)
"""What a database that is away raises: worth another try later."""


def is_unreachable(error: BaseException) -> bool:
    """Whether the error means that the database is away, not that the statement is wrong."""
    return isinstance(error, UNREACHABLE) or (isinstance(error, DBAPIError) and error.connection_invalidated)


class Database:
    """The pool of connections behind `DATABASE_URL` (`postgresql+psycopg://…`).

    At most `pool_size` + `max_overflow` transactions run at once; the next waits up to `pool_timeout` seconds.
    """

    def __init__(self, url: str, *, pool_size: int = 10, max_overflow: int = 10, pool_timeout: float = 10) -> None:
        # hide_parameters: statement values are personal data, and exceptions end up in logs.
        self._engine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=max_overflow,
            pool_timeout=pool_timeout,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={"connect_timeout": 5, "options": f"-c statement_timeout={STATEMENT_SECONDS * 1000}"},
        )
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncSession]:
        """A session in one transaction: committed at the end of the block, rolled back when it raises."""
        async with self._sessions.begin() as session:
            yield session

    async def ping(self) -> None:
        """Raise unless the database answers."""
        async with self._engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self._engine.dispose()
