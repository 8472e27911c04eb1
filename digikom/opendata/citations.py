"""How an edition is cited: as text, for BibTeX and RIS, and as a file in the Citation File Format; what it cites."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pybtex.database import BibliographyData, Entry, Person, parse_file  # type: ignore[import-untyped]

from digikom.editions.identity import EditionFacts, long_date
from digikom.opendata.norwegian import CITATION_MESSAGE

#: In every citation of an edition made from synthetic answers: the status follows the data out of the report.
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
    def note(self) -> str:
        """What a reader of the reference must know of the answers, or an empty text."""
        return SYNTHETIC_NOTE if self.is_synthetic else ""

    def text(self) -> str:
        """Author, year, title, version and date, in running text."""
        edition = self.edition
        sentences = [
            f"{self.author} ({edition.published.year}). {edition.title}.",
            f"Versjon {edition.version}, publisert {long_date(edition.published)}.",
            f"{self.note}." if self.note else "",
            self.address,
        ]
        return " ".join(filter(None, sentences))

    def part_text(self, part: str) -> str:
        """A chapter, figure, table or number of the edition, described by `part`."""
        return f"{part.rstrip('.')}. I: {self.text()}"

    def bibtex(self) -> str:
        """A BibTeX entry. No two editions, and no two versions of one, have the same key."""
        edition = self.edition
        fields = {
            "title": f"{{{edition.title}}}",
            "type": "Nettbasert rapport",
            "institution": f"{{{self.author}}}",
            "number": f"Versjon {edition.version}",
            "year": str(edition.published.year),
            "month": str(edition.published.month),
            "note": self.note,
            "url": self.address,
            "language": "norsk",
        }
        entry = Entry(
            "techreport",
            fields={name: value for name, value in fields.items() if value},
            persons={"author": [Person(f"{{{self.author}}}")]},
        )
        key = f"digitalisering{edition.year}v{edition.version}"
        text: str = BibliographyData({key: entry}).to_string("bibtex")
        return text.strip() + "\n"

    def ris(self) -> str:
        """A RIS record."""
        edition = self.edition
        fields = {
            "TY": "RPRT",
            "AU": self.author,
            "TI": edition.title,
            "PY": str(edition.published.year),
            "DA": f"{edition.published:%Y/%m/%d}",
            "ET": f"Versjon {edition.version}",
            "PB": self.author,
            "LA": LANGUAGE,
            "N1": self.note,
            "UR": self.address,
        }
        return "".join(f"{tag}  - {value}\n" for tag, value in fields.items() if value) + "ER  - \n"


@dataclass(frozen=True, slots=True)
class Work:
    """A report. `authors` are pairs of given and family names; `series` is the series with the number in it."""

    title: str
    authors: tuple[tuple[str, str], ...]
    institution: str
    series: str
    year: int

    def text(self) -> str:
        """The work as a source is named: «Rybalka, … (year). Title. Series, institution»."""
        names = ", ".join(family for _, family in self.authors)
        return f"{names} ({self.year}). {self.title}. {self.series}, {self.institution}"


def find_work(bibliographies: Iterable[Path], key: str) -> Work | None:
    """The work with the key in the first BibTeX file that has it; `None` where none does. Files may be missing."""
    for path in filter(Path.is_file, bibliographies):
        entry = parse_file(str(path), "bibtex").entries.get(key)
        if entry is not None:
            fields = entry.fields
            return Work(
                title=fields["title"],
                authors=tuple(
                    (" ".join(each.first_names + each.middle_names), " ".join(each.prelast_names + each.last_names))
                    for each in entry.persons.get("author", [])
                ),
                institution=fields.get("institution", ""),
                series=" ".join(filter(None, (fields.get("type", ""), fields.get("number", "")))),
                year=int(fields["year"]),
            )
    return None


def citation_file(cited: Citation, abstract: str, based_on: Work | None) -> str:
    """The edition in the Citation File Format 1.2.0 (https://citation-file-format.github.io/), as YAML.

    The format knows software and data sets only, so the edition is a data set whose preferred citation is a report.
    `based_on` becomes a reference.
    """
    edition = cited.edition
    author = {"name": cited.author}
    address = {"url": cited.address} if cited.address else {}
    content: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": CITATION_MESSAGE,
        "type": "dataset",
        "title": edition.title,
        "abstract": abstract,
        "authors": [author],
        "version": edition.version,
        "date-released": edition.published,
        "license": LICENSE,
        **address,
        "preferred-citation": {
            "type": "report",
            "title": edition.title,
            "authors": [author],
            "institution": author,
            "year": edition.published.year,
            "month": edition.published.month,
            "version": edition.version,
            **({"notes": cited.note} if cited.note else {}),
            **address,
        },
    }
    if based_on is not None:
        reference = {
            "type": "report",
            "title": based_on.title,
            "authors": [{"family-names": family, "given-names": given} for given, family in based_on.authors],
            "institution": {"name": based_on.institution},
            "collection-title": based_on.series,
            "year": based_on.year,
        }
        content["references"] = [reference]
    text: str = yaml.dump(content, Dumper=_PlainDumper, allow_unicode=True, sort_keys=False, width=120)
    return text


class _PlainDumper(yaml.SafeDumper):
    """Writes what occurs twice out twice: the references that YAML has for it are hard to read."""

    def ignore_aliases(self, _data: object) -> bool:
        return True
