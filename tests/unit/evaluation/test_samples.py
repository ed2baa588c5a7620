"""The sample CVs and offers: the documents show what their truth says, and rendering them again changes nothing."""

import html
import json
import re
import shutil
import subprocess
import zipfile
from itertools import pairwise
from pathlib import Path

import phonenumbers
import pypdfium2  # type: ignore[import-untyped]
import pytest
from striprtf.striprtf import rtf_to_text

from adapters.documents.libreoffice import office_command
from domain.offer import Offer
from domain.periods import covered_months
from domain.text import fold
from evaluation.truth import Truth, load_truth, truth_path
from samples.documents import Sample
from samples.render import COLLECTIONS, FOLDER, MORE_FOLDER, render

ALL = [(folder, sample) for folder, samples in COLLECTIONS.items() for sample in samples]
SCANS = {"josiane-petitjean-secretaire.pdf", "paul-harrington-driver.pdf"}
ENCODINGS = {"loic-guegan-chauffeur.txt": "cp1252", "kate-sullivan-sales-assistant.txt": "utf-16"}
OFFICE_KINDS = {".doc", ".rtf", ".odt"}
MAX_BYTES = 60_000
GUTTER = 370.0
"""Where the two-column samples have white from top to bottom, in points from the left."""

each_document = pytest.mark.parametrize(
    "path", [pytest.param(folder / sample.file_name, id=sample.file_name) for folder, sample in ALL]
)


def text_of(path: Path) -> str:
    """The text of a sample by other means than the reader under evaluation: of a PDF page all, then each column."""
    if path.suffix == ".pdf":
        pages = [page.get_textpage() for page in pypdfium2.PdfDocument(path)]
        areas: list[dict[str, float]] = [{}, {"right": GUTTER}, {"left": GUTTER}]
        return "\n".join(page.get_text_bounded(**area) for page in pages for area in areas)
    if path.suffix in (".docx", ".odt"):
        with zipfile.ZipFile(path) as archive:
            parts = [name for name in archive.namelist() if re.search(r"(document|header\d*|content)\.xml$", name)]
            return "\n".join(_marked_up(archive.read(name).decode("utf-8")) for name in parts)
    if path.suffix == ".rtf":
        text: str = rtf_to_text(path.read_text(encoding="ascii"), errors="strict")  # type: ignore[no-untyped-call]
        return text
    if path.suffix == ".doc":
        program = shutil.which("antiword")
        if program is None:
            pytest.skip("antiword is not installed: nothing else here reads DOC without the reader under evaluation")
        printed = subprocess.run(  # noqa: S603 - a program found on this machine's path
            [program, "-w", "0", "-m", "UTF-8.txt", str(path)], capture_output=True, check=True
        ).stdout
        return printed.decode("utf-8").replace("|", " ")
    return path.read_bytes().decode(ENCODINGS.get(path.name, "utf-8"))


def _marked_up(xml: str) -> str:
    xml = re.sub(r"</(?:w:p|text:[ph])>", "\n", xml)
    xml = re.sub(r"<(?:w:tab|text:tab|text:s)\b[^>]*>", " ", xml)
    return html.unescape(re.sub(r"<[^>]+>", "", xml))


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


@each_document
def test_the_document_shows_everything_its_truth_says(path: Path) -> None:
    if path.name in SCANS:
        pytest.skip("a scan has no text: what it shows is measured by reading it")
    text = fold(text_of(path))
    missing = [value for value in values_of(load_truth(truth_path(path))) if fold(value) not in text]
    assert missing == []


@each_document
def test_the_truth_agrees_with_itself(path: Path) -> None:
    truth = load_truth(truth_path(path))
    info = truth.profile.personal_info
    assert truth.profile.total_experience_months == covered_months(truth.profile.experience, truth.today)
    assert info.phone
    assert info.phone_as_written
    region = "GB" if truth.language == "en" else "FR"
    number = phonenumbers.parse(info.phone_as_written, region)
    assert phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) == info.phone
    for work in truth.profile.experience:
        assert work.is_current == (work.end_date is None)


@each_document
def test_the_documents_are_small(path: Path) -> None:
    assert path.stat().st_size < MAX_BYTES


def test_every_document_belongs_to_a_sample() -> None:
    for folder, samples in COLLECTIONS.items():
        names = {path.name for path in folder.iterdir()}
        assert names == {name for s in samples for name in (s.file_name, truth_path(folder / s.file_name).name)}


@pytest.mark.parametrize(("folder", "sample"), [pytest.param(*item, id=item[1].file_name) for item in ALL])
def test_rendering_again_gives_the_committed_document(folder: Path, sample: Sample, tmp_path: Path) -> None:
    committed = folder / sample.file_name
    if committed.suffix in OFFICE_KINDS and office_command() is None:
        pytest.skip("LibreOffice is not installed: DOC, RTF and ODT cannot be rendered here")
    assert text_of(render(sample, folder, tmp_path)) == text_of(committed)


def test_rendering_depends_on_nothing_but_the_truth(tmp_path: Path) -> None:
    """But for what LibreOffice writes, which puts the time into the file."""
    for folder, sample in ALL:
        if not sample.file_name.endswith(tuple(OFFICE_KINDS)):
            first = render(sample, folder, tmp_path).read_bytes()
            assert render(sample, folder, tmp_path).read_bytes() == first, sample.file_name


def test_scans_are_pictures_alone() -> None:
    for name in SCANS:
        pages = list(pypdfium2.PdfDocument(MORE_FOLDER / name))
        assert [page.get_textpage().get_text_bounded() for page in pages] == [""] * len(pages)
        assert all([item.type for item in page.get_objects()] == [pypdfium2.raw.FPDF_PAGEOBJ_IMAGE] for page in pages)


def test_contacts_of_text_boxes_stand_in_them() -> None:
    with zipfile.ZipFile(MORE_FOLDER / "tom-gallagher-electrician.docx") as archive:
        document = archive.read("word/document.xml").decode("utf-8")
    boxes = re.findall(r"<w:txbxContent>(.*?)</w:txbxContent>", document, re.DOTALL)
    assert len(boxes) == 4
    assert "tom.gallagher@example.com" in boxes[0]
    assert document.count("tom.gallagher@example.com") == 1


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


def test_two_samples_have_two_pages() -> None:
    assert len(pypdfium2.PdfDocument(FOLDER / "julien-lefevre-ingenieur-mecanique.pdf")) == 2
    assert len(pypdfium2.PdfDocument(MORE_FOLDER / "bernard-de-villeneuve-directeur-de-site.pdf")) == 2


def test_the_offers_are_complete_offers() -> None:
    bodies = json.loads((FOLDER.parent / "offers.json").read_text(encoding="utf-8"))
    offers = [Offer.model_validate(body) for body in bodies]
    assert len({offer.title for offer in offers}) == len(offers) == 14
    for body, offer in zip(bodies, offers, strict=True):
        assert set(body) == set(Offer.model_fields)
        assert offer.required_skills
        assert offer.url is None
