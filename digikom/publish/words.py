"""Sentences: templates from `book/ord/`, with facts put in by name. Nothing here or in a notebook composes a sentence.

A template is Jinja's. It *fits* when every fact that it names is given; `None` and what is missing are not. Where a
file lists several, the first that fits is used; one with a condition (`when`, an expression over the facts) must also
hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
import yaml

from digikom.errors import InputError
from digikom.paths import BOOK_DIR
from digikom.publish.formatting import (
    NO_BREAK_SPACE,
    format_number,
    join_words,
    listed,
    numeral,
    quoted,
    round_half_up,
    uncapitalised,
)
from digikom.publish.outputs import current

WORDS_DIR = BOOK_DIR / "ord"
#: The macros that all templates may use.
MACROS = "felles.j2"
#: The most words of a title, unless nothing shorter fits.
LONGEST_TITLE = 15
#: The nouns with «ett» that templates count.
NEUTER = frozenset({"fylke", "område", "poeng", "prosjekt", "spørsmål", "svar", "tall"})
HALF = Decimal("0.5")
_SPACES = re.compile(r"[ \n]+")
#: Stands around a share in a text until all of its shares are known.
SHARE = "\ue000"
_SHARES = re.compile(f"{SHARE}(.*?){SHARE}")
#: Bokmål alone, or a mapping of `when`, `nb` and `en`.
Template = str | Mapping[str, Any]


@cache
def dictionary(folder: Path = WORDS_DIR) -> dict[str, Any]:
    """All that the files of words say, by key. Raises InputError for a key given twice."""
    found: dict[str, Any] = {}
    for path in sorted(folder.glob("*.yml")):
        entries = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader) or {}
        twice = sorted(found.keys() & entries.keys())
        if twice:
            raise InputError(f"{path.name} has words that another file has: {', '.join(twice)}.")
        found |= entries
    return found


def entry(key: str) -> Any:  # noqa: ANN401  what a file says: a list, a mapping or a text
    """What the files of words say of `key`. Raises InputError where they say nothing."""
    try:
        return dictionary()[key]
    except KeyError:
        raise InputError(f"There are no words for {key!r} in book/ord/.") from None


def fitting(templates: Template | Iterable[Template], facts: Mapping[str, Any]) -> str | None:
    """The first of the templates that fits and whose condition holds, filled in; None where none does."""
    return next(_all_fitting(templates, facts), None)


def title_of(templates: Template | Iterable[Template], facts: Mapping[str, Any]) -> str:
    """The first title that fits in at most fifteen words, else the last that fits; empty where none does."""
    texts = list(_all_fitting(templates, facts))
    return next((text for text in texts if len(text.split()) <= LONGEST_TITLE), texts[-1] if texts else "")


def footnotes(words: Mapping[str, Any], facts: Mapping[str, Any]) -> list[str]:
    """The notes of the words of a figure or table that fit."""
    return [note for template in words.get("notes", []) if (note := fitting(template, facts))]


def _all_fitting(templates: Template | Iterable[Template], facts: Mapping[str, Any]) -> Iterator[str]:
    listed_ones = [templates] if isinstance(templates, str | Mapping) else templates
    return (text for template in listed_ones if (text := filled(template, facts)) is not None)


def filled(template: Template, facts: Mapping[str, Any], language: str = "nb") -> str | None:
    """One template with the facts put in, or None where it does not fit."""
    case = {"nb": template} if isinstance(template, str) else template
    given = {name: fact for name, fact in facts.items() if fact is not None}
    try:
        if "when" in case and not _compiled(f"{{{{ 1 if {case['when']} else '' }}}}").render(given):
            return None
        return _SPACES.sub(" ", rounded(_compiled(str(case.get(language, ""))).render(given))).strip()
    except jinja2.UndefinedError:
        return None


def in_words(key: str, rows: pd.DataFrame) -> pd.Series:
    """The first template of `key` that fits each row: its facts are the columns, and `common_facts`. Empty where none
    fits.
    """

    templates, common = entry(key), common_facts()
    found = []
    for row in rows.to_dict("records"):
        # A list is a fact, whatever is in it.
        missing = {name for name, fact in row.items() if pd.api.types.is_scalar(fact) and pd.isna(fact)}
        facts = {str(name): None if name in missing else fact for name, fact in row.items()}
        found.append(fitting(templates, {**common, **facts}) or "")
    return pd.Series(found, rows.index, dtype="object")


def common_facts() -> dict[str, Any]:
    """What every template may name: `target`, `reference` (where there is one), `years` and the constants."""
    session = current().session
    return {
        "target": session.target,
        "reference": session.reference,
        "years": [str(year) for year in session.years],
        **{str(name): value for name, value in session.constants.items()},
    }


def base_in_year(base: str) -> str:
    """Whom something is about, with the target year."""
    return fitting(entry("base-in-year"), {"base": base, "year": current().session.target}) or base


def with_unanswered(base: str | None, questions: Sequence[str], year: int) -> str | None:
    """`base`, and after it how many of all municipalities left the blocks, questions or items open that year.

    So too those with an answer that does not count, by its name. As it is where there are none.
    """
    session = current().session
    if not base or session.all_answered:
        return base
    counts = session.lacking(*questions)[session.answers["year"] == year].value_counts(sort=False)
    if counts.empty:
        return base
    unanswered = int(counts.pop("")) if "" in counts else 0
    outside = [{"label": str(label), "count": int(count)} for label, count in counts.items()]
    several = len(session.codebook.behind(*questions)) > 1
    facts = {"base": base, "unanswered": unanswered, "outside": outside, "several": several}
    return fitting(entry("with-unanswered"), facts)


def without_grade(placed: int, words: str = "without-grade", **facts: str) -> str | None:
    """The words for how many of the target year lack an answer behind a grade, and have none: `placed` have one."""
    session = current().session
    lacking = int((session.answers["year"] == session.target).sum()) - placed
    return fitting(entry(words), {"count": lacking, **facts})


@cache
def _compiled(source: str) -> jinja2.Template:
    return _environment().from_string(source)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined,
        loader=jinja2.FileSystemLoader(WORDS_DIR),
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    environment.filters |= FILTERS
    environment.globals["nesten"] = about_as_large
    environment.globals |= vars(environment.get_template(MACROS).module)
    return environment


def about_as_large(first: float, second: float) -> bool:
    """Whether two shares, as they are shown, differ by less than what is called a change."""
    # As they are shown: the last bit of a float would make 8,1 and 6,1 less than two apart.
    return float(round_half_up(abs(first - second), 6)) < float(current().session.constants["small_change"])


def rounded(text: str) -> str:
    """A title with its shares in whole per cent, or all with a decimal: where one is a half, or would become none or
    all.
    """

    def needs_decimal(share: float) -> bool:
        shown = round_half_up(share, 1)
        return shown % 1 == HALF or (shown % 1 != 0 and round_half_up(share, 0) in {0, 100})

    decimals = int(any(needs_decimal(float(share)) for share in _SHARES.findall(text)))
    return _SHARES.sub(lambda share: f"{format_number(float(share[1]), decimals)}{NO_BREAK_SPACE}prosent", text)


def counted(number: float) -> str:
    """A count or a median: with a decimal only where it is no whole number."""
    return format_number(number, 0 if float(number).is_integer() else 1)


def quoted_english(names: str | Iterable[object]) -> str:
    """“a”, “b” and “c”, with their English names."""
    return join_words([f"“{_english(name)}”" for name in listed(names)], last="and")


def _english(name: str) -> str:
    """The English name of an item or size group, where the codebook has one."""
    return current().session.english.get(name, name)


def in_numerals(number: float, form: str = "ord") -> str:
    """A count as running text has it: «åtte»; with the forms of the role {tall}."""
    return numeral(counted(number), form)


def of_count(number: float, one: str, many: str) -> str:
    """«én kommune», «ett område», «13 kommuner», «ingen kommuner»."""
    amount = in_numerals(number, "ett" if one in NEUTER else "ord")
    return f"{amount}{NO_BREAK_SPACE if amount[-1].isdigit() else ' '}{one if number == 1 else many}"


def english_count(number: float, one: str, many: str) -> str:
    """«1 municipality», «13 municipalities», «no municipalities»."""
    return f"{counted(number) if number else 'no'}{NO_BREAK_SPACE}{one if number == 1 else many}"


FILTERS = {
    "prosent": lambda share: f"{SHARE}{float(share)!r}{SHARE}",
    "eksakt": lambda share: f"{format_number(share, 1)}{NO_BREAK_SPACE}prosent",
    "tall": counted,
    "desimal": lambda number: format_number(number, 1),
    "ord": in_numerals,
    "antall": of_count,
    "number_of": english_count,
    "sitert": quoted,
    "quoted": quoted_english,
    "english": lambda name: uncapitalised(_english(name)),
    "liten": uncapitalised,
    "stor": lambda text: text[:1].upper() + text[1:],
    "og": lambda words: join_words(listed(words)),
}
