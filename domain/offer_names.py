"""Titles and companies of advertisements in the form in which two of them are compared."""

import re
from typing import Final

from domain.offer_words import words_of
from domain.text import fold

# "H/F", "(m/w/d)", "F-H-X", "H/F/NB": letters that stand for who may apply.
_GENDER_MARK = re.compile(r"[(\[]?(?<![^\W_])[hfmwdx](?:\s?[/|*\-.]\s?(?:[hfmwdxi]|nb|div))+(?![^\W_])[)\]]?")
_LEGAL_FORMS: Final = frozenset({"sas", "sasu", "sarl", "eurl", "sa", "snc", "gmbh", "ag", "inc", "ltd", "llc"})
_LONGEST: Final = 500


def title_key(title: str) -> str:
    """A title without case, accents, punctuation and gender marks; the symbols of C++ and C# stay.

    >>> title_key("Développeur C++ (H/F) – Paris"), title_key("Entwickler m/w/d")
    ('developpeur c++ paris', 'entwickler')
    """
    return " ".join(words_of(_GENDER_MARK.sub(" ", fold(title[:_LONGEST]))))


def company_key(company: str) -> str:
    """A company's name without case, accents, punctuation and the legal form at its end.

    >>> company_key("Société Générale S.A."), company_key("ACME Conseil SARL"), company_key("SA")
    ('societe generale', 'acme conseil', 'sa')
    """
    joined = re.sub(r"(?<=\b\w)\.(?=\w\b)", "", fold(company[:_LONGEST]))
    words = words_of(_GENDER_MARK.sub(" ", joined))
    while len(words) > 1 and words[-1] in _LEGAL_FORMS:
        words.pop()
    return " ".join(words)
