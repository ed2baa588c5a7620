"""Runs recorded earlier replay under the present code, so that a deployment breaks no run in flight."""

from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from runtime.temporal import temporal_plugin
from tests.conftest import ROOT
from workers.build import WORKFLOWS

FOLDER = ROOT / "tests" / "histories"
HISTORIES = sorted(FOLDER.glob("*.json"))

SHAPES = {
    *("parse_ok", "parse_ok_alone", "parse_failed", "parse_cancelled", "parse_retried", "match_retried"),
    *("match_ok", "match_ok_chained", "match_pages", "match_failed", "match_cancelled"),
    *("deliver_ok", "deliver_refused", "sweep"),
    *(
        "validate_ok",
        "validate_rolled_back",
        "validate_cancelled",
        "reject_ok",
        "archive_ok",
        "unarchive_ok",
        "erase_ok",
    ),
    *("notification_sent", "notification_failed", "sync_ok", "reindex_ok", "reconcile_ok"),
    *("build_full", "build_incremental", "build_two_passes", "build_failed", "build_cancelled", "nightly_build"),
    *("import_ok", "import_failed", "import_cancelled"),
    *("search_ok", "search_failed", "search_cancelled", "reading_ok", "reading_failed", "sweep_searches"),
    *("mirror_ok", "purge_ok"),
}


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


async def replay(name: str, history: str) -> None:
    replayer = Replayer(workflows=WORKFLOWS, plugins=[temporal_plugin()])
    await replayer.replay_workflow(WorkflowHistory.from_json(name, history))


def test_every_shape_is_recorded() -> None:
    assert {path.stem for path in HISTORIES} >= SHAPES


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
async def test_a_recorded_run_replays(path: Path) -> None:
    await replay(path.stem, text_of(path))


async def test_a_changed_order_is_seen() -> None:
    """The check itself: a run whose first step was another does not replay."""
    recorded = text_of(FOLDER / "parse_ok.json")
    with pytest.raises(workflow.NondeterminismError):
        await replay("parse_ok", recorded.replace('"read_document"', '"fetch_document"'))
