"""How an edition is cited: as text, for BibTeX and for RIS. Knows nothing of pages or builders."""

from __future__ import annotations

from dataclasses import dataclass

from pybtex.database import BibliographyData, Entry, Person  # type: ignore[import-untyped]

from digikom.editions.identity import EditionFacts, long_date

#: Stands in every citation of an edition made from synthetic answers: the status follows the data out of the report.
SYNTHETIC_NOTE = "Bygger på syntetiske svar"
LANGUAGE = "nb"
#: The licence of text and data, by its SPDX name, its address and its title.
LICENSE = "CC-BY-4.0"
LICENSE_ADDRESS = "https://creativecommons.org/licenses/by/4.0/"
LICENSE_TITLE = "Creative Commons Navngivelse 4.0 Internasjonal"


@dataclass(frozen=True, slots=True)
class Citation:
    """An edition with what a reference to it holds. `author` is an institution or group, `address` may be empty."""

    edition: EditionFacts
    author: str
    is_synthetic: bool
    address: str = ""

    @property
    def key(self) -> str:
        """A name for lists of references; no two editions, and no two versions of one, share it."""
        return f"digitalisering{self.edition.year}v{self.edition.version}"

    @property
    def note(self) -> str:
        """What a reader of the reference must know of the answers, or an empty text."""
        return SYNTHETIC_NOTE if self.is_synthetic else ""

    def text(self) -> str:
        """Author, year, title, version and date, in running text."""
        edition = self.edition
        parts = [
            f"{self.author} ({edition.published.year}). {edition.title}",
            f"Versjon {edition.version}, publisert {long_date(edition.published)}",
            self.note,
            self.address,
        ]
        return " ".join(f"{part}." if part != self.address else part for part in parts if part)

    def part_text(self, part: str) -> str:
        """A chapter, figure, table or number of the edition, described by `part`."""
        return f"{part.rstrip('.')}. I: {self.text()}"

    def bibtex(self) -> str:
        """A BibTeX entry."""
        date = self.edition.published
        fields = {
            "title": f"{{{self.edition.title}}}",
            "type": "Nettbasert rapport",
            "institution": f"{{{self.author}}}",
            "number": f"Versjon {self.edition.version}",
            "year": str(date.year),
            "month": str(date.month),
            "note": self.note,
            "url": self.address,
            "language": "norsk",
        }
        entry = Entry(
            "techreport",
            fields={name: value for name, value in fields.items() if value},
            persons={"author": [Person(f"{{{self.author}}}")]},
        )
        text: str = BibliographyData({self.key: entry}).to_string("bibtex")
        return text.strip() + "\n"

    def ris(self) -> str:
        """A RIS record."""
        date = self.edition.published
        lines = [
            ("TY", "RPRT"),
            ("AU", self.author),
            ("TI", self.edition.title),
            ("PY", str(date.year)),
            ("DA", f"{date:%Y/%m/%d}"),
            ("ET", f"Versjon {self.edition.version}"),
            ("PB", self.author),
            ("LA", LANGUAGE),
            ("N1", self.note),
            ("UR", self.address),
            ("ER", ""),
        ]
        return "".join(f"{tag}  - {value}\n" for tag, value in lines if value or tag == "ER")
