"""What a reader learns where a list of items is not the same in two years: an asterisk at the name, and footnotes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from digikom.publish.formatting import quoted
from digikom.publish.outputs import current
from digikom.publish.words import entry, fitting

MARK = " *"
#: What an item is called with the definite article, in the singular and the plural. By kind of question.
ITEM_WORDS = {
    "multiple": ("Svaralternativet", "Svaralternativene"),
    "grid": ("Delspørsmålet", "Delspørsmålene"),
}
#: The questions that are not in `ITEM_WORDS` have one item each.
DEFAULT_WORDS = ("Spørsmålet", "Spørsmålene")
#: What a list is a list of.
LISTS = {"multiple": "svaralternativer", "grid": "delspørsmål"}
#: What a list of changes says of each kind of `Codebook.comparability`, in this order.
KINDS = {
    "new": "Nytt",
    "dropped": "Ikke lenger med",
    "series": "Stilt på en annen måte før",
    "new_categories": "Andre svar å velge mellom",
}

BROKEN = "* Brudd: {item} er nytt eller endret siden {year}."
MEAN = "«{label}» i {year} er gjennomsnittet av {behind}."
ANY = "«{label}» var i {year} delt i {behind}. En kommune regnes med når den svarte ja på minst ett av dem."
RENAMED = "«{label}» het {behind} i {year}."
MOVED = "«{label}» stod et annet sted i skjemaet i {year}."
DROPPED = "{the_item} {labels} fra {year} er ikke lenger med."
SPLIT = "{the_item} «{label}» fra {year} er delt i {behind}."
CATEGORIES = "Svaralternativene ble endret etter {year}: {what}."
CATEGORIES_OF = "{labels}: Svaralternativene ble endret etter {year}: {what}."
OTHER_LIST = (
    "Lista over {items} var ikke den samme i {year}, så antallene for de to årene kan ikke uten videre sammenlignes."
)


def breaks(
    compared: pd.DataFrame, reference: int, *, label: str = "label_nb", kind: str = "multiple"
) -> tuple[dict[str, str], list[str]]:
    """How a figure or table of a list of items marks what changed since the year `reference`.

    `compared` is what `Codebook.comparability` says of the list; `label` the column with the names that are shown, and
    `kind` the kind of question. Returns the name to show for each name, with an asterisk where the item can't be
    compared as it is, and the footnotes. New categories that all the items have got are no mark of a single one.
    """
    today = compared[compared["kind"] != "dropped"]
    others = _has_other_answers(today)
    # Of a new item it cannot be said that its answers are others.
    everywhere = bool(others[today["kind"] != "new"].all()) and bool((today["kind"] != "new").any())
    broken = today["kind"].isin(["new", "series"] if everywhere else ["new", "series", "new_categories"])
    labels = {name: f"{name}{MARK}" if mark else name for name, mark in zip(today[label], broken, strict=True)}
    notes = _notes(compared, today, reference, label, kind, everywhere=everywhere)
    first = [BROKEN.format(item=ITEM_WORDS.get(kind, DEFAULT_WORDS)[0], year=reference)] if broken.any() else []
    return labels, [*first, *notes]


def marks(*questions: str, since: int | None = None, label: str = "label_nb") -> tuple[dict[str, str], list[str]]:
    """The names with asterisks, and the footnotes, of the lists of items of the questions, as `breaks` gives them.

    Each is compared with the year `since`, or else with the first year in which it was asked.
    """
    session = current().session
    names: dict[str, str] = {}
    notes: dict[str, None] = {}
    for question in questions:
        first = min(session.years_asked(question), default=session.target) if since is None else since
        compared = session.codebook.comparability(question, session.target, first)
        kind = "grid" if len(questions) > 1 else session.codebook.question(question).kind
        starred, found = breaks(compared, first, label=label, kind=kind)
        names |= starred
        notes |= dict.fromkeys(found)
    return names, list(notes)


def list_notes(compared: pd.DataFrame, reference: int, *, kind: str = "multiple") -> list[str]:
    """The footnote where answers to a list are counted and the list was another one in the year `reference`."""
    changed = (compared["kind"] != "alike") & (compared["rule"] != "same")
    return [OTHER_LIST.format(items=LISTS[kind], year=reference)] if changed.any() else []


def changes_in_words(compared: pd.DataFrame) -> str:
    """«Nytt: «A» og «B». Ikke lenger med: «C».», from the rows of `Codebook.comparability`; empty when all is alike."""
    labels = {kind: compared.loc[compared["kind"] == kind, "label_nb"] for kind in KINDS}
    return " ".join(f"{KINDS[kind]}: {quoted(names)}." for kind, names in labels.items() if len(names))


def _has_other_answers(rows: pd.DataFrame) -> pd.Series:
    """Whether the answers that could be given were others."""
    return (rows["new_codes"].map(len) + rows["gone_codes"].map(len)) > 0


def _notes(
    compared: pd.DataFrame, today: pd.DataFrame, year: int, label: str, kind: str, *, everywhere: bool
) -> Iterator[str]:
    the_item, the_items = ITEM_WORDS.get(kind, DEFAULT_WORDS)
    for row in today[today["kind"] == "series"].to_dict("records"):
        templates = {"mean": MEAN, "any": ANY, "same": MOVED if row["behind_nb"] == (row["label_nb"],) else RENAMED}
        yield templates[row["rule"]].format(label=row[label], behind=quoted(row["behind_nb"]), year=year)
    others = today[_has_other_answers(today)].groupby(["new_codes_nb", "gone_codes_nb"], sort=False)
    for _, rows in others:
        new, gone = rows[["new_codes_nb", "gone_codes_nb"]].iloc[0]
        parts = [f"{quoted(new)} er {'nytt' if len(new) == 1 else 'nye'}"] if new else []
        parts += [f"{quoted(gone)} er tatt ut"] if gone else []
        template = CATEGORIES if everywhere and len(others) == 1 else CATEGORIES_OF
        yield template.format(labels=quoted(rows[label]), year=year, what=", og ".join(parts))
    dropped = compared[compared["kind"] == "dropped"]
    for row in dropped[dropped["rule"] != ""].to_dict("records"):
        yield SPLIT.format(the_item=the_item, label=row[label], behind=quoted(row["behind_nb"]), year=year)
    gone_items = dropped.loc[dropped["rule"] == "", label]
    if len(gone_items):
        the = the_item if len(gone_items) == 1 else the_items
        yield DROPPED.format(the_item=the, labels=quoted(gone_items), year=year)


def assumed_labels(shown: Iterable[object]) -> list[str]:
    """The note on those of the texts in a figure or table that are names of items whose wording is assumed."""
    session, texts = current().session, {str(text).removesuffix(MARK) for text in shown if isinstance(text, str)}
    items = session.codebook.items()
    assumed = items[items["status"].eq("assumed")]
    named = [row.label_nb for row in assumed.itertuples() if {row.label_nb, row.short_nb} & texts]
    note = fitting(entry("assumed-labels"), {"names": list(dict.fromkeys(named))}) if named else None
    return [note] if note else []
