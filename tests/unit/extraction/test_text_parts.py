"""The parts that a long text is read in."""

from domain.extraction.text_parts import split_text


def test_a_long_text_is_cut_at_sections_and_nothing_is_lost() -> None:
    text = "Nom\n\nEXPÉRIENCE\n" + "Développeur chez Acme\n" * 20 + "FORMATION\nMaster\n"
    parts = split_text(text, 500)
    assert "".join(parts) == text
    assert max(map(len, parts)) <= 500
    assert parts[-1].startswith("FORMATION") or "FORMATION\nMaster" in parts[-1]


def test_one_endless_line_is_cut_at_spaces() -> None:
    text = "mot " * 100 + "x" * 90
    parts = split_text(text, 40)
    assert "".join(parts) == text
    assert max(map(len, parts)) <= 40
    assert all(part.endswith(" ") for part in parts if "x" not in part)
