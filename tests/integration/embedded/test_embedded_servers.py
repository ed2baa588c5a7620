"""The five servers of the local stack, each used for real, stopped, killed and started again."""

import contextlib
import os
import shutil
import signal
import smtplib
import stat
from collections.abc import AsyncGenerator, Callable
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import httpx
import psycopg
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from elasticsearch import AsyncElasticsearch
from sqlalchemy.engine import make_url
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client

from adapters.search import PlainJsonNode
from embedded.child import StackError
from embedded.ports import Ports
from embedded.stack import EmbeddedServers, temporary_servers

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

ProcessesOn = Callable[[Path], list[str]]


@pytest.fixture(scope="module")
async def servers() -> AsyncGenerator[EmbeddedServers]:
    async with temporary_servers() as started:
        yield started


def database(servers: EmbeddedServers) -> psycopg.Connection[Any]:
    url = make_url(servers.environment()["DATABASE_URL"])
    assert url.drivername == "postgresql+psycopg"
    return psycopg.connect(
        host=str(url.query["host"]), port=str(url.query["port"]), user=url.username, dbname=url.database
    )


def object_store(servers: EmbeddedServers, secret: str | None = None) -> "S3Client":
    settings = servers.environment()
    return boto3.client(
        "s3",
        endpoint_url=settings["S3_ENDPOINT_URL"],
        aws_access_key_id=settings["S3_ACCESS_KEY"],
        aws_secret_access_key=secret or settings["S3_SECRET_KEY"],
        region_name="us-east-1",
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
    )


def test_postgres_answers_and_knows_accents(servers: EmbeddedServers) -> None:
    with database(servers) as connection:
        row = connection.execute("SELECT version(), lower('ÉLÈVE'), current_database()").fetchone()
    assert row is not None
    assert row[0].startswith("PostgreSQL 18")
    assert row[1:] == ("élève", "talentflow")


def test_object_store_keeps_objects_and_refuses_a_wrong_key(servers: EmbeddedServers) -> None:
    bucket = servers.environment()["S3_BUCKET"]
    store = object_store(servers)
    store.put_object(Bucket=bucket, Key="cvs/1/original.pdf", Body=b"%PDF-", ContentType="application/pdf")
    assert store.get_object(Bucket=bucket, Key="cvs/1/original.pdf")["Body"].read() == b"%PDF-"
    store.delete_object(Bucket=bucket, Key="cvs/1/original.pdf")
    store.head_bucket(Bucket=bucket)
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        object_store(servers, secret="0" * 40).list_objects_v2(Bucket=bucket)


async def test_search_indexes_and_finds(servers: EmbeddedServers) -> None:
    url = servers.environment()["ELASTICSEARCH_URL"]
    async with AsyncElasticsearch(url, node_class=PlainJsonNode) as client:
        assert await client.ping()
        await client.index(index="candidates", id="1", document={"skills": "Python, Go"}, refresh=True)
        found = await client.search(index="candidates", query={"match": {"skills": "python"}})
    assert [hit["_id"] for hit in found["hits"]["hits"]] == ["1"]


async def test_temporal_has_namespace_search_attributes_and_web_ui(servers: EmbeddedServers) -> None:
    client = await Client.connect(servers.environment()["TEMPORAL_ADDRESS"], namespace="default")
    described = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace="default"))
    assert described.namespace_info.name == "default"
    known = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace="default"))
    assert "TalentflowStage" in known.custom_attributes
    async with httpx.AsyncClient(trust_env=False, follow_redirects=True) as browser:
        page = await browser.get(servers.endpoints["temporal_ui"])
    assert page.status_code == 200
    assert "html" in page.headers["content-type"]


def test_a_mail_becomes_a_file(servers: EmbeddedServers) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "rh@example.fr", "amelie@example.fr", "Candidature validée"
    mail.set_content("Félicitations !")
    settings = servers.environment()
    with smtplib.SMTP(settings["SMTP_HOST"], int(settings["SMTP_PORT"])) as client:
        client.send_message(mail, to_addrs=["amelie@example.fr", "copie@example.fr"])
    (kept,) = Path(servers.endpoints["mail_dir"]).glob("*.eml")
    assert "Delivered-To: copie@example.fr" in kept.read_text()
    assert "F=C3=A9licitations" in kept.read_text() or "Félicitations" in kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_nothing_listens_beyond_loopback(servers: EmbeddedServers) -> None:
    listening = set()
    for name in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]:
            _, local, _, state, *rest = line.split()
            if state == "0A":
                listening.add((local.split(":")[0], rest[5]))
    open_sockets = set()
    for pid in servers.pids.values():
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                open_sockets.add(str(link.readlink()).removeprefix("socket:[").removesuffix("]"))
    ours = {address for address, inode in listening if inode in open_sockets}
    assert ours == {"0100007F"}


