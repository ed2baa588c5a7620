"""The demo users. They exist in the embedded stack only: their passwords are in the README."""

from typing import NamedTuple

from db import users
from db.engine import Database
from runtime.passwords import hash_password


class DemoUser(NamedTuple):
    email: str
    password: str
    role: str
    first_name: str
    last_name: str


ADMIN = DemoUser("admin@talentflow.example", "Admin2026!", "admin", "Alice", "Martin")
RECRUITER = DemoUser("recruiter@talentflow.example", "Recruiter2026!", "recruiter", "Rémi", "Lefèvre")
CANDIDATE = DemoUser("john.doe@testmail.com", "Test2026!", "candidate", "John", "Doe")


async def seed_demo_users(database_url: str) -> None:
    """Open the demo users' accounts; those already there keep what they have."""
    database = Database(database_url)
    try:
        for user in (ADMIN, RECRUITER, CANDIDATE):
            async with database.transaction() as session:
                if await users.user_by_email(session, user.email) is not None:
                    continue
                await users.add_user(
                    session,
                    email=user.email,
                    password_hash=await hash_password(user.password),
                    role=user.role,
                    first_name=user.first_name,
                    last_name=user.last_name,
                )
    finally:
        await database.close()
