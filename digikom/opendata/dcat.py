"""`data/dcat.ttl`: the data sets of an edition as a catalogue after DCAT-AP-NO 3 (https://data.norge.no/specification/dcat-ap-no).

Without an address of the edition the file names itself and its neighbours relative to itself; with one every name is
absolute, which a harvester needs. Nothing in it is a blank node, so that its bytes never move.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from rdflib import DCAT, DCTERMS, FOAF, RDF, XSD, Graph, Literal, Namespace, URIRef

from digikom.editions import layout
from digikom.opendata.citations import LANGUAGE
from digikom.opendata.description import Dataset, Description
from digikom.opendata.linked_data import media_type
from digikom.opendata.norwegian import KEYWORDS

VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
AUTHORITY = Namespace("http://publications.europa.eu/resource/authority/")
MEDIA_TYPES = Namespace("https://www.iana.org/assignments/media-types/")
LICENCE = AUTHORITY["licence/CC_BY_4_0"]
#: The standards that files which describe others follow.
STANDARDS = {
    layout.PACKAGE: URIRef("https://specs.frictionlessdata.io/tabular-data-package/"),
    layout.CSVW: URIRef("https://www.w3.org/TR/tabular-metadata/"),
}
#: Of DCAT 3; rdflib has the terms of version 2.
VERSION = URIRef(f"{DCAT}version")
Facts = tuple[tuple[URIRef, URIRef | Literal], ...]


class Catalogue:
    """The graph of an edition whose data `files` are given by their paths."""

    def __init__(self, described: Description, files: Mapping[str, bytes]) -> None:
        self.described, self.files = described, files
        self.graph = Graph()
        self.graph.bind("vcard", VCARD, override=True, replace=True)
        contact = described.contact
        reached = (VCARD.hasEmail if contact.startswith("mailto:") else VCARD.hasURL, self._file(contact))
        name, years = _text(described.cited.author), described.years.split("/")
        self._add("utgiver", FOAF.Agent, (FOAF.name, name))
        self._add("kontakt", VCARD.Organization, (VCARD.fn, name), reached)
        self._add(
            "periode",
            DCTERMS.PeriodOfTime,
            (DCAT.startDate, Literal(years[0], datatype=XSD.gYear)),
            (DCAT.endDate, Literal(years[-1], datatype=XSD.gYear)),
        )
        self._add(
            "katalog",
            DCAT.Catalog,
            (FOAF.homepage, self._file(layout.FRONT_PAGE)),
            *self._about(described.edition.title, described.abstract),
            *((DCAT.dataset, self._dataset(dataset)) for dataset in described.datasets),
        )

    def _own(self, name: str) -> URIRef:
        """The name of something that this file describes."""
        address = self.described.cited.address
        return URIRef(f"{address}{layout.CATALOGUE}#{name}" if address else f"#{name}")

    def _file(self, path: str) -> URIRef:
        """The address of a file or page of the edition, or what is an address already."""
        address = self.described.cited.address
        if ":" in path:
            return URIRef(path)
        return URIRef(address + path if address else posixpath.relpath(path, layout.DATA))

    def _add(self, name: str, kind: URIRef, *facts: tuple[URIRef, URIRef | Literal]) -> URIRef:
        """Put something with its facts into the graph, and return its name."""
        subject = self._own(name)
        for predicate, value in ((RDF.type, kind), *facts):
            self.graph.add((subject, predicate, value))
        return subject

    def _about(self, title: str, description: str) -> Facts:
        """What catalogue and data sets both have."""
        return (
            (DCTERMS.title, _text(title)),
            (DCTERMS.description, _text(description)),
            (DCTERMS.publisher, self._own("utgiver")),
            (DCAT.contactPoint, self._own("kontakt")),
            (DCTERMS.issued, Literal(self.described.edition.published)),
            (DCTERMS.modified, Literal(self.described.edition.modified)),
            (DCTERMS.language, AUTHORITY["language/NOB"]),
            (DCTERMS.license, LICENCE),
            (DCTERMS.spatial, AUTHORITY["country/NOR"]),
            (DCTERMS.temporal, self._own("periode")),
        )

    def _dataset(self, dataset: Dataset) -> URIRef:
        edition = self.described.edition
        return self._add(
            dataset.name,
            DCAT.Dataset,
            *self._about(f"{dataset.title}. {edition.title}", dataset.description),
            (DCTERMS.identifier, Literal(f"digitalisering-i-kommunene-{edition.year}-{dataset.name}")),
            (VERSION, Literal(edition.version)),
            (DCAT.theme, AUTHORITY["data-theme/GOVE"]),
            (DCTERMS.accessRights, AUTHORITY["access-right/PUBLIC"]),
            (DCAT.landingPage, self._file(layout.FRONT_PAGE)),
            *((DCAT.keyword, _text(word)) for word in KEYWORDS),
            *((DCAT.distribution, self._distribution(path, of_what)) for path, of_what in dataset.files.items()),
        )

    def _distribution(self, path: str, title: str) -> URIRef:
        name, file = posixpath.basename(path), self._file(path)
        facts: Facts = ()
        if path in STANDARDS:
            facts = ((DCTERMS.conformsTo, STANDARDS[path]),)
            self.graph.add((STANDARDS[path], RDF.type, DCTERMS.Standard))
        return self._add(
            name,
            DCAT.Distribution,
            (DCTERMS.title, _text(f"{title} ({name})")),
            (DCAT.accessURL, file),
            (DCAT.downloadURL, file),
            (DCAT.mediaType, MEDIA_TYPES[media_type(path)]),
            (DCTERMS["format"], AUTHORITY[f"file-type/{path.rpartition('.')[2].upper()}"]),
            (DCTERMS.license, LICENCE),
            (DCAT.byteSize, Literal(len(self.files[path]), datatype=XSD.nonNegativeInteger)),
            *facts,
        )


def _text(text: str) -> Literal:
    return Literal(text, lang=LANGUAGE)


def catalogue_text(described: Description, files: Mapping[str, bytes]) -> str:
    """The catalogue in Turtle; `files` are the data files, the data package among them, by their paths."""
    text: str = Catalogue(described, files).graph.serialize(format="turtle")
    return text
