"""What is shipped for production agrees with the code: settings, compose file, image."""

import os
import re
import subprocess
import sys
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from adapters.object_store import ObjectMissing, ObjectStore
from embedded.stack import SEARCH_ATTRIBUTES, EmbeddedServers
from runtime.sealing import Sealer
from runtime.settings import Settings
from runtime.temporal import payload_codec
from tests.backend import settings_for
from tests.conftest import ROOT
from workers.build import GRACE

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("api", "worker", "migrate", "bucket")
JOBS = ("migrate", "bucket", "temporal-schema", "temporal-namespace")
SECRET_NAME = re.compile(r"PASSWORD|PWD|SECRET|KEY")
NEEDED = re.compile(r"\$\{(\w+):\?")


def operators_settings() -> dict[str, Any]:
    """Every setting but the one that the local stack alone sets, with its default."""
    fields = {name.upper(): field for name, field in Settings.model_fields.items() if name != "embedded"}
    return {
        name: ... if field.is_required() else field.get_default(call_default_factory=True, validated_data={})
        for name, field in fields.items()
    }


def as_told(default: Any) -> str:
    """A default as the guide to settings writes it."""
    if default is ...:
        return "required"
    if default is None or default == []:
        return "none"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def test_the_guide_has_every_setting_with_its_default() -> None:
    guide = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `([A-Z0-9_]+)` \| ([^|]+?) \|", guide, re.MULTILINE)
    assert dict(told) == {name: as_told(default) for name, default in operators_settings().items()}
    assert len(told) == len(dict(told))


def test_the_example_environment_has_every_setting_and_no_other() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^([A-Z0-9_]+)=", example, re.MULTILINE)) == sorted(operators_settings())


def test_the_example_environment_repeats_the_defaults_but_for_addresses() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    given = dict(re.findall(r"^([A-Z0-9_]+)=(.+)$", example, re.MULTILINE))
    addresses = {name for name in given if name.endswith(("_URL", "_ADDRESS", "HOST"))}
    defaults = {name: as_told(default).strip("`") for name, default in operators_settings().items()}
    assert {name: value for name, value in given.items() if name not in addresses}.items() <= defaults.items()


def test_our_containers_are_given_every_setting_and_no_other() -> None:
    unused = {"TEMPORAL_API_KEY", "ELASTICSEARCH_API_KEY"}  # the servers of the compose file have no such keys
    for name in OURS:
        assert set(SERVICES[name]["environment"]) == set(operators_settings()) - unused, name


def test_every_service_that_stays_up_is_watched_and_no_job_is() -> None:
    for name, service in SERVICES.items():
        check = service.get("healthcheck", {})
        if name in JOBS:
            assert check == {"disable": True}, name
        elif name == "api":
            assert "/healthz" in (ROOT / "Dockerfile").read_text(encoding="utf-8")
        else:
            assert check["test"][0] in ("CMD", "CMD-SHELL"), name


def test_no_secret_stands_in_the_compose_file_or_has_a_default() -> None:
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if SECRET_NAME.search(variable):
                assert re.fullmatch(r"(k\d+:)?\$\{\w+:(\?.*|-)\}", str(value)), f"{name}: {variable}"
            in_url = re.search(r"://[^:/@]*:([^@]*)@", str(value))
            assert in_url is None or NEEDED.match(in_url[1]), f"{name}: {variable}"


