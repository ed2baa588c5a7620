"""Ads of no real employer, made of the few fields that a test is about."""

from typing import Any

from domain.offer_dedup import ListedAd
from domain.source_ad import AdRef, AdSource, SourceAd


def ad(**values: Any) -> SourceAd:
    """An ad of Adzuna, unless `values` say otherwise."""
    return SourceAd.model_validate(
        {
            "source": "adzuna",
            "source_id": "1",
            "title": "Développeur Python",
            "url": "https://example.com/1",
            "attribution": {"label": "Source", "url": "https://example.com"},
            **values,
        }
    )


def ref(source: AdSource, source_id: str) -> AdRef:
    return AdRef(source=source, source_id=source_id)


def opening(source: AdSource, source_id: str, **values: Any) -> ListedAd:
    """A complete ad for the same job wherever it comes from: title, company and department are known."""
    known = {"title": "Développeur Python (H/F)", "company": "Acme Conseil", "department": "75", **values}
    return ListedAd(ref=ref(source, source_id), **known)
