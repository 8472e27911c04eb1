"""The rule of what stays in an edition: a sentence if its numbers are published, a section if any number in it is.

What only compares with the reference year (`{ord}`, a key with `-since`) goes without its sentence where there is none.

`page` and `notebook` give a source without what is left out. Lines that are left out leave empty lines behind at the
end of their block, so that a message gives the line of the source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from markdown_it.tree import SyntaxTreeNode

from digikom.prose.markdown import CODE_DIRECTIVES, DIRECTIVE, ENTRY_DIRECTIVES, OPTION, parser
from digikom.publish.outputs import HANDED_OVER_MIMES
from digikom.publish.published import published_outputs

from .sentences import ADDITION, LABEL, MARK_LINE, NEEDED, REFUSED, first_words, mentions, sentences, unmarked

#: The least level of a heading whose section may be left out: the title of a page always stays.
SECTION = 2
TITLE = "h1"
#: What any section may print, so that it keeps none.
GENERAL = frozenset({"year", "year-reference", "respondents", "small-change", "high-score", "fewest-compared"})
ALWAYS_SHOWN = frozenset({"parameters", "injected-parameters"})
EMPTY_FRAME = ("Empty DataFrame", "Series([]")
#: Directives of which the second word is a key.
KEYED_DIRECTIVES = frozenset({"sitering"})
#: A card of key numbers, as a point of a list.
CARD = re.compile(r"^tall:\s*(?P<key>[\w-]+)\s*$", re.MULTILINE)
LISTS = ("bullet_list", "ordered_list")

Cell = dict[str, Any]
#: Gives the paragraph that says why there is nothing for these keys; empty where there is nothing to say.
Explain = Callable[[Sequence[str]], str]


@dataclass(frozen=True, slots=True)
class Edition:
    """The keys that an edition publishes, and by notebook and cell id those that each cell does in any edition."""

    published: frozenset[str]
    cells: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A passage that an edition leaves out: its first words, and the keys that are missing."""

    words: str
    missing: tuple[str, ...]


@dataclass(slots=True)
class Piece:
    """What stays of a block or cell: its lines, those of the source from `begin` to `end` where all of it does.

    `keys` are those that it prints, `published` those of them that are still printed in it. `leads`, of a paragraph
    that ends in a colon, is whether that sentence stays. A cell that hands over results of municipalities `stays` in
    any case, and so does the section of a heading with a mark that is met.
    """

    begin: int = 0
    end: int = 0
    lines: list[str] = field(default_factory=list)
    words: str = ""
    level: int = 0
    keys: dict[str, None] = field(default_factory=dict)
    published: dict[str, None] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    dropped: bool = False
    leads: bool | None = None
    stays: bool = False
    cell: Cell | None = None

    def drop(self, missing: Iterable[str]) -> Piece:
        """The same, left out as a whole."""
        keys = tuple(dict.fromkeys(missing))
        self.left_out = [LeftOut(self.words, keys)] if keys else []
        self.lines, self.published, self.dropped = [], {}, True
        return self

    def take(self, pieces: Iterable[Piece]) -> None:
        """Take in what the pieces inside it print, and what was left out of them."""
        for piece in pieces:
            self.keys |= piece.keys
            self.published |= piece.published
            self.left_out += piece.left_out

    @property
    def missing(self) -> list[str]:
        """The keys for want of which something in it was left out."""
        return [key for each in self.left_out for key in each.missing]


def page(text: str, edition: Edition, explain: Explain | None = None) -> tuple[str, list[LeftOut]]:
    """What stays of a Markdown source in the edition, and what was left out of it."""
    (cell,), left_out = _filtered([{"cell_type": "markdown", "source": text}], edition, "", explain)
    return cell["source"], left_out


def notebook(
    cells: Sequence[Cell], name: str, edition: Edition, explain: Explain | None = None
) -> tuple[list[Cell], list[LeftOut]]:
    """The cells of the notebook `name` (without its ending) that stay in the edition, and what was left out.

    The cells given are not changed; those of which all stays are handed on.
    """
    kept, left_out = _filtered(cells, edition, name, explain)
    return [cell for cell in kept if cell["source"] or cell["cell_type"] == "code"], left_out


