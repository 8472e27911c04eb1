"""From the Typst documents of an edition to tagged PDF files (PDF/UA-1).

Letters come from the pinned package `pymupdf-fonts` alone (SIL Open Font License): FiraGO has Norwegian and Sami
letters and is hardly wider than the letters that the figures are measured for. No font of the machine takes part, so
that the same documents give the same files. Typst refuses a character that none of the fonts has.
"""

from __future__ import annotations

import importlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, cast

from docutils.nodes import make_id

from digikom.errors import BuildError
from digikom.files import write_all
from digikom.scratch import scratch

#: The fonts by their names in the package: FiraGO, Fira Mono, and symbols that neither has.
FACES = ("figo", "figbo", "figit", "figbi", "fimo", "fimbo", "symbol2")
STANDARD: Final = "ua-1"
ANNEX_ENDING = "-teknisk-vedlegg"
#: Import names of what the PDF needs, and the packages that bring them.
NEEDED = {"typst": "typst", "pymupdf_fonts": "pymupdf-fonts"}


def unavailable() -> str:
    """Why no PDF can be made here and what helps, in a sentence; empty where it can."""
    for module, package in NEEDED.items():
        try:
            importlib.import_module(module)
        except ImportError as error:
            return f"The package {package} cannot be imported ({error}): pip install -r requirements.txt brings it."
    return ""


def file_names(title: str) -> tuple[str, str]:
    """The names of the report and the technical annex of the edition called `title`."""
    stem = make_id(title)
    return f"{stem}.pdf", f"{stem}{ANNEX_ENDING}.pdf"


def make_pdfs(typst_folder: Path, html: Path, title: str) -> list[Path]:
    """Make both PDF files of the edition called `title` from the documents in `typst_folder`, and put them into `html`,
    each in one step, when both are as they should be.

    The same bytes for the same documents, whatever the time, the place and the fonts of the machine. Raises BuildError
    with what Typst says of a document.
    """
    import pymupdf_fonts

    names = file_names(title)
    with scratch() as folder, ThreadPoolExecutor() as pool:
        for face in FACES:
            (folder / f"{face}.ttf").write_bytes(pymupdf_fonts.myfont(face))
        contents = pool.map(lambda name: _compile(typst_folder / name, str(folder)), names)
        made = {html / name: content for name, content in zip(names, contents, strict=True)}
    write_all(made)
    return list(made)


def _compile(target: Path, fonts: str) -> bytes:
    """The PDF of the document at `target`, which ends in `.typ` there, in the fonts of a folder."""
    import typst

    faces = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts])
    compiler = typst.Compiler(root=target.parent, font_paths=faces)
    problem = f"{target.name} could not be made. Typst says: "
    try:
        content, warnings = compiler.compile_with_warnings(target.with_suffix(".typ"), pdf_standards=[STANDARD])
    except RuntimeError as error:
        # Typst's own error says where in the document; a document that is not there is another one.
        raise BuildError(problem + (getattr(error, "diagnostic", "") or str(error))) from None
    if warnings:
        raise BuildError(problem + "\n".join(warning.diagnostic for warning in warnings))
    return cast(bytes, content)
