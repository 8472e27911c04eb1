"""`data/dcat.ttl`: the data sets of an edition as a catalogue after DCAT-AP-NO 3 (https://data.norge.no/specification/dcat-ap-no).

Without an address of the edition (`html_baseurl`) the file names itself and its neighbours relative to itself; with one
every name is absolute, which a harvester needs. Nothing in it is a blank node, so that its bytes never move.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from rdflib import DCAT, DCTERMS, FOAF, RDF, XSD, Graph, Literal, Namespace, URIRef
from sphinx.application import Sphinx

from digikom.opendata.citation import LANGUAGE

from . import texts
from .datapackage import PACKAGE_FILE
from .description import MUNICIPALITY_FILES, REGISTER_FILES, Description, describe
from .payloads import heading_of

CATALOGUE_FILE = "data/dcat.ttl"
#: The page that says who is responsible, for a book that names no address of its own to turn to.
RESPONSIBLE_PAGE = "book/om_statistikken"
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
AUTHORITY = Namespace("http://publications.europa.eu/resource/authority/")
MEDIA_TYPES = Namespace("https://www.iana.org/assignments/media-types/")
THEME = AUTHORITY["data-theme/GOVE"]
LICENCE = AUTHORITY["licence/CC_BY_4_0"]
BOKMAL = AUTHORITY["language/NOB"]
NORWAY = AUTHORITY["country/NOR"]
PUBLIC = AUTHORITY["access-right/PUBLIC"]
DATA_PACKAGE = URIRef("https://specs.frictionlessdata.io/tabular-data-package/")
#: Ending of a file's name: its media type, and its type in the EU's list.
FORMATS = {".csv": ("text/csv", "CSV"), ".json": ("application/json", "JSON")}


@dataclass
class Catalogue:
    """A graph in the making. `address` is the edition's, or empty; `folder` holds the data files."""

    described: Description
    address: str
    folder: Path
    contact: URIRef
    graph: Graph = field(default_factory=Graph)

    def own(self, name: str) -> URIRef:
        """The name of something that this file describes."""
        return URIRef(f"{self.address}{CATALOGUE_FILE}#{name}" if self.address else f"#{name}")

    def place(self, path: str) -> URIRef:
        """The address of a file or page of the edition."""
        if self.address:
            return URIRef(self.address + path)
        folder = f"{Path(CATALOGUE_FILE).parent}/"
        return URIRef(path.removeprefix(folder) if path.startswith(folder) else f"../{path}")

    def tell(self, subject: URIRef, *facts: tuple[URIRef, URIRef | Literal]) -> None:
        """Put facts into the graph."""
        for predicate, value in facts:
            self.graph.add((subject, predicate, value))

    def describe_all(self) -> Graph:
        """The whole catalogue."""
        described, agent, contact = self.described, self.own("utgiver"), self.own("kontakt")
        self.graph.bind("vcard", VCARD, override=True, replace=True)
        self.tell(agent, (RDF.type, FOAF.Agent), (FOAF.name, _text(described.cited.author)))
        self.tell(
            contact,
            (RDF.type, VCARD.Organization),
            (VCARD.fn, _text(described.cited.author)),
            (VCARD.hasEmail if self.contact.startswith("mailto:") else VCARD.hasURL, self.contact),
        )
        period, years = self.own("periode"), described.years.split("/")
        self.tell(
            period,
            (RDF.type, DCTERMS.PeriodOfTime),
            (DCAT.startDate, Literal(years[0], datatype=XSD.gYear)),
            (DCAT.endDate, Literal(years[-1], datatype=XSD.gYear)),
        )
        catalogue = self.own("katalog")
        self.tell(
            catalogue,
            (RDF.type, DCAT.Catalog),
            (FOAF.homepage, self.place("index.html")),
            *self._about(described.edition.title, described.abstract),
        )
        register, tables, municipalities = described.collections
        found = [self._dataset(*register, [(path, register[1]) for path in REGISTER_FILES])]
        files = [
            (f"data/{block.stem}.csv", texts.dataset_name(block.name, heading_of(block.entry.item)))
            for block in described.blocks
        ]
        if files:
            found.append(self._dataset(*tables, [*files, (PACKAGE_FILE, texts.PACKAGE_TITLE)]))
        if all((self.folder / path).is_file() for path in MUNICIPALITY_FILES):
            found.append(self._dataset(*municipalities, [(path, municipalities[1]) for path in MUNICIPALITY_FILES]))
        self.tell(catalogue, *((DCAT.dataset, dataset) for dataset in found))
        return self.graph

    def _about(self, title: str, description: str) -> Iterable[tuple[URIRef, URIRef | Literal]]:
        """What a catalogue and a data set are both told of."""
        edition = self.described.edition
        return (
            (DCTERMS.title, _text(title)),
            (DCTERMS.description, _text(description)),
            (DCTERMS.publisher, self.own("utgiver")),
            (DCAT.contactPoint, self.own("kontakt")),
            (DCTERMS.issued, Literal(edition.published)),
            (DCTERMS.modified, Literal(self.described.modified)),
            (DCTERMS.language, BOKMAL),
            (DCTERMS.license, LICENCE),
            (DCTERMS.spatial, NORWAY),
            (DCTERMS.temporal, self.own("periode")),
        )

    def _dataset(self, name: str, title: str, description: str, files: list[tuple[str, str]]) -> URIRef:
        edition, dataset = self.described.edition, self.own(name)
        self.tell(
            dataset,
            (RDF.type, DCAT.Dataset),
            *self._about(f"{title}. {edition.title}", description),
            (DCTERMS.identifier, Literal(f"digitalisering-i-kommunene-{edition.year}-{name}")),
            (DCAT.version, Literal(edition.version)),
            (DCAT.theme, THEME),
            (DCTERMS.accessRights, PUBLIC),
            (DCAT.landingPage, self.place("index.html")),
            *((DCAT.keyword, _text(word)) for word in texts.KEYWORDS),
            *((DCAT.distribution, self._distribution(path, of_what)) for path, of_what in files),
        )
        return dataset

    def _distribution(self, path: str, title: str) -> URIRef:
        name = Path(path).name
        distribution, file = self.own(name), self.place(path)
        media_type, file_type = FORMATS[Path(path).suffix]
        self.tell(
            distribution,
            (RDF.type, DCAT.Distribution),
            (DCTERMS.title, _text(f"{title} ({name})")),
            (DCAT.accessURL, file),
            (DCAT.downloadURL, file),
            (DCAT.mediaType, MEDIA_TYPES[media_type]),
            (DCTERMS["format"], AUTHORITY[f"file-type/{file_type}"]),
            (DCTERMS.license, LICENCE),
            (DCAT.byteSize, Literal((self.folder / path).stat().st_size, datatype=XSD.nonNegativeInteger)),
        )
        if path == PACKAGE_FILE:
            self.tell(distribution, (DCTERMS.conformsTo, DATA_PACKAGE))
            self.tell(DATA_PACKAGE, (RDF.type, DCTERMS.Standard))
        return distribution


