"""The executed notebooks that an edition hands over, in words that any program shows: numbers, links and quotations.

`_sources/notebooks/` gets the cells that the page of the chapter shows. Code and results are as they were executed; in
the text, what MyST would have put in from elsewhere has been put in. Where that makes a difference, the text as its
author wrote it is kept in the metadata of the cell, since that is what somebody who checks a chapter signs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docutils import nodes
from markdown_it.token import Token
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.nodes import split_explicit_title

from digikom.editions.catalogue import MUNICIPALITIES_DIR, way_up
from digikom.presence.sentences import CODE
from digikom.prose.markdown import DIRECTIVE, OPTION, parser
from digikom.review.assessment import AS_WRITTEN

from .colophon import edition_address, edition_facts, words_of
from .domain import number_links, wording_links
from .elements import NumberLink, report_of
from .exports import published_blocks
from .municipalities import FIND_LABEL, has_pages
from .passages import NOTEBOOK

#: Roles of Sphinx that lead to a page or a place on one; those of sources come under their domain.
LINKING = frozenset({"doc", "ref", "term"})
SOURCES = "cite"
_SPECIAL = re.compile(r"([\\`*_\[\]<>])")


class Readable:
    """Makes the text of one notebook readable. Call it when all pages are written: figures have their numbers then."""

    def __init__(self, app: Sphinx, docname: str) -> None:
        self.app, self.docname = app, docname
        self.register = report_of(app).register
        self.blocks = {block.entry.item.key: block for block in published_blocks(app.env, self.register)}
        #: The way from the file, which lies in a folder of its own, to the folder of the edition.
        self.root = edition_address(app.config) or f"../{way_up(docname)}"

    def cell(self, cell: dict[str, Any]) -> dict[str, Any]:
        """The cell as it is handed over. The given one is not changed."""
        if cell["cell_type"] != "markdown":
            return cell
        source = "".join(cell["source"])
        text = self.text(source)
        if text == source:
            return cell
        metadata = {**cell["metadata"], AS_WRITTEN: source}
        return {**cell, "source": text.splitlines(keepends=True), "metadata": metadata}

    def text(self, source: str) -> str:
        """A Markdown source without roles and directives."""
        lines, begin, parts = source.split("\n"), 0, []
        for token in parser().parse(source):
            if token.type in {"fence", "colon_fence"} and token.map is not None:
                first, end = token.map
                indent = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
                shown = self._fence(token)
                written = lines[first:end] if shown is None else [indent + line for line in shown.split("\n")]
                parts += [self._prose(lines[begin:first]), "\n".join(line.rstrip() for line in written)]
                begin = end
        parts.append(self._prose(lines[begin:]))
        return "\n\n".join(part for part in parts if part)

    def _prose(self, lines: Sequence[str]) -> str:
        # Where something has fallen, the rule of what stands leaves empty lines.
        return CODE.sub(self._role, re.sub(r"\n{3,}", "\n\n", "\n".join(lines).strip("\n")))

    def _fence(self, token: Token) -> str | None:
        """What a directive shows: a text that it puts in, or a quotation with its title; nothing of plain code."""
        directive = DIRECTIVE.fullmatch(token.info.strip())
        if directive is None:
            return None
        name, argument = directive["name"], directive["argument"]
        lines = token.content.rstrip("\n").split("\n")
        while lines and OPTION.fullmatch(lines[0].strip()):
            lines = lines[1:]
        content = self.text("\n".join(lines))
        passages = report_of(self.app).passages
        if name == "fra-utgaven":
            path = passages.words(argument)
            content = self.text(passages.page(path.read_text(encoding="utf-8"))) if path else ""
        elif name == "har-siden":
            content = content if argument in self.app.env.found_docs else ""
        elif name == "finn-kommunen":
            content = f"[{FIND_LABEL}]({self.root}../{MUNICIPALITIES_DIR}/index.html)" if has_pages(self.app) else ""
        elif content:
            title = [f"**{self._prose([argument])}**", ""] if argument else []
            content = "\n".join(f"> {line}" for line in [*title, *content.split("\n")])
        # An empty cell would ask for text in JupyterLab.
        return content or f"<!-- {name} {argument} -->"

    def _role(self, found: re.Match[str]) -> str:
        """What a role prints; code, and what is unknown, as it stands."""
        shown = self._printed(found["role"] or "", found["text"])
        return found.group() if shown is None else shown

    def _printed(self, role: str, content: str) -> str | None:
        if role in {"tall", "ord"}:
            links = (number_links if role == "tall" else wording_links)(self.register, content)
            return None if isinstance(links, str) else "".join(map(self._markdown, links))
        if role == "numref" and content in self.blocks:
            block = self.blocks[content]
            # The notebook has the key for an id, the page what Sphinx has made of it.
            here = block.entry.place.docname == self.docname
            address = f"#{content}" if here else self._address(block.entry.place.docname, block.target)
            return f"[{block.name}]({address})"
        if role == "utgaven" and (facts := edition_facts(self.app.env)) is not None:
            return words_of(facts).get(content)
        domain, _, kind = role.rpartition(":")
        return self._linked(domain, kind, content) if domain == SOURCES or role in LINKING else None

    def _linked(self, domain: str, kind: str, content: str) -> str | None:
        """What Sphinx makes of a reference, with addresses seen from the folder of the edition."""
        env, root = self.app.env, self.app.config.root_doc
        explicit, title, target = split_explicit_title(content)
        inner = nodes.inline("", title)
        asked = addnodes.pending_xref("", inner, refexplicit=explicit, refdoc=self.docname, reftarget=target)
        found = env.get_domain(domain or "std").resolve_xref(env, root, self.app.builder, kind, target, asked, inner)
        return None if found is None else self._markdown(found)

    def _markdown(self, node: nodes.Node) -> str:
        if isinstance(node, nodes.Text):
            return _SPECIAL.sub(r"\\\1", node.astext())
        inner = "".join(map(self._markdown, node.children))
        words = inner.strip()
        if isinstance(node, NumberLink) and any(map(str.isalnum, words)):
            strong = f"**{words}**" if "tall" in node["classes"] else words
            return inner.replace(words, f"[{strong}]({self._address(node['docname'], node['anchor'])})")
        if isinstance(node, nodes.reference):
            return f"[{inner}]({self.root}{node['refuri']})"
        return inner

    def _address(self, docname: str, anchor: str) -> str:
        page = "" if docname == self.docname else self.root + self.app.builder.get_target_uri(docname)
        return f"{page}#{anchor}"


def write_readable(app: Sphinx, exception: Exception | None) -> None:
    """Write the notebooks over the copies of what Sphinx has read, in a book that hands these over."""
    if exception is not None or app.builder.format != "html":
        return
    for docname, cells in report_of(app).passages.chapters.items():
        source = Path(app.env.doc2path(docname)).read_bytes()
        target = Path(app.outdir, "_sources", f"{docname}{NOTEBOOK}")
        # With a page that a run takes over lies what the run before has written here.
        if target.is_file() and target.read_bytes() == source:
            notebook = json.loads(source)
            readable = Readable(app, docname)
            notebook["cells"] = [readable.cell(cell) for cell in cells]
            text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True)
            target.write_text(f"{text}\n", encoding="utf-8", newline="\n")


def setup(app: Sphinx) -> None:
    """Write when the pages are there, and before a run notes what it has written."""
    app.connect("build-finished", write_readable)
