"""What tells the headers of one kind of section: those of positions, those of courses."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HeaderRules:
    """What the headers of a section are made of.

    `wants_more`: whether a header made of these texts may go on with that line below. `completes`: whether that line
    above them is what they lack. `is_post`: whether a text is plainly a position or course, `is_organisation`: plainly
    where one is. `may_employ`: whether a text may be the employer or school of several.
    """

    wants_more: Callable[[list[str], str], bool]
    completes: Callable[[list[str], str], bool]
    is_post: Callable[[str], bool]
    is_organisation: Callable[[str], bool]
    may_employ: Callable[[str], bool]
