"""Words as the candidates' search compares them: folded, whole, with the symbols that tell C, C++ and C# apart.

Documents and queries go through the same functions before the search server stems them, so that what a recruiter
types and what a candidate wrote meet whatever their accents, apostrophes and punctuation.
"""

import re
import unicodedata

from domain.text import fold

# The elided word before an apostrophe is left out; symbols stay with the word they follow. No word is longer than
# what an index keeps as one term.
_WORD = re.compile(r"(?:(?<![^\W_])(?:[cdjlmnst]|(?:jus|lors|puis|quoi)?qu)['’])?([^\W_]{1,100}[+#]{0,3})")
# Stemmers know "-ère", the feminine of "-er", by the accent that folding takes away.
_FEMININE = re.compile(r"(?<=..)eres?$")
_FUNCTION_WORD = re.compile(
    r"a|aux?|avec|chez|dans|de|des|du|en|est|et|la|les?|ou|par|pour|sans|sur|une?|and|for|in|of|or|the|to|with"
)
_E_MAIL = re.compile(r"[^\s@<>(),;:]{1,64}@[\w.-]{1,255}")
_PHONE = re.compile(
    r"(?<![\w+])(?:(?:\+|00)[1-9]\d{0,2}[ .\-/]{0,2}(?:\(0\))?\d?|0[1-9])(?:[ .\-/\u00a0]{0,2}\d{2,3}){3,5}(?!\d)"
)
MAX_PLAIN = 60_000
"""Characters of one text, made plain, that are looked at."""

_PRIVATE_USE = re.compile(r"[\ue000-\uf8ff]")


def search_words(text: str) -> list[str]:
    """The words of a text in order.

    >>> search_words("L'ingénieure C++/C# d'Œuvres"), search_words("Infirmières (Node.js)")
    (['ingenieure', 'c++', 'c#', 'oeuvres'], ['infirmier', 'node', 'js'])
    """
    # Styled letters have no case until they are plain ones; one character can become eighteen.
    plain = fold(unicodedata.normalize("NFKC", text)[:MAX_PLAIN])
    return [_FEMININE.sub("er", word) for word in _WORD.findall(plain)]


def query_words(text: str) -> list[str]:
    """The words of a query that count: each once, function words such as "de" and "avec" left out."""
    return [word for word in dict.fromkeys(search_words(text)) if not _FUNCTION_WORD.fullmatch(word)]


def presentable(text: str, limit: int) -> str:
    """A text written by a candidate as strangers may read it, at most `limit` characters.

    E-mail addresses and telephone numbers are taken out; so are private-use characters, which mark highlights.
    """
    without = _PRIVATE_USE.sub("", _E_MAIL.sub("…", text[: limit + 400]))
    return _PHONE.sub("…", without)[:limit]
