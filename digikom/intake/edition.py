"""`digikom new-edition`: from an extract to a validated survey file, a longer codebook and an edition file.

Everything is made and validated in a copy first. What is then written, is written in the order in which a run that is
cut off does least harm: the edition file, which makes the year one of the report's, comes last.
"""

from __future__ import annotations

import datetime
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml
from filelock import FileLock, Timeout

from digikom import paths, reading, survey
from digikom.errors import InputError, Problem
from digikom.geography.registers import registers_root
from digikom.intake import drafting
from digikom.intake.codebook_files import CodebookFiles, obstacles
from digikom.intake.conversion import Converted, convert, municipalities, municipality_problems, translated
from digikom.intake.datapackage import survey_resource, with_survey
from digikom.intake.extract import Extract, read_extract
from digikom.intake.files import remove_drafts, write_all
from digikom.intake.mapping import MappingFile, load_mapping, parse_mapping
from digikom.intake.questionnaire import add_year
from digikom.scratch import scratch
from digikom.survey.codebook import whole_year
from digikom.survey.provenance import DESCRIPTOR, Status

#: Seconds that a second run waits for the first one to end.
PATIENCE = 10.0


@dataclass(frozen=True)
class Places:
    """Where things are: the data folder (or the one given), the codebook and mappings that go with it, the editions."""

    data: Path
    codebook: Path
    mappings: Path
    editions: Path

    @classmethod
    def of(cls, data_dir: str | Path | None) -> Places:
        """The places of a data folder; the codebook and the mappings are the project's own where it has none."""
        data, own = paths.data_folder(data_dir), paths.data_folder(None)
        codebook, mappings = ((data if (data / name).is_dir() else own) / name for name in ("codebook", "intake"))
        return cls(data, codebook, mappings, paths.EDITION_DIR)

    def survey(self, year: int) -> Path:
        """The survey file of a year."""
        return self.data / "survey" / f"{year}.csv"

    def mapping(self, year: int) -> Path:
        """The mapping file of a year."""
        return self.mappings / f"{year}.yml"

    def edition(self, year: int) -> Path:
        """The edition file of a year."""
        return self.editions / f"{year}.yml"


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

    `kept_mapping`: the mapping file that is still to be kept among the project's own, drafted or given. `unanswered`:
    a line for each question that somebody left open.
    """

    files: CodebookFiles
    converted: Converted
    mapping: MappingFile
    kept_mapping: bytes | None
    unanswered: list[str] = field(default_factory=list)


def new_edition(request: Request) -> Outcome:
    """Take in the extract of a new year.

    Raises `InputError` with everything that is wrong, or still to be decided; then at most a draft of the mapping file
    was written, and that only where there was none and nothing is wrong with the extract itself.
    """
    year = whole_year(request.year)
    places = Places.of(request.data_dir)
    with _alone(places):
        reference = _reference(request, places)
        taken = _take_in(request, places)
        published = request.published or _newest_date(places)
        with _staged(places, taken, year) as stage:
            entry = survey_resource(stage, year, request.status or "synthetic")
            descriptor = places.data / DESCRIPTOR
            package = with_survey(descriptor.read_bytes() if descriptor.is_file() else None, entry)
            (stage / DESCRIPTOR).write_bytes(package)
            survey.load(year, stage)
            answers = places.survey(year)
            edition = places.edition(year)
            mapping = places.mapping(year)
            contents = {
                **({mapping: taken.kept_mapping} if taken.kept_mapping is not None else {}),
                **{places.codebook / name: content for name, content in taken.files.contents().items()},
                answers: (stage / "survey" / answers.name).read_bytes(),
                descriptor: package,
                edition: _edition_file(request, reference, published, places),
            }
        if not request.force:
            mine = [path for path in (mapping, answers, edition) if path in contents]
            in_the_way = [*obstacles(taken.files), *(found for path in mine for found in _present(path, contents))]
            in_the_way += _described_otherwise(descriptor, package, answers)
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
    request = Request(whole_year(year), path, mapping, sheet, data_dir)
    taken = _take_in(request, Places.of(data_dir))
    return [str(code) for code in taken.converted.frame[survey.CODE_COLUMN]], taken.unanswered


def mapping_for(path: Path, year: int, mapping: Path | None, data_dir: Path | None = None) -> Path | None:
    """The mapping file that `path` is to be read with; `None` when it is a survey file in the codebook's own form."""
    chosen = mapping or Places.of(data_dir).mapping(year)
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
    year = whole_year(request.year)
    known = municipalities(year, request.data_dir)
    extract = read_extract(request.extract, request.sheet)
    files = CodebookFiles(places.codebook, year)
    path = request.mapping or places.mapping(year)
    draft: bytes | None = None
    if request.mapping is None and not path.is_file():
        draft = _draft(request, places, files, extract)
        mapping = parse_mapping(draft, str(path), year)
    else:
        mapping = load_mapping(path, year)
    asked, undecided = add_year(files, mapping, extract)
    if undecided:
        if draft is not None:
            write_all({path: draft})
            subject = f"{path}: a draft is written; decide what is open in it, and run the command again"
        else:
            subject = f"{request.extract} and {path.name} do not go together yet"
        raise InputError(subject, _in_order(undecided, extract))
    converted = convert(extract, mapping.rules, asked, known)
    taken = _Taken(files, converted, mapping, draft if request.mapping is None else reading.read_bytes(path, str(path)))
    with _staged(places, taken, year) as stage:
        try:
            survey.codebook(stage)
        except InputError as error:
            subject = f"{path}: with what is new in it, the codebook would not be in order"
            raise InputError(subject, [str(problem) for problem in error.problems]) from None
        answers = _as_converted(stage, taken, year)
        found = survey.check(answers, year, stage)
        if not found:
            taken = replace(taken, unanswered=survey.unanswered(answers, year, stage))
    problems = [*converted.problems, *translated(found, converted, extract, asked)]
    if problems:
        raise InputError(f"{request.extract}: {len(problems)} problem(s) found", _in_order(problems, extract))
    return taken


