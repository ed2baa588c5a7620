"""Certifications: name, issuer and date of each line of a certification section."""

import re
from collections.abc import Sequence

from domain.cv import Certification
from domain.extraction.dates import find_period, without_period
from domain.extraction.lines import COLUMN, Line
from domain.extraction.places import is_place
from domain.extraction.titles import title_score
from domain.extraction.wrapping import join_wrapped

_SPLIT = re.compile(rf"{COLUMN}|\s+[-–—|•·]\s+|\s*\|\s*")
_ISSUER_LABEL = re.compile(
    r"\s*[,(]?\s*\b(?:d[ée]livr[ée]e?\s+par|[ée]mise?\s+par|issued\s+by|par|by|from|organisme\s*:|issuer\s*:)\s+"
    r"(?:la\s+|le\s+|l['’]|the\s+)?(?P<issuer>[A-ZÀ-Þ0-9][^(),;]{1,60})\)?",
)
_ISSUERS = re.compile(
    r"^(?:amazon(?: web services)?|aws|microsoft|google(?: cloud)?|cisco|oracle|red hat|ibm|sap|salesforce|pmi|axelos|"
    r"scrum\.org|scrum alliance|linux foundation|cncf|hashicorp|vmware|comptia|isc2|\(isc\)²|isaca|coursera|edx|udemy|"
    r"openclassrooms|fun mooc|ets global|cambridge|british council|hubspot|meta|databricks|snowflake|mongodb|elastic|"
    r"fortinet|ec-council|istqb|peoplecert|opquast|pix|afnor|apave|croix[- ]rouge(?: française)?|red cross|ministère.*|"
    r"cci.*|inrs|socotec|bureau veritas|acca|cima|iso|voltaire)$",
    re.IGNORECASE,
)
_GRADE = re.compile(
    r"^(?:associate|professional|practitioner|foundations?|expert|advanced|intermediate|specialty|fundamentals|level|niveau)\b",
    re.IGNORECASE,
)
_MAX_WORDS = 22


def read_certifications(lines: Sequence[Line]) -> list[Certification]:
    """The certifications of a section, in the order of the CV; a line that only dates or issues one completes it."""
    found: list[Certification] = []
    for line in join_wrapped(lines):
        text = line.text
        if len(text.split()) > _MAX_WORDS or not any(c.isalpha() for c in text):
            if (period := find_period(text)) is not None and not without_period(text, period):
                _complete(found, date=period.end or period.start)
            continue
        period = find_period(text)
        when = (period.end or period.start) if period is not None else None
        rest = without_period(text, period) if period is not None else text
        if not rest or _ISSUERS.match(rest):
            _complete(found, date=when, issuer=rest or None)
            continue
        items = [rest]
        if when is None and not line.bullet and rest.count(",") >= 2:
            items = [item.strip() for item in rest.split(",")]
        found.extend(_certification(item, when) for item in items if item)
    return found


def _complete(found: list[Certification], *, date: str | None = None, issuer: str | None = None) -> None:
    if found:
        last = found[-1]
        found[-1] = last.model_copy(update={"date": last.date or date, "issuer": last.issuer or issuer})


def _certification(text: str, when: str | None) -> Certification:
    issuer: str | None = None
    if match := _ISSUER_LABEL.search(text):
        issuer = match["issuer"].strip()
        text = (text[: match.start()] + text[match.end() :]).strip(" ,()")
    parts = [part.strip() for part in _SPLIT.split(text) if part.strip(" ,;:")]
    if len(parts) == 1 and ", " in parts[0]:
        parts = [part.strip() for part in parts[0].split(", ")]
        if len(parts) > 2 or len(parts[1].split()) > 8 or not parts[1][:1].isupper() or title_score(parts[1]) >= 2:
            parts = [", ".join(parts)]
    while len(parts) > 1 and _GRADE.match(parts[1]):
        # "… Solutions Architect – Associate" is one name.
        parts[:2] = [f"{parts[0]} - {parts[1]}"]
    if len(parts) > 1:
        known = next((part for part in parts[1:] if _ISSUERS.match(part)), None) or (
            parts[0] if _ISSUERS.match(parts[0]) else None
        )
        issuer = issuer or known or next((part for part in parts[1:] if not is_place(part)), None)
        parts = [part for part in parts if part != issuer] or parts
    bracket = re.search(r"\s*\(([^()]+)\)\s*$", parts[0])
    if issuer is None and bracket and _ISSUERS.match(bracket.group(1).strip()):
        issuer, parts[0] = bracket.group(1).strip(), parts[0][: bracket.start()]
    return Certification(name=parts[0].strip(" ,;:-–"), issuer=issuer, date=when)
