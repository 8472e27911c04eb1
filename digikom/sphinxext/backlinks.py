"""Under each number at its cell: links back to every place where it is printed, and what it rests on.

Each printed number and wording gets an id when its page has been read, in the order of the page, so that ids follow
from the page alone: `bruk-<key>`, then `bruk-<key>-2` and so on for a number, `bruk-ord-<key>` for a wording. Who links
to whom is known only when all pages have been read. So a page holds two kinds of placeholders, filled in when it is
written; the PDF has no cells, and leaves them out with all that cells show.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any, NamedTuple, TypeVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.writers.html5 import HTML5Translator

from digikom.derivation import CodeError

from . import texts
from .elements import (
    CELL_ANCHOR,
    LINE_CLASS,
    NUMBER_ANCHOR,
    Fold,
    NumberLink,
    fold_opening,
    is_code_cell,
    page_address,
    report_of,
)
from .number_sources import EARLIER, Sources
from .payloads import Entry, Number

E = TypeVar("E", bound=Entry[Any])
PLACE_ANCHOR = "bruk-"
#: The lines of a cell, together.
LINES_CLASS = "digikom-lines"
#: Links to more places than this are folded: the year alone is printed in dozens.
MOST_IN_SIGHT = 6


class PrintedPlace(NamedTuple):
    """One place where something is printed: `anchor` of the cell's line («tall-<key>»), the page, the id there, and the
    heading that it is under (empty right under the page's title).
    """

    anchor: str
    docname: str
    id: str
    heading: str


class UsesLine(nodes.General, nodes.Element):  # type: ignore[misc]
    """«Brukt i …» under a number or wording; nothing where it is not printed.

    Attribute: `anchors` of the line, that of a number first.
    """


class SourcesFold(nodes.General, nodes.Element):  # type: ignore[misc]
    """«Grunnlag for tallene» under the numbers of a cell. Attribute: `keys` of the numbers."""


def reading_order(env: BuildEnvironment) -> list[str]:
    """Every document of the table of contents, in the order a reader meets them."""
    order: dict[str, None] = {}

    def follow(docname: str) -> None:
        if docname not in order:
            order[docname] = None
            for child in env.toctree_includes.get(docname, []):
                follow(child)

    follow(env.config.root_doc)
    return list(order)


def in_reading_order(app: Sphinx, entries: Iterable[E]) -> list[E]:
    """What is published, in the order in which a reader meets the cells."""
    place = {docname: position for position, docname in enumerate(reading_order(app.env))}

    def order(entry: Entry[Any]) -> tuple[int, str, int, str]:
        docname = entry.place.docname
        return place.get(docname, len(place)), docname, entry.place.position, entry.item.key

    return sorted(entries, key=order)


def printed_places(env: BuildEnvironment) -> dict[str, list[PrintedPlace]]:
    """The places of numbers and wordings by anchor, in reading order. Call it when all pages have been read."""
    found: dict[str, list[PrintedPlace]] = {}
    for docname in reading_order(env):
        for place in report_of(env.app).data["places"].get(docname, ()):
            found.setdefault(place.anchor, []).append(place)
    return found


def note_places(app: Sphinx, doctree: nodes.document) -> None:
    """Give every printed number and wording of the page its id, and remember where it is."""
    found = tuple(_places(app.env.docname, doctree))
    if found:
        report_of(app).data["places"][app.env.docname] = found


def _places(docname: str, doctree: nodes.document) -> Iterator[PrintedPlace]:
    times: Counter[str] = Counter()
    taken = set(doctree.ids)
    for link in doctree.findall(NumberLink):
        stem = PLACE_ANCHOR + link["anchor"].removeprefix(NUMBER_ANCHOR)
        while True:
            times[stem] += 1
            name = stem if times[stem] == 1 else f"{stem}-{times[stem]}"
            # A key may itself end in a number, as `projects-2` does.
            if name not in taken:
                break
        taken.add(name)
        link["place"] = name
        yield PrintedPlace(link["anchor"], docname, name, _heading(link))


def _heading(node: nodes.Node) -> str:
    """The heading of the section that the node is in, or is the heading of; empty for the page's first."""
    while node.parent is not None:
        node = node.parent
        if isinstance(node, nodes.section) and isinstance(node.parent, nodes.section):
            title = node.next_node(nodes.title)
            return "" if title is None else _in_one_line(title.astext())
    return ""


def _in_one_line(text: str) -> str:
    """The text without line breaks; spaces that must not break stay."""
    return re.sub(r"[ \t\n]+", " ", text).strip()


def add_placeholders(_app: Sphinx, doctree: nodes.document) -> None:
    """Collect the lines of each cell below the table that it shows, with the placeholders; fold those of wordings."""
    for cell in list(doctree.findall(is_code_cell)):
        lines = [node for node in cell.findall(nodes.paragraph) if LINE_CLASS in node["classes"]]
        if not lines:
            continue
        for line in lines:
            line.parent.remove(line)
        numbers = [line for line in lines if line["ids"][0].startswith(NUMBER_ANCHOR)]
        words = _with_uses(line for line in lines if line not in numbers)
        together = nodes.container("", *_with_uses(numbers), classes=[LINES_CLASS])
        if numbers:
            together += SourcesFold(keys=[line["ids"][0].removeprefix(NUMBER_ANCHOR) for line in numbers])
        if words:
            together += Fold("", *words, summary=texts.WORDINGS, classes=["digikom-trace"])
        cell += together


def _with_uses(lines: Iterable[nodes.Element]) -> list[nodes.Element]:
    return [nodes.container("", line, UsesLine(anchors=list(line["ids"]))) for line in lines]


def page_name(env: BuildEnvironment, docname: str) -> str:
    """The title of a page, with the number of its chapter. Call it when pages are written: then they have numbers."""
    number = ".".join(map(str, env.toc_secnumbers.get(docname, {}).get("") or ()))
    title = _in_one_line(env.titles[docname].astext()) if docname in env.titles else docname
    return f"{number} {title}".strip()


def uses_markup(translator: HTML5Translator, places: Sequence[PrintedPlace]) -> str:
    """Where a number is used: links with the names of page and heading, no two of the same name. Many are folded."""
    env = translator.builder.env
    times: Counter[str] = Counter()
    links = []
    for place in places:
        name = ", ".join(filter(None, [page_name(env, place.docname), place.heading]))
        times[name] += 1
        shown = name if times[name] == 1 else f"{name} ({times[name]})"
        language = env.metadata.get(place.docname, {}).get("lang", "")
        of_what = f' lang="{escape(language)}"' if language else ""
        links.append(f'<a href="{page_address(translator, place.docname)}#{place.id}"{of_what}>{escape(shown)}</a>')
    listed = "; ".join(links)
    if len(links) <= MOST_IN_SIGHT:
        return f'<p class="digikom-uses">{texts.USED_IN}: {listed}</p>\n'
    return f"{fold_opening('digikom-uses', texts.used_often(len(links)))}<p>{listed}</p>\n</details>\n"


def cells_before_sections(cells: Sequence[Mapping[str, Any]]) -> set[str]:
    """The ids of the cells that set a chapter up, before its first section."""
    sections = (at for at, cell in enumerate(cells) if re.search(r"^##", "".join(cell["source"]), re.MULTILINE))
    first = next((at for at in sections if cells[at]["cell_type"] == "markdown"), len(cells))
    return {str(cell.get("id", "")) for cell in cells[:first]}


def _chain_markup(app: Sphinx, entry: Entry[Number]) -> str:
    """The cells that a number is computed by, in order, its own last, as links; nothing where that is all."""
    report, place = report_of(app), entry.place
    try:
        program = report.program(place.docname)
    except (CodeError, KeyError):
        return ""
    common = cells_before_sections(report.passages.chapters[place.docname])
    cells = [escape(cell) for cell in program.chain(place.cell_id) if cell not in common]
    links = [f'<a href="#{CELL_ANCHOR}{cell}"><code>{cell}</code></a>' for cell in cells]
    return f"<p>{texts.TRACE_CELLS}: {' → '.join(links)}</p>\n" if len(links) > 1 else ""


def _sources_markup(sources: Sources, numbers: Sequence[Number]) -> str:
    """What numbers rest on; `numbers` are named where not all of the cell's rest on the same."""
    labels = dict.fromkeys(number.label for number in numbers)
    lines = [f"<p>{texts.TRACE_OF}: {escape('; '.join(labels))}</p>"] if labels else []
    if sources.asked:
        points = "".join(
            f"<li>«{escape(each.text)}» "
            + ", ".join(f"<code>{column}</code>{_only(years, sources.years)}" for column, years in each.columns)
            + "</li>\n"
            for each in sources.asked
        )
        lines.append(f"<p>{texts.TRACE_QUESTIONS}:</p>\n<ul>\n{points}</ul>")
    else:
        lines.append(f"<p>{texts.TRACE_NO_QUESTIONS}</p>")
    if EARLIER in sources.calls:
        lines.append(f"<p>{texts.TRACE_EARLIER}</p>")
    if sources.inputs:
        files = "".join(
            f"<li><code>{escape(file.path)}</code>, {texts.CHECKSUM} "
            f'<code class="digikom-checksum" title="{file.sha256}">{file.sha256}</code></li>\n'
            for file in sources.inputs
        )
        lines.append(f"<p>{texts.TRACE_FILES}:</p>\n<ul>\n{files}</ul>")
    return "<div>\n" + "\n".join(lines) + "\n</div>\n"


def _only(years: Sequence[int], all_years: Sequence[int]) -> str:
    """The years of a column that not all of the years have."""
    return "" if len(years) == len(all_years) else f" ({', '.join(map(str, years))})"


def _visit_uses(self: HTML5Translator, node: UsesLine) -> None:
    printed = report_of(self.builder.env.app).printed
    places = [place for anchor in node["anchors"] for place in printed.get(anchor, ())]
    if places:
        self.body.append(uses_markup(self, places))
    raise nodes.SkipNode


def _visit_sources(self: HTML5Translator, node: SourcesFold) -> None:
    """The chain of cells, and a part for each group of numbers that rest on the same, whatever their years."""
    report = report_of(self.builder.env.app)
    entries = [report.register.numbers[key] for key in node["keys"] if key in report.register.numbers]
    groups: dict[Any, list[tuple[Sources, Number]]] = {}
    for entry in entries:
        sources = report.sources.of(entry)
        groups.setdefault((sources.names, sources.calls), []).append((sources, entry.item))
    parts = [
        _sources_markup(
            report.sources.together([sources for sources, _ in group]),
            [number for _, number in group] if len(groups) > 1 else (),
        )
        for group in groups.values()
    ]
    if parts:
        chain = _chain_markup(report.env.app, entries[0])
        self.body.append(f"{fold_opening('digikom-trace', texts.TRACE)}{chain}{''.join(parts)}</details>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Register the placeholders, put in before cells are folded together; look for places when all is on the page."""
    app.add_node(UsesLine, html=(_visit_uses, None))
    app.add_node(SourcesFold, html=(_visit_sources, None))
    app.connect("doctree-read", add_placeholders, priority=400)
    app.connect("doctree-read", note_places, priority=700)
