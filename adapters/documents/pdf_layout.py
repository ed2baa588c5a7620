"""The reading order of a page, from geometry alone: words in, blocks of text in the order a person reads them.

A recursive X-Y cut. The tallest vertical white strip with enough lines on each side is a gutter between two columns:
what is above it is read first, then the left column, the right column, and what is below. Where no gutter is left,
rows are read from top to bottom. The order in which the generator drew the words plays no part in it.

Coordinates are points, the origin is the page's top left corner.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Literal

from adapters.documents.cells import Cell, line_groups, merged, same_row
from adapters.documents.forms import is_form, with_whole_labels
from adapters.documents.margins import is_period, joined, rows_of, with_margins

BlockKind = Literal["heading", "subheading", "bullet", "text"]

GUTTER_WIDTH = 9.0
"""The narrowest white strip that separates columns; justified words stay closer than that."""
GUTTER_LINES = 5
"""Lines wanted on each side of a gutter."""
HEADING_HEIGHT = 1.18
"""A line taller than this many times the page's usual line is a heading."""

_MAX_DEPTH = 40
_BANNER_HEIGHT = 1.5
_TITLE_HEIGHT = 1.8
_PARAGRAPH_GAP = 0.75
_BULLET_INDENT = 40.0
_HEADING_CHARACTERS = 80
_CAPITALS_CHARACTERS = 40
_BULLETS = "•◦▪▫■□●○◆◇►▶▸‣⁃∙·✓✔➢➤❖*–—-"
_BULLET = re.compile(rf"^[{re.escape(_BULLETS)}]\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a list item, or a paragraph whose lines are separated by "\\n"; a tab parts the cells of one row."""

    kind: BlockKind
    text: str
    left: float
    top: float
    right: float
    bottom: float


def read_page(words: Sequence[Cell]) -> list[Block]:
    """The blocks of one page in reading order."""
    words = [word for word in words if word.text.strip() and word.height > 0]
    if not words:
        return []
    usual = _usual_height(words)
    emphasis = sum(len(word.text) for word in words if word.bold) * 2 < sum(len(word.text) for word in words)
    fragments = with_margins(_fragments(words))
    blocks: list[Block] = []
    for region in _regions(fragments, usual, 0):
        blocks += _blocks([joined(row) for row in rows_of(region)], usual, emphasis=emphasis)
    return blocks


def _usual_height(words: Sequence[Cell]) -> float:
    """The height of an ordinary character: the median over characters, so that headings do not weigh."""
    by_height = sorted(words, key=lambda word: word.height)
    half = sum(len(word.text) for word in words) / 2
    seen = 0
    for word in by_height:
        seen += len(word.text)
        if seen >= half:
            return word.height
    return by_height[-1].height


# Words to fragments ---------------------------------------------------------------------------------------------------


def _fragments(words: Sequence[Cell]) -> list[Cell]:
    """Words joined into pieces of lines that no gutter can cut."""
    lines: list[list[Cell]] = []
    for word in words:
        last = lines[-1][-1] if lines else None
        if last is not None and same_row(last, word):
            gap = word.left - last.right
            if -0.3 * word.height < gap < max(GUTTER_WIDTH, 0.6 * min(last.height, word.height)):
                lines[-1].append(word)
                continue
        lines.append([word])
    fragments = [merged(line, _spaced_letters(line) or " ".join(word.text for word in line)) for line in lines]
    return _with_bullets(fragments)


def _spaced_letters(line: Sequence[Cell]) -> str | None:
    """ "E X P É R I E N C E" is one word set with wide spacing; its word ends are the gaps wider than usual."""
    if len(line) < 5 or any(len(word.text) > 1 or not word.text.isalpha() for word in line):
        return None
    gaps = [after.left - before.right for before, after in pairwise(line)]
    limit = 1.6 * median(gaps)
    rest = zip(gaps, line[1:], strict=True)
    return line[0].text + "".join((" " if gap > limit else "") + word.text for gap, word in rest)


def _with_bullets(fragments: list[Cell]) -> list[Cell]:
    """Glue a lone bullet to the text it stands before, or the bullets would look like a column of their own."""
    glued: dict[int, Cell] = {}
    taken: set[int] = set()
    for index, bullet in enumerate(fragments):
        if bullet.text not in _BULLETS:
            continue
        near = [
            (other.left - bullet.right, place)
            for place, other in enumerate(fragments)
            if place not in taken and other.text not in _BULLETS and same_row(bullet, other)
            if -1 < other.left - bullet.right < _BULLET_INDENT
        ]
        if near:
            place = min(near)[1]
            taken.add(place)
            glued[place] = bullet
            taken.add(index)
    joined: list[Cell] = []
    for index, fragment in enumerate(fragments):
        if index in glued:
            joined.append(merged((glued[index], fragment), f"• {fragment.text}"))
        elif index not in taken:
            joined.append(fragment)
    return joined


# The recursive cut ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Strip:
    """A white strip right of `x`, and the cells on both sides of it."""

    first: int
    """Index of the first cell beside the strip, cells sorted by their middle."""
    end: int
    x: float
    left: list[Cell]
    right: list[Cell]

    def is_part_of(self, other: "_Strip") -> bool:
        """Whether it separates fewer of the cells that the other one separates."""
        return (
            other.first <= self.first
            and self.end <= other.end
            and all(cell.right <= other.x + 0.5 for cell in self.left)
            and all(cell.right > other.x + 0.5 for cell in self.right)
        )


def _regions(cells: list[Cell], usual: float, depth: int) -> list[list[Cell]]:
    """The cells split into regions without columns, in reading order."""
    cells = sorted(cells, key=lambda cell: (cell.middle, cell.left))
    strips = _strips(cells) if depth < _MAX_DEPTH else []
    forms = [strip for strip in strips if is_form(line_groups(strip.left), line_groups(strip.right))]
    gutter = _tallest_gutter(strip for strip in strips if not any(strip.is_part_of(form) for form in forms))
    if gutter is None:
        return [_with_whole_labels(cells, forms)] if cells else []
    banner = _banner(gutter.left, gutter.right, usual, at_top=not gutter.first)
    parts = (
        cells[: gutter.first] + banner,
        [cell for cell in gutter.left if cell not in banner],
        [cell for cell in gutter.right if cell not in banner],
        cells[gutter.end :],
    )
    return [region for part in parts for region in _regions(part, usual, depth + 1)]


def _with_whole_labels(cells: list[Cell], forms: Sequence[_Strip]) -> list[Cell]:
    if not forms:
        return cells
    form = max(forms, key=lambda form: form.end - form.first)
    return cells[: form.first] + with_whole_labels(form.left, form.right) + cells[form.end :]


def _banner(left: Sequence[Cell], right: Sequence[Cell], usual: float, *, at_top: bool) -> list[Cell]:
    """The lines in large type that begin one column and belong to the page: the person's name, most often.

    Such a line stands above the other column's first line, or is a title by its size where the page begins.
    """
    banner: list[Cell] = []
    for side, other in ((left, right), (right, left)):
        start = min(cell.top for cell in other)
        for cell in side:
            title = at_top and cell.height >= _TITLE_HEIGHT * usual
            if not title and not (cell.height >= _BANNER_HEIGHT * usual and cell.bottom <= start):
                break
            banner.append(cell)
    return banner


def _strips(cells: Sequence[Cell]) -> list[_Strip]:
    """The white strips that separate the cells beside them, each in one way only."""
    strips: list[_Strip] = []
    judged: set[tuple[int, int, int]] = set()
    for x in sorted({float(round(cell.right)) for cell in cells}):
        for first, end in _free_runs(cells, x):
            left = [cell for cell in cells[first:end] if cell.right <= x + 0.5]
            partition = first, end, len(left)
            if partition not in judged:
                judged.add(partition)
                right = [cell for cell in cells[first:end] if cell.right > x + 0.5]
                strips.append(_Strip(first, end, x, left, right))
    return strips


def _tallest_gutter(strips: Iterable[_Strip]) -> _Strip | None:
    """The strip along which most height is shared by lines on both sides; None if nothing separates columns."""
    best: _Strip | None = None
    tallest = 0.0
    for strip in strips:
        height = _gutter_height(strip)
        # Of those that separate the same height, the one beside all that the longer column holds.
        if height > tallest or (best is not None and height == tallest and _length(strip) > _length(best)):
            best, tallest = strip, height
    return best


def _length(strip: _Strip) -> int:
    return strip.end - strip.first


def _free_runs(cells: Sequence[Cell], x: float) -> Iterable[tuple[int, int]]:
    """The longest runs of cells, as index ranges, that leave the strip right of `x` white."""
    first = 0
    for index, cell in enumerate(cells):
        if cell.left < x + GUTTER_WIDTH - 0.5 and cell.right > x + 0.5:
            if index - first >= 2 * GUTTER_LINES:
                yield first, index
            first = index + 1
    if len(cells) - first >= 2 * GUTTER_LINES:
        yield first, len(cells)


def _gutter_height(strip: _Strip) -> float:
    """The height that lines left and right of the strip share, in points; 0 if these are not two columns."""
    left, right = line_groups(strip.left), line_groups(strip.right)
    if min(len(left), len(right)) < GUTTER_LINES or _is_margin(left, right) or _is_margin(right, left):
        return 0
    return min(left[-1].bottom, right[-1].bottom) - max(left[0].top, right[0].top)


def _is_margin(side: Sequence[Cell], other: Sequence[Cell]) -> bool:
    """Whether these lines annotate the rows beside them, as dates or places in a margin do."""
    if sum(is_period(line.text) for line in side) >= 0.4 * len(side):
        return True
    isolated = 0
    for index, line in enumerate(side):
        before = line.top - side[index - 1].bottom if index else line.height * 2
        after = side[index + 1].top - line.bottom if index + 1 < len(side) else line.height * 2
        if min(before, after) > line.height and any(abs(line.middle - row.middle) < 0.5 * line.height for row in other):
            isolated += 1
    return isolated >= 0.7 * len(side)


# Rows to blocks -------------------------------------------------------------------------------------------------------


def _blocks(rows: Sequence[Cell], usual: float, *, emphasis: bool) -> list[Block]:
    blocks: list[Block] = []
    for row in rows:
        kind, text = _kind(row, usual, emphasis=emphasis)
        last = blocks[-1] if blocks else None
        if last is not None and kind == "text" and row.top - last.bottom <= _PARAGRAPH_GAP * usual:
            if last.kind == "text":
                blocks[-1] = _grown(last, row, f"{last.text}\n{text}")
                continue
            if last.kind == "bullet" and row.left > last.left + 3:
                blocks[-1] = _grown(last, row, f"{last.text} {text}")
                continue
        blocks.append(Block(kind, text, row.left, row.top, row.right, row.bottom))
    return blocks


def _grown(block: Block, row: Cell, text: str) -> Block:
    return Block(
        block.kind,
        text,
        min(block.left, row.left),
        min(block.top, row.top),
        max(block.right, row.right),
        max(block.bottom, row.bottom),
    )


def _kind(row: Cell, usual: float, *, emphasis: bool) -> tuple[BlockKind, str]:
    bullet = _BULLET.match(row.text)
    if bullet:
        return "bullet", row.text[bullet.end() :]
    text = row.text
    letters = [character for character in text if character.isalpha()]
    if "\t" not in text and len(letters) >= 3 and len(text) <= _HEADING_CHARACTERS:
        if row.height > HEADING_HEIGHT * usual:
            return "heading", text
        if len(letters) >= 4 and len(text) <= _CAPITALS_CHARACTERS and text.isupper() and len(letters) * 2 > len(text):
            return "heading", text
        if emphasis and row.bold:
            return "subheading", text
    return "text", text
