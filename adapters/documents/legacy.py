"""DOC and RTF documents: through LibreOffice where it is installed, else by the simpler tools there are."""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from striprtf.striprtf import rtf_to_text

from adapters.documents.errors import BadDocument
from adapters.documents.gates import BAD_OFFICE
from adapters.documents.libreoffice import convert_to_docx, office_command
from adapters.documents.office import read_docx

TOOL_SECONDS = 30
DOC_UNAVAILABLE = (
    "Lecture des fichiers DOC indisponible : installez LibreOffice (ou catdoc, ou antiword) sur les machines des "
    "workers, ou envoyez le document en DOCX ou en PDF"
)
SIMPLY_READ = "Lu sans LibreOffice : mise en page, en-têtes, pieds de page et zones de texte peuvent manquer"
_RTF_BULLET = re.compile(r"^\s*[•·\uf000-\uf0ff]?\t(?=\S)")
_FIELD = re.compile(r'HYPERLINK "[^"\n]*"\s*')
"""A link's field code, which catdoc prints before the words that carry the link."""
_RTF_CELL = re.compile(rb"(?<!\\)\\(?:nest)?cell\b")
_DRAWN_ROW = re.compile(r"^\|(.*)\|$", re.MULTILINE)
"""A row of a table as antiword draws it."""
_DOC_TOOLS = (("antiword", ("-w", "0", "-m", "UTF-8.txt")), ("catdoc", ("-w", "-d", "utf-8")))
"""Programs that print a DOC's text, one line a paragraph, and their arguments; catdoc loses the ends of tables."""


def read_doc(path: Path) -> tuple[str, list[str]]:
    """The text of a DOC document and what to warn of. Raises `BadDocument` where nothing installed can read it."""
    command = office_command()
    if command is not None:
        return _through_office(command, path, "doc"), []
    tools = [(found, arguments) for name, arguments in _DOC_TOOLS if (found := shutil.which(name)) is not None]
    if not tools:
        raise BadDocument(DOC_UNAVAILABLE)
    printed = (_printed_by([program, *arguments, str(path)]) for program, arguments in tools)
    text = next((text for text in printed if text is not None), None)
    if text is None:
        raise BadDocument(BAD_OFFICE)
    return text, [SIMPLY_READ]


def read_rtf(path: Path) -> tuple[str, list[str]]:
    """The text of an RTF document and what to warn of."""
    command = office_command()
    if command is not None:
        return _through_office(command, path, "rtf"), []
    try:
        # RTF is ASCII with escapes; raw bytes over 127 belong to the code page, for which cp1252 is the usual one.
        # striprtf would part the cells of a row by "|", which is a letter like any other.
        data = _RTF_CELL.sub(rb"\\tab", path.read_bytes())
        text: str = rtf_to_text(data.decode("cp1252", "replace"), errors="replace")  # type: ignore[no-untyped-call]
    except (ValueError, LookupError, OverflowError):
        raise BadDocument(BAD_OFFICE) from None
    return "\n".join(_RTF_BULLET.sub("- ", line).rstrip("\t") for line in text.split("\n")), [SIMPLY_READ]


def _through_office(command: str, path: Path, extension: str) -> str:
    with tempfile.TemporaryDirectory(prefix="document-") as folder:
        return read_docx(convert_to_docx(command, path, extension, Path(folder)))


def _printed_by(arguments: list[str]) -> str | None:
    """What a program prints of a DOC, None if it fails or finds no text."""
    try:
        done = subprocess.run(  # noqa: S603 - a program found on the operator's path, and a file name of ours
            arguments, stdin=subprocess.DEVNULL, capture_output=True, timeout=TOOL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    text = done.stdout.decode("utf-8", "replace")
    if done.returncode != 0 or not text.strip():
        return None
    return _DRAWN_ROW.sub(_cells, _FIELD.sub("", text))


def _cells(row: re.Match[str]) -> str:
    return "\t".join(filter(None, (cell.strip() for cell in row[1].split("|"))))
