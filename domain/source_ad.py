"""The advertisement of a job source in its canonical form: what every source's reader makes of its own rows."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from domain.offer import Offer

AdSource = Literal["internal", "france_travail", "la_bonne_alternance", "adzuna", "arbeitnow"]
"""Where an ad comes from; `internal` ones are written by our own callers."""

SOURCE_RANK: Final[Mapping[str, int]] = {
    name: rank for rank, name in enumerate(("internal", "france_travail", "la_bonne_alternance", "adzuna", "arbeitnow"))
}
"""Whose ad is shown first among equals."""

_LONGEST_TEXT: Final = 200_000

T = TypeVar("T")


def storable(value: Any) -> Any:
    """A JSON value without what no database stores: NUL characters and halves of surrogate pairs."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")
    if isinstance(value, list):
        return [storable(item) for item in value]
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    return value


def _trimmed(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _or_unknown(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    try:
        known = handler(value)
    except ValidationError:
        return None
    return None if known == "" else known


_Text = Annotated[str, BeforeValidator(_trimmed), Field(max_length=_LONGEST_TEXT)]
_Line = Annotated[_Text, Field(max_length=500)]
WebAddress = Annotated[str, BeforeValidator(_trimmed), Field(pattern=r"^(?i:https?)://[^\s/]", max_length=4000)]

Known = Annotated[T | None, WrapValidator(_or_unknown)]
"""A value that an ad can do without: one that cannot be read is unknown, and does not make the ad invalid."""


_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_Moment = Annotated[AwareDatetime, Field(ge=_FIRST, lt=_LAST)]


class AdRef(BaseModel):
    """The name of an ad: its source and its id there."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    source: AdSource
    source_id: Annotated[_Line, Field(min_length=1)]


class Attribution(BaseModel):
    """What must be shown with an ad of a source: a linked label, and what else its licence asks for."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    label: str
    url: str
    licence_url: str | None = None
    updated_at: AwareDatetime | None = None
    logo_url: str | None = None


class SourceAd(Offer):
    """One ad of one source. Source, id, title and url are always there; whatever else is unknown is None or empty.

    `description` is plain text, whole unless `description_truncated`. `location` is the place as the source writes
    it; `insee`, `department` and `region` are codes, `country` is ISO 3166-1 alpha-2. `work_mode_inferred` and
    `skills_inferred` mark what was read from the text instead of being stated. `partner_urls` are pages of the same
    ad elsewhere, `cross_refs` the ids it has at other sources. `details` is the row as received: it may hold
    personal data and is never listed or logged.
    """

    source: AdSource
    source_id: Annotated[_Line, Field(min_length=1)]
    partner: Known[_Line] = None
    partner_urls: list[WebAddress] = Field(default_factory=list)
    cross_refs: list[AdRef] = Field(default_factory=list)

    title: Annotated[_Line, Field(min_length=1)]
    company: Known[_Line] = None
    company_url: Known[WebAddress] = None
    logo_url: Known[WebAddress] = None
    description: _Text = ""
    description_truncated: bool = False
    requirements: Known[_Text] = None
    details: dict[str, Any] = Field(default_factory=dict)

    location: Known[_Line] = None
    insee: Known[Annotated[str, Field(pattern=r"^(?:[0-9]{2}|2[AB])[0-9]{3}$")]] = None
    postcode: Known[Annotated[str, Field(pattern=r"^[0-9A-Za-z -]{2,12}$")]] = None
    department: Known[Annotated[str, Field(pattern=r"^(?:[0-9]{2,3}|2[AB])$")]] = None
    region: Known[Annotated[str, Field(pattern=r"^[0-9]{2}$")]] = None
    country: Known[Annotated[str, Field(pattern=r"^[A-Z]{2}$")]] = None
    latitude: Known[Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]] = None
    longitude: Known[Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]] = None
    work_mode_inferred: bool = False

    contract_label: Known[_Line] = None
    work_time: Known[_Line] = None
    required_skills: list[_Line] = Field(default_factory=list)
    preferred_skills: list[_Line] = Field(default_factory=list)
    skills_inferred: bool = False
    openings: Known[Annotated[int, Field(ge=1, le=100_000)]] = None
    rome_code: Known[Annotated[str, Field(pattern=r"^[A-Z][0-9]{4}$")]] = None
    naf: Known[_Line] = None

    url: WebAddress
    apply_url: Known[WebAddress] = None
    attribution: Attribution
    published_at: Known[_Moment] = None
    source_updated_at: Known[_Moment] = None

    @model_validator(mode="before")
    @classmethod
    def _storable(cls, given: Any) -> Any:
        return storable(given)

    @model_validator(mode="after")
    def _point(self) -> "SourceAd":
        if self.latitude is None or self.longitude is None:
            self.latitude = self.longitude = None
        return self

    @property
    def ref(self) -> AdRef:
        return AdRef(source=self.source, source_id=self.source_id)
