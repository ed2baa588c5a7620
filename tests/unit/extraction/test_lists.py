"""Skill lists and certifications."""

import time

import pytest

from domain.extraction.certifications import read_certifications
from domain.extraction.lines import read_lines
from domain.extraction.skill_lists import read_listed_skills


def _skills(text: str) -> list[tuple[str, str | None]]:
    return [(skill.name, skill.level) for skill in read_listed_skills(read_lines(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Langages : Python, C++, C#", [("Python", None), ("C++", None), ("C#", None)]),
        ("Python (expert), Docker (débutant)", [("Python", "EXPERT"), ("Docker", "BEGINNER")]),
        ("- Excel : avancé\n- Java - intermediate", [("Excel", "ADVANCED"), ("Java", "INTERMEDIATE")]),
        ("Python ★★★★☆\nDocker 80%", [("Python", None), ("Docker", None)]),
        ("Sténotypie ; Zyxcad • Python", [("Sténotypie", None), ("Zyxcad", None), ("Python", None)]),
        ("AWS (Lambda, S3)", [("AWS", None), ("Lambda", None), ("S3", None)]),
        ("Docker,\nKubernetes", [("Docker", None), ("Kubernetes", None)]),
        ("Python, Python, python", [("Python", None)]),
        # an item is a skill as a whole, whatever known one is part of it
        ("Droit fiscal international, SAP Ariba", [("Droit fiscal international", None), ("SAP Ariba", None)]),
        ("- A/B testing\n- Santé et sécurité", [("A/B testing", None), ("Santé et sécurité", None)]),
        ("HTML/CSS, Word et Excel", [("HTML", None), ("CSS", None), ("Word", None), ("Excel", None)]),
        ("Maîtrise d'Excel, notions de Python", [("Excel", None), ("Python", None)]),
        ("Excel : tableaux croisés", [("Excel", None), ("tableaux croisés", None)]),
        ("Excel - Word - Zyxcad", [("Excel", None), ("Word", None), ("Zyxcad", None)]),
        ("CACES 1, 3 et 5", [("CACES", None)]),
        # labels are none
        ("Langages\tPython, SQL", [("Python", None), ("SQL", None)]),
        ("Langages\nPython\nSQL", [("Python", None), ("SQL", None)]),
        ("Commerciales\n- Prospection ciblée\n- Devis", [("Prospection ciblée", None), ("Devis", None)]),
        # ratings and bullets, as text recognition reads them too
        ("Python ● ● ● ● ○\nJava ●●●○○ Docker ●●○○○", [("Python", None), ("Java", None), ("Docker", None)]),
        ("› Python\ne Docker\n¢ Java\n+ Sage", [("Python", None), ("Docker", None), ("Java", None), ("Sage", None)]),
        # a line end inside an item
        ("Python, Power\nBI, Zyxcad", [("Python", None), ("Power BI", None), ("Zyxcad", None)]),
        ("Anglais courant\nPython", [("Python", None)]),
    ],
)
def test_items_and_levels_of_a_skill_list(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert _skills(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # what stands in brackets is a skill of its own, a detail or a remark
        ("Planification (MS Project), gravure", ["Planification", "Microsoft Project", "gravure"]),
        ("SAP CO, Excel (VBA), Power BI", ["SAP FI/CO", "Excel", "VBA", "Power BI"]),
        ("Excel avancé (solveur linéaire)", ["Excel", "solveur linéaire"]),
        ("Conduite d'engins (mini-pelle, chargeuse)", ["Conduite d'engins", "mini-pelle", "chargeuse"]),
        ("Dessin (Zyx 3D), Élagage (taille douce)", ["Dessin", "Zyx 3D", "Élagage"]),
        ("Comptabilité (générale, analytique)", ["Comptabilité"]),
        ("Sauveteur secouriste du travail (SST)", ["Premiers secours"]),
        ("Zyxage (2022), Taille (depuis 2015), Greffe (5 ans)", ["Zyxage", "Taille", "Greffe"]),
        ("Dactylographie (60 mots/minute), SAP (modules MM et SD)", ["Dactylographie", "SAP"]),
        # what leads to a name, and counts and codes after it
        ("- Logiciel Orbis\n- Logiciels métiers : Zyxia®, Crossway™", ["Orbis", "Zyxia", "Crossway"]),
        ("SketchUp, bases de TopSolid'Wood", ["SketchUp", "TopSolid"]),
        (
            "- Lecture de plans, utilisation de la toupie et de la scie à format",
            ["Lecture de plans", "toupie", "scie à format"],
        ),
        # the use of something that has no name is a skill as a whole
        ("Utilisation d'un scanner", ["Utilisation d'un scanner"]),
        ("- Utilisation des outils de levage", ["Utilisation des outils de levage"]),
        ("- Manipulation de produits chimiques", ["Manipulation de produits chimiques"]),
        ("Use of a barcode scanner\nUse of SAP and Excel", ["Use of a barcode scanner", "SAP", "Excel"]),
        ("Bonne utilisation d'un ERP (SAP), utilisation quotidienne d'Excel", ["ERP", "SAP", "Excel"]),
        ("Utilisation d'engins de chantier, utilisation des outils bureautiques", ["Conduite d'engins"]),
        ("Gestion de 3 boutiques, gravure", ["Gestion de 3 boutiques", "gravure"]),
        ("Fiscalité – Genapi – Télé@ctes", ["Fiscalité", "Genapi", "Télé@ctes"]),
        ("Zyx@ge, @Zyxk, c.zyx@example.fr, @zyx, Word", ["Zyx@ge", "@Zyxk", "Word"]),
        ("Maîtrise des logiciels Ciel Compta et EBP", ["Ciel", "EBP"]),
        ("À l'aise avec les outils informatiques (Word, Excel)", ["Word", "Excel"]),
        ("Proficient in Excel, Word and PowerPoint", ["Excel", "Word", "PowerPoint"]),
        ("- Suivi budgétaire, encadrement de cinq conseillers", ["Suivi budgétaire", "Encadrement d'équipe"]),
        ("Gestion d'un portefeuille de 120 clients, gravure", ["Gestion d'un portefeuille", "gravure"]),
        ("CACES R489 catégories 1, 3 et 5 (2024) ; HACCP (2023)", ["CACES R489", "HACCP"]),
        ("CACES® R482 cat. A, C1 et F", ["CACES R482"]),
        ("CACES : R489 1A, 3", ["CACES R489"]),
        ("Titulaire du CACES 3", ["CACES"]),
        ("Habilitation électrique B2V, BR, BC", ["Électricité du bâtiment"]),
        ("Permis B, BE\nFull UK driving licence, Python", ["Python"]),
        ("Permis B, C, CE, Python", ["Permis poids lourd", "Python"]),
        ("Permis B, C, CE – FIMO – Carte conducteur", ["Permis poids lourd", "Carte conducteur"]),
        ("Logiciel de caisse Zyxty, carte CNAPS valide jusqu'en 2027", ["Zyxty", "carte CNAPS"]),
        ("SSIAP 1 (recyclage 2023), habilitation électrique H0B0", ["Sécurité privée", "Électricité du bâtiment"]),
        # a list beside sentences
        (
            "Cuisson sous vide, découpe des poissons. Je tiens les fiches et j'applique la méthode HACCP.",
            ["Cuisson sous vide", "découpe des poissons", "HACCP"],
        ),
        ("Je connais Excel, Word et la taille.", ["Excel", "Word"]),
        (
            "Taille, greffe, traitement. Conduite de tracteur. Permis B.",
            ["Taille", "greffe", "traitement", "Conduite de tracteur"],
        ),
        ("- Prise en charge des patients en fin de vie", ["Prise en charge des patients en fin de vie"]),
        # other ways to set a list
        ("Bureautique – Word, Excel", ["Word", "Excel"]),
        ("Bureautique → Word, Excel", ["Word", "Excel"]),
        ("✓ Ébavurage ✓ Perçage ✓ Rivetage", ["Ébavurage", "Perçage", "Rivetage"]),
        ("Word * Excel // Zyxcad", ["Word", "Excel", "Zyxcad"]),
        ('« Trados », "memoQ", Ciel…', ["Trados", "memoQ", "Ciel"]),
        ("Rigoureuse, souriante et patiente", ["Rigueur", "souriante", "patiente"]),
        # what is no skill
        ("Langues : anglais courant, espagnol\nLoisirs : lecture, cuisine", []),
        ("Directrice d'agence - Crédit Zyx, Bergerac - 2011 à 2017", []),
    ],
)
def test_an_item_gives_the_skills_it_names(text: str, expected: list[str]) -> None:
    assert [name for name, _ in _skills(text)] == expected


def test_a_hostile_item_does_not_keep_the_processor() -> None:
    began = time.process_time()
    for text in ("Permis C " + "1" * 200 + "!x", "permis b" + " et b" * 60 + "!", "CACES 1" + ", 1" * 20_000):
        _skills(text)
    assert time.process_time() - began < 2


def test_prose_gives_known_skills_only() -> None:
    assert _skills("J'ai une bonne expérience de la conception de services en Python pour la France.") == [
        ("Python", None)
    ]


def test_an_unknown_item_takes_the_category_of_its_list() -> None:
    (skill,) = read_listed_skills(read_lines("Zyxcad"), unknown="tool")
    assert (skill.name, skill.category) == ("Zyxcad", "tool")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "- AWS Certified Solutions Architect – Associate, 2021",
            [("AWS Certified Solutions Architect - Associate", None, "2021")],
        ),
        (
            "Professional Scrum Product Owner I\nScrum.org\n2020",
            [("Professional Scrum Product Owner I", "Scrum.org", "2020")],
        ),
        ("Green Belt - Institut Lean - juin 2018", [("Green Belt", "Institut Lean", "2018-06")]),
        ("Google Ads Certification\n(Google, 2019)", [("Google Ads Certification", "Google", "2019")]),
        ("2020 : Certificat de coach, École du Coaching", [("Certificat de coach", "École du Coaching", "2020")]),
        ("SST délivré par la CCI (03/2022)", [("SST", "CCI", "2022-03")]),
        (
            "- Oracle Certified Professional, Java SE 11 Developer",
            [("Oracle Certified Professional, Java SE 11 Developer", None, None)],
        ),
        ("TOEIC 850", [("TOEIC 850", None, None)]),
    ],
)
def test_certifications(text: str, expected: list[tuple[str, str | None, str | None]]) -> None:
    found = read_certifications(read_lines(text))
    assert [(item.name, item.issuer, item.date) for item in found] == expected


