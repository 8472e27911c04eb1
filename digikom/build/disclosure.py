"""Answers of single municipalities stay out of what is published, unless the data say that they may be shown.

The notebooks publish aggregates, but a cell may show anything. So the outputs of an edition on confidential answers are
searched for codes and names of municipalities before the book is made, and one that holds any stops the build.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import nbformat
from bs4 import BeautifulSoup

from digikom import geography, survey
from digikom.build.editions import Edition
from digikom.errors import BuildError

_CODE = re.compile(r"(?<![\w.,])[0-9]{4}(?![\w.,])")
#: Codes that look like years (Finnmark's, as long as it had them) tell nothing; the names are looked for all the same.
_YEAR = re.compile("20[0-9]{2}")
#: How many of the names and codes found in one output the message shows.
_SHOWN = 3


def answers_are(edition: Edition, attribute: str, value: object, data_dir: str | Path | None = None) -> bool:
    """Whether the answers of the edition's year and of its reference year all have `value` as an attribute.

    The attributes are those of `survey.load`; a year without a survey file is passed over.
    """
    present = survey.years(data_dir)
    years = [year for year in edition.years if year in present]
    return all(survey.load(year, data_dir).attrs[attribute] == value for year in years)


def is_real(edition: Edition, data_dir: str | Path | None = None) -> bool:
    """Whether all answers of the edition are real: one synthetic file makes everything synthetic."""
    return answers_are(edition, "status", "real", data_dir)


def is_confidential(edition: Edition, data_dir: str | Path | None = None) -> bool:
    """Whether answers of the edition, of either year, are real and not cleared for publication one by one."""
    return not answers_are(edition, "municipalities_public", True, data_dir)


def check_disclosure(edition: Edition, executed: Path, data_dir: str | Path | None = None) -> None:
    """Stop an edition on confidential answers whose notebooks show municipalities one by one.

    Raises BuildError naming the notebooks and cells.
    """
    if not is_confidential(edition, data_dir):
        return
    registers = [geography.register(year, data_dir) for year in edition.years]
    codes = {code for register in registers for code in register["municipality_code"] if not _YEAR.fullmatch(code)}
    counties = {name for register in registers for name in register["county"]}
    names = {name for register in registers for name in register["name"]} - counties
    problems = []
    for path in sorted(executed.glob("*.ipynb")):
        for index, cell in enumerate(nbformat.read(path, as_version=4).cells):
            texts = [text for output in cell.get("outputs", []) for text in _texts(output)]
            found = sorted(_named(texts, names, codes))
            if found:
                problems.append(f"{path.name}, cell {index} (id {cell.id}): {', '.join(found[:_SHOWN])}")
    if problems:
        raise BuildError(
            "The answers are confidential, but these cells show municipalities one by one:\n" + "\n".join(problems)
        )


def _texts(output: Any) -> Iterator[str]:  # noqa: ANN401  a node of the notebook format, of mixed content
    """Every piece of text that an output shows: the cells of tables, the values of published objects, lines of text."""
    yield from str(output.get("text", "")).splitlines()
    for mime_type, content in output.get("data", {}).items():
        if mime_type == "text/html":
            yield from (text.strip() for text in BeautifulSoup(str(content), "html.parser").stripped_strings)
        elif isinstance(content, str):
            yield from content.splitlines()
        else:
            yield from _strings(content)


def _strings(value: object) -> Iterator[str]:
    """The texts anywhere in a JSON value, keys of objects included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield str(name)
            yield from _strings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _strings(part)


def _named(texts: Iterable[str], names: set[str], codes: set[str]) -> set[str]:
    """The municipalities in the texts: names that stand alone in a cell or begin a line of columns, and codes."""
    found: set[str] = set()
    for text in texts:
        # In a frame shown as text two spaces or more divide the columns.
        found |= {part for part in re.split(r"\s{2,}|\t", text.strip()) if part in names}
        found |= set(_CODE.findall(text)) & codes
    return found
