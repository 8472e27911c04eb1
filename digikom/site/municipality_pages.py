"""The pages on single municipalities: one for every code in any published edition, and one to find them with.

They stand above the editions, since each shows all of them, and are made anew at each build from what the editions
publish (`data/kommuner.json`). An edition on confidential answers publishes no such file and is not shown. Every number
is the edition's own; nothing is computed here. What became of a municipality is read from the project's lists of
changes.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from pathlib import Path

from jinja2 import Environment, Template
from markupsafe import Markup
from pydantic import ValidationError

from digikom import geography
from digikom.editions.catalogue import PublishedEdition
from digikom.exchange import replace_folder
from digikom.errors import InputError
from digikom.paths import BOOK_DIR
from digikom.publish.formatting import format_number, join_words, uncapitalised
from digikom.editions.municipality_results import (
    COUNTRY,
    RESULTS_FILE,
    RESULTS_TABLE,
    Group,
    Indicator,
    Municipality,
    MunicipalityResults,
    Position,
)

#: The folder above the editions. Published editions name it.
PAGES_DIR = "kommuner"
FRONT_PAGE = "index.html"
#: What is copied beside the pages, from the folder of their templates.
STATIC_FILES = ("kommuner.css", "kommuner.js", "syntetisk.svg")
TEMPLATES = "kommuner"
#: Decimals of percentages, and of medians that are no whole numbers.
DECIMALS = 1
WITHHELD = ":"
#: What is told in place of a result by a municipality that answered, but left open what the result rests on.
UNANSWERED = {"answer": "Ikke besvart"}
NOT_COUNTED = "Kan ikke regnes ut, fordi et svar mangler"
#: For each code the related ones, with the kind of change.
Kin = dict[str, list[tuple[str, str]]]
#: What the level of an indicator is called.
LEVEL_WORDS = {"score": "Score", "grade": "Grad", "category": "Kategori"}
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


@dataclass(frozen=True)
class Shown:
    """A published edition with what it tells of municipalities."""

    edition: PublishedEdition
    results: MunicipalityResults

    @property
    def year(self) -> int:
        """The edition's year: its folder, whatever the file says."""
        return self.edition.year

    @cached_property
    def cells(self) -> dict[tuple[str, str, int], Markup]:
        """The comparisons written so far, by indicator, group and level. Many municipalities share each."""
        return {}

    def size(self, group: str) -> int | None:
        """How many municipalities of a group are behind its numbers, where it is as many for every indicator."""
        sizes = {one.size for one in self.results.groups if one.group == group}
        return sizes.pop() if len(sizes) == 1 else None


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a strip: where it begins and how wide it is (per cent), and whether it is the municipality's own."""

    start: str
    width: str
    own: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """A municipality's result beside those of a group: lines of text, and the distribution as a strip, in words too."""

    lines: tuple[str, ...]
    strip: tuple[Part, ...] = ()
    strip_text: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator of one municipality."""

    label: str
    chapter: str | None
    own: tuple[str, ...]
    group: Markup
    country: Markup


@dataclass(frozen=True, slots=True)
class Then:
    """A municipality in an edition: the one of the page, or one that became part of it."""

    municipality: Municipality
    relation: str
    lines: tuple[Line, ...]
    group: str
    country: str


@dataclass(frozen=True, slots=True)
class Section:
    """What a page tells from one edition."""

    shown: Shown
    municipalities: tuple[Then, ...]
    lacking: tuple[str, ...]

    @property
    def is_synthetic(self) -> bool:
        """Whether the answers of the edition are synthetic."""
        return self.shown.results.status == "synthetic"


@dataclass(frozen=True, slots=True)
class Entry:
    """A municipality code with its page: as the newest edition that has it knows it."""

    code: str
    municipality: Municipality
    newest: Shown
    #: Names and numbers of what it was before, to be found by.
    before: tuple[str, ...] = ()
    #: What became of it and where that is; nothing for a municipality of the newest edition.
    fate: str = ""
    later: tuple[tuple[str, str], ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """What the municipality can be found by: its name first, then its number, its county and what it was before."""
        return (self.municipality.name, self.code, self.municipality.county, *self.before)


@dataclass(slots=True)
class Lineage:
    """What became of the municipalities of one published year in a later one; read once for each pair of years."""

    known: dict[tuple[int, int], tuple[Kin, Kin] | None] = field(default_factory=dict)

    def between(self, first: int, last: int) -> tuple[Kin, Kin] | None:
        """What the codes of `last` were and what those of `first` became; None where the project has no lists of these
        years.
        """
        if (first, last) not in self.known:
            try:
                changes = geography.changes(first, last)
            except InputError:
                self.known[first, last] = None
            else:
                was: Kin = {}
                became: Kin = {}
                for old, new, kind in changes.itertuples(index=False, name=None):
                    was.setdefault(new, []).append((old, kind))
                    became.setdefault(old, []).append((new, kind))
                self.known[first, last] = was, became
        return self.known[first, last]

    def before(self, code: str, first: int, last: int) -> list[tuple[str, str]]:
        """The codes of `first` that are in `code` of `last`, with the kind of change; itself where nothing is known."""
        found = self.between(first, last)
        if found is None:
            return [(code, "unchanged")]
        # Its own code first: the municipality that kept its number.
        return sorted(found[0].get(code, []), key=lambda row: (row[0] != code, row[0]))

    def after(self, code: str, first: int, last: int) -> list[tuple[str, str]]:
        """The codes of `last` that the municipality `code` of `first` is in, with the kind of change."""
        found = self.between(first, last)
        return found[1].get(code, []) if found else []


def shown_editions(site: Path, editions: Iterable[PublishedEdition]) -> list[Shown]:
    """Those of the published `editions` that tell of single municipalities, in the same order."""
    found = []
    for edition in editions:
        try:
            text = (site / str(edition.year) / RESULTS_FILE).read_text(encoding="utf-8")
            found.append(Shown(edition, MunicipalityResults.model_validate_json(text)))
        except (FileNotFoundError, UnicodeDecodeError, ValidationError):
            continue
    return found


def write_municipality_pages(
    site: Path, drafts: Path, editions: Sequence[PublishedEdition], environment: Environment
) -> bool:
    """Write the pages for the published `editions` (newest first) in one step; whether there are any.

    Where no edition tells of single municipalities the folder is taken away. Call it while holding the site's lock.
    """
    shown = shown_editions(site, editions)
    target, folder = site / PAGES_DIR, drafts / PAGES_DIR
    if not shown:
        if target.exists():
            target.rename(folder)
        return False
    folder.mkdir()
    lineage = Lineage()
    entries = find_entries(shown, lineage)
    template = environment.get_template(f"{TEMPLATES}/kommune.html")
    cell = environment.get_template(f"{TEMPLATES}/sammenligning.html")
    synthetic = [one for one in shown if one.results.status == "synthetic"]
    for entry in entries:
        sections = tuple(section(one, entry, lineage, cell) for one in shown if one.year <= entry.newest.year)
        years = join_words([str(part.shown.year) for part in sections if part.is_synthetic])
        text = template.render(
            entry=entry,
            title=full_name(entry),
            sections=sections,
            synthetic_years=years,
            table=RESULTS_TABLE.name,
            up="../",
        )
        (folder / f"{entry.code}.html").write_text(text, encoding="utf-8", newline="\n")
    index = environment.get_template(f"{TEMPLATES}/finn.html").render(
        counties=by_county(entry for entry in entries if not entry.fate),
        gone=sorted((entry for entry in entries if entry.fate), key=by_name),
        editions=shown,
        synthetic_years=join_words([str(one.year) for one in synthetic]),
        up="../",
    )
    (folder / FRONT_PAGE).write_text(index, encoding="utf-8", newline="\n")
    for name in STATIC_FILES:
        shutil.copyfile(BOOK_DIR / "templates" / TEMPLATES / name, folder / name)
    replace_folder(folder, target)
    return True


def find_entries(shown: Sequence[Shown], lineage: Lineage) -> list[Entry]:
    """Every municipality code of the editions (newest first), sorted, with what it was and what became of it."""
    latest = shown[0]
    newest: dict[str, Shown] = {}
    for one in shown:
        for code in one.results.by_code:
            newest.setdefault(code, one)
    entries = []
    for code, one in sorted(newest.items()):
        municipality = one.results.by_code[code]
        before = sorted(
            {
                text
                for other in shown
                if other.year <= one.year
                for old, _ in lineage.before(code, other.year, one.year)
                if old in other.results.by_code
                for text in (other.results.by_code[old].name, old)
            }
            - {municipality.name, code}
        )
        is_gone = one.year != latest.year
        fate, later = what_became(code, municipality, one.year, latest, lineage) if is_gone else ("", ())
        entries.append(Entry(code, municipality, one, tuple(before), fate, later))
    return entries


def what_became(
    code: str, municipality: Municipality, year: int, latest: Shown, lineage: Lineage
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """What became of a municipality that the newest edition does not have: a sentence, and the later ones (code and
    name).
    """
    rows = [(new, kind) for new, kind in lineage.after(code, year, latest.year) if new in latest.results.by_code]
    later = tuple((new, named(latest.results.by_code[new])) for new, _ in rows)
    if not rows:
        return f"{municipality.name} er ikke med i den nyeste utgaven.", ()
    template = BECAME[rows[0][1]]
    return template.format(name=municipality.name, later=join_words([name for _, name in later])), later


def section(shown: Shown, entry: Entry, lineage: Lineage, cell: Template) -> Section:
    """What the page of `entry` tells from one edition."""
    then = []
    for code, kind in lineage.before(entry.code, shown.year, entry.newest.year):
        municipality = shown.results.by_code.get(code)
        if municipality is None:
            continue
        same = (code, municipality.name) == (entry.code, entry.municipality.name) and kind == "unchanged"
        relation = "" if same else WAS[kind].format(old=named(municipality), new=named(entry.municipality))
        lines = tuple(told(shown, municipality, cell))
        group = heading(group_name(municipality), shown.size(municipality.size_class))
        country = heading("Hele landet", shown.size(COUNTRY))
        then.append(Then(municipality, relation, lines, group, country))
    return Section(shown, tuple(then), tuple(lacking(shown.results.indicators)))


def told(shown: Shown, municipality: Municipality, cell: Template) -> Iterable[Line]:
    """The results of a municipality, in the order of the edition; nothing for one that did not answer."""
    for indicator in shown.results.indicators:
        result = municipality.results.get(indicator.indicator)
        if not indicator.present or not municipality.answered:
            continue
        page = f"notebooks/{indicator.notebook}.html"
        chapter = f"../{shown.year}/{page}" if page in shown.edition.pages else None
        if result is None:
            own = [UNANSWERED.get(indicator.kind, NOT_COUNTED)]
            yield Line(indicator.label, chapter, tuple(own), Markup(), Markup())
            continue
        name = shown.results.level_names.get((indicator.indicator, result.level), "")
        own = [f"{indicator.counted}: {result.count}"] if indicator.counted and result.count is not None else []
        if indicator.kind == "answer":
            own.append(name)
        else:
            own.append(f"{LEVEL_WORDS[indicator.kind]} {result.level}{level_note(indicator, result.level, name)}")
        for group in (municipality.size_class, COUNTRY):
            key = (indicator.indicator, group, result.level)
            if key not in shown.cells:
                shown.cells[key] = Markup(cell.render(part=beside(shown, indicator, group, result.level)))
        in_group = shown.cells[indicator.indicator, municipality.size_class, result.level]
        yield Line(
            indicator.label, chapter, tuple(own), in_group, shown.cells[indicator.indicator, COUNTRY, result.level]
        )


def level_note(indicator: Indicator, level: int, name: str) -> str:
    """What a level is called, after its number: a word in brackets for a score, else a description."""
    if indicator.kind == "score":
        return f" ({name})" if name and level else ""
    return f": {uncapitalised(name)}" if name else ""


def beside(shown: Shown, indicator: Indicator, group_key: str, level: int) -> Beside:
    """A level beside those of a group."""
    results = shown.results
    group = results.group_of.get((indicator.indicator, group_key))
    position = results.position(indicator.indicator, group_key, level)
    if group is not None and position is None and not group.withheld:
        return Beside(())  # neither yes nor no: compared with nothing
    if group is None or position is None or group.withheld or position.same is None:
        return Beside((WITHHELD,))
    parts = results.positions_of[indicator.indicator, group_key]
    size = "" if shown.size(group_key) else f"{format_number(group.size, 0)} kommuner svarte."
    lines = [line for line in (median_line(indicator, group), position_line(indicator, position, parts), size) if line]
    names = {part.level: level_name(results, indicator, part.level) for part in parts}
    in_words = ", ".join(f"{names[part.level]} {percent(part.same)}" for part in parts)
    return Beside(
        tuple(lines),
        strip(parts, level),
        f"Fordelingen: {in_words}. Kommunens plass: {names[level]}.",
    )


def median_line(indicator: Indicator, group: Group) -> str:
    """The median of the counts, or of the grades; empty where there is no order."""
    if indicator.kind == "score" and group.median_count is not None:
        return f"Median {median(group.median_count)}."
    if indicator.kind in ("score", "grade") and group.median_level is not None:
        return f"Median {median(group.median_level)}."
    return ""


def position_line(indicator: Indicator, position: Position, parts: Sequence[Position]) -> str:
    """Where the municipality stands in the group, in words."""
    if indicator.kind == "answer":
        shares = {part.level: percent(part.same) for part in parts}
        return f"{shares[1]} svarte ja, {shares[0]} nei."
    if position.lower is None or position.higher is None:
        return f"{percent(position.same)} er i samme kategori."
    lower, same, higher = percent(position.lower), percent(position.same), percent(position.higher)
    return f"Høyere enn {lower}, lik {same} og lavere enn {higher} av kommunene."


def level_name(results: MunicipalityResults, indicator: Indicator, level: int) -> str:
    """A level in running text: «score 2», «ja»."""
    if indicator.kind == "answer":
        return uncapitalised(results.level_names.get((indicator.indicator, level), str(level)))
    return f"{uncapitalised(LEVEL_WORDS[indicator.kind])} {level}"


def strip(parts: Sequence[Position], level: int) -> tuple[Part, ...]:
    """The distribution as parts of a bar of a hundred per cent, lowest level first; none for what nobody has."""
    widths = [part.same or 0.0 for part in parts]
    starts = [0.0, *accumulate(widths)]
    return tuple(
        Part(f"{start:.2f}", f"{width:.2f}", part.level == level)
        for part, start, width in zip(parts, starts, widths, strict=False)
        if width > 0
    )


def lacking(indicators: Sequence[Indicator]) -> Iterable[str]:
    """Why some indicators are not in the edition, those with the same reason together."""
    for reason in dict.fromkeys(one.reason for one in indicators if not one.present and one.reason):
        labels = [one.label for one in indicators if not one.present and one.reason == reason]
        yield f"{reason}: {join_words([uncapitalised(label) for label in labels])}."


def percent(value: float | None) -> str:
    """A percentage in words."""
    return WITHHELD if value is None else f"{format_number(value, DECIMALS)}\N{NO-BREAK SPACE}prosent"


def median(value: float) -> str:
    """A median, without decimals where it is a whole number."""
    return format_number(value, 0 if float(value).is_integer() else DECIMALS)


def group_name(municipality: Municipality) -> str:
    """The size group in words."""
    return f"Kommuner med {uncapitalised(municipality.size_label)} innbyggere"


def heading(name: str, size: int | None) -> str:
    """The heading of a column, with the number of municipalities where it is the same for all rows."""
    return name if size is None else f"{name} (n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{format_number(size, 0)})"


def named(municipality: Municipality) -> str:
    """A municipality by name and number."""
    return f"{municipality.name} ({municipality.municipality_code})"


def full_name(entry: Entry) -> str:
    """The name with the county, since some municipalities share their name."""
    one = entry.municipality
    return one.name if one.name == one.county else f"{one.name} i {one.county}"


#: Norwegian letters after the others, as in the alphabet.
_ALPHABET = str.maketrans({"æ": "{", "ø": "|", "å": "}", "á": "a", "š": "s", "đ": "d", "ŋ": "n"})


def by_name(entry: Entry) -> tuple[str, str]:
    """The place of a municipality in an alphabetical list."""
    return entry.municipality.name.lower().translate(_ALPHABET), entry.code


def by_county(entries: Iterable[Entry]) -> list[tuple[str, list[Entry]]]:
    """The municipalities of each county, both in alphabetical order."""
    counties: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=by_name):
        counties.setdefault(entry.municipality.county, []).append(entry)
    return sorted(counties.items(), key=lambda item: item[0].lower().translate(_ALPHABET))
