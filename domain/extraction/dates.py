"""Dates and periods as CVs write them, in French and English: "Sept. 2020 – Février 2021", "depuis 2019"."""

import re
from dataclasses import dataclass
from datetime import date

_MONTH_WORDS: dict[str, int] = {}
for _number, _names in enumerate(
    (
        "janvier janv jan january",
        "février fevrier févr fevr fév fev february feb",
        "mars mar march",
        "avril avr april apr",
        "mai may",
        "juin june jun",
        "juillet juil jul july",
        "août aout aou august aug",
        "septembre sept sep september",
        "octobre oct october",
        "novembre nov november",
        "décembre decembre déc dec december",
    ),
    start=1,
):
    _MONTH_WORDS.update(dict.fromkeys(_names.split(), _number))

_MONTH = r"(?:" + "|".join(sorted(_MONTH_WORDS, key=len, reverse=True)) + r")\b\.?"
_YEAR = r"(?:19[4-9]|20[0-6])\d"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_POINT = re.compile(
    rf"""(?<![\w./-])(?:
      (?P<iy>{_YEAR})[-/.](?P<im>0[1-9]|1[0-2])(?:[-/.](?P<id>{_DAY}))?(?![\d])
    | (?:(?P<wd>{_DAY})(?:er|st|nd|rd|th)?\s+(?:of\s+)?)?(?P<wm>{_MONTH}),?\s*(?:(?P<we>{_DAY})(?:st|nd|rd|th)?,?\s+)?
      (?:of\s+|de\s+)?(?P<wy>{_YEAR}|['’]\d\d)(?!\d)
    | (?:(?P<nd>{_DAY})[/.-])?(?P<nm>0?[1-9]|1[0-2])[/.-](?P<ny>{_YEAR})(?!\d)
    | (?:[QT](?P<qn>[1-4])|(?P<qt>[1-4])(?:er|e|ème|eme)?\s+trimestre)\s*[-/]?\s*(?P<qy>{_YEAR})(?!\d)
    | (?P<y>{_YEAR})(?!\d)
    )(?!\w|\s?[€%$£])""",
    re.IGNORECASE | re.VERBOSE,
)
# The end of "2019-2021" or "03/2019-2021" follows its dash without a space: found only right after a first point.
_POINT_AFTER = re.compile(_POINT.pattern.replace(r"(?<![\w./-])", "", 1), re.IGNORECASE | re.VERBOSE)
_SHORT_NUMERIC = re.compile(
    r"(?<![\d/.-])(0[1-9]|1[0-2])[/.](\d\d)\s*(?:[-–—→>]+|\b(?:à|a|au|to|until)\b)\s*"
    r"(?:(0[1-9]|1[0-2])[/.](\d\d)(?![\d/.]|\s?[€%$£h])|(?=\D))",
    re.IGNORECASE,
)
_SHORT_SINCE = re.compile(r"\b(?:depuis(?:\s+le)?|since|from)\s*:?\s*(0[1-9]|1[0-2])/(\d\d)(?![\d/])", re.IGNORECASE)
_SHORT_WORDS = re.compile(
    rf"(?<!\w)(?P<m>{_MONTH})[\s'’-]{{0,3}}(?P<y>\d\d)\s*(?:[-–—→/>]|\b(?:à|to)\b)\s*"
    rf"(?:(?P<n>{_MONTH})[\s'’-]{{0,3}}(?P<z>\d\d)(?!\w)|(?=[^\W\d]|[.…?]))",
    re.IGNORECASE,
)
_TO = r"\s*(?:[-–—/&]|\b(?:et|and|au|à|to)\b)\s*"
# "Sept.-déc. 2020", "1er au 31 juillet 2018": one year for both ends.
_WITHIN_YEAR = re.compile(
    rf"(?<![\w/])(?:(?P<m>{_MONTH}){_TO}(?P<n>{_MONTH})|(?P<d>{_DAY})(?:er)?{_TO}(?P<e>{_DAY})\s+(?P<o>{_MONTH}))\s*(?P<y>{_YEAR})(?!\w)",
    re.IGNORECASE,
)
_SHORT_YEARS = re.compile(r"(?<!\w)['’](\d\d)\s*[-–—/]\s*['’](\d\d)(?!\w)")
_OPEN_END = re.compile(r"\s*(?:[-–—=]*[>→➔➜]?\s*(?:\.{2,3}|…)|[-–—=]*[>→➔➜]|[-–—])\s*[)\]]?\s*$")
_UNKNOWN_END = re.compile(
    r"(?:\?{1,4}|20(?:\.{2,3}|xx|__|--|\?\?)|x{2,4}|_{2,4}|\.{2,4}|…)(?=\s*(?:$|[)\]|,;:\t]|\s[-–—]\s))", re.IGNORECASE
)
"""What some write for an end that is still to come ("2019 - ...", "2019 - ?", "2019 - 20..")."""
_SHORT_END_YEAR = re.compile(r"\s?[-–—/]\s?(\d\d)(?![\d/.-]|\s*(?:ans?|mois|months?|years?|%|h)\b)")
_PRESENT = re.compile(
    r"(?:(?:à|a|to|till|until|the|toujours|encore|still)\s+)*(?:(?:l['’]\s?heure\s+)?actuel(?:le(?:ment)?)?|aujourd['’]\s?hui|"
    r"auj\.?|(?:à\s+)?ce\s+jour|nos\s+jours|maintenant|to\s+date|pr[ée]sent(?:\s+(?:day|time))?|en\s+cours|en\s+poste|"
    r"en\s+activit[ée]|poste\s+actuel|date(?:\s+du\s+jour)?|now|current(?:ly|\s+(?:role|position|job|post))?|today|ongoing|"
    r"in\s+post|actual)\b",
    re.IGNORECASE,
)
_CURRENT_AFTER = re.compile(
    r"\s*[(\[,:;|-]*\s*(?:(?:toujours\s+|encore\s+)?en\s+(?:cours|poste|activit[ée])|poste\s+actuel|actuel(?:lement)?|current|"
    r"ongoing|(?:and\s+)?onwards?)\b\s*[)\]]?|\s?\+(?=[\s)\],;:]|$)",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"\s*(?:[-–—−→➔➜>~/·•=]+|\.{2,3}|…|\b(?:to|till|until|through|thru|and|et|jusqu['’]\s?(?:à|au|en|a)|au|à|a)\b(?:\s+le\b)?)\s*",
    re.IGNORECASE,
)
_SINCE = re.compile(
    r"(?:\b(?:actuellement|current(?:ly)?|aujourd['’]hui)\s*[,:–-]?\s*)?"
    r"(?:\bdepuis|\bsince|\b(?:à\s+(?:partir|compter|dater))(?=\s+d)|\bdès|\bfrom)"
    r"(?:\s+(?:le\s+mois\s+d(?:e|['’])|les?|la|l['’]|the|d(?:e|u|['’])))?\s*:?\s*$",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"(?:\b(?:du|de|le|en|in|from|entre|between|p[ée]riode|dates?|en\s+poste|ann[ée]es?|promotion|promo|class\s+of|graduated|"
    r"graduation|expected|(?:dipl[ôo]m[ée]e?|obtenue?|valid[ée]e?|pr[ée]vue?)(?:\s+en)?)\b|d['’])\s*:?\s*$",
    re.IGNORECASE,
)
_UNDATED_START = re.compile(rf"(?:(?P<d>{_DAY})(?:er|st|nd|rd|th)?\s+)?(?P<m>{_MONTH})$", re.IGNORECASE)
_ABOUT = (
    r"\b(?:[ée]t[ée]s?|hiver|automne|printemps|summer|winter|autumn|fall|spring|saisons?|seasons?|fin|d[ée]but|mi|milieu|"
    r"courant|rentr[ée]e|early|late|mid|end\s+of|beginning\s+of|(?:ann[ée]es?|years?)"
    r"(?:\s+(?:scolaires?|universitaires?))?|(?:school|academic)\s+years?)"
)
_SEASON = re.compile(rf"{_ABOUT}\s*$", re.IGNORECASE)
"""Which part of a year is meant: "fin 2019", "l'été 2020"."""
_ABOUT_NEXT = re.compile(rf"{_ABOUT}\s+", re.IGNORECASE)
_HYPHENATED = re.compile(rf"\b(mi|mid|fin|d[ée]but|early|late)-(?={_YEAR}|{_MONTH})", re.IGNORECASE)
_PRESENT_BEFORE = re.compile(rf"(?<!\w){_PRESENT.pattern}\s*(?:[-–—/>→]+|\b(?:à|to)\b)\s*$", re.IGNORECASE)
_LONGEST_PRESENT = 40
_LENGTH = (
    r"(?:(?:environ|env\.|soit|about|durée\s*:?)\s*)?\d{1,2}(?:[.,]\d)?\s*(?:ans?|années?|mois|semaines?|jours?|"
    r"years?|yrs?|months?|mos?|mths?|weeks?)\b\.?"
)
_DURATION = rf"{_LENGTH}(?:\s*(?:,|et|and|&)?\s*{_LENGTH})?(?:\s+et\s+demi)?"
_DURATION_AFTER = re.compile(rf"\s*[-–—·•,:|]?\s*[(\[]?\s*{_DURATION}\s*[)\]]?", re.IGNORECASE)
_INCLUDED = re.compile(r"\s*\(?(?:inclus|inclusive|included)\b\)?", re.IGNORECASE)
_DURATION_BEFORE = re.compile(rf"(?<!\w){_DURATION}\s+(?:en|in)\s*$", re.IGNORECASE)
_DURATION_ONLY = re.compile(rf"[(\[]?\s*{_DURATION}\s*[)\]]?", re.IGNORECASE)

