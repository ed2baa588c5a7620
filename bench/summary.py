"""Measures the summary of works-council elections: its build, its refresh, an import, and the straightforward way."""

import asyncio
import time
import zipfile
from dataclasses import dataclass
from io import BytesIO
from typing import cast

import httpx
import psycopg
from temporalio.client import Client

from bench import processes, summary_plain
from bench.cv import JobFailed
from bench.summary_data import INVITATION_COLUMNS, PV_COLUMNS, Establishments
from embedded.application import Application
from embedded.seed import ADMIN
from workflows.contracts import SUMMARY_BUILD_ID

PV, SIRETS, INVITATIONS = 126_000, 75_000, 30_000
REFRESHED = 1000
ROUNDS = 5
PLAIN_ROUNDS = 2
"""The straightforward way takes long enough to be steady."""

_SEED = 777
_POLL_SECONDS = 0.01
_LONGEST_SECONDS = 300.0
_TABLES = ("pv_events", "invitations", "summary_touched")


@dataclass(frozen=True)
class Measured:
    """Seconds. `growth`: megabytes that the worker has grown by meanwhile, where that can be told."""

    build: list[float]
    doubled: list[float]
    refresh: list[float]
    refresh_step: list[float]
    imported: list[float]
    plain: list[float]
    growth: float | None


async def measure(application: Application) -> Measured:
    """Fill the stack's database with invented elections and measure. Raises `JobFailed`, `DifferentTable`."""
    endpoints = application.endpoints
    async with httpx.AsyncClient(base_url=str(endpoints["api"]), trust_env=False, timeout=60) as api:
        answer = await api.post("/api/v1/auth/login", json={"email": ADMIN.email, "password": ADMIN.password})
        api.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"
        temporal = await Client.connect(str(endpoints["temporal"]))
        pids = cast(dict[str, int], endpoints["pids"])
        return await _Bench(api, str(endpoints["database_url"]), temporal, pids).measure()


