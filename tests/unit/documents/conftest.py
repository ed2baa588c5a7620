"""What the tests of document reading share: a machine with few of the programs that reading can use."""

import shutil
import sys
from pathlib import Path

import pytest

from adapters.documents.libreoffice import office_command


class Machine:
    """A search path with nothing on it but what a test lends it."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._installed = {"soffice": office_command()}
        self._installed |= {name: shutil.which(name) for name in ("antiword", "catdoc", "tesseract")}

    def lend(self, program: str) -> bool:
        """Put a program of this computer on the path; False if it is not installed."""
        place = self._installed[program]
        if place is not None:
            (self._programs / program).symlink_to(place)
        return place is not None


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    """A machine without any program or package that is optional, whatever this one has."""
    programs = tmp_path / "programs"
    programs.mkdir()
    machine = Machine(programs)
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.delenv("DOCLING_LIBREOFFICE_CMD", raising=False)
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    return machine


@pytest.fixture
def bare_machine(machine: Machine) -> None:
    """The same, for a test that lends it nothing."""
