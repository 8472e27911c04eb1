"""What the rules of a block mean for each municipality: labels it may not have, labels it is to have first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from digikom.synthetic.chance import UNIT, Chance
from digikom.synthetic.targets import AnyBlock, Where

# What the register says of each municipality: code -> column -> value.
Register = Mapping[str, Mapping[str, object]]

# Cost of every place but the favoured ones: more than any difference in maturity can outweigh.
FAVOUR = 100 * UNIT


def matching(register: Register, where: Where) -> list[str]:
    """The municipalities that have one of the values wanted in every column named, in the order of the register."""
    return [code for code, row in register.items() if all(row[column] in values for column, values in where.items())]


class Preferences:
    """The rules of one block, worked out for the respondents."""

    def __init__(self, name: str, block: AnyBlock, register: Register, seed: str) -> None:
        """Find out whom the rules concern; the municipalities that are favoured are drawn by lot, once."""
        self._barred: dict[str, set[str]] = {code: set() for code in register}
        self._favoured: dict[str, set[str]] = {code: set() for code in register}
        for rule in block.never:
            for code in matching(register, rule.where):
                self._barred[code] |= set(rule.labels)
        for position, favour in enumerate(block.favours):
            chance = Chance(seed, "favour", name, str(position))
            for code in matching(register, favour.where):
                if chance.integer(100) < favour.percent:
                    self._favoured[code] |= set(favour.labels)

    def cost(self, code: str, offered: Iterable[str], choice: Iterable[str]) -> int | None:
        """What it costs to give a municipality one of the labels `offered` when it could be any of `choice`.

        `None` when all of them are ruled out for it, `FAVOUR` when it is to have others first, else nothing.
        """
        labels = set(offered)
        if labels <= self._barred[code]:
            return None
        wished = self._favoured[code].intersection(choice)
        return FAVOUR if wished and not wished & labels else 0
