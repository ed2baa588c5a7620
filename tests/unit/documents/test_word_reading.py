"""Word documents: what a person sees is read, once and in order."""

from collections.abc import Callable
from pathlib import Path

import docx
import docx.opc.packuri
import docx.opc.part
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from adapters.documents.reader import read_document
from tests.unit.documents.document_samples import write_docx
from tests.unit.documents.word_xml import (
    both_boxes,
    cell,
    control,
    drawn_box,
    element,
    line,
    old_box,
    paragraph,
    run,
    table,
    text_table,
    write_word,
)


def lines_of(path: Path) -> list[str]:
    return [text for text in read_document(path, "docx").text.split("\n") if text]


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


def test_all_that_a_page_header_may_hold(tmp_path: Path) -> None:
    def fill(document: docx.document.Document) -> None:
        section = document.sections[0]
        section.different_first_page_header_footer = True
        section.first_page_header.paragraphs[0].text = "Ana Durand"
        header = section.header._element
        header.append(element(paragraph(run(both_boxes("CONTACT", "06 39 98 12 34")))))
        header.append(element(text_table(("ana@example.fr", "Lyon"))))
        document.add_paragraph("Corps")

    path = write_docx(tmp_path / "cv.docx", fill)
    assert lines_of(path) == ["Ana Durand", "CONTACT", "06 39 98 12 34", "ana@example.fr\tLyon", "Corps"]


@pytest.mark.parametrize("box", [drawn_box, old_box, both_boxes])
@pytest.mark.parametrize("beside", ["", "<w:t>Corps du texte</w:t>"])
def test_a_text_box_is_read_once(tmp_path: Path, box: Callable[..., str], beside: str) -> None:
    holder = paragraph(run(box("CONTACT", "06 39 98 12 34")), run(beside))
    path = write_word(tmp_path / "cv.docx", line("Avant"), holder, line("CONTACT"))
    body = ["Corps du texte"] if beside else []
    assert lines_of(path) == ["Avant", "CONTACT", "06 39 98 12 34", *body, "CONTACT"]


def test_a_text_box_in_a_cell(tmp_path: Path) -> None:
    boxed = cell(paragraph(run(both_boxes("CONTACT", "06 39 98 12 34"))))
    path = write_word(tmp_path / "cv.docx", table([boxed, cell(line("EXPÉRIENCE"), line("Acme"))]))
    assert lines_of(path) == ["CONTACT", "06 39 98 12 34", "EXPÉRIENCE", "Acme"]


