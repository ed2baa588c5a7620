"""`python -m api` serves; `python -m api user add` and `python -m api key add` open accounts and machine callers."""

import argparse
import asyncio
import getpass
import socket
import sys
from contextlib import suppress

import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.security import new_api_key
from api.state import State
from db import users
from db.engine import Database
from runtime.logging import configure_logging
from runtime.passwords import hash_password
from runtime.settings import Settings, get_settings


class _Server(uvicorn.Server):
    """Ends the streams of events when told to stop: it waits for all answers, and these would take minutes."""

    def __init__(self, app: FastAPI, settings: Settings) -> None:
        super().__init__(uvicorn.Config(app, host=settings.host, port=settings.port, log_config=None, access_log=False))
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        state: State = self._app.state.talentflow
        state.let_go()
        await super().shutdown(sockets)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="api", description="Serve the HTTP API, or open accounts.")
    commands = parser.add_subparsers(dest="noun")
    user = commands.add_parser("user", help="accounts").add_subparsers(dest="verb", required=True)
    add_user = user.add_parser("add", help="open an account; the password is asked for, or read from standard input")
    add_user.add_argument("email")
    add_user.add_argument("--role", choices=["admin", "recruiter", "candidate"], required=True)
    add_user.add_argument("--first-name", default="")
    add_user.add_argument("--last-name", default="")
    key = commands.add_parser("key", help="keys of machine callers").add_subparsers(dest="verb", required=True)
    key.add_parser("add", help="make a key, shown once").add_argument("name")
    return parser


async def _add_user(settings: Settings, arguments: argparse.Namespace, password: str) -> int:
    database = Database(settings.database_url.get_secret_value())
    password_hash = await hash_password(password)
    async with database.transaction() as session:
        user = await users.add_user(
            session,
            email=arguments.email,
            password_hash=password_hash,
            role=arguments.role,
            first_name=arguments.first_name,
            last_name=arguments.last_name,
        )
    await database.close()
    print(f"user {user.id}" if user else "this address is taken", file=sys.stdout if user else sys.stderr)
    return 0 if user else 1


async def _add_key(settings: Settings, name: str) -> int:
    database = Database(settings.database_url.get_secret_value())
    key, key_hash = new_api_key()
    async with database.transaction() as session:
        added = await users.add_api_key(session, name=name, key_hash=key_hash)
    await database.close()
    print(key if added else "this name is taken", file=sys.stdout if added else sys.stderr)
    return 0 if added else 1


def main() -> int:
    arguments = _parser().parse_args()
    settings = get_settings()
    if arguments.noun == "user":
        password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        if len(password) < 10:
            print("the password needs at least 10 characters", file=sys.stderr)
            return 1
        return asyncio.run(_add_user(settings, arguments, password))
    if arguments.noun == "key":
        return asyncio.run(_add_key(settings, arguments.name))
    configure_logging(settings.log_level, settings.log_format)
    server = _Server(create_app(settings), settings)
    with suppress(KeyboardInterrupt):
        server.run()
    return 0 if server.started else 1


if __name__ == "__main__":
    sys.exit(main())
