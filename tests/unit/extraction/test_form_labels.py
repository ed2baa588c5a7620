"""Labels of forms in a column of their own."""

from domain.extraction.form_labels import is_form_label, with_colons, without_labels
from domain.extraction.lines import Line


def test_a_label_gets_a_colon_and_can_be_taken_off() -> None:
    lines = [Line("Intitulé du certificat ou diplôme délivré\tBEP Vente"), Line("2010 - 2012\tLycée Rostand")]
    assert [line.text for line in with_colons(lines)] == [
        "Intitulé du certificat ou diplôme délivré : BEP Vente",
        "2010 - 2012\tLycée Rostand",
    ]
    assert without_labels(with_colons(lines))[0].text == "BEP Vente"


def test_a_title_is_no_label() -> None:
    assert not is_form_label("Aide à domicile")
