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
SIMPLY_READ = "Lu sans LibreOffice : mise en page, en-têtes et pieds de page peuvent manquer"
_RTF_BULLET = re.compile(r"^\s*[•·\uf000-\uf0ff]?\t(?=\S)")
_FIELD = re.compile(r'HYPERLINK "[^"\n]*"\s*')
"""A link's field code, which catdoc prints before the words that carry the link."""
_DOC_TOOLS = (("catdoc", ("-w", "-d", "utf-8")), ("antiword", ("-w", "0", "-m", "UTF-8.txt")))
"""Programs that print a DOC's text, one line a paragraph, and their arguments."""


def read_doc(path: Path) -> tuple[str, list[str]]:
    """The text of a DOC document and what to warn of. Raises `BadDocument` where nothing installed can read it."""
    command = office_command()
    if command is not None:
        return _through_office(command, path, "doc"), []
    for program, arguments in _DOC_TOOLS:
        found = shutil.which(program)
        if found is not None:
            return _printed_by([found, *arguments, str(path)]), [SIMPLY_READ]
    raise BadDocument(DOC_UNAVAILABLE)


def read_rtf(path: Path) -> tuple[str, list[str]]:
    """The text of an RTF document and what to warn of."""
    command = office_command()
    if command is not None:
        return _through_office(command, path, "rtf"), []
    try:
        # RTF is ASCII with escapes; raw bytes over 127 belong to the code page, for which cp1252 is the usual one.
        text: str = rtf_to_text(path.read_bytes().decode("cp1252", "replace"), errors="replace")  # type: ignore[no-untyped-call]
    except (ValueError, LookupError, OverflowError):
        raise BadDocument(BAD_OFFICE) from None
    return "\n".join(_rtf_line(line) for line in text.split("\n")), [SIMPLY_READ]


def _rtf_line(line: str) -> str:
    """A line of striprtf's: table cells end with "|", and a list item's bullet, if it is left at all, with a tab."""
    if line.endswith("|"):
        return line.rstrip("|").replace("|", "\t")
    return _RTF_BULLET.sub("- ", line)


def _through_office(command: str, path: Path, extension: str) -> str:
    with tempfile.TemporaryDirectory(prefix="document-") as folder:
        return read_docx(convert_to_docx(command, path, extension, Path(folder)))


def _printed_by(arguments: list[str]) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - a program found on the operator's path, and a file name of ours
            arguments, stdin=subprocess.DEVNULL, capture_output=True, timeout=TOOL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise BadDocument(BAD_OFFICE) from None
    text = done.stdout.decode("utf-8", "replace")
    if done.returncode != 0 or not text.strip():
        raise BadDocument(BAD_OFFICE)
    return _FIELD.sub("", text)