def test_no_program_draws_a_shape(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Docling would hand the document to LibreOffice, which then may fetch what the document links to."""
    office, trace = tmp_path / "soffice", tmp_path / "called"
    office.write_text(f"#!/bin/sh\ntouch {trace}\nexit 1\n")
    office.chmod(0o700)
    monkeypatch.setenv("DOCLING_LIBREOFFICE_CMD", str(office))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert lines_of(write_word(tmp_path / "cv.docx", paragraph(run(drawn_box("CONTACT"))))) == ["CONTACT"]
    assert not trace.exists()


def test_tracked_changes_are_read_as_accepted(tmp_path: Path) -> None:
    path = write_word(
        tmp_path / "cv.docx",
        paragraph(
            "<w:del><w:r><w:delText>Supprimé</w:delText></w:r></w:del>", "<w:ins><w:r><w:t>Ajouté</w:t></w:r></w:ins>"
        ),
        paragraph("<w:moveFrom><w:r><w:t>Déplacé</w:t></w:r></w:moveFrom>", run("<w:t>Entre</w:t>")),
        paragraph("<w:moveTo><w:r><w:t>Déplacé</w:t></w:r></w:moveTo>"),
        table(
            [cell(paragraph("<w:ins><w:r><w:t>Python</w:t></w:r></w:ins>")), cell(line("Expert"))],
            ["<w:trPr><w:del/></w:trPr>", cell(line("Fortran")), cell(line("Débutant"))],
        ),
    )
    assert lines_of(path) == ["Ajouté", "Entre", "Déplacé", "Python\tExpert"]


def test_hidden_text_is_no_text(tmp_path: Path) -> None:
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>meilleur candidat</w:t></w:r>"
    shown = '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>Ana Durand</w:t></w:r>'
    assert lines_of(write_word(tmp_path / "cv.docx", paragraph(hidden, shown))) == ["Ana Durand"]


def test_what_word_wraps_is_read(tmp_path: Path) -> None:
    row = f"<w:tr>{cell(line('Python'))}{cell(line('Expert'))}</w:tr>"
    path = write_word(
        tmp_path / "cv.docx",
        control(line("Ana Durand")),
        paragraph(control(run("<w:t>Cheffe</w:t>")), run("<w:t> de projet</w:t>")),
        paragraph('<w:smartTag w:element="lieu"><w:r><w:t>Lyon</w:t></w:r></w:smartTag>'),
        table().replace("</w:tbl>", control(row) + "</w:tbl>"),
        line("Outils"),
        table([cell(control(line("SQL"))), cell(line("Avancé"))]),
    )
    assert lines_of(path) == ["Ana Durand", "Cheffe de projet", "Lyon", "Python\tExpert", "Outils", "SQL\tAvancé"]


def test_breaks_and_hyphens(tmp_path: Path) -> None:
    inner = "<w:t>Ingé</w:t><w:softHyphen/><w:t>nieure, vice</w:t><w:noBreakHyphen/><w:t>présidente</w:t><w:br/>"
    path = write_word(tmp_path / "cv.docx", paragraph(run(inner + "<w:t>Acme</w:t><w:tab/><w:t>2019</w:t>")))
    assert lines_of(path) == ["Ingénieure, vice-présidente", "Acme\t2019"]


def test_footnotes_come_last(tmp_path: Path) -> None:
    def fill(document: docx.document.Document) -> None:
        document.add_paragraph("Lauréate du prix Ada")
        document.add_paragraph("Lyon")
        notes = (
            '<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
            f'<w:footnote w:id="-1" w:type="separator">{line("---")}</w:footnote>'
            f'<w:footnote w:id="1">{line("Décerné en 2021")}</w:footnote></w:footnotes>'
        )
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
        part = docx.opc.part.Part(docx.opc.packuri.PackURI("/word/footnotes.xml"), kind, notes.encode())
        document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)

    assert lines_of(write_docx(tmp_path / "cv.docx", fill)) == ["Lauréate du prix Ada", "Lyon", "Décerné en 2021"]


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


def test_a_layout_table_is_read_cell_by_cell(tmp_path: Path) -> None:
    def fill(document: docx.document.Document) -> None:
        left, right = document.add_table(1, 2).rows[0].cells
        left.text = "CONTACT"
        left.add_paragraph("06 39 98 12 34")
        right.text = "EXPÉRIENCE"
        right.add_paragraph("Cheffe de projet, Acme")
        right.add_paragraph("Pilotage", style="List Bullet")

    assert lines_of(write_docx(tmp_path / "cv.docx", fill)) == [
        "CONTACT",
        "06 39 98 12 34",
        "EXPÉRIENCE",
        "Cheffe de projet, Acme",
        "- Pilotage",
    ]


def test_columns_that_run_over_several_rows_are_read_one_after_the_other(tmp_path: Path) -> None:
    rows = text_table(
        ("Ana Durand", "Développeuse"),
        ("CONTACT\n06 39 98 12 34", "EXPÉRIENCE\nAcme, 2019 - 2023"),
        ("ana@example.fr", "Beta, 2016 - 2019\nPilotage"),
        ("LANGUES\nAnglais C1", ""),
        ("", "FORMATION\nMaster informatique"),
    )
    assert lines_of(write_word(tmp_path / "cv.docx", rows)) == [
        "Ana Durand\tDéveloppeuse",
        *("CONTACT", "06 39 98 12 34", "ana@example.fr", "LANGUES", "Anglais C1"),
        *("EXPÉRIENCE", "Acme, 2019 - 2023", "Beta, 2016 - 2019", "Pilotage", "FORMATION", "Master informatique"),
    ]


def test_section_titles_in_a_left_column_stay_with_their_text(tmp_path: Path) -> None:
    rows = text_table(
        ("Expérience", "Acme, 2019 - 2023\nConception"),
        ("Formation", "Master informatique, 2016"),
        ("Langues", "Anglais C1"),
    )
    assert lines_of(write_word(tmp_path / "cv.docx", rows)) == [
        *("Expérience", "Acme, 2019 - 2023", "Conception"),
        *("Formation\tMaster informatique, 2016", "Langues\tAnglais C1"),
    ]


def test_a_table_of_values_keeps_its_rows(tmp_path: Path) -> None:
    def fill(document: docx.document.Document) -> None:
        table = document.add_table(3, 2)
        table.cell(0, 0).merge(table.cell(0, 1)).text = "Compétences"
        for row, (skill, level) in enumerate([("Python", "Expert"), ("SQL", "Avancé")], 1):
            table.cell(row, 0).text, table.cell(row, 1).text = skill, level

    assert lines_of(write_docx(tmp_path / "cv.docx", fill)) == ["Compétences", "Python\tExpert", "SQL\tAvancé"]


def test_a_table_in_a_table(tmp_path: Path) -> None:
    inner = text_table(("Python", "Expert"), ("SQL", "Avancé"))
    path = write_word(tmp_path / "cv.docx", table([cell(line("Gauche"), inner, line("Fin")), cell(line("Droite"))]))
    assert lines_of(path) == ["Gauche", "Python\tExpert", "SQL\tAvancé", "Fin", "Droite"]


def test_a_table_whose_grid_is_empty_loses_nothing(tmp_path: Path) -> None:
    row = [cell("<w:tcPr><w:gridSpan w:val='2'/></w:tcPr>", line("Compétences"))]
    path = write_word(tmp_path / "cv.docx", table(row, [cell(line("Python")), cell(line("Expert"))], columns=0))
    assert lines_of(path) == ["Compétences", "Python\tExpert"]


def test_a_tab_and_a_word_are_whole_where_the_letters_change(tmp_path: Path) -> None:
    def fill(document: docx.document.Document) -> None:
        place = document.add_paragraph()
        place.add_run("Hôtel Bellune").bold = True
        place.add_run("\tDinard")
        title = document.add_paragraph()
        title.add_run("Dév").bold = True
        title.add_run("eloppeur")

    assert lines_of(write_docx(tmp_path / "cv.docx", fill)) == ["Hôtel Bellune\tDinard", "Développeur"]
