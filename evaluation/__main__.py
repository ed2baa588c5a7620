"""`python -m evaluation [FOLDER …] [--json] [--mistakes]`: measure reading and extraction on documents with truths.

The rules read every document; the model's path reads those whose answers are recorded, so that both can be compared.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from adapters.llm_errors import LlmError
from evaluation.extractors import recorded_model, rules
from evaluation.report import Trial, as_json, mistakes, side_by_side, tables
from evaluation.stand_in import Recording, load_recordings
from evaluation.trial import documents, run

_SAMPLES = Path(__file__).parent.parent / "samples"
FOLDERS = (_SAMPLES / "cv", _SAMPLES / "cv-more")
RECORDINGS = _SAMPLES / "answers"


def main(arguments: list[str]) -> int:
    """Exit code: 0 when every document was read, 1 when one was not, 2 when the folders cannot be evaluated."""
    parser = argparse.ArgumentParser(prog="python -m evaluation", description="Measures reading and extraction of CVs.")
    parser.add_argument("folders", nargs="*", type=Path, help="CVs with <stem>.truth.json beside them; the samples")
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    parser.add_argument("--mistakes", action="store_true", help="also print missed and wrong values (quotes the CVs)")
    options = parser.parse_args(arguments)
    if options.json and options.mistakes:
        parser.error("--json never quotes the CVs: use --mistakes alone")
    try:
        trials = _trials([path for folder in options.folders or FOLDERS for path in documents(folder)])
    except (OSError, ValueError, LlmError) as error:
        print(f"cannot evaluate: {error}", file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps([as_json(trial) for trial in trials], indent=2))
    else:
        print("\n\n\n".join(tables(trial) for trial in trials))
        if len(trials) > 1:
            print(f"\n\n{side_by_side(trials)}")
    if options.mistakes:
        print("\n" + "\n\n".join(f"{trial.extractor}\n{mistakes(trial.outcomes)}" for trial in trials))
    return 1 if any(outcome.error for trial in trials for outcome in trial.outcomes) else 0


def _trials(paths: Sequence[Path]) -> list[Trial]:
    trials = [Trial("rules", run(paths, rules))]
    recordings = load_recordings(RECORDINGS)
    recorded = [path for path in paths if path.stem in recordings]
    if recorded:
        trials.append(_recorded(recorded, [recordings[path.stem] for path in recorded]))
    return trials


def _recorded(paths: Sequence[Path], recordings: Sequence[Recording]) -> Trial:
    with recorded_model(recordings) as (extract, told):
        outcomes = run(paths, extract)
    note = (
        "no live model: its answers are recorded, written by hand with mistakes of the kind that models make.\n"
        "The figures tell what the path makes of them (splitting, repair, grounding), not how well any model reads.\n"
        f"{told.requests} requests for {len(paths)} documents, {told.repairs} of them to repair an invalid answer"
    )
    return Trial("openai, recorded answers", outcomes, note)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
