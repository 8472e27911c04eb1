"""Notebook outputs of our own types, with a readable form for plain Jupyter beside them."""

from __future__ import annotations

from typing import Any

from IPython.display import display

NUMBER_MIME = "application/vnd.digikom.number+json"
WORDING_MIME = "application/vnd.digikom.wording+json"
FIGURE_MIME = "application/vnd.digikom.figure+json"
TABLE_MIME = "application/vnd.digikom.table+json"
#: What the pages on single municipalities are made from; not shown in the chapters, and no part of the register.
MUNICIPALITIES_MIME = "application/vnd.digikom.municipalities+json"
PUBLISHED_MIMES = (NUMBER_MIME, WORDING_MIME, FIGURE_MIME, TABLE_MIME)

SYNTHETIC_MARK = "Syntetiske svar – ikke svar fra virkelige kommuner"


def show(mime: str, payload: dict[str, Any], html: str, text: str) -> None:
    """Display `payload` as an output of type `mime`, as HTML in plain Jupyter and as text in a terminal."""
    display({mime: payload, "text/html": html, "text/plain": text}, raw=True)
