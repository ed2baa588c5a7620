"""The commands of the workflows are those that were committed, so that a run in flight survives a deployment."""

import json
import shutil
from pathlib import Path

from tests.conftest import ROOT
from tests.fingerprints import COMMITTED, fingerprints

ADVICE = """{function} gives other commands than committed: a run in flight would fail to replay.
Guard the change with `workflow.patched(...)`, or say in the commit why no run can be affected; then write the
fingerprints anew with `python -m tests.fingerprints`, and record the histories of the shapes that changed with
`python -m tests.histories.record`."""


def test_the_workflows_give_the_committed_commands() -> None:
    committed = json.loads(COMMITTED.read_text(encoding="utf-8"))
    present = fingerprints()
    for function in sorted({*committed, *present}):
        assert present.get(function) == committed.get(function), ADVICE.format(function=function)


def test_an_exchanged_step_is_seen(tmp_path: Path) -> None:
    for path in (ROOT / "workflows").glob("*.py"):
        shutil.copy(path, tmp_path)
    parse = tmp_path / "parse_cv.py"
    source = parse.read_text(encoding="utf-8")
    assert fingerprints(tmp_path) == fingerprints()
    changed = {
        source.replace("CvActivities.save_profile", "CvActivities.store_profile"),
        source.replace('self._advance("link")', 'workflow.patched("x")\n            self._advance("link")'),
        source.replace("await self._match(input)\n", "pass\n"),
    }
    for text in changed:
        parse.write_text(text, encoding="utf-8")
        assert fingerprints(tmp_path) != fingerprints()


def test_an_exchanged_order_of_actions_is_seen(tmp_path: Path) -> None:
    """Also where the actions are handed on to be called elsewhere."""
    for path in (ROOT / "workflows").glob("*.py"):
        shutil.copy(path, tmp_path)
    reject = tmp_path / "reject_candidate.py"
    source = reject.read_text(encoding="utf-8")
    exchanged = source.replace(
        "self.remove_from_index, self.record_status", "self.record_status, self.remove_from_index"
    )
    assert exchanged != source
    reject.write_text(exchanged, encoding="utf-8")
    assert fingerprints(tmp_path) != fingerprints()
