"""Positions in the layouts that CVs use."""

import pytest

from domain.extraction.experience import read_experience
from domain.extraction.lines import read_lines

_TWO = [
    ("Développeuse Python", "Novalis", "2020-09", "2023-02"),
    ("Comptable générale", "Cabinet Fidalis", "2015", "2019"),
]


def _read(text: str) -> list[tuple[str | None, str | None, str | None, str | None]]:
    return [(item.title, item.company, item.start_date, item.end_date) for item in read_experience(read_lines(text))]


@pytest.mark.parametrize(
    "text",
    [
        # title and company on one line, the date below, then bullets
        "Développeuse Python – Novalis\nSept. 2020 – Février 2023\n- API\n- Tests\n\n"
        "Comptable générale – Cabinet Fidalis\n2015 - 2019\n- Bilans",
        # the date first, on its own line
        "Sept. 2020 – Février 2023\nDéveloppeuse Python\nNovalis\nConception de services.\n"
        "2015 - 2019\nComptable générale\nCabinet Fidalis\nTenue des comptes de clients.",
        # the date on the right, the company below
        "Développeuse Python\tSept. 2020 – Février 2023\nNovalis, Lyon\n• API\n"
        "Comptable générale          2015 – 2019\nCabinet Fidalis, Nantes\n• Bilans",
        # company first
        "Novalis – Développeuse Python\n09/2020 – 02/2023\n- API\nCabinet Fidalis – Comptable générale\n2015 – 2019",
        # three columns
        "Novalis\tDéveloppeuse Python\t09/2020 – 02/2023\n• API\nCabinet Fidalis\tComptable générale\t2015 – 2019",
        # "chez" after the date
        "De septembre 2020 à février 2023 : Développeuse Python chez Novalis (Lyon)\nServices web\n"
        "2015 - 2019 : Comptable générale chez Cabinet Fidalis",
        # three lines under a Markdown heading
        "### Développeuse Python\n\nNovalis, Lyon\nSeptembre 2020 - février 2023\n\n- API\n\n"
        "### Comptable générale\n\nCabinet Fidalis, Nantes\n2015 - 2019\n\n- Bilans",
        # bars
        "Développeuse Python\nNovalis | Lyon | sept. 2020 - fév. 2023\n\n"
        "Comptable générale\nCabinet Fidalis | 2015 - 2019",
        # commas and brackets in a bullet list
        "- Développeuse Python, Novalis, Lyon (09/2020 - 02/2023)\n- Comptable générale, Cabinet Fidalis (2015 - 2019)",
        # dates between title and company
        "Développeuse Python\n09/2020 - 02/2023\nNovalis, Lyon\n- API\n"
        "Comptable générale\n2015 - 2019\nCabinet Fidalis\n- Bilans",
        # a table
        "| Période | Poste | Entreprise |\n|---|---|---|\n| 09/2020 - 02/2023 | Développeuse Python | Novalis |\n"
        "| 2015 - 2019 | Comptable générale | Cabinet Fidalis |",
        # labels
        "09/2020 - 02/2023   Novalis\nFonction : Développeuse Python\n- API\n2015 - 2019   Cabinet Fidalis\n"
        "Fonction : Comptable générale\n- Bilans",
        # a date broken over two lines
        "Développeuse Python – Novalis\nSept. 2020 –\nFévrier 2023\n- API\n"
        "Comptable générale – Cabinet Fidalis\n2015 –\n2019",
    ],
)
def test_each_layout_gives_the_same_positions(text: str) -> None:
    assert _read(text) == _TWO


def test_english_layouts() -> None:
    text = (
        "Senior Data Engineer at Brightwave Ltd\nJanuary 2020 to date\n- Streaming\n"
        "Junior Developer at Acorn Systems\n2014 - 2016\n- Services"
    )
    positions = read_experience(read_lines(text))
    assert [(p.title, p.company, p.is_current) for p in positions] == [
        ("Senior Data Engineer", "Brightwave Ltd", True),
        ("Junior Developer", "Acorn Systems", False),
    ]


def test_place_contract_and_description_are_told_apart() -> None:
    text = "Serveur (CDI) – Restaurant Le Phare – Montpellier\nDepuis mai 2021\n- Service en salle\n- Encaissement"
    (position,) = read_experience(read_lines(text))
    assert (position.title, position.company, position.location) == ("Serveur", "Restaurant Le Phare", "Montpellier")
    assert position.description == "- Service en salle\n- Encaissement"


