"""The layers hold, and the API stays light: it loads neither the document reader nor the model's client."""

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

HEAVY = {"docling", "docling_core", "openai", "onnxruntime", "rapidocr"}

_TELL_HEAVY = f"""
import sys
def heavy():
    print(sorted({HEAVY!r} & {{name.partition('.')[0] for name in sys.modules}}))
import api.app
heavy()
import adapters.llm
heavy()
"""


def test_every_import_follows_the_layers() -> None:
    checked = subprocess.run(  # noqa: S603
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_api_loads_no_heavy_library() -> None:
    """The second line shows that the check would see one."""
    told = subprocess.run(  # noqa: S603
        [sys.executable, "-c", _TELL_HEAVY],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.splitlines() == ["[]", "['openai']"]
