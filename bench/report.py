"""How figures are printed: times, ratios and the aims beside them. An aim is never a verdict."""

import os
import platform
from collections.abc import Mapping, Sequence
from statistics import median, quantiles

from bench.cv import CLIENTS, Loaded, Sequential
from bench.matching import EXPLAINED, OFFERS, SINGLES, Ranked
from bench.plain import Plain
from bench.processes import Memory, Peak
from bench.reindex import CANDIDATES, VALIDATED, Rebuilt
from bench.stack import Starts
from bench.steps import Steps
from bench.summary import INVITATIONS, PV, REFRESHED, SIRETS, Measured

CORES = os.cpu_count() or 1

_ACCEPTED_AIM = "aim: p95 ≤ 50 ms"
_WORKER_MB, _READER_MB = 350, 300


def machine() -> str:
    return (
        f"{CORES} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}, {load()}\n"
        "document: two pages of text, PDF; extractor: rules"
    )


def load() -> str:
    """Other work on the machine makes every time longer; ratios and processor times suffer less."""
    return f"load average {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load average unknown"


def starts(measured: Starts) -> str:
    return table(
        "stack, until it is ready to work",
        [["first start on an empty directory", f"{measured.first:.1f} s"], ["warm start", f"{measured.warm:.1f} s"]],
    )


def accepted(alone: Sequential, uploads: Sequence[float], loaded: Loaded) -> str:
    return table(
        "upload → 202",
        [
            [f"{len(alone.accepted)} times, each job done before the next", spread(alone.accepted), _ACCEPTED_AIM],
            [f"{len(uploads)} in a row by one client", spread(uploads), _ACCEPTED_AIM],
            [f"{len(loaded.accepted)} by {CLIENTS} clients at once", spread(loaded.accepted), _ACCEPTED_AIM],
        ],
    )


def done(alone: Sequential, loaded: Loaded) -> str:
    return table(
        "upload → done",
        [
            [f"{len(alone.done)} times, one after the other", spread(alone.done), "aim: p50 ≤ 1000 ms"],
            [f"{len(loaded.accepted)} by {CLIENTS} clients", f"{loaded.per_second:.1f} CVs/s", "aim: ≥ 4 CVs/s"],
        ],
    )


def against_plain(alone: Sequential, loaded: Loaded, alternative: Plain) -> str:
    """The same code called in a row in one process keeps nothing, survives nothing and serves nobody."""
    plain = median(alternative.read) + median(alternative.extract)
    return table(
        "against plain calls of the same reader and extractor",
        [
            ["plain: read", spread(alternative.read)],
            ["plain: extract and ground", spread(alternative.extract)],
            ["read in a process that can be killed", spread(alternative.read_apart)],
            ["upload → done over plain", f"{median(alone.done) / plain:.1f} times"],
            [f"CVs/s on {CORES} cores over plain on one", f"{loaded.per_second * plain:.2f} times"],
        ],
    )


def steps(measured: Steps) -> str:
    rows = [["", "waited", "ran", "share"]]
    for step in measured.steps:
        share = "after done" if step.after_done else f"{(step.waited + step.ran) / measured.total:.0%}"
        rows.append([step.name, _ms(step.waited), _ms(step.ran), share])
    rows.append(["workflow tasks between", "", _ms(measured.between), f"{measured.between / measured.total:.0%}"])
    rows.append(["start of the run → done", "", _ms(measured.total)])
    return table("steps of a job alone (medians, from Temporal's histories)", rows)


def processor(seconds: Mapping[str, float], jobs: int) -> str:
    """Every part is told, so that what a step costs elsewhere than in the worker is seen too."""
    rows = [[name, _ms(spent / jobs)] for name, spent in seconds.items()]
    return table("processor time a CV, under load", [*rows, ["together", _ms(sum(seconds.values()) / jobs)]])


