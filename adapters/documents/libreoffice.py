"""LibreOffice as a converter of legacy documents: where it is, and one locked-down conversion."""

import os
import shutil
import subprocess
from pathlib import Path

from adapters.documents.errors import BadDocument
from adapters.documents.gates import BAD_OFFICE

CONVERSION_SECONDS = 60

_FLAGS = ("--headless", "--norestore", "--nologo", "--nolockcheck", "--nodefault")
_FILTERS = {"doc": "MS Word 97", "rtf": "Rich Text Format"}
"""How to read each extension: left to guess, LibreOffice takes what is no document for text in some encoding."""
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
 <item oor:path="/org.openoffice.Office.Common/Security/Scripting">
  <prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop>
 </item>
 <item oor:path="/org.openoffice.Office.Common/Security/Scripting">
  <prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
 </item>
 <item oor:path="/org.openoffice.Office.Common/Security/Scripting">
  <prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
 </item>
 <item oor:path="/org.openoffice.Office.Writer/Content/Update">
  <prop oor:name="Link" oor:op="fuse"><value>0</value></prop>
 </item>
</oor:items>
"""
"""No macros, no links followed: a document must not make the worker fetch anything."""


def office_command() -> str | None:
    """The LibreOffice program: `DOCLING_LIBREOFFICE_CMD`, else `soffice` or `libreoffice` on the path."""
    return os.environ.get("DOCLING_LIBREOFFICE_CMD") or shutil.which("soffice") or shutil.which("libreoffice")


def convert_to_docx(command: str, source: Path, extension: str, folder: Path) -> Path:
    """Convert a "doc" or "rtf" document to DOCX inside `folder`, an empty directory of the caller's.

    LibreOffice is started in the caller's process group, so that killing that group ends it too (docling's own helper
    puts it into a new one). Raises `BadDocument` if nothing comes out in `CONVERSION_SECONDS`.
    """
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
    given = folder / f"document.{extension}"
    given.symlink_to(source.resolve())
    arguments = [
        command,
        f"-env:UserInstallation={profile.parent.as_uri()}",
        *_FLAGS,
        f"--infilter={_FILTERS[extension]}",
        "--convert-to",
        "docx:MS Word 2007 XML",
        "--outdir",
        str(folder),
        str(given),
    ]
    # S603: the program is the operator's choice and no argument comes from the document or its name.
    try:
        subprocess.run(  # noqa: S603
            arguments, stdin=subprocess.DEVNULL, capture_output=True, timeout=CONVERSION_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise BadDocument(BAD_OFFICE) from None
    made = folder / "document.docx"
    if not made.is_file():
        raise BadDocument(BAD_OFFICE)
    return made