def missing_keys(text: str, published: Iterable[str]) -> list[str]:
    """The keys that a Markdown source names and that are not `published`, those of its marks included."""
    source = Source(text.replace(f"{{{REFUSED}}}", f"{{{NEEDED}}}").split("\n"), Edition(frozenset(published)))
    return [key for piece in source.pieces() for key in piece.missing]


def _filtered(
    cells: Sequence[Cell], edition: Edition, name: str, explain: Explain | None
) -> tuple[list[Cell], list[LeftOut]]:
    sources = [Source(_without_additions("".join(cell["source"]), edition).split("\n"), edition) for cell in cells]
    parts = [
        source.pieces() if cell["cell_type"] == "markdown" else [_code(cell, name, edition)]
        for cell, source in zip(cells, sources, strict=True)
    ]
    pieces = [piece for part in parts for piece in part]
    drop_sections(pieces, edition)
    if explain is not None:
        _explain(pieces, explain)
    kept: list[Cell] = []
    for cell, source, own in zip(cells, sources, parts, strict=True):
        if cell["cell_type"] == "markdown":
            text = "\n".join(source.joined(own))
            whole = text == "".join(cell["source"])
            kept.append(cell if whole else {**cell, "source": text if text.strip() else ""})
        elif not own[0].dropped:
            kept.append(cell)
        elif own[0].lines:
            why = "\n".join(own[0].lines).strip()
            kept.append({"cell_type": "markdown", "id": cell.get("id", ""), "metadata": {}, "source": why})
    return kept, [each for piece in pieces for each in piece.left_out]


def _without_additions(text: str, edition: Edition) -> str:
    """The text without the comparisons that the edition does not make. It keeps its lines."""

    def kept(addition: re.Match[str]) -> str:
        # What follows is drawn up to the word before.
        gone = addition["after"] + "\n" * addition[0].count("\n")
        return addition[0] if addition["key"] in edition.published else gone

    return ADDITION.sub(kept, text)


def _code(cell: Cell, name: str, edition: Edition) -> Piece:
    published = dict.fromkeys(data.get("key", "") for _, _, data in published_outputs([cell]))
    known = dict.fromkeys(edition.cells.get((name, str(cell.get("id", ""))), ()))
    stays = any(name in HANDED_OVER_MIMES for output in cell.get("outputs", []) for name in output.get("data", {}))
    return Piece(words=f"[{cell.get('id', '')}]", keys=known | published, published=published, stays=stays, cell=cell)


def _explain(pieces: Sequence[Piece], explain: Explain) -> None:
    """Say why: once for pieces in a row that are left out, where they began; else after what lost something."""
    for dropped, group in groupby(pieces, key=lambda piece: piece.dropped):
        run = list(group)
        for part in [run] if dropped else [[piece] for piece in run]:
            missing = [key for piece in part for key in piece.missing]
            if missing and (why := explain(missing)):
                part[0].lines = [*part[0].lines, "", why, ""]


def drop_sections(pieces: Sequence[Piece], edition: Edition) -> None:
    """Leave out sections as wholes, and in those that stay the cells that have nothing to show."""
    place, opened = 0, False
    while place < len(pieces):
        piece = pieces[place]
        opened = opened or piece.level >= SECTION
        after = place + 1
        if piece.level >= SECTION:
            rest = range(after, len(pieces))
            end = next((each for each in rest if 0 < pieces[each].level <= piece.level), len(pieces))
            whole = [each for each in pieces[place:end] if each.cell is None or not each.stays]
            section = Piece()
            section.take(whole)
            nothing = any(each.dropped for each in whole) and all(each.dropped for each in whole[1:])
            if piece.dropped or (not piece.stays and (nothing or not _holds(section))):
                missing = piece.missing or [key for key in section.keys if key not in edition.published]
                for each in whole:
                    each.drop(())
                piece.drop(missing)
                after = end
        elif opened and piece.cell is not None and _shows_nothing(piece, piece.cell):
            piece.drop(piece.keys)
        place = after


def _holds(piece: Piece) -> bool:
    """Whether a whole stays by what it prints: it prints nothing of its own, or something of that is published."""
    return not piece.keys.keys() - GENERAL or bool(piece.published.keys() - GENERAL)


