"""The skills vocabulary: names, categories, kinship, and the search in running text."""

import pytest

from domain.skills import canonical, category_of, find_mentions, find_skills, related


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("js", "JavaScript"),
        ("Postgres", "PostgreSQL"),
        ("node.js", "Node.js"),
        ("Node JS", "Node.js"),
        ("NodeJS", "Node.js"),
        ("Java 17", "Java"),
        ("PHP8", "PHP"),
        ("Excel (avancé)", "Excel"),
        ("gros œuvre", "Bâtiment et travaux publics"),
        ("Comptabilite", "Comptabilité"),
        ("accounting", "Comptabilité"),
        ("c", "C"),
        ("C++", "C++"),
        ("c#", "C#"),
        (".net", ".NET"),
        ("net", "net"),
        ("r", "R"),
        ("GO", "Go"),
        ("R2", "r2"),
        ("CACES R389", "CACES R489"),
        ("caces 3", "CACES"),
        ("prises de sang", "Prélèvements sanguins"),
        ("Food costing", "Coût matière"),
        ("TopSolid'Wood", "TopSolid"),
        ("MA", "ma"),
        ("  Élevage   bovin ", "elevage bovin"),
        ("", ""),
    ],
)
def test_canonical(written: str, name: str) -> None:
    assert canonical(written) == name
    assert canonical(name) == name


def test_categories() -> None:
    names = ("python", "jira", "travail en équipe", "comptabilité", "inconnu au bataillon")
    assert [category_of(name) for name in names] == ["technical", "tool", "soft", "domain", None]


def test_kinship_goes_both_ways_and_is_not_identity() -> None:
    assert related("FastAPI", "flask")
    assert related("Django", "fast api")
    assert related("Python", "Django")
    assert related("Django", "Python")
    assert not related("Python", "Python")
    assert not related("Java", "JavaScript")
    assert not related("inconnu", "inconnue")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Développement en Python, puis en java ; base Postgres.", ["Python", "Java", "PostgreSQL"]),
        ("Langages : C, C++, C#, .NET, R", ["C", "C++", "C#", ".NET", "R"]),
        ("C / C++ / Java", ["C", "C++", "Java"]),
        ("Permis B, C", []),
        ("Permis B, C, FIMO", ["Permis poids lourd"]),
        ("Plan C : rien", []),
        ("Let's go to the access point", []),
        ("Go, Rust, Python", ["Go", "Rust", "Python"]),
        ("Python\nGo\nAnglais", ["Python", "Go"]),
        ("I excel at teamwork", ["Travail en équipe"]),
        ("Pack Office : Excel, Word, Access", ["Microsoft Office", "Excel", "Word", "Microsoft Access"]),
        ("html, css, react", ["HTML", "CSS", "React"]),
        ("I react quickly", []),
        ("Gestion de\nprojet et machine-learning", ["Gestion de projet", "Machine Learning"]),
        ("React. Native de Lyon", ["React"]),
        ("Javanais, pythonesque, scrumptious", []),
        ("jean.java@example.com https://example.org/python www.example.net/docker", []),
        ("M&A et R&D", ["Fusions-acquisitions"]),
        ("ASP.NET et CI/CD", ["ASP.NET", "CI/CD"]),
        ("Me\u0301canique", ["Mécanique"]),
        ("L’agilité, d'Excel", ["Agile", "Excel"]),
        ("Je sais calculer un coût matière", ["Coût matière"]),
        ("Sous le ciel de Paris, un rhino", []),
        ("Logiciels : Ciel, Rhino", ["Ciel", "Rhino 3D"]),
        ("", []),
    ],
)
def test_search_in_running_text(text: str, names: list[str]) -> None:
    assert [skill.name for skill in find_skills(text)] == names


def test_a_skill_named_twice_is_found_once_with_its_category() -> None:
    [found] = find_skills("Python, python et PYTHON")
    assert (found.name, found.category, found.level) == ("Python", "technical", None)


def test_mentions_point_into_the_text() -> None:
    text = "Nous utilisons Vue.js et k8s."
    assert [(m.name, text[m.start : m.end]) for m in find_mentions(text)] == [
        ("Vue.js", "Vue.js"),
        ("Kubernetes", "k8s"),
    ]
