"""`python -m bench`: start a stack, measure it, print the figures, leave nothing behind."""

import asyncio
import sys
from collections.abc import Mapping
from typing import cast

import httpx
from temporalio.client import Client

from bench import jobs, matching, plain, processes, reindex, report, report_jobs, summary, summary_plain
from bench.cv import TWO_PAGES, JobFailed, signed_in
from bench.stack import measured_stack
from bench.steps import steps_of
from embedded.child import StackError
from runtime.logging import configure_logging

WATCHED_JOBS = 12
"""Jobs during which memory is looked at: looking takes time itself, so they are not timed."""


async def main() -> None:
    print(report.machine(), flush=True)
    async with jobs.boards() as boards, measured_stack() as (application, starts):
        print(report.starts(starts), flush=True)
        pids = cast(Mapping[str, int], application.endpoints["pids"])
        async with signed_in(str(application.endpoints["api"])) as bench:
            await bench.warm_up()
            alone = await bench.one_by_one()
            uploads = await bench.uploads()
            before = processes.processor_seconds(pids) if processes.MEASURABLE else {}
            loaded = await bench.load()
            after = processes.processor_seconds(pids) if processes.MEASURABLE else {}
            print(report.accepted(alone, uploads, loaded), flush=True)
            temporal = await Client.connect(str(application.endpoints["temporal"]))
            steps = await steps_of(temporal, alone.job_ids)
            if processes.MEASURABLE:
                async with processes.watching(pids["worker"]) as peak:
                    await bench.load(WATCHED_JOBS)
                memory = report.memory(processes.memory(pids), peak)
            else:
                memory = "\nmemory and processor time: not measured on this system"
        print(report.ranked(await matching.measure(application)), flush=True)
        print(report_jobs.jobs(await jobs.measure(application, boards)), flush=True)
        print(report.summary(await summary.measure(application)), flush=True)
        print(report.rebuilt(await reindex.measure(application)), flush=True)
    alternative = await plain.measure(TWO_PAGES)
    print(report.done(alone, loaded))
    print(report.against_plain(alone, loaded, alternative))
    print(report.steps(steps))
    if processes.MEASURABLE:
        print(report.processor({name: after[name] - before.get(name, 0.0) for name in after}, len(loaded.accepted)))
    print(memory)
    print(f"\n{report.load()}")


if __name__ == "__main__":
    configure_logging("WARNING", "text")
    try:
        asyncio.run(main())
    except (StackError, JobFailed, reindex.RebuildFailed, summary_plain.DifferentTable, httpx.HTTPError) as error:
        print(f"cannot measure: {error or type(error).__name__}", file=sys.stderr)
        sys.exit(1)
