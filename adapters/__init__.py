"""The outside world, one module a neighbour; each usable without Temporal."""
