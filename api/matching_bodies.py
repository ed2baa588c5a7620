"""What matching requests ask for."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from api.fields import HttpModel, Id, example
from workflows.contracts import BATCH, PREMIUM, STANDARD

Queue = Literal["matching_high", "matching_standard", "matching_bulk"]

PRIORITY_KEYS: dict[Queue, int] = {"matching_high": PREMIUM, "matching_standard": STANDARD, "matching_bulk": BATCH}

MAX_PAIRS = 10_000
"""Pairs that a request may list; what `all_open` and `all_validated` stand for has no such limit."""

WebhookUrl = Annotated[str, Field(max_length=2000, description="the result is sent here when the job ends")]
DependsOn = Annotated[UUID | None, Field(description="the `job_id` of a CV upload: scoring waits for its end")]
Ids = Annotated[list[Id], Field(min_length=1, max_length=MAX_PAIRS)]

_AFTER_PARSE = {
    "candidate_id": 12,
    "job_id": 40,
    "depends_on": "7f1f9a52-3c0e-4d7b-9a64-0c3f5d2f8e11",
    "webhook_url": "https://hooks.example.com/matching",
}


class PairBody(HttpModel):
    """One candidate with one offer."""

    model_config = example({"candidate_id": 12, "job_id": 40}, _AFTER_PARSE)

    candidate_id: Id
    job_id: Annotated[Id, Field(description="the id of the offer, not of a job: the published name")]
    webhook_url: WebhookUrl | None = None
    depends_on: DependsOn = None

    @property
    def selection(self) -> None:
        """A pair is named, never selected."""


class BulkBody(HttpModel):
    """One candidate with many offers (`job_ids`, or `all_open`), or one offer with many candidates (`candidate_ids`, or
    `all_validated`)."""

    model_config = example(
        {"candidate_id": 12, "job_ids": [40, 41, 57]},
        {"candidate_id": 12, "all_open": True},
        {"offer_id": 40, "candidate_ids": [12, 15]},
        {"offer_id": 40, "all_validated": True},
    )

    candidate_id: Id | None = None
    job_ids: Annotated[Ids, Field(description="ids of offers")] | None = None
    all_open: Annotated[bool, Field(description="every open offer, as there are when scoring begins")] = False
    offer_id: Id | None = None
    candidate_ids: Ids | None = None
    all_validated: Annotated[bool, Field(description="every validated candidate, as there are when scoring begins")] = (
        False
    )
    webhook_url: WebhookUrl | None = None
    depends_on: DependsOn = None

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
