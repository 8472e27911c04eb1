"""Names as they stand in a text: in quotation marks, inside a sentence, or put into the name of a number."""

from __future__ import annotations

from collections.abc import Iterable

from digikom.publish.formatting import join_words


def uncapitalised(label: str) -> str:
    """A label inside a sentence: «IKT-prosjekter» keeps its capitals, «Digitale innkjøp» loses its one."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def label(pattern: str, *names: object) -> str:
    """The name of a number: the names put in for `{}`, in turn. Other braces are left to `publish.each`."""
    for name in names:
        pattern = pattern.replace("{}", str(name), 1)
    return pattern


def listed(names: str | Iterable[object]) -> list[str]:
    """The names as texts; a single one is a list of one."""
    return [names] if isinstance(names, str) else [str(name) for name in names]


def quoted(names: str | Iterable[object]) -> str:
    """«a», «b» og «c»; a single name alike."""
    return join_words([f"«{name}»" for name in listed(names)])
