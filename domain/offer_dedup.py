"""Which ads are the same opening, and in which order openings are listed.

The groups are a function of the set of ads: neither their order nor the pages they came in matter.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import pairwise
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from domain.offer import JobType, WorkMode
from domain.offer_names import company_key, title_key
from domain.offer_words import Words
from domain.source_ad import SOURCE_RANK, AdRef

_NOT_OF_THE_PAGE: Final = frozenset({"se", "v"})
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True)
class ListedAd:
    """What listing needs of an ad. `urls` are its page and its pages at partners; `cross_refs` its ids elsewhere."""

    ref: AdRef
    title: str
    company: str | None = None
    department: str | None = None
    country: str | None = None
    city: str | None = None
    work_mode: WorkMode | None = None
    job_type: JobType | None = None
    urls: tuple[str, ...] = ()
    cross_refs: tuple[AdRef, ...] = ()
    published_at: datetime | None = None

    @cached_property
    def key(self) -> tuple[str, str, str] | None:
        """Title, company and place as they are compared; None unless all three are known."""
        place = self._place()
        title, company = title_key(self.title), company_key(self.company or "")
        return (title, company, place) if title and company and place else None

    def _place(self) -> str | None:
        if self.department:
            return self.department
        if self.country and self.city and (city := title_key(self.city)):
            return f"{self.country}:{city}"
        return "remote" if self.work_mode == "remote" else None


@dataclass(frozen=True)
class Group:
    """One opening: the ad that is shown and the others of the same opening, in the order of sources."""

    shown: ListedAd
    others: tuple[ListedAd, ...] = ()

    @property
    def ads(self) -> tuple[ListedAd, ...]:
        return (self.shown, *self.others)


def canonical_url(url: str) -> str | None:
    """The page that an address names, the same whatever its scheme, tracking parameters and their order.

    >>> canonical_url("https://WWW.example.com/jobs/7/?utm_source=x&b=2&a=1#top")
    'example.com/jobs/7?a=1&b=2'
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host:
        return None
    kept = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name not in _NOT_OF_THE_PAGE and not name.startswith("utm_")
    )
    where = host.lower().removeprefix("www.")
    if port is not None and port != _DEFAULT_PORTS.get(parts.scheme):
        where += f":{port}"
    query = f"?{urlencode(kept)}" if kept else ""
    return f"{where}{parts.path.rstrip('/')}{query}"


def group(ads: Iterable[ListedAd]) -> list[Group]:
    """The openings among `ads`, in the order of the ads shown; ads of one source and id are one ad."""
    by_ref: dict[AdRef, ListedAd] = {}
    for ad in ads:
        known = by_ref.setdefault(ad.ref, ad)
        if known != ad:  # two states of one ad: which one counts must not depend on their order
            by_ref[ad.ref] = min(known, ad, key=repr)
    members = sorted(by_ref.values(), key=_rank)
    cross, urls, keys = _cross_edges(members), _url_edges(members), _key_edges(members)
    groups = []
    for component in _components(members, [*cross, *urls, *keys]):
        for part in _split_unless_sound(component, [*cross, *urls]):
            for piece in _split_unless_sound(part, cross):
                groups.append(Group(piece[0], tuple(piece[1:])))
    return sorted(groups, key=lambda found: _rank(found.shown))


def in_order(groups: Iterable[Group], terms: Sequence[str]) -> list[Group]:
    """Groups as they are listed: by terms of the query in the title, then the latest day, then the source's rank."""

    def place(found: Group) -> tuple[int, int, int, str]:
        shown = found.shown
        day = shown.published_at.astimezone(UTC).date() if shown.published_at else date.min
        return (-Words(shown.title).count(terms), -day.toordinal(), *_rank(shown))

    return sorted(groups, key=place)


def _rank(ad: ListedAd) -> tuple[int, str]:
    return SOURCE_RANK[ad.ref.source], ad.ref.source_id


_Edge = tuple[AdRef, AdRef]


def _cross_edges(ads: Sequence[ListedAd]) -> list[_Edge]:
    known = {ad.ref for ad in ads}
    return [(ad.ref, named) for ad in ads for named in ad.cross_refs if named in known and named != ad.ref]


def _url_edges(ads: Sequence[ListedAd]) -> list[_Edge]:
    def pages(ad: ListedAd) -> set[str]:
        return {page for url in ad.urls if (page := canonical_url(url))}

    edges: list[_Edge] = []
    for sharing in _by(ads, pages):
        if max(Counter(ad.ref.source for ad in sharing).values()) == 1:  # else a page of many openings
            edges += _chain(sharing)
    return edges


def _key_edges(ads: Sequence[ListedAd]) -> list[_Edge]:
    edges: list[_Edge] = []
    for sharing in _by(ads, lambda ad: {ad.key} if ad.key else set()):
        if len({ad.job_type for ad in sharing} - {None}) <= 1 and _is_sound(sharing):
            edges += _chain(sharing)
    return edges


def _by(ads: Sequence[ListedAd], keys: Callable[[ListedAd], Iterable[Hashable]]) -> list[list[ListedAd]]:
    """The ads that share a key, for each key."""
    sharing: dict[Hashable, list[ListedAd]] = {}
    for ad in ads:
        for key in keys(ad):
            sharing.setdefault(key, []).append(ad)
    return list(sharing.values())


def _chain(ads: Sequence[ListedAd]) -> list[_Edge]:
    return [(a.ref, b.ref) for a, b in pairwise(ads)]


def _is_sound(ads: Iterable[ListedAd]) -> bool:
    """Whether the ads can be one opening: each source has at most one id for it, its own and cross ids counted."""
    named = {ref for ad in ads for ref in (ad.ref, *ad.cross_refs)}
    return all(count == 1 for count in Counter(ref.source for ref in named).values())


def _split_unless_sound(ads: Sequence[ListedAd], edges: Sequence[_Edge]) -> list[list[ListedAd]]:
    """The ads as one part, or as the parts that `edges` alone hold together when they cannot be one opening."""
    return [list(ads)] if _is_sound(ads) else _components(ads, edges)


def _components(ads: Sequence[ListedAd], edges: Sequence[_Edge]) -> list[list[ListedAd]]:
    """The ads that edges between them connect, directly or through others; each component in the order of `ads`."""
    parent = {ad.ref: ad.ref for ad in ads}

    def root(ref: AdRef) -> AdRef:
        while parent[ref] != ref:
            parent[ref] = parent[parent[ref]]
            ref = parent[ref]
        return ref

    for a, b in edges:
        if a in parent and b in parent:
            parent[root(a)] = root(b)
    found: dict[AdRef, list[ListedAd]] = {}
    for ad in ads:
        found.setdefault(root(ad.ref), []).append(ad)
    return list(found.values())