_LONGEST_MONTH = 14
_MONTH_AT_END = re.compile(rf"(?<!\w){_MONTH}$", re.IGNORECASE)
_YEAR_IN_FRONT = re.compile(rf"{_YEAR}(?![\w/.])")
MAX_LINE = 400
"""Lines longer than this are prose: no period is looked for in them."""


@dataclass(frozen=True, slots=True)
class Period:
    """A period or a single date found in a line, at `text[begin:stop]`; `single` when the CV gives one date only."""

    start: str | None
    end: str | None
    is_current: bool
    single: bool
    begin: int
    stop: int


@dataclass(frozen=True, slots=True)
class _Point:
    value: str
    begin: int
    stop: int


def find_period(text: str) -> Period | None:
    """The first period of a line ("2019 - 2021", "depuis 2019"), or else its first single date; None without a date.

    >>> find_period("Avril 2023 - Avril 2024 (1 an)").end
    '2024-04'
    """
    if len(text) > MAX_LINE:
        return None
    text = _HYPHENATED.sub(r"\1 ", text)
    if (short := _SHORT_NUMERIC.search(text)) and (period := _short_numeric(text, short)):
        return period
    if since := _SHORT_SINCE.search(text):
        start = partial(_year("'" + since.group(2)), int(since.group(1)))
        return _whole(text, start, None, True, since.start(), since.end())
    if (spelt := _SHORT_WORDS.search(text)) and (period := _short_words(text, spelt)):
        return period
    if years := _SHORT_YEARS.search(text):
        first_year, last_year = (partial(_year("'" + years[number])) for number in (1, 2))
        return _whole(text, first_year, last_year, False, years.start(), years.end())
    if within := _WITHIN_YEAR.search(text):
        return _within_year(text, within)
    first: Period | None = None
    position = 0
    while match := _POINT.search(text, position):
        period = _period_at(text, match)
        if period is not None and not period.single:
            return period
        first = first or period
        position = max(period.stop if period else match.end(), match.end())
    return first


