"""What matching requests ask for."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from api.fields import HttpModel, Id
from workflows.contracts import BATCH, PREMIUM, STANDARD

Queue = Literal["matching_high", "matching_standard", "matching_bulk"]

PRIORITY_KEYS: dict[Queue, int] = {"matching_high": PREMIUM, "matching_standard": STANDARD, "matching_bulk": BATCH}

MAX_PAIRS = 10_000
"""Pairs that a request may list; what `all_open` and `all_validated` stand for has no such limit."""

WebhookUrl = Annotated[str, Field(max_length=2000)]
Ids = Annotated[list[Id], Field(min_length=1, max_length=MAX_PAIRS)]


class PairBody(HttpModel):
    """One candidate with one offer; `job_id` is the offer's id. `depends_on`: a parse to wait for."""

    candidate_id: Id
    job_id: Id
    webhook_url: WebhookUrl | None = None
    depends_on: UUID | None = None

    @property
    def selection(self) -> None:
        """A pair is named, never selected."""


class BulkBody(HttpModel):
    """One candidate with many offers (`job_ids`, or `all_open`), or one offer with many candidates (`candidate_ids`, or
    `all_validated`)."""

    candidate_id: Id | None = None
    job_ids: Ids | None = None
    all_open: Annotated[bool, Field(description="every open offer, as there are when scoring begins")] = False
    offer_id: Id | None = None
    candidate_ids: Ids | None = None
    all_validated: Annotated[bool, Field(description="every validated candidate, as there are when scoring begins")] = (
        False
    )
    webhook_url: WebhookUrl | None = None
    depends_on: UUID | None = None

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        offers = (self.job_ids is not None) + self.all_open
        candidates = (self.candidate_ids is not None) + self.all_validated
        one_candidate = self.candidate_id is not None and self.offer_id is None and (offers, candidates) == (1, 0)
        one_offer = self.offer_id is not None and self.candidate_id is None and (offers, candidates) == (0, 1)
        if not one_candidate and not one_offer:
            raise ValueError(
                "give candidate_id with job_ids or all_open, or offer_id with candidate_ids or all_validated"
            )
        if one_offer and self.depends_on is not None:
            raise ValueError("depends_on needs a candidate_id")
        return self

    @property
    def selection(self) -> Literal["all_open", "all_validated"] | None:
        """What stands for the list, where there is none."""
        if self.all_open:
            return "all_open"
        return "all_validated" if self.all_validated else None

    @property
    def offer_ids(self) -> list[int]:
        """The offers named, each once."""
        return list(dict.fromkeys(self.job_ids or ([] if self.offer_id is None else [self.offer_id])))

    @property
    def people(self) -> list[int]:
        """The candidates named, each once."""
        return list(dict.fromkeys(self.candidate_ids or ([] if self.candidate_id is None else [self.candidate_id])))
