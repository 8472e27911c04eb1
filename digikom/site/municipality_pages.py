"""The pages on single municipalities: one for every code in any published edition, and one to find them with.

They are above the editions, since each shows all of them, and are made anew at each build from what the editions
publish (`data/kommuner.json`). An edition on confidential answers publishes no such file and is not shown. Every number
is the edition's own; nothing is computed here. What became of a municipality is read from the project's lists of
changes. The words are in the templates, `book/templates/kommuner/`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup
from pydantic import ValidationError

from digikom import geography
from digikom.editions.catalogue import PublishedEdition
from digikom.editions.layout import FRONT_PAGE, MUNICIPALITIES, MUNICIPALITIES_DIR, MUNICIPALITIES_TABLE
from digikom.editions.municipality_results import (
    COUNTRY,
    Indicator,
    Municipality,
    MunicipalityResults,
)
from digikom.errors import InputError
from digikom.paths import BOOK_DIR
from digikom.publish.formatting import format_number, join_words, uncapitalised
from digikom.site.release import replace_folder

#: What is copied beside the pages, from the folder of their templates.
STATIC_FILES = ("kommuner.css", "kommuner.js", "syntetisk.svg")
TEMPLATES = "kommuner"
#: Decimals of percentages, and of medians that are no whole numbers.
DECIMALS = 1
#: What became of a municipality, as a sentence with its name and those of the later ones.
BECAME = {
    "unchanged": "{name} er nå {later}.",
    "renumbered": "{name} fikk et nytt kommunenummer og er nå {later}.",
    "merged": "{name} er slått sammen med andre kommuner og er nå en del av {later}.",
    "split": "{name} er delt og er nå en del av {later}.",
}
#: What an earlier municipality has to do with the one of the page.
WAS = {
    "unchanged": "{old} er {new} i dag.",
    "renumbered": "Kommunen het {old} den gangen og fikk senere et nytt nummer.",
    "merged": "{old} ble senere slått sammen med andre kommuner til {new}.",
    "split": "{old} ble senere delt, og en del av den er i {new}.",
}
#: Norwegian letters after the others, as in the alphabet.
_ALPHABET = str.maketrans({"æ": "{", "ø": "|", "å": "}", "á": "a", "š": "s", "đ": "d", "ŋ": "n"})


@dataclass(frozen=True)
class EditionResults:
    """A published edition with what it publishes of municipalities."""

    edition: PublishedEdition
    results: MunicipalityResults

    @property
    def year(self) -> int:
        """The edition's year: its folder, whatever the file says."""
        return self.edition.year

    @property
    def is_synthetic(self) -> bool:
        """Whether the answers of the edition are synthetic."""
        return self.results.status == "synthetic"

    @cached_property
    def present(self) -> list[Indicator]:
        """The indicators that the edition has."""
        return [one for one in self.results.indicators if one.present]

    @cached_property
    def sizes(self) -> dict[str, int]:
        """How many municipalities of a group are behind its numbers, where it is as many for every indicator."""
        sizes: dict[str, set[int]] = {}
        for one in self.results.groups:
            sizes.setdefault(one.group, set()).add(one.size)
        return {group: found.pop() for group, found in sizes.items() if len(found) == 1}

    @cached_property
    def longest(self) -> dict[str, int]:
        """The largest count of any municipality, by indicator."""
        longest: dict[str, int] = {}
        for one in self.results.municipalities:
            for name, result in one.results.items():
                longest[name] = max(longest.get(name, 0), result.count or 0)
        return longest

    def scale(self, indicator: Indicator, is_counted: bool) -> float:
        """What the bars of an indicator reach to: the largest count, the highest level, or a hundred per cent."""
        if indicator.kind not in ("score", "grade"):
            return 100.0
        if is_counted:
            return self.longest[indicator.indicator]
        return max((one.level for one in self.results.levels if one.indicator == indicator.indicator), default=0)

    @cached_property
    def absences(self) -> list[str]:
        """Why some indicators are not in the edition, those with the same reason together."""
        by_reason: dict[str, list[str]] = {}
        for one in self.results.indicators:
            if not one.present and one.reason:
                by_reason.setdefault(one.reason, []).append(uncapitalised(one.label))
        return [f"{reason}: {join_words(labels)}." for reason, labels in by_reason.items()]


