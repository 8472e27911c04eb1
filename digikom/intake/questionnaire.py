"""What was asked in the new year: the mapping held against the codebook, and the codebook with the year added."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from digikom import reading
from digikom.errors import Problem
from digikom.intake.codebook_files import CodebookFiles, Line, Row
from digikom.intake.extract import Extract
from digikom.intake.mapping import MappingFile, Place
from digikom.rows import Row as CodebookModel
from digikom.rows import wanted
from digikom.survey import CODE_COLUMN
from digikom.survey.codebook_rules import UNANSWERED, Block, Item, Question, ScaleCode, SeriesPart

#: The parts of `new` in the order in which the codebook is read, with their models and keys.
MODELS: dict[str, tuple[type[CodebookModel], tuple[str, ...]]] = {
    "scales": (ScaleCode, ("scale", "code")),
    "blocks": (Block, ("block",)),
    "questions": (Question, ("question",)),
    "items": (Item, ("column",)),
    "series": (SeriesPart, ("series", "year", "column")),
}
#: Cells that the command fills in: the year that is taken in, and the place at the end of the group.
FILLED_IN = {"years", "position", UNANSWERED}
#: What `position` counts within, by file.
GROUPS = {"scales": "scale", "blocks": None, "questions": "block", "items": "block"}
ABSENCE_KINDS = ("not_asked", "changed", "unknown", "later")


@dataclass(frozen=True)
class Asked:
    """The year's form: the column of the extract behind each item, and the code of a blank line of a list to tick. A
    blank that is `unanswered` stays a blank.

    `items` are rows of `items.csv`, in its order; `column_of` has `municipality_code` too. `codes` are the answers
    that could be given, by scale.
    """

    items: tuple[Row, ...]
    column_of: dict[str, str]
    codes: dict[str, tuple[str, ...]]
    blank_means: dict[str, str]


def add_year(files: CodebookFiles, mapping: MappingFile, extract: Extract) -> tuple[Asked, list[Problem]]:
    """Add the year to the codebook `files` and say what was asked; with problems neither is to be used."""
    problems = [*_new_rows(files, mapping)]
    items = {row["column"]: row for row in files.rows("items")}
    column_of, faults = _columns(mapping, extract, items)
    problems += faults
    asked = [item for column, item in items.items() if column in column_of]
    for item in asked:
        files.add_year("items", _line(files, "items", {"column": item["column"]}))
    # A question that nothing is known of is told of elsewhere, as a fault of the new item.
    known = {row["question"] for row in files.rows("questions")}
    for question in dict.fromkeys(item["question"] for item in asked):
        if question in known:
            files.add_year("questions", _line(files, "questions", {"question": question}))
    problems += _leading_items(mapping, asked, column_of, items)
    codes, faults = _codes(files, mapping, extract, asked, column_of)
    problems += faults
    blank_means, faults = _blank_means(files, mapping, asked, codes)
    problems += faults
    _left_open(files, mapping, extract, asked, column_of)
    if all(mapping.rules.columns.values()):  # before that, nobody knows what was asked
        problems += _absences(files, mapping, {item["question"] for item in asked})
    return Asked(tuple(asked), column_of, codes, blank_means), problems


def near(word: str, possible: Iterable[str], cutoff: float = 0.7) -> list[str]:
    """The at most three of `possible` that `word` is closest to, regardless of letter case."""
    folded: dict[str, str] = {}
    for name in possible:
        folded.setdefault(name.casefold(), name)
    found = difflib.get_close_matches(word.casefold()[:200], list(folded), n=3, cutoff=cutoff)
    return [folded[one] for one in found]


def hint(word: str, possible: Iterable[str]) -> str:
    """« is X meant?» for the closest of `possible`, or nothing."""
    found = near(word, possible)
    return f"; is {reading.printable(found[0])} meant?" if found else ""


def _new_rows(files: CodebookFiles, mapping: MappingFile) -> Iterator[Problem]:
    """Put the new rows of the mapping into the files; yield what is wrong with them."""
    old_scales = {row["scale"] for row in files.rows("scales")}
    block_of = {row["question"]: row["block"] for row in files.rows("questions")}
    columns = set(mapping.rules.columns.values())
    for name, (model, key) in MODELS.items():
        for number, given in enumerate(getattr(mapping.rules.new, name)):
            place: Place = ("new", name, number)
            row = dict(given)
            if name == "scales" and row.get("code") == UNANSWERED:
                continue  # no answer, but a blank: `codes` knows it of every scale
            if name == "questions":
                block_of[row.get("question", "")] = row.get("block", "")
            if name == "items":
                row = {
                    "asked_if_column": "",
                    "asked_if_value": "",
                    "block": block_of.get(row.get("question", ""), ""),
                } | row
                if row.get("column") not in columns:
                    yield mapping.problem((*place, "column"), row.get("column"), "the item of one of the columns above")
            called = " ".join(row.get(column, "") for column in key)
            present = files[name].find({column: row.get(column, "") for column in key})
            if present is not None and not present.empty_place:
                if not row.items() <= files[name].cells(present).items():
                    expected = f"a row of its own name: codebook/{name}.csv has this one, with other cells"
                    yield mapping.problem(place, called, expected)
                continue
            if "years" in files[name].header:
                # The answers of a scale that is new as a whole could be given whenever it was used.
                row["years"] = "" if name == "scales" and row.get("scale") not in old_scales else files.year
            if name in GROUPS:
                row["position"] = _position(files, name, row, present)
            faults = list(_faults(mapping, place, model, row, set(given)))
            yield from faults
            if not faults:
                files[name].put(row, key, _same_group(GROUPS.get(name), row))


def _position(files: CodebookFiles, name: str, row: Row, present: Line | None) -> str:
    """The place after the last of its group; the former place of a row that is put back."""
    if present is not None:
        return files[name].cells(present)["position"]
    same = _same_group(GROUPS[name], row)
    return str(max((int(one["position"]) for one in files.rows(name) if same(one)), default=0) + 1)


def _same_group(group: str | None, row: Row) -> Callable[[Row], bool]:
    return lambda other: group is None or other[group] == row.get(group)


def _faults(
    mapping: MappingFile, place: Place, model: type[CodebookModel], row: Row, given: Collection[str]
) -> Iterator[Problem]:
    for column in sorted(FILLED_IN & set(given)):
        yield mapping.problem((*place, column), None, "no such cell: the command fills it in")
    try:
        model.model_validate(row)
    except ValidationError as error:
        for fault in error.errors():
            if fault["type"] == "missing":
                expected = "this cell, which is not there"
            elif fault["type"] == "extra_forbidden":
                expected = f"one of the cells {', '.join(sorted(set(model.model_fields) - FILLED_IN))}"
            else:
                expected = wanted(model, fault)
            value = fault["input"] if isinstance(fault["input"], str) else None
            yield mapping.problem((*place, *fault["loc"]), value, expected)


def _columns(mapping: MappingFile, extract: Extract, items: dict[str, Row]) -> tuple[dict[str, str], list[Problem]]:
    """The column of the extract for each item, and for the municipality."""
    problems: list[Problem] = []
    found: dict[str, str] = {}
    rules = mapping.rules
    known = [CODE_COLUMN, *items]
    unmapped = [name for name in extract.header if name not in rules.columns and name not in rules.left_out]
    for column, target in rules.columns.items():
        place: Place = ("columns", column)
        if not target:
            expected = "a decision: the item that it is, or the column under left_out with a reason"
            problems.append(mapping.problem(place, None, expected))
        elif target not in known:
            expected = f"an item of the codebook{hint(target, known)}"
            problems.append(mapping.problem(place, target, expected))
        elif target in found:
            expected = f"an item once; {reading.printable(found[target])} is already {target}"
            problems.append(mapping.problem(place, target, expected))
        else:
            found[target] = column
        if column not in extract.header:
            expected = f"a column of this name in the extract, as {mapping.name} says{hint(column, unmapped)}"
            problems.append(Problem(1, reading.printable(column), None, expected))
    for name in unmapped:
        expected = f"a line for this column in {mapping.name}, under columns or left_out{hint(name, rules.columns)}"
        problems.append(Problem(1, reading.printable(name), None, expected))
    if all(rules.columns.values()):  # otherwise one of those that are not decided may be what is missed
        if CODE_COLUMN not in rules.columns.values():
            problems.append(mapping.problem(("columns",), None, f"a column that is {CODE_COLUMN}"))
        if not set(rules.columns.values()) - {CODE_COLUMN}:
            problems.append(mapping.problem(("columns",), None, "at least one column that is an item"))
    return {target: column for target, column in found.items() if column in extract.header}, problems


def _leading_items(
    mapping: MappingFile, asked: Sequence[Row], column_of: dict[str, str], items: dict[str, Row]
) -> Iterator[Problem]:
    """Items asked only after an answer to another one, where that one is not taken in."""
    everything = set(mapping.rules.columns.values())
    for item in asked:
        leading = item["asked_if_column"]
        if leading in items and leading not in everything:
            expected = f"a column that is {leading} too: {item['column']} is asked after its answer"
            yield mapping.problem(("columns", column_of[item["column"]]), item["column"], expected)


def _codes(
    files: CodebookFiles,
    mapping: MappingFile,
    extract: Extract,
    asked: Sequence[Row],
    column_of: dict[str, str],
) -> tuple[dict[str, tuple[str, ...]], list[Problem]]:
    """The answers of each scale that could be given in the year.

    An answer of certain years only is one of this year's when the mapping or the extract has it.
    """
    problems: list[Problem] = []
    scale_of = {item["column"]: item["scale"] for item in files.rows("items")}
    every: dict[str, list[str]] = {}
    for row in files.rows("scales"):
        every.setdefault(row["scale"], []).append(row["code"])
    used: set[tuple[str, str]] = set()
    asked_scales = {item["scale"] for item in asked}
    for name, table in mapping.rules.codes.items():
        scale = scale_of.get(name, name)
        if scale not in every:
            expected = f"a scale or an item of the codebook{hint(name, [*every, *scale_of])}"
            problems.append(mapping.problem(("codes", name), None, expected))
            continue
        for text, code in table.items():
            place: Place = ("codes", name, text)
            if text in mapping.rules.missing:
                problems.append(mapping.problem(place, None, "a text either here or under missing"))
            if not code:
                expected = f"a decision: one of {', '.join(every[scale])}, or the text under missing"
                problems.append(mapping.problem(place, None, expected))
            elif code not in [*every[scale], UNANSWERED]:
                expected = f"one of {', '.join(every[scale])}{hint(code, every[scale])}"
                problems.append(mapping.problem(place, code, expected))
            elif scale in asked_scales:
                used.add((scale, code))
    for item in asked:
        used |= {(item["scale"], text) for text in set(extract.column(column_of[item["column"]]))}
    given: dict[str, list[str]] = {}
    for line, row in files["scales"].rows():
        if row.get("years") and (row["scale"], row["code"]) in used:
            files.add_year("scales", line)
        if not row.get("years") or files.year in files["scales"].cells(line)["years"].split():
            given.setdefault(row["scale"], []).append(row["code"])
    return {scale: tuple(codes) for scale, codes in given.items()}, problems


def _blank_means(
    files: CodebookFiles, mapping: MappingFile, asked: Sequence[Row], codes: dict[str, tuple[str, ...]]
) -> tuple[dict[str, str], list[Problem]]:
    """The code of a blank cell, by item, for the lists to tick that the mapping names.

    Of any question a blank may be one that was left open. A blank is no answer to a question that is no list.
    """
    problems: list[Problem] = []
    found: dict[str, str] = {}
    kinds = {row["question"]: row["kind"] for row in files.rows("questions")}
    for question, code in mapping.rules.blank_means.items():
        place: Place = ("blank_means", question)
        items = [item for item in asked if item["question"] == question]
        possible = sorted({answer for item in items for answer in codes.get(item["scale"], ())})
        if kinds.get(question) != "multiple" and (code != UNANSWERED or question not in kinds):
            lists = [name for name, kind in kinds.items() if kind == "multiple"]
            expected = f"a list to tick{hint(question, lists)}; a blank means nothing elsewhere but {UNANSWERED}"
            problems.append(mapping.problem(place, None, expected))
        elif not items:
            problems.append(mapping.problem(place, None, "a question that one of the columns belongs to"))
        elif code == UNANSWERED:
            continue
        elif code not in possible:
            expected = f"what a line left blank means: one of {', '.join(possible)}"
            problems.append(mapping.problem(place, code or None, expected))
        else:
            found |= {item["column"]: code for item in items}
    return found, problems


def _left_open(
    files: CodebookFiles, mapping: MappingFile, extract: Extract, asked: Sequence[Row], column_of: dict[str, str]
) -> None:
    """Let the questions that the mapping says were left open be so in the codebook, in this year."""
    rules = mapping.rules
    questions = {name for name, code in rules.blank_means.items() if code == UNANSWERED}
    for item in asked:
        table = {**rules.codes.get(item["scale"], {}), **rules.codes.get(item["column"], {})}
        texts = {text for text, code in table.items() if code == UNANSWERED}
        if texts & set(extract.column(column_of[item["column"]])):
            questions.add(item["question"])
    for line, row in files["questions"].rows():
        if row["question"] in questions:
            files.add_year("questions", line, UNANSWERED)


def _absences(files: CodebookFiles, mapping: MappingFile, asked: Collection[str]) -> Iterator[Problem]:
    """Add the rows that say why something was not asked; yield what the mapping leaves open."""
    needed = not_asked(files, asked)
    given = mapping.rules.absent
    for name, reason in given.items():
        place: Place = ("absent", name)
        if name not in needed:
            known = [row["block"] for row in files.rows("blocks")] + [
                row["question"] for row in files.rows("questions")
            ]
            why = "no such line, as it is asked or its block is named" if name in known else "a block or question"
            yield mapping.problem(place, None, f"{why}{'' if name in known else hint(name, needed)}")
        elif reason.kind not in ABSENCE_KINDS:
            expected = f"why it is not asked: one of {', '.join(ABSENCE_KINDS)}"
            yield mapping.problem((*place, "kind"), reason.kind or None, expected)
        else:
            _put_absence(files, {"name": name, "year": files.year, "kind": reason.kind, "source": reason.source})
    for name in needed:
        if name not in given:
            expected = f"a line {name}: {{kind: …, source: …}}, as no column of the extract is asked in {name}"
            yield mapping.problem(("absent",), None, expected)
    _absences_of_new_questions(files)


def not_asked(files: CodebookFiles, asked: Collection[str]) -> list[str]:
    """The blocks with no question of `asked` in them, and the other questions of the other blocks, in form order."""
    questions = files.rows("questions")
    blocks = {row["block"] for row in questions if row["question"] in asked}
    found = []
    for row in files.rows("blocks"):
        name = row["block"]
        inside = [one["question"] for one in questions if one["block"] == name]
        found += [name] if name not in blocks else [one for one in inside if one not in asked]
    return found


def _absences_of_new_questions(files: CodebookFiles) -> None:
    """Say of the other years that what is new now was not taken up yet (or, in later years, is not known)."""
    questions = files.rows("questions")
    years = {year for row in questions for year in row["years"].split()} - {files.year}
    asked = {(row[part], year) for row in questions for year in row["years"].split() for part in ("block", "question")}
    explained = {(row["name"], row["year"]) for row in files.rows("absences")}
    for row in questions:
        if row["years"] != files.year:
            continue
        for year in sorted(years):
            name = row["question"] if (row["block"], year) in asked else row["block"]
            if (name, year) not in explained:
                explained.add((name, year))
                kind = "later" if year < files.year else "unknown"
                _put_absence(files, {"name": name, "year": year, "kind": kind, "source": row["source"]})


def _put_absence(files: CodebookFiles, row: Row) -> None:
    """Add a row where the order of the form and the year place it."""
    blocks = [one["block"] for one in files.rows("blocks")]
    order = {block: (number, -1) for number, block in enumerate(blocks)}
    for number, one in enumerate(files.rows("questions")):
        order.setdefault(one["question"], (blocks.index(one["block"]), number))

    def place(other: Row) -> tuple[tuple[int, int], str]:
        return order.get(other["name"], (len(blocks), 0)), other["year"]

    def before(other: Row) -> bool:
        return place(other) < place(row)

    files["absences"].put(row, ("name", "year"), before, otherwise_first=True)


def _line(files: CodebookFiles, name: str, key: Row) -> Line:
    line = files[name].find(key)
    assert line is not None
    return line
