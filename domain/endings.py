"""What users read of work that ended without saying why."""

INTERRUPTED = "Traitement interrompu"
"""Of a run that was terminated by an operator, or lost."""
