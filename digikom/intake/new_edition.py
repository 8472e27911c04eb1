"""`digikom new-edition`: from an extract to a validated survey file, a longer codebook and an edition file.

Everything is made and validated in a copy first. What is then written, is written in the order in which a run that is
cut off does least harm: the edition file, which makes the year one of the report's, comes last.
"""

from __future__ import annotations

import datetime
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from digikom import paths, reading, survey
from digikom.editions.edition_files import edition_years, load_edition
from digikom.errors import InputError, Problem
from digikom.files import remove_drafts, write_all
from digikom.geography.registers import registers_root
from digikom.intake import drafting
from digikom.intake.codebook_year import CodebookFiles, add_year
from digikom.intake.conversion import Converted, convert, translated
from digikom.intake.extract import Extract, read_extract
from digikom.intake.mapping import MappingFile, load_mapping, parse_mapping
from digikom.intake.municipalities import Municipalities, municipality_problems, without_header_rows
from digikom.intake.package_entry import survey_resource, with_survey
from digikom.intake.splitting import with_split_columns
from digikom.scratch import scratch
from digikom.survey.codebook import whole_year
from digikom.survey.provenance import DESCRIPTOR, Status

#: Seconds that a second run waits for the first one to end.
PATIENCE = 10.0


class Locations:
    """Where things of a year are: the data folder (or the one given), the codebook and mappings that go with it (the
    project's own where the folder has none), and the editions.
    """

    def __init__(self, data_dir: str | Path | None, year: int) -> None:
        data, own = paths.data_folder(data_dir), paths.data_folder(None)
        self.data, self.editions = data, paths.EDITION_DIR
        self.codebook, self.mappings = (
            (data if (data / name).is_dir() else own) / name for name in ("codebook", "intake")
        )
        self.survey = data / "survey" / f"{year}.csv"
        self.descriptor = data / DESCRIPTOR
        self.mapping = self.mappings / f"{year}.yml"
        self.edition = self.editions / f"{year}.yml"


@dataclass(frozen=True)
class Request:
    """What the user asks for. `reference` `None`: the latest earlier year with a survey file, if `compare`."""

    year: int
    extract: Path
    mapping: Path | None = None
    sheet: str | None = None
    data_dir: Path | None = None
    reference: int | None = None
    compare: bool = True
    published: datetime.date | None = None
    status: Status | None = None
    force: bool = False

    @property
    def where(self) -> Locations:
        """Where the year's files are."""
        return Locations(self.data_dir, whole_year(self.year))


@dataclass(frozen=True)
class Outcome:
    """What was taken in: the files that changed, the edition's reference year and date, and how much there was."""

    written: list[Path]
    responses: int
    items: int
    left_out: tuple[str, ...]
    reference: int | None
    published: datetime.date
    notes: list[str]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _Taken:
    """An extract that was validated, with the codebook that goes with it.

    `kept_mapping`: the mapping file to be kept among the project's own, drafted or given. `notes`: what was read
    otherwise than it is written, and the questions that somebody left open; `warnings`: what somebody should look at.
    """

    files: CodebookFiles
    converted: Converted
    mapping: MappingFile
    kept_mapping: bytes
    notes: list[str]
    warnings: tuple[str, ...]


def new_edition(request: Request) -> Outcome:
    """Take in the extract of a new year.

    Raises `InputError` with everything that is wrong, or still to be decided; then at most a draft of the mapping file
    was written, and that only where there was none and nothing is wrong with the extract itself.
    """
    year, where = request.year, request.where
    with _alone(where):
        reference = _reference(request, where)
        taken = _take_in(request, where)
        published = request.published or _newest_date(where)
        with _staged(where, taken, year) as stage:
            entry = survey_resource(stage, year, request.status or "synthetic")
            present = where.descriptor.read_bytes() if where.descriptor.is_file() else None
            package = with_survey(present, entry)
            (stage / DESCRIPTOR).write_bytes(package)
            survey.load(year, stage)
            contents = {
                where.mapping: taken.kept_mapping,
                **{where.codebook / name: content for name, content in taken.files.contents().items()},
                where.survey: taken.converted.survey_file(),
                where.descriptor: package,
                where.edition: _edition_file(request, reference, published, where),
            }
        in_the_way = [] if request.force else _in_the_way(where, taken.files, contents)
        if in_the_way:
            raise InputError(f"{year} is there already; nothing is changed without --force", in_the_way)
        written = write_all(contents)
    return Outcome(
        written=written,
        responses=len(taken.converted.frame),
        items=len(taken.converted.frame.columns) - 1,
        left_out=tuple(taken.mapping.rules.left_out),
        reference=reference,
        published=published,
        notes=taken.notes,
        warnings=taken.warnings,
    )