@pytest.mark.parametrize("separator", ["|", "·"])
def test_a_wrapped_list_keeps_its_items_whole(separator: str) -> None:
    text = f"Python {separator} SQL {separator} MS\nProject {separator} Jira"
    assert [name for name, _ in _skills(text)] == ["Python", "SQL", "Microsoft Project", "Jira"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Perçage\n\n## ZYX\n\nÉbavurage", ["Perçage", "ZYX", "Ébavurage"]),
        ("Perçage\n\n## ZYX", ["Perçage", "ZYX"]),
        ("## ZYX\n\nPython, SQL", ["Python", "SQL"]),
        ("## ZYX\n\n- Python\n- SQL", ["Python", "SQL"]),
    ],
)
def test_a_lone_acronym_is_an_item_and_no_title(text: str, expected: list[str]) -> None:
    assert [name for name, _ in _skills(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lecture de plans, taille de pierre, pose de dalles, conduite de mini-\n\n## pelle, bardage", "mini-pelle"),
        (
            "Gestion de classe, pédagogie, relation avec les familles, outils\n\n## numériques (Genially), chant",
            "Genially",
        ),
        ("Gestion de classe, pédagogie, relation avec les familles, outils\nnumériques (Genially), chant", "Genially"),
    ],
)
def test_a_list_goes_on_in_small_letters_below_a_line_end(text: str, expected: str) -> None:
    names = [name for name, _ in _skills(text)]
    assert any(expected in name for name in names)
    assert not {"numériques", "conduite de mini", "pelle"} & set(names)
    assert names[-1] in ("bardage", "chant")


