"""What a PDF holds, as the tests of the PDF ask for it: its structure, bookmarks, named places and what is painted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from pypdf import PdfReader
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, NullObject

#: Operators that show text, images, shadings, and that fill or stroke.
PAINTING = {b"Tj", b"TJ", b"'", b'"', b"Do", b"sh", b"f", b"F", b"f*", b"S", b"s", b"B", b"B*", b"b", b"b*"}


@dataclass(frozen=True)
class Pdf:
    """A PDF file as its reader sees it."""

    path: Path

    @cached_property
    def reader(self) -> PdfReader:
        return PdfReader(self.path, strict=True)

    @cached_property
    def catalog(self) -> Any:  # noqa: ANN401  any object of a PDF, as below
        return self.reader.trailer["/Root"].get_object()

    @cached_property
    def pages(self) -> list[str]:
        """The text of each page, spaces and line breaks as one space."""
        return [" ".join(page.extract_text().split()) for page in self.reader.pages]

    @cached_property
    def metadata(self) -> str:
        """The XMP metadata as they stand in the file."""
        return str(self.catalog["/Metadata"].get_object().get_data().decode("utf-8"))

    @cached_property
    def bookmarks(self) -> list[tuple[int, str]]:
        """Depth and title of every bookmark, in order."""

        def follow(entries: list[Any], depth: int) -> Iterator[tuple[int, str]]:
            for entry in entries:
                if isinstance(entry, list):
                    yield from follow(entry, depth + 1)
                else:
                    yield depth, str(entry.title)

        return list(follow(self.reader.outline, 1))

    @cached_property
    def places(self) -> dict[str, int]:
        """The page, counted from 0, of each named place."""
        found = {}
        for name, place in self.reader.named_destinations.items():
            number = self.reader.get_destination_page_number(place)
            assert number is not None
            found[name] = number
        return found

    def links(self, page: int) -> Iterator[Any]:
        """The link annotations of a page."""
        for annotation in self.reader.pages[page].get("/Annots", ArrayObject()):
            entry = annotation.get_object()
            if entry["/Subtype"] == "/Link":
                yield entry

    @cached_property
    def elements(self) -> list[Any]:
        """Every element of the structure, in the order in which a reader hears them."""

        def follow(element: Any) -> Iterator[Any]:  # noqa: ANN401
            entry = element.get_object()
            if not isinstance(entry, DictionaryObject):
                return
            if "/S" in entry:
                yield entry
            children = entry.get("/K", ArrayObject())
            for child in children if isinstance(children, list) else [children]:
                yield from follow(child)

        return list(follow(self.catalog["/StructTreeRoot"]))

    def tagged(self, *names: str) -> list[Any]:
        """The elements with one of these tags."""
        return [element for element in self.elements if element["/S"] in {f"/{name}" for name in names}]

    def faults_of_content(self) -> list[str]:
        """What is painted without being part of the structure or marked as decoration."""
        mapping = self.catalog["/StructTreeRoot"].get_object()["/ParentTree"]["/Nums"]
        parents = {int(mapping[at]): mapping[at + 1].get_object() for at in range(0, len(mapping), 2)}
        faults = []
        for index, page in enumerate(cast(list[Any], self.reader.pages)):
            marked: list[bool] = []
            operations: list[Any] = ContentStream(page["/Contents"], self.reader).operations
            for operands, operator in operations:
                if operator in (b"BDC", b"BMC"):
                    marked.append(True)
                    number = operands[1].get("/MCID") if operator == b"BDC" else None
                    known = parents[page["/StructParents"]]
                    if number is not None and (number >= len(known) or isinstance(known[number], NullObject)):
                        faults.append(f"page {index + 1}: content {number} belongs to no element")
                elif operator == b"EMC":
                    marked.pop()
                elif operator in PAINTING and not marked:
                    faults.append(f"page {index + 1}: {operator!r} outside of marked content")
        return faults

    @cached_property
    def fonts(self) -> set[str]:
        """The names of the fonts, without the letters that tell of a subset; each is embedded."""
        names = set()
        for page in cast(list[Any], self.reader.pages):
            for font in page["/Resources"]["/Font"].values():
                descendant = font.get_object()["/DescendantFonts"][0].get_object()
                descriptor = descendant["/FontDescriptor"]
                assert any(key.startswith("/FontFile") for key in descriptor)
                names.add(str(descriptor["/FontName"]).partition("+")[2])
        return names