def memory(parts: Mapping[str, Memory], peak: Peak) -> str:
    rows = [["", "PSS", "RSS"], *([name, *_mb(part)] for name, part in parts.items())]
    rows.append(["one reader at its peak", *_mb(peak.reader)])
    aim = f"aim: PSS ≤ {_WORKER_MB + _READER_MB * peak.readers_at_once} MB"
    rows.append([f"worker with {peak.readers_at_once} readers at its peak", *_mb(peak.worker), aim])
    return table("resident memory", rows)


def summary(measured: Measured) -> str:
    build, doubled = median(measured.build), median(measured.doubled)
    rows = [
        ["full build, request → completed", spread(measured.build), "aim: ≤ 2000 ms"],
        ["the same by pandas and an ORM, to an equal table", spread(measured.plain)],
        ["that over the build", f"{median(measured.plain) / build:.1f} times", "aim: ≥ 10 times"],
        ["full build of twice the data", spread(measured.doubled)],
        ["that over the build", f"{doubled / build:.2f} times", "aim: ≤ 2.2 times"],
        [f"refresh of {REFRESHED} establishments, the step", spread(measured.refresh_step), "aim: ≤ 200 ms"],
        ["refresh, request → completed", spread(measured.refresh)],
        [f"import of {INVITATIONS} invitations (.xlsx)", spread(measured.imported), "aim: ≤ 3000 ms"],
    ]
    if measured.growth is not None:
        rows.append(["growth of the worker meanwhile", f"{measured.growth:.0f} MB", "aim: < 50 MB"])
    return table(f"summary of {PV} minutes, {SIRETS} establishments, {INVITATIONS} invitations", rows)


def ranked(measured: Ranked) -> str:
    bulk = median(measured.bulk)
    rows = [
        ["one ranking, request → completed", spread(measured.bulk), "aim: ≤ 10 s on 2 cores"],
        [f"one job a pair, from {SINGLES} of them", f"{measured.one_by_one:.0f} s", "extrapolated"],
        ["that over the ranking", f"{measured.one_by_one / bulk:.0f} times"],
        ["scoring alone, a core", f"{measured.pairs_a_second:.0f} pairs/s", "aim: ≥ 5000 pairs/s"],
        ["preparing an offer for it", f"{measured.offers_a_second:.0f} offers/s"],
        [f"explaining, from {EXPLAINED}", f"{measured.explained_a_second:.0f} pairs/s"],
    ]
    if measured.growth is not None:
        rows.append(["growth of the worker meanwhile", f"{measured.growth:.0f} MB"])
    return table(f"ranking of {OFFERS} offers for a candidate, stored", rows)


def rebuilt(measured: Rebuilt) -> str:
    each = measured.alone / CANDIDATES
    searches = measured.searches
    rows = [
        ["built with nobody searching", f"{measured.alone:.1f} s", f"{CANDIDATES / measured.alone:.0f} candidates/s"],
        ["built while it is searched", f"{measured.busy:.1f} s", f"{CANDIDATES / measured.busy:.0f} candidates/s"],
        ["searches meanwhile", f"{searches.made}", f"{searches.errors} errors, {searches.empty} empty; aim: none"],
        [f"found of {VALIDATED} validated meanwhile", f"{measured.found}"],
        ["a candidate written by itself over one in the build", f"{measured.one_by_one / each:.1f} times"],
    ]
    for moment, part in (("before", measured.before), ("at its peak", measured.peak), ("after", measured.after)):
        rows.append([f"worker {moment}", f"{part.pss:.0f} MB PSS"])
    return table(f"search index of {CANDIDATES} candidates, built anew", rows)


def spread(seconds: Sequence[float]) -> str:
    return f"p50 {_ms(median(seconds))}, p95 {_ms(quantiles(seconds, n=20, method='inclusive')[-1])}"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def _mb(part: Memory) -> tuple[str, str]:
    return f"{part.pss:.0f} MB", f"{part.rss:.0f} MB"


def table(title: str, rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows if column < len(row)) for column in range(max(map(len, rows)))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip() for row in rows]
    return "\n".join(["", title, *(f"  {line}" for line in lines)])