class _Bench:
    """Calls the API as the administrator; data goes straight into the database."""

    def __init__(self, api: httpx.AsyncClient, database_url: str, temporal: Client, pids: dict[str, int]) -> None:
        self._api = api
        self._url = database_url
        self._plain_url = database_url.replace("postgresql+psycopg://", "postgresql://")
        self._temporal = temporal
        self._pids = pids

    async def measure(self) -> Measured:
        """Everything, once after the other; each figure after one round that is not counted."""
        await asyncio.to_thread(self._load, 1)
        await self._build("full")
        before = self._worker_memory()
        build = await self._builds()
        plain = [await asyncio.to_thread(summary_plain.rebuild, self._url) for _ in range(PLAIN_ROUNDS)]
        refresh, steps = await self._refreshes()
        imported = [await self._import(seed) for seed in range(ROUNDS + 1)][1:]
        await asyncio.to_thread(self._load, 2)
        doubled = await self._builds()
        after = self._worker_memory()
        growth = after - before if before is not None and after is not None else None
        return Measured(build, doubled, refresh, steps, imported, plain, growth)

    async def _builds(self) -> list[float]:
        return [await self._build("full") for _ in range(ROUNDS + 1)][1:]

    async def _build(self, mode: str) -> float:
        """Seconds from the request to the completed result."""
        begun = time.perf_counter()
        answer = (await self._api.post("/api/build/summary", params={"mode": mode})).raise_for_status().json()
        if answer["status"] != "started":
            raise JobFailed(f"a build was answered {answer['status']}")
        return await self._until_completed("/api/build/summary/status", begun)

    async def _refreshes(self) -> tuple[list[float], list[float]]:
        """Refreshes of a thousand changed establishments: end to end, and the step alone."""
        whole: list[float] = []
        steps: list[float] = []
        for number in range(ROUNDS + 1):
            await asyncio.to_thread(self._change, number)
            whole.append(await self._build("incremental"))
            steps.append(await self._step_seconds("refresh_summary"))
        return whole[1:], steps[1:]

    async def _import(self, seed: int) -> float:
        """Seconds from the start of the import of a workbook of new invitations to its completed result."""
        book = await asyncio.to_thread(_workbook, Establishments(SIRETS, seed))
        answer = await self._api.post("/api/ingest/invit", files={"file": ("invitations.xlsx", book)})
        begun = time.perf_counter()
        return await self._until_completed(answer.raise_for_status().json()["check_status_url"], begun)

    async def _until_completed(self, path: str, begun: float) -> float:
        while time.perf_counter() - begun < _LONGEST_SECONDS:
            status = (await self._api.get(path)).raise_for_status().json()["status"]
            if status == "completed":
                return time.perf_counter() - begun
            if status != "running":
                raise JobFailed(f"{path} ended as {status}")
            await asyncio.sleep(_POLL_SECONDS)
        raise JobFailed(f"{path} was not completed in {_LONGEST_SECONDS:.0f} s")

    async def _step_seconds(self, name: str) -> float:
        """How long the last run's step of this name took, as Temporal's history tells."""
        scheduled, began = None, 0
        async for event in self._temporal.get_workflow_handle(SUMMARY_BUILD_ID).fetch_history_events():
            match event.WhichOneof("attributes"):
                case "activity_task_scheduled_event_attributes":
                    if event.activity_task_scheduled_event_attributes.activity_type.name == name:
                        scheduled = event.event_id
                case "activity_task_started_event_attributes":
                    if event.activity_task_started_event_attributes.scheduled_event_id == scheduled:
                        began = event.event_time.ToNanoseconds()
                case "activity_task_completed_event_attributes":
                    if event.activity_task_completed_event_attributes.scheduled_event_id == scheduled:
                        return (event.event_time.ToNanoseconds() - began) / 1e9
        raise JobFailed(f"the last build has no step {name}")

    def _load(self, times: int) -> None:
        """Replace all data by so many times the usual amount."""
        town = Establishments(SIRETS * times, _SEED)
        with psycopg.connect(self._plain_url) as connection:
            connection.execute(f"TRUNCATE {', '.join(_TABLES)}")
            cursor = connection.cursor()
            with cursor.copy(f"COPY pv_events ({', '.join(PV_COLUMNS)}) FROM STDIN") as copy:
                for row in town.minutes(PV * times):
                    copy.write_row(row)
            with cursor.copy(f"COPY invitations ({', '.join(INVITATION_COLUMNS)}) FROM STDIN") as copy:
                for row in town.letters(INVITATIONS * times):
                    copy.write_row(row)
        with psycopg.connect(self._plain_url, autocommit=True) as connection:
            for table in _TABLES:
                connection.execute(f"VACUUM (ANALYZE) {table}")

    def _change(self, number: int) -> None:
        """Change a thousand establishments, others in each round, and note them as an import does."""
        with psycopg.connect(self._plain_url) as connection:
            connection.execute(
                "WITH chosen AS (SELECT siret FROM siret_summary ORDER BY siret OFFSET %(offset)s LIMIT %(count)s),"
                " noted AS (INSERT INTO summary_touched (siret, import_id) SELECT siret, 'import-bench' FROM chosen)"
                " UPDATE pv_events AS p SET inscrits = inscrits + 1 FROM chosen AS c WHERE p.siret = c.siret",
                {"offset": number * REFRESHED, "count": REFRESHED},
            )

    def _worker_memory(self) -> float | None:
        if not processes.MEASURABLE:
            return None
        return processes.memory(self._pids)["worker"].rss


def _workbook(town: Establishments) -> bytes:
    """The invitations as a spreadsheet program saves them, as texts: the least that the format asks for."""
    header = ("SIRET", "Date invitation", "Denomination", "Code postal", "Ville", "UD", "FD", "IDCC")
    places = [INVITATION_COLUMNS.index(name) for name in ("siret", "date_invit", "denomination", "code_postal")]
    places += [INVITATION_COLUMNS.index(name) for name in ("commune", "ud", "fd", "idcc")]
    rows = [header, *([row[place] for place in places] for row in town.letters(INVITATIONS))]
    lines = ("".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) for row in rows)
    sheet = "".join(f"<row>{line}</row>" for line in lines)
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _PARTS.items():
            archive.writestr(name, _XML + content.format(sheet=sheet))
    return target.getvalue()


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}">'
        '<sheets><sheet name="Invitations" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_DOCUMENT}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
    "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{{sheet}}</sheetData></worksheet>',
}
