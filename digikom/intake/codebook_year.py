"""What was asked in the new year: the mapping held against the codebook, and the codebook with the year added.

The files of the codebook are written anew from their rows, each in the order of the form: so adding the same year again
gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from digikom import reading
from digikom.errors import Problem
from digikom.files import csv_rows, csv_text
from digikom.intake.extract import Extract
from digikom.intake.mapping import MappingFile, Place
from digikom.intake.words import hint
from digikom.rows import Row as CodebookModel
from digikom.rows import checked, wanted
from digikom.survey import CODE_COLUMN
from digikom.survey.codebook_rules import FILES, UNANSWERED

#: The parts of `new` in the order in which the codebook is read.
PARTS = ("scales", "blocks", "questions", "items", "series")
#: Cells that the command fills in: the year that is taken in, and the place at the end of the group.
FILLED_IN = {"years", "position", UNANSWERED}
#: What `position` counts within, by file.
GROUPS = {"scales": "scale", "blocks": None, "questions": "block", "items": "block"}
ABSENCE_KINDS = ("not_asked", "changed", "unknown", "later")

Row = dict[str, str]


class CodebookFiles:
    """The rows of all files of a codebook, first with `year` taken out."""

    def __init__(self, folder: Path, year: int) -> None:
        """Raises `InputError` with what is wrong in a file of `folder`; whether they agree with each other is checked
        later, as they need not after a run that was cut off.
        """
        self.year = str(year)
        self._headers: dict[str, list[str]] = {}
        self._as_found: dict[str, list[Row]] = {}
        for file, (model, keys) in FILES.items():
            content = reading.read_bytes(folder / file, f"codebook/{file}")
            checked(f"codebook/{file}", content, model, *keys)
            header, *cells = csv_rows(content)
            name = file.removesuffix(".csv")
            self._headers[name] = header
            self._as_found[name] = [dict(zip(header, one, strict=True)) for one in cells]
        self.rows: dict[str, list[Row]] = {name: [{**row} for row in rows] for name, rows in self._as_found.items()}
        self.before = self.contents()
        self._take_out()
        self.without_year = self.contents()

    def ordered(self, name: str) -> list[Row]:
        """The rows of a file in the order of the form."""
        place = self._order_of_form()
        last = (len(place), 0)
        scales = list(dict.fromkeys(row["scale"] for row in (*self._as_found["scales"], *self.rows["scales"])))
        keys: dict[str, Callable[[Row], tuple[object, ...]]] = {
            "scales": lambda row: (scales.index(row["scale"]), int(row["position"])),
            "blocks": lambda row: (int(row["position"]),),
            "questions": lambda row: (place.get(row["block"], last), int(row["position"])),
            "items": lambda row: (place.get(row["block"], last), int(row["position"])),
            "series": lambda row: (place.get(row["series"], last), row["year"]),
            "absences": lambda row: (place.get(row["name"], last), row["year"]),
        }
        return sorted(self.rows[name], key=keys[name])

    def contents(self) -> dict[str, bytes]:
        """The bytes of each file as its rows are now."""
        contents = {}
        for name, header in self._headers.items():
            rows = self.ordered(name)
            columns = dict.fromkeys([*header, *(column for row in rows for column, text in row.items() if text)])
            texts = [[row.get(column, "") for column in columns] for row in rows]
            contents[f"{name}.csv"] = csv_text([list(columns), *texts]).encode()
        return contents

    def find(self, name: str, key: Row, *, as_found: bool = False) -> Row | None:
        """The row whose cells are those of `key`; `as_found`: as it was before the year was taken out."""
        rows = self._as_found[name] if as_found else self.rows[name]
        return next((row for row in rows if key.items() <= row.items()), None)

    def add_year(self, row: Row, column: str = "years") -> None:
        """Add the year to the `years` of a row, or to another column of years."""
        row[column] = " ".join(sorted({*row.get(column, "").split(), self.year}))

    def obstacles(self) -> list[Problem]:
        """What the codebook holds of the year already, other than what is to be written now (or a part of it).

        A run that was cut off leaves each file either as it was or as it was to be.
        """
        wanted = self.contents()
        return [
            Problem(None, None, f"codebook/{name}", f"nothing of {self.year} in it yet, or --force to replace it")
            for name, content in self.before.items()
            if content not in (self.without_year[name], wanted[name])
        ]

    def _order_of_form(self) -> dict[str, tuple[int, int]]:
        """The place in the form of blocks, questions and items by their names (a block's name goes first)."""
        blocks = {row["block"]: int(row["position"]) for row in self.rows["blocks"]}
        order = {name: (position, 0) for name, position in blocks.items()}
        for name, column in (("questions", "question"), ("items", "column")):
            for row in self.rows[name]:
                order.setdefault(row[column], (blocks.get(row["block"], len(blocks) + 1), int(row["position"])))
        return order

    def _take_out(self) -> None:
        gone_items, gone_questions = self._without_year("items"), self._without_year("questions")
        for row in self.rows["questions"]:
            if UNANSWERED in row:
                row[UNANSWERED] = self._other_years(row[UNANSWERED])
        # A scale's answers are those of every year where no years are given.
        self._without_year("scales")
        gone_scales = {row["scale"] for row in gone_items} - {row["scale"] for row in self.rows["items"]}
        gone_blocks = {row["block"] for row in gone_questions} - {row["block"] for row in self.rows["questions"]}
        columns = {row["column"] for row in gone_items}
        names = {row["question"] for row in gone_questions} | gone_blocks
        self._keep("scales", lambda row: row["scale"] not in gone_scales)
        self._keep("blocks", lambda row: row["block"] not in gone_blocks)
        self._keep("series", lambda row: not {row["series"], row["column"]} & columns and row["year"] != self.year)
        self._keep("absences", lambda row: row["name"] not in names and row["year"] != self.year)

    def _without_year(self, name: str) -> list[Row]:
        """Take the year out of `years`; the rows that had no other year are left out, and returned."""
        gone = [row for row in self.rows[name] if row.get("years", "").split() == [self.year]]
        self._keep(name, lambda row: row not in gone)
        for row in self.rows[name]:
            if "years" in row:
                row["years"] = self._other_years(row["years"])
        return gone

    def _other_years(self, years: str) -> str:
        return " ".join(year for year in years.split() if year != self.year)

    def _keep(self, name: str, chosen: Callable[[Row], bool]) -> None:
        self.rows[name] = [row for row in self.rows[name] if chosen(row)]


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
    form = _Form(files, mapping, extract)
    form.add_new_rows()
    form.match_columns()
    for item in form.asked:
        files.add_year(item)
        # A question that nothing is known of is a fault of the new item, which the codebook will find.
        question = files.find("questions", {"question": item["question"]})
        if question is not None:
            files.add_year(question)
    form.check_leading_items()
    codes = form.possible_codes()
    blank_means = form.meaning_of_blanks(codes)
    form.allow_unanswered()
    if all(mapping.rules.columns.values()):  # before that, nobody knows what was asked
        form.add_absences()
    return Asked(tuple(form.asked), form.column_of, codes, blank_means), form.problems


def not_asked(blocks: Iterable[str], block_of: Mapping[str, str], asked: Collection[str]) -> list[str]:
    """The blocks with no question of `asked` in them, and the other questions of the other blocks, in form order.

    `block_of`: the block of each question.
    """
    within = {block_of[question] for question in asked if question in block_of}
    found = []
    for name in blocks:
        questions = [question for question, block in block_of.items() if block == name and question not in asked]
        found += questions if name in within else [name]
    return found


@dataclass
class _Form:
    """The mapping held against the codebook and the extract, step by step; what is wrong goes to `problems`."""

    files: CodebookFiles
    mapping: MappingFile
    extract: Extract
    problems: list[Problem] = field(default_factory=list)
    column_of: dict[str, str] = field(default_factory=dict)
    asked: list[Row] = field(default_factory=list)

    def add_new_rows(self) -> None:
        """Put the new rows of the mapping into the files."""
        files, columns = self.files, set(self.mapping.rules.columns.values())
        old_scales = {row["scale"] for row in files.rows["scales"]}
        for name in PARTS:
            model, (key, *_) = FILES[f"{name}.csv"]
            for number, given in enumerate(getattr(self.mapping.rules.new, name)):
                place: Place = ("new", name, number)
                row = dict(given)
                if name == "scales" and row.get("code") == UNANSWERED:
                    continue  # no answer, but a blank: `codes` knows it of every scale
                if name == "items":
                    question = files.find("questions", {"question": row.get("question", "")}) or {}
                    routing = {"asked_if_column": "", "asked_if_value": "", "block": question.get("block", "")}
                    row = routing | row
                    if row.get("column") not in columns:
                        self._fault((*place, "column"), row.get("column"), "the item of one of the columns above")
                known_by = {column: row.get(column, "") for column in key}
                present = files.find(name, known_by)
                if present is not None:
                    if not row.items() <= present.items():
                        expected = f"a row of its own name: codebook/{name}.csv has this one, with other cells"
                        self._fault(place, " ".join(known_by.values()), expected)
                    continue
                if "years" in model.model_fields:
                    # The answers of a scale that is new as a whole could be given whenever it was used.
                    row["years"] = "" if name == "scales" and row.get("scale") not in old_scales else files.year
                if name in GROUPS:
                    row["position"] = self._position(name, row, known_by)
                if self._is_valid(place, model, row, given):
                    files.rows[name].append(row)

    def _position(self, name: str, row: Row, known_by: Row) -> str:
        """The place after the last of its group; the former place of a row that is put back."""
        former, group = self.files.find(name, known_by, as_found=True), GROUPS[name]
        if former is not None:
            return former["position"]
        same = [one for one in self.files.rows[name] if group is None or one[group] == row.get(group)]
        return str(max((int(one["position"]) for one in same), default=0) + 1)

    def _is_valid(self, place: Place, model: type[CodebookModel], row: Row, given: Row) -> bool:
        filled_in = sorted(FILLED_IN & given.keys())
        for column in filled_in:
            self._fault((*place, column), None, "no such cell: the command fills it in")
        try:
            model.model_validate(row)
        except ValidationError as error:
            names = ", ".join(sorted(set(model.model_fields) - FILLED_IN))
            expected = {"missing": "this cell, which is not there", "extra_forbidden": f"one of the cells {names}"}
            for fault in error.errors():
                value = fault["input"] if isinstance(fault["input"], str) else None
                self._fault((*place, *fault["loc"]), value, expected.get(fault["type"]) or wanted(model, fault))
            return False
        return not filled_in

    def match_columns(self) -> None:
        """Find the column of the extract for each item, and for the municipality."""
        rules, header = self.mapping.rules, self.extract.header
        split = set(rules.split)
        known = [CODE_COLUMN, *(row["column"] for row in self.files.rows["items"])]
        unmapped = [name for name in header if name not in {*rules.columns, *rules.left_out, *split}]
        found: dict[str, str] = {}
        for column, target in rules.columns.items():
            place: Place = ("columns", column)
            if not target:
                self._fault(place, None, "a decision: the item that it is, or the column under left_out with a reason")
            elif target not in known:
                self._fault(place, target, f"an item of the codebook{hint(target, known)}")
            elif target in found:
                self._fault(place, target, f"an item once; {reading.printable(found[target])} is already {target}")
            else:
                found[target] = column
            if column not in header:
                expected = f"a column of this name in the extract, as {self.mapping.name} says{hint(column, unmapped)}"
                self.problems.append(Problem(1, reading.printable(column), None, expected))
        for name in unmapped:
            expected = f"a line for this column in {self.mapping.name}, under columns or left_out"
            self.problems.append(Problem(1, reading.printable(name), None, f"{expected}{hint(name, rules.columns)}"))
        targets = set(rules.columns.values())
        if "" not in targets:  # otherwise one of those that are not decided may be what is missed
            if CODE_COLUMN not in targets:
                self._fault(("columns",), None, f"a column that is {CODE_COLUMN}")
            if not targets - {CODE_COLUMN}:
                self._fault(("columns",), None, "at least one column that is an item")
        self.column_of = {target: column for target, column in found.items() if column in header}
        self.asked = [row for row in self.files.ordered("items") if row["column"] in self.column_of]

    def check_leading_items(self) -> None:
        """Items asked only after an answer to another one need that one."""
        items = {row["column"] for row in self.files.rows["items"]}
        missing = items - set(self.mapping.rules.columns.values())
        for item in self.asked:
            if (leading := item["asked_if_column"]) in missing:
                expected = f"a column that is {leading} too: {item['column']} is asked after its answer"
                self._fault(("columns", self.column_of[item["column"]]), item["column"], expected)

    def possible_codes(self) -> dict[str, tuple[str, ...]]:
        """The answers of each scale that could be given in the year.

        An answer of certain years only is one of this year's when the mapping or the extract has it.
        """
        scale_of = {item["column"]: item["scale"] for item in self.files.rows["items"]}
        every: dict[str, list[str]] = {}
        for row in self.files.rows["scales"]:
            every.setdefault(row["scale"], []).append(row["code"])
        used = {(item["scale"], text) for item in self.asked for text in self._texts(item)}
        asked_scales = {item["scale"] for item in self.asked}
        for name, table in self.mapping.rules.codes.items():
            scale = scale_of.get(name, name)
            if scale not in every:
                expected = f"a scale or an item of the codebook{hint(name, [*every, *scale_of])}"
                self._fault(("codes", name), None, expected)
                continue
            for text, code in table.items():
                place: Place = ("codes", name, text)
                if text in self.mapping.rules.missing:
                    self._fault(place, None, "a text either here or under missing")
                if not code:
                    expected = f"a decision: one of {', '.join(every[scale])}, or the text under missing"
                    self._fault(place, None, expected)
                elif code not in [*every[scale], UNANSWERED]:
                    self._fault(place, code, f"one of {', '.join(every[scale])}{hint(code, every[scale])}")
                elif scale in asked_scales:
                    used.add((scale, code))
        possible: dict[str, tuple[str, ...]] = {}
        for row in self.files.rows["scales"]:
            if row.get("years") and (row["scale"], row["code"]) in used:
                self.files.add_year(row)
            if not row.get("years") or self.files.year in row["years"].split():
                possible[row["scale"]] = (*possible.get(row["scale"], ()), row["code"])
        return possible

    def meaning_of_blanks(self, codes: Mapping[str, Sequence[str]]) -> dict[str, str]:
        """The code of a blank cell, by item, for the lists to tick that the mapping names.

        Of any question a blank may be one that was left open. A blank is no answer to a question that is no list.
        """
        found: dict[str, str] = {}
        kinds = {row["question"]: row["kind"] for row in self.files.rows["questions"]}
        for question, code in self.mapping.rules.blank_means.items():
            place: Place = ("blank_means", question)
            items = [item for item in self.asked if item["question"] == question]
            possible = sorted({answer for item in items for answer in codes.get(item["scale"], ())})
            if kinds.get(question) != "multiple" and (code != UNANSWERED or question not in kinds):
                lists = [name for name, kind in kinds.items() if kind == "multiple"]
                expected = f"a list to tick{hint(question, lists)}; a blank means nothing elsewhere but {UNANSWERED}"
                self._fault(place, None, expected)
            elif not items:
                self._fault(place, None, "a question that one of the columns belongs to")
            elif code != UNANSWERED and code not in possible:
                self._fault(place, code or None, f"what a line left blank means: one of {', '.join(possible)}")
            elif code != UNANSWERED:
                found |= {item["column"]: code for item in items}
        return found

    def allow_unanswered(self) -> None:
        """Let the questions that the mapping says were left open be so in the codebook, in this year."""
        rules = self.mapping.rules
        questions = {name for name, code in rules.blank_means.items() if code == UNANSWERED}
        for item in self.asked:
            table = {**rules.codes.get(item["scale"], {}), **rules.codes.get(item["column"], {})}
            if any(table.get(text) == UNANSWERED for text in self._texts(item)):
                questions.add(item["question"])
        for row in self.files.rows["questions"]:
            if row["question"] in questions:
                self.files.add_year(row, UNANSWERED)

    def add_absences(self) -> None:
        """Add the rows that say why something was not asked, this year or, if it is new, in the others."""
        files, given = self.files, self.mapping.rules.absent
        blocks = [row["block"] for row in files.ordered("blocks")]
        block_of = {row["question"]: row["block"] for row in files.ordered("questions")}
        needed = not_asked(blocks, block_of, {item["question"] for item in self.asked})
        for name, reason in given.items():
            place: Place = ("absent", name)
            if name in blocks or name in block_of:
                if name not in needed:
                    self._fault(place, None, "no such line, as it is asked or its block is named")
                elif reason.kind not in ABSENCE_KINDS:
                    expected = f"why it is not asked: one of {', '.join(ABSENCE_KINDS)}"
                    self._fault((*place, "kind"), reason.kind or None, expected)
                else:
                    self._put_absence(name, files.year, reason.kind, reason.source)
            else:
                self._fault(place, None, f"a block or question{hint(name, needed)}")
        for name in needed:
            if name not in given:
                expected = f"a line {name}: {{kind: …, source: …}}, as no column of the extract is asked in {name}"
                self._fault(("absent",), None, expected)
        # What is new now was not taken up yet in earlier years and, in later ones, is not known.
        questions = files.rows["questions"]
        years = {year for row in questions for year in row["years"].split()} - {files.year}
        asked = {
            (row[part], year) for row in questions for year in row["years"].split() for part in ("block", "question")
        }
        for row in questions:
            for year in sorted(years) if row["years"] == files.year else ():
                name = row["question"] if (row["block"], year) in asked else row["block"]
                if files.find("absences", {"name": name, "year": year}) is None:
                    self._put_absence(name, year, "later" if year < files.year else "unknown", row["source"])

    def _put_absence(self, name: str, year: str, kind: str, source: str) -> None:
        self.files.rows["absences"].append({"name": name, "year": year, "kind": kind, "source": source})

    def _texts(self, item: Row) -> set[str]:
        return set(self.extract.column(self.column_of[item["column"]]))

    def _fault(self, place: Place, value: str | None, expected: str) -> None:
        self.problems.append(self.mapping.problem(place, value, expected))
