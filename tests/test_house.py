"""The picture in CONTRIBUTING.md shows the packages that there are, and what imports what."""

from __future__ import annotations

import re
from itertools import pairwise, product

import grimp

from digikom.paths import PROJECT_ROOT


def leads_to(arrows: set[tuple[str, str]], start: str) -> set[str]:
    """Where the arrows lead from `start`, directly or by others."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        place = waiting.pop()
        new = {end for begin, end in arrows if begin == place} - found
        found |= new
        waiting += new
    return found


def test_the_picture_of_the_packages_is_that_of_their_imports() -> None:
    text = (PROJECT_ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (picture,) = re.findall(r"^```mermaid\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    drawn = {
        (low, high)
        for line in re.findall(r"^ *(\w[\w &]*(?: --> [\w &]+)+)$", picture, re.MULTILINE)
        for lower, upper in pairwise(part.split(" & ") for part in line.split(" --> "))
        for low, high in product(lower, upper)
    }
    graph = grimp.build_graph("digikom", cache_dir=None)
    # Not the modules that every package may use: they would make the picture a tangle.
    packages = {part for part in graph.find_children("digikom") if graph.find_children(part) or part == "digikom.cli"}
    used = {
        (imported.split(".")[1], module.split(".")[1])
        for module in graph.modules - {"digikom"}
        for imported in graph.find_modules_directly_imported_by(module) - {"digikom"}
        if {".".join(name.split(".")[:2]) for name in (module, imported)} <= packages
    }
    used = {(low, high) for low, high in used if low != high}
    assert {package for arrow in drawn for package in arrow} == {package.split(".")[1] for package in packages}
    assert drawn - used == set(), "these arrows are no imports"
    assert {(low, high) for low, high in used if high not in leads_to(drawn, low)} == set(), "no arrows lead there"
