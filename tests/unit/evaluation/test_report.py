"""What an operator reads: tables, mistakes and JSON of a trial; folders that cannot be evaluated say so."""

import json
from datetime import date
from pathlib import Path

import pytest

from domain.cv import CvProfile, PersonalInfo
from evaluation.metrics import FIELDS
from evaluation.report import as_json, mistakes, tables
from evaluation.trial import run
from evaluation.truth import Truth


def write(folder: Path, stem: str, layout: str, text: str, profile: CvProfile) -> None:
    (folder / f"{stem}.txt").write_text(text, encoding="utf-8")
    truth = Truth(layout=layout, language="fr", today=date(2026, 11, 1), profile=profile)
    (folder / f"{stem}.truth.json").write_text(truth.model_dump_json(), encoding="utf-8")


def first_line_is_the_name(text: str, today: date) -> CvProfile:
    return CvProfile(personal_info=PersonalInfo(name=text.splitlines()[0]))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for stem, layout, name in [("a", "letter", "Ana Ruiz"), ("b", "letter", "Léo Petit"), ("c", "list", "Max Roy")]:
        profile = CvProfile(personal_info=PersonalInfo(name=name, email=f"{stem}@example.fr"))
        shown = "Curriculum vitae" if stem == "b" else name
        write(tmp_path, stem, layout, f"{shown}\n{name}\n{stem}@example.fr\nAssistante de direction\n", profile)
    return tmp_path


def test_figures_over_all_documents_and_per_layout(folder: Path) -> None:
    report = as_json(run(folder, first_line_is_the_name), "test")
    assert report["fields"]["name"]["precision"] == pytest.approx(2 / 3)
    assert report["fields"]["email"]["recall"] == 0.0
    assert report["fields"]["email"]["precision"] is None
    assert report["layouts"]["letter"]["name"]["f1"] == 0.5
    assert report["layouts"]["list"]["name"]["f1"] == 1.0
    assert [document["document"] for document in report["documents"]] == ["a.txt", "b.txt", "c.txt"]


def test_json_quotes_no_document(folder: Path) -> None:
    written = json.dumps(as_json(run(folder, first_line_is_the_name), "test"), ensure_ascii=False)
    assert not any(word in written for word in ("Ana", "Léo", "Max", "example.fr", "Curriculum"))


def test_tables_have_a_row_per_field_and_per_document(folder: Path) -> None:
    printed = tables(run(folder, first_line_is_the_name)).splitlines()
    for field in FIELDS:
        assert sum(line.startswith(field + " ") for line in printed) == 2
    assert any(line.split() == ["name", "0.667", "0.667", "0.667", "2", "1", "1"] for line in printed)
    assert any(line.split() == ["name", "0.500", "1.000"] for line in printed)
    assert sum(line.startswith(("a.txt", "b.txt", "c.txt")) for line in printed) == 3


def test_mistakes_name_what_was_missed_and_what_was_wrong(folder: Path) -> None:
    listed = mistakes(run(folder, first_line_is_the_name)).splitlines()
    start = listed.index("b.txt (letter)")
    assert listed[start + 1 : start + 3] == ["  name: missed leo petit", "  name: wrong curriculum vitae"]


def test_an_unreadable_document_is_reported_and_counts_as_missed(folder: Path) -> None:
    (folder / "c.txt").write_bytes(b"Max\x00Roy")
    outcome = run(folder, first_line_is_the_name)[2]
    assert outcome.error
    assert outcome.error in tables([outcome])
    assert outcome.fields["name"].score.missed == 1


def test_a_document_without_truth_is_refused(folder: Path) -> None:
    (folder / "d.txt").write_text("Ada", encoding="utf-8")
    with pytest.raises(ValueError, match=r"d\.truth\.json"):
        run(folder, first_line_is_the_name)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no documents"):
        run(tmp_path, first_line_is_the_name)


def test_a_truth_that_is_none_is_named(folder: Path) -> None:
    (folder / "b.truth.json").write_text('{"layout": "letter"}', encoding="utf-8")
    with pytest.raises(ValueError, match=r"b\.truth\.json is not a truth file"):
        run(folder, first_line_is_the_name)
