"""Where the pages print the numbers and wordings of the register: each place has an id that can be linked to.

The places are found when a page has been read, in the order in which they stand on it, so that ids follow from the page
alone: `bruk-<key>`, then `bruk-<key>-2` and so on for a number (`bruk-ord-<key>` for a wording).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from .elements import NumberLink
from .renderers import NUMBER_ANCHOR

PLACE_ANCHOR = "bruk-"


@dataclass(frozen=True, slots=True)
class PrintedPlace:
    """One place where something is printed: `anchor` of the cell's line («tall-<key>»), the page, the id there, and the
    heading that it stands under (empty right under the page's title).
    """

    anchor: str
    docname: str
    id: str
    heading: str


def places_by_page(env: BuildEnvironment) -> dict[str, tuple[PrintedPlace, ...]]:
    """The places of every page, kept with Sphinx' environment from build to build."""
    places: dict[str, tuple[PrintedPlace, ...]] | None = getattr(env, "digikom_places", None)
    if places is None:
        places = {}
        env.digikom_places = places  # type: ignore[attr-defined]
    return places


def places_of(env: BuildEnvironment, order: list[str]) -> dict[str, list[PrintedPlace]]:
    """The places by anchor, in reading order; `order` names the pages in it."""
    found: dict[str, list[PrintedPlace]] = {}
    by_page = places_by_page(env)
    for docname in order:
        for place in by_page.get(docname, ()):
            found.setdefault(place.anchor, []).append(place)
    return found


def note_places(app: Sphinx, doctree: nodes.document) -> None:
    """Give every printed number and wording of the page its id, and remember where it stands."""
    found = tuple(_places(app.env.docname, doctree))
    if found:
        places_by_page(app.env)[app.env.docname] = found


def _places(docname: str, doctree: nodes.document) -> Iterator[PrintedPlace]:
    times: Counter[str] = Counter()
    taken = set(doctree.ids)
    for link in doctree.findall(NumberLink):
        anchor = link["anchor"]
        stem = PLACE_ANCHOR + anchor.removeprefix(NUMBER_ANCHOR)
        while True:
            times[stem] += 1
            name = stem if times[stem] == 1 else f"{stem}-{times[stem]}"
            # A key may itself end in a number, as `projects-2` does.
            if name not in taken:
                break
        taken.add(name)
        link["place"] = name
        yield PrintedPlace(anchor, docname, name, _heading(link))


def _heading(node: nodes.Node) -> str:
    """The heading of the section that the node stands in, or heads; empty for the page's first."""
    while node.parent is not None:
        node = node.parent
        if isinstance(node, nodes.section) and isinstance(node.parent, nodes.section):
            title = node.next_node(nodes.title)
            return "" if title is None else in_one_line(title.astext())
    return ""


def in_one_line(text: str) -> str:
    """The text without line breaks; spaces that must not break stay."""
    return re.sub(r"[ \t\n]+", " ", text).strip()


def _forget(_app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    places_by_page(env).pop(docname, None)


def _merge(_app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment) -> None:
    places_by_page(env).update({name: found for name, found in places_by_page(other).items() if name in docnames})


def setup(app: Sphinx) -> None:
    """Look for the places when everything that prints numbers has been put on the page."""
    app.connect("doctree-read", note_places, priority=700)
    app.connect("env-purge-doc", _forget)
    app.connect("env-merge-info", _merge)
