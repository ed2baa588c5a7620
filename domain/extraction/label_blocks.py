"""Labels that a reader of documents gives as one block above their values, as it reads the columns of a form."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from domain.extraction.languages import language_level, names_language
from domain.extraction.lines import Line, is_upper
from domain.extraction.section_titles import KEY_WORDS, KIND_OF_TITLE, SectionKind
from domain.text import fold

_FEWEST_LABELS = 3
_LONGEST_LABEL = 40


def beside_labels(lines: Sequence[Line]) -> list[Line]:
    """The lines with each block of labels dealt out to the paragraphs below it, where these are as many.

    Languages tell that they belong together: a paragraph beside a label of languages names one.
    """
    result: list[Line] = []
    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) and _is_label(lines[end]):
            end += 1
        block = _Block(lines[at:end], *_paragraphs(lines, end, end - at)) if end - at >= _FEWEST_LABELS else None
        if block is not None and block.belongs_together():
            result.extend(block.dealt_out())
            at = block.end
        else:
            result.extend(lines[at : max(end, at + 1)])
            at = max(end, at + 1)
    return result


@dataclass(frozen=True, slots=True)
class _Block:
    """Labels, the paragraphs below them, and where these end."""

    labels: Sequence[Line]
    paragraphs: Sequence[Sequence[Line]]
    end: int

    def belongs_together(self) -> bool:
        if len(self.labels) != len(self.paragraphs):
            return False
        of_languages = [
            any(names_language(line.text) for line in paragraph)
            for label, paragraph in zip(self.labels, self.paragraphs, strict=True)
            if _is_native(label.text) or _kind(label.text) == "languages"
        ]
        return bool(of_languages) and all(of_languages)

    def dealt_out(self) -> Iterator[Line]:
        for label, paragraph in zip(self.labels, self.paragraphs, strict=True):
            if _is_native(label.text):
                yield from (replace(line, text=f"{label.text.rstrip(' :')} : {line.text}") for line in paragraph)
            else:
                yield label
                yield from paragraph


def _paragraphs(lines: Sequence[Line], begin: int, most: int) -> tuple[list[list[Line]], int]:
    """The paragraphs from there to the next title, none when they are more than `most`; and where they end."""
    paragraphs: list[list[Line]] = []
    at = begin
    while at < len(lines) and not (lines[at].heading or is_upper(lines[at].text) or _is_label(lines[at])):
        if lines[at].gap or not paragraphs:
            if len(paragraphs) == most:
                return [], at
            paragraphs.append([])
        paragraphs[-1].append(lines[at])
        at += 1
    return paragraphs, at


def _is_label(line: Line) -> bool:
    """An unmarked title of a section, alone in its paragraph."""
    if line.heading or line.bullet or not line.gap or len(line.text) > _LONGEST_LABEL or is_upper(line.text):
        return False
    return _is_native(line.text) or _kind(line.text) is not None


def _is_native(text: str) -> bool:
    return len(text) <= _LONGEST_LABEL and language_level(text) == "native" and not names_language(text)


def _kind(text: str) -> SectionKind | None:
    """What a label announces, as a whole or by one of its words ("Compétences numériques")."""
    folded = fold(text).strip(" :")
    exact = KIND_OF_TITLE.get(folded)
    return exact or next((KEY_WORDS[word] for word in folded.split() if word in KEY_WORDS), None)
