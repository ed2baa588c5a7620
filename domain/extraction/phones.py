"""Telephone numbers as CVs write them, in E.164."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import phonenumbers

from domain.extraction.lines import Line

_SLASHED_PAIRS = re.compile(r"(?<=\d\d)/(?=\d\d)")
_LABEL = re.compile(r"\b(?:t[ée]l(?:[ée]phone)?|phone|mobile|portable|port|cell|gsm|mob|contact)\b", re.IGNORECASE)
_FAX = re.compile(r"\b(?:fax|t[ée]l[ée]copie)\b[\s.:|–-]*$", re.IGNORECASE)
_DATES = re.compile(r"\(?(?:19|20)\d\d\s*[-–/]\s*(?:19|20)\d\d\)?|\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d")
_MAX_LINE = 500
# Forms that belong to one country whatever the language of the CV; the countries listed write their own alike.
_FORMS = (
    (re.compile(r"(?:\(\d{3}\)\s?\d{3}[-. ]\d{4}|\d{3}([-.])\d{3}\1\d{4})"), "US", ("US", "CA")),
    (re.compile(r"0[1-79](?:[ .-]?\d\d){4}"), "FR", ("FR", "MA", "CI", "SN")),
    (re.compile(r"07\d{3} ?\d{3} ?\d{3}"), "GB", ("GB",)),
)
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


def normalise_phone(text: str, region: str = "FR") -> Phone | None:
    """The first telephone number of a text; numbers without a country code are read as of `region` (ISO 3166).

    >>> normalise_phone("Tél. : 06 39 98 12 34").e164
    '+33639981234'
    """
    if len(text) > _MAX_LINE:
        return None
    # The library reads "06/39/98/12/34" as dates; the replacement keeps every offset.
    readable = _SLASHED_PAIRS.sub(" ", text) if re.search(r"\b0\d(?:/\d\d){4}\b", text) else text
    labelled = _LABEL.search(text) is not None
    possible: Phone | None = None
    for match in phonenumbers.PhoneNumberMatcher(
        readable, region, leniency=phonenumbers.Leniency.POSSIBLE, max_tries=50
    ):
        written = text[match.start : match.end].strip()
        digits = sum(c.isdigit() for c in written)
        if not 8 <= digits <= 16 or _DATES.fullmatch(written) or _FAX.search(text[: match.start]):
            continue
        number = _read_again(written, region) or match.number
        phone = Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), written)
        if phonenumbers.is_valid_number(number):
            return phone
        # Numbers set aside for fiction or newly opened are possible without being listed as valid.
        if possible is None and (labelled or written[0] in "+(0"):
            possible = phone
    return possible or _foreign(text, region)


def _read_again(written: str, region: str) -> phonenumbers.PhoneNumber | None:
    """The number as of the country whose form it has, when the CV seems to be from another."""
    country = next((home for form, home, alike in _FORMS if form.fullmatch(written) and region not in alike), None)
    return phonenumbers.parse(written, country) if country else None


def _foreign(text: str, region: str) -> Phone | None:
    """A number in a form that the country of the CV does not have at all."""
    for form, _, _ in _FORMS:
        match = re.search(rf"(?<![\d+]){form.pattern}(?!\d)", text)
        number = _read_again(match.group(), region) if match else None
        if match and number is not None:
            return Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), match.group())
    return None


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
