"""Plain text: which encoding it is in, and its lines as they are."""

from adapters.documents.errors import BadDocument
from adapters.documents.kinds import utf16_order


def decode_text(data: bytes) -> str:
    """The text of `data`, line ends made "\\n". The order is UTF-16, UTF-8, Windows-1252.

    Raises `BadDocument` for a NUL character (a binary file) or bytes of no known encoding.
    """
    try:
        text = _decode(data)
    except UnicodeDecodeError:
        # `from None`: the error holds the document's bytes.
        raise BadDocument("Encodage du texte non reconnu : enregistrez le document en UTF-8") from None
    if "\x00" in text:
        raise BadDocument("Le fichier n'est pas un document texte")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")


def _decode(data: bytes) -> str:
    order = utf16_order(data)
    if order is not None:
        return data.decode(order)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252")
