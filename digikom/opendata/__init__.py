"""An edition for other programs: data files, workbook, descriptions of them, citation files and linked data.

All is written from one `Description`; nothing here knows of pages or Sphinx.
"""

from __future__ import annotations

from pathlib import Path

from digikom.editions import layout
from digikom.files import write_all
from digikom.opendata.citations import citation_file
from digikom.opendata.csvw import csvw_text
from digikom.opendata.cubes import cube_text
from digikom.opendata.data_files import data_files
from digikom.opendata.data_package import data_package, package_text
from digikom.opendata.dcat import catalogue_text
from digikom.opendata.description import Book, Description
from digikom.opendata.workbook import workbook


def write_open_data(book: Book, folder: Path, data_dir: Path, store: Path | None = None) -> None:
    """Write the data files of a book into `folder`, and those that describe and cite it if it is an edition.

    `data_dir` has the boundaries that maps are drawn from; drawings are found and kept in `store`.
    """
    files = data_files(book, data_dir, store)
    if isinstance(book, Description):
        cited = book.cited
        files[layout.CITATION] = citation_file(cited, book.abstract, book.based_on).encode()
        files[layout.BIBTEX] = cited.bibtex().encode()
        files[layout.RIS] = cited.ris().encode()
        files[layout.workbook_file(cited.edition.year)] = workbook(book)
        cubes = [block for block in book.blocks if block.is_cube]
        files |= {layout.block_file(block.stem, ".json"): cube_text(block, book).encode() for block in cubes}
        package = data_package(book, files)
        files[layout.PACKAGE] = package_text(package).encode()
        files[layout.CSVW] = csvw_text(package).encode()
        files[layout.CATALOGUE] = catalogue_text(book, files).encode()
    write_all({folder / path: content for path, content in files.items()})


__all__ = ["write_open_data"]