@dataclass(frozen=True, slots=True)
class Entry:
    """A municipality code, as the newest edition that has it knows it."""

    code: str
    municipality: Municipality
    newest: EditionResults
    #: Names and numbers of what it was before, to be found by.
    before: tuple[str, ...] = ()
    #: What became of it, and the code and name of where that is; nothing for a municipality of the newest edition.
    fate: str = ""
    later: tuple[tuple[str, str], ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """What the municipality can be found by: its name first, then its number, its county, its names in other
        languages and what it was before.
        """
        others = (name for name, _ in self.other_names)
        return (self.municipality.name, self.code, self.municipality.county, *others, *self.before)

    @property
    def other_names(self) -> list[tuple[str, str]]:
        """The Sámi and Kven names, each with its language."""
        return geography.other_names().get(self.municipality.name, [])

    @property
    def order(self) -> tuple[str, str]:
        """The place of the municipality in an alphabetical list."""
        return alphabetical(self.municipality.name), self.code


@lru_cache
def changes(first: int, last: int) -> list[tuple[str, str, str]] | None:
    """Old code, new code and kind of change, from one published year to a later one; None where the project has no
    lists of these years.
    """
    try:
        return list(geography.changes(first, last).itertuples(index=False, name=None))
    except InputError:
        return None


def codes_before(code: str, first: int, last: int) -> list[tuple[str, str]]:
    """The codes of `first` that are in `code` of `last`, with the kind of change; itself where nothing is known."""
    rows = changes(first, last)
    if rows is None:
        return [(code, "unchanged")]
    # Its own code first: the municipality that kept its number.
    return sorted(((old, kind) for old, new, kind in rows if new == code), key=lambda row: (row[0] != code, row[0]))


def write_municipality_pages(
    site: Path, drafts: Path, editions: Sequence[PublishedEdition], environment: Environment
) -> bool:
    """Write the pages for the published `editions` (newest first) in one step; whether there are any.

    Where no edition publishes results of single municipalities the folder is taken away. Call it while holding the
    site's lock.
    """
    shown = list(read_results(site, editions))
    target, folder = site / MUNICIPALITIES_DIR, drafts / MUNICIPALITIES_DIR
    if not shown:
        if target.exists():
            target.rename(folder)
        return False
    folder.mkdir()
    entries = find_entries(shown)
    prepare(environment)
    template = environment.get_template(f"{TEMPLATES}/kommune.html")
    for entry in entries:
        known = [one for one in shown if one.year <= entry.newest.year]
        # First what says most of the municipality, then the newest.
        fullest = max(known, key=lambda one: (len(one.present), one.year))
        ordered = sorted(known, key=lambda one: one is not fullest)
        sections = [(one, related(entry, one)) for one in ordered]
        text = template.render(
            entry=entry,
            title=full_name(entry.municipality),
            sections=sections,
            synthetic_years=join_words([str(one.year) for one in reversed(known) if one.is_synthetic]),
            table=Path(MUNICIPALITIES_TABLE).name,
            country=COUNTRY,
            up="../",
        )
        (folder / f"{entry.code}.html").write_text(text, encoding="utf-8", newline="\n")
    counties: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: (alphabetical(entry.municipality.county), entry.order)):
        if not entry.fate:
            counties.setdefault(entry.municipality.county, []).append(entry)
    index = environment.get_template(f"{TEMPLATES}/finn.html").render(
        counties=counties,
        gone=sorted((entry for entry in entries if entry.fate), key=lambda entry: entry.order),
        editions=shown,
        synthetic_years=join_words([str(one.year) for one in reversed(shown) if one.is_synthetic]),
        up="../",
    )
    (folder / FRONT_PAGE).write_text(index, encoding="utf-8", newline="\n")
    for name in STATIC_FILES:
        shutil.copyfile(BOOK_DIR / "templates" / TEMPLATES / name, folder / name)
    replace_folder(folder, target)
    return True


def read_results(site: Path, editions: Iterable[PublishedEdition]) -> Iterator[EditionResults]:
    """Those of the published `editions` that publish results of single municipalities, in the same order."""
    for edition in editions:
        try:
            text = (site / str(edition.year) / MUNICIPALITIES).read_text(encoding="utf-8")
            yield EditionResults(edition, MunicipalityResults.model_validate_json(text))
        except (FileNotFoundError, UnicodeDecodeError, ValidationError):
            continue


