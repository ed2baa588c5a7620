"""Writer documents: text boxes and shapes are part of the page, line by line."""

from pathlib import Path

import odfdo
import pytest
from odfdo import Element

from adapters.documents.errors import BadDocument
from adapters.documents.reader import read_document
from tests.unit.documents.document_samples import rewritten, write_odt

CONTACT = "<text:p>CONTACT</text:p><text:p>06 39 98 12 34</text:p>"
ROW = (
    "<table:table><table:table-column table:number-columns-repeated='2'/><table:table-row>"
    "<table:table-cell>{}</table:table-cell><table:table-cell>{}</table:table-cell></table:table-row></table:table>"
)


def box(inner: str) -> str:
    return f"<draw:frame svg:width='5cm'><draw:text-box>{inner}</draw:text-box></draw:frame>"


def read(path: Path, *blocks: str) -> list[str]:
    write_odt(path / "cv.odt", *(Element.from_tag(block) for block in blocks))
    return [line for line in read_document(path / "cv.odt", "odt").text.split("\n") if line]


def test_headings_lists_and_odd_letters(tmp_path: Path) -> None:
    path = write_odt(
        tmp_path / "cv.odt", odfdo.Header(1, "Ana Durand"), odfdo.List(["Python", "R&D"]), odfdo.Paragraph("é_è <C++>")
    )
    assert read_document(path, "odt").text.split("\n\n") == ["## Ana Durand", "- Python\n- R&D", "é_è <C++>"]


def test_a_text_box_stands_before_the_text_it_floats_on(tmp_path: Path) -> None:
    floating = f"<text:p>Corps {box(CONTACT)}du texte</text:p>"
    assert read(tmp_path, "<text:p>Avant</text:p>", floating) == [
        "Avant",
        "CONTACT",
        "06 39 98 12 34",
        "Corps du texte",
    ]


def test_two_text_boxes_keep_their_order(tmp_path: Path) -> None:
    boxes = f"<text:p><text:span>{box(CONTACT)}</text:span>{box('<text:p>LANGUES</text:p>')}</text:p>"
    assert read(tmp_path, boxes) == ["CONTACT", "06 39 98 12 34", "LANGUES"]


def test_a_text_box_in_a_text_box(tmp_path: Path) -> None:
    outer = box(f"<text:p>Ana Durand</text:p><text:p>{box(CONTACT)}Lyon</text:p>")
    assert read(tmp_path, f"<text:p>{outer}</text:p>") == ["Ana Durand", "CONTACT", "06 39 98 12 34", "Lyon"]


def test_a_text_box_bound_to_the_page_is_read(tmp_path: Path) -> None:
    bound = box(CONTACT).replace("<draw:frame", "<draw:frame text:anchor-type='page'")
    assert read(tmp_path, bound, "<text:p>Corps</text:p>") == ["CONTACT", "06 39 98 12 34", "Corps"]


def test_a_shape_with_text(tmp_path: Path) -> None:
    shape = f"<text:p><draw:custom-shape>{CONTACT}</draw:custom-shape></text:p>"
    assert read(tmp_path, shape) == ["CONTACT", "06 39 98 12 34"]


def test_titles_lists_and_tables_in_a_text_box(tmp_path: Path) -> None:
    inner = (
        "<text:h text:outline-level='1'>Compétences</text:h><text:list><text:list-item><text:p>Python</text:p>"
        "</text:list-item></text:list>" + ROW.format("<text:p>SQL</text:p>", "<text:p>Avancé</text:p>")
    )
    assert read(tmp_path, f"<text:p>{box(inner)}</text:p>") == ["## Compétences", "- Python", "SQL\tAvancé"]


def test_a_layout_table(tmp_path: Path) -> None:
    table = ROW.format(CONTACT, f"<text:p>EXPÉRIENCE</text:p><text:p>{box('<text:p>Acme</text:p>')}2019</text:p>")
    assert read(tmp_path, table) == ["CONTACT", "06 39 98 12 34", "EXPÉRIENCE", "Acme", "2019"]


def test_deleted_text_and_comments_are_no_text(tmp_path: Path) -> None:
    changes = (
        "<text:tracked-changes><text:changed-region text:id='c1'><text:deletion><office:change-info/>"
        "<text:p>Supprimé</text:p></text:deletion></text:changed-region></text:tracked-changes>"
    )
    note = "<office:annotation><text:p>Commentaire</text:p></office:annotation>"
    assert read(tmp_path, changes, f"<text:p>Gardé<text:change text:change-id='c1'/>{note}</text:p>") == ["Gardé"]


def test_the_address_behind_a_word_is_read(tmp_path: Path) -> None:
    link = (
        "<text:p><text:a xlink:type='simple' xlink:href='https://social.example.com/in/ana'>en ligne</text:a></text:p>"
    )
    assert read(tmp_path, link) == ["en ligne", "https://social.example.com/in/ana"]


def test_what_claims_to_stand_a_billion_times_is_read_soon(tmp_path: Path) -> None:
    blanks = "<text:p>Ana<text:s text:c='999999999'/>Durand</text:p>"
    row = "<table:table-row table:number-rows-repeated='999999999'>"
    cell = "<table:table-cell table:number-columns-repeated='-1'>"
    read_lines = read(tmp_path, blanks, ROW.replace("<table:table-row>", row).replace("<table:table-cell>", cell, 1))
    assert read_lines[0].split() == ["Ana", "Durand"]
    assert len(read_lines) < 1000


def test_a_document_that_breaks_off_is_corrupt(tmp_path: Path) -> None:
    def cut(name: str, data: bytes) -> bytes:
        return data[: len(data) // 2] if name == "content.xml" else data

    path = rewritten(write_odt(tmp_path / "cv.odt", odfdo.Paragraph("Ana Durand")), cut)
    with pytest.raises(BadDocument, match="corrompu"):
        read_document(path, "odt")
