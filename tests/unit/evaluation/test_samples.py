"""The sample CVs and offers: the documents show what their truth says, and rendering them again changes nothing."""

import json
import zipfile
from itertools import pairwise
from pathlib import Path

import phonenumbers
import pypdfium2  # type: ignore[import-untyped]
import pytest
from docx import Document

from domain.offer import Offer
from domain.periods import covered_months
from domain.text import fold
from evaluation.truth import Truth, load_truth, truth_path
from samples.documents import SAMPLES
from samples.render import FOLDER, render_all

FILES = [sample.file_name for sample in SAMPLES]
MAX_BYTES = 60_000
GUTTER = 370.0
"""Where the two-column samples have white from top to bottom, in points from the left."""


def text_of(path: Path) -> str:
    """The text of a sample by other means than the reader under evaluation: of a PDF page all, then each column."""
    if path.suffix == ".pdf":
        pages = [page.get_textpage() for page in pypdfium2.PdfDocument(path)]
        areas: list[dict[str, float]] = [{}, {"right": GUTTER}, {"left": GUTTER}]
        return "\n".join(page.get_text_bounded(**area) for page in pages for area in areas)
    if path.suffix == ".docx":
        word = Document(str(path))
        cells = [cell for table in word.tables for row in table.rows for cell in row.cells]
        parts = [word, word.sections[0].header, *cells]
        return "\n".join(paragraph.text for part in parts for paragraph in part.paragraphs)
    return path.read_text(encoding="utf-8")


def values_of(truth: Truth) -> list[str]:
    """Every text that the truth claims the document shows; dates and classes are written in other words there."""
    profile = truth.profile
    info = profile.personal_info
    values = [info.name, info.email, info.phone_as_written, info.address, info.city, info.country, *info.links]
    values += [profile.position, profile.summary, *profile.softwares]
    values += [skill.name for skill in profile.skills]
    values += [language.as_written for language in profile.languages]
    values += [language.label for language in profile.languages]
    for work in profile.experience:
        values += [work.title, work.company, work.location, *work.description.splitlines(), *work.skills]
        values += [date[:4] for date in (work.start_date, work.end_date) if date]
    for study in profile.education:
        values += [study.degree, study.institution]
        values += [date[:4] for date in (study.start_date, study.end_date) if date]
    for certificate in profile.certifications:
        values += [certificate.name, certificate.issuer, certificate.date and certificate.date[:4]]
    return [value for value in values if value]


@pytest.mark.parametrize("name", FILES)
def test_the_document_shows_everything_its_truth_says(name: str) -> None:
    text = fold(text_of(FOLDER / name))
    missing = [value for value in values_of(load_truth(truth_path(FOLDER / name))) if fold(value) not in text]
    assert missing == []


@pytest.mark.parametrize("name", FILES)
def test_the_truth_agrees_with_itself(name: str) -> None:
    truth = load_truth(truth_path(FOLDER / name))
    info = truth.profile.personal_info
    assert truth.profile.total_experience_months == covered_months(truth.profile.experience, truth.today)
    assert info.phone
    assert info.phone_as_written
    region = "GB" if truth.language == "en" else "FR"
    number = phonenumbers.parse(info.phone_as_written, region)
    assert phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) == info.phone
    for work in truth.profile.experience:
        assert work.is_current == (work.end_date is None)


def test_rendering_again_gives_the_committed_documents(tmp_path: Path) -> None:
    for path in render_all(tmp_path):
        committed = FOLDER / path.name
        assert text_of(path) == text_of(committed)
        assert committed.stat().st_size < MAX_BYTES


def test_rendering_depends_on_nothing_but_the_truth(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    for one, other in zip(render_all(first), render_all(second), strict=True):
        assert one.read_bytes() == other.read_bytes()


def test_contacts_of_the_word_letter_stand_in_its_page_header() -> None:
    with zipfile.ZipFile(FOLDER / "isabelle-fournier-responsable-rh.docx") as archive:
        assert b"example.fr" not in archive.read("word/document.xml")
        assert any(b"example.fr" in archive.read(name) for name in archive.namelist() if "header" in name)


def test_the_two_drawing_orders_differ() -> None:
    """By column the career is drawn whole before the skills; by row they alternate."""

    def alternations(name: str) -> int:
        document = pypdfium2.PdfDocument(FOLDER / name)
        sides = [item.get_bounds()[0] > 350 for item in document[0].get_objects()]
        return sum(one != other for one, other in pairwise(sides))

    assert alternations("thomas-garnier-data-scientist.pdf") == 1
    assert alternations("sarah-whitfield-marketing-manager.pdf") > 20


def test_one_sample_has_two_pages() -> None:
    assert len(pypdfium2.PdfDocument(FOLDER / "julien-lefevre-ingenieur-mecanique.pdf")) == 2


def test_the_offers_are_complete_offers() -> None:
    bodies = json.loads((FOLDER.parent / "offers.json").read_text(encoding="utf-8"))
    offers = [Offer.model_validate(body) for body in bodies]
    assert len({offer.title for offer in offers}) == len(offers) == 14
    for body, offer in zip(bodies, offers, strict=True):
        assert set(body) == set(Offer.model_fields)
        assert offer.required_skills
        assert offer.url is None