def _text(text: str) -> Literal:
    return Literal(text, lang=LANGUAGE)


def catalogue_text(described: Description, folder: Path, contact: str) -> str:
    """The catalogue in Turtle. `folder` is the finished edition, `contact` a full address or a page."""
    catalogue = Catalogue(described, described.cited.address, folder, URIRef(""))
    catalogue.contact = URIRef(contact) if ":" in contact else catalogue.place(contact)
    text: str = catalogue.describe_all().serialize(format="turtle")
    return text


def write_catalogue(app: Sphinx, exception: Exception | None) -> None:
    """Write the catalogue into the finished edition, when the files that it describes are written."""
    if exception is not None or app.builder.format != "html":
        return
    described = describe(app)
    if described is None:
        return
    responsible = RESPONSIBLE_PAGE if RESPONSIBLE_PAGE in app.env.found_docs else app.config.root_doc
    contact = app.config.digikom_contact or app.builder.get_target_uri(responsible)
    text = catalogue_text(described, Path(app.outdir), contact)
    Path(app.outdir, CATALOGUE_FILE).write_text(text, encoding="utf-8", newline="\n")


def setup(app: Sphinx) -> None:
    """Register the address to turn to, and write the catalogue after the data package."""
    app.add_config_value("digikom_contact", "", "env", [str])
    app.connect("build-finished", write_catalogue, priority=610)
