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
from dataclasses import dataclass, field, replace
from pathlib import Path

from filelock import FileLock, Timeout

from digikom import paths, reading, survey
from digikom.editions.edition_files import edition_years, load_edition
from digikom.errors import InputError, Problem
from digikom.files import remove_drafts, write_all
from digikom.geography.registers import registers_root
from digikom.intake import drafting
from digikom.intake.codebook_year import CodebookFiles, add_year
from digikom.intake.conversion import Converted, Municipalities, convert, municipality_problems, translated
from digikom.intake.extract import Extract, read_extract
from digikom.intake.mapping import MappingFile, load_mapping, parse_mapping
from digikom.intake.package_entry import survey_resource, with_survey
from digikom.scratch import scratch
from digikom.survey.codebook import whole_year
from digikom.survey.provenance import DESCRIPTOR, Status

#: Seconds that a second run waits for the first one to end.
PATIENCE = 10.0


class Places:
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
    def places(self) -> Places:
        """Where the year's files are."""
        return Places(self.data_dir, whole_year(self.year))


@dataclass(frozen=True)
class Outcome:
    """What was taken in: the files that changed, the edition's reference year and date, and how much there was."""

    written: list[Path]
    responses: int
    items: int
    left_out: tuple[str, ...]
    reference: int | None
    published: datetime.date


@dataclass(frozen=True)
class _Taken:
    """An extract that was validated, with the codebook that goes with it.

    `kept_mapping`: the mapping file to be kept among the project's own, drafted or given. `unanswered`: a line for each
    question that somebody left open.
    """

    files: CodebookFiles
    converted: Converted
    mapping: MappingFile
    kept_mapping: bytes
    unanswered: list[str] = field(default_factory=list)


def new_edition(request: Request) -> Outcome:
    """Take in the extract of a new year.

    Raises `InputError` with everything that is wrong, or still to be decided; then at most a draft of the mapping file
    was written, and that only where there was none and nothing is wrong with the extract itself.
    """
    year, places = request.year, request.places
    with _alone(places):
        reference = _reference(request, places)
        taken = _take_in(request, places)
        published = request.published or _newest_date(places)
        with _staged(places, taken, year) as stage:
            entry = survey_resource(stage, year, request.status or "synthetic")
            present = places.descriptor.read_bytes() if places.descriptor.is_file() else None
            package = with_survey(present, entry)
            (stage / DESCRIPTOR).write_bytes(package)
            survey.load(year, stage)
            contents = {
                places.mapping: taken.kept_mapping,
                **{places.codebook / name: content for name, content in taken.files.contents().items()},
                places.survey: taken.converted.survey_file(),
                places.descriptor: package,
                places.edition: _edition_file(request, reference, published, places),
            }
        in_the_way = [] if request.force else _in_the_way(places, taken.files, contents)
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
    )


def check_extract(
    path: Path, year: int, mapping: Path, sheet: str | None = None, data_dir: Path | None = None
) -> tuple[list[str], list[str]]:
    """The verdict of `new_edition` on an extract, without writing anything: the codes of those that answered, and a
    line for each question that somebody left open.

    Raises `InputError` with everything that is wrong.
    """
    request = Request(year, path, mapping, sheet, data_dir)
    taken = _take_in(request, request.places)
    return [str(code) for code in taken.converted.frame[survey.CODE_COLUMN]], taken.unanswered


def mapping_for(path: Path, year: int, mapping: Path | None, data_dir: Path | None = None) -> Path | None:
    """The mapping file that `path` is to be read with; `None` when it is a survey file in the codebook's own form."""
    chosen = mapping or Places(data_dir, year).mapping
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


def _take_in(request: Request, places: Places) -> _Taken:
    """Read, convert and validate the extract. Where there is no mapping, a draft with open questions is written."""
    year = request.year
    known = Municipalities(year, request.data_dir)
    extract = read_extract(request.extract, request.sheet)
    files = CodebookFiles(places.codebook, year)
    path = request.mapping or places.mapping
    drafted = request.mapping is None and not path.is_file()
    content = _draft(request, places, files, extract) if drafted else reading.read_bytes(path, str(path))
    mapping = parse_mapping(content, str(path), year)
    asked, undecided = add_year(files, mapping, extract)
    if undecided:
        if drafted:
            write_all({path: content})
            subject = f"{path}: a draft is written; decide what is open in it, and run the command again"
        else:
            subject = f"{request.extract} and {path.name} do not go together yet"
        raise InputError(subject, _in_order(undecided, extract))
    converted = convert(extract, mapping.rules, asked, known)
    taken = _Taken(files, converted, mapping, content)
    with _staged(places, taken, year) as stage:
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
        return replace(taken, unanswered=survey.unanswered(answers, year, stage))