def _shows_nothing(piece: Piece, cell: Cell) -> bool:
    if ALWAYS_SHOWN & set(cell["metadata"].get("tags", [])):
        return False
    if piece.keys:
        return not piece.published
    shown = ["".join(output.get("data", {}).get("text/plain", "")) for output in cell.get("outputs", [])]
    return bool(shown) and all(text.startswith(EMPTY_FRAME) for text in shown)


class Source:
    """One Markdown source by its lines; of the content of `{nokkeltall}` the points are judged as wholes (`cards`)."""

    def __init__(self, lines: list[str], edition: Edition, cards: bool = False) -> None:
        self.lines, self.edition, self.cards = lines, edition, cards

    def pieces(self) -> list[Piece]:
        """Its blocks, each with what stays of it by itself."""
        return self._blocks(SyntaxTreeNode(parser().parse("\n".join(self.lines))).children)

    def joined(self, pieces: Sequence[Piece], begin: int = 0, end: int | None = None, pad: bool = True) -> list[str]:
        """The lines from `begin` to `end` with what stays of the blocks in them."""
        lines: list[str] = []
        for piece in pieces:
            lines += self.lines[begin : piece.begin]
            lines += piece.lines
            lines += [""] * (piece.end - piece.begin - len(piece.lines)) if pad else []
            begin = piece.end
        return lines + self.lines[begin:end]

    def _blocks(self, nodes: Sequence[SyntaxTreeNode]) -> list[Piece]:
        pieces: list[Piece] = []
        target: int | None = None
        for node, before in zip(nodes, [None, *nodes], strict=False):
            if node.map is None or node.type == "myst_target":
                target = node.map[0] if node.map else target
                continue
            piece = self._block(node)
            if target is not None:
                # What leads to a block goes where the block goes.
                piece.lines = [*self.lines[target : piece.begin], *piece.lines] if not piece.dropped else []
                piece.begin, target = target, None
            if pieces and before is not None and pieces[-1].leads is not None and node.type in {*LISTS, "table"}:
                if pieces[-1].leads is False and not piece.dropped:
                    piece.drop(pieces[-1].missing)
                elif pieces[-1].leads and piece.dropped:
                    pieces[-1] = self._paragraph(before, led=piece.missing)
            pieces.append(piece)
        return pieces

    def _block(self, node: SyntaxTreeNode) -> Piece:
        if node.type == "paragraph" or (node.type == "heading" and node.tag != TITLE):
            return self._paragraph(node)
        if node.type in LISTS:
            return self._around(node, [self._item(item) for item in node.children])
        if node.type == "blockquote":
            return self._around(node, self._blocks(node.children))
        if node.type == "table":
            return self._around(node, [self._row(row) for part in node.children[1:] for row in part.children])
        return self._directive(node) if node.type in {"fence", "colon_fence"} else self._piece(node)

    def _piece(self, node: SyntaxTreeNode) -> Piece:
        assert node.map is not None
        begin, end = node.map
        content = next((each.content for each in node.walk() if each.type == "inline"), "")
        words = first_words(content.rpartition("tekst:")[2] if self.cards else content)
        return Piece(begin, end, self.lines[begin:end], words, level=int(node.tag[1]) if node.type == "heading" else 0)

    def _around(self, node: SyntaxTreeNode, inside: Sequence[Piece]) -> Piece:
        """A block by the blocks in it: it is left out when all of them are."""
        piece = self._piece(node)
        piece.take(inside)
        if inside and all(each.dropped for each in inside):
            return piece.drop(piece.missing)
        piece.lines = self.joined(inside, piece.begin, piece.end, pad=False)
        return piece

    def _item(self, node: SyntaxTreeNode) -> Piece:
        inside = self._blocks(node.children)
        piece = self._around(node, inside)
        if not piece.dropped and ((inside and inside[0].dropped) or not _holds(piece)):
            piece.drop(piece.missing)
        return piece

    def _row(self, node: SyntaxTreeNode) -> Piece:
        piece = self._piece(node)
        self._judge(piece, "\n".join(piece.lines))
        return piece

    def _mentions(self, text: str) -> list[tuple[str, str]]:
        return [*mentions(text), *((card["key"], "") for card in CARD.finditer(text) if self.cards)]

    def _judge(self, piece: Piece, text: str) -> bool:
        """Whether a text in `piece` stays; where it does not, the piece is left out with it."""
        found = self._mentions(text)
        printed = dict.fromkeys(key for key, mark in found if not mark)
        piece.keys |= printed
        failed = [(key, mark) for key, mark in found if (key in self.edition.published) == (mark == REFUSED)]
        if failed:
            # What other editions have in its place is not missing here.
            piece.drop(key for key, mark in failed if mark != REFUSED)
            return False
        piece.published |= printed
        return True

    def _paragraph(self, node: SyntaxTreeNode, led: Sequence[str] = ()) -> Piece:
        """A paragraph or heading by its sentences; `led` are the keys missing from the list that the last leads to."""
        piece, content = self._piece(node), node.children[0].content
        whole, is_opening = MARK_LINE.match(content), content.rstrip().endswith(":")
        if whole and not self._judge(piece, whole.group()):
            piece.leads = False if is_opening else None
            return piece
        text = content[whole.end() :] if whole else content
        kept: list[str] = []
        parts = [text] if self.cards or piece.level else sentences(text)
        for place, sentence in enumerate(parts):
            one = Piece(words=first_words(sentence))
            if led and place == len(parts) - 1:
                one.keys |= dict.fromkeys(key for key, _ in self._mentions(sentence))
                one.drop(led)
            elif self._judge(one, sentence):
                kept.append(unmarked(sentence))
                piece.stays = bool(piece.level) and kept[0] != sentence
            piece.take([one])
        if is_opening:
            piece.leads = kept[-1:] == [unmarked(part) for part in parts[-1:]]
        new = "".join(kept).strip()
        if not new or (len(kept) < len(parts) and len(kept) == 1 and LABEL.fullmatch(kept[0])):
            return piece.drop(piece.missing)
        if new != content.strip():
            piece.lines = self._rewritten(piece, content, new.split("\n"))
        return piece

    def _rewritten(self, piece: Piece, content: str, new: Sequence[str]) -> list[str]:
        """The lines of a paragraph with another content: each begins as it did, with the marks of lists and quotes."""
        begins = []
        for line, old in zip(self.lines[piece.begin : piece.end], content.split("\n"), strict=False):
            at = line.find(old.strip())
            begins.append((line[: max(at, 0)], line[at + len(old.strip()) :] if piece.level else ""))
        return [begins[place][0] + text.strip() + begins[place][1] for place, text in enumerate(new)]

    def _directive(self, node: SyntaxTreeNode) -> Piece:
        piece = self._piece(node)
        directive = DIRECTIVE.fullmatch(node.info.strip())
        if directive is None or directive["name"] in CODE_DIRECTIVES:
            return piece
        name, argument = directive["name"], directive["argument"]
        piece.words = first_words(argument) or f"{{{name}}}"
        named = [f"{{numref}}`{word}`" for word in argument.split()[1:]] if name in KEYED_DIRECTIVES else []
        if not self._judge(piece, " ".join([argument, *named])):
            return piece
        # The lines between the fences, without what is before them in a list or quotation.
        first = self.lines[piece.begin]
        indent = first[: first.index(node.markup)]
        content = node.content.split("\n")[:-1]
        body = next((place for place, line in enumerate(content) if not OPTION.fullmatch(line.strip())), len(content))
        inner = Source(content[body:], self.edition, name in ENTRY_DIRECTIVES)
        inside = inner.pieces()
        drop_sections(inside, self.edition)
        piece.take(inside)
        if inside and all(each.dropped for each in inside):
            return piece.drop(piece.missing)
        # A passage that begins with a heading begins a section.
        piece.level = inside[0].level if inside else 0
        lines = inner.joined(inside)
        if lines != content[body:] or unmarked(argument) != argument:
            start = piece.begin + 1 + body
            head = [unmarked(first), *self.lines[piece.begin + 1 : start]]
            tail = self.lines[start + len(content) - body : piece.end]
            piece.lines = [*head, *(f"{indent}{line}" if line else line for line in lines), *tail]
        return piece
