"""One Markdown source, block by block: what stands of its paragraphs, lists, tables and directives."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from digikom.prose.markdown import CODE_DIRECTIVES, DIRECTIVE, ENTRY_DIRECTIVES, OPTION, parser

from .pieces import Edition, Piece, let_fall
from .sentences import LABEL, MARK_LINE, REFUSED, Mention, first_words, mentions, sentences, unmarked

#: Directives of which the second word is a key.
KEYED_DIRECTIVES = frozenset({"sitering"})
#: Directives that decide by themselves what stands in them.
#: A card of key numbers, as a point of a list.
CARD = re.compile(r"^tall:\s*(?P<key>[\w-]+)\s*$", re.MULTILINE)
LISTS = ("bullet_list", "ordered_list")
TITLE = "h1"


@cache
def _parser() -> MarkdownIt:
    """The parser of blocks alone: what is in a paragraph is read as text."""
    return parser.__wrapped__().disable("inline")


def blocks(text: str) -> list[SyntaxTreeNode]:
    """The blocks of a Markdown source, in order."""
    return SyntaxTreeNode(_parser().parse(text)).children


class Source:
    """One Markdown source by its lines; of the content of `{nokkeltall}` the points are judged as wholes (`cards`)."""

    def __init__(self, lines: list[str], edition: Edition, cards: bool = False) -> None:
        self.lines, self.edition, self.cards = lines, edition, cards

    def pieces(self) -> list[Piece]:
        """Its blocks, each with what stands of it by itself."""
        return self._blocks(blocks("\n".join(self.lines)))

    def joined(self, pieces: Sequence[Piece], begin: int = 0, end: int | None = None, pad: bool = True) -> list[str]:
        """The lines from `begin` to `end` with what stands of the blocks in them."""
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
                piece.lines = [*self.lines[target : piece.begin], *piece.lines] if not piece.falls else []
                piece.begin, target = target, None
            if pieces and before is not None and pieces[-1].leads is not None and node.type in {*LISTS, "table"}:
                if pieces[-1].leads is False and not piece.falls:
                    piece.fall(pieces[-1].missing)
                elif pieces[-1].leads and piece.falls:
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
            rows = [self._row(row) for part in node.children[1:] for row in part.children]
            return self._around(node, rows)
        if node.type in {"fence", "colon_fence"}:
            return self._directive(node)
        return self._piece(node)

    def _piece(self, node: SyntaxTreeNode) -> Piece:
        assert node.map is not None
        begin, end = node.map
        inline = next((each for each in node.walk() if each.type == "inline"), None)
        content = inline.content if inline else ""
        words = first_words(content.rpartition("tekst:")[2] if self.cards else content)
        return Piece(begin, end, self.lines[begin:end], words, level=int(node.tag[1]) if node.type == "heading" else 0)

    def _around(self, node: SyntaxTreeNode, inside: Sequence[Piece]) -> Piece:
        """A block by the blocks in it: it falls when all of them do."""
        piece = self._piece(node)
        piece.take(inside)
        if inside and all(each.falls for each in inside):
            return piece.fall(piece.missing)
        piece.lines = self.joined(inside, piece.begin, piece.end, pad=False)
        return piece

    def _item(self, node: SyntaxTreeNode) -> Piece:
        inside = self._blocks(node.children)
        piece = self._around(node, inside)
        if not piece.falls and ((inside and inside[0].falls) or not self.edition.holds(piece.keys, piece.standing)):
            piece.fall(piece.missing)
        return piece

    def _row(self, node: SyntaxTreeNode) -> Piece:
        piece = self._piece(node)
        self._judge(piece, "\n".join(piece.lines))
        return piece

    def _mentions(self, text: str) -> list[Mention]:
        cards = [Mention(card["key"], card.start()) for card in CARD.finditer(text)] if self.cards else []
        return [*mentions(text), *cards]

    def _judge(self, piece: Piece, text: str) -> bool:
        """Whether a text in `piece` stands; where it does not, the piece falls with it."""
        found = self._mentions(text)
        printed = [mention.key for mention in found if not mention.mark]
        piece.keys |= dict.fromkeys(printed)
        failed = [mention for mention in found if not self.edition.has(mention)]
        if failed:
            # What stands in other editions instead is not missing here.
            piece.fall(each.key for each in failed if each.mark != REFUSED)
            return False
        piece.standing |= dict.fromkeys(printed)
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
                one.keys |= dict.fromkeys(mention.key for mention in self._mentions(sentence))
                one.fall(led)
            elif self._judge(one, sentence):
                kept.append(unmarked(sentence))
                piece.stays = bool(piece.level) and kept[0] != sentence
            piece.take([one])
        if is_opening:
            piece.leads = kept[-1:] == [unmarked(part) for part in parts[-1:]]
        new = "".join(kept).strip()
        if not new or (len(kept) < len(parts) and len(kept) == 1 and LABEL.fullmatch(kept[0])):
            return piece.fall(piece.missing)
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
        # The lines between the fences, without what stands before them in a list or quotation.
        first = self.lines[piece.begin]
        indent = first[: first.index(node.markup)]
        content = node.content.split("\n")[:-1]
        body = next((place for place, line in enumerate(content) if not OPTION.fullmatch(line.strip())), len(content))
        inner = Source(content[body:], self.edition, name in ENTRY_DIRECTIVES)
        inside = inner.pieces()
        let_fall(inside, self.edition)
        piece.take(inside)
        if inside and all(each.falls for each in inside):
            return piece.fall(piece.missing)
        # A passage that begins with a heading begins a section.
        piece.level = inside[0].level if inside else 0
        lines = inner.joined(inside)
        if lines != content[body:] or unmarked(argument) != argument:
            start = piece.begin + 1 + body
            head = [unmarked(first), *self.lines[piece.begin + 1 : start]]
            tail = self.lines[start + len(content) - body : piece.end]
            piece.lines = [*head, *(f"{indent}{line}" if line else line for line in lines), *tail]
        return piece
