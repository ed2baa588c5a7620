"""Periods and dates as CVs write them."""

import pytest

from domain.extraction.dates import find_period, is_duration, partial, without_period


@pytest.mark.parametrize(
    ("text", "start", "end", "is_current"),
    [
        ("Avril 2023 - Avril 2024 (1 an)", "2023-04", "2024-04", False),
        ("Sept. 2020 – Février 2021", "2020-09", "2021-02", False),
        ("depuis 2019", "2019", None, True),
        ("Depuis le 01/02/2020", "2020-02-01", None, True),
        ("2019 - présent", "2019", None, True),
        ("01/2020 – 03/2022", "2020-01", "2022-03", False),
        ("June 2018 to date", "2018-06", None, True),
        ("Nov 2021 – to date", "2021-11", None, True),
        ("Jan 2021 - Present", "2021-01", None, True),
        ("since 03/2022", "2022-03", None, True),
        ("from 2014 until 2016", "2014", "2016", False),
        ("12/2019-03/2021", "2019-12", "2021-03", False),
        ("03.2019 - 04.2020", "2019-03", "2020-04", False),
        ("2020-01 / 2021-05", "2020-01", "2021-05", False),
        ("Jan '20 - Mar '21", "2020-01", "2021-03", False),
        ("01/20 - 03/22", "2020-01", "2022-03", False),
        ("2018-19", "2018", "2019", False),
        ("Juin à août 2021", "2021-06", "2021-08", False),
        ("Septembre - Décembre 2022", "2022-09", "2022-12", False),
        ("Novembre à février 2021", "2020-11", "2021-02", False),
        ("du 1er mars 2020 au 30 juin 2021", "2020-03-01", "2021-06-30", False),
        ("D'octobre 2013 à janvier 2016", "2013-10", "2016-01", False),
        ("Mai 2019 à ce jour", "2019-05", None, True),
        ("Mars 2019 → Actuellement", "2019-03", None, True),
        ("2022 (en cours)", "2022", None, True),
        ("janvier 2020 - aujourd’hui · 4 ans 2 mois", "2020-01", None, True),
        ("February 2015 - May 2019", "2015-02", "2019-05", False),
        ("Depuis 01/22", "2022-01", None, True),
        ("since 03/24", "2024-03", None, True),
        ("01/20 à aujourd'hui", "2020-01", None, True),
        ("Sept.-déc. 2020", "2020-09", "2020-12", False),
        ("juil./août 2017", "2017-07", "2017-08", False),
        ("Juillet et août 2021", "2021-07", "2021-08", False),
        ("du 1er au 31 juillet 2018", "2018-07-01", "2018-07-31", False),
        ("nov. 18 - mars 19", "2018-11", "2019-03", False),
        ("11/2021 – …", "2021-11", None, True),
        ("janv 2023 > ...", "2023-01", None, True),
        ("Apr-18 – to date", "2018-04", None, True),
        ("Jan-14 – Mar-18", "2014-01", "2018-03", False),
        ("2019.03 – now", "2019-03", None, True),
        ("En poste depuis 2020", "2020", None, True),
    ],
)
def test_a_period_is_read_in_each_way_of_writing(text: str, start: str, end: str | None, is_current: bool) -> None:
    period = find_period(text)
    assert period is not None
    assert (period.start, period.end, period.is_current) == (start, end, is_current)
    assert not period.single
    assert without_period(text, period) == ""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Août 2020", "2020-08"),
        ("Été 2019", "2019"),
        ("April 12, 2023", "2023-04-12"),
        ("1er avril 2023", "2023-04-01"),
        ("05/2011", "2011-05"),
        ("31/02/2020", "2020-02"),
        ("Promotion 2018", "2018"),
        ("Diplômé en 2016", "2016"),
        ("Class of 2015", "2015"),
    ],
)
def test_a_single_date_is_told_from_a_period(text: str, value: str) -> None:
    period = find_period(text)
    assert period is not None
    assert (period.start, period.end, period.single) == (value, None, True)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Développeur – Acme | 2019-2021", "Développeur – Acme"),
        ("Regional Sales Manager\tJune 2019 - Present", "Regional Sales Manager"),
        ("Depuis 2019 : Chef de projet chez Acme", "Chef de projet chez Acme"),
        ("2015 : Master Informatique", "Master Informatique"),
        ("Éducatrice (CDI, depuis avril 2019)", "Éducatrice (CDI)"),
        ("Depuis septembre 2020 - Toulouse", "Toulouse"),
    ],
)
def test_the_rest_of_a_line_is_left_clean(text: str, rest: str) -> None:
    period = find_period(text)
    assert period is not None
    assert without_period(text, period) == rest


