"""What callers read of the summary: an establishment, a page of them, its elections over time."""

from datetime import date

from pydantic import BaseModel, ConfigDict, computed_field

from api.fields import example
from api.paging import Page

_ROW = {
    "siret": "12345678200010",
    "raison_sociale": "Atelier Numérique",
    "idcc": "1486",
    "dep": "69",
    "cp": "69003",
    "ville": "Lyon",
    "region": "Auvergne-Rhône-Alpes",
    "ul": "UL Lyon",
    "fd_c3": "FD Sociétés d'études",
    "fd_c4": "FD Sociétés d'études",
    "ud_c3": "UD 69",
    "ud_c4": "UD 69",
    "statut_pap": "C3+C4",
    "date_pv_c3": "2019-06-12",
    "date_pv_c4": "2023-06-15",
    "date_pv_last": "2023-06-15",
    "date_pap_c5": "2026-01-12",
    "carence_c3": False,
    "carence_c4": False,
    "inscrits_c3": 110,
    "votants_c3": 70,
    "sve_c3": 66,
    "cgt_voix_c3": 40,
    "cfdt_voix_c3": 26,
    "fo_voix_c3": 0,
    "cftc_voix_c3": 0,
    "cgc_voix_c3": 0,
    "unsa_voix_c3": 0,
    "sud_voix_c3": 0,
    "autre_voix_c3": 0,
    "inscrits_c4": 120,
    "votants_c4": 84,
    "sve_c4": 80,
    "cgt_voix_c4": 45,
    "cfdt_voix_c4": 35,
    "fo_voix_c4": 0,
    "cftc_voix_c4": 0,
    "cgc_voix_c4": 0,
    "unsa_voix_c4": 0,
    "sud_voix_c4": 0,
    "autre_voix_c4": 0,
    "pv_c3_count": 1,
    "pv_c4_count": 1,
    "invitation_count": 1,
    "cgt_implantee": True,
    "has_match_c5_pv": True,
    "date_pv_max": "2023-06-15",
    "solidaire_voix_c3": 0,
    "solidaire_voix_c4": 0,
}


class SummaryRow(BaseModel):
    """One establishment. Without an election in a cycle, everything of that cycle is null but its count.

    C3, C4 and C5 are election cycles. `inscrits`: voters on the rolls, `votants`: those who voted, `sve`: valid votes,
    `voix`: votes for a union, `carence`: nobody stood, `pap`: invitations to negotiate, `pv`: minutes.
    """

    model_config = ConfigDict(from_attributes=True) | example(_ROW)

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
    """The minutes of one cycle and date, summed over their collèges; `retained` if they are the summary's.

    `voix`: votes by union. `in_window`: the date is one that the cycle allows.
    """

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
    """An establishment's elections, by date, those that the summary leaves out included."""

    model_config = example(
        {
            "siret": _ROW["siret"],
            "items": [
                {
                    "cycle": "C4",
                    "date_pv": "2023-06-15",
                    "colleges": 1,
                    "inscrits": 120,
                    "votants": 84,
                    "sve": 80,
                    "voix": {"cgt": 45, "cfdt": 35, "fo": 0, "cftc": 0, "cgc": 0, "unsa": 0, "sud": 0, "autre": 0},
                    "carence": False,
                    "in_window": True,
                    "retained": True,
                }
            ],
        }
    )

    siret: str
    items: list[Election]
