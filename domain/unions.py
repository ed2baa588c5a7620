"""The unions whose votes are counted in works-council elections."""

UNIONS = ("cgt", "cfdt", "fo", "cftc", "cgc", "unsa", "sud", "autre")
"""In the order of every table; `cgc` is CFE-CGC, `sud` is also written Solidaires, `autre` all others together."""
