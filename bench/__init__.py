"""Measured figures of the running backend: `python -m bench` starts a local stack, works it over HTTP and reports."""
