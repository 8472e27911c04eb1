"""The document nodes of the extension and how each is written as HTML. Other builders write their plain content."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxTranslator
from sphinx.writers.html5 import HTML5Translator

from digikom.publish.drawing import interactive_spec

from . import texts
from .interactive import data_address


class NumberLink(nodes.inline):  # type: ignore[misc]
    """A computed number or wording in running text, linked to the cell that computed it.

    Attributes: `docname` and `anchor` of the cell, `tooltip`, `value` (the machine-readable value, or `None`),
    `classes`.
    """


class ScrollRegion(nodes.container):  # type: ignore[misc]
    """A box of its own that scrolls sideways on a narrow screen and can be reached by keyboard. Attribute: `label`."""


class DataCell(nodes.entry):  # type: ignore[misc]
    """A cell of a published table. Attributes: `scope` («col», «row» or empty for a plain cell), `align`."""


class DownloadLinks(nodes.paragraph):  # type: ignore[misc]
    """The links to the data files of a figure or table, whose name is known only when Sphinx has numbered it.

    Attributes: `figtype` («figure» or «table»), `target` (the id of the numbered node), `key`.
    """


class LiveSpec(nodes.General, nodes.Element):  # type: ignore[misc]
    """The specification of a figure for the page script. Attribute: `spec`."""


def file_stem(env: BuildEnvironment, docname: str, figtype: str, target: str, key: str) -> str:
    """The name of a figure's or table's data files without extension: «figur-3-1»; by key where it has no number."""
    number: tuple[int, ...] | None = env.toc_fignumbers.get(docname, {}).get(figtype, {}).get(target)
    name = (texts.FIGURE_NAME if figtype == "figure" else texts.TABLE_NAME).lower()
    return f"{name}-{'-'.join(str(part) for part in number)}" if number else f"{name}-{key}"


def page_root(translator: HTML5Translator) -> str:
    """The way from the page being written to the folder of the edition: «../» or an empty text."""
    address: str = translator.builder.get_target_uri(translator.builder.current_docname)
    return "../" * address.count("/")


def _visit_number_link(self: HTML5Translator, node: NumberLink) -> None:
    if _inside_link(node):
        return
    builder = self.builder
    page = "" if builder.name == "singlehtml" else builder.get_relative_uri(builder.current_docname, node["docname"])
    classes = " ".join(node["classes"])
    self.body.append(f'<a class="{classes}" href="{page}#{node["anchor"]}" title="{escape(node["tooltip"])}">')
    if node["value"] is not None:
        self.body.append(f'<data value="{escape(node["value"])}">')


def _depart_number_link(self: HTML5Translator, node: NumberLink) -> None:
    if _inside_link(node):
        return
    self.body.append("</data></a>" if node["value"] is not None else "</a>")


def _inside_link(node: nodes.Node) -> bool:
    """A heading that holds a number is repeated in the contents lists, inside a link already."""
    parent = node.parent
    while parent is not None:
        if isinstance(parent, nodes.reference):
            return True
        parent = parent.parent
    return False


def _visit_scroll_region(self: HTML5Translator, node: ScrollRegion) -> None:
    self.body.append(
        f'<div class="digikom-scroll" role="region" tabindex="0" aria-label="{escape(node["label"])}">\n',
    )


def _depart_scroll_region(self: HTML5Translator, node: ScrollRegion) -> None:
    self.body.append("</div>\n")


def _visit_data_cell(self: HTML5Translator, node: DataCell) -> None:
    scope = f' scope="{node["scope"]}"' if node["scope"] else ""
    tag = "th" if node["scope"] else "td"
    self.body.append(f'<{tag}{scope} class="digikom-{node["align"]}">')
    self.context.append(f"</{tag}>\n")
    node.parent.column += 1


def _depart_data_cell(self: HTML5Translator, node: DataCell) -> None:
    self.body.append(self.context.pop())


def _visit_download_links(self: HTML5Translator, node: DownloadLinks) -> None:
    builder = self.builder
    stem = file_stem(builder.env, builder.current_docname, node["figtype"], node["target"], node["key"])
    name = stem.replace("-", " ", 1).replace("-", ".")
    base = f"{page_root(self)}data/{stem}"
    self.body.append(
        '<p class="digikom-download">Last ned: '
        f'<a href="{base}.csv" download>CSV<span class="digikom-hidden"> med tallene i {name}</span></a> · '
        f'<a href="{base}.nb.csv" download>CSV for norsk regneark<span class="digikom-hidden">, {name}</span></a></p>\n'
    )
    raise nodes.SkipNode


def _visit_live_spec(self: HTML5Translator, node: LiveSpec) -> None:
    root = page_root(self)
    spec = interactive_spec(node["spec"], lambda path: root + data_address(path))
    text = json.dumps(spec, ensure_ascii=False, separators=(",", ":"), sort_keys=True).replace("<", "\\u003c")
    self.body.append(f'<script type="application/json" class="digikom-spec">{text}</script>\n')
    raise nodes.SkipNode


def _skip(_self: SphinxTranslator, _node: nodes.Element) -> None:
    raise nodes.SkipNode


def _pass(_self: SphinxTranslator, _node: nodes.Element) -> None:
    """Write nothing of its own; the content is written as usual."""


def setup(app: Sphinx) -> None:
    """Register the nodes."""
    builders = ("latex", "text", "man", "texinfo")
    plain: dict[str, Any] = dict.fromkeys(builders, (_pass, _pass))
    nothing: dict[str, Any] = dict.fromkeys(builders, (_skip, None))
    app.add_node(NumberLink, html=(_visit_number_link, _depart_number_link), **plain)
    app.add_node(ScrollRegion, html=(_visit_scroll_region, _depart_scroll_region), **plain)
    app.add_node(DataCell, html=(_visit_data_cell, _depart_data_cell))
    app.add_node(DownloadLinks, html=(_visit_download_links, None), **nothing)
    app.add_node(LiveSpec, html=(_visit_live_spec, None), **nothing)
