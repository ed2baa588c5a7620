"""An API without workers, some of whose neighbours may be away, and accounts to call it with."""

import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import httpx
from botocore.config import Config
from fastapi import FastAPI
from sqlalchemy import update

from api.app import create_app
from api.security import issue_token, new_api_key
from api.state import State
from db import users
from db.engine import Database
from db.tables import CvJob, MatchingJob
from embedded.stack import EmbeddedServers
from runtime.passwords import hash_password
from runtime.settings import Settings
from tests.backend import Backend, settings_for

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client


@contextmanager
def closed_port() -> Generator[int]:
    """A port of this machine that refuses connections: taken, and nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@dataclass(frozen=True)
class Edge:
    """The application, what it works with, and an anonymous client of it."""

    application: FastAPI
    state: State
    anonymous: httpx.AsyncClient

    def client(self, **headers: str) -> httpx.AsyncClient:
        """A client that sends these headers with each call."""
        transport = httpx.ASGITransport(self.application, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers, timeout=60)


@asynccontextmanager
async def edge(servers: EmbeddedServers, **changes: Any) -> AsyncGenerator[Edge]:
    """Run the API alone with these changes to the settings."""
    application = create_app(settings_for(servers, **changes), queue=f"edge-{uuid4()}")
    async with application.router.lifespan_context(application):
        transport = httpx.ASGITransport(application, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test", timeout=60) as anonymous:
            api = Edge(application, application.state.talentflow, anonymous)
            opened = datetime.now(UTC)
            yield api
            await forget_waiting(servers, opened)


async def forget_waiting(servers: EmbeddedServers, since: datetime) -> None:
    """Close what was asked for since then that no worker will take: later tests would find it waiting before theirs."""
    database = Database(servers.endpoints["database_url"])
    async with database.transaction() as session:
        for table in (CvJob, MatchingJob):
            waiting = update(table).where(table.outcome.is_(None), table.created_at >= since)
            await session.execute(waiting.values(outcome="cancelled"))
    await database.close()


def unique_email() -> str:
    return f"{uuid4().hex}@example.org"


async def headers_of(state: State, role: str) -> dict[str, str]:
    """The headers of a new caller of this role: a user with a token, or a machine with a key."""
    if role == "anonymous":
        return {}
    if role == "service":
        key, key_hash = new_api_key()
        async with state.database.transaction() as session:
            await users.add_api_key(session, name=uuid4().hex, key_hash=key_hash)
        return {"X-API-Key": key}
    password_hash = await hash_password("Secret2026!")
    async with state.database.transaction() as session:
        user = await users.add_user(session, email=unique_email(), password_hash=password_hash, role=role)
    assert user is not None
    return {"Authorization": f"Bearer {issue_token(user, state.settings)}"}


async def caller_of(backend: Backend, role: str) -> httpx.AsyncClient:
    """A client of this backend that calls as somebody new of this role."""
    headers = await headers_of(backend.state, role)
    return httpx.AsyncClient(transport=backend.app._transport, base_url="http://test", headers=headers, timeout=60)


def stored_objects(settings: Settings) -> set[str]:
    """The keys of the uploaded documents in the object store."""
    return {key for key in bucket_keys(settings, "cv/") if "/source-" in key}


def bucket_keys(settings: Settings, prefix: str) -> set[str]:
    """The keys in the object store that begin like this."""
    pages = _bucket(settings).get_paginator("list_objects_v2").paginate(Bucket=settings.s3_bucket, Prefix=prefix)
    return {item["Key"] for page in pages for item in page.get("Contents", [])}


def open_uploads(settings: Settings) -> list[str]:
    """The keys of objects of which only parts have been sent."""
    client = _bucket(settings)
    try:
        listed = client.list_multipart_uploads(Bucket=settings.s3_bucket)
    except client.exceptions.NoSuchUpload:  # rclone says so where there has never been one
        return []
    return [item["Key"] for item in listed.get("Uploads", [])]


def _bucket(settings: Settings) -> "S3Client":
    assert settings.s3_access_key
    assert settings.s3_secret_key
    return boto3.client(
        "s3",
        endpoint_url=settings.s3_endpoint_url,
        aws_access_key_id=settings.s3_access_key.get_secret_value(),
        aws_secret_access_key=settings.s3_secret_key.get_secret_value(),
        region_name="us-east-1",
        config=Config(s3={"addressing_style": "path"}),
    )
