"""Invented candidates with profiles of the size that real ones have, put into the table directly."""

import random
from typing import Any

from sqlalchemy import insert

from db.engine import Database
from db.tables import Candidate
from domain.cv import EDUCATION_LEVELS, LANGUAGE_LEVELS, SKILL_LEVELS

_FIRST_NAMES = ("Camille", "Lucas", "Inès", "Hugo", "Léa", "Mehdi", "Chloé", "Théo", "Zoé", "Noé")
_LAST_NAMES = ("Aubry", "Besson", "Carlier", "Dumas", "Evrard", "Fabre", "Gilbert", "Humbert", "Jacquet", "Klein")
_CITIES = ("Paris", "Lyon", "Nantes", "Lille", "Bordeaux", "Rennes", "Toulouse", "Strasbourg", "Grenoble", "Angers")
_SECTORS = ("Informatique", "Santé", "Industrie", "Commerce", "Restauration", "Finance", "Logistique", "Éducation")
_TITLES = ("Développeuse backend", "Comptable", "Chef de projet", "Infirmier", "Acheteuse", "Technicien de maintenance")
_SKILLS = (
    *("Python", "JavaScript", "C++", "C#", "Java", "SQL", "Docker", "Kubernetes", "React", "Excel", "SAP", "Git"),
    *("Gestion de projet", "Comptabilité", "Négociation", "Anglais technique", "Lean", "Scrum", "Linux", "Tableau"),
)
_TASKS = (
    "Conception et mise en œuvre d'une nouvelle organisation du service",
    "Suivi des indicateurs, des coûts et des délais avec les équipes internationales",
    "Automatisation des contrôles, ce qui a réduit de moitié le temps de traitement",
    "Encadrement d'une équipe de huit personnes sur trois sites",
    "Rédaction de la documentation et formation des utilisateurs",
)
_BATCH = 1_000


async def insert_people(database: Database, count: int, *, seed: int = 7) -> None:
    """Add that many validated candidates."""
    chance = random.Random(seed)  # noqa: S311 - the same people at each run
    for start in range(0, count, _BATCH):
        rows = [_person(chance) for _ in range(min(_BATCH, count - start))]
        async with database.transaction() as session:
            await session.execute(insert(Candidate), rows)


def _person(chance: random.Random) -> dict[str, Any]:
    title = chance.choice(_TITLES)
    return {
        "created_by": "bench",
        "status": "VALIDATED",
        "first_name": chance.choice(_FIRST_NAMES),
        "last_name": chance.choice(_LAST_NAMES),
        "city": chance.choice(_CITIES),
        "country": "France",
        "sector": chance.choice(_SECTORS),
        "headline": f"{title}, {chance.randint(1, 25)} ans d'expérience",
        "profile": _profile(chance, title),
        "preferences": {"contract_types": ["CDI"], "work_mode": chance.choice(["onsite", "remote", "hybrid"])},
    }


def _profile(chance: random.Random, title: str) -> dict[str, Any]:
    return {
        "position": title,
        "summary": " ".join(chance.sample(_TASKS, 3)),
        "skills": [{"name": name, "level": chance.choice(SKILL_LEVELS)} for name in chance.sample(_SKILLS, 12)],
        "languages": [
            {"language": code, "label": code, "level": chance.choice(LANGUAGE_LEVELS)} for code in ("fr", "en")
        ],
        "experience": [
            {
                "title": chance.choice(_TITLES),
                "company": f"Société {chance.randint(1, 900)}",
                "location": chance.choice(_CITIES),
                "start_date": f"{year}-01",
                "end_date": f"{year + 2}-12",
                "description": "\n".join(f"- {task}" for task in chance.sample(_TASKS, 4)),
            }
            for year in (2014, 2017, 2020)
        ],
        "education": [{"degree": "Master", "level": chance.choice(EDUCATION_LEVELS), "institution": "Université"}],
        "total_experience_months": chance.randint(0, 300),
    }
