"""The report of a trial: tables for people, plain values for machines."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from evaluation.metrics import FIELDS, Comparison, Field, Score
from evaluation.trial import Outcome


@dataclass(frozen=True)
class Trial:
    """What an extractor made of some documents; `note` is what a reader of its figures must know."""

    extractor: str
    outcomes: Sequence[Outcome]
    note: str = ""


def total(outcomes: Iterable[Outcome], field: Field) -> Score:
    """The counts of a field over several documents."""
    return sum((outcome.fields[field].score for outcome in outcomes), Score())


def tables(trial: Trial) -> str:
    """Fields over all documents, F1 per layout, reading per document."""
    outcomes = trial.outcomes
    heading = f"extractor: {trial.extractor}, {len(outcomes)} documents"
    if skipped := sum(outcome.skipped is not None for outcome in outcomes):
        heading += f", {skipped} of them not read: this machine lacks what they need, the figures are over the rest"
    fields = [["field", "precision", "recall", "F1", "right", "wrong", "missed"]]
    for field in FIELDS:
        score = total(outcomes, field)
        fields.append(
            [field, _ratio(score.precision), _ratio(score.recall), _ratio(score.f1)]
            + [str(count) for count in (score.right, score.wrong, score.missed)]
        )
    layouts = [["F1 per layout", "documents", *FIELDS]]
    for name, group in _layouts(outcomes):
        layouts.append([name, str(len(group)), *(_ratio(total(group, field).f1) for field in FIELDS)])
    reading = [["document", "titles in order", "lines unbroken", "dropped: not in the text"]]
    for outcome in outcomes:
        counts = outcome.reading
        lines = outcome.error or outcome.skipped or f"{counts.lines_whole}/{counts.lines}"
        dropped = ", ".join(outcome.ungrounded)
        reading.append([outcome.document, f"{counts.titles_in_order}/{counts.titles}", lines, dropped])
    parts = [heading, trial.note, *(_table(rows) for rows in (fields, layouts, reading))]
    return "\n\n".join(part for part in parts if part)


def side_by_side(trials: Sequence[Trial]) -> str:
    """F1 of every extractor on the documents that all of them read."""
    shared = set.intersection(*({outcome.document for outcome in trial.outcomes} for trial in trials))
    rows = [[f"F1 on the {len(shared)} documents that both read", *(trial.extractor for trial in trials)]]
    for field in FIELDS:
        scores = (total([o for o in trial.outcomes if o.document in shared], field) for trial in trials)
        rows.append([field, *(_ratio(score.f1) for score in scores)])
    return _table(rows)


def mistakes(outcomes: Iterable[Outcome]) -> str:
    """Every missed and wrong value, per document. Quotes the CVs: for documents that may be shown only."""
    lines: list[str] = []
    for outcome in outcomes:
        lines.append(f"{outcome.document} ({outcome.layout})")
        lines += [f"  could not be read: {outcome.error}"] if outcome.error else []
        for field in FIELDS:
            comparison = outcome.fields[field]
            lines += [f"  {field}: missed {value}" for value in comparison.missed]
            lines += [f"  {field}: wrong {value}" for value in comparison.wrong]
    return "\n".join(lines)


def as_json(trial: Trial) -> dict[str, Any]:
    """The same figures as values: ratios in [0, 1], null where nothing can be said. No content of the CVs."""
    outcomes = trial.outcomes
    return {
        "extractor": trial.extractor,
        "note": trial.note,
        "documents": [
            {
                "document": outcome.document,
                "layout": outcome.layout,
                "error": outcome.error,
                "skipped": outcome.skipped,
                "reading": asdict(outcome.reading),
                "ungrounded": list(outcome.ungrounded),
                "fields": {field: _counts(outcome.fields[field]) for field in FIELDS},
            }
            for outcome in outcomes
        ],
        "fields": {field: _figures(total(outcomes, field)) for field in FIELDS},
        "layouts": {
            name: {field: _figures(total(group, field)) for field in FIELDS} for name, group in _layouts(outcomes)
        },
    }


def _layouts(outcomes: Sequence[Outcome]) -> list[tuple[str, list[Outcome]]]:
    names = dict.fromkeys(outcome.layout for outcome in outcomes)
    return [(name, [outcome for outcome in outcomes if outcome.layout == name]) for name in names]


def _counts(comparison: Comparison) -> dict[str, int]:
    return asdict(comparison.score)


def _figures(score: Score) -> dict[str, float | int | None]:
    return {**asdict(score), "precision": score.precision, "recall": score.recall, "f1": score.f1}


def _ratio(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * (sum(widths) + 2 * len(widths) - 2), *lines[1:]])
