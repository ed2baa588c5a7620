"""How every source fails: dead, slow, broken, unwilling or wrong, and what is told of it."""

import asyncio
import traceback
from collections.abc import Callable

import pytest

from adapters.job_sources.errors import SourceFailure
from adapters.job_sources.registry import JobSources
from adapters.job_sources.rows import MOST_ROWS
from domain.job_search import SearchSource
from tests.integration.job_sources.reading import HASTE, answering, failure, read, sources_of
from tests.stubs.board_adzuna import AdzunaBoard
from tests.stubs.board_france_travail import FranceTravailBoard
from tests.stubs.board_la_bonne_alternance import LaBonneAlternanceBoard
from tests.stubs.job_boards import JobBoards, Mode
from tests.waiting import until

NAMES: tuple[SearchSource, ...] = ("france_travail", "adzuna", "arbeitnow", "la_bonne_alternance")
SECRETS = (
    FranceTravailBoard.CLIENT_ID,
    FranceTravailBoard.CLIENT_SECRET,
    "stub-token",
    AdzunaBoard.APP_ID,
    AdzunaBoard.APP_KEY,
    LaBonneAlternanceBoard.KEY,
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("mode", "value", "code", "retryable"),
    [
        ("drop", None, "connect_failed", True),
        ("html", 200, "bad_payload", True),
        ("truncated_json", None, "bad_payload", True),
        ("bad_row", "all", "bad_payload", True),
        ("status", 500, "upstream_5xx", True),
        ("html", 503, "upstream_5xx", True),
        ("status", 302, "bad_payload", True),
        ("status", 408, "timeout", True),
        ("status", 429, "rate_limited", True),
        ("status", 404, "bad_request", False),
    ],
)
async def test_what_goes_wrong_is_told_by_code(
    boards: JobBoards, sources: JobSources, name: SearchSource, mode: Mode, value: object, code: str, retryable: bool
) -> None:
    boards.fail(name, mode, value)
    failed = await failure(sources.by_name[name], keywords="python")
    assert (failed.code, failed.retryable, failed.retry_after) == (code, retryable, None)
    assert len(boards.calls_to(name)) == 1  # whoever runs this tries again, nobody else


@pytest.mark.parametrize("name", NAMES)
async def test_a_source_that_hangs_is_left(boards: JobBoards, hasty: JobSources, name: SearchSource) -> None:
    boards.fail(name, "hang")
    failed = await failure(hasty.by_name[name], keywords="python")
    assert (failed.code, failed.retryable, failed.retry_after) == ("timeout", True, None)


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("france_travail", 401, "auth_failed"),
        ("france_travail", 403, "blocked"),
        ("adzuna", 401, "auth_failed"),
        ("adzuna", 403, "auth_failed"),
        ("adzuna", 410, "auth_failed"),
        ("arbeitnow", 403, "blocked"),
        ("la_bonne_alternance", 401, "auth_failed"),
        ("la_bonne_alternance", 403, "auth_failed"),
    ],
)
async def test_a_source_that_will_not_have_us_is_not_asked_again(
    boards: JobBoards, sources: JobSources, name: SearchSource, status: int, code: str
) -> None:
    boards.fail(name, "status", status)
    failed = await failure(sources.by_name[name], keywords="python")
    assert (failed.code, failed.retryable) == (code, False)


@pytest.mark.parametrize("name", NAMES)
async def test_a_bad_row_is_counted_and_the_page_goes_on(
    boards: JobBoards, sources: JobSources, name: SearchSource
) -> None:
    whole = await read(sources.by_name[name], keywords="python")
    boards.fail(name, "bad_row", count=1)
    spoilt = await read(sources.by_name[name], keywords="python")
    assert spoilt.invalid == 1
    assert set(spoilt.ids) == set(whole.ids) - {whole.ids[0]}


@pytest.mark.parametrize(("written", "seconds"), [("7", 7), ("Sun, 22 Nov 2015 13:00:00 GMT", 0), ("bientôt", None)])
async def test_a_busy_source_says_when_to_come_back(
    boards: JobBoards, sources: JobSources, written: str, seconds: float | None
) -> None:
    boards.fail("arbeitnow", "status", 429, headers={"Retry-After": written})
    assert (await failure(sources.by_name["arbeitnow"])).retry_after == seconds


async def test_a_source_that_is_not_there_cannot_be_connected(boards: JobBoards) -> None:
    sources = sources_of(boards, arbeitnow_base_url="http://127.0.0.1:9")
    assert (await failure(sources.by_name["arbeitnow"])).code == "connect_failed"
    await sources.close()


