"""From a published edition and the project it was made from to one file, whose bytes follow from its content alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from docutils.nodes import make_id

from digikom.archive.contents import FOLDER_OF_ANSWERS, Contents, DatedEdition, collect
from digikom.archive.crate import crate_text
from digikom.archive.deposit import ENDING, deposit_text
from digikom.archive.sources import ANSWERS, CRATE_FILE, README_FILE, SITE, SUMS_FILE, sums_text
from digikom.editions.build_facts import COMMIT_FILE, MODIFIED
from digikom.editions.edition_files import load_edition
from digikom.files import sha256, write, zipped
from digikom.paths import PROJECT_ROOT
from digikom.publish.formatting import join_words
from digikom.scratch import scratch
from digikom.site.front import root_environment, write_root

ARCHIVE_DIR = PROJECT_ROOT / "_build" / "archive"


@dataclass(frozen=True)
class Archive:
    """The finished file, the SHA-256 of its bytes (hex), and what its maker should know of it, a line each.

    `deposit` is the file beside it that describes it to Zenodo.
    """

    path: Path
    deposit: Path
    sha256: str
    notes: tuple[str, ...]


def make_archive(
    year: int,
    site: Path,
    output: Path | None = None,
    data_dir: str | None = None,
    allow_modified: bool = False,
    root: Path = PROJECT_ROOT,
) -> Archive:
    """Write the edition of `year` that is published in `site`, with the project in `root`, to one zip file.

    The file is `output`, else one in `ARCHIVE_DIR` named by title and version. It is written in one step, and what
    describes it to Zenodo beside it. Answers that are confidential stay out. `data_dir` is the folder of answers that
    the edition was built from, where that is not what its edition file says.

    Raises InputError naming every reason why what would be archived does not belong together: an edition that is not
    published or not as it was built, changed files (unless `allow_modified`), another commit, other data.
    """
    edition = load_edition(year, root / "book" / "editions")
    with scratch() as work:
        contents = collect(edition, site, work / SITE, data_dir or edition.data_folder, allow_modified, root)
        # The pages above the editions, which know of no other one, so that no link leads out of the archive.
        drafts = work / "drafts"
        drafts.mkdir()
        write_root(work / SITE, drafts)
        files = {name: root / name for name in contents.sources.names}
        files |= {f"{ANSWERS}/{name}": path for name, path in contents.answers.items()}
        files |= {path.relative_to(work).as_posix(): path for path in (work / SITE).rglob("*") if path.is_file()}
        add_descriptions(contents, files, work)
        sorted_files = ((name, files[name].read_bytes()) for name in sorted(files))
        content = zipped(sorted_files, contents.published.published)
        deposit = deposit_text(contents, description(contents))
        withheld = ", ".join(map(str, contents.withheld))
        notes = {
            f"The answers of {withheld} are confidential and stay out; without them it cannot be rebuilt": withheld,
            "The edition has no PDF": not contents.pdf,
            "Files have uncommitted changes; the archive says so": contents.is_modified,
        }
    target = write(output or ARCHIVE_DIR / archive_name(contents.published), content)
    described = write(target.with_suffix(ENDING), deposit)
    return Archive(target, described, sha256(content), tuple(note for note, applies in notes.items() if applies))


def archive_name(edition: DatedEdition) -> str:
    """«Rapport om noe» in version 1.0 gives rapport-om-noe-v1.0.zip."""
    version = re.sub(r"[^0-9A-Za-z.]+", "-", edition.version)
    return f"{make_id(edition.title) or edition.year}-v{version}.zip"


def add_descriptions(contents: Contents, files: dict[str, Path], folder: Path) -> None:
    """Add to the archive's `files` what describes them, written into `folder`: commit, README, RO-Crate and sums."""

    def add(name: str, text: str) -> None:
        files[name] = folder / name
        files[name].write_text(text, encoding="utf-8", newline="\n")

    add(COMMIT_FILE, f"{contents.sources.commit}{f' {MODIFIED}' if contents.is_modified else ''}\n")
    add(README_FILE, readme_text(contents, with_answers=any(name.startswith(f"{ANSWERS}/") for name in files)))
    sums = {name: sha256(path) for name, path in sorted(files.items())}
    listed = {**dict(sorted(files.items())), SUMS_FILE: folder / SUMS_FILE}
    add(CRATE_FILE, crate_text(contents, description(contents), listed, sums))
    add(SUMS_FILE, sums_text({**sums, CRATE_FILE: sha256(files[CRATE_FILE])}))


def readme_text(contents: Contents, *, with_answers: bool) -> str:
    """The README: Markdown, where everything put in is escaped as in HTML, which Markdown may hold."""
    return (
        root_environment()
        .get_template(f"archive/{README_FILE}")
        .render(
            edition=contents.published,
            withheld=join_words([str(year) for year in contents.withheld]),
            outside=contents.outside,
            modified=contents.is_modified,
            options=contents.command("EDITIONS={year}", " DATA_DIR={folder}"),
            placeholder=FOLDER_OF_ANSWERS,
            pdf=contents.pdf,
            python=contents.manifest.facts.python,
            answers=with_answers,
        )
    )


def description(contents: Contents) -> str:
    """What the archive is, in sentences; what a reader must know of the answers among them."""
    sentences = [
        f"{contents.published.title}: en etterprøvbar rapport om hvordan norske kommuner digitaliserer, med kildekode, "
        f"data, kjørte notatbøker, nettsider{', PDF' if contents.pdf else ''} og et låst programmiljø."
    ]
    if contents.published.status == "synthetic":
        sentences.append("Rapporten bygger på syntetiske svar, som ikke sier noe om hva en virkelig kommune har svart.")
    if contents.withheld:
        sentences.append("Svarene er fortrolige og er ikke med. Uten dem kan utgaven ikke bygges på nytt.")
    else:
        sentences.append("Utgaven kan bygges og kontrolleres på nytt der arkivet pakkes ut.")
    if contents.is_modified:
        sentences.append("Kildekoden hadde endringer som ikke var lagret i versjonskontrollen da arkivet ble laget.")
    return " ".join(sentences)
