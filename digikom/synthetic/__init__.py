"""The built-in survey answers: made up, but in full agreement with what was printed about the real ones.

`synthesise(year)` makes the answers from the targets in `data/synthetic/<year>.yml`, `write(year)` writes them to
`data/survey/<year>.csv`. Nothing here knows a score, a grade or a point: targets are answers and counts.
"""

from digikom.synthetic.generation import synthesise, write

__all__ = ["synthesise", "write"]
