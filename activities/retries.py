"""The first step of a retry: what failed is open again, for this run alone."""

from temporalio import activity

from activities.contracts import Failure, Reopening
from activities.errors import final
from db import failed_work
from db.engine import Database

_OUTDATED = "Cette relance arrive trop tard : une autre l'a précédée"


class RetryActivities:
    """Each may find that the API has done it already, as it does right after the start of the run."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn
    async def reopen_parse(self, reopening: Reopening) -> None:
        """Undo the failure of a parse and of the matching chained to it. Fails where another run had this retry."""
        async with self._database.transaction() as session:
            is_open = await failed_work.reopen_parse(session, reopening.request_id, reopening.retry)
        if not is_open:
            raise final(Failure.RETRY_OUTDATED, _OUTDATED)

    @activity.defn
    async def reopen_matching(self, reopening: Reopening) -> None:
        """Undo the failure of a matching. Fails where another run had this retry."""
        async with self._database.transaction() as session:
            is_open = await failed_work.reopen_matching(session, reopening.request_id, reopening.retry)
        if not is_open:
            raise final(Failure.RETRY_OUTDATED, _OUTDATED)