def check_extract(
    path: Path, year: int, mapping: Path, sheet: str | None = None, data_dir: Path | None = None
) -> tuple[list[str], list[str], tuple[str, ...]]:
    """The verdict of `new_edition` on an extract, without writing anything: the codes of those that answered, notes on
    how it was read and on each question that somebody left open, and warnings.

    Raises `InputError` with everything that is wrong.
    """
    request = Request(year, path, mapping, sheet, data_dir)
    taken = _take_in(request, request.where)
    return [str(code) for code in taken.converted.frame[survey.CODE_COLUMN]], taken.notes, taken.warnings


def mapping_for(path: Path, year: int, mapping: Path | None, data_dir: Path | None = None) -> Path | None:
    """The mapping file that `path` is to be read with; `None` when it is a survey file in the codebook's own form."""
    chosen = mapping or Locations(data_dir, year).mapping
    if mapping is None and not chosen.is_file():
        return None
    try:
        with path.open("rb") as file:
            first = file.readline(1 << 16).removeprefix(b"\xef\xbb\xbf").strip()
    except OSError:
        return chosen
    names = first.decode("utf-8", errors="replace").split(",")
    own_form = names[0].strip('"') == survey.CODE_COLUMN
    return None if own_form and not set(names) <= set(load_mapping(chosen, year).rules.columns) else chosen


def _take_in(request: Request, where: Locations) -> _Taken:
    """Read, convert and validate the extract. Where there is no mapping, a draft with open questions is written."""
    year = request.year
    known = Municipalities(year, request.data_dir)
    extract = read_extract(request.extract, request.sheet)
    files = CodebookFiles(where.codebook, year)
    path = request.mapping or where.mapping
    drafted = request.mapping is None and not path.is_file()
    content = _draft(request, where, files, extract) if drafted else reading.read_bytes(path, str(path))
    mapping = parse_mapping(content, str(path), year)
    code_column = next((name for name, item in mapping.rules.columns.items() if item == survey.CODE_COLUMN), None)
    if code_column in extract.header:
        extract = without_header_rows(extract, code_column, known)
    extract, mapping, unsplit = with_split_columns(extract, mapping)
    asked, undecided = add_year(files, mapping, extract)
    undecided = [*unsplit, *undecided]
    if undecided:
        if drafted:
            write_all({path: content})
            subject = f"{path}: a draft is written; decide what is open in it, and run the command again"
        else:
            subject = f"{request.extract} and {path.name} do not go together yet"
        raise InputError(subject, _in_order(undecided, extract))
    converted = convert(extract, mapping.rules, asked, known)
    taken = _Taken(files, converted, mapping, content, list(converted.notes), extract.warnings)
    with _staged(where, taken, year) as stage:
        try:
            survey.codebook(stage)
        except InputError as error:
            subject = f"{path}: with what is new in it, the codebook would be invalid"
            raise InputError(subject, [str(problem) for problem in error.problems]) from None
        # With the rows in the order of the extract, problems are found at their rows.
        answers = stage / "as_converted.csv"
        answers.write_bytes(converted.content())
        found = survey.check(answers, year, stage)
        problems = [*converted.problems, *translated(found, converted, extract, asked)]
        if problems:
            raise InputError(f"{request.extract}: {len(problems)} problem(s) found", _in_order(problems, extract))
        return replace(taken, notes=[*taken.notes, *survey.unanswered(answers, year, stage)])


def _draft(request: Request, where: Locations, files: CodebookFiles, extract: Extract) -> bytes:
    """A draft of the mapping. Raises `InputError` when the municipalities in the extract are not all in force."""
    with scratch() as folder:
        _write_codebook(folder, files.without_year)
        book = survey.codebook(folder)
    known, column = Municipalities(request.year, request.data_dir), drafting.municipality_column(extract.header)
    if column is not None:
        extract = without_header_rows(extract, column, known)
    draft = drafting.draft(extract, book, request.year, _earlier_columns(where, request.year))
    if column is not None:
        problems = list(municipality_problems(extract, column, known))
        if problems:
            raise InputError(f"{request.extract}: {len(problems)} problem(s) found", problems)
    return draft.text().encode("utf-8")


def _earlier_columns(where: Locations, year: int) -> dict[str, str]:
    """The columns in the newest mapping of an earlier year; nothing where there is none that can be read."""
    newest = max((one for one in edition_years(where.mappings) if one < year), default=None)
    try:
        return load_mapping(where.mappings / f"{newest}.yml", newest).rules.columns if newest else {}
    except InputError:
        return {}


@contextmanager
def _staged(where: Locations, taken: _Taken, year: int) -> Iterator[Path]:
    """A data folder of its own with the codebook, the registers and the survey file as they are to be."""
    with scratch() as stage:
        _write_codebook(stage, taken.files.contents())
        shutil.copytree(registers_root(where.data) / "municipalities", stage / "municipalities")
        targets = where.data / "synthetic" / f"{year}.yml"
        if targets.is_file():
            (stage / "synthetic").mkdir()
            shutil.copy(targets, stage / "synthetic" / targets.name)
        (stage / "survey").mkdir()
        (stage / "survey" / f"{year}.csv").write_bytes(taken.converted.survey_file())
        yield stage


