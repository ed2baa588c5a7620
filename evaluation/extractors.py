"""The extractors that a trial compares: the rules, and the model's path over recorded answers."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from adapters.llm import LlmExtractor
from domain.cv import CvProfile
from domain.extraction.rules import extract_profile
from evaluation.stand_in import MODEL, Recording, StandIn, stand_in
from evaluation.trial import Extractor

PART_CHARACTERS = 2_500
"""Longer texts are split by section, as long CVs are with a real model: the longest of the recorded ones is."""
_TIMEOUT = 30.0


def rules(text: str, today: date) -> CvProfile:
    """What the rules read."""
    return extract_profile(text, today=today)


@contextmanager
def recorded_model(recordings: Sequence[Recording]) -> Iterator[tuple[Extractor, StandIn]]:
    """The extractor that workers use with a model, its provider replaced by recorded answers.

    Raises `LlmError` for a text without a recording, as the provider's refusal would.
    """
    with stand_in(recordings) as (url, told), asyncio.Runner() as runner:
        extractor = LlmExtractor("unused", MODEL, url, _TIMEOUT, max_characters=PART_CHARACTERS)

        def extract(text: str, today: date) -> CvProfile:
            return runner.run(extractor.extract(text, today=today)).profile

        try:
            yield extract, told
        finally:
            runner.run(extractor.close())
