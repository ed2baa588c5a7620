"""How the language model fails to give a profile: apart from its client, so that callers need not load that.

Messages are fixed French sentences; the provider's own text can quote the CV and never gets here.
"""


class LlmError(Exception):
    """The model gave no profile."""


class LlmRateLimited(LlmError):
    """The provider asks to wait: `retry_after` seconds where it says how long."""

    def __init__(self, retry_after: float | None) -> None:
        super().__init__("Limite de débit du service de modèle atteinte")
        self.retry_after = retry_after


class LlmRefused(LlmError):
    """The request will be refused again as it is (key, rights, model name, content)."""


class LlmUnavailable(LlmError):
    """The provider did not answer, or answered with a fault of its own; a later try may work."""


class LlmInvalid(LlmError):
    """The model's answer was no profile, even after one repair."""
