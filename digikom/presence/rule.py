"""The rule of what stands in an edition: a sentence if its numbers do, a section if any number in it does.

`page` and `notebook` give a source without what falls. Lines that fall leave empty lines behind at the end of their
block, so that a message tells the line of the source.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from digikom.publish.outputs import MUNICIPALITIES_MIME
from digikom.publish.published import published_outputs

from .pieces import Cell, Edition, LeftOut, Piece, let_fall
from .source import Source

#: Gives the paragraph that tells why there is nothing for these keys; empty where there is nothing to tell.
Tell = Callable[[Sequence[str]], str]


def page(text: str, edition: Edition, tell: Tell | None = None) -> tuple[str, list[LeftOut]]:
    """A Markdown source as it stands in the edition, and what was left out of it."""
    (cell,), left_out = _filtered([{"cell_type": "markdown", "source": text}], edition, "", tell)
    return cell["source"], left_out


def notebook(
    cells: Sequence[Cell], name: str, edition: Edition, tell: Tell | None = None
) -> tuple[list[Cell], list[LeftOut]]:
    """The cells of the notebook `name` (without its ending) that stand in the edition, and what was left out.

    The cells given are not changed; those of which all stands are handed on.
    """
    kept, left_out = _filtered(cells, edition, name, tell)
    return [cell for cell in kept if cell["source"] or cell["cell_type"] == "code"], left_out


def _filtered(
    cells: Sequence[Cell], edition: Edition, name: str, tell: Tell | None
) -> tuple[list[Cell], list[LeftOut]]:
    sources = [Source("".join(cell["source"]).split("\n"), edition) for cell in cells]
    pieces: list[Piece] = []
    for place, (cell, source) in enumerate(zip(cells, sources, strict=True)):
        made = source.pieces() if cell["cell_type"] == "markdown" else [_code(cell, name, edition)]
        pieces += [replace(piece, part=place) for piece in made]
    let_fall(pieces, edition)
    if tell is not None:
        _explain(pieces, tell)
    kept: list[Cell] = []
    for place, (cell, source) in enumerate(zip(cells, sources, strict=True)):
        own = [piece for piece in pieces if piece.part == place]
        if cell["cell_type"] == "markdown":
            text = "\n".join(source.joined(own))
            whole = text == "\n".join(source.lines)
            kept.append(cell if whole else {**cell, "source": text if text.strip() else ""})
        elif not own[0].falls:
            kept.append(cell)
        elif own[0].lines:
            told = "\n".join(own[0].lines).strip()
            kept.append({"cell_type": "markdown", "id": cell.get("id", ""), "metadata": {}, "source": told})
    return kept, [each for piece in pieces for each in piece.left_out]


def _code(cell: Cell, name: str, edition: Edition) -> Piece:
    published = [data.get("key", "") for _, _, data in published_outputs([cell])]
    known = edition.cells.get((name, str(cell.get("id", ""))), ())
    keys = dict.fromkeys([*known, *published])
    stays = any(MUNICIPALITIES_MIME in output.get("data", {}) for output in cell.get("outputs", []))
    return Piece(words=f"[{cell.get('id', '')}]", keys=keys, standing=dict.fromkeys(published), stays=stays, cell=cell)


def _explain(pieces: Sequence[Piece], tell: Tell) -> None:
    """Tell why: for pieces in a row that fall once, where they began; else after the piece that lost something."""
    for place, piece in enumerate(pieces):
        if piece.falls:
            if place == 0 or not pieces[place - 1].falls:
                end = next((i for i in range(place, len(pieces)) if not pieces[i].falls), len(pieces))
                if told := tell([key for each in pieces[place:end] for key in each.missing]):
                    piece.lines = ["", told, ""]
        elif piece.missing and (told := tell(piece.missing)):
            piece.lines = [*piece.lines, "", told, ""]
