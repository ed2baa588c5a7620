"""Imported by the fork server alone: reads a page once, so that every child starts with docling loaded and built.

Docling loads plugins and builds its models at a first conversion, which each document would otherwise pay for.
"""

import gc
import tempfile
from pathlib import Path

from adapters.documents.pdf import read_pdf

_PAGE = b"""%PDF-1.4
1 0 obj
<</Type /Catalog /Pages 2 0 R>>
endobj
2 0 obj
<</Type /Pages /Kids [3 0 R] /Count 1>>
endobj
3 0 obj
<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</Font <</F1 5 0 R>>>>>>
endobj
4 0 obj
<</Length 41>>
stream
BT /F1 12 Tf 72 770 Td (Curriculum) Tj ET
endstream
endobj
5 0 obj
<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>
endobj
trailer
<</Size 6 /Root 1 0 R>>
%%EOF
"""
"""Without a table of offsets, which readers rebuild."""


def _read_once() -> None:
    with tempfile.TemporaryDirectory(prefix="talentflow-") as folder:
        document = Path(folder, "page.pdf")
        document.write_bytes(_PAGE)
        read_pdf(document)


_read_once()
# What is loaded stays: a child whose collector walked it would copy the memory that it shares with the others.
gc.collect()
gc.freeze()
