"""What is logged, for tests that look for what must not be in it."""

import logging
from collections.abc import Generator

import pytest

from runtime.logging import configure_logging


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Generator[pytest.LogCaptureFixture]:
    """What a process with LOG_LEVEL=DEBUG logs."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    configure_logging("DEBUG", "json")
    root.handlers = [*handlers]
    yield caplog
    root.handlers = handlers
    root.setLevel(level)
