"""The filters of a search that a job source cannot apply itself, each with its rule for what an ad does not say."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.job_search import SearchParams
from domain.offer import JobType, Salary, WorkMode
from domain.offer_names import company_key
from domain.offer_words import Words
from domain.source_ad import SourceAd


@dataclass(frozen=True, slots=True)
class LocalFilters:
    """What ads must satisfy; empty or None asks nothing. `salary_min` is EUR gross a year."""

    terms: tuple[str, ...] = ()
    company: str | None = None
    job_type: JobType | None = None
    work_mode: WorkMode | None = None
    posted_since: datetime | None = None
    salary_min: int | None = None

    def keep(self, ad: SourceAd) -> bool:
        """Whether the ad satisfies every filter."""
        return (
            self._keep_job_type(ad.job_type)
            and self._keep_work_mode(ad.work_mode)
            and self._keep_date(ad.published_at)
            and self._keep_salary(ad.salary)
            and self._keep_company(ad.company)
            and self._keep_words(ad)
        )

    def _keep_words(self, ad: SourceAd) -> bool:
        return not self.terms or Words(ad.title, ad.company, ad.description).count(self.terms) == len(self.terms)

    def _keep_company(self, company: str | None) -> bool:
        """By what is asked for in the ad's name, both in normal form; an unknown company is not the one asked for."""
        wanted = company_key(self.company or "")
        return not wanted or wanted in company_key(company or "")

    def _keep_job_type(self, known: JobType | None) -> bool:
        return self.job_type is None or known in (None, self.job_type)

    def _keep_work_mode(self, known: WorkMode | None) -> bool:
        """Unknown passes for work on site, never for remote or hybrid work."""
        if self.work_mode is None or known == self.work_mode:
            return True
        return known is None and self.work_mode == "onsite"

    def _keep_date(self, published_at: datetime | None) -> bool:
        return self.posted_since is None or published_at is None or published_at >= self.posted_since

    def _keep_salary(self, pay: Salary | None) -> bool:
        """By the most that is paid, where the ad itself says so in euros; a source's estimate says nothing."""
        if self.salary_min is None or pay is None or pay.is_estimated or pay.currency != "EUR":
            return True
        best = pay.annual_max if pay.annual_max is not None else pay.annual_min
        return best is None or best >= self.salary_min


def local_filters(params: SearchParams, now: datetime) -> LocalFilters:
    """The filters that `params` ask for at `now`, keywords included; the place is the source's to look at."""
    days = params.posted_within_days
    return LocalFilters(
        terms=params.terms,
        company=params.company,
        job_type=params.job_type,
        work_mode=params.work_mode,
        posted_since=None if days is None else now - timedelta(days=days),
        salary_min=params.salary_min,
    )
