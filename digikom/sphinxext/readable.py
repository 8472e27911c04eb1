"""The executed notebooks that an edition hands over, in words that any program shows: numbers, links and quotations.

`_sources/notebooks/` gets the cells that the page of the chapter shows. Code and results are as they were executed; in
the text, what MyST would have put in from elsewhere has been put in. Where that makes a difference, the text as its
author wrote it is kept in the metadata of the cell; those of the notebook have the checksum of what was executed, since
that is what somebody who checks a chapter signs.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from markdown_it.token import Token
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.nodes import split_explicit_title

from digikom.editions.layout import MUNICIPALITIES_DIR, SOURCES, way_up
from digikom.presence.sentences import CODE
from digikom.prose.markdown import DIRECTIVE, OPTION, parser
from digikom.publish.published import AS_WRITTEN
from digikom.review.assessment import WRITTEN_SUM, chapter_source

from .colophon import citation, words_of
from .domain import number_links, wording_links
from .elements import NumberLink, report_of
from .municipalities import FIND_LABEL, has_pages
from .passages import NOTEBOOK
from .printed_boxes import box

#: Roles of Sphinx that lead to a page or a place on one; those of sources come under their domain.
LINKING = frozenset({"doc", "ref", "term"})
CITATIONS = "cite"
_SPECIAL = re.compile(r"([\\`*_\[\]<>])")


class Readable:
    """Makes the text of one notebook readable. Call it when all pages are written: figures have their numbers then."""

    def __init__(self, app: Sphinx, docname: str) -> None:
        self.app, self.docname = app, docname
        self.report = report_of(app)
        self.blocks = {block.key: block for block in self.report.description.blocks}
        cited = citation(app.env)
        #: The way from the file, which is in a folder of its own, to the folder of the edition.
        self.root = (cited.address if cited else "") or f"../{way_up(docname)}"

    def cell(self, cell: dict[str, Any]) -> dict[str, Any]:
        """The cell as it is handed over. The given one is not changed."""
        source = "".join(cell["source"])
        text = self.text(source) if cell["cell_type"] == "markdown" else source
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
                parts += [self._prose("\n".join(lines[begin:first])), "\n".join(line.rstrip() for line in written)]
                begin = end
        parts.append(self._prose("\n".join(lines[begin:])))
        return "\n\n".join(part for part in parts if part)

    def _prose(self, text: str) -> str:
        # Targets of links are for Sphinx; where something is left out, empty lines remain.
        text = re.sub(r"^\([\w-]+\)=\n", "", text.strip("\n"), flags=re.MULTILINE)
        return CODE.sub(self._role, re.sub(r"\n{3,}", "\n\n", text))

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
        if name == "fra-utgaven":
            path = self.report.passages.words(argument)
            content = self.text(self.report.passages.page(path.read_text(encoding="utf-8"))) if path else ""
        elif name == "har-siden":
            content = content if argument in self.app.env.found_docs else ""
        elif name == "trykt":
            content = self.text(box(self.report.register, argument))
        elif name == "finn-kommunen":
            content = f"[{FIND_LABEL}]({self.root}../{MUNICIPALITIES_DIR}/index.html)" if has_pages(self.app) else ""
        elif content:
            title = [f"**{self._prose(argument)}**", ""] if argument else []
            content = "\n".join(f"> {line}" for line in [*title, *content.split("\n")])
        # An empty cell would ask for text in JupyterLab.
        return content or f"<!-- {name} {argument} -->"

    def _role(self, found: re.Match[str]) -> str:
        """What a role prints; code, and what is unknown, as it is."""
        role, content, shown = found["role"] or "", found["text"], None
        domain, _, kind = role.rpartition(":")
        if role in {"tall", "ord"}:
            links = (number_links if role == "tall" else wording_links)(self.report.register, content)
            shown = None if isinstance(links, str) else "".join(map(self._markdown, links))
        elif role == "numref" and content in self.blocks:
            block = self.blocks[content]
            # The notebook has the key for an id, the page what Sphinx has made of it.
            here = block.page == self.app.builder.get_target_uri(self.docname)
            shown = f"[{block.name}]({f'#{content}' if here else self.root + block.address})"
        elif role == "utgaven":
            shown = words_of(self.report.edition).get(content)
        elif domain == CITATIONS or role in LINKING:
            shown = self._linked(domain or "std", kind, content)
        return found.group() if shown is None else shown

    def _linked(self, domain: str, kind: str, content: str) -> str | None:
        """What Sphinx makes of a reference, with addresses seen from the folder of the edition."""
        env, root = self.app.env, self.app.config.root_doc
        explicit, title, target = split_explicit_title(content)
        inner = nodes.inline("", title)
        asked = addnodes.pending_xref("", inner, refexplicit=explicit, refdoc=self.docname, reftarget=target)
        found = env.get_domain(domain).resolve_xref(env, root, self.app.builder, kind, target, asked, inner)
        return None if found is None else self._markdown(found)

    def _markdown(self, node: nodes.Node) -> str:
        if isinstance(node, nodes.Text):
            return _SPECIAL.sub(r"\\\1", node.astext())
        inner = "".join(map(self._markdown, node.children))
        words = inner.strip()
        if isinstance(node, NumberLink) and any(map(str.isalnum, words)):
            strong = f"**{words}**" if "tall" in node["classes"] else words
            here = node["docname"] == self.docname
            page = "" if here else self.root + self.app.builder.get_target_uri(node["docname"])
            return inner.replace(words, f"[{strong}]({page}#{node['anchor']})")
        if isinstance(node, nodes.reference):
            return f"[{inner}]({self.root}{node['refuri']})"
        return inner


def write_readable(app: Sphinx, exception: Exception | None) -> None:
    """Write the notebooks over the copies of what Sphinx has read, in a book that hands these over."""
    if exception is not None or app.builder.format != "html":
        return
    for docname, cells in report_of(app).passages.chapters.items():
        source = Path(app.env.doc2path(docname)).read_bytes()
        target = Path(app.outdir, SOURCES, f"{docname}{NOTEBOOK}")
        # With a page that a run takes over, this is what the run before has written.
        if target.is_file() and target.read_bytes() == source:
            notebook = json.loads(source)
            readable = Readable(app, docname)
            notebook["metadata"][WRITTEN_SUM] = chapter_source(notebook["cells"])
            notebook["cells"] = [readable.cell(cell) for cell in cells]
            text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True)
            target.write_text(f"{text}\n", encoding="utf-8", newline="\n")


def setup(app: Sphinx) -> None:
    """Write when the pages are there, and before a run notes what it has written."""
    app.connect("build-finished", write_readable)
