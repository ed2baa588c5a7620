"""E-mail, telephone, links and address."""

import pytest

from domain.extraction.contacts import find_address, find_email, find_links
from domain.extraction.lines import read_lines
from domain.extraction.phones import find_phone, guess_region, normalise_phone


@pytest.mark.parametrize(
    ("text", "region", "e164", "as_written"),
    [
        ("06 39 98 12 34", "FR", "+33639981234", "06 39 98 12 34"),
        ("Tél. : 06.39.98.12.34", "FR", "+33639981234", "06.39.98.12.34"),
        ("0639981234", "FR", "+33639981234", "0639981234"),
        ("06/39/98/12/34", "FR", "+33639981234", "06/39/98/12/34"),
        ("06-39-98-12-34", "FR", "+33639981234", "06-39-98-12-34"),
        ("+33 (0)6 39 98 12 34", "FR", "+33639981234", "+33 (0)6 39 98 12 34"),
        ("(+33) 6 39 98 12 34", "FR", "+33639981234", "(+33) 6 39 98 12 34"),
        ("0033 6 39 98 12 34", "FR", "+33639981234", "0033 6 39 98 12 34"),
        ("Lyon | 01 99 00 42 71 | a@example.fr", "FR", "+33199004271", "01 99 00 42 71"),
        ("07700 900123", "GB", "+447700900123", "07700 900123"),
        ("+44 7700 900123", "FR", "+447700900123", "+44 7700 900123"),
        ("(512) 555-0142", "US", "+15125550142", "(512) 555-0142"),
        ("San Jose, CA | (408) 555-0134", "GB", "+14085550134", "(408) 555-0134"),
        ("06 39 98 12 34", "GB", "+33639981234", "06 39 98 12 34"),
        ("07700 900123", "FR", "+447700900123", "07700 900123"),
        ("Fax : 01 99 00 42 70 - Tél. : 01 99 00 42 71", "FR", "+33199004271", "01 99 00 42 71"),
        ("01 99 00 42 71 / 06 39 98 12 34", "FR", "+33199004271", "01 99 00 42 71"),
        # other digits right before or after it, and a second number: the first counts
        ("01 99 00 42 71 06 39 98 12 34", "FR", "+33199004271", "01 99 00 42 71"),
        ("06 39 98 12 34 01 99 00 42 71", "FR", "+33639981234", "06 39 98 12 34"),
        ("06 39 98 12 34 ou 01 99 00 42 71", "FR", "+33639981234", "06 39 98 12 34"),
        ("+33 6 39 98 12 04 01 99 00 42 71", "FR", "+33639981204", "+33 6 39 98 12 04"),
        ("06 39 98 12 34-01 99 00 42 71", "FR", "+33639981234", "06 39 98 12 34"),
        ("Fax 01 99 00 42 71 06 39 98 12 34", "FR", "+33639981234", "06 39 98 12 34"),
        ("06 39 98 12 34 3 rue du Verger", "FR", "+33639981234", "06 39 98 12 34"),
        ("06 39 98 12 34 75011 Paris", "FR", "+33639981234", "06 39 98 12 34"),
        ("75011 06 39 98 12 34", "FR", "+33639981234", "06 39 98 12 34"),
        ("12/03/1990 06 39 98 12 34", "FR", "+33639981234", "06 39 98 12 34"),
        ("06 39 98 12 34 1988", "FR", "+33639981234", "06 39 98 12 34"),
        ("33 6 39 98 12 34", "FR", "+33639981234", "33 6 39 98 12 34"),
        ("06•39•98•12•34", "FR", "+33639981234", "06•39•98•12•34"),
        ("06_39_98_12_34", "FR", "+33639981234", "06_39_98_12_34"),
        ("020 7946 0958 07700 900123", "GB", "+442079460958", "020 7946 0958"),
        ("+41 79 555 12 34 / 06 39 98 12 34", "FR", "+41795551234", "+41 79 555 12 34"),
    ],
)
def test_a_phone_is_normalised_and_kept_as_written(text: str, region: str, e164: str, as_written: str) -> None:
    phone = normalise_phone(text, region)
    assert phone is not None
    assert (phone.e164, phone.as_written) == (e164, as_written)


@pytest.mark.parametrize(
    "text",
    [
        "2018 - 2020",
        "Economics (2015 - 2016)",
        "75011 Paris",
        "SIRET 12345678901234",
        "né le 12/03/1990",
        "Fax : 01 99 00 42 70",
        "FR76 3000 6000 0112 3456 7890 189",
        "01.02.2010 03.04.2012",
        "2018 2019 2020 2021 2022",
        "0" * 400,
    ],
)
def test_other_numbers_are_no_phones(text: str) -> None:
    assert normalise_phone(text) is None


@pytest.mark.parametrize("text", ["06 39 98\n12 34", "Tél. : +33 6 39\n98 12 34"])
def test_a_phone_broken_by_a_narrow_column_is_found(text: str) -> None:
    phone = find_phone(read_lines(text), "FR")
    assert phone is not None
    assert phone.e164 == "+33639981234"


def test_digits_on_two_lines_are_no_phone_by_themselves() -> None:
    assert find_phone(read_lines("2018\n2020\n69003 Lyon"), "FR") is None


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("Contact : camille.moreau@example.fr, Lyon", "camille.moreau@example.fr"),
        ("✉ m-a+cv@mail.example.org", "m-a+cv@mail.example.org"),
        ("jean @ example.fr", "jean@example.fr"),
        ("jean.dupont [at] example.fr", "jean.dupont@example.fr"),
        ("camille.dubreuil\n@example.fr", "camille.dubreuil@example.fr"),
        ("camille.dubreuil@exam\nple.fr", "camille.dubreuil@example.fr"),
        ("camille.\ndubreuil@example.fr", "camille.dubreuil@example.fr"),
        ("Portfolio\ncamille@example.fr", "camille@example.fr"),
        ("@example", None),
    ],
)
def test_an_email_is_found(text: str, email: str | None) -> None:
    assert find_email(read_lines(text)) == email


def test_links_are_found_but_no_email_domain() -> None:
    lines = read_lines("linkedin.com/in/c-moreau | https://c.example.org/cv. | c@example.fr | github.com/c")
    assert find_links(lines) == ["linkedin.com/in/c-moreau", "https://c.example.org/cv", "github.com/c"]


@pytest.mark.parametrize(
    ("text", "address", "city", "country"),
    [
        ("12 rue des Lilas, 69003 Lyon", "12 rue des Lilas, 69003 Lyon", "Lyon", None),
        (
            "8 avenue de la Gare, 13100\nAix-en-Provence",
            "8 avenue de la Gare, 13100 Aix-en-Provence",
            "Aix-en-Provence",
            None,
        ),
        ("15 rue Monge\n21000 Dijon", "15 rue Monge", "Dijon", None),
        ("London, UK | a@example.com", None, "London", "UK"),
        ("Nantes (44)", None, "Nantes", None),
        ("Paris, France · 01 99 00 42 71", None, "Paris", "France"),
        ("Développeur chez Acme", None, None, None),
    ],
)
def test_an_address_is_read_as_far_as_it_goes(
    text: str, address: str | None, city: str | None, country: str | None
) -> None:
    found = find_address(read_lines(text))
    assert (found.address, found.city, found.country) == (address, city, country)


def test_the_places_of_the_head_tell_whose_numbers_it_uses() -> None:
    assert [guess_region("bristol, united kingdom", "en"), guess_region("bruxelles", "fr"), guess_region("", "fr")] == [
        "GB",
        "BE",
        "FR",
    ]
