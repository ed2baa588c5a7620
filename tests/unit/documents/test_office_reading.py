"""Word, Writer, RTF and DOC documents."""

from pathlib import Path

import docx
import odfdo
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from adapters.documents.errors import BadDocument
from adapters.documents.libreoffice import office_command
from adapters.documents.reader import read_document
from tests.unit.documents.document_samples import write_docx, write_odt

RTF = (
    rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\f0 Ana Durand\par D\'e9veloppeuse, n\'e9e \'e0 \'c9pinal\par "
    rb"\u8364? 45 k\par \trowd\cellx2000\cellx4000 Python\cell Expert\cell\row Fin\par}"
)

needs_libreoffice = pytest.mark.skipif(office_command() is None, reason="LibreOffice is not installed")


def test_contacts_in_the_page_header_come_first(tmp_path: Path) -> None:
    def fill(document: docx.document.Document) -> None:
        section = document.sections[0]
        section.header.paragraphs[0].text = "Ana Durand | 06 39 98 12 34 | ana_durand@example.fr"
        section.footer.paragraphs[0].text = "Permis B"
        document.add_heading("Expérience", 1)
        document.add_paragraph("R&D <C++> chez Acme")
        document.add_paragraph("Conception", style="List Bullet")

    assert read_document(write_docx(tmp_path / "cv.docx", fill), "docx").text.split("\n\n") == [
        "Ana Durand | 06 39 98 12 34 | ana_durand@example.fr",
        "## Expérience",
        "R&D <C++> chez Acme",
        "- Conception",
        "Permis B",
    ]


def test_a_layout_table_is_read_cell_by_cell(tmp_path: Path) -> None:
    def fill(document: docx.document.Document) -> None:
        left, right = document.add_table(1, 2).rows[0].cells
        left.text = "CONTACT"
        left.add_paragraph("06 39 98 12 34")
        right.text = "EXPÉRIENCE"
        right.add_paragraph("Cheffe de projet, Acme")
        right.add_paragraph("Pilotage", style="List Bullet")

    text = read_document(write_docx(tmp_path / "cv.docx", fill), "docx").text
    assert [line for line in text.split("\n") if line] == [
        "CONTACT",
        "06 39 98 12 34",
        "EXPÉRIENCE",
        "Cheffe de projet, Acme",
        "- Pilotage",
    ]


def test_a_table_of_values_keeps_its_rows(tmp_path: Path) -> None:
    def fill(document: docx.document.Document) -> None:
        table = document.add_table(3, 2)
        table.cell(0, 0).merge(table.cell(0, 1)).text = "Compétences"
        for row, (skill, level) in enumerate([("Python", "Expert"), ("SQL", "Avancé")], 1):
            table.cell(row, 0).text, table.cell(row, 1).text = skill, level

    text = read_document(write_docx(tmp_path / "cv.docx", fill), "docx").text
    assert text == "Compétences\nPython\tExpert\nSQL\tAvancé"


def test_the_address_behind_a_word_is_read(tmp_path: Path) -> None:
    def fill(document: docx.document.Document) -> None:
        paragraph = document.add_paragraph("Profil : ")
        target = paragraph.part.relate_to(
            "https://social.example.com/in/ana", RELATIONSHIP_TYPE.HYPERLINK, is_external=True
        )
        link, run, text = OxmlElement("w:hyperlink"), OxmlElement("w:r"), OxmlElement("w:t")
        link.set(qn("r:id"), target)
        text.text = "en ligne"
        run.append(text)
        link.append(run)
        paragraph._p.append(link)

    text = read_document(write_docx(tmp_path / "cv.docx", fill), "docx").text
    assert text == "Profil : en ligne\n\nhttps://social.example.com/in/ana"


def test_a_docx_without_its_main_part_is_corrupt(tmp_path: Path) -> None:
    path = write_odt(tmp_path / "cv.docx", odfdo.Paragraph("Ana"))
    with pytest.raises(BadDocument, match="corrompu"):
        read_document(path, "docx")


def test_an_odt_with_a_text_box(tmp_path: Path) -> None:
    paragraph = odfdo.Paragraph("")
    box = [odfdo.Paragraph("CONTACT"), odfdo.Paragraph("06 39 98 12 34"), odfdo.Paragraph("ana@example.fr")]
    paragraph.append(odfdo.Frame.text_frame(box, size=("5cm", "3cm")))
    path = write_odt(
        tmp_path / "cv.odt",
        odfdo.Header(1, "Ana Durand"),
        odfdo.List(["Python", "R&D"]),
        odfdo.Paragraph("é_è"),
        paragraph,
    )
    assert [line for line in read_document(path, "odt").text.split("\n") if line] == [
        "## Ana Durand",
        "- Python",
        "- R&D",
        "é_è",
        "CONTACT",
        "06 39 98 12 34",
        "ana@example.fr",
    ]


def test_rtf_without_libreoffice(tmp_path: Path, bare_machine: None) -> None:
    path = tmp_path / "cv.rtf"
    path.write_bytes(RTF)
    read = read_document(path, "rtf")
    assert read.text.split("\n") == ["Ana Durand", "Développeuse, née à Épinal", "€ 45 k", "Python\tExpert", "Fin"]
    assert len(read.warnings) == 1
    assert "LibreOffice" in read.warnings[0]


def test_doc_without_any_tool_says_what_to_install(tmp_path: Path, bare_machine: None) -> None:
    path = tmp_path / "cv.doc"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(BadDocument) as refusal:
        read_document(path, "doc")
    assert "installez LibreOffice" in refusal.value.message_fr


@needs_libreoffice
def test_rtf_through_libreoffice(tmp_path: Path) -> None:
    path = tmp_path / "cv.rtf"
    path.write_bytes(RTF)
    read = read_document(path, "rtf")
    assert "Développeuse, née à Épinal" in read.text
    assert "Python\tExpert" in read.text
    assert not read.warnings


@needs_libreoffice
def test_a_broken_doc_through_libreoffice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cv.doc"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000))
    with pytest.raises(BadDocument):
        read_document(path, "doc")
