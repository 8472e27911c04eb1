"""How to cite a figure, a table or a chapter, folded up after it, and a button that copies a citation.

The button is in the page but hidden: the script, which alone can copy, shows it.
"""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from digikom.opendata.norwegian import part_name

from . import texts
from .colophon import CITATION_CLASS, ChapterName, chapter_number, citation
from .elements import ActionLine, number_in_words, report_of

ANCHOR = "sitering-"


class CitationBox(nodes.General, nodes.Element):  # type: ignore[misc]
    """How to cite what it follows. Attributes: `kind` («figure», «table» or «chapter»), `target`, `key`."""


class CopyLine(nodes.General, nodes.Element):  # type: ignore[misc]
    """The button that copies the citation before it. Attribute: `target`, the id of the citation."""


def add_boxes(app: Sphinx, doctree: nodes.document) -> None:
    """Put a box after each figure and table and at the end of the page, and a button after each citation on it."""
    if citation(app.env) is None:
        return
    for line in list(doctree.findall(ActionLine)):
        box = CitationBox(kind=line["figtype"], target=line["target"], key=line["key"])
        line.parent.insert(line.parent.index(line) + 1, box)
    quotes = [quote for quote in doctree.findall(nodes.block_quote) if CITATION_CLASS in quote["classes"]]
    for number, quote in enumerate(quotes, start=1):
        target = f"{ANCHOR}{number}"
        quote["ids"].append(target)
        quote.parent.insert(quote.parent.index(quote) + 1, CopyLine(target=target))
    section = next(iter(doctree.findall(nodes.section)), None)
    if section is not None:
        section += CitationBox(kind="chapter", target="kapitlet", key="")


def name_chapters(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put numbers and titles of chapters where they are cited, linked."""
    for node in list(doctree.findall(ChapterName)):
        chapter = node["docname"]
        name = texts.chapter_name(chapter_number(app, chapter), app.env.titles[chapter].astext())
        address = app.builder.get_relative_uri(docname, chapter)
        node.replace_self(nodes.reference("", name, refuri=address, internal=True))


def _visit_box(self: HTML5Translator, node: CitationBox) -> None:
    """Write the box where there is something to cite: a published figure or table, or a numbered chapter."""
    builder, kind = self.builder, node["kind"]
    env, docname = builder.env, builder.current_docname
    cited, blocks = citation(env), report_of(builder.app).register.blocks
    name, part, page = "", "", builder.get_target_uri(docname)
    if kind == "chapter":
        if number := chapter_number(builder.app, docname):
            part = texts.chapter_name(number, env.titles[docname].astext())
    elif entry := blocks.get(node["key"]):
        name = number_in_words(env, docname, kind, node["target"])
        part = part_name(name, entry.item.heading)
        page = f"{page}#{node['target']}"
    if cited is not None and part:
        text = replace(cited, address=cited.address + page if cited.address else "").part_text(part)
        target = escape(f"{ANCHOR}{node['target']}", quote=True)
        of_what = f'<span class="digikom-hidden">, {escape(name.lower())}</span>' if name else ""
        self.body.append(
            f'<details class="digikom-cite digikom-actions">\n<summary>{texts.CITE[kind]}{of_what}</summary>\n'
            f'<blockquote class="{CITATION_CLASS}" id="{target}"><p>{escape(text)}</p></blockquote>\n'
            f"{_copy_line(target)}</details>\n"
        )
    raise nodes.SkipNode


def _visit_copy_line(self: HTML5Translator, node: CopyLine) -> None:
    self.body.append(_copy_line(node["target"]))
    raise nodes.SkipNode


def _copy_line(target: str) -> str:
    """The button, described by the citation that it copies, and the element that announces its outcome."""
    button = f'<button type="button" aria-describedby="{target}">{texts.COPY_CITATION}</button>'
    outcomes = f'data-copied="{escape(texts.COPIED)}" data-failed="{escape(texts.COPY_FAILED)}"'
    return f'<p class="digikom-copy" hidden>{button} <span role="status" {outcomes}></span></p>\n'


def add_files(app: Sphinx, _page: str, _template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Load style and script where there is a citation on the page."""
    if doctree is not None and CITATION_CLASS in (context.get("body") or ""):
        app.add_css_file("citing.css", priority=910)
        app.add_js_file("citing.js", loading_method="defer", priority=910)


def setup(app: Sphinx) -> None:
    """Register the nodes, and connect."""
    app.add_node(CitationBox, html=(_visit_box, None))
    app.add_node(CopyLine, html=(_visit_copy_line, None))
    app.connect("doctree-read", add_boxes)
    app.connect("doctree-resolved", name_chapters)
    app.connect("html-page-context", add_files)
