"""The labels of forms, which stand in a column of their own: "Fonction ou poste occupé" beside "Aide à domicile"."""

import re
from collections.abc import Sequence
from dataclasses import replace

from domain.extraction.lines import COLUMN, Line
from domain.text import fold

_LABEL = re.compile(
    r"(?:nom(?:\(s\))?(?: et |/| / )prenom(?:\(s\))?|prenom(?:\(s\))?(?: et |/| / )nom(?:\(s\))?"
    r"|dates?|periode|fonction(?: et| ou)? ?(?:poste occupee?)?|poste occupe|occupation or position held|position held"
    r"|(?:principales )?activites(?: et responsabilites)?(?: principales)?|main activities(?: and responsibilities)?"
    r"|(?:nom et adresse de l'|nom de l')?employeur|name(?: and address)? of employer|employer"
    r"|type ou secteur d'activite|type of business or sector"
    r"|intitule du (?:certificat ou )?diplome(?: delivre)?|title of qualification(?: awarded)?"
    r"|principales matieres.*|principal subjects.*|niveau dans la classification.*|level in (?:inter)?national.*"
    r"|nom et type de l'etablissement.*|name and type of organi[sz]ation.*)"
)
_LONGEST = 100


def with_colons(lines: Sequence[Line]) -> list[Line]:
    """The lines with a colon after each label of a form, as forms of one column have it: "Dates : 2015 – 2018"."""
    return [_with_colon(line) for line in lines]


def without_labels(lines: Sequence[Line]) -> list[Line]:
    """The lines with what their labels announce alone, for entries whose texts tell by themselves what they are."""
    return [
        replace(line, text=value) if colon and value and is_form_label(label) else line
        for line in lines
        for label, colon, value in [line.text.partition(" : ")]
    ]


def is_form_label(text: str) -> bool:
    """Whether a text is the label of a field of a person, a position or a course."""
    return len(text) <= _LONGEST and _LABEL.fullmatch(fold(text).replace("’", "'").rstrip(" :")) is not None


def _with_colon(line: Line) -> Line:
    label, column, value = line.text.partition(COLUMN)
    if not column or not is_form_label(label):
        return line
    return replace(line, text=f"{label.rstrip(' :')} : {value}")
