"""The migrations and the table definitions say the same."""

import os
import subprocess
import sys

from embedded.stack import EmbeddedServers
from tests.conftest import ROOT


async def test_no_table_differs_from_its_migrations(servers: EmbeddedServers) -> None:
    environment = {**os.environ, **servers.environment()}
    check = subprocess.run(  # noqa: ASYNC221
        [sys.executable, "-m", "alembic", "check"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert check.returncode == 0, check.stdout + check.stderr
