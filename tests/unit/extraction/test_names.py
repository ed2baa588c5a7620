"""The person's name and headline."""

import pytest

from domain.extraction.lines import read_lines
from domain.extraction.names import is_named_by, read_identity


@pytest.mark.parametrize(
    ("text", "name", "headline"),
    [
        ("Camille Moreau\nDéveloppeuse Python\nc.moreau@example.fr", "Camille Moreau", "Développeuse Python"),
        ("# John Harper\n\nSenior Data Engineer", "John Harper", "Senior Data Engineer"),
        (
            "Curriculum Vitae\nMohamed Amine TRABELSI\nIngénieur logiciel",
            "Mohamed Amine TRABELSI",
            "Ingénieur logiciel",
        ),
        ("CV de Marie Dupont\nComptable", "Marie Dupont", "Comptable"),
        ("Nom : Benali\nPrénom : Karim", "Karim Benali", None),
        ("Nom et prénom : Diallo Aminata", "Diallo Aminata", None),
        ("Camille BERTRAND – Éducatrice spécialisée", "Camille BERTRAND", "Éducatrice spécialisée"),
        ("MARIE-CLAIRE DUPUIS\tInfirmière diplômée d'État", "MARIE-CLAIRE DUPUIS", "Infirmière diplômée d'État"),
        ("Marie DUPONT Développeuse web\nLyon", "Marie DUPONT", "Développeuse web"),
        ("Marie\nDUPONT\nChargée de communication", "Marie DUPONT", "Chargée de communication"),
        ("Mme Julie de La Tour\nAvocate", "Julie de La Tour", "Avocate"),
        ("Dr. Helen Whitmore", "Helen Whitmore", None),
        ("Sarah O'Connor\nDublin, Ireland", "Sarah O'Connor", None),
        ("Nantes (44)\nFrançais natif\nSophie LEROY\nComptable confirmée", "Sophie LEROY", "Comptable confirmée"),
        ("Paris\nChef de Projet\nTravail en équipe", None, "Chef de Projet"),
    ],
)
def test_name_and_headline(text: str, name: str | None, headline: str | None) -> None:
    lines = read_lines(text)
    identity = read_identity(lines, lines)
    assert (identity.name, identity.headline) == (name, headline)


def test_the_email_tells_the_name_from_other_capitalised_words() -> None:
    lines = read_lines("Grand Large\nXenia Ptolemy\nxptolemy@example.com")
    assert read_identity(lines, lines).name == "Xenia Ptolemy"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('Abdoulaye "Abdou" SARR\nChauffeur', "Abdoulaye SARR"),
        ("Claire PETIT (née Garnier)\nComptable", "Claire PETIT"),
        ("Blanche d'Aubigny\nBotaniste", "Blanche d'Aubigny"),
        ("Contact\tMichael Okonkwo\nm.okonkwo@example.com", "Michael Okonkwo"),
        ("LÉA     CHEVALIER\nVendeuse", "LÉA CHEVALIER"),
        ("Maître Solène VASSEUR\nAvocate au barreau", "Solène VASSEUR"),
        ("Me Solène Vasseur", "Solène Vasseur"),
        ("Pr. Karim Benali\nChirurgien", "Karim Benali"),
        ("Prof. Dr. Anna Keller", "Anna Keller"),
        ("Jane Smith, MSc, RN\nNurse", "Jane Smith"),
        ("Jane Smith PhD", "Jane Smith"),
        # the same words in a job are no civility, short family names no degree
        ("Maître d'hôtel\nLuc Morel", "Luc Morel"),
        ("Professeur des écoles\nClaire Petit", "Claire Petit"),
        ("Linh Thi Ma", "Linh Thi Ma"),
        ("Aminata Ba", "Aminata Ba"),
    ],
)
def test_what_stands_around_a_name_is_none_of_it(text: str, name: str) -> None:
    lines = read_lines(text)
    assert read_identity(lines, lines).name == name


@pytest.mark.parametrize(
    ("text", "email", "named"),
    [
        ("Michael Okonkwo", "m.okonkwo@example.com", True),
        ("Marie-Lou DUVAL", "marielou.duval@example.fr", True),
        ("Mary Byrne", "t.osullivan@example.com", False),
        ("Michael Okonkwo", None, False),
        ("Chef de projet", "chef@example.fr", False),
    ],
)
def test_an_address_names_its_owner(text: str, email: str | None, named: bool) -> None:
    assert is_named_by(text, email) is named
