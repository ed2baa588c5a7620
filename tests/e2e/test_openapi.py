"""Calls made up from the OpenAPI document find no server error, and no answer that the document does not tell of."""

import subprocess
import sys
from pathlib import Path

import httpx

from embedded.seed import ADMIN
from tests.e2e.conftest import RunningStack

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "ignored_auth",
)
SECONDS = 480


async def test_the_api_is_what_its_document_says(stack: RunningStack, tmp_path: Path) -> None:
    """Each schema's limits and their violations, then made-up values and chains of calls, as an administrator."""
    async with httpx.AsyncClient(base_url=stack.api, timeout=60) as api:
        login = {"email": ADMIN.email, "password": ADMIN.password}
        token = (await api.post("/api/v1/auth/login", json=login)).json()["access_token"]
    done = subprocess.run(  # noqa: ASYNC221, S603 - nothing else is to do meanwhile; our own arguments
        [
            *(str(Path(sys.executable).with_name("schemathesis")), "run", f"{stack.api}/openapi.json"),
            *("--header", f"Authorization: Bearer {token}", "--checks", ",".join(CHECKS)),
            *("--phases", "coverage,fuzzing,stateful", "--max-examples", "10", "--seed", "1"),
            *("--request-timeout", "30", "--continue-on-failure", "--no-color", "--warnings", "off"),
        ],
        cwd=tmp_path,  # it leaves a folder of its own where it runs
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
