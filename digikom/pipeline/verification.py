"""Verify a published edition: against its manifest, and against the same edition executed and assembled anew."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digikom.editions.build_facts import BuildFacts, collect_facts
from digikom.editions.edition_files import load_edition
from digikom.editions.layout import NUMBERS
from digikom.editions.manifest import compare_files, differences, published_files, read_manifest
from digikom.errors import InputError
from digikom.pdf import file_names, unavailable
from digikom.pipeline.rebuild import Remake, rebuild
from digikom.progress import Progress
from digikom.publish.outputs import NUMBER_MIME, WORDING_MIME
from digikom.publish.published import published_outputs, read_cells
from digikom.scratch import scratch

#: The lists of the published register, and the type of output that an entry of each is.
LISTS = {"numbers": NUMBER_MIME, "wordings": WORDING_MIME}
#: Digits of a commit or checksum that a message shows.
SHOWN = 12
#: What a report says of each kind of difference: its heading, and how many there are.
KINDS = {
    "altered": ("Not as the manifest says:", "{} files are not as the manifest says"),
    "other_numbers": ("Numbers that differ:", "{} of {numbers} numbers differ"),
    "other_words": ("Words that differ:", "{} of {words} words differ"),
    "other_files": ("Files that differ when made again:", "{} of {files} files differ"),
}


@dataclass(frozen=True, slots=True)
class Verification:
    """What was compared, and each difference as a line.

    `numbers`, `words` and `files` count what is published; `files` is 0 where only numbers were compared. `altered`
    are files that are not as the manifest says; `other_files` those that came out otherwise when made again. `notes`
    are differences in what the edition is built from, which are no faults by themselves.
    """

    year: int
    numbers: int
    words: int
    files: int
    altered: tuple[str, ...]
    other_numbers: tuple[str, ...]
    other_words: tuple[str, ...]
    other_files: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def differences(self) -> dict[str, tuple[str, ...]]:
        """The lines of each kind of difference that there is."""
        return {kind: lines for kind in KINDS if (lines := getattr(self, kind))}

    @property
    def conclusion(self) -> str:
        """The outcome in one line."""
        if self.differences:
            counts = {"numbers": self.numbers, "words": self.words, "files": self.files}
            parts = [KINDS[kind][1].format(len(lines), **counts) for kind, lines in self.differences.items()]
            return f"{self.year}: {', '.join(parts)}"
        files = f", {self.files} files" if self.files else ""
        return f"{self.year}: {self.numbers} numbers, {self.words} words{files}: identical"

    def report(self) -> str:
        """Every difference, a line each, and the conclusion last."""
        lines: list[str] = []
        for kind, found in self.differences.items():
            lines += [KINDS[kind][0], *(f"  {line}" for line in found)]
        return "\n".join([*lines, self.conclusion])


def verify_edition(
    year: int,
    site: Path,
    data_dir: str | None,
    jobs: int,
    progress: Progress,
    with_pdf: bool = True,
    numbers_only: bool = False,
    keep: Path | None = None,
) -> Verification:
    """Compare the edition published in `site`/`year` with its manifest, and with itself made again from the answers in
    `data_dir` (else those that its edition file names, else the project's own).

    What is not as the manifest says is reported as progress at once. Without `with_pdf`, and where this machine cannot
    make one, the PDF is held against the manifest only. What was made is moved to `keep`, for whoever wants to look at
    it: the pages, or the executed notebooks with `numbers_only`.
    Raises InputError where there is no edition that can be verified or `keep` is taken, and InputError or BuildError
    when the edition cannot be made.
    """
    if keep is not None and keep.exists():
        raise InputError(f"{keep} exists already; name a folder that does not.")
    folder = site / str(year)
    edition = load_edition(year)
    answers = data_dir or edition.data_folder
    manifest = read_manifest(folder)
    published = read_published(folder / NUMBERS)
    altered = differences(folder)
    for line in altered:
        progress(year, f"not as the manifest says: {line}", 0, 0)
    notes = compare_facts(manifest.facts, collect_facts(edition.years, answers))
    files = {file.path: file for file in manifest.files}
    pdf = tuple(name for name in file_names(edition.title) if name in files)
    if pdf and not numbers_only and (why := unavailable() if with_pdf else "not asked for"):
        notes.append(f"the PDF files were not made again: {why}")
        with_pdf = False
    with scratch() as work:
        order = Remake(
            year=year,
            folder=work,
            data_dir=None if answers is None else str(Path(answers).resolve()),
            jobs=jobs,
            commit=manifest.facts.commit,
            modified=manifest.facts.modified,
            pdf=pdf,
            with_pdf=bool(pdf) and with_pdf,
            numbers_only=numbers_only,
        )
        rebuild(order, progress)
        now = read_executed(order.executed)
        other_files: list[str] = []
        if not numbers_only:
            expected = [file for file in published_files(folder) if file.path not in pdf or order.with_pdf]
            other_files = compare_files(expected, published_files(order.pages))
        if keep is not None:
            keep.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(order.executed if numbers_only else order.pages, keep)
    return Verification(
        year=year,
        numbers=len(published["numbers"]),
        words=len(published["wordings"]),
        files=0 if numbers_only else len(files),
        altered=tuple(altered),
        other_numbers=tuple(compare_entries(published["numbers"], now["numbers"])),
        other_words=tuple(compare_entries(published["wordings"], now["wordings"])),
        other_files=tuple(other_files),
        notes=tuple(notes),
    )


def verify_manifest(year: int, site: Path) -> tuple[int, list[str]]:
    """How many files the edition published in `site`/`year` has, and what differs from its manifest, a line a file.

    Nothing is executed. Raises InputError where there is no edition that can be verified.
    """
    folder = site / str(year)
    return len(read_manifest(folder).files), differences(folder)


def read_published(path: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """The numbers and words of a published register, by key. Raises InputError when it cannot be read."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {name: {str(entry["key"]): dict(entry) for entry in content[name]} for name in LISTS}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"The published numbers cannot be read from {path}: {type(error).__name__}.") from error


def read_executed(folder: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """The numbers and words that the executed notebooks in `folder` publish, by key, each with its `notebook` and
    `cell_id` as the published register has them.
    """
    found: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in LISTS}
    for path in sorted(folder.glob("*.ipynb")):
        cells = read_cells(path)
        for index, mime_type, payload in published_outputs(cells):
            for name in LISTS:
                if LISTS[name] == mime_type:
                    about = {"notebook": f"notebooks/{path.name}", "cell_id": cells[index].get("id", "")}
                    if mime_type == NUMBER_MIME:
                        about["questions"] = list(payload.get("questions", ()))
                    found[name][str(payload["key"])] = {**payload, **about}
    return found


def compare_entries(published: Mapping[str, Mapping[str, Any]], now: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """A line for each key whose entry is not the same in both, in the order of publication: what is published, what it
    is now, and the cell. Only fields that both sides have of an entry are compared; the published one has an address,
    too.
    """
    lines = []
    for key in dict.fromkeys([*published, *now]):
        before, after = published.get(key), now.get(key)
        entry = after or before or {}
        where = f"({entry.get('notebook', '')}, cell {entry.get('cell_id', '')})"
        if before is None or after is None:
            what = "not published, now" if before is None else "published, not computed now:"
            lines.append(f"{key}: {what} {_shown(entry.get('text'))} {where}")
            continue
        changed = [name for name in before if name in after and _plain(before[name]) != _plain(after[name])]
        if changed:
            values = "; ".join(f"{name} {_shown(before[name])}, now {_shown(after[name])}" for name in changed)
            lines.append(f"{key}: published {values} {where}")
    return lines


def _plain(value: object) -> object:
    """A value without differences that mean nothing: the published register has an empty text or list for nothing."""
    return None if value in ("", [], ()) else list(value) if isinstance(value, tuple) else value


def _shown(value: object) -> str:
    return f"«{value}»" if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def compare_facts(published: BuildFacts, now: BuildFacts) -> list[str]:
    """What differs between what a published edition was built from and what there is now, a line each; and packages
    that are not the ones the lock file pins.
    """
    notes = []
    if (published.commit, published.modified) != (now.commit, now.modified):
        notes.append(f"published from {_commit(published)}; verified with {_commit(now)}")
    elif now.modified:
        notes.append(f"published from {_commit(published)}, and verified with it; the changes may be others")
    if published.python != now.python:
        notes.append(f"Python: published with {published.python}, now {now.python}")
    if published.lock_sha256 != now.lock_sha256:
        notes.append(f"requirements.txt: published with {_short(published.lock_sha256)}, now {_short(now.lock_sha256)}")
    before = {package.name: package.installed for package in published.packages}
    for package in now.packages:
        if package.installed != package.locked:
            notes.append(
                f"{package.name}: {package.installed or 'not'} installed, requirements.txt pins {package.locked}"
            )
        if before.get(package.name, "") != package.installed:
            was = before.get(package.name) or "nothing"
            notes.append(f"{package.name}: published with {was}, now {package.installed or 'nothing'}")
    for line in compare_files(published.inputs, now.inputs):
        what, path = line.split(": ", 1)
        notes.append(f"input {path}: {'gone' if what == 'missing' else what} since")
    return notes


def _commit(facts: BuildFacts) -> str:
    if not facts.commit:
        return "an unknown commit"
    return f"commit {_short(facts.commit)}{' with changes' if facts.modified else ''}"


def _short(digest: str) -> str:
    return digest[:SHOWN] or "none"
