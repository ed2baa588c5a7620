"""The parts of a text too long to be read at once, cut at section titles where possible."""

from domain.extraction.lines import read_lines
from domain.extraction.sections import title_kind


def split_text(text: str, budget: int) -> list[str]:
    """The text in parts of at most `budget` characters, cut at section titles where possible, then at lines.

    Nothing is lost but white space at the cuts. `budget` is at least 1.
    """
    blocks: list[str] = []
    for raw in text.splitlines(keepends=True):
        lines = read_lines(raw)
        opens = len(lines) == 1 and title_kind(lines[0].text) is not None and not lines[0].bullet
        if opens or not blocks:
            blocks.append(raw)
        else:
            blocks[-1] += raw
    return [part for part in _packed(_within(blocks, budget), budget) if part.strip()]


def _within(blocks: list[str], budget: int) -> list[str]:
    """Blocks over the budget cut at line ends, lines over it cut at spaces, words over it cut as they are."""
    pieces: list[str] = []
    for block in blocks:
        if len(block) <= budget:
            pieces.append(block)
            continue
        for line in block.splitlines(keepends=True):
            rest = line
            while len(rest) > budget:
                cut = rest.rfind(" ", 0, budget) + 1 or budget
                pieces.append(rest[:cut])
                rest = rest[cut:]
            pieces.append(rest)
    return pieces


def _packed(pieces: list[str], budget: int) -> list[str]:
    packed: list[str] = []
    for piece in pieces:
        if packed and len(packed[-1]) + len(piece) <= budget:
            packed[-1] += piece
        else:
            packed.append(piece)
    return packed
