"""The steps of parsing a CV."""

from uuid import UUID

from activities.contracts.base import Contract


class ParseJob(Contract):
    """A step of the parse of one CV."""

    job_id: UUID


class ReadSummary(Contract):
    """What reading found, in numbers."""

    pages: int
    characters: int
    ocr: bool = False


class ExtractSummary(Contract):
    method: str
    input_tokens: int = 0
    output_tokens: int = 0