def test_a_name_with_at_in_it_is_no_employer_of_its_own() -> None:
    assert _read("Head Chef, The Larder at Leith, Edinburgh\n2020 - 2022") == [
        ("Head Chef", "The Larder at Leith", "2020", "2022")
    ]


def test_a_title_below_company_and_unknown_town() -> None:
    text = "2012/2016 : GROUPE SANTELIA, Mérignac\nChargée de recrutement\n- Recrutement de soignants"
    (position,) = read_experience(read_lines(text))
    assert (position.title, position.company, position.location) == (
        "Chargée de recrutement",
        "GROUPE SANTELIA",
        "Mérignac",
    )


def test_a_second_position_at_one_company_keeps_the_company() -> None:
    text = (
        "Orvalis\n3 ans 2 mois\nProduct Owner\njanvier 2021 - Present (3 ans 2 mois)\nGestion du backlog.\n\n"
        "Business Analyst\nmars 2019 - décembre 2020\nRecueil des besoins."
    )
    assert _read(text) == [
        ("Product Owner", "Orvalis", "2021-01", None),
        ("Business Analyst", "Orvalis", "2019-03", "2020-12"),
    ]


def test_the_company_may_be_missing() -> None:
    assert _read("2016 – 2018: Cleaner, Self-employed") == [("Cleaner", None, "2016", "2018")]


def test_tools_listed_below_a_position_are_its_skills() -> None:
    (position,) = read_experience(
        read_lines("Ingénieur – Hydrotech\n2013 - 2016\n- Calculs\nLogiciels utilisés : SolidWorks, Zyxcad")
    )
    assert position.skills == ["SolidWorks", "Zyxcad"]


