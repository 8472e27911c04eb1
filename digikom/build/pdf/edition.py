"""The PDF of one edition, from the folder with its finished pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from docutils.nodes import make_id
from pydantic import ValidationError

from digikom.build.catalogue import DESCRIPTION, FRONT_PAGE, PublishedEdition
from digikom.build.pdf.articles import Chapter, read_chapters
from digikom.build.pdf.composition import compose
from digikom.build.pdf.rendering import Reading, lacking_libraries, render
from digikom.errors import BuildError, InputError

#: Searching is for the screen.
SEARCH_PAGE = "search.html"


def file_name(title: str) -> str:
    """The name of the PDF of the edition called `title`: «Rapport om noe» gives rapport-om-noe.pdf."""
    return f"{make_id(title)}.pdf"


def default_path(folder: Path) -> Path:
    """Where the PDF of the published edition in `folder` stands. Raises InputError as `make_pdf` does."""
    return folder / file_name(_describe(folder).title)


def make_pdf(folder: Path, target: Path) -> Path:
    """Make the PDF of the edition whose pages are in `folder`, and put it at `target` in one step.

    Raises InputError where there is no such edition, where WeasyPrint cannot work on this machine and where `target`
    cannot be written, and BuildError when the PDF would not be as it should.
    """
    edition = _describe(folder)
    lacking = lacking_libraries()
    if lacking:
        raise InputError(lacking)
    pages = {name: title for name, title in edition.pages.items() if name != SEARCH_PAGE}
    chapters = read_chapters(folder, pages, FRONT_PAGE)
    if not chapters:
        raise BuildError(f"None of the pages of «{edition.title}» has an article.")
    letters = set().union(*(chapter.letters for chapter in chapters))
    content = render(compose(edition, chapters), folder.resolve(), reading_of(chapters), letters)
    draft = target.with_name(f".{target.name}.new")
    try:
        draft.write_bytes(content)
        draft.replace(target)
    except OSError as error:
        raise InputError(f"The PDF cannot be written to {target}: {error.strerror}.") from error
    return target


def reading_of(chapters: Sequence[Chapter]) -> Reading:
    """What a reader who hears the document is told of the links and languages of these chapters."""
    titles: dict[str, str] = {}
    for chapter in chapters:
        titles |= {str(tag["id"]): chapter.title for tag in chapter.article.select("[id]")}
        titles |= dict(chapter.headings)
        titles |= {entry.anchor: f"{entry.number} {entry.title}" for entry in chapter.numbered}
        titles[chapter.anchor] = chapter.title
    return Reading(titles, {chapter.anchor: chapter.language for chapter in chapters})


def _describe(folder: Path) -> PublishedEdition:
    try:
        return PublishedEdition.model_validate_json((folder / DESCRIPTION).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"There is no built edition in {folder}; build it first (digikom build).") from None
    except (UnicodeDecodeError, ValidationError) as error:
        raise InputError(f"The edition in {folder} cannot be read: {DESCRIPTION} is not as expected.") from error
