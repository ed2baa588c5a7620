"""Reading a cell of a spreadsheet: first as text, then as what its column holds.

A reader returns the value or raises `Unreadable`. Each cell is read on its own: nothing is guessed from its neighbours.
"""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from domain.election.reasons import Reason
from domain.siret import BadSiret, canonical_siret
from domain.text import fold

Cell = str | int | float | bool | date | datetime | time | timedelta | None
"""What a cell holds: text in a CSV file, any of these in a workbook, where a formula counts by its stored value."""

MAX_COUNT = 10_000_000
MAX_ID = 2**63 - 1
MAX_CODE_LENGTH = 100
"""Codes have a few characters; a text as long as a page cannot be indexed."""
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2099, 12, 31)

_NULL_WORDS = frozenset({"", "nan", "none", "null", "n/a"})
_LONGEST_NULL_WORD = 4
_ODD = re.compile("[\x00\t\n\x0b\x0c\r\u00a0\u202f]")
_PLAIN = str.maketrans({"\x00": None, **dict.fromkeys("\t\n\x0b\x0c\r\u00a0\u202f", " ")})

_CYCLE = re.compile(r"(?:C|CYCLE)?[\s._-]*([1-9])(?:\.0)?")
_TIME = r"(?:[T ] *\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)? *(?:Z|[+-]\d{2}(?::?\d{2})?)?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})([-/])(\d{{1,2}})\2(\d{{1,2}}){_TIME}", re.ASCII)
_DAY_FIRST = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}){_TIME}", re.ASCII)
_SERIAL = re.compile(r"(\d+)(?:[.,]\d+)?", re.ASCII)
_SERIAL_ORIGIN = date(1899, 12, 30)
_SERIAL_DIGITS = 6
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)
_THOUSANDS_OR_DECIMALS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_ID = re.compile(r"(\d{1,19})(?:[.,]0+)?", re.ASCII)
_CODE_DECIMAL = re.compile(r"(?<=\d)\.0\Z", re.ASCII)

_YES = frozenset({"oui", "o", "yes", "y", "1", "true", "vrai", "actif", "a"})
_NO = frozenset({"non", "n", "no", "0", "false", "faux", "inactif", "ferme", "f", "c"})


class Unreadable(ValueError):
    """The cell does not hold what its column asks for; `reason` says in which way."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


def cell_text(cell: Cell) -> str | None:
    """The cell as text, white space made plain and trimmed; None when it is empty or one of the words for nothing."""
    if cell is None:
        return None
    text = cell if isinstance(cell, str) else _spelled(cell)
    if _ODD.search(text):
        text = text.translate(_PLAIN)
    text = text.strip()
    return None if len(text) <= _LONGEST_NULL_WORD and text.lower() in _NULL_WORDS else text


def _spelled(cell: int | float | bool | date | datetime | time | timedelta) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def read_text(text: str) -> str:
    """The text as it is."""
    return text


def read_siret(text: str) -> str:
    """The canonical SIRET."""
    try:
        return canonical_siret(text)
    except BadSiret as error:
        raise Unreadable(error.reason) from None


def read_cycle(text: str) -> str:
    """`C1` to `C9`, from "c4", "Cycle 4", "4"."""
    found = _CYCLE.fullmatch(text.upper())
    if found is None:
        raise Unreadable("cycle_unreadable")
    return f"C{found[1]}"


def read_date(text: str) -> date:
    """A day, written year first or day first, a time of day ignored, or as a serial number of Excel's 1900 system."""
    if found := _YEAR_FIRST.fullmatch(text):
        day = _day(found[1], found[3], found[4])
    elif found := _DAY_FIRST.fullmatch(text):
        day = _day(found[4], found[3], found[1])
    elif found := _SERIAL.fullmatch(text):
        day = _serial_day(found[1])
    else:
        raise Unreadable("date_unreadable")
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Unreadable("date_out_of_range")
    return day


def _day(year: str, month: str, day: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise Unreadable("date_unreadable") from None


def _serial_day(digits: str) -> date:
    if len(digits) > _SERIAL_DIGITS:
        raise Unreadable("date_out_of_range")
    return _SERIAL_ORIGIN + timedelta(days=int(digits))


def read_count(text: str) -> int:
    """A number of people or votes, rounded half to even; `1 200` is 1200, but `1.200` could be two numbers."""
    if text.isdigit() and text.isascii() and len(text) <= 7:
        number = int(text)
        if number <= MAX_COUNT:
            return number
    digits = "".join(text.split())
    if _THOUSANDS_OR_DECIMALS.fullmatch(digits):
        raise Unreadable("count_unreadable")
    digits = digits.replace(",", ".")
    if not _NUMBER.fullmatch(digits):
        raise Unreadable("count_unreadable")
    return _whole(Decimal(digits))


def read_typed_count(number: float) -> int:
    """The same, of a cell that holds a number: where its decimals begin is not in question."""
    return _whole(Decimal(repr(number)))


def _whole(exact: Decimal) -> int:
    if not 0 <= exact <= MAX_COUNT:
        raise Unreadable("count_out_of_range")
    return round(exact)


def read_id(text: str) -> int:
    """A row's id in its source: a whole number of at most 63 bits."""
    found = _ID.fullmatch("".join(text.split()))
    if found is None or int(found[1]) > MAX_ID:
        raise Unreadable("id_unreadable")
    return int(found[1])


def read_code(text: str) -> str:
    """A code that a spreadsheet may have taken for a number: "1486.0" is "1486"."""
    code = _CODE_DECIMAL.sub("", text)
    if len(code) > MAX_CODE_LENGTH:
        raise Unreadable("code_too_long")
    return code


def read_postcode(text: str) -> str:
    """A postcode, with the leading zero that a number has lost."""
    code = read_code(text)
    return f"0{code}" if len(code) == 4 and _is_digits(code) else code


def read_department(text: str) -> str:
    """The code of a département: two digits at least."""
    code = read_code(text)
    return f"0{code}" if len(code) == 1 and _is_digits(code) else code


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def read_flag(text: str) -> bool:
    """Yes or no, in French, English, or as the state of an establishment (A, F, C)."""
    word = fold(text)
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise Unreadable("bool_unreadable")