def test_data_directory_is_private_and_keys_are_on_no_command_line(servers: EmbeddedServers) -> None:
    assert stat.S_IMODE(servers.data_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE((servers.data_dir / "secrets.json").stat().st_mode) == 0o600
    secrets = servers.environment()
    for pid in servers.pids.values():
        command = Path(f"/proc/{pid}/cmdline").read_text()
        assert secrets["S3_SECRET_KEY"] not in command
        assert secrets["JWT_SECRET"] not in command


async def test_the_callers_environment_does_not_redirect_the_servers(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://elsewhere.example.com/production")
    monkeypatch.setenv("PGDATA", "/nowhere")
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("PGHOST", "elsewhere.example.com")
    monkeypatch.setenv("RCLONE_ADDR", "0.0.0.0:1")
    monkeypatch.setenv("TEMPORAL_ADDRESS", "elsewhere.example.com:7233")
    async with EmbeddedServers(data_dir, Ports.any_free()) as servers:
        assert "elsewhere" not in " ".join(servers.environment().values())
        with database(servers) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


async def test_second_start_finds_rows_objects_secrets_and_ports(data_dir: Path, processes_on: ProcessesOn) -> None:
    async with EmbeddedServers(data_dir, Ports.any_free()) as servers:
        with database(servers) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        object_store(servers).put_object(Bucket="talentflow", Key="kept", Body=b"42")
        first = servers.environment()
    assert processes_on(data_dir) == []
    async with EmbeddedServers(data_dir, Ports.any_free()) as servers:
        assert servers.environment() == first
        with database(servers) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
        assert object_store(servers).get_object(Bucket="talentflow", Key="kept")["Body"].read() == b"42"


async def test_a_start_after_all_servers_were_killed_works(data_dir: Path) -> None:
    async with EmbeddedServers(data_dir, Ports.any_free()) as servers:
        with database(servers) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        for pid in servers.pids.values():
            os.kill(pid, signal.SIGKILL)
        with pytest.raises(StackError, match="ended with -9"):
            await servers.first_failure()
    async with EmbeddedServers(data_dir, Ports.any_free()) as servers:
        with database(servers) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


async def test_a_second_stack_on_the_same_data_is_refused(servers: EmbeddedServers, processes_on: ProcessesOn) -> None:
    with pytest.raises(StackError, match=rf"another stack \(process {os.getpid()}\) runs on"):
        async with EmbeddedServers(servers.data_dir, Ports.any_free()):
            pass
    assert len(processes_on(servers.data_dir)) >= len(servers.pids)


async def test_a_taken_port_is_replaced(servers: EmbeddedServers, data_dir: Path) -> None:
    wanted = Ports(api=servers.ports.search, temporal=servers.ports.temporal, temporal_ui=servers.ports.temporal_ui)
    async with EmbeddedServers(data_dir, wanted) as other:
        taken = {servers.ports.search, servers.ports.temporal, servers.ports.temporal_ui}
        assert not taken & {other.ports.api, other.ports.temporal, other.ports.temporal_ui}
        await Client.connect(other.endpoints["temporal"])


async def test_damaged_secrets_are_reported_not_replaced(data_dir: Path) -> None:
    (data_dir / "secrets.json").write_text('{"jwt_secret": ""')
    with pytest.raises(StackError, match="is damaged"):
        async with EmbeddedServers(data_dir, Ports.any_free()):
            pass
    assert (data_dir / "secrets.json").read_text() == '{"jwt_secret": ""'


async def test_a_failed_start_leaves_nothing_running(data_dir: Path, processes_on: ProcessesOn) -> None:
    (data_dir / "temporal.db").mkdir()
    with pytest.raises(StackError, match=r"temporal ended with .*temporal\.log"):
        async with EmbeddedServers(data_dir, Ports.any_free()):
            pass
    assert processes_on(data_dir) == []
    shutil.rmtree(data_dir / "temporal.db")
    async with EmbeddedServers(data_dir, Ports.any_free()):
        assert processes_on(data_dir) != []