def _draft(request: Request, places: Places, files: CodebookFiles, extract: Extract) -> bytes:
    """A draft of the mapping. Raises `InputError` when the municipalities in the extract are not in order."""
    with scratch() as folder:
        _write_codebook(folder, files.without_year)
        book = survey.codebook(folder)
    draft = drafting.draft(extract, book, request.year, _earlier_columns(places, request.year))
    column = drafting.municipality_column(draft)
    if column is not None:
        known = municipalities(request.year, request.data_dir)
        problems = list(municipality_problems(extract, column, known))
        if problems:
            raise InputError(f"{request.extract}: {len(problems)} problem(s) found", problems)
    return draft.text().encode("utf-8")


def _earlier_columns(places: Places, year: int) -> dict[str, str]:
    """The columns in the newest mapping of an earlier year; nothing where there is none in order."""
    earlier = sorted(
        int(path.stem) for path in places.mappings.glob("*.yml") if path.stem.isdigit() and int(path.stem) < year
    )
    try:
        return load_mapping(places.mapping(earlier[-1]), earlier[-1]).rules.columns if earlier else {}
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


def _as_converted(stage: Path, taken: _Taken, year: int) -> Path:
    """The answers with the rows in the order of the extract, so that problems are found at their rows."""
    path = stage / f"{year}.csv"
    path.write_bytes(taken.converted.content())
    return path


def _write_codebook(folder: Path, contents: dict[str, bytes]) -> None:
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
    if not request.compare:
        return None
    return request.reference or max(earlier, default=None)


def _newest_date(places: Places) -> datetime.date:
    """The date of the edition published last: a date that depends on no clock. The user is told of it."""
    dates = []
    for path in places.editions.glob("*.yml"):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        date = content.get("published") if isinstance(content, dict) else None
        dates += [date] if isinstance(date, datetime.date) else []
    if not dates:
        raise InputError("There is no other edition to take the date from: give --published YYYY-MM-DD")
    return max(dates)


def _edition_file(request: Request, reference: int | None, published: datetime.date, places: Places) -> bytes:
    """The edition file. The version is that of the newest edition: all are made by the same notebooks."""
    year = request.year
    years = sorted(int(path.stem) for path in places.editions.glob("*.yml") if re.fullmatch(r"\d{4}", path.stem))
    others = [one for one in years if one != year]
    newest = yaml.safe_load(places.edition(others[-1]).read_text(encoding="utf-8")) if others else {}
    lines = [
        f"year: {year}",
        *([] if reference is None else [f"reference_year: {reference}"]),
        f"title: Digitalisering i kommunene {year}",
        f"version: {newest.get('version', '0.1.0')}",
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


def _present(path: Path, contents: dict[Path, bytes]) -> list[Problem]:
    """The file as something in the way, unless it is just what is to be written."""
    if not path.is_file() or path.read_bytes() == contents[path]:
        return []
    return [Problem(None, None, f"{path.parent.name}/{path.name}", "no such file yet, or --force to replace it")]


def _described_otherwise(descriptor: Path, package: bytes, answers: Path) -> list[Problem]:
    """The descriptor's present entry of the survey file, if it says something else: real for synthetic, for one."""

    def entry(content: bytes) -> object:
        resources = json.loads(content)["resources"]
        return next((one for one in resources if one.get("path") == f"survey/{answers.name}"), None)

    present = entry(descriptor.read_bytes()) if descriptor.is_file() else None
    if present is None or present == entry(package):
        return []
    expected = f"no other entry of survey/{answers.name} in it, or --force to replace it"
    return [Problem(None, None, descriptor.name, expected)]


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
