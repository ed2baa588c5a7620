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

# Of folded words: "rédactrice", "développeuse", "infirmière". That "heureuse" becomes no word is of no importance.
_FEMININES = (
    (re.compile(r"(?<=..)trice(s?)$"), r"teur\1"),
    (re.compile(r"(?<=...)euse(s?)$"), r"eur\1"),
    (re.compile(r"(?<=..)ere(s?)$"), r"er\1"),
)
_MASCULINES = (
    (re.compile(r"(?<=..)teur(s?)$"), r"trice\1"),
    (re.compile(r"(?<=...)eur(s?)$"), r"euse\1"),
    (re.compile(r"(?<=..)er(s?)$"), r"ere\1"),
)


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


def both_forms(word: str) -> list[str]:
    """A folded word, and what its masculine and feminine forms may be: occupations are advertised in either.

    >>> both_forms("developpeuse"), both_forms("acheteur"), both_forms("python")
    (['developpeuse', 'developpeur'], ['acheteur', 'achetrice', 'acheteuse'], ['python'])
    """
    masculine = _masculine(word)
    feminines = (form.sub(feminine, masculine) for form, feminine in _MASCULINES)
    return list(dict.fromkeys([word, masculine, *feminines]))


def _masculine(word: str) -> str:
    for form, masculine in _FEMININES:
        word, found = form.subn(masculine, word)
        if found:
            break
    return word


def _in_order(text: str) -> str:
    return f" {' '.join(map(_masculine, words_of(text)))} "


class Words:
    """A text in which terms are looked for, whichever gender either is in."""

    def __init__(self, *texts: str | None) -> None:
        # Texts stay apart: a phrase does not begin in a title and end in the description.
        self._joined = "\n".join(_in_order(text) for text in texts if text)

    def hold(self, term: str) -> bool:
        """Whether the words of `term` stand in one of the texts, one after the other."""
        return _in_order(term) in self._joined

    def count(self, terms: Sequence[str]) -> int:
        """How many of `terms` the texts hold."""
        return sum(self.hold(term) for term in terms)
