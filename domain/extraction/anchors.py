"""The lines that date the entries of a section."""

import re
from collections.abc import Mapping, Sequence

from domain.extraction.dates import Period, find_period, without_period
from domain.extraction.header_rules import HeaderRules
from domain.extraction.lines import COLUMN, Line

_MAX_WORDS = 24
_SENTENCE_WORDS = 6
_HEAD_WORDS = 14
_SENTENCE_END = re.compile(r"(?<!\b[A-Z])(?<!\binc)(?<!\bltd)(?<!\bco)(?<!\bcorp)(?<!\bst)[.;!?]$", re.IGNORECASE)
_EARNED = re.compile(r"obtenue?s?|valid[ée]e?s?|dipl[ôo]m[ée]e?|graduated|awarded", re.IGNORECASE)
_MARKS_BEFORE = frozenset("(,:;|–—-·•/[")
_MARKS_AFTER = frozenset("),:;|–—-·•/]")


def ends_sentence(text: str) -> bool:
    """Whether a text ends as a sentence does; "Acme Inc." is none."""
    return _SENTENCE_END.search(text) is not None


def find_anchors(lines: Sequence[Line], rules: HeaderRules) -> dict[int, Period]:
    """The lines that date an entry, with their periods. Bullets do so only where no other line does."""
    found: dict[int, Period] = {}
    for number, line in enumerate(lines):
        period = find_period(line.text)
        if period is not None and _dates_an_entry(line.text, period, rules):
            found[number] = period
    found |= _in_the_same_place(lines, found, rules)
    chosen = {number: period for number, period in found.items() if not lines[number].bullet} or found
    if len(chosen) < len(found):
        chosen |= _posts_in_bullets(lines, found, chosen, rules)
    # A single date next to a line with a period details that period.
    ranges = {number for number, period in chosen.items() if not period.single}
    return {
        number: period
        for number, period in chosen.items()
        if not (period.single and ranges & {number - 1, number + 1} and not without_period(lines[number].text, period))
    }


def _in_the_same_place(lines: Sequence[Line], found: Mapping[int, Period], rules: HeaderRules) -> dict[int, Period]:
    """ "2021 Réanimation" above "IFSI de Dax", where others are "2018 Licence …": known by its school alone."""
    in_front = all(period.begin == 0 for period in found.values())
    if not in_front or not any(_is_year_before_name(lines[at].text, period) for at, period in found.items()):
        return {}
    return {
        number: period
        for number, line in enumerate(lines)
        if number not in found and not line.bullet and (period := find_period(line.text)) is not None
        if _is_year_before_name(line.text, period) and _is_above_organisation(lines, number, rules)
    }


def _is_above_organisation(lines: Sequence[Line], number: int, rules: HeaderRules) -> bool:
    below = lines[number + 1].text if number + 1 < len(lines) else ""
    return bool(below) and find_period(below) is None and rules.is_organisation(below)


def _is_year_before_name(text: str, period: Period) -> bool:
    after = text[period.stop :]
    return (
        period.single
        and period.begin == 0
        and after[:1] == " "
        and after[1:2].isupper()
        and len(after.split()) <= _HEAD_WORDS
        and not ends_sentence(text)
    )


def _posts_in_bullets(
    lines: Sequence[Line], found: Mapping[int, Period], chosen: Mapping[int, Period], rules: HeaderRules
) -> dict[int, Period]:
    """ "Acme, 2014 - 2020" above "- Director (2018 - 2020)": bullets that date positions at the employer above them."""
    posts: dict[int, Period] = {}
    above = -1
    for number, period in sorted(found.items()):
        if number in chosen:
            rest = without_period(lines[number].text, period)
            above = -1 if period.single or not rest or not rules.may_employ(rest) else number
        elif (above + 1 == number or above in posts) and not period.single and above >= 0:
            rest = without_period(lines[number].text, period)
            posts.update({number: period} if rules.is_post(rest) else {})
            above = number if number in posts else above
    return posts


def _dates_an_entry(text: str, period: Period, rules: HeaderRules) -> bool:
    rest = without_period(text, period)
    words = rest.split()
    in_margin = period.begin == 0 and (not period.single or COLUMN in text[: period.stop + 2])
    is_sentence = period.stop < len(text) and ends_sentence(text) and len(words) > _SENTENCE_WORDS
    if len(words) > _MAX_WORDS or (is_sentence and not in_margin):
        return False
    before, after = text[: period.begin].strip(" \t(["), text[period.stop :].strip(" \t)]")
    mark = text[: period.begin].strip()[-1:]
    if before and after and period.single and text[: period.begin].endswith(COLUMN) and text[period.stop] == COLUMN:
        # "B.Com⇥Anna University⇥2017⇥81 %": a cell of its own.
        return True
    if before and after and period.single:
        # "BTS Tourisme, 2014, Lycée Vial"
        if not is_sentence and rules.is_post(before) and rules.is_organisation(after):
            return True
        apart = mark in _MARKS_BEFORE or _EARNED.match(text, period.begin) is not None
        return not is_sentence and apart and text[period.stop :].lstrip()[0] in _MARKS_AFTER and rules.is_post(before)
    if before and after:
        return mark in _MARKS_BEFORE or after[0] in _MARKS_AFTER or COLUMN in text
    if not period.single or not rest:
        return True
    # A single date counts only where it stands apart: "2019 : Stage", "Master (2019)", "Master, 2019".
    if COLUMN in text[max(0, period.begin - 2) : period.stop + 2]:
        return True
    if not is_sentence and len(words) <= _HEAD_WORDS and rules.is_post(rest):
        # "2012 Licence pro Gestion", "BTS Tourisme 2014"
        return True
    if before:
        return mark in _MARKS_BEFORE
    return text[period.stop - 1] in _MARKS_AFTER or text[period.stop :].lstrip()[:1] in _MARKS_AFTER
