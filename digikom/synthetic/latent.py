"""The traits that lie behind the answers: how digitally mature a municipality is, and how it does on each block.

They exist only while a survey is made and are never written down. All are whole numbers with mean about 0 and standard
deviation about `chance.UNIT`, so that the order of municipalities can't hang on the last bit of a float.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from digikom.synthetic.chance import UNIT, Chance


def blend(trait: int, noise: int, percent: int) -> int:
    """A new trait that correlates `percent` per cent with `trait` (negative: runs against it), the rest being noise."""
    return (percent * trait + math.isqrt(100 * 100 - percent * percent) * noise) // 100


def typical_sizes(size_classes: pd.DataFrame) -> dict[str, float]:
    """A typical number of inhabitants of each size class, for municipalities whose population is not known.

    The geometric mean of the class limits. The lowest class has no lower limit to speak of and the highest no upper
    one: half and double the other limit stand in for them.
    """
    sizes = {}
    for row in size_classes.to_dict("records"):
        limit = int(row["lower"])
        upper = 2 * limit if pd.isna(row["upper"]) else int(row["upper"]) + 1
        sizes[str(row["size_class"])] = math.sqrt((limit or upper // 2) * upper)
    return sizes


def size_scores(inhabitants: Mapping[str, float]) -> dict[str, int]:
    """The logarithm of the population, standardised over the municipalities given (code -> inhabitants)."""
    logs = {code: math.log(number) for code, number in inhabitants.items()}
    mean = math.fsum(logs.values()) / len(logs)
    spread = math.sqrt(math.fsum((value - mean) ** 2 for value in logs.values()) / len(logs))
    return {code: round(UNIT * (value - mean) / spread) if spread else 0 for code, value in logs.items()}


def trait(codes: Sequence[str], base: Mapping[str, int], percent: int, chance: Chance) -> dict[str, int]:
    """A trait that follows `base` by `percent` per cent; noise is drawn in the order of the municipalities `codes`."""
    return {code: blend(base[code], chance.noise(), percent) for code in codes}
