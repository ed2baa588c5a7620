"""Builds of the summary: what one claims, how it is published or given up, and the history."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, func, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db import siret_summary
from db.election_locks import lock_merges
from db.summary_staging import LIVE, Build, Mode, columns_of, index_names, staged_name, staging_tables
from db.tables import Import, SiretSummary, SummaryBuild, SummaryBuildPart, SummaryTouched

SMALL = 2000
"""Touched establishments that are few enough to be refreshed whatever the size of the table; see also `_SHARE`."""
_SHARE = 0.2


class BuildEnded(Exception):
    """The build was published, or has failed, before: nothing more may be made for it."""


class PartsMissing(Exception):
    """Not every partition of the build is in its staging table."""


class ColumnsDiffer(Exception):
    """The live table has other columns than the staging table, which was made like it: it was changed meanwhile."""


@dataclass(frozen=True)
class Claim:
    """What a build has taken on: changes up to `claimed`, in this mode."""

    claimed: int
    mode: Mode


async def drop_history(session: AsyncSession, age: timedelta) -> None:
    """Forget builds and decided imports older than `age`.

    But for the latest published build, and for imports whose file is still there: only their row leads to it.
    """
    latest = _published().with_only_columns(SummaryBuild.build_id).scalar_subquery()
    old_build = SummaryBuild.started_at < func.now() - age
    await session.execute(delete(SummaryBuild).where(old_build, SummaryBuild.build_id != func.coalesce(latest, "")))
    old_import = (Import.started_at < func.now() - age, Import.outcome.is_not(None), Import.object_key.is_(None))
    await session.execute(delete(Import).where(*old_import))


async def claim(session: AsyncSession, build: Build) -> Claim:
    """Take on every change there is, choose the mode, and make the staging table of a full build.

    What dead builds have left is dropped: their ids are exclusive, so none of them runs any more. Raises `BuildEnded`.
    """
    # No smaller number can commit any more once the merges stand still.
    await lock_merges(session)
    if await session.get(SummaryBuild, build.build_id) is not None:
        raise BuildEnded
    for table in await staging_tables(session):
        if table != build.staging:
            await session.execute(text(f"DROP TABLE {table}"))
    # Those of an earlier pass of this run stay: a late attempt of it must not take the new staging table for its own.
    await session.execute(delete(SummaryBuildPart).where(~SummaryBuildPart.build_id.startswith(f"{build.run_id}:")))
    claimed = (await session.scalars(select(func.coalesce(func.max(SummaryTouched.id), 0)))).one()
    mode: Mode = "incremental" if build.mode == "incremental" and await _is_little(session, claimed) else "full"
    if mode == "full":
        live = LIVE.name
        await session.execute(
            text(f"CREATE TABLE IF NOT EXISTS {build.staging} (LIKE {live} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
        )
    return Claim(claimed, mode)


async def _is_little(session: AsyncSession, claimed: int) -> bool:
    """Whether refreshing what was touched is less work than building anew; never before the first build."""
    published = await latest_published(session)
    if published is None:
        return False
    touched = select(func.count(SummaryTouched.siret.distinct())).where(SummaryTouched.id <= claimed)
    return (await session.scalars(touched)).one() <= max(SMALL, _SHARE * (published.rows or 0))


async def publish(session: AsyncSession, build: Build, *, parts: int, claimed: int) -> int:
    """Put the staging table in the place of the live one; rows of it. Published before, it stays as it is.

    Raises `PartsMissing`, `ColumnsDiffer`, `BuildEnded`.
    """
    if (published := await _record(session, build, "full")) is not None:
        return published
    found = select(func.count(), func.coalesce(func.sum(SummaryBuildPart.rows), 0)).where(
        SummaryBuildPart.build_id == build.build_id
    )
    done, rows = (await session.execute(found)).one()
    if done != parts:
        raise PartsMissing
    # Readers go on; who would change the table waits until it is replaced, or has done so.
    await session.execute(text(f"LOCK TABLE {LIVE.name} IN ACCESS SHARE MODE"))
    if await columns_of(session, build.staging) != await columns_of(session, LIVE.name):
        raise ColumnsDiffer
    await _settle(session, build, claimed, rows=int(rows), written=int(rows))
    # Last, as readers wait from here to the commit.
    await session.execute(text(f"DROP TABLE {LIVE.name}"))
    await session.execute(text(f"ALTER TABLE {build.staging} RENAME TO {LIVE.name}"))
    for name in index_names():
        await session.execute(text(f"ALTER INDEX {staged_name(build, name)} RENAME TO {name}"))
    return int(rows)


async def refresh(session: AsyncSession, build: Build, claimed: int) -> int:
    """Bring the live table up to date with the changes up to `claimed`; rows of it. Done before, it is left alone."""
    if (published := await _record(session, build, "incremental")) is not None:
        return published
    written = await siret_summary.refresh_touched(session, claimed)
    rows = (await session.scalars(select(func.count()).select_from(SiretSummary))).one()
    await _settle(session, build, claimed, rows=rows, written=written)
    return rows


async def _record(session: AsyncSession, build: Build, mode: Mode) -> int | None:
    """Write the build's row; None if it is new, its rows if it was published before. Raises `BuildEnded`.

    A second attempt waits here for the end of the first.
    """
    values = {
        "build_id": build.build_id,
        "workflow_run_id": build.run_id,
        "mode": mode,
        "started_at": build.started_at,
    }
    statement = insert(SummaryBuild).values(**values).on_conflict_do_nothing().returning(SummaryBuild.build_id)
    if (await session.scalars(statement)).one_or_none() is not None:
        return None
    rows = (await session.scalars(select(SummaryBuild.rows).where(SummaryBuild.build_id == build.build_id))).one()
    if rows is None:
        raise BuildEnded
    return rows


async def _settle(session: AsyncSession, build: Build, claimed: int, *, rows: int, written: int) -> None:
    """The build is published: what it holds need not be refreshed any more."""
    values = {"rows": rows, "rows_written": written, "completed_at": func.clock_timestamp()}
    await session.execute(update(SummaryBuild).where(SummaryBuild.build_id == build.build_id).values(**values))
    await session.execute(delete(SummaryTouched).where(SummaryTouched.id <= claimed))


async def abandon(session: AsyncSession, build: Build, error: str) -> int | None:
    """Drop what the build has made and record why it ended; the rows of one that was published all the same.

    Under the lock of `claim`, so that a claim still under way is either undone here or finds the build ended.
    """
    await lock_merges(session)
    row = {
        "build_id": build.build_id,
        "workflow_run_id": build.run_id,
        "mode": build.mode,
        "started_at": build.started_at,
        "error": error,
    }
    statement = insert(SummaryBuild).values(**row).on_conflict_do_nothing().returning(SummaryBuild.build_id)
    # A publication that is under way is waited for here: it may commit.
    if (await session.scalars(statement)).one_or_none() is None:
        rows = (await session.scalars(select(SummaryBuild.rows).where(SummaryBuild.build_id == build.build_id))).one()
        if rows is not None:
            return rows
    await session.execute(text(f"DROP TABLE IF EXISTS {build.staging}"))
    await session.execute(delete(SummaryBuildPart).where(SummaryBuildPart.build_id == build.build_id))
    return None


def _published() -> Select[tuple[SummaryBuild]]:
    order = SummaryBuild.completed_at.desc()
    return select(SummaryBuild).where(SummaryBuild.error.is_(None)).order_by(order).limit(1)


async def latest_published(session: AsyncSession) -> SummaryBuild | None:
    return (await session.scalars(_published())).one_or_none()


async def latest_build(session: AsyncSession, run_id: str | None = None) -> SummaryBuild | None:
    """The last build, or the last pass of this run."""
    statement = select(SummaryBuild).order_by(SummaryBuild.started_at.desc(), SummaryBuild.build_id.desc()).limit(1)
    if run_id is not None:
        statement = statement.where(SummaryBuild.workflow_run_id == run_id)
    return (await session.scalars(statement)).one_or_none()


async def list_builds(session: AsyncSession, *, after: tuple[datetime, str] | None, limit: int) -> list[SummaryBuild]:
    """Builds, the newest first, from the one that follows `after` (start, id)."""
    statement = select(SummaryBuild).order_by(SummaryBuild.started_at.desc(), SummaryBuild.build_id.desc()).limit(limit)
    if after is not None:
        statement = statement.where(tuple_(SummaryBuild.started_at, SummaryBuild.build_id) < after)
    return list(await session.scalars(statement))