def without_period(text: str, period: Period) -> str:
    """The line without its date, its brackets and separators; a tab stands where a date was in the middle."""
    before = text[: period.begin].rstrip(" \t|([,;:–—-·•/")
    after = text[period.stop :].lstrip(" \t|)],;:–—-·•/.")
    if before.count("(") > before.count(")"):
        before += ")"
    return f"{before}\t{after}" if before and after else before or after


def is_duration(text: str) -> bool:
    """A length of time and nothing else ("2 ans 3 mois")."""
    return len(text) <= MAX_LINE and _DURATION_ONLY.fullmatch(text.strip()) is not None


def is_present(text: str) -> bool:
    """A word for today and nothing else ("à ce jour", "Present")."""
    return len(text) <= MAX_LINE and _PRESENT.fullmatch(text.strip(" ().")) is not None


def breaks_in_date(above: str, below: str) -> bool:
    """Whether a line end stands between a month and its year ("mars 2019 - septembre" above "2021")."""
    return _MONTH_AT_END.search(above[-_LONGEST_MONTH:]) is not None and _YEAR_IN_FRONT.match(below) is not None


def partial(year: int, month: int | None = None, day: int | None = None) -> str:
    """A partial date; a day that the month does not have is left out."""
    if month is None:
        return f"{year:04d}"
    if day is not None:
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            pass
    return f"{year:04d}-{month:02d}"


def _point(match: re.Match[str], *, end: bool = False) -> _Point:
    """The date of a match; a quarter is its first month, or its last at the `end` of a period."""
    part = match.groupdict()
    if part["iy"]:
        value = partial(int(part["iy"]), int(part["im"]), _int(part["id"]))
    elif part["wm"]:
        value = partial(_year(part["wy"]), _month(part["wm"]), _int(part["wd"]) or _int(part["we"]))
    elif part["ny"]:
        value = partial(int(part["ny"]), int(part["nm"]), _int(part["nd"]))
    elif part["qy"]:
        quarter = int(part["qn"] or part["qt"])
        value = partial(int(part["qy"]), quarter * 3 if end else quarter * 3 - 2)
    else:
        value = partial(int(part["y"]))
    return _Point(value, match.start(), match.end())


