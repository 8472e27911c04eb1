"""An edition as two tagged PDF files: the report, and a technical annex.

`documents` writes both as Typst at the end of a build of the book, from the document trees that its pages are made of
(`translator`, with `markup`); `report.typ` is their look; `compile` makes the files.
"""

from __future__ import annotations

from digikom.pdf.compile import file_names, make_pdfs, unavailable

__all__ = ["file_names", "make_pdfs", "unavailable"]
