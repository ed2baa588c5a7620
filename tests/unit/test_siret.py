"""SIRETs as spreadsheets and callers write them."""

import pytest

from domain.siret import BadSiret, canonical_siret


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("12345678901234", "12345678901234"),
        ("1234567890123", "01234567890123"),
        ("123456789012", "00123456789012"),
        ("12345678901", "00012345678901"),
        ("012 345 678 90123", "01234567890123"),
        ("012\u202f345\u00a0678 90123", "01234567890123"),
        ("012-345.678/90123", "01234567890123"),
        ("98765432100019.0", "98765432100019"),
        ("98765432100019,000", "98765432100019"),
        (" 98765432100019.0 ", "98765432100019"),
        ("SIRET 98765432100019", "98765432100019"),
        ("00000000000001", "00000000000001"),
        # A digit that is not 0 to 9 is no digit, and so a separator.
        ("٣98765432100019", "98765432100019"),
    ],
)
def test_a_siret_has_one_form(written: str, canonical: str) -> None:
    assert canonical_siret(written) == canonical
    assert canonical_siret(canonical) == canonical


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (None, "siret_missing"),
        ("9.8765432100019E+13", "siret_scientific"),
        ("9,87654E13", "siret_scientific"),
        ("1e13", "siret_scientific"),
        ("98765432100019e-0", "siret_scientific"),
        ("1234567890", "siret_length"),
        ("123456789012345", "siret_length"),
        ("987654321000190.", "siret_length"),
        ("98765432100019.5", "siret_length"),
        ("", "siret_length"),
        ("inconnu", "siret_length"),
        ("9" * 100_000, "siret_length"),
        ("00000000000000", "siret_zero"),
        ("000 000 000 000", "siret_zero"),
        ("00000000000000.0", "siret_zero"),
    ],
)
def test_what_is_no_siret_says_why(written: str | None, reason: str) -> None:
    with pytest.raises(BadSiret) as error:
        canonical_siret(written)
    assert error.value.reason == reason
