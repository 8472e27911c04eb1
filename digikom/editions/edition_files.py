"""The edition files: the only place where a survey year is written down."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import ConfigDict, Field, ValidationError, model_validator

from digikom import survey
from digikom.editions.identity import EditionFacts
from digikom.errors import InputError, Problem, field_of
from digikom.paths import EDITION_DIR, PROJECT_ROOT


class _PlainLoader(yaml.SafeLoader):
    """YAML without aliases: a few lines of them can stand for more than any memory holds, or for themselves."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """The next part of the file. Raises YAMLError for an alias."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError(f"line {self.line + 1}: expected no alias (*)")
        return super().compose_node(parent, index)


class Edition(EditionFacts):
    """One published edition of the report, as described in `book/editions/<year>.yml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data_dir: str | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def reference_comes_first(self) -> Edition:
        """An edition is compared with an earlier year, or with none."""
        if self.reference_year is not None and self.reference_year >= self.year:
            raise ValueError(f"reference_year {self.reference_year} must be earlier than year {self.year}")
        return self

    @property
    def data_folder(self) -> str | None:
        """The folder of answers that are kept outside the project, as a path; `None` for the project's own data.

        A relative path in the edition file starts in the project's folder, and `~` is the home of whoever builds.
        """
        return None if self.data_dir is None else str(PROJECT_ROOT / Path(self.data_dir).expanduser())

    @property
    def parameters(self) -> dict[str, int | str]:
        """The notebooks' parameters; an empty text means «no reference year»."""
        return {"target_year": self.year, "reference_year": self.reference_year or ""}


def edition_years(folder: Path = EDITION_DIR) -> list[int]:
    """The years that have an edition file, oldest first."""
    return sorted(int(path.stem) for path in folder.glob("*.yml") if path.stem.isdigit())


def load_edition(year: int, folder: Path = EDITION_DIR) -> Edition:
    """The edition of `year`.

    Raises InputError when there is no such file, or naming everything that is wrong with it.
    """
    path = folder / f"{year}.yml"
    shown = f"{folder.name}/{path.name}"
    if not path.is_file():
        known = ", ".join(str(known) for known in edition_years(folder)) or "none"
        raise InputError(f"There is no edition file {shown}. Editions that exist: {known}.")
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _PlainLoader)
        edition = Edition.model_validate(content)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"The edition file {shown} is not valid YAML.", [str(error)]) from error
    except ValidationError as error:
        problems = [
            Problem(None, field_of(detail) or None, _found(detail["input"]), detail["msg"]) for detail in error.errors()
        ]
        raise InputError(f"The edition file {shown} is wrong.", problems) from error
    if edition.year != year:
        raise InputError(f"The edition file {shown} says year {edition.year}; expected {year}, as in its name.")
    return edition


def _found(value: object) -> str | None:
    """What a message shows of a wrong value: not the whole file where it is the whole that is wrong."""
    return None if isinstance(value, dict) else repr(value)


def earlier_editions(year: int, data_dir: str | Path | None = None) -> list[Edition]:
    """The editions before that of `year` whose answers, and those of their reference year, are in the data folder.

    Oldest first. Raises as `load_edition` does.
    """
    present = set(survey.years(data_dir))
    known = [load_edition(other) for other in edition_years() if other < year]
    return [edition for edition in known if {edition.year, edition.reference_year or edition.year} <= present]
