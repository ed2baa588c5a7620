"""`python -m evaluation [FOLDER] [--json] [--mistakes]`: measure reading and extraction on documents with truths."""

import argparse
import json
import sys
from datetime import date
from pathlib import Path

from domain.cv import CvProfile
from domain.extraction.rules import extract_profile
from evaluation.report import as_json, mistakes, tables
from evaluation.trial import run

SAMPLES = Path(__file__).parent.parent / "samples" / "cv"


def main(arguments: list[str]) -> int:
    """Exit code: 0 when every document was read, 1 when one was not, 2 when the folder cannot be evaluated."""
    parser = argparse.ArgumentParser(prog="python -m evaluation", description="Measures reading and extraction of CVs.")
    parser.add_argument("folder", nargs="?", type=Path, default=SAMPLES, help="CVs with <stem>.truth.json beside them")
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    parser.add_argument("--mistakes", action="store_true", help="also print missed and wrong values (quotes the CVs)")
    options = parser.parse_args(arguments)
    if options.json and options.mistakes:
        parser.error("--json never quotes the CVs: use --mistakes alone")
    try:
        outcomes = run(options.folder, _rules)
    except (OSError, ValueError) as error:
        print(f"cannot evaluate: {error}", file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(as_json(outcomes, "rules"), indent=2))
    else:
        print(f"extractor: rules, {len(outcomes)} documents\n\n{tables(outcomes)}")
    if options.mistakes:
        print(f"\n{mistakes(outcomes)}")
    return 1 if any(outcome.error for outcome in outcomes) else 0


def _rules(text: str, today: date) -> CvProfile:
    return extract_profile(text, today=today)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
