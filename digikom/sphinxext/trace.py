"""Under each number at its cell: what it rests on, and links back to every place where it is printed.

Both are known only when all pages have been read, so the page holds two kinds of placeholders that are filled in when
it is written. They are for the screen: the PDF has no cells, and leaves them out with all that cells show.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from weakref import WeakKeyDictionary

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxTranslator
from sphinx.writers.html5 import HTML5Translator

from digikom.derivation import CodeError

from . import texts
from .basis import Basis, foundations_of
from .elements import CELL_ANCHOR
from .exports import reading_order
from .notebooks import chapters_of
from .payloads import Number
from .places import PrintedPlace, in_one_line, places_of
from .programs import program_of
from .register import Entry, register_of
from .renderers import NUMBER_ANCHOR

LINE_CLASS = "digikom-line"
#: Links to more places than this are folded: the year alone is printed in dozens.
MOST_IN_SIGHT = 6


class UsesLine(nodes.General, nodes.Element):  # type: ignore[misc]
    """«Brukt i …» under a number or wording; nothing where it is not printed.

    Attribute: `anchors` of the line, that of a number first.
    """


class BasisFold(nodes.General, nodes.Element):  # type: ignore[misc]
    """«Grunnlag for tallene» under the numbers of a cell. Attribute: `keys` of the numbers."""


_TRACES: WeakKeyDictionary[Sphinx, dict[str, list[PrintedPlace]]] = WeakKeyDictionary()


def printed_at(app: Sphinx, anchor: str) -> list[PrintedPlace]:
    """The places of a number or wording in reading order. Call it when all pages have been read."""
    return _TRACES[app].get(anchor, [])


def add_placeholders(_app: Sphinx, doctree: nodes.document) -> None:
    """Put the placeholders under the lines of each cell."""
    for cell in list(doctree.findall(nodes.container)):
        if cell.get("nb_element") != "cell_code":
            continue
        lines = [node for node in cell.findall(nodes.paragraph) if LINE_CLASS in node["classes"]]
        keys = []
        for line in lines:
            line.parent.insert(line.parent.index(line) + 1, UsesLine(anchors=list(line["ids"])))
            anchor = line["ids"][0]
            if anchor.startswith(NUMBER_ANCHOR):
                keys.append(anchor.removeprefix(NUMBER_ANCHOR))
        if keys:
            lines[-1].parent += BasisFold(keys=keys)


def follow(app: Sphinx, env: BuildEnvironment) -> None:
    """Find the places."""
    _TRACES[app] = places_of(env, reading_order(env, app.config.root_doc))


def page_name(env: BuildEnvironment, docname: str) -> str:
    """The title of a page, with the number of its chapter. Call it when pages are written: then they have numbers."""
    number = ".".join(map(str, env.toc_secnumbers.get(docname, {}).get("") or ()))
    return f"{number} {_title(env, docname)}".strip()


def _title(env: BuildEnvironment, docname: str) -> str:
    return in_one_line(env.titles[docname].astext()) if docname in env.titles else docname


def uses_markup(translator: HTML5Translator, places: Sequence[PrintedPlace]) -> str:
    """Where a number is used: links with the names of page and heading, no two of the same name. Many are folded."""
    builder = translator.builder
    env = builder.env
    times: Counter[str] = Counter()
    links = []
    for place in places:
        name = ", ".join(filter(None, [page_name(env, place.docname), place.heading]))
        times[name] += 1
        shown = name if times[name] == 1 else texts.again(name, times[name])
        page = builder.get_relative_uri(builder.current_docname, place.docname)
        language = env.metadata.get(place.docname, {}).get("lang", "")
        of_what = f' lang="{escape(language)}"' if language else ""
        links.append(f'<a href="{page}#{place.id}"{of_what}>{escape(shown)}</a>')
    listed = "; ".join(links)
    if len(links) <= MOST_IN_SIGHT:
        return f'<p class="digikom-uses">{texts.USED_IN}: {listed}</p>\n'
    told = texts.used_often(len(links))
    return f'<details class="digikom-uses">\n<summary>{told}</summary>\n<p>{listed}</p>\n</details>\n'


def cells_before_sections(cells: Sequence[Mapping[str, Any]]) -> set[str]:
    """The ids of the cells that set a chapter up, before its first section."""
    sections = (at for at, cell in enumerate(cells) if re.search(r"^##", "".join(cell["source"]), re.MULTILINE))
    first = next((at for at in sections if cells[at]["cell_type"] == "markdown"), len(cells))
    return {str(cell.get("id", "")) for cell in cells[:first]}


def chain_markup(app: Sphinx, entry: Entry[Number]) -> str:
    """The cells that a number is computed by, in order, its own last, as links; nothing where that is all."""
    try:
        program = program_of(app, entry.place.docname)
    except (CodeError, KeyError):
        return ""
    common = cells_before_sections(chapters_of(app)[entry.place.docname])
    cells = [cell for cell in program.chain(entry.place.cell_id) if cell not in common]
    links = [f'<a href="#{CELL_ANCHOR}{escape(cell)}"><code>{escape(cell)}</code></a>' for cell in cells]
    return f"<p>{texts.TRACE_CELLS}: {' → '.join(links)}</p>\n" if len(links) > 1 else ""


def basis_markup(groups: Sequence[tuple[Basis, Sequence[Number]]], chain: str = "") -> str:
    """The fold with what the numbers of a cell rest on: the chain of cells, and a part for each group of numbers."""
    parts = [_part(basis, numbers if len(groups) > 1 else ()) for basis, numbers in groups]
    return f'<details class="digikom-trace">\n<summary>{texts.TRACE}</summary>\n{chain}{"".join(parts)}</details>\n'


def _part(basis: Basis, numbers: Sequence[Number]) -> str:
    labels = dict.fromkeys(number.label for number in numbers)
    lines = [f"<p>{texts.TRACE_OF}: {escape('; '.join(labels))}</p>"] if labels else []
    if basis.asked:
        points = "".join(
            f"<li>«{escape(each.text)}» "
            + ", ".join(f"<code>{column}</code>{_only(years, basis.years)}" for column, years in each.columns)
            + "</li>\n"
            for each in basis.asked
        )
        lines.append(f"<p>{texts.TRACE_QUESTIONS}:</p>\n<ul>\n{points}</ul>")
    else:
        lines.append(f"<p>{texts.TRACE_NO_QUESTIONS}</p>")
    if basis.compares:
        lines.append(f"<p>{texts.TRACE_EARLIER}</p>")
    if basis.inputs:
        files = "".join(
            f"<li><code>{escape(file.path)}</code>, {texts.CHECKSUM} "
            f'<code class="digikom-checksum" title="{file.sha256}">{file.sha256}</code></li>\n'
            for file in basis.inputs
        )
        lines.append(f"<p>{texts.TRACE_FILES}:</p>\n<ul>\n{files}</ul>")
    return "<div>\n" + "\n".join(lines) + "\n</div>\n"


def _only(years: Sequence[int], all_years: Sequence[int]) -> str:
    """The years of a column that not all of the years have."""
    return "" if len(years) == len(all_years) else f" ({', '.join(map(str, years))})"


def grouped(app: Sphinx, entries: Sequence[Entry[Number]]) -> list[tuple[Basis, list[Number]]]:
    """The numbers by what they rest on, where the years alone make no difference."""
    foundations = foundations_of(app)
    found: dict[tuple[tuple[str, ...], frozenset[str]], list[tuple[Basis, Number]]] = {}
    for entry in entries:
        basis = foundations.of(entry)
        found.setdefault((basis.names, basis.calls), []).append((basis, entry.item))
    return [
        (foundations.together([basis for basis, _ in group]), [number for _, number in group])
        for group in found.values()
    ]


def _visit_uses(self: HTML5Translator, node: UsesLine) -> None:
    places = [place for anchor in node["anchors"] for place in printed_at(self.builder.env.app, anchor)]
    # See `elements`: one document of all pages has no places.
    if places and self.builder.name != "singlehtml":
        self.body.append(uses_markup(self, places))
    raise nodes.SkipNode


def _visit_basis(self: HTML5Translator, node: BasisFold) -> None:
    app = self.builder.env.app
    numbers = register_of(app).numbers
    entries = [numbers[key] for key in node["keys"] if key in numbers]
    if groups := grouped(app, entries):
        self.body.append(basis_markup(groups, chain_markup(app, entries[0])))
    raise nodes.SkipNode


def _skip(_self: SphinxTranslator, _node: nodes.Element) -> None:
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Register the placeholders, put them in before cells are folded together, and follow the numbers."""
    nothing: dict[str, Any] = dict.fromkeys(("latex", "text", "man", "texinfo"), (_skip, None))
    app.add_node(UsesLine, html=(_visit_uses, None), **nothing)
    app.add_node(BasisFold, html=(_visit_basis, None), **nothing)
    app.connect("doctree-read", add_placeholders, priority=400)
    app.connect("env-updated", follow)
