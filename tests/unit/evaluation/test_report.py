"""What an operator reads: tables, mistakes and JSON of a trial; folders that cannot be evaluated say so."""

import json
from datetime import date
from pathlib import Path

import pytest

from adapters.documents.errors import BadDocument
from adapters.documents.legacy import DOC_UNAVAILABLE
from adapters.documents.reader import ReadText, read_document
from domain.cv import CvProfile, PersonalInfo
from evaluation.metrics import FIELDS
from evaluation.report import Trial, as_json, mistakes, side_by_side, tables
from evaluation.trial import Extractor, documents, run
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


def trial(folder: Path, extract: Extractor = first_line_is_the_name) -> Trial:
    return Trial("test", run(documents(folder), extract))


def test_figures_over_all_documents_and_per_layout(folder: Path) -> None:
    report = as_json(trial(folder))
    assert report["fields"]["name"]["precision"] == pytest.approx(2 / 3)
    assert report["fields"]["email"]["recall"] == 0.0
    assert report["fields"]["email"]["precision"] is None
    assert report["layouts"]["letter"]["name"]["f1"] == 0.5
    assert report["layouts"]["list"]["name"]["f1"] == 1.0
    assert [document["document"] for document in report["documents"]] == ["a.txt", "b.txt", "c.txt"]


def test_json_quotes_no_document(folder: Path) -> None:
    written = json.dumps(as_json(trial(folder)), ensure_ascii=False)
    assert not any(word in written for word in ("Ana", "Léo", "Max", "example.fr", "Curriculum"))


def test_tables_have_a_row_per_field_and_per_document(folder: Path) -> None:
    printed = tables(trial(folder)).splitlines()
    for field in FIELDS:
        assert sum(line.startswith(field + " ") for line in printed) == 1
    assert any(line.split() == ["name", "0.667", "0.667", "0.667", "2", "1", "1"] for line in printed)
    assert any(line.split()[:3] == ["letter", "2", "0.500"] for line in printed)
    assert any(line.split()[:3] == ["list", "1", "1.000"] for line in printed)
    assert sum(line.startswith(("a.txt", "b.txt", "c.txt")) for line in printed) == 3


def test_mistakes_name_what_was_missed_and_what_was_wrong(folder: Path) -> None:
    listed = mistakes(trial(folder).outcomes).splitlines()
    start = listed.index("b.txt (letter)")
    assert listed[start + 1 : start + 3] == ["  name: missed leo petit", "  name: wrong curriculum vitae"]


def test_an_unreadable_document_is_reported_and_counts_as_missed(folder: Path) -> None:
    (folder / "c.txt").write_bytes(b"Max\x00Roy")
    read = trial(folder)
    outcome = read.outcomes[2]
    assert outcome.error
    assert outcome.error in tables(read)
    assert outcome.fields["name"].score.missed == 1


def test_a_document_without_truth_is_refused(folder: Path) -> None:
    (folder / "d.txt").write_text("Ada", encoding="utf-8")
    with pytest.raises(ValueError, match=r"d\.truth\.json"):
        documents(folder)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no documents"):
        documents(tmp_path)


def test_a_truth_that_is_none_is_named(folder: Path) -> None:
    (folder / "b.truth.json").write_text('{"layout": "letter"}', encoding="utf-8")
    with pytest.raises(ValueError, match=r"b\.truth\.json is not a truth file"):
        trial(folder)


def test_what_the_text_does_not_show_is_dropped_and_told(folder: Path) -> None:
    def inventive(text: str, today: date) -> CvProfile:
        return CvProfile(personal_info=PersonalInfo(name="Ana Ruiz", email="nobody@example.com"))

    read = trial(folder, inventive)
    assert [outcome.ungrounded for outcome in read.outcomes] == [
        ("personal_info.email",),
        ("personal_info.name", "personal_info.email"),
        ("personal_info.name", "personal_info.email"),
    ]
    assert as_json(read)["fields"]["email"] == {
        "right": 0, "wrong": 0, "missed": 3, "precision": None, "recall": 0.0, "f1": 0.0,
    }  # fmt: skip
    assert "personal_info.email" in tables(read)


def test_a_document_that_this_machine_cannot_read_counts_nowhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def lacking(path: Path, kind: str) -> ReadText:
        if path.stem == "b":
            raise BadDocument(DOC_UNAVAILABLE)
        return read_document(path, "txt")

    monkeypatch.setattr("evaluation.trial.read_document", lacking)
    read = trial(folder)
    assert as_json(read)["fields"]["name"]["f1"] == 1.0
    printed = tables(read)
    assert "3 documents, 1 of them not read" in printed
    assert DOC_UNAVAILABLE in printed


def test_extractors_are_compared_on_what_both_read(folder: Path) -> None:
    read = trial(folder)
    printed = side_by_side([read, Trial("other", read.outcomes[1:])])
    assert "2 documents" in printed
    assert ["name", "0.500", "0.500"] in [line.split() for line in printed.splitlines()]
