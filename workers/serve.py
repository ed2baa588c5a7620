"""Serving task queues until SIGTERM or Ctrl-C, then finishing what runs and leaving."""

import argparse
import asyncio
import signal
from contextlib import AsyncExitStack

from runtime.logging import configure_logging, get_logger
from runtime.settings import Settings, get_settings
from runtime.telemetry import serve_worker_metrics
from runtime.temporal import connect
from workers.build import build_workers, collaborators
from workers.schedules import reconcile_schedules

log = get_logger("workers")


async def serve(settings: Settings, queues: list[str]) -> None:
    """Run the workers of `queues` (all when empty) until a signal asks to stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, stop.set)
    serve_worker_metrics(settings)
    client = await connect(settings)
    async with collaborators(settings) as parts, AsyncExitStack() as running:
        workers = build_workers(client, settings, parts, queues)
        await reconcile_schedules(client)
        for worker in workers:
            await running.enter_async_context(worker)
        log.info("serving", queues=[worker.task_queue for worker in workers])
        await stop.wait()
        log.info("stopping")


def main() -> None:
    """The command line of a worker process."""
    parser = argparse.ArgumentParser(prog="workers", description="Serve task queues.")
    parser.add_argument("--queue", action="append", default=[], help="a task queue to serve; default: all")
    arguments = parser.parse_args()
    settings = get_settings()
    configure_logging(settings.log_level, settings.log_format)
    asyncio.run(serve(settings, arguments.queue))
