"""Whose CV it is: the person's name and the headline under it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from domain.extraction.companies import company_score
from domain.extraction.contacts import find_email
from domain.extraction.first_names import FIRST_NAMES
from domain.extraction.lines import COLUMN, Line
from domain.extraction.places import is_city, is_country, is_place
from domain.extraction.sections import title_kind
from domain.extraction.titles import is_contract, title_score
from domain.extraction.words import words
from domain.skills import category_of
from domain.text import fold

_ELIDED = re.compile(r"[dlDL]['’][A-ZÀ-Þ]")
_NICKNAME = re.compile(r"\s*(?:[\"“”«(][^\"“”«»()]{1,25}[\"“”»)]|[(,]?\s*n[ée]e\s+[A-ZÀ-Þ].{1,30})\s*")
_WORD = re.compile(r"^(?:[^\W\d_]+(?:[-'’.][^\W\d_]+)*|[^\W\d_]\.)$")
_PARTICLES = words(
    """
    de du des d' da di del della der den van von le la el al ben bin ibn ould abou dos do of mc st o'
    """
)
_CIVILITY = re.compile(
    r"^(?:(?:m\.|mr\.?|mme\.?|mlle\.?|mrs\.?|ms\.?|mx\.?|miss|monsieur|madame|mademoiselle|dr\.?|dre\.?|docteure?|doctor|"
    r"ma[îi]tre|me\.?|pr\.?|prof\.?|professeure?|professor|sir|dame|rev\.?|reverend|ing\.|ir\.|capt\.?|capitaine|captain|chef)\s+)+(?=\S)",
    re.IGNORECASE,
)
_CREDENTIALS = re.compile(
    r"(?:\s*[,(]\s*(?:m\.?d\.?|b\.?a\.?|m\.?a\.?|rn|rgn|aca|cfa|cima|qc|kc|obe|mbe|pmp)"
    r"|(?:\s*[,(]\s*|\s+)(?:ph\.?d\.?|mba|m\.?sc\.?|b\.?sc\.?|mphil|dphil|ll\.?[mb]\.?|cpa|f?cca|acca|esq\.?|[cmb]eng"
    r"|mrics|mcips|mcipd))(?:\s*\(hons\))?\)?$",
    re.IGNORECASE,
)
"""What stands after a name in English-speaking countries: "Jane Smith, MSc, RN"."""
_CV_OF = re.compile(
    r"^(?:curriculum\s+vit(?:ae|æ)|cv|resume|résumé)\s*(?:(?:de|of|d['’])\b\s*|[:–—|-]\s*|\s)?", re.IGNORECASE
)
_LAST_LABEL = re.compile(r"^(?:nom(?:\s+de\s+famille)?|last\s*name|surname|family\s+name)\s*:\s*(\S.*)$", re.IGNORECASE)
_FIRST_LABEL = re.compile(r"^(?:pr[ée]noms?|first\s*name|given\s+name|forename)\s*:\s*(\S.*)$", re.IGNORECASE)
_FULL_LABEL = re.compile(
    r"^(?:(?:nom\s*(?:et|&|/|,)?\s*pr[ée]noms?|pr[ée]noms?\s*(?:et|&|/|,)?\s*nom|full\s+name|name|candidate?|candidat)\s*:)\s*(\S.*)$",
    re.IGNORECASE,
)
_PARTS = re.compile(rf"\s*[|•·{COLUMN}]\s*|\s+[–—-]\s+|\s*,\s+|\s+/\s+|\s+:\s+")
_NOT_NAMES = words(
    """
    curriculum vitae cv resume contact adresse address email mail telephone tel phone mobile portable permis driving
    licence age ans celibataire marie(e) nationalite nationality linkedin github page profil profile summary
    competences disponible available recherche junior senior confirme anglais francais espagnol allemand english
    french spanish german photo date naissance born annee annees years bonjour madame monsieur references langues
    formation formations experience experiences
    """
)
_HEAD_LINES = 100
_MAX_CREDENTIALS = 4
_MAX_DISTANCE = 1.5


@dataclass(frozen=True, slots=True)
class Identity:
    """The name and the headline ("Développeuse web") as the CV writes them."""

    name: str | None = None
    headline: str | None = None


def read_identity(head: Sequence[Line], everything: Sequence[Line]) -> Identity:
    """Name and headline from the lines outside positions and courses; the e-mail address helps to tell the name."""
    lines = list(head[:_HEAD_LINES])
    local = fold((find_email(everything) or "").split("@", maxsplit=1)[0])
    labelled = _labelled(everything[:_HEAD_LINES])
    best: tuple[float, str, int, str] | None = None
    for number, line in enumerate(lines):
        for candidate, rest, penalty in _candidates(lines, number):
            score = _score(candidate, local) + (1.0 if line.heading else 0.0) - penalty
            score -= min(number * 0.04, _MAX_DISTANCE)
            if number == 0 or (number == 1 and title_kind(lines[0].text) is not None):
                score += 1.0
            if best is None or score > best[0]:
                best = (score, candidate, number, rest)
    if labelled is not None:
        return Identity(labelled, _headline(lines, -1, ""))
    if best is None or best[0] < 1.0:
        return Identity(None, _headline(lines, -1, ""))
    return Identity(best[1], _headline(lines, best[2], best[3]))


def is_named_by(text: str, email: str | None) -> bool:
    """Whether a text is a name and all its words stand in the address ("m.okonkwo@…" for Michael Okonkwo)."""
    words = [fold(word) for word in name_words(text)]
    local = fold((email or "").split("@", maxsplit=1)[0])
    initials = set(re.split(r"[^a-z]+", local))
    pieces = [re.sub(r"[^a-z]", "", word) for word in words if word not in _PARTICLES]
    whole = [piece for piece in pieces if len(piece) >= 3 and piece in local]
    return bool(whole) and all(piece in whole or piece[:1] in initials for piece in pieces)


def name_words(text: str) -> list[str]:
    """The words of a text that reads as a person's name, else an empty list."""
    words = text.split()
    if not 2 <= len(words) <= 6 or len(text) > 60:
        return []
    if not all(_WORD.match(word) for word in words):
        return []
    for word in words:
        if not (word[0].isupper() or fold(word) in _PARTICLES or _ELIDED.match(word)):
            return []
    folded = [fold(word) for word in words]
    if (
        any(word in _NOT_NAMES for word in folded)
        or sum(len(word) > 1 and word not in _PARTICLES for word in folded) < 2
    ):
        return []
    return words


