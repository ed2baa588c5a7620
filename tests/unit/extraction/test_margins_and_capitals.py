"""Positions whose date a narrow margin broke, whose titles stand in capitals, or that nobody employed."""

import pytest

from domain.extraction.experience import read_experience
from domain.extraction.lines import read_lines


def _read(text: str) -> list[tuple[str | None, str | None, str | None, str | None]]:
    return [(post.title, post.company, post.start_date, post.end_date) for post in read_experience(read_lines(text))]


@pytest.mark.parametrize(
    ("broken", "start", "end"),
    [
        ("Avril - septembre\tBarista, Costa Ltd\n2009", "2009-04", "2009-09"),
        ("Avril - septembre\n2009\tBarista, Costa Ltd", "2009-04", "2009-09"),
        ("Avril –\tBarista, Costa Ltd\nseptembre 2009", "2009-04", "2009-09"),
        ("De juin à août\tBarista, Costa Ltd\n2009", "2009-06", "2009-08"),
        ("Mai / juin\tBarista, Costa Ltd\n2009", "2009-05", "2009-06"),
        ("April to August\tBarista, Costa Ltd\n2009", "2009-04", "2009-08"),
        ("Avril\tBarista, Costa Ltd\n2009", "2009-04", None),
        ("Été\tBarista, Costa Ltd\n2009", "2009", None),
        ("Depuis avril\tBarista, Costa Ltd\n2009", "2009-04", None),
        ("Septembre 2008 -\tBarista, Costa Ltd\nmars 2009", "2008-09", "2009-03"),
        ("Sept. 2008 – mars\tBarista, Costa Ltd\n2009", "2008-09", "2009-03"),
        ("2008 à\tBarista, Costa Ltd\n2009", "2008", "2009"),
        ("01/09/2008 -\tBarista, Costa Ltd\n31/08/2009", "2008-09-01", "2009-08-31"),
        ("January 2009 –\tBarista, Costa Ltd\nPresent", "2009-01", None),
        ("2009 -\tBarista, Costa Coffee Houses Ltd\nprésent", "2009", None),
    ],
)
def test_a_date_broken_in_the_margin(broken: str, start: str, end: str | None) -> None:
    first, second = _read(f"{broken}\n- Service\n\n2005 - 2007\tCaissière, Hyper Rivières, Soyaux")
    assert (first[0], first[2:]) == ("Barista", (start, end))
    assert first[1] in ("Costa Ltd", "Costa Coffee Houses Ltd")
    assert second == ("Caissière", "Hyper Rivières", "2005", "2007")


def test_a_year_below_a_whole_date_is_no_end() -> None:
    assert _read("2009\tBarista, Costa Ltd\n2011\n- Service\n\n2005 - 2007\tCaissière, Hyper Rivières")[0] == (
        "Barista",
        "Costa Ltd",
        "2009",
        None,
    )


@pytest.mark.parametrize(
    ("title", "company"),
    [
        ("COFFREUR-BANCHEUR", "Manpro Intérim"),
        ("COFFREUR-BANCHEUR", "Rossi & Fils"),
        ("FERRAILLEUR", "Lahitte Père et Fils"),
        ("SABLEUR", "Proman"),
        ("RIPPER", "Nettoyage Sud"),
        ("ÉLAGUEUR", "Entreprise Lahitte"),
        ("SCAPHANDRIER", "Océan Bleu"),
        ("ZINGUEUR", "SNEF"),
    ],
)
def test_titles_in_capitals(title: str, company: str) -> None:
    text = (
        "03/2018 - aujourd'hui   CONDUCTEUR DE TRAVAUX\n\nCassagne Construction (groupe Méridia)\n\n- Logements\n\n"
        f"07/2006 - 02/2018   {title}\n\n{company}\n\n2003 - 2006   CHEF D'ÉQUIPE\n\nPyrénées Gros Œuvre\n\n"
        "1997 - 2000   APPRENTI COFFREUR\n\nEntreprise Lahitte"
    )
    assert _read(text)[1][:2] == (title, company)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("COFFREUR-BANCHEUR, Manpro Intérim, 2000 - 2003", ("COFFREUR-BANCHEUR", "Manpro Intérim")),
        ("Adéquat Intérim 64, Vendeur, 1999 - 2000", ("Vendeur", "Adéquat Intérim 64")),
        ("Missions Intérim, 1997 - 1999", ("Missions Intérim", None)),
    ],
)
def test_temporary_work(text: str, expected: tuple[str, str | None]) -> None:
    assert _read(text)[0][:2] == expected


@pytest.mark.parametrize(
    "header",
    [
        "Brodeuse, à mon compte, 2012 - 2014",
        "Brodeuse, à son propre compte, Albi\n2012 - 2014",
        "- 2012 à 2014 : Brodeuse, à mon compte",
        "Brodeuse\nÀ mon compte\n2012 - 2014",
        "Brodeuse, Self-Employed, Toledo, OH\n2012 - 2014",
        "Brodeuse | Self employed | Leeds | 2012 - 2014",
        "Brodeuse | Sole trader | Leeds | 2012 - 2014",
        "Brodeuse (self-employed), Toledo, OH, 2012 - 2014",
        "2012 - 2014\tBrodeuse (micro-entrepreneur)",
        "2012 - 2014\tBrodeuse – auto-entrepreneuse",
        "2012 - 2014 : Brodeuse – travailleuse indépendante",
        "Brodeuse, en libéral, Nantes, 2012 - 2014",
        "Brodeuse – Freelance – 2012 to 2014",
    ],
)
def test_work_for_oneself_is_no_title(header: str) -> None:
    assert _read(header) == [("Brodeuse", None, "2012", "2014")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Freelance, Novalis, 2015 - 2018", ("Freelance", "Novalis")),
        ("Acme SARL, à son compte, 2010 - 2014", ("à son compte", "Acme SARL")),
        ("Boulangerie Martin, CDI, 2010 - 2014", ("CDI", "Boulangerie Martin")),
    ],
)
def test_a_contract_beside_a_company_stays_the_title(text: str, expected: tuple[str, str]) -> None:
    assert _read(text)[0][:2] == expected
