"""Renders the sample CVs from their truth: `python -m samples.render`. DOC, RTF and ODT need LibreOffice."""

import argparse
import sys
from pathlib import Path

from evaluation.truth import load_truth, truth_path
from samples.content import write
from samples.documents import SAMPLES, Sample
from samples.layouts.converted import OfficeMissing
from samples.more_documents import MORE_SAMPLES

FOLDER = Path(__file__).parent / "cv"
MORE_FOLDER = Path(__file__).parent / "cv-more"
COLLECTIONS: dict[Path, tuple[Sample, ...]] = {FOLDER: SAMPLES, MORE_FOLDER: MORE_SAMPLES}
"""The samples beside whose truths each folder holds them: a few to show the product, more to measure it."""


def render(sample: Sample, folder: Path, target: Path) -> Path:
    """Write one document into `target` from its truth in `folder`. Raises `OfficeMissing` where it needs LibreOffice.

    Equal truths give equal bytes, but for what LibreOffice writes.
    """
    truth = load_truth(truth_path(folder / sample.file_name))
    path = target / sample.file_name
    sample.layout(write(truth.profile, sample.style), path)
    return path


def main() -> int:
    """Render everything in place; exit code 1 when a document could not be."""
    argparse.ArgumentParser(prog="python -m samples.render", description=main.__doc__).parse_args()
    missing = 0
    for folder, samples in COLLECTIONS.items():
        for sample in samples:
            try:
                rendered = render(sample, folder, folder)
            except OfficeMissing as error:
                missing += 1
                print(f"not rendered: {sample.file_name} ({error})", file=sys.stderr)
            else:
                print(f"{rendered.stat().st_size:6d}  {rendered.name}")
    return 1 if missing else 0


if __name__ == "__main__":
    raise SystemExit(main())
