"""Extraction of a CV profile by a language model behind an OpenAI-compatible API.

Errors carry fixed sentences: the provider's own text can quote the CV, so it is neither kept nor chained.
"""

import asyncio
import email.utils
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import openai

from adapters.llm_errors import LlmError, LlmInvalid, LlmRateLimited, LlmRefused, LlmUnavailable
from adapters.llm_prompt import PROMPT_VERSION, messages, repair_messages
from adapters.llm_wire import InvalidAnswer, merge_profiles, profile_schema, read_answer
from domain.cv import CvProfile, TokenUsage
from domain.extraction.text_parts import split_text
from domain.periods import covered_months

MAX_RETRY_AFTER = 600.0
"""Seconds: a longer wait asked by the provider is cut to this."""
MAX_PARTS = 10
"""A text of more parts than this is no CV; it is refused rather than cut."""


@dataclass(frozen=True, slots=True)
class LlmResult:
    """A profile and how it was obtained; `tokens` counts every call, repairs included."""

    profile: CvProfile
    model: str
    prompt_version: str
    tokens: TokenUsage
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Answer:
    text: str
    model: str
    tokens: TokenUsage


class LlmExtractor:
    """Reads CV texts with one model of one provider.

    `timeout` bounds each call in seconds; texts over `max_characters` are split by section into several calls.
    """

    def __init__(
        self, api_key: str, model: str, base_url: str | None, timeout: float, *, max_characters: int = 60_000
    ) -> None:
        self._client = openai.AsyncOpenAI(api_key=api_key, base_url=base_url, max_retries=0, timeout=timeout)
        self._model = model
        self._timeout = timeout
        self._max_characters = max_characters
        self._schema = profile_schema()

    async def extract(self, text: str, *, today: date) -> LlmResult:
        """The profile that the model reads in a CV; raises a subclass of `LlmError`."""
        parts = split_text(text, self._max_characters) or [text]
        if len(parts) > MAX_PARTS:
            raise LlmRefused("Texte trop long pour être analysé par le modèle")
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._read(part, today)) for part in parts]
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        results = [task.result() for task in tasks]
        profile = merge_profiles([profile for profile, _ in results])
        profile.total_experience_months = covered_months(profile.experience, today)
        answers = [answer for _, part_answers in results for answer in part_answers]
        warnings: list[str] = []
        if len(parts) > 1:
            warnings.append(f"Texte de {len(text)} caractères analysé en {len(parts)} parties")
        return LlmResult(profile, answers[-1].model, PROMPT_VERSION, _total(answers), warnings)

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.close()

    async def _read(self, text: str, today: date) -> tuple[CvProfile, list[_Answer]]:
        """The profile of one part, with one repair of an invalid answer."""
        conversation = messages(text, today.isoformat())
        first = await self._ask(conversation)
        try:
            return read_answer(first.text, text), [first]
        except InvalidAnswer as error:
            problem = str(error)
        second = await self._ask([*conversation, *repair_messages(first.text, problem)])
        try:
            return read_answer(second.text, text), [first, second]
        except InvalidAnswer:
            raise LlmInvalid("Réponse du modèle inexploitable après une demande de correction") from None

    async def _ask(self, conversation: Sequence[dict[str, str]]) -> _Answer:
        request: dict[str, Any] = {
            "model": self._model,
            "messages": list(conversation),
            "temperature": 0,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "cv_profile", "strict": True, "schema": self._schema},
            },
        }
        try:
            # The client's own timeout starts again with every byte; this one bounds the whole call.
            async with asyncio.timeout(self._timeout):
                completion = await self._client.chat.completions.create(**request)
        except TimeoutError:
            raise LlmUnavailable("Le service de modèle n'a pas répondu à temps") from None
        except openai.APIError as error:
            raise _translated(error) from None
        except ValueError:
            raise LlmUnavailable("Réponse illisible du service de modèle") from None
        return _answer(completion)


def _answer(completion: Any) -> _Answer:
    """The text of a completion. Compatible servers may answer with anything, so its shape is checked here."""
    choices = getattr(completion, "choices", None) or [None]
    message = getattr(choices[0], "message", None)
    if message is None:
        raise LlmUnavailable("Réponse illisible du service de modèle")
    if getattr(message, "refusal", None) or choices[0].finish_reason == "content_filter":
        raise LlmRefused("Le modèle a refusé d'analyser ce document")
    usage = getattr(completion, "usage", None)
    tokens = TokenUsage(
        input=getattr(usage, "prompt_tokens", None) or 0, output=getattr(usage, "completion_tokens", None) or 0
    )
    return _Answer(message.content or "", str(completion.model or ""), tokens)


def _translated(error: openai.APIError) -> LlmError:
    if isinstance(error, openai.APITimeoutError):
        return LlmUnavailable("Le service de modèle n'a pas répondu à temps")
    if not isinstance(error, openai.APIStatusError):
        return LlmUnavailable("Service de modèle injoignable")
    status = error.status_code
    if status == 429:
        return LlmRateLimited(_retry_after(error.response.headers.get("retry-after")))
    if status in (401, 403):
        return LlmRefused("Clé API refusée par le service de modèle")
    if status in (408, 409) or not 400 <= status < 500:
        return LlmUnavailable("Service de modèle indisponible")
    return LlmRefused("Requête refusée par le service de modèle")


def _retry_after(header: str | None) -> float | None:
    """The seconds of a Retry-After header, given as a number or as an HTTP date; None when it has none."""
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            when = email.utils.parsedate_to_datetime(header)
        except ValueError:
            return None
        seconds = (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    # "nan" is a number for float(), and no wait.
    return min(max(seconds, 0.0), MAX_RETRY_AFTER) if seconds == seconds else None


def _total(answers: Sequence[_Answer]) -> TokenUsage:
    return TokenUsage(
        input=sum(answer.tokens.input for answer in answers), output=sum(answer.tokens.output for answer in answers)
    )