def _write_codebook(folder: Path, contents: Mapping[str, bytes]) -> None:
    (folder / "codebook").mkdir()
    for name, content in contents.items():
        (folder / "codebook" / name).write_bytes(content)


def _reference(request: Request, where: Locations) -> int | None:
    """The year to compare with. Raises `InputError` for one without a survey file, or not before the edition's own."""
    earlier = [year for year in survey.years(where.data) if year < request.year]
    problems = []
    if request.status is None:
        expected = "--status synthetic for made-up answers or --status real; every page tells which, so you must say it"
        problems.append(Problem(None, "--status", None, expected))
    if not request.compare and request.reference is not None:
        problems.append(Problem(None, "--no-reference", None, "--reference YEAR or --no-reference, not both"))
    elif request.reference is not None and request.reference not in earlier:
        known = ", ".join(map(str, earlier)) or "none"
        expected = f"an earlier year with a survey file ({known}), or --no-reference"
        problems.append(Problem(None, "--reference", str(request.reference), expected))
    if problems:
        raise InputError("The command is not complete", problems)
    return request.reference or max(earlier, default=None) if request.compare else None


def _newest_date(where: Locations) -> datetime.date:
    """The date of the edition published last: a date that depends on no clock. The command prints it."""
    dates = [load_edition(year, where.editions).published for year in edition_years(where.editions)]
    if not dates:
        raise InputError("There is no other edition to take the date from: give --published YYYY-MM-DD")
    return max(dates)


def _edition_file(request: Request, reference: int | None, published: datetime.date, where: Locations) -> bytes:
    """The edition file. The version is that of the newest edition: all are made by the same notebooks."""
    others = [year for year in edition_years(where.editions) if year != request.year]
    version = load_edition(others[-1], where.editions).version if others else "0.1.0"
    lines = [
        f"year: {request.year}",
        *([] if reference is None else [f"reference_year: {reference}"]),
        f"title: Digitalisering i kommunene {request.year}",
        f"version: {version}",
        f"published: {published.isoformat()}",
        *([] if request.data_dir is None else [f"data_dir: {drafting.scalar(_portable(request.data_dir))}"]),
    ]
    return "".join(f"{line}\n" for line in lines).encode("utf-8")


def _portable(folder: Path) -> str:
    """A folder as an edition file names it: from the project's folder or from home, where it lies in one of them."""
    whole = folder.resolve()
    if whole.is_relative_to(paths.PROJECT_ROOT):
        return whole.relative_to(paths.PROJECT_ROOT).as_posix()
    home = Path.home()
    return f"~/{whole.relative_to(home).as_posix()}" if whole.is_relative_to(home) else whole.as_posix()


def _in_the_way(where: Locations, files: CodebookFiles, contents: Mapping[Path, bytes]) -> list[Problem]:
    """What there is of the year already, unless it is just what is to be written."""
    problems = files.obstacles()
    for path in (where.mapping, where.survey, where.edition):
        if path.is_file() and path.read_bytes() != contents[path]:
            expected = "no such file yet, or --force to replace it"
            problems.append(Problem(None, None, f"{path.parent.name}/{path.name}", expected))
    name = f"survey/{where.survey.name}"

    def entry(content: bytes) -> object:
        return next((one for one in json.loads(content)["resources"] if one.get("path") == name), None)

    # The descriptor may say something else of the survey file: that it is real, not synthetic, for one.
    present = entry(where.descriptor.read_bytes()) if where.descriptor.is_file() else None
    if present not in (None, entry(contents[where.descriptor])):
        expected = f"no other entry of {name} in it, or --force to replace it"
        problems.append(Problem(None, None, where.descriptor.name, expected))
    return problems


def _in_order(problems: list[Problem], extract: Extract) -> list[Problem]:
    """Each once, by row and by the order of the columns in the extract."""
    place = {name: number for number, name in enumerate(extract.header)}

    def key(problem: Problem) -> tuple[int, int, str, str, str]:
        column = problem.column or ""
        return problem.row or 0, place.get(column, len(place)), column, problem.value or "", problem.expected

    return sorted(set(problems), key=key)


@contextmanager
def _alone(where: Locations) -> Iterator[None]:
    """One run at a time: two would write to the same codebook. What a killed one was writing is removed."""
    folder = paths.PROJECT_ROOT / "_build"
    folder.mkdir(exist_ok=True)
    try:
        with FileLock(folder / "new-edition.lock", timeout=PATIENCE):
            remove_drafts({where.data, where.codebook, where.mappings, where.editions})
            yield
    except Timeout:
        raise InputError("Another `digikom new-edition` is running; try again when it has ended") from None
