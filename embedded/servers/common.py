"""Owns what all servers share: where their programs are, a clean environment, the HTTP probes."""

import importlib.util
import sys
from pathlib import Path
from typing import Any

import httpx

from embedded.child import StackError

ROOT = Path(__file__).resolve().parents[2]
"""The root of the repository, from which our packages are imported."""


def program(name: str) -> Path:
    """A program that a wheel put beside this interpreter; raises `StackError` if it is missing."""
    path = Path(sys.executable).with_name(name)
    if not path.exists():
        raise StackError(f"the program {name} is not installed: the local stack needs the group `embedded`")
    return path


def package(name: str) -> Path:
    """The folder of an installed package, found without importing it; raises `StackError` if it is missing."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise StackError(f"the package {name} is not installed: the local stack needs the group `embedded`")
    return Path(spec.origin).parent


def clean_environment(data_dir: Path, **values: str) -> dict[str, str]:
    """What a server sees: none of the caller's variables, which could redirect it (`PG*`, `RCLONE_*`, `TEMPORAL_*`)."""
    return {"PATH": "/usr/bin:/bin", "HOME": str(data_dir), "LANG": "C.UTF-8", "TZ": "UTC", **values}


async def status_of(url: str) -> int | None:
    """The status `url` answers with, None while nobody answers; no proxy is asked."""
    response = await _get(url)
    return None if response is None else response.status_code


async def json_of(url: str) -> dict[str, Any] | None:
    """The JSON object at `url`, None while there is none."""
    response = await _get(url)
    if response is None or response.status_code != httpx.codes.OK:
        return None
    body = response.json()
    return body if isinstance(body, dict) else None


async def _get(url: str) -> httpx.Response | None:
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=2) as client:
            return await client.get(url)
    except httpx.TransportError:
        return None
