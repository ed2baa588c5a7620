"""Owns the Temporal development server with its Web UI, kept in a SQLite file."""

from collections.abc import Mapping
from pathlib import Path

from embedded.child import Child, Program
from embedded.ports import LOOPBACK, Ports
from embedded.servers.common import clean_environment, json_of, program

NAMESPACE = "default"

_DYNAMIC_CONFIG = (
    # Priorities and rate limits hold for a whole queue only where it has one partition.
    "matching.numTaskqueueReadPartitions=1",
    "matching.numTaskqueueWritePartitions=1",
    "matching.enableFairness=true",
    # The default is 20 a second for each shard, and this server has a single shard: every step would wait.
    "history.transferProcessorMaxPollRPS=2000",
    "history.timerProcessorMaxPollRPS=2000",
    "history.visibilityProcessorMaxPollRPS=2000",
)


async def start(data_dir: Path, ports: Ports, search_attributes: Mapping[str, str]) -> Child:
    """Start the server and wait until the namespace knows its search attributes (name → type)."""
    command: list[str | Path] = [program("temporal"), "server", "start-dev", "--headless=false"]
    command += ["--ip", LOOPBACK, "--port", str(ports.temporal), "--ui-port", str(ports.temporal_ui)]
    command += ["--http-port", str(ports.temporal_http), "--metrics-port", str(ports.temporal_metrics)]
    command += ["--db-filename", data_dir / "temporal.db", "--namespace", NAMESPACE]
    command += ["--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=normal"]
    command += ["--log-level", "warn", "--ui-disable-news-fetch", "--disable-config-file", "--disable-config-env"]
    for name, kind in search_attributes.items():
        command += ["--search-attribute", f"{name}={kind}"]
    for setting in _DYNAMIC_CONFIG:
        command += ["--dynamic-config-value", setting]
    child = await Child.start(Program("temporal", command, clean_environment(data_dir), data_dir), data_dir)

    async def ready() -> bool:
        url = f"http://{LOOPBACK}:{ports.temporal_http}/api/v1/namespaces/{NAMESPACE}/search-attributes"
        known = await json_of(url)
        return known is not None and set(search_attributes) <= set(known.get("customAttributes", {}))

    return await child.until(ready, 60)
