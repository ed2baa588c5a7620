"""Accounts and the keys of machine callers."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.tables import ApiKey, User


def folded_email(email: str) -> str:
    """Addresses are compared without case."""
    return email.strip().lower()


async def add_user(
    session: AsyncSession, *, email: str, password_hash: str, role: str, first_name: str = "", last_name: str = ""
) -> User | None:
    """The new account, or None when the address is taken."""
    statement = (
        insert(User)
        .values(
            email=folded_email(email),
            password_hash=password_hash,
            role=role,
            first_name=first_name,
            last_name=last_name,
        )
        .on_conflict_do_nothing(index_elements=[User.email])
        .returning(User)
    )
    return (await session.scalars(statement)).one_or_none()


async def user_by_email(session: AsyncSession, email: str) -> User | None:
    return (await session.scalars(select(User).where(User.email == folded_email(email)))).one_or_none()


async def user_by_id(session: AsyncSession, user_id: int) -> User | None:
    return await session.get(User, user_id)


async def add_api_key(session: AsyncSession, *, name: str, key_hash: str) -> ApiKey | None:
    """The new key's row, or None when the name is taken."""
    statement = (
        insert(ApiKey)
        .values(name=name, key_hash=key_hash)
        .on_conflict_do_nothing(index_elements=[ApiKey.name])
        .returning(ApiKey)
    )
    return (await session.scalars(statement)).one_or_none()


async def api_key_by_hash(session: AsyncSession, key_hash: str) -> ApiKey | None:
    return (await session.scalars(select(ApiKey).where(ApiKey.key_hash == key_hash))).one_or_none()
