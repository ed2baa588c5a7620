"""Words that stand nowhere else, for texts that are searched."""

from uuid import uuid4

_LETTERS = str.maketrans("0123456789", "ghijklmnop")


def new_word() -> str:
    """Letters alone: what is searched hides digits that look like somebody's telephone number."""
    return uuid4().hex.translate(_LETTERS)