async def test_a_slow_source_is_waited_for(boards: JobBoards, sources: JobSources) -> None:
    boards.fail("arbeitnow", "latency", 0.1, count=1)
    assert (await read(sources.by_name["arbeitnow"])).ads


async def test_a_source_that_hangs_keeps_no_other_from_being_called(boards: JobBoards) -> None:
    sources = sources_of(boards, job_source_connect_seconds=60, job_source_read_seconds=60)
    boards.fail("adzuna", "hang")
    hanging = [asyncio.create_task(read(sources.by_name["adzuna"], keywords=f"Python {n}")) for n in range(110)]

    async def all_asked() -> bool:
        return len(boards.calls_to("adzuna")) == len(hanging)

    await until(all_asked)
    assert (await read(sources.by_name["arbeitnow"])).ads
    for call in hanging:
        call.cancel()
    await asyncio.gather(*hanging, return_exceptions=True)
    await sources.close()


async def test_an_answer_that_is_too_long_is_not_read(boards: JobBoards) -> None:
    sources = sources_of(boards, job_source_max_length=500)
    assert (await failure(sources.by_name["arbeitnow"])).code == "bad_payload"
    await sources.close()


async def test_a_page_of_more_rows_than_anybody_has_is_not_read(boards: JobBoards, sources: JobSources) -> None:
    boards.arbeitnow.ads, boards.arbeitnow.page_sizes = boards.arbeitnow.ads[:1] * (MOST_ROWS + 1), [MOST_ROWS + 1]
    assert (await failure(sources.by_name["arbeitnow"])).code == "bad_payload"


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


async def test_an_answer_that_trickles_is_not_waited_for(boards: JobBoards) -> None:
    async with answering(HEAD + b"\r\n", *[b" "] * 10_000, pause=0.05) as url:
        sources = sources_of(boards, arbeitnow_base_url=url, **HASTE)
        assert (await failure(sources.by_name["arbeitnow"])).code == "timeout"
        await sources.close()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b'{"data": 1}',
        b'{"data": [1, null, "a"]}',
        b'{"data": [{"slug": NaN}]}',
        b'{"data": ' + b"[" * 100_000,
        b"\xff\xfe",
    ],
)
async def test_nothing_that_claims_to_be_json_is_believed(boards: JobBoards, raw: bytes) -> None:
    length = b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(raw)
    async with answering(HEAD + length + raw) as url:
        sources = sources_of(boards, arbeitnow_base_url=url)
        assert (await failure(sources.by_name["arbeitnow"])).code == "bad_payload"
        await sources.close()


async def test_what_is_packed_wrongly_or_is_no_http_is_an_error_of_the_source(boards: JobBoards) -> None:
    packed = HEAD + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"
    for raw, code in ((packed, "bad_payload"), (b"SSH-2.0-stub\r\n", "connect_failed")):
        async with answering(raw) as url:
            sources = sources_of(boards, arbeitnow_base_url=url)
            assert (await failure(sources.by_name["arbeitnow"])).code == code
            await sources.close()


def drops(boards: JobBoards) -> None:
    for name in (*NAMES, "france_travail_token"):
        boards.fail(name, "drop")


def hangs(boards: JobBoards) -> None:
    for name in NAMES:
        boards.fail(name, "hang")


def refuses(boards: JobBoards) -> None:
    for name in NAMES:
        boards.fail(name, "status", 401)


def is_well(_boards: JobBoards) -> None: ...


@pytest.mark.parametrize("behaves", [is_well, drops, hangs, refuses])
async def test_no_credential_is_told_to_anybody(
    boards: JobBoards,
    sources: JobSources,
    hasty: JobSources,
    everything_logged: pytest.LogCaptureFixture,
    behaves: Callable[[JobBoards], None],
) -> None:
    behaves(boards)
    sources = hasty if behaves is hangs else sources
    told = [repr(sources.by_name[name]) for name in NAMES]
    failures: list[SourceFailure] = []
    for name in NAMES:
        try:
            told += [ad.model_dump_json() for ad in (await read(sources.by_name[name], keywords="python")).ads]
        except SourceFailure as failed:
            failures.append(failed)
            told += [repr(failed), failed.error.model_dump_json(), *traceback.format_exception(failed)]
    assert not [failed for failed in failures if failed.__cause__ or failed.__context__]
    assert len(failures) == (0 if behaves is is_well else len(NAMES))
    text = "\n".join([*told, everything_logged.text])
    assert all(name in everything_logged.text for name in NAMES)
    assert not [secret for secret in SECRETS if secret in text]
    assert "motsCles" not in text  # what users search for is not logged either