def _period_at(text: str, match: re.Match[str]) -> Period | None:
    """The period whose first dated point is at `match`: a range, an open start, or this single date."""
    point = _point(match)
    before = text[: point.begin]
    season = _SEASON.search(before)
    begin = season.start() if season else point.begin
    if separator := _SEPARATOR.match(text, point.stop):
        if present := _PRESENT.match(text, separator.end()):
            return _whole(text, point.value, None, True, begin, present.end())
        if unknown := _UNKNOWN_END.match(text, separator.end()):
            return _whole(text, point.value, None, True, begin, unknown.end())
        following = _POINT_AFTER.match(text, _skip_season(text, separator.end()))
        if following is not None:
            end = _point(following, end=True)
            start, last = point.value, end.value
            if last < start[: len(last)]:
                # The newer end first.
                start, last = last, start
            return _whole(text, start, last, False, begin, end.stop)
    if len(point.value) == 4 and (short := _SHORT_END_YEAR.match(text, point.stop)):
        year = int(point.value[:2] + short.group(1))
        if int(point.value) < year <= int(point.value) + 30:
            return _whole(text, point.value, str(year), False, begin, short.end())
    if since := _SINCE.search(before[:begin]):
        return _whole(text, point.value, None, True, since.start(), point.stop)
    since_present = _PRESENT_BEFORE.search(before[:begin][-_LONGEST_PRESENT:])
    if since_present:
        present_begin = max(0, begin - _LONGEST_PRESENT) + since_present.start()
        return _whole(text, point.value, None, True, present_begin, point.stop)
    if current := _CURRENT_AFTER.match(text, point.stop) or _OPEN_END.match(text, point.stop):
        return _whole(text, point.value, None, True, begin, current.end())
    undated = _undated_start(before, point)
    if undated is not None:
        return _whole(text, undated.value, point.value, False, undated.begin, point.stop)
    return _whole(text, point.value, None, False, begin, point.stop, single=True)


def _short_words(text: str, match: re.Match[str]) -> Period | None:
    """ "nov. 18 - mars 19", "Apr-18 – to date"."""
    start = _end(match, "m", "y")
    if match["n"]:
        return _whole(text, start, _end(match, "n", "z"), False, match.start(), match.end())
    if present := _PRESENT.match(text, match.end()) or _UNKNOWN_END.match(text, match.end()):
        return _whole(text, start, None, True, match.start(), present.end())
    return None


def _end(match: re.Match[str], month: str, year: str) -> str:
    return partial(_year("'" + match[year]), _month(match[month]))


def _within_year(text: str, match: re.Match[str]) -> Period:
    year = int(match["y"])
    if match["o"]:
        month = _month(match["o"])
        start, end = partial(year, month, int(match["d"])), partial(year, month, int(match["e"]))
    else:
        first, last = _month(match["m"]), _month(match["n"])
        start, end = partial(year - (first > last), first), partial(year, last)
    return _whole(text, start, end, False, match.start(), match.end())


def _undated_start(before: str, end: _Point) -> _Point | None:
    """The start of "juin à août 2021", which takes the year of its end."""
    for separator in _SEPARATOR.finditer(before):
        if separator.end() != len(before):
            continue
        match = _UNDATED_START.search(before[: separator.start()])
        if match is not None and len(end.value) > 4:
            year, month = int(end.value[:4]), _month(match["m"])
            if month > int(end.value[5:7]):
                year -= 1
            return _Point(partial(year, month, _int(match["d"])), match.start(), len(before))
    return None


def _skip_season(text: str, position: int) -> int:
    match = _ABOUT_NEXT.match(text, position)
    return match.end() if match else position


def _short_numeric(text: str, match: re.Match[str]) -> Period | None:
    """ "01/20 - 03/22": two-digit years are read only where both sides have that form or the end is the present."""
    start = partial(_year("'" + match.group(2)), int(match.group(1)))
    if match.group(3):
        end = partial(_year("'" + match.group(4)), int(match.group(3)))
        return _whole(text, start, end, False, match.start(), match.end())
    if present := _PRESENT.match(text, match.end()) or _UNKNOWN_END.match(text, match.end()):
        return _whole(text, start, None, True, match.start(), present.end())
    return None


def _whole(
    text: str, start: str, end: str | None, is_current: bool, begin: int, stop: int, *, single: bool = False
) -> Period:
    """The period with the words around it that belong to it: "du …", "(1 an)", brackets."""
    if lead := _DURATION_BEFORE.search(text[:begin]) or _LEAD.search(text[:begin]):
        begin = lead.start()
    if length := _DURATION_AFTER.match(text, stop) or _INCLUDED.match(text, stop):
        stop = length.end()
    return Period(start, end, is_current, single, begin, stop)


def _int(text: str | None) -> int | None:
    return int(text) if text else None


def _month(word: str) -> int:
    return _MONTH_WORDS[word.rstrip(".").lower()]


def _year(text: str) -> int:
    if text[0] not in "'’":
        return int(text)
    short = int(text[1:])
    return (1900 if short > 60 else 2000) + short
