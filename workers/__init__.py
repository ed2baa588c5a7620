"""Worker processes: `python -m workers [--queue NAME …]`, one task queue a kind of resource."""
