"""Pay as sources write it."""

import pytest

from domain.salaries import read_label, salary


@pytest.mark.parametrize(
    ("label", "period", "annual"),
    [
        ("Annuel de 35000.0 Euros à 45000.0 Euros sur 12.0 mois", "year", (35_000, 45_000)),
        ("Annuel de 36 000,00 Euros", "year", (36_000, None)),
        ("Annuel de 36\u202f000 € à 40\u00a0000 €", "year", (36_000, 40_000)),
        ("Mensuel de 2000.0 Euros sur 12 mois", "month", (24_000, None)),
        ("Mensuel de 2000,00 Euros à 2500,00 Euros sur 13 mois", "month", (26_000, 32_500)),
        ("Mensuel de 2500 Euros à 2000 Euros", "month", (24_000, 30_000)),
        ("Horaire de 12.5 Euros", "hour", (22_750, None)),
        ("HORAIRE de 11.88 Euros à 13 Euros sur 12 mois", "hour", (21_621.6, 23_660)),
        ("Annuel de 12 Euros à 45000 Euros", "year", (None, 45_000)),
    ],
)
def test_a_label_states_a_pay(label: str, period: str, annual: tuple[float | None, float | None]) -> None:
    pay = read_label(label)
    assert pay is not None
    assert (pay.period, (pay.annual_min, pay.annual_max)) == (period, annual)
    assert pay.label == " ".join(label.split())
    assert not pay.is_estimated


@pytest.mark.parametrize(
    "label",
    [
        "Selon profil",
        "Annuel de beaucoup d'Euros",
        "Annuel de 2.0 Euros",
        "Mensuel de 900000 Euros",
        "Horaire de 0 Euros",
        "Annuel de " + "9" * 200 + " Euros",
    ],
)
def test_an_unreadable_or_unbelievable_label_is_kept_alone(label: str) -> None:
    pay = read_label(label)
    assert pay is not None
    assert (pay.min, pay.max, pay.annual_min, pay.annual_max, pay.label) == (None, None, None, None, label)


@pytest.mark.parametrize("label", [None, "", "  "])
def test_no_label_states_nothing(label: str | None) -> None:
    assert read_label(label) is None


def test_amounts_make_a_pay() -> None:
    pay = salary(45_000, 40_000, "year", is_estimated=True)
    assert pay is not None
    assert (pay.min, pay.max, pay.annual_min, pay.annual_max, pay.is_estimated) == (
        40_000,
        45_000,
        40_000,
        45_000,
        True,
    )
    assert salary(float("nan"), float("inf"), "year") is None
    assert salary(None, 0, "month") is None
    monthly = salary(2_000, None, "month", months=400)
    assert monthly is not None
    assert (monthly.months, monthly.annual_min) == (None, 24_000)
