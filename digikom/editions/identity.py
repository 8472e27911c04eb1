"""What an edition of the report says of itself: which one it is, and the errors that have been corrected in it.

The edition files say it (`book/editions/<year>.yml`, read by `edition_files`), the published edition repeats it, and
the pages on corrections and citation are written from it.
"""

from __future__ import annotations

import datetime
import unicodedata
from enum import StrEnum
from typing import Annotated

from babel.dates import format_date
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from digikom.publish.formatting import LOCALE

#: Characters of no shape that texts may hold: line ends, and where a long word may be broken.
_SHAPELESS = "\n\u00ad"


def without_controls(text: str) -> str:
    """The text, if it holds nothing that no reader sees and programs act on (ESC, NUL, a change of direction).

    Raises ValueError with the characters.
    """
    found = sorted({sign for sign in text if unicodedata.category(sign).startswith("C") and sign not in _SHAPELESS})
    if found:
        raise ValueError(f"must not hold control characters ({', '.join(f'U+{ord(sign):04X}' for sign in found)})")
    return text


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(without_controls)]
Line = Annotated[Text, Field(pattern=r"^[^\n]*$")]
#: A version that can be compared with another one: «1.0.2».
NumberedVersion = Annotated[str, Field(pattern=r"^\d+(\.\d+)*$")]


class Severity(StrEnum):
    """How grave an error was. The names are those of Statistics Norway's classes of errors."""

    VERY_SERIOUS = "svært alvorlig"
    SERIOUS = "alvorlig"
    LESS_SERIOUS = "mindre alvorlig"
    COSMETIC = "skjønnhetsfeil"


#: What each class means, for the reader.
SEVERITY_MEANINGS = {
    Severity.VERY_SERIOUS: "Et hovedresultat var galt, slik at leseren kan ha fått et feil bilde av utviklingen.",
    Severity.SERIOUS: "Et tall, en figur eller en tabell var gal på en måte som har betydning for den som bruker den.",
    Severity.LESS_SERIOUS: "Noe var galt, men uten betydning for det en leser vil bruke det til.",
    Severity.COSMETIC: "Skrivefeil, utseende og lenker. Innholdet er det samme.",
}


class Correction(BaseModel):
    """An error in the published edition that has been put right.

    `affects` holds keys of what was wrong: numbers, figures and tables. `before` and `after` are what the text was and
    what it is now, in words for the reader. `version` is the edition's version that came with the correction.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    date: datetime.date
    severity: Severity = Field(alias="class")
    version: NumberedVersion
    what: Text
    affects: tuple[Text, ...] = ()
    before: Text | None = None
    after: Text | None = None

    @model_validator(mode="after")
    def has_before_and_after(self) -> Correction:
        """A reader who sees what the text was must see what it is now, and the other way round."""
        if (self.before is None) != (self.after is None):
            raise ValueError("before and after belong together: give both or neither")
        return self


class EditionFacts(BaseModel):
    """What a published edition says of itself. Where its answers are kept is not among it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    year: int = Field(ge=2000, le=2100)
    reference_year: int | None = Field(default=None, ge=2000, le=2100)
    title: Line
    published: datetime.date
    version: Line
    corrections: tuple[Correction, ...] = ()

    @model_validator(mode="after")
    def corrections_follow_publication(self) -> EditionFacts:
        """An edition is corrected after it is published, and each correction raises its version."""
        for correction in self.corrections:
            if correction.date < self.published:
                raise ValueError(
                    f"the correction of {correction.date} is older than the edition, which was published "
                    f"{self.published}; expected the date of the first publication and later corrections"
                )
        if self.corrections:
            latest = max(self.corrections, key=lambda correction: _steps(correction.version))
            own = _steps(self.version) if self.version.replace(".", "").isdecimal() else None
            if own is None or own < _steps(latest.version):
                raise ValueError(
                    f"version {self.version!r} is not that of the correction of {latest.date}, "
                    f"which came with {latest.version}; expected {latest.version} or later"
                )
        return self

    @property
    def years(self) -> tuple[int, ...]:
        """The survey years that the edition reads answers of: its own, then its reference year if it has one."""
        return (self.year,) if self.reference_year is None else (self.year, self.reference_year)

    @property
    def modified(self) -> datetime.date:
        """The date of the latest correction, else of publication."""
        return max([self.published, *(correction.date for correction in self.corrections)])

    @property
    def newest_first(self) -> list[Correction]:
        """The corrections, the newest first; those of one day as the edition file has them."""
        return sorted(self.corrections, key=lambda correction: correction.date, reverse=True)


def _steps(version: str) -> tuple[int, ...]:
    return tuple(int(step) for step in version.split(".") if step)


def long_date(date: datetime.date) -> str:
    """A date in Norwegian text: «5. juni» and the year."""
    text: str = format_date(date, format="long", locale=LOCALE)
    return text
