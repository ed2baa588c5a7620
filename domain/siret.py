"""SIRET: the 14-digit number of a French establishment, and how it is written in spreadsheets and by callers."""

import re
from typing import Literal

SIRET_DIGITS = 14
MIN_DIGITS = 11
"""Shorter numbers have lost more than the leading zeros that spreadsheets drop."""

SiretReason = Literal["siret_missing", "siret_scientific", "siret_length", "siret_zero"]

_SCIENTIFIC = re.compile(r"\d+([.,]\d+)?[eE][+-]?\d+", re.ASCII)
_DECIMALS = re.compile(r"[.,]0+\Z")
_NO_DIGIT = re.compile(r"[^0-9]")


class BadSiret(ValueError):
    """The text names no establishment; `reason` says why."""

    def __init__(self, reason: SiretReason) -> None:
        super().__init__(reason)
        self.reason: SiretReason = reason


def canonical_siret(text: str | None) -> str:
    """The 14 digits that `text` stands for: separators and a trailing `.0` are dropped, lost leading zeros restored.

    The Luhn digit is not checked. Raises `BadSiret`.

    >>> canonical_siret("1 234 567 890 123.0")
    '01234567890123'
    """
    if text is None:
        raise BadSiret("siret_missing")
    if len(text) == SIRET_DIGITS and text.isascii() and text.isdigit():
        digits = text
    else:
        if _SCIENTIFIC.fullmatch(text):
            raise BadSiret("siret_scientific")  # the digits are lost
        digits = _NO_DIGIT.sub("", _DECIMALS.sub("", text.strip()))
        if not MIN_DIGITS <= len(digits) <= SIRET_DIGITS:
            raise BadSiret("siret_length")
        digits = digits.zfill(SIRET_DIGITS)
    if digits == "0" * SIRET_DIGITS:
        raise BadSiret("siret_zero")
    return digits
