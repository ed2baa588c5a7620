"""Serving task queues until SIGTERM or Ctrl-C, then finishing what runs and leaving."""

import argparse
import asyncio
import signal
from concurrent.futures import ThreadPoolExecutor

from adapters.candidate_index import CandidateIndex, IndexRejected, IndexUnavailable
from runtime.logging import configure_logging, get_logger
from runtime.settings import Settings, get_settings
from runtime.telemetry import serve_worker_metrics
from runtime.temporal import connect
from workers.build import build_workers
from workers.collaborators import collaborators
from workers.schedules import reconcile_schedules

log = get_logger("workers")

THREADS = 64
"""For calls that block (object store, extraction by rules): the interpreter's own default is six on two cores."""


async def serve(settings: Settings, queues: list[str]) -> None:
    """Run the workers of `queues` (all when empty) until a signal asks to stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, stop.set)
    serve_worker_metrics(settings)
    client = await connect(settings)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS))
    async with collaborators(settings) as parts:
        workers = build_workers(client, settings, parts, queues)
        await reconcile_schedules(client, settings.summary_nightly_cron)
        await _ensure(parts.index)
        async with asyncio.TaskGroup() as running:
            for worker in workers:
                running.create_task(worker.run())
            log.info("serving", queues=[worker.task_queue for worker in workers])
            await stop.wait()
            log.info("stopping")
            # All at once: one after the other they would go on taking work, and outlast the container's patience.
            await asyncio.gather(*(worker.shutdown() for worker in workers))


async def _ensure(index: CandidateIndex) -> None:
    """Have an index to search, if an empty one. While the search server is away, the first write makes it."""
    try:
        await index.ensure()
    except (IndexUnavailable, IndexRejected) as error:
        log.warning("no search index", error=type(error).__name__)


def main() -> None:
    """The command line of a worker process."""
    parser = argparse.ArgumentParser(prog="workers", description="Serve task queues.")
    parser.add_argument("--queue", action="append", default=[], help="a task queue to serve; default: all")
    arguments = parser.parse_args()
    settings = get_settings()
    configure_logging(settings.log_level, settings.log_format)
    asyncio.run(serve(settings, arguments.queue))