def prepare(environment: Environment) -> None:
    """Give the templates what they write numbers and names with."""
    template = environment.get_template(f"{TEMPLATES}/kort.html")
    written: dict[tuple[object, ...], Markup] = {}

    def card(shown: EditionResults, indicator: Indicator, one: Municipality, heading: str) -> Markup:
        """The card on an indicator. Many municipalities share each."""
        result = one.results.get(indicator.indicator)
        own, level = (None, None) if result is None else (result.count, result.level)
        possible = () if result is None else result.possible
        key = (id(shown), indicator.indicator, one.size_class, own, level, possible, heading)
        if key not in written:
            name, results = indicator.indicator, shown.results
            page = f"notebooks/{indicator.notebook}.html"
            # Of answers the share of those who said yes, whatever the municipality said.
            seen = 1 if indicator.kind == "answer" else level
            text = template.render(
                results=results,
                indicator=indicator,
                heading=heading,
                address=f"../{shown.year}/{page}" if page in shown.edition.pages else "",
                own=own,
                level=level,
                possible=possible,
                name=results.level_names.get((name, level), "") if level is not None else "",
                scale=shown.scale(indicator, own is not None),
                group=results.group_of.get((name, one.size_class)),
                position=None if seen is None else results.position(name, one.size_class, seen),
                country=results.group_of.get((name, COUNTRY)),
                country_position=None if seen is None else results.position(name, COUNTRY, seen),
                is_size_known=one.size_class in shown.sizes,
                is_country_known=COUNTRY in shown.sizes,
            )
            written[key] = Markup(text)
        return written[key]

    environment.globals["card"] = card
    environment.filters |= {
        "percent": lambda value: f"{format_number(value, DECIMALS)}\N{NO-BREAK SPACE}prosent",
        "median": lambda value: format_number(value, 0 if float(value).is_integer() else DECIMALS),
        "whole": lambda value: format_number(value, 0),
        "uncapitalised": uncapitalised,
        "either": lambda levels: join_words([str(level) for level in levels], last="eller"),
    }


def find_entries(shown: Sequence[EditionResults]) -> list[Entry]:
    """Every municipality code of the editions (newest first), sorted, with what it was and what became of it."""
    latest = shown[0]
    newest: dict[str, EditionResults] = {}
    for one in shown:
        for code in one.results.by_code:
            newest.setdefault(code, one)
    entries = []
    for code, one in sorted(newest.items()):
        municipality = one.results.by_code[code]
        before = {
            text
            for other in shown
            if other.year <= one.year
            for old, _ in codes_before(code, other.year, one.year)
            if old in other.results.by_code
            for text in (other.results.by_code[old].name, old)
        }
        names = tuple(sorted(before - {municipality.name, code}))
        fate, later = what_became(municipality, one.year, latest) if one.year != latest.year else ("", ())
        entries.append(Entry(code, municipality, one, names, fate, later))
    return entries


def what_became(
    municipality: Municipality, year: int, latest: EditionResults
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """What became of a municipality that the newest edition does not have: a sentence, and the later ones (code and
    name).
    """
    known = latest.results.by_code
    rows = changes(year, latest.year) or ()
    found = [(new, kind) for old, new, kind in rows if old == municipality.municipality_code and new in known]
    later = tuple((new, named(known[new])) for new, _ in found)
    if not found:
        return f"{municipality.name} er ikke med i den nyeste utgaven.", ()
    template = BECAME[found[0][1]]
    return template.format(name=municipality.name, later=join_words([name for _, name in later])), later


def related(entry: Entry, shown: EditionResults) -> list[tuple[Municipality, str]]:
    """The municipalities of an edition that the page of `entry` shows: itself, or those that became part of it, each
    with a sentence on that.
    """
    found = []
    for code, kind in codes_before(entry.code, shown.year, entry.newest.year):
        municipality = shown.results.by_code.get(code)
        if municipality is None:
            continue
        same = (code, municipality.name) == (entry.code, entry.municipality.name) and kind == "unchanged"
        relation = "" if same else WAS[kind].format(old=named(municipality), new=named(entry.municipality))
        found.append((municipality, relation))
    return found


def named(municipality: Municipality) -> str:
    """A municipality by name and number."""
    return f"{municipality.name} ({municipality.municipality_code})"


def full_name(one: Municipality) -> str:
    """The name with the county, since some municipalities share their name."""
    return one.name if one.name == one.county else f"{one.name} i {one.county}"


def alphabetical(name: str) -> str:
    """What a name is sorted by."""
    return name.lower().translate(_ALPHABET)
