"""Which lines a position's header is made of: those that a narrow column broke, and no description of tasks."""

import pytest

from domain.extraction.companies import is_task
from domain.extraction.experience import read_experience
from domain.extraction.lines import read_lines


def _read(text: str) -> list[tuple[str | None, str | None]]:
    return [(item.title, item.company) for item in read_experience(read_lines(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "2015 – 2019\tManœuvre – Intérim Avenir BTP, Albi\n\nTerrassement, nettoyage du chantier",
            [("Manœuvre", "Intérim Avenir BTP")],
        ),
        (
            "2015 – 2019\tPeintre – Ets Roussel, Albi\nRavalement de façades, pose de papier peint",
            [("Peintre", "Ets Roussel")],
        ),
        ("2015 – 2019\tCariste\nRangement, chargement et tri des colis", [("Cariste", None)]),
        ("2015 – 2019\tManutentionnaire\nManutention de charges lourdes", [("Manutentionnaire", None)]),
        ("2015 – 2019\tAide à domicile – ADMR\nCourses, ménage, repas", [("Aide à domicile", "ADMR")]),
        ("2015 – 2019\tVendeuse, Kiabi, Lens\nAccueil des clients, tenue de caisse", [("Vendeuse", "Kiabi")]),
        ("2018 – 2022\tSoudeur – Adecco\nAssemblage de charpentes métalliques", [("Soudeur", "Adecco")]),
        (
            "2018 – 2022\tInfirmière intérimaire – Appel Médical\nSoins, pansements",
            [("Infirmière intérimaire", "Appel Médical")],
        ),
        (
            "2015-2019\tInterim Finance Director – Northwind plc\nBudgeting, reporting and cash flow",
            [("Interim Finance Director", "Northwind plc")],
        ),
        # names that resemble tasks
        ("2018 – 2022\tVendeuse\nBoulangerie du marché\nAccueil des clients", [("Vendeuse", "Boulangerie du marché")]),
        ("2018 – 2022\tCuisinier\nAuberge du lac\nPréparation des plats", [("Cuisinier", "Auberge du lac")]),
        ("2015-2019 Serveuse\nDupont, père et fils", [("Serveuse", "Dupont, père et fils")]),
        ("2015-2019\tFacteur, La Poste, Lozère", [("Facteur", "La Poste")]),
        ("2015-2019\tCuisinier, l'Auberge du Lac, Annecy", [("Cuisinier", "l'Auberge du Lac")]),
    ],
)
def test_a_description_is_no_company(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert _read(text) == expected


@pytest.mark.parametrize(
    "text",
    ["Direction régionale de l'environnement", "Stage de vente", "Novalis Construction", "Nettoyage Martin", "EDF", ""],
)
def test_what_is_no_task(text: str) -> None:
    assert not is_task(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "2018 à 2020\tAide-soignante, Clinique du\n\n### Landy (Nice)\n\n- Soins",
            ("Aide-soignante", "Clinique du Landy"),
        ),
        (
            "2018 à 2020\tAide-soignante, Clinique\n\n### Les Mimosas (Nice)\n\n- Soins",
            ("Aide-soignante", "Clinique Les Mimosas"),
        ),
        (
            "2015 à 2017\tAuxiliaire de vie, Association\n\n### Présence à Domicile (Nice)\n\n- Aide",
            ("Auxiliaire de vie", "Association Présence à Domicile"),
        ),
        (
            "2018 à 2020\tSerrurier, Établissements\n\n### Morin et Fils\n\n- Portails",
            ("Serrurier", "Établissements Morin et Fils"),
        ),
        ("2018 - 2020\tCommis, Restaurant\n\n### L'Escale\n\n- Salades", ("Commis", "Restaurant L'Escale")),
        (
            "2018 - 2020\tAnimateur, Centre de la\n\n### Ville de Brest\n\n- Jeux",
            ("Animateur", "Centre de la Ville de Brest"),
        ),
        (
            "2018 - 2020\tÉducatrice, Fondation\nOrphelins d'Auteuil\n- Jeux",
            ("Éducatrice", "Fondation Orphelins d'Auteuil"),
        ),
        (
            "2018 - 2020\tSecrétaire – Cabinet\nMartin et Associés\n- Courrier",
            ("Secrétaire", "Cabinet Martin et Associés"),
        ),
        (
            "2018 - 2020\tNurse, St Mary and\n\n### All Saints Hospital\n\n- Care",
            ("Nurse", "St Mary and All Saints Hospital"),
        ),
        # a header that is complete, above what is done there
        ("2018 - 2020\tSecrétaire – Cabinet\nAccueil des patients", ("Secrétaire", "Cabinet")),
        ("2018 - 2020\tSecrétaire – Association\n\nAccueil des adhérents, courrier", ("Secrétaire", "Association")),
    ],
)
def test_a_name_that_a_narrow_column_broke(text: str, expected: tuple[str, str]) -> None:
    assert _read(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # classes, departments and ranks beside a title
        (
            "2018 - 2020\tProfesseure des écoles, CE2-CM1\nÉcole Paul-Bert, Metz",
            ("Professeure des écoles, CE2-CM1", "École Paul-Bert"),
        ),
        ("2018 - 2020\tTechnicienne, SAV\nDarty Services, Pau", ("Technicienne, SAV", "Darty Services")),
        ("2018 - 2020\tIngénieur, R&D\nLaboratoires Morel, Dreux", ("Ingénieur, R&D", "Laboratoires Morel")),
        ("2018 - 2020\tAide-soignante, SSR\nClinique du Parc, Vire", ("Aide-soignante, SSR", "Clinique du Parc")),
        ("2018 - 2020\tTeacher, KS2\nSt John's Primary School, Hull", ("Teacher, KS2", "St John's Primary School")),
        ("2018 - 2020\tVendeuse, KIABI\nMagasin de prêt-à-porter", ("Vendeuse", "KIABI")),
        # employers beside a département
        ("2018 - 2020\tInfirmière\nMedinterim Sud – Bouches-du-Rhône", ("Infirmière", "Medinterim Sud")),
        ("2018 - 2020\tMoniteur de ski\nESF Les Gets - Haute-Savoie", ("Moniteur de ski", "ESF Les Gets")),
        ("2018 - 2020\tTechnicien éolien\nVentis, Pas-de-Calais", ("Technicien éolien", "Ventis")),
        ("2018 - 2020\tCommercial itinérant\nMetalia Ouest | Vendée", ("Commercial itinérant", "Metalia Ouest")),
        ("Commercial | Bricoma | Sarthe | 2015 - 2018", ("Commercial", "Bricoma")),
    ],
)
def test_what_stands_beside_title_or_company(text: str, expected: tuple[str, str]) -> None:
    assert _read(text) == [expected]
