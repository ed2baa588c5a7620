"""The HTTP edge: checks what comes in, starts workflows, reads what is known."""
