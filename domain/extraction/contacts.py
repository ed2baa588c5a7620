"""How to reach the person: e-mail, links, postal address."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from domain.extraction.lines import Line
from domain.extraction.places import is_place, split_city

_EMAIL = re.compile(r"(?<![\w.+%-])[\w+%-](?:[\w.+%-]{0,62}[\w+%-])?@(?:[\w-]{1,63}\.){1,8}[a-zA-Z]{2,24}(?![\w@-])")
_BROKEN_LOCAL = re.compile(r"[\w+%][\w.+%-]{0,62}[.\-_+]")
"""The first half of an address that a narrow column broke after a mark."""
_SPELT_AT = re.compile(r"\s*[\[({]\s*(?:at|arobase|@)\s*[\])}]\s*", re.IGNORECASE)
_LINK = re.compile(
    r"(?<![\w@./-])(?:https?://[^\s<>()\[\]|,;\"']+|(?:www\.|(?:[\w-]{1,63}\.){0,3}(?:linkedin|github|gitlab|behance|dribbble|"
    r"medium|stackoverflow|kaggle|malt|viadeo|xing|bitbucket|notion|wixsite|youtube|twitter|instagram|dev)\.)[^\s<>()\[\]|,;\"'@]+|"
    r"(?:[a-z0-9-]{1,63}\.){1,3}(?:fr|com|org|net|io|dev|me|eu|tech|info|be|ch|ca|uk|example)(?:/[^\s<>()\[\]|,;\"'@]*)?(?![\w@.-]))",
    re.IGNORECASE,
)
_STREET = re.compile(
    r"\b\d{1,4}\s?(?:bis|ter|quater|[a-d])?\s*,?\s+(?:rue|avenue|av\.?|boulevard|bd\.?|bld|place|pl\.|all[ée]es?|chemin|impasse|quai|"
    r"route|cours|square|passage|faubourg|r[ée]sidence|lotissement|sentier|villa|cit[ée]|esplanade|voie|mail|rond-point|ruelle|mont[ée]e)\b"
    r"|\b\d{1,5}[a-z]?\s+(?:[A-Z][\w'’.-]*\s+){1,4}(?:street|st\.?|road|rd\.?|avenue|ave\.?|lane|ln\.?|drive|dr\.?|court|ct\.?|"
    r"boulevard|blvd\.?|way|terrace|place|close|crescent|gardens|square|row|hill|grove|mews)(?:\b|(?=,))",
    re.IGNORECASE,
)
_POSTAL_CITY = re.compile(r"(?<![\d/.-])(\d{5})\s+([A-ZÀ-Þ][a-zA-ZÀ-ÿ'’-]+(?:[ -][a-zA-ZÀ-ÿ'’-]+){0,4})")
_ADDRESS_LABEL = re.compile(
    r"^(?:adresse(?:\s+postale)?|address|domicile|ville|city|location|localisation|lieu(?:\s+de\s+r[ée]sidence)?|r[ée]sidence|based\s+in|"
    r"bas[ée]e?\s+[àa]|habite\s+[àa])\s*:?\s*",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\s*[|•·\t]\s*|\s+[–—-]\s+|\s+/\s+")
_BROKEN_ADDRESS = re.compile(r"(?:\b\d{5}|,)$")
_MAX_LINE = 500


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address as far as the CV gives it."""

    address: str | None = None
    city: str | None = None
    country: str | None = None


def find_email(lines: Sequence[Line]) -> str | None:
    """The first e-mail address; what layout put into it is tolerated: spaces around its @, a line end, "[at]"."""
    texts = [line.text for line in lines if len(line.text) <= _MAX_LINE]
    for number, text in enumerate(texts):
        if match := _EMAIL.search(text):
            above = texts[number - 1] if number else ""
            if match.start() == 0 and _BROKEN_LOCAL.fullmatch(above) and "@" not in above:
                return above + match.group()
            return match.group()
    for above, below in pairwise([*texts, ""]):
        for text in (above, f"{above.split()[-1]}{below.split()[0]}" if above and below else ""):
            if "@" in text or _SPELT_AT.search(text):
                match = _EMAIL.search(_SPELT_AT.sub("@", re.sub(r"\s*@\s*", "@", text)))
                if match:
                    return match.group()
    return None


def find_links(lines: Sequence[Line]) -> list[str]:
    """Web addresses of the person, as written, without repeats."""
    links: list[str] = []
    for line in lines:
        if len(line.text) > 4 * _MAX_LINE:
            continue
        for match in _LINK.finditer(_EMAIL.sub(" ", line.text)):
            link = match.group().rstrip(".:/") if match.group().count("/") <= 3 else match.group().rstrip(".:")
            if link not in links and "." in link:
                links.append(link)
    return links


def find_address(lines: Sequence[Line]) -> Address:
    """Street, town and country from the contact lines of a CV."""
    street: str | None = None
    city: str | None = None
    country: str | None = None
    for line in _join_addresses(lines):
        if len(line.text) > _MAX_LINE:
            continue
        for part in _PARTS.split(line.text):
            labelled = _ADDRESS_LABEL.match(part)
            text = part[labelled.end() :].strip() if labelled else part.strip()
            if not text or "@" in text:
                continue
            if street is None and _STREET.search(text):
                street = text
            if city is None and (match := _POSTAL_CITY.search(text)):
                city, found = split_city(match.group())
                country = country or found
            if is_place(text) or labelled or text is street:
                found_city, found_country = split_city(text)
                if (
                    city is None
                    and found_city is None
                    and labelled
                    and not street
                    and 2 <= len(text) <= 40
                    and not any(c.isdigit() for c in text)
                ):
                    found_city = re.split(r"\s*[,(]", text)[0]
                city = city or found_city
                country = country or found_country
    return Address(street, city, country)


def _join_addresses(lines: Sequence[Line]) -> list[Line]:
    """The lines with an address broken after its postal code or a comma put back together."""
    joined: list[Line] = []
    for line in lines:
        above = joined[-1].text if joined else ""
        if _BROKEN_ADDRESS.search(above) and _STREET.search(above) and line.text[0].isalpha() and "@" not in line.text:
            joined[-1] = replace(joined[-1], text=f"{above} {line.text}")
        else:
            joined.append(line)
    return joined
