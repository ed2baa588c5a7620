"""What the tests of document reading share."""

from pathlib import Path

import pytest


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without LibreOffice, tesseract, catdoc or antiword, whatever this one has."""
    empty = tmp_path / "no-programs"
    empty.mkdir()
    monkeypatch.setenv("PATH", str(empty))
    monkeypatch.delenv("DOCLING_LIBREOFFICE_CMD", raising=False)