def test_a_date_inside_a_task_makes_no_position() -> None:
    text = "Chef de projet – Acme\n2018 - 2022\n- Migration du SI (2020)\n- Livré en mars 2021"
    assert _read(text) == [("Chef de projet", "Acme", "2018", "2022")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # years stacked in a time line, the newer one above or below
        (
            "2018\nà ce jour\nAssistante de direction\nGroupe Meridia\n2012\n2018\nSecrétaire\nCabinet Lenoir",
            [
                ("Assistante de direction", "Groupe Meridia", "2018", None),
                ("Secrétaire", "Cabinet Lenoir", "2012", "2018"),
            ],
        ),
        ("2018\n2012\nSecrétaire\nCabinet Lenoir", [("Secrétaire", "Cabinet Lenoir", "2012", "2018")]),
        # a date that its narrow column broke
        (
            "Sep 2015 - May\tGraduate Engineer\n2017\tHarrow Consulting, York",
            [("Graduate Engineer", "Harrow Consulting", "2015-09", "2017-05")],
        ),
        # a full stop at the end of a header
        (
            "2016\tDéveloppeur web, Nexalp Solutions, Annecy, 6 mois.",
            [("Développeur web", "Nexalp Solutions", "2016", None)],
        ),
        # the company above several positions
        (
            "CALDER FOODS PLC (FTSE 250)\nChief Operating Officer (2018 – present)\n- Seven sites\n"
            "Operations Director (2014 – 2018)\n- Two sites",
            [
                ("Chief Operating Officer", "CALDER FOODS PLC", "2018", None),
                ("Operations Director", "CALDER FOODS PLC", "2014", "2018"),
            ],
        ),
        # a town that no list knows, after the company on its own line
        ("Dupont Frères, Vertou\nCariste\n2015 – 2018", [("Cariste", "Dupont Frères", "2015", "2018")]),
        (
            "DOGWOOD MARKET, Decatur, GA\nSales Associate, 06/2013-07/2016",
            [("Sales Associate", "DOGWOOD MARKET", "2013-06", "2016-07")],
        ),
        # a title with a comma, its company on another line
        (
            "Cabinet Aurore, Paris\nAvocate collaboratrice, Droit social\nSeptembre 2019 - présent",
            [("Avocate collaboratrice, Droit social", "Cabinet Aurore", "2019-09", None)],
        ),
        # the town beside the date
        (
            "2018 – présent\tLiège\nContrôleuse financière, Sambre Métal",
            [("Contrôleuse financière", "Sambre Métal", "2018", None)],
        ),
        (
            "2018 – 2020\nAide à domicile\nParticuliers employeurs, Auch",
            [("Aide à domicile", "Particuliers employeurs", "2018", "2020")],
        ),
        (
            "2003-2008\tArlon\nInfirmière\nCentre hospitalier d'Arlon",
            [("Infirmière", "Centre hospitalier d'Arlon", "2003", "2008")],
        ),
        ("Monteur\nMaison Dupuy à Vienne\n2018 - 2020", [("Monteur", "Maison Dupuy", "2018", "2020")]),
        ("Welder\nWelsh Steel in Cardiff\n2018 - 2020", [("Welder", "Welsh Steel", "2018", "2020")]),
        ("Dupont – Vertou\nÉlectromécanicien\n2015 – 2018", [("Électromécanicien", "Dupont", "2015", "2018")]),
        # the town of an unknown name beside the date
        (
            "2011 – 2018\tCharleroi\nTechnicien qualité, Sambre Verre",
            [("Technicien qualité", "Sambre Verre", "2011", "2018")],
        ),
        # remarks in brackets
        (
            "Data Engineer – Banque Horizon (mission via Datalys)\n2021 - 2023",
            [("Data Engineer", "Banque Horizon", "2021", "2023")],
        ),
        (
            "2015 - 2019 : GROUPE PIERRES (CA : 85 M€, 420 salariés)\nDirecteur financier",
            [("Directeur financier", "GROUPE PIERRES", "2015", "2019")],
        ),
        (
            "Conductrice – Régie des transports (RDT13)\n2015 - 2019",
            [("Conductrice", "Régie des transports (RDT13)", "2015", "2019")],
        ),
        (
            "Assistante commerciale (alternance)\nBois & Design\n2022 - 2023",
            [("Assistante commerciale (alternance)", "Bois & Design", "2022", "2023")],
        ),
        ("Stagiaire juriste (6 mois)\nGroupe Orphélia\n2014", [("Stagiaire juriste", "Groupe Orphélia", "2014", None)]),
        # words before the employer's name
        (
            "Analyste au sein de la société Pyrénées Informatique\n2011 - 2014",
            [("Analyste", "Pyrénées Informatique", "2011", "2014")],
        ),
        # title and company without any mark between them
        (
            "2019 – 2021 Porto, Portugal\nINFIRMIÈRE CLINIQUE DE L'ESTUAIRE",
            [("INFIRMIÈRE", "CLINIQUE DE L'ESTUAIRE", "2019", "2021")],
        ),
        # typed dashes
        (
            "04/19 - 12/21 -- Monteur réseau -- Câblinfo -- Guipavas",
            [("Monteur réseau", "Câblinfo", "2019-04", "2021-12")],
        ),
        # the form of the European curriculum vitae
        (
            "2015 - 2019\nFonction ou poste occupé\tEmployée de maison\nNom et adresse de l'employeur\tFamille Roux",
            [("Employée de maison", "Famille Roux", "2015", "2019")],
        ),
        # the date on its own between blank lines
        (
            "Comptable\nMeubles Comtois\n\n2004 à 2012\n\n- Devis\n\n"
            "Vendeuse\nHorlogerie du Doubs\n\n2002 - 2004\n\n- Caisse",
            [("Comptable", "Meubles Comtois", "2004", "2012"), ("Vendeuse", "Horlogerie du Doubs", "2002", "2004")],
        ),
    ],
)
def test_what_headers_hold_besides(
    text: str, expected: list[tuple[str | None, str | None, str | None, str | None]]
) -> None:
    assert _read(text) == expected


@pytest.mark.parametrize(
    "text", ["2019 – 2020 : Congé parental", "Année sabbatique\n2019 – 2020", "Career break\t2019 – 2020"]
)
def test_a_break_is_no_position(text: str) -> None:
    assert _read(f"{text}\n\n2015 – 2019 : Vendeuse, Jules & Jim") == [("Vendeuse", "Jules & Jim", "2015", "2019")]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Ouvrier agricole (vendanges en vert)", "Ouvrier agricole"),
        ("Commis de cuisine (saison d'hiver)", "Commis de cuisine"),
        ("Serveuse (saison d'été)", "Serveuse"),
        ("Ski instructor (winter season)", "Ski instructor"),
        ("Ouvrier (récolte des pommes)", "Ouvrier"),
        ("Vendanges", "Vendanges"),
    ],
)
def test_a_season_in_brackets_is_no_part_of_the_title(text: str, title: str) -> None:
    assert _read(f"{text}\nDomaine des Chênes\nJuillet 2012") == [(title, "Domaine des Chênes", "2012-07", None)]