def test_small_letters_throughout_do_not_tell_that_a_list_goes_on() -> None:
    text = "zyxcad, pose de faïence, taille de pierre, bardage en bois\n\n## fraisage fin\n\nperçage, ébavurage"
    assert [name for name, _ in _skills(text)][3:] == ["bardage en bois", "perçage", "ébavurage"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Compétences professionnelles Arrimage, bâchage", ["Arrimage", "bâchage"]),
        ("Compétences Arrimage, bâchage", ["Arrimage", "bâchage"]),
        ("Outils informatiques Zyxcad, Orbis", ["Zyxcad", "Orbis"]),
        ("Technical skills Brazing, Zyxing", ["Brazing", "Zyxing"]),
        ("Langages Python, SQL", ["Python", "SQL"]),
        # no title: the rest of a name
        ("Expertise Comptable, bâchage", ["Expertise Comptable", "bâchage"]),
        ("Compétences relationnelles, bâchage", ["Compétences relationnelles", "bâchage"]),
        ("Outils Zyxcad", ["Outils Zyxcad"]),
    ],
)
def test_a_section_title_glued_to_its_list_is_left_out(text: str, expected: list[str]) -> None:
    assert [name for name, _ in _skills(text)] == expected


def test_two_bulleted_columns_are_two_lists() -> None:
    assert [name for name, _ in _skills("- Bâchage\t• Zyxcad, Orbis")] == ["Bâchage", "Zyxcad", "Orbis"]
