"""The two ways in which a document is refused; both messages are French sentences meant for the caller."""

NO_TEXT = "Aucun texte lisible dans le document"


class UnsupportedFormat(ValueError):
    """The file is of no format we read, or its extension says another format than its content."""

    def __init__(self, message_fr: str) -> None:
        super().__init__(message_fr)
        self.message_fr = message_fr


class BadDocument(ValueError):
    """The format is right, yet this document cannot be read: corrupt, protected, oversized, empty or hostile.

    Trying again cannot help. The message never quotes the document.
    """

    def __init__(self, message_fr: str) -> None:
        super().__init__(message_fr)
        self.message_fr = message_fr
