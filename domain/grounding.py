"""Grounding: what a profile says about people and organisations must stand in the text that it was read from."""

import re

from domain.cv import CvProfile
from domain.text import fold

_BETWEEN_DIGITS = r"[\W_]{0,4}"
_GROUP = re.compile(r"\d+")
_LONGEST_LEAD = 24
_LONGEST_GAP = 4
"""Characters before the last digits of a number that can belong to it, and between two groups of its digits."""
_AT = r"(?:@|[\[({]\s?(?:at|arobase|@)\s?[\])}])"
_NON_DIGITS = re.compile(r"\D+")
_NON_WORDS = re.compile(r"[^\w@]+")
_NATIONAL_DIGITS = 8
"""The last digits that two forms of one number share: country codes and a leading 0 differ before them."""


_NEAR = 80
"""Characters around the first word of a name in which its other words are looked for."""

_MAX_EMAIL = 254
"""What mail servers accept. Looking for something longer in a hostile text would take its length times the text's."""


class _Source:
    """A text in the forms that values are looked for in."""

    def __init__(self, text: str) -> None:
        self._folded = fold(text)
        self._words = f" {_NON_WORDS.sub(' ', self._folded).strip()} "
        self._text = text

    def has_words(self, value: str) -> bool:
        """The value occurs as whole words, whatever its case, accents, spaces and punctuation."""
        words = _NON_WORDS.sub(" ", fold(value)).strip()
        return bool(words) and f" {words} " in self._words

    def has_name(self, value: str) -> bool:
        """The words of a name stand together in any order, or letter by letter."""
        words = _NON_WORDS.sub(" ", fold(value)).split()
        forms = [words, list("".join(words))]
        return bool(words) and (any(f" {' '.join(form)} " in self._words for form in forms) or self._are_close(words))

    def _are_close(self, words: list[str]) -> bool:
        """All words stand near each other: "Nom : Benali / Prénom : Karim"."""
        first, *others = (f" {word} " for word in dict.fromkeys(words))
        if len(" ".join(words)) > len(first) + 2 * _NEAR:
            return False
        at = self._words.find(first)
        while at >= 0:
            window = f" {self._words[max(0, at - _NEAR) : at + len(first) + _NEAR]} "
            if all(other in window for other in others):
                return True
            at = self._words.find(first, at + 1)
        return False

    def has_email(self, value: str) -> bool:
        """The address occurs, perhaps broken by a space or a line end or with "[at]", and not as the end of another."""
        if len(value) > _MAX_EMAIL:
            return False
        characters = r"\s?".join(_AT if character == "@" else re.escape(character) for character in fold(value))
        pattern = rf"(?<![\w.+-]){characters}(?![\w-]|\.\w)"
        return re.search(pattern, self._folded) is not None

    def has_phone(self, value: str) -> bool:
        """The digits of the number stand in the text, whichever of the two carries a country code.

        Other digits may stand right before and after it: a second number, a house number, a year.
        """
        digits = _NON_DIGITS.sub("", value)
        if len(digits) < _NATIONAL_DIGITS - 1:
            return False
        end = digits[-_NATIONAL_DIGITS:]
        pattern = rf"{_BETWEEN_DIGITS.join(end)}(?!\d)"
        return any(self._leads_to(digits, match.start()) for match in re.finditer(pattern, self._text))

    def _leads_to(self, digits: str, start: int) -> bool:
        """Whether the groups of digits right before `start` begin the number that ends in `digits`."""
        begin = max(0, start - _LONGEST_LEAD)
        groups = list(_GROUP.finditer(self._text, begin, start))
        if not groups or start - groups[-1].end() > _LONGEST_GAP or "\n" in self._text[groups[-1].end() : start]:
            return True
        number = digits[-_NATIONAL_DIGITS:]
        right = start
        for group in reversed(groups):
            if right - group.end() > _LONGEST_GAP:
                return False
            number = group.group() + number
            right = group.start()
            if _same_number(digits, number):
                return True
        return False


def ground(profile: CvProfile, text: str) -> tuple[CvProfile, list[str]]:
    """The profile without the e-mail, phone, name, companies and institutions that `text` does not contain.

    Returns it with the paths of what was dropped, such as "experience[1].company"; values are never told. The entries
    themselves stay. The profile given is not changed.
    """
    source = _Source(text)
    dropped: list[str] = []
    grounded = profile.model_copy(deep=True)
    info = grounded.personal_info
    if info.name is not None and not source.has_name(info.name):
        info.name = None
        dropped.append("personal_info.name")
    if info.email is not None and not source.has_email(info.email):
        info.email = None
        dropped.append("personal_info.email")
    for field in ("phone", "phone_as_written"):
        value = getattr(info, field)
        if value is not None and not source.has_phone(value):
            setattr(info, field, None)
            dropped.append(f"personal_info.{field}")
    for number, position in enumerate(grounded.experience):
        if position.company is not None and not source.has_words(position.company):
            position.company = None
            dropped.append(f"experience[{number}].company")
    for number, course in enumerate(grounded.education):
        if course.institution is not None and not source.has_words(course.institution):
            course.institution = None
            dropped.append(f"education[{number}].institution")
    return grounded, dropped


def _same_number(one: str, other: str) -> bool:
    """Equal but for a country code, its 00 prefix and the trunk 0 ("+33 (0)6 …", "06 …", "+336…")."""
    if one[-_NATIONAL_DIGITS:] != other[-_NATIONAL_DIGITS:]:
        return False
    shorter, longer = sorted((one.lstrip("0"), other.lstrip("0")), key=len)
    return longer.endswith(shorter) or longer[-_NATIONAL_DIGITS - 1 :] == shorter[-_NATIONAL_DIGITS - 1 :]
