"""Telephone numbers as CVs write them, in E.164."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import phonenumbers

from domain.extraction.lines import Line

_SLASHED_PAIRS = re.compile(r"(?<=\d\d)/(?=\d\d)")
_SLASHED = re.compile(r"\b0\d(?:/\d\d){4}\b")
_DOTTED_PAIRS = re.compile(r"(?<=\d)[•·_⋅∙](?=\d)")
_LABEL = re.compile(r"\b(?:t[ée]l(?:[ée]phone)?|phone|mobile|portable|port|cell|gsm|mob|contact)\b", re.IGNORECASE)
_FAX = re.compile(r"\b(?:fax|t[ée]l[ée]copie)\b[\s.:|–-]*$", re.IGNORECASE)
_DATES = re.compile(r"\(?(?:19|20)\d\d\s*[-–/]\s*(?:19|20)\d\d\)?|\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d")
_DIGITS_ONLY = re.compile(
    r"(?:t[ée]l(?:[ée]phone)?|phone|mobile|portable)?[\s.:]*[+\d(][\d\s.()-]{1,20}", re.IGNORECASE
)
_MAX_LINE = 500
# Forms that leave no doubt where a number begins and ends, as of one country; those listed write their own alike.
_FORMS = (
    (re.compile(r"(?<![\d+])(?:\(\d{3}\)\s?\d{3}[-. ]\d{4}|\d{3}([-.])\d{3}\1\d{4})(?!\d)"), "US", ("US", "CA")),
    (re.compile(r"(?<![\d+])0[1-79]([ .-]?)\d\d(?:\1\d\d){3}(?!\d)"), "FR", ("FR", "MA", "CI", "SN")),
    (
        re.compile(r"(?<![\d+])(?:\+|00)?33[ .-]?(?:\(0\)[ .-]?|0)?[1-79]([ .-]?)\d\d(?:\1\d\d){3}(?!\d)"),
        "FR",
        (),
    ),
    (
        re.compile(
            r"(?<![\d+])0(?:7\d{3} ?\d{3} ?\d{3}|20 ?\d{4} ?\d{4}|1\d\d ?\d{3} ?\d{4}|1\d{3} ?\d{3} ?\d{3})(?!\d)"
        ),
        "GB",
        ("GB",),
    ),
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


@dataclass(frozen=True, slots=True)
class _Found:
    """A number and where it begins."""

    start: int
    phone: Phone


def normalise_phone(text: str, region: str = "FR") -> Phone | None:
    """The first telephone number of a text; numbers without a country code are read as of `region` (ISO 3166).

    >>> normalise_phone("Tél. : 06 39 98 12 34").e164
    '+33639981234'
    """
    if len(text) > _MAX_LINE:
        return None
    # Every replacement keeps the offsets. The library reads "06/39/98/12/34" as dates.
    readable = _DOTTED_PAIRS.sub(" ", _SLASHED_PAIRS.sub(" ", text) if _SLASHED.search(text) else text)
    found = [*_in_known_forms(readable, text, region), *_in_any_form(readable, text, region)]
    return min(found, key=lambda item: item.start).phone if found else None


def _in_known_forms(readable: str, text: str, region: str) -> Iterator[_Found]:
    """The first number of each country's own form, whatever digits stand before and after it."""
    for form, home, alike in _FORMS:
        for match in form.finditer(readable):
            if _FAX.search(text[: match.start()]):
                continue
            digits = f"+{match.group()}" if match.group().startswith("33") else match.group()
            number = phonenumbers.parse(digits, region if region in alike else home)
            yield _Found(match.start(), Phone(_e164(number), text[match.start() : match.end()]))
            break


def _in_any_form(readable: str, text: str, region: str) -> Iterator[_Found]:
    """The first number that the library takes for valid, or else for possible."""
    labelled = _LABEL.search(text) is not None
    possible: _Found | None = None
    for match in phonenumbers.PhoneNumberMatcher(
        readable, region, leniency=phonenumbers.Leniency.POSSIBLE, max_tries=50
    ):
        written = text[match.start : match.end].strip()
        digits = sum(c.isdigit() for c in written)
        if not 8 <= digits <= 16 or _DATES.fullmatch(written) or _FAX.search(text[: match.start]):
            continue
        found = _Found(match.start, Phone(_e164(match.number), written))
        if phonenumbers.is_valid_number(match.number):
            yield found
            return
        # Numbers set aside for fiction or newly opened are possible without being listed as valid.
        if possible is None and (labelled or written[0] in "+(0"):
            possible = found
    if possible is not None:
        yield possible


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def find_phone(lines: Sequence[Line], region: str) -> Phone | None:
    """The first telephone number of a CV, in one line or broken over two by a narrow column."""
    for line in lines:
        if (phone := normalise_phone(line.text, region)) is not None:
            return phone
    for above, below in pairwise(lines):
        if _DIGITS_ONLY.fullmatch(above.text) and _DIGITS_ONLY.fullmatch(below.text):
            phone = normalise_phone(f"{above.text} {below.text}", region)
            if phone is not None:
                return phone
    return None


def guess_region(folded_head: str, language: str) -> str:
    """The country whose national numbers a CV uses, from the places its folded head names, or else its language."""
    for region, names in _REGION_OF:
        if any(re.search(rf"\b{name}\b", folded_head) for name in names):
            return region
    return "FR" if language == "fr" else "GB"
