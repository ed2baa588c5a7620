"""Word lists: blocks of text read as sets of words or of `|`-separated names."""


def words(block: str) -> frozenset[str]:
    """The words of a block of text."""
    return frozenset(block.split())


def names(block: str) -> frozenset[str]:
    """The `|`-separated names of a block of text, which may hold spaces."""
    return frozenset(name.strip() for line in block.splitlines() for name in line.split("|") if name.strip())


def word_pattern(block: str) -> str:
    """A regular expression for any of the expressions of a block as whole words.

    Expressions stand on lines of their own or between spaced bars; a bar without spaces belongs to an expression.
    """
    parts = [part.strip() for line in block.splitlines() for part in line.split(" | ") if part.strip()]
    return r"(?<!\w)(?:" + "|".join(sorted(parts, key=len, reverse=True)) + r")(?!\w)"