def _labelled(lines: Sequence[Line]) -> str | None:
    """The name after "Nom et prénom :", or after "Nom :" and "Prénom :" on neighbouring lines, in either order."""
    for number, line in enumerate(lines):
        if match := _FULL_LABEL.match(line.text):
            words = name_words(match.group(1).strip())
            if words:
                return " ".join(words)
        for one, other in ((number, number + 1), (number + 1, number)):
            last = _LAST_LABEL.match(lines[one].text) if one < len(lines) else None
            first = _FIRST_LABEL.match(lines[other].text) if other < len(lines) else None
            if first and last and len(first.group(1)) + len(last.group(1)) < 60:
                return f"{first.group(1).strip()} {last.group(1).strip()}"
    return None


def _candidates(lines: Sequence[Line], number: int) -> list[tuple[str, str, float]]:
    """Possible names on a line: (name, what else the line says, penalty)."""
    line = lines[number]
    text = line.text
    if line.bullet or len(text) > 160:
        return []
    if opening := _CV_OF.match(text):
        text = text[opening.end() :].strip()
    text = _bare(text)
    if (bare := _NICKNAME.sub(" ", text).strip()) and name_words(bare):
        # Abdoulaye "Abdou" Sarr, Claire Petit (née Garnier)
        text = bare
    found: list[tuple[str, str, float]] = []
    columns = text.split(COLUMN)
    if title_kind(text) is None and name_words(text) and all(len(column.split()) == 1 for column in columns[1:]):
        found.append((" ".join(columns), "", 0.0))
    parts = [part for part in _PARTS.split(text) if part]
    if len(parts) > 1:
        for position, part in enumerate(parts[:3]):
            part = _bare(part)
            if name_words(part) and title_kind(part) is None:
                rest = " - ".join(other for index, other in enumerate(parts) if index != position)
                found.append((part, rest, 0.2 + position))
    # "Marie" above "DUPONT": a name set on two lines.
    following = lines[number + 1] if number + 1 < len(lines) else None
    if following is not None and len(text.split()) <= 2 and len(following.text.split()) <= 2 and not following.bullet:
        both = f"{text} {following.text}"
        if name_words(both) and title_kind(text) is None and title_kind(following.text) is None:
            found.append((both, "", 0.6))
    # "Marie DUPONT Développeuse web": capitals tell where the name ends.
    words = text.split()
    for size in (2, 3):
        if (
            len(words) > size
            and name_words(" ".join(words[:size]))
            and words[size - 1].isupper()
            and not words[size].isupper()
        ):
            found.append((" ".join(words[:size]), " ".join(words[size:]), 0.3))
    return found


def _bare(text: str) -> str:
    """A text without the civility before a name and the degrees after it ("Dr Jane Smith, MSc, RN")."""
    text = _CIVILITY.sub("", text)
    for _ in range(_MAX_CREDENTIALS):
        shorter = _CREDENTIALS.sub("", text)
        if shorter == text or not name_words(shorter.split(",")[0]):
            break
        text = shorter
    return text


def _score(candidate: str, local: str) -> float:
    words = [word for word in fold(candidate).replace("’", "'").split() if word not in _PARTICLES]
    score = 0.0
    pieces = [piece for word in words for piece in re.split(r"[-']", word) if len(piece) > 1]
    if any(piece in FIRST_NAMES for piece in pieces):
        score += 2.0
    if local and any(len(piece) >= 3 and piece in local for piece in pieces):
        score += 2.0 + (1.0 if sum(len(piece) >= 3 and piece in local for piece in pieces) >= 2 else 0.0)
    score -= 1.5 * title_score(candidate) + 1.0 * (company_score(candidate) >= 2)
    if is_place(candidate) or is_city(candidate) or is_country(candidate) or is_contract(candidate):
        score -= 3.0
    if category_of(candidate) is not None or any(category_of(word) for word in candidate.split() if len(word) > 3):
        score -= 2.0
    if len(words) <= 3:
        score += 0.5
    if any(len(word) > 1 and word.isupper() for word in candidate.split()):
        score += 0.3
    return score


def _headline(lines: Sequence[Line], number: int, rest: str) -> str | None:
    """The job the CV announces: beside the name, below it, or above it."""
    if rest and title_score(rest) >= 1 and "@" not in rest:
        return rest
    after = list(lines[number + 1 : number + 7])
    before = list(lines[max(0, number - 2) : max(0, number)])
    for position, line in enumerate(after + before):
        text = line.text.strip(" -–—|")
        if line.bullet or not 3 <= len(text) <= 90 or len(text.split()) > 12 or "@" in text or text.endswith("."):
            continue
        text = text.split(COLUMN)[0]
        # Right below the name a single word of a job is enough.
        least = 1 if position == 0 and number >= 0 else 2
        if title_kind(text) is None and title_score(text) >= least and not any(c.isdigit() for c in text[:4]):
            return text
    return None
