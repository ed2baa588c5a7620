"""Setting text on PDF pages: columns that wrap words into placed lines, drawn in the order the layout chooses."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from samples.content import Section

PAGE_WIDTH: float = A4[0]
PAGE_HEIGHT: float = A4[1]
MARGIN = 48.0
"""Lengths are in points, measured from the bottom left corner of the page."""

BLACK = 0x1A1A1A
WHITE = 0xFFFFFF
"""Colours are 0xRRGGBB."""


@dataclass(frozen=True)
class Line:
    """One line of text where it stands: `page` from 0, `x` and `y` of its baseline in points."""

    page: int
    x: float
    y: float
    text: str
    font: str
    size: float
    color: int = BLACK


@dataclass(frozen=True)
class Look:
    """Type sizes and font family of a document."""

    family: str = "Helvetica"
    size: float = 9.5
    accent: int = BLACK

    @property
    def bold(self) -> str:
        return "Times-Bold" if self.family == "Times-Roman" else f"{self.family}-Bold"


class Column:
    """A column that fills downwards; a line that does not fit goes to the next page."""

    def __init__(self, x: float, width: float, top: float, look: Look, *, color: int = BLACK) -> None:
        self.x, self.width, self.look, self.color = x, width, look, color
        self.page, self.y = 0, top
        self.lines: list[Line] = []

    def write(
        self, text: str, *, bold: bool = False, size: float | None = None, color: int | None = None,
        indent: float = 0.0, mark: str = "", aside: str = "",
    ) -> None:  # fmt: skip
        """Set a paragraph; `mark` hangs before its first line, `aside` stands flush right on that line."""
        font, size = (self.look.bold if bold else self.look.family), size or self.look.size
        room = self.width - indent - (stringWidth(aside, self.look.family, size) + 12 if aside else 0)
        for number, part in enumerate(simpleSplit(text, font, size, room)):
            self.skip(size * 1.32)
            if self.y < MARGIN:
                self.page, self.y = self.page + 1, PAGE_HEIGHT - MARGIN - size
            self._place(self.x + indent, part, font, size, color)
            if number == 0 and mark:
                self._place(self.x + indent - 9, mark, font, size, color)
            if number == 0 and aside:
                width = stringWidth(aside, self.look.family, size)
                self._place(self.x + self.width - width, aside, self.look.family, size, color)

    def _place(self, x: float, text: str, font: str, size: float, color: int | None) -> None:
        self.lines.append(Line(self.page, x, self.y, text, font, size, color or self.color))

    def skip(self, height: float) -> None:
        """Leave white space, in points."""
        self.y -= height

    def beside(self, other: "Column", text: str, *, bold: bool = False, color: int | None = None) -> None:
        """Set a paragraph of this column level with the line that `other` sets next, on the same page."""
        if other.y - other.look.size * 1.32 < MARGIN:
            other.page, other.y = other.page + 1, PAGE_HEIGHT - MARGIN
        self.page, self.y = other.page, other.y
        self.write(text, bold=bold, color=color)

    def title(self, text: str) -> None:
        """Set the title of a section, larger and in the accent colour."""
        self.skip(9)
        self.write(text, bold=True, size=self.look.size * 1.28, color=self.look.accent)
        self.skip(2)

    def section(self, section: Section, *, upper: bool = False) -> None:
        """Set a section: its title, then its entries, lines and bullets."""
        self.title(section.title.upper() if upper else section.title)
        for item in section.items:
            if item.kind == "entry":
                self.skip(4)
                self.write(item.text, bold=True, aside=item.aside)
            elif item.kind == "bullet":
                self.write(item.text, indent=10, mark="•")
            else:
                self.write(item.text, aside=item.aside)


@dataclass(frozen=True)
class Band:
    """A coloured strip over the whole height of each page, from `x`, `width` wide."""

    x: float
    width: float
    color: int


def draw(path: Path, title: str, lines: Iterable[Line], *, band: Band | None = None) -> None:
    """Write a PDF that shows the lines in the order given, over the `band` if there is one.

    The file depends on its content alone (no clock, no random id) and stays uncompressed, hence readable in a diff.
    """
    canvas = Canvas(str(path), pagesize=A4, invariant=1, pageCompression=0)
    canvas.setTitle(title)
    by_page: dict[int, list[Line]] = {}
    for line in lines:
        by_page.setdefault(line.page, []).append(line)
    for page in range(max(by_page) + 1):
        if band:
            canvas.setFillColor(HexColor(band.color))
            canvas.rect(band.x, 0, band.width, PAGE_HEIGHT, stroke=0, fill=1)
        for line in by_page.get(page, []):
            canvas.setFillColor(HexColor(line.color))
            canvas.setFont(line.font, line.size)
            canvas.drawString(line.x, line.y, line.text)
        canvas.showPage()
    canvas.save()
