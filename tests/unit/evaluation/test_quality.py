"""The quality that the rules must keep on the sample CVs, and what becomes of a model's answers on the same CVs.

Measured by the command that operators run. What this machine lacks the means to read counts nowhere.
"""

import contextlib
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from adapters.llm_errors import LlmRefused
from evaluation.__main__ import RECORDINGS, main
from evaluation.extractors import recorded_model
from evaluation.metrics import Field
from evaluation.stand_in import RecordedPart, Recording, load_recordings

FLOORS: dict[Field, float] = {
    "name": 0.95,
    "email": 0.98,
    "phone": 0.98,
    "experience": 0.85,
    "education": 0.85,
    "skills": 0.85,
    "languages": 0.9,
}
"""Lowest F1 accepted over all documents."""
LEAST_RIGHT_TOTALS = 0.9
"""Share of the CVs whose months of experience must come out within two of the truth."""
DROPPED = {
    "emily-carter-supply-chain-manager.docx": ["experience[2].company"],
    "james-okafor-sales-manager.pdf": ["experience[3].company"],
    "karim-haddad-infirmier.txt": ["personal_info.email"],
    "oliver-bennett-chef.txt": ["personal_info.phone", "personal_info.phone_as_written"],
    "thomas-garnier-data-scientist.pdf": ["education[1].institution"],
}
"""What the recorded answers invent, by document."""


@pytest.fixture(scope="module")
def trials() -> list[dict[str, Any]]:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert main(["--json"]) == 0
    figures: list[dict[str, Any]] = json.loads(printed.getvalue())
    return figures


@pytest.fixture(scope="module")
def report(trials: list[dict[str, Any]]) -> dict[str, Any]:
    assert trials[0]["extractor"] == "rules"
    return trials[0]


@pytest.fixture(scope="module")
def recorded(trials: list[dict[str, Any]]) -> dict[str, Any]:
    assert "recorded" in trials[1]["extractor"]
    return trials[1]


@pytest.mark.parametrize("field", FLOORS)
def test_fields_keep_their_quality(report: dict[str, Any], field: Field) -> None:
    assert report["fields"][field]["f1"] >= FLOORS[field]


def test_total_months_are_right_in_most_cvs(report: dict[str, Any]) -> None:
    assert report["fields"]["total months"]["recall"] >= LEAST_RIGHT_TOTALS


def test_every_layout_is_read_in_order_and_whole(report: dict[str, Any]) -> None:
    assert len(report["documents"]) == 34
    for document in report["documents"]:
        reading = document["reading"]
        assert reading["titles_in_order"] == reading["titles"], document["document"]
        assert reading["lines_whole"] == reading["lines"], document["document"]
        assert reading["titles"] > 0 or document["skipped"], document["document"]


def test_what_a_model_invents_is_dropped_and_listed(recorded: dict[str, Any]) -> None:
    dropped = {item["document"]: item["ungrounded"] for item in recorded["documents"] if item["ungrounded"]}
    assert dropped == DROPPED
    for field in ("name", "email", "phone", "companies"):
        assert recorded["fields"][field]["wrong"] == 0, field


def test_a_long_cv_is_asked_in_parts_and_a_bad_answer_repaired(recorded: dict[str, Any]) -> None:
    assert "12 requests for 10 documents, 1 of them to repair" in recorded["note"]
    (long,) = (item for item in recorded["documents"] if item["document"].startswith("julien-lefevre"))
    for field in ("name", "experience", "education", "languages", "total months"):
        assert (long["fields"][field]["wrong"], long["fields"][field]["missed"]) == (0, 0), field


def test_the_report_says_that_no_model_was_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(RECORDINGS.parent / "cv")]) == 0
    printed = capsys.readouterr().out
    assert "no live model" in printed
    assert "F1 on the 10 documents that both read" in printed


def test_a_text_without_a_recorded_answer_is_refused() -> None:
    recording = Recording(parts=[RecordedPart(shows="Ada", answers=["no profile"])])
    with recorded_model([recording]) as (extract, told), pytest.raises(LlmRefused):
        extract("Grace", date(2026, 11, 1))
    assert told.requests == 1


def test_a_folder_that_cannot_be_evaluated_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "absent")]) == 2
    assert "cannot evaluate" in capsys.readouterr().err


def test_a_recording_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "ada.json").write_text('{"parts": [{"shows": "Ada"}]}', encoding="utf-8")
    with pytest.raises(ValueError, match=r"ada\.json is not a recording"):
        load_recordings(tmp_path)
