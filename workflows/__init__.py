"""Workflow definitions: the order of steps and their bounds. Deterministic, no I/O."""
