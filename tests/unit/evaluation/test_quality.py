"""The quality that the rules must keep on the sample CVs, measured by the command operators run."""

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import pytest

from evaluation.__main__ import main
from evaluation.metrics import Field

FLOORS: dict[Field, float] = {
    "name": 0.95,
    "email": 0.98,
    "phone": 0.98,
    "experience": 0.85,
    "education": 0.85,
    "skills": 0.85,
    "languages": 0.9,
    "total months": 0.9,
}
"""Lowest F1 accepted over all documents."""


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert main(["--json"]) == 0
    figures: dict[str, Any] = json.loads(printed.getvalue())
    return figures


@pytest.mark.parametrize("field", FLOORS)
def test_fields_keep_their_quality(report: dict[str, Any], field: Field) -> None:
    assert report["fields"][field]["f1"] >= FLOORS[field]


def test_every_layout_is_read_in_order_and_whole(report: dict[str, Any]) -> None:
    assert len(report["documents"]) == 10
    for document in report["documents"]:
        reading = document["reading"]
        assert reading["titles_in_order"] == reading["titles"] > 0, document["document"]
        assert reading["lines_whole"] == reading["lines"] > 0, document["document"]


def test_a_folder_that_cannot_be_evaluated_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "absent")]) == 2
    assert "cannot evaluate" in capsys.readouterr().err
