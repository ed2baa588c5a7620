"""Grounding: what a profile says about people and organisations must stand in the text that it was read from."""

import re

from domain.cv import CvProfile
from domain.text import fold

_PHONE = re.compile(r"(?<!\w)[+(]?\d(?:[\s().\-/]{0,3}\d){6,17}(?!\d)")
_AT = r"(?:@|[\[({]\s?(?:at|arobase|@)\s?[\])}])"
_NON_DIGITS = re.compile(r"\D+")
_NON_WORDS = re.compile(r"[^\w@]+")
_NATIONAL_DIGITS = 8
"""The last digits that two forms of one number share: country codes and a leading 0 differ before them."""


_NEAR = 80
"""Characters around the first word of a name in which its other words are looked for."""


class _Source:
    """A text in the forms that values are looked for in."""

    def __init__(self, text: str) -> None:
        self._folded = fold(text)
        self._words = f" {_NON_WORDS.sub(' ', self._folded).strip()} "
        self._phones = [_NON_DIGITS.sub("", match.group()) for match in _PHONE.finditer(text)]

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
        first = f" {words[0]} "
        at = self._words.find(first)
        while at >= 0:
            window = f" {self._words[max(0, at - _NEAR) : at + len(first) + _NEAR]} "
            if all(f" {word} " in window for word in words):
                return True
            at = self._words.find(first, at + 1)
        return False

    def has_email(self, value: str) -> bool:
        """The address occurs, perhaps broken by a space or a line end or with "[at]", and not as the end of another."""
        characters = r"\s?".join(_AT if character == "@" else re.escape(character) for character in fold(value))
        pattern = rf"(?<![\w.+-]){characters}(?![\w-]|\.\w)"
        return re.search(pattern, self._folded) is not None

    def has_phone(self, value: str) -> bool:
        """A number of the text has the same digits, whichever of the two carries a country code."""
        digits = _NON_DIGITS.sub("", value)
        if len(digits) < _NATIONAL_DIGITS - 1:
            return False
        return any(_same_number(digits, other) for other in self._phones)


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
