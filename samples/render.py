"""Renders the sample CVs from their truth: `python -m samples.render`."""

from pathlib import Path

from evaluation.truth import load_truth, truth_path
from samples.content import write
from samples.documents import SAMPLES

FOLDER = Path(__file__).parent / "cv"


def render_all(target: Path) -> list[Path]:
    """Write every sample document into `target`; equal truths give equal bytes."""
    paths: list[Path] = []
    for sample in SAMPLES:
        truth = load_truth(truth_path(FOLDER / sample.file_name))
        path = target / sample.file_name
        sample.layout(write(truth.profile, sample.style), path)
        paths.append(path)
    return paths


if __name__ == "__main__":
    for rendered in render_all(FOLDER):
        print(f"{rendered.stat().st_size:6d}  {rendered.name}")
