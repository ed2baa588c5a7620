"""The words of advertisements and of what is searched in them: folded, whole, C, C++, C#, .NET and R&D told apart."""

import re
from collections.abc import Sequence

from domain.text import fold

# ".net" as a word of its own; single letters joined by "&"; an elided word ("l'", "qu'") is left out, so that
# "c'est" does not hold the language C; symbols stay with the word they follow.
_WORD = re.compile(
    r"(?<![^\W_])\.net(?![^\W_])"
    r"|(?<![^\W_])[^\W_]&[^\W_](?![^\W_])"
    r"|(?<![^\W_])(?:[cdjlmnst]|(?:jus|lors|puis|quoi)?qu)['’](?=[^\W_])"
    r"|[^\W_]+[+#]{0,3}"
)
_TERM = re.compile(r'["“”«»]([^"“”«»]*)["“”«»]|([^\s,"“”«»]+)')
_SHORT = 3


def words_of(text: str) -> list[str]:
    """The words of a text in order.

    >>> words_of("L'ingénieure C++/C#, R&D et ASP.NET"), words_of("Développeur .NET")
    (['ingenieure', 'c++', 'c#', 'r&d', 'et', 'asp', 'net'], ['developpeur', '.net'])
    """
    return [word for word in _WORD.findall(fold(text)) if word[-1] not in "'’"]


def exact_words(text: str) -> list[str]:
    """The words that a language's full-text search loses, each once: those with symbols or under 3 letters."""
    return list(dict.fromkeys(w for w in words_of(text) if len(w) < _SHORT or not w.isalnum()))


def split_terms(keywords: str) -> list[str]:
    """The terms of a query, each once: words apart by spaces or commas, and phrases in quotation marks.

    >>> split_terms('Python, "chef de  projet" C++ python -')
    ['Python', 'chef de projet', 'C++']
    """
    terms: dict[tuple[str, ...], str] = {}
    for phrase, word in _TERM.findall(keywords):
        term = " ".join((phrase or word).split())
        if found := words_of(term):
            terms.setdefault(tuple(found), term)
    return list(terms.values())


class Words:
    """A text in which terms are looked for."""

    def __init__(self, *texts: str | None) -> None:
        # Texts stay apart: a phrase does not begin in a title and end in the description.
        self._joined = "\n".join(f" {' '.join(words_of(text))} " for text in texts if text)

    def hold(self, term: str) -> bool:
        """Whether the words of `term` stand in one of the texts, one after the other."""
        return f" {' '.join(words_of(term))} " in self._joined

    def count(self, terms: Sequence[str]) -> int:
        """How many of `terms` the texts hold."""
        return sum(self.hold(term) for term in terms)
