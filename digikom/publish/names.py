"""Names from the data as they stand in a text: in quotation marks, or inside a sentence."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from digikom.publish.formatting import join_words


def uncapitalised(label: str) -> str:
    """A label inside a sentence: «IKT-prosjekter» keeps its capitals, «Digitale innkjøp» loses its one."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def quoted(names: Iterable[str]) -> str:
    """«a», «b» og «c»."""
    return join_words([f"«{name}»" for name in names])


def quoted_english(names: Iterable[str]) -> str:
    """The same in English: “a”, “b” and “c”."""
    return join_words([f"“{name}”" for name in names], last="and")


def named(items: pd.DataFrame) -> dict[str, str]:
    """The names of items (`label_nb` and `label_en`, a row each) for `publish.phrase`: `text` and `english`."""
    return {"text": quoted(items["label_nb"]), "english": quoted_english(items["label_en"])}
