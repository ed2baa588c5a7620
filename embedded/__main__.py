"""Owns the command line of the local stack: `python -m embedded up` and `demo`."""

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import Coroutine
from dataclasses import asdict
from pathlib import Path

from embedded.application import Application, running
from embedded.child import StackError
from embedded.demo import run
from embedded.ports import Ports

_LABELS = {
    "api": "API",
    "temporal_ui": "Temporal Web UI",
    "temporal": "Temporal",
    "database_url": "PostgreSQL",
    "s3": "object store",
    "search": "search",
    "smtp": "SMTP",
    "mail_dir": "mails received",
}


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit status is 0 for an orderly end, 1 when the stack could not start or go on."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        return asyncio.run(_until_told(options.command(options), options.interrupted))
    except StackError as error:
        print(f"talentflow cannot run: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m embedded", description="talentflow on this machine alone")
    commands = parser.add_subparsers(required=True, metavar="command")
    up = commands.add_parser("up", help="run everything until Ctrl-C")
    up.add_argument("--no-workers", action="store_true", help="start no worker: workflows wait until one runs")
    up.set_defaults(command=_up, interrupted=0)
    demo = commands.add_parser("demo", help="show every service on the samples, then stop")
    demo.set_defaults(command=_demo, interrupted=1)
    for command in (up, demo):
        command.add_argument("--data-dir", type=Path, default=Path(".talentflow"), help="default: %(default)s")
        command.add_argument("--api-port", type=_port, default=Ports.api, help="0: any free one; default: %(default)s")
    return parser


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65_535:
        raise argparse.ArgumentTypeError("a port is between 0 and 65535")
    return number


async def _until_told(command: Coroutine[None, None, int], interrupted: int) -> int:
    """Run the command to its end, or until a signal: then stop in order, with the exit status `interrupted`."""
    work = asyncio.create_task(command)
    told = False

    def stop() -> None:
        nonlocal told
        if not told:
            told = True
            print("\nstopping …", flush=True)
            work.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    try:
        return await work
    except asyncio.CancelledError:
        print("stopped", flush=True)
        return interrupted


async def _up(options: argparse.Namespace) -> int:
    print(f"starting on {options.data_dir} …", flush=True)
    wanted = Ports(api=options.api_port)
    async with running(options.data_dir, wanted, workers=not options.no_workers) as application:
        _show(application, wanted)
        print("Ctrl-C stops everything.", flush=True)
        await application.first_failure()
    return 0


async def _demo(options: argparse.Namespace) -> int:
    print(f"starting on {options.data_dir} …", flush=True)
    wanted = Ports(api=options.api_port)
    async with running(options.data_dir, wanted) as application:
        _show(application, wanted)
        well = await run(str(application.endpoints["api"]), str(application.endpoints["temporal_ui"]))
    return 0 if well else 1


def _show(application: Application, wanted: Ports) -> None:
    used = asdict(application.servers.ports)
    for name, port in asdict(wanted).items():
        if port and port != used[name]:
            print(f"port {port} is taken: {_LABELS[name]} is on {used[name]}")
    for name, label in _LABELS.items():
        print(f"{label:>16}  {application.endpoints[name]}")
    print(f"{'logs':>16}  {application.servers.data_dir / 'logs'}")


if __name__ == "__main__":
    sys.exit(main())
