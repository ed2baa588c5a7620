"""Normal forms of written text, for every comparison that must ignore case and accents."""

import re
import unicodedata

_SPACES = re.compile(r"\s+")


def fold(text: str) -> str:
    """Lower case without accents or ligatures, white space collapsed: "  Élève  Œuvre" → "eleve oeuvre"."""
    if text.isascii():
        return _SPACES.sub(" ", text.lower()).strip()
    text = text.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae").replace("Æ", "AE")
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _SPACES.sub(" ", plain).strip()