@pytest.mark.parametrize(
    "text", ["2000 €", "06 39 98 12 34", "réduction de 900 ms à 140 ms", "99,98 % de disponibilité", "may", "x" * 500]
)
def test_other_numbers_and_words_are_no_dates(text: str) -> None:
    assert find_period(text) is None


@pytest.mark.parametrize(("text", "expected"), [("2 ans 3 mois", True), ("(1 year)", True), ("2 ans chez Acme", False)])
def test_a_duration_alone_is_told(text: str, expected: bool) -> None:
    assert is_duration(text) is expected


def test_a_partial_date_leaves_out_an_impossible_day() -> None:
    assert [partial(2020), partial(2020, 2), partial(2020, 2, 29), partial(2021, 2, 29)] == [
        "2020",
        "2020-02",
        "2020-02-29",
        "2021-02",
    ]


@pytest.mark.parametrize(
    ("text", "start", "end", "is_current"),
    [
        ("2021 -", "2021", None, True),
        ("2018 · 2020", "2018", "2020", False),
        ("6 mois en 2018", "2018", None, False),
    ],
)
def test_open_ends_dots_and_lengths_are_wholly_dates(text: str, start: str, end: str | None, is_current: bool) -> None:
    period = find_period(text)
    assert period is not None
    assert (period.start, period.end, period.is_current) == (start, end, is_current)
    assert without_period(text, period) == ""


@pytest.mark.parametrize(
    "text",
    [
        *("11/2019 - ...", "11/2019 - …", "11/2019 -", "11/2019 →", "11/2019 ->", "11/2019 =>", "11/2019 - ?"),
        *("11/2019 – 20..", "11/2019 - 20XX", "11/2019 - xx", "11/2019 à …", "(11/2019 - ...)", "[11/2019 - …]"),
        *("11/2019 à nos jours", "de 11/2019 à nos jours", "11/2019 jusqu'à maintenant", "11/2019 jusqu’à ce jour"),
        *("11/2019 - toujours en poste", "11/2019 - en activité", "11/2019 (poste actuel)", "11/2019 - date du jour"),
        *(
            "11/2019 onwards",
            "11/2019 till date",
            "11/2019 - till now",
            "11/2019 to the present",
            "11/2019 - present time",
        ),
        *("Nov 2019 - to present", "Nov 2019 - current role", "11/2019+", "à compter de novembre 2019"),
        *("Depuis le mois de novembre 2019", "Actuellement, depuis novembre 2019", "Aujourd'hui - 11/2019"),
        *("Présent – nov. 2019", "11/19 - ...", "nov. 19 - ...", "nov 2019-..."),
    ],
)
def test_an_end_still_to_come_is_told_in_many_ways(text: str) -> None:
    period = find_period(text)
    assert period is not None
    assert (period.start, period.end, period.is_current, period.single) == ("2019-11", None, True, False)
    assert without_period(text, period) == ""


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("fin 2018 - début 2020", "2018", "2020"),
        ("mi-2018 à fin 2020", "2018", "2020"),
        ("early 2018 to late 2020", "2018", "2020"),
        ("depuis la rentrée 2018", "2018", None),
        ("depuis fin 2018", "2018", None),
        ("Depuis mi-2018", "2018", None),
        ("depuis l'année 2018", "2018", None),
        ("printemps 2018 – automne 2020", "2018", "2020"),
        ("Q1 2018 - Q3 2020", "2018-01", "2020-09"),
        ("T1 2018 - T3 2020", "2018-01", "2020-09"),
        ("03.18 – 08.20", "2018-03", "2020-08"),
        ("'18 - '20", "2018", "2020"),
        ("2020 - 2018", "2018", "2020"),
        ("Sep. 2018 thru Mar. 2020", "2018-09", "2020-03"),
        ("saisons 2018 et 2020", "2018", "2020"),
        ("année scolaire 2018-2019", "2018", "2019"),
        ("2018 à 2020 inclus", "2018", "2020"),
    ],
)
def test_parts_of_years_and_short_years_are_wholly_dates(text: str, start: str, end: str | None) -> None:
    period = find_period(text)
    assert period is not None
    assert (period.start, period.end, period.single) == (start, end, False)
    assert without_period(text, period) == ""


@pytest.mark.parametrize("text", ["12.50 – 14.50 €", "Q1", "fin de mission", "note 11.20/20", "'18"])
def test_prices_and_marks_are_no_periods(text: str) -> None:
    assert find_period(text) is None
