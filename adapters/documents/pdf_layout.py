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
_PERIOD_NOISE = re.compile(
    r"\b(?:janv|jan|févr|fév|fevr|feb|mars|mar|avr|apr|mai|may|juin|jun|juil|jul|août|aout|aug|sept|sep|oct|nov|déc|dec"
    r"|depuis|since|présent|present|today|now|jour|aujourd|hui|actuel|current|en|cours|to|au|à|de|du|from|since"
    r"|an|ans|mois|year|years|month|months|yr|yrs|mos)\w*\b|[\W\d_]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A word, or words on one line, and its box."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    bold: bool = False

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


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
    fragments = _fragments(words)
    blocks: list[Block] = []
    for region in _regions(fragments, usual, 0):
        blocks += _blocks(_rows(region), usual, emphasis=emphasis)
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


def _same_row(one: Cell, other: Cell) -> bool:
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    return overlap >= 0.5 * min(one.height, other.height)


def _fragments(words: Sequence[Cell]) -> list[Cell]:
    """Words joined into pieces of lines that no gutter can cut."""
    lines: list[list[Cell]] = []
    for word in words:
        last = lines[-1][-1] if lines else None
        if last is not None and _same_row(last, word):
            gap = word.left - last.right
            if -0.3 * word.height < gap < max(GUTTER_WIDTH, 0.6 * min(last.height, word.height)):
                lines[-1].append(word)
                continue
        lines.append([word])
    fragments = [_merged(line, _spaced_letters(line) or " ".join(word.text for word in line)) for line in lines]
    return _with_bullets(fragments)


def _merged(cells: Sequence[Cell], text: str) -> Cell:
    return Cell(
        text,
        min(cell.left for cell in cells),
        min(cell.top for cell in cells),
        max(cell.right for cell in cells),
        max(cell.bottom for cell in cells),
        all(cell.bold for cell in cells),
    )


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
            if place not in taken and other.text not in _BULLETS and _same_row(bullet, other)
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
            joined.append(_merged((glued[index], fragment), f"• {fragment.text}"))
        elif index not in taken:
            joined.append(fragment)
    return joined


# The recursive cut ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Gutter:
    height: float
    first: int
    """Index of the first cell beside the gutter, cells sorted by their middle."""
    end: int
    x: float


def _regions(cells: list[Cell], usual: float, depth: int) -> list[list[Cell]]:
    """The cells split into regions without columns, in reading order."""
    cells = sorted(cells, key=lambda cell: (cell.middle, cell.left))
    gutter = _tallest_gutter(cells) if depth < _MAX_DEPTH else None
    if gutter is None:
        return [cells] if cells else []
    above, beside, below = cells[: gutter.first], cells[gutter.first : gutter.end], cells[gutter.end :]
    left = [cell for cell in beside if cell.right <= gutter.x + 0.5]
    right = [cell for cell in beside if cell.right > gutter.x + 0.5]
    banner = _banner(left, right, usual, at_top=not above)
    parts = (
        above + banner,
        [cell for cell in left if cell not in banner],
        [cell for cell in right if cell not in banner],
        below,
    )
    return [region for part in parts for region in _regions(part, usual, depth + 1)]


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


def _tallest_gutter(cells: Sequence[Cell]) -> _Gutter | None:
    """The gutter along which most height is shared by lines on both sides; None if nothing separates columns."""
    best: _Gutter | None = None
    judged: set[tuple[int, int, int]] = set()
    for x in sorted({float(round(cell.right)) for cell in cells}):
        for first, end in _free_runs(cells, x):
            partition = first, end, sum(cell.right <= x + 0.5 for cell in cells[first:end])
            if partition in judged:
                continue
            judged.add(partition)
            height = _gutter_height(cells[first:end], x)
            if height > (best.height if best else 0):
                best = _Gutter(height, first, end, x)
    return best


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


def _gutter_height(beside: Sequence[Cell], x: float) -> float:
    """The height that lines left and right of `x` share, in points; 0 if these are not two columns."""
    left = _line_groups(cell for cell in beside if cell.right <= x + 0.5)
    right = _line_groups(cell for cell in beside if cell.right > x + 0.5)
    if min(len(left), len(right)) < GUTTER_LINES or _is_margin(left, right) or _is_margin(right, left):
        return 0
    return min(left[-1].bottom, right[-1].bottom) - max(left[0].top, right[0].top)


def _line_groups(cells: Iterable[Cell]) -> list[Cell]:
    """One cell a row, from cells sorted by their middle."""
    lines: list[Cell] = []
    for cell in cells:
        if lines and _same_row(lines[-1], cell):
            lines[-1] = _merged((lines[-1], cell), f"{lines[-1].text} {cell.text}")
        else:
            lines.append(cell)
    return lines


def _is_margin(side: Sequence[Cell], other: Sequence[Cell]) -> bool:
    """Whether these lines annotate the rows beside them, as dates or places in a margin do."""
    if sum(_is_period(line.text) for line in side) >= 0.4 * len(side):
        return True
    isolated = 0
    for index, line in enumerate(side):
        before = line.top - side[index - 1].bottom if index else line.height * 2
        after = side[index + 1].top - line.bottom if index + 1 < len(side) else line.height * 2
        if min(before, after) > line.height and any(abs(line.middle - row.middle) < 0.5 * line.height for row in other):
            isolated += 1
    return isolated >= 0.7 * len(side)


def _is_period(text: str) -> bool:
    """Whether the text is a date or a period and nothing else: "Sept. 2020 – Févr. 2021", "depuis 2019"."""
    return any(character.isdigit() for character in text) and len(_PERIOD_NOISE.sub("", text)) <= 2


# Rows to blocks -------------------------------------------------------------------------------------------------------


def _rows(region: Sequence[Cell]) -> list[Cell]:
    """The rows of a region without columns, from top to bottom; a tab where cells stand apart."""
    groups: list[list[Cell]] = []
    for cell in sorted(region, key=lambda cell: cell.middle):
        if groups and _same_row(groups[-1][0], cell):
            groups[-1].append(cell)
        else:
            groups.append([cell])
    rows: list[Cell] = []
    for group in groups:
        group.sort(key=lambda cell: cell.left)
        text = group[0].text
        for before, after in pairwise(group):
            text += (" " if after.left - before.right < before.height else "\t") + after.text
        rows.append(_merged(group, text))
    return rows


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
