"""How to reach the person: e-mail, telephone, links, postal address."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import phonenumbers

from domain.extraction.lines import Line
from domain.extraction.places import is_place, split_city

_EMAIL = re.compile(r"(?<![\w.+%-])[\w+%-](?:[\w.+%-]{0,62}[\w+%-])?@(?:[\w-]{1,63}\.){1,8}[a-zA-Z]{2,24}(?![\w@-])")
_SLASHED_PAIRS = re.compile(r"(?<=\d\d)/(?=\d\d)")
_PHONE_LABEL = re.compile(r"\b(?:t[ée]l(?:[ée]phone)?|phone|mobile|portable|cell|gsm|mob|contact)\b", re.IGNORECASE)
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
_REGION_OF = (
    ("BE", ("belgique", "belgium", "bruxelles", "brussels", "liege", "namur")),
    ("CH", ("suisse", "switzerland", "geneve", "lausanne", "zurich")),
    ("CA", ("canada", "montreal", "quebec", "toronto", "vancouver", "ottawa")),
    (
        "US",
        ("united states", "usa", "new york", "san francisco", "boston", "chicago", "seattle", "austin", "los angeles"),
    ),
    (
        "GB",
        (
            "united kingdom",
            "uk",
            "england",
            "london",
            "manchester",
            "birmingham",
            "leeds",
            "bristol",
            "edinburgh",
            "glasgow",
        ),
    ),
    ("IE", ("ireland", "irlande", "dublin", "cork", "galway")),
    ("FR", ("france", "paris", "lyon", "marseille", "toulouse", "nantes", "bordeaux", "lille")),
    ("MA", ("maroc", "morocco", "casablanca", "rabat")),
    ("DE", ("germany", "allemagne", "berlin", "munich", "hamburg")),
)


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number in E.164 and in the CV's own form."""

    e164: str
    as_written: str


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address as far as the CV gives it."""

    address: str | None = None
    city: str | None = None
    country: str | None = None


def find_email(lines: Sequence[Line]) -> str | None:
    """The first e-mail address; white space that layout put around its @ is tolerated."""
    for line in lines:
        if match := _EMAIL.search(line.text):
            return match.group()
    for line in lines:
        if (
            line.text.count("@") == 1
            and len(line.text) <= _MAX_LINE
            and (match := _EMAIL.search(re.sub(r"\s*@\s*", "@", line.text)))
        ):
            return match.group()
    return None


def normalise_phone(text: str, region: str = "FR") -> Phone | None:
    """The first telephone number of a text; numbers without a country code are read as of `region` (ISO 3166).

    >>> normalise_phone("Tél. : 06 39 98 12 34").e164
    '+33639981234'
    """
    if len(text) > _MAX_LINE:
        return None
    # The library reads "06/39/98/12/34" as dates; the replacement keeps every offset.
    readable = _SLASHED_PAIRS.sub(" ", text) if re.search(r"\b0\d(?:/\d\d){4}\b", text) else text
    labelled = _PHONE_LABEL.search(text) is not None
    possible: Phone | None = None
    for match in phonenumbers.PhoneNumberMatcher(
        readable, region, leniency=phonenumbers.Leniency.POSSIBLE, max_tries=50
    ):
        written = text[match.start : match.end].strip()
        digits = sum(c.isdigit() for c in written)
        if not 8 <= digits <= 16:
            continue
        phone = Phone(phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164), written)
        if phonenumbers.is_valid_number(match.number):
            return phone
        # Numbers set aside for fiction or newly opened are possible without being listed as valid.
        if possible is None and (labelled or written[0] in "+(0"):
            possible = phone
    return possible


def find_phone(lines: Sequence[Line], region: str) -> Phone | None:
    """The first telephone number of a CV."""
    for line in lines:
        if (phone := normalise_phone(line.text, region)) is not None:
            return phone
    return None


def guess_region(folded_head: str, language: str) -> str:
    """The country whose national numbers a CV uses, from the places its folded head names, or else its language."""
    for region, names in _REGION_OF:
        if any(re.search(rf"\b{name}\b", folded_head) for name in names):
            return region
    return "FR" if language == "fr" else "GB"


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
