"""Files that mean harm, made from a fixed seed: what no reader of documents may stumble over."""

from collections.abc import Iterator
from random import Random

from tests.hostile import archives, other_formats, pdfs, uploads
from tests.hostile.hostile import HostileFile, Lures

SEED = 20_261


def hostile_files(lures: Lures) -> Iterator[HostileFile]:
    """All of them, the same ones at each run."""
    random = Random(SEED)
    yield from uploads.files(random)
    yield from pdfs.files(random, lures)
    yield from archives.files(random, lures)
    yield from other_formats.files(random, lures)
