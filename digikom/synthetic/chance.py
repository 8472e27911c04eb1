"""Chance that can be repeated: whole numbers drawn from a text seed, the same on every machine and Python version.

Python promises that `random.Random(text).random()` gives the same sequence in every version, but not that `shuffle`,
`sample` or `gauss` do. So everything here is built on `random()` alone, and no result hangs on the last bit of a float.
"""

from __future__ import annotations

import random
from typing import TypeVar

T = TypeVar("T")

# One standard deviation of `Chance.noise`, and the unit of all latent values.
UNIT = 1000


class Chance:
    """A stream of chance for one purpose. Equal texts give equal streams."""

    def __init__(self, seed: str, *purpose: str) -> None:
        """Begin the stream that belongs to a seed and a purpose."""
        self._random = random.Random("/".join((seed, *purpose))).random

    def integer(self, below: int) -> int:
        """A whole number from 0 up to, not including, `below` (at least 1; far below 2**53)."""
        return int(self._random() * below)

    def noise(self) -> int:
        """A bell-shaped whole number with mean 0 and standard deviation `UNIT` (a sum of twelve even draws)."""
        return sum(self.integer(UNIT + 1) for _ in range(12)) - 6 * UNIT

    def shuffled(self, values: list[T]) -> list[T]:
        """The values in a random order (Fisher and Yates); the list given is left as it is."""
        order = list(values)
        for last in range(len(order) - 1, 0, -1):
            other = self.integer(last + 1)
            order[last], order[other] = order[other], order[last]
        return order