def test_the_readme_makes_every_secret_the_compose_file_asks_for(tmp_path: Path) -> None:
    recipe = re.search(r"^```sh secrets\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert recipe is not None
    subprocess.run(["/bin/bash", "-euc", recipe[1]], cwd=tmp_path, check=True)  # noqa: S603 - our own README
    env_file = tmp_path / ".env"
    assert env_file.stat().st_mode & 0o077 == 0
    made = dict(line.split("=", 1) for line in env_file.read_text().splitlines())
    assert set(made) == set(NEEDED.findall((ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    assert len(set(made.values())) == len(made)
    own: dict[str, Any] = {name.lower(): text for name, text in made.items() if name.lower() in Settings.model_fields}
    settings = Settings(_env_file=None, **{"database_url": "postgresql+psycopg://u:p@h/d", **own})
    assert payload_codec(settings) is not None
    sealer = Sealer(settings.secrets_key.get_secret_value())
    assert sealer.open(sealer.seal("s3cret")) == "s3cret"


def test_only_the_api_is_open_to_other_machines() -> None:
    for name, service in SERVICES.items():
        for port in service.get("ports", []):
            assert name == "api" or port.startswith("127.0.0.1:"), f"{name}: {port}"
    stores = ("postgres", "objects", "search")
    assert all(SERVICES[name]["networks"] == ["inside"] for name in stores)
    assert COMPOSE["networks"]["inside"] == {"internal": True}


def test_images_are_pinned() -> None:
    for name, service in SERVICES.items():
        if name in OURS:
            continue
        tag = service["image"].rpartition("/")[2].partition(":")[2]
        assert re.match(r"v?\d+|\$\{\w+:-\d+\.\d+\.\d+\}", tag), f"{name}: {service['image']}"
    assert SERVICES["postgres"]["volumes"] == ["postgres:/var/lib/postgresql"]


def test_jobs_are_waited_for_and_services_until_healthy() -> None:
    for name, service in SERVICES.items():
        for needed, how in service.get("depends_on", {}).items():
            wanted = "service_completed_successfully" if needed in JOBS else "service_healthy"
            assert how == {"condition": wanted}, f"{name} waits for {needed}"
    assert set(SERVICES["worker"]["depends_on"]) == {"migrate", "bucket", "temporal-namespace"}


def test_temporal_is_set_up_as_the_local_stack_is() -> None:
    (setup,) = SERVICES["temporal-namespace"]["command"]
    registered = dict(re.findall(r"search-attribute create --name (\w+) --type (\w+)", setup))
    assert registered == SEARCH_ATTRIBUTES
    dynamic = yaml.safe_load(COMPOSE["configs"]["temporal-dynamic"]["content"])
    assert dynamic == {
        "matching.numTaskqueueReadPartitions": [{"value": 1}],
        "matching.numTaskqueueWritePartitions": [{"value": 1}],
        "matching.enableFairness": [{"value": True}],
    }


def test_a_worker_is_given_longer_to_stop_than_it_takes() -> None:
    assert timedelta(seconds=int(SERVICES["worker"]["stop_grace_period"].removesuffix("s"))) > GRACE


NOT_SHIPPED = {"bench", "embedded", "evaluation", "samples"}


def test_the_image_holds_what_its_processes_import_and_nothing_else(tmp_path: Path) -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copied = re.findall(r"^COPY (\w+) \1$", dockerfile, re.MULTILINE)
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    assert copied == sorted(set(packages["root_packages"]) - NOT_SHIPPED)
    let_in = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(let_in) == sorted([*copied, "alembic.ini", "requirements.lock"])
    for name in copied:
        (tmp_path / name).symlink_to(ROOT / name)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    imports = [sys.executable, "-c", "import api.__main__, workers.serve"]
    done = subprocess.run(imports, cwd=tmp_path, env=environment, capture_output=True, text=True)  # noqa: S603 - ours
    assert done.returncode == 0, done.stderr


async def test_the_bucket_job_makes_the_bucket_once(servers: EmbeddedServers) -> None:
    bucket = "made-by-the-job"
    store = ObjectStore(settings_for(servers, s3_bucket=bucket))
    with pytest.raises(ObjectMissing):
        await store.ping()
    _, *arguments = SERVICES["bucket"]["command"]
    environment = {**os.environ, **servers.environment(), "S3_BUCKET": bucket}
    for _ in range(2):
        subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, check=True)  # noqa: ASYNC221, S603
    await store.ping()
