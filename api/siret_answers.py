"""What callers read of the summary: an establishment, a page of them, its elections over time."""

from datetime import date

from pydantic import BaseModel, ConfigDict, computed_field

from api.paging import Page


class SummaryRow(BaseModel):
    """One establishment. Without an election in a cycle, everything of that cycle is null but its count."""

    model_config = ConfigDict(from_attributes=True)

    siret: str
    raison_sociale: str | None
    idcc: str | None
    dep: str | None
    cp: str | None
    ville: str | None
    region: str | None
    ul: str | None
    fd_c3: str | None
    fd_c4: str | None
    ud_c3: str | None
    ud_c4: str | None
    statut_pap: str
    date_pv_c3: date | None
    date_pv_c4: date | None
    date_pv_last: date | None
    date_pap_c5: date | None
    carence_c3: bool | None
    carence_c4: bool | None
    inscrits_c3: int | None
    votants_c3: int | None
    sve_c3: int | None
    cgt_voix_c3: int | None
    cfdt_voix_c3: int | None
    fo_voix_c3: int | None
    cftc_voix_c3: int | None
    cgc_voix_c3: int | None
    unsa_voix_c3: int | None
    sud_voix_c3: int | None
    autre_voix_c3: int | None
    inscrits_c4: int | None
    votants_c4: int | None
    sve_c4: int | None
    cgt_voix_c4: int | None
    cfdt_voix_c4: int | None
    fo_voix_c4: int | None
    cftc_voix_c4: int | None
    cgc_voix_c4: int | None
    unsa_voix_c4: int | None
    sud_voix_c4: int | None
    autre_voix_c4: int | None
    pv_c3_count: int
    pv_c4_count: int
    invitation_count: int
    cgt_implantee: bool
    has_match_c5_pv: bool

    @computed_field  # type: ignore[prop-decorator]
    @property
    def date_pv_max(self) -> date | None:
        """The same as `date_pv_last`."""
        return self.date_pv_last

    @computed_field  # type: ignore[prop-decorator]
    @property
    def solidaire_voix_c3(self) -> int | None:
        """The same as `sud_voix_c3`."""
        return self.sud_voix_c3

    @computed_field  # type: ignore[prop-decorator]
    @property
    def solidaire_voix_c4(self) -> int | None:
        """The same as `sud_voix_c4`."""
        return self.sud_voix_c4


class SummaryPage(Page[SummaryRow]):
    """A page, and how many establishments there are in all."""

    total: int


class Election(BaseModel):
    """The minutes of one cycle and date, summed over their collèges; `retained` if they are the summary's."""

    cycle: str
    date_pv: date
    colleges: int
    inscrits: int | None
    votants: int | None
    sve: int | None
    voix: dict[str, int | None]
    carence: bool
    in_window: bool
    retained: bool


class TimeSeries(BaseModel):
    siret: str
    items: list[Election]
