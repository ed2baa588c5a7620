"""The experience criterion: years that count for an offer, against the years it asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from domain.matching.prepared import PreparedCandidate, PreparedOffer
from domain.periods import covered_months

_ALIKE_TITLE: Final = 0.75
_OTHER_MONTH: Final = 0.5
_CURVE: Final = 0.8
_PENALTY_PER_YEAR, _FLOOR = 0.02, 0.85


@dataclass(frozen=True, slots=True)
class Service:
    """Months of a candidate's working life, and how many of them are relevant to the offer."""

    total: int
    relevant: int

    @property
    def counted_years(self) -> float:
        """Relevant months count whole and all others half.

        A month never counts for less because some other month turns out to be relevant; "relevant months if any,
        else all" would make an added skill lower the score.
        """
        return (self.relevant + _OTHER_MONTH * (self.total - self.relevant)) / 12


def service(candidate: PreparedCandidate, offer: PreparedOffer, likeness: Mapping[str, float]) -> Service:
    """Months served; relevant are those of jobs with a like title or a skill of the offer.

    `likeness` is the similarity of each of the candidate's titles to the offer's.
    """
    chosen = tuple(
        i
        for i, job in enumerate(candidate.jobs)
        if likeness.get(job.title, 0.0) >= _ALIKE_TITLE or not offer.skill_names.isdisjoint(job.skills)
    )
    months = candidate.relevant_months.get(chosen)
    if months is None:
        months = covered_months((candidate.jobs[i].source for i in chosen), candidate.today)
        candidate.relevant_months[chosen] = months
    months = max(months, candidate.closed_months)
    return Service(max(candidate.total_months, months), months)


def value(served: Service, offer: PreparedOffer) -> float | None:
    """Below the minimum (counted/min)^0.8, within 1, above the maximum 2 % less a year down to 0.85.

    The maximum is compared with the whole working life, so that a skill which makes old experience relevant never
    lowers the score. None when the offer states no years, or no lower bound and the CV no experience.
    """
    minimum, maximum = offer.min_years or 0.0, offer.max_years
    if (offer.min_years is None and maximum is None) or (minimum == 0 and served.total == 0):
        return None
    counted, total = served.counted_years, served.total / 12
    reached = 1.0 if counted >= minimum else (counted / minimum) ** _CURVE
    if maximum is None or total <= maximum:
        return reached
    return reached * max(_FLOOR, 1 - _PENALTY_PER_YEAR * (total - maximum))