def _draft(request: Request, places: Places, files: CodebookFiles, extract: Extract) -> bytes:
    """A draft of the mapping. Raises `InputError` when the municipalities in the extract are not all in force."""
    with scratch() as folder:
        _write_codebook(folder, files.without_year)
        book = survey.codebook(folder)
    draft = drafting.draft(extract, book, request.year, _earlier_columns(places, request.year))
    column = drafting.municipality_column(draft)
    if column is not None:
        known = Municipalities(request.year, request.data_dir)
        problems = list(municipality_problems(extract, column, known))
        if problems:
            raise InputError(f"{request.extract}: {len(problems)} problem(s) found", problems)
    return draft.text().encode("utf-8")


def _earlier_columns(places: Places, year: int) -> dict[str, str]:
    """The columns in the newest mapping of an earlier year; nothing where there is none that can be read."""
    newest = max((one for one in edition_years(places.mappings) if one < year), default=None)
    try:
        return load_mapping(places.mappings / f"{newest}.yml", newest).rules.columns if newest else {}
    except InputError:
        return {}


@contextmanager
def _staged(places: Places, taken: _Taken, year: int) -> Iterator[Path]:
    """A data folder of its own with the codebook, the registers and the survey file as they are to be."""
    with scratch() as stage:
        _write_codebook(stage, taken.files.contents())
        shutil.copytree(registers_root(places.data) / "municipalities", stage / "municipalities")
        targets = places.data / "synthetic" / f"{year}.yml"
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


def _reference(request: Request, places: Places) -> int | None:
    """The year to compare with. Raises `InputError` for one without a survey file, or not before the edition's own."""
    earlier = [year for year in survey.years(places.data) if year < request.year]
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


def _newest_date(places: Places) -> datetime.date:
    """The date of the edition published last: a date that depends on no clock. The user is told of it."""
    dates = [load_edition(year, places.editions).published for year in edition_years(places.editions)]
    if not dates:
        raise InputError("There is no other edition to take the date from: give --published YYYY-MM-DD")
    return max(dates)


def _edition_file(request: Request, reference: int | None, published: datetime.date, places: Places) -> bytes:
    """The edition file. The version is that of the newest edition: all are made by the same notebooks."""
    others = [year for year in edition_years(places.editions) if year != request.year]
    version = load_edition(others[-1], places.editions).version if others else "0.1.0"
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


def _in_the_way(places: Places, files: CodebookFiles, contents: Mapping[Path, bytes]) -> list[Problem]:
    """What there is of the year already, unless it is just what is to be written."""
    problems = files.obstacles()
    for path in (places.mapping, places.survey, places.edition):
        if path.is_file() and path.read_bytes() != contents[path]:
            expected = "no such file yet, or --force to replace it"
            problems.append(Problem(None, None, f"{path.parent.name}/{path.name}", expected))
    name = f"survey/{places.survey.name}"

    def entry(content: bytes) -> object:
        return next((one for one in json.loads(content)["resources"] if one.get("path") == name), None)

    # The descriptor may say something else of the survey file: that it is real, not synthetic, for one.
    present = entry(places.descriptor.read_bytes()) if places.descriptor.is_file() else None
    if present not in (None, entry(contents[places.descriptor])):
        expected = f"no other entry of {name} in it, or --force to replace it"
        problems.append(Problem(None, None, places.descriptor.name, expected))
    return problems


def _in_order(problems: list[Problem], extract: Extract) -> list[Problem]:
    """Each once, by row and by the order of the columns in the extract."""
    place = {name: number for number, name in enumerate(extract.header)}

    def key(problem: Problem) -> tuple[int, int, str, str, str]:
        column = problem.column or ""
        return problem.row or 0, place.get(column, len(place)), column, problem.value or "", problem.expected

    return sorted(set(problems), key=key)


@contextmanager
def _alone(places: Places) -> Iterator[None]:
    """One run at a time: two would write to the same codebook. What a killed one was writing is removed."""
    folder = paths.PROJECT_ROOT / "_build"
    folder.mkdir(exist_ok=True)
    try:
        with FileLock(folder / "new-edition.lock", timeout=PATIENCE):
            remove_drafts({places.data, places.codebook, places.mappings, places.editions})
            yield
    except Timeout:
        raise InputError("Another `digikom new-edition` is running; try again when it has ended") from None
