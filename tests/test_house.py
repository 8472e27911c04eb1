"""The picture in CONTRIBUTING.md shows the packages that there are, and what imports what."""

from __future__ import annotations

import re

import grimp

from digikom.paths import PROJECT_ROOT

#: Small modules that every package may use, and that would make the picture a tangle.
HELPERS = {"errors", "exchange", "files", "paths", "progress", "scratch"}


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
    drawn = set(re.findall(r"^ *(\w+) --> (\w+)$", picture, re.MULTILINE))
    graph = grimp.build_graph("digikom", cache_dir=None)
    packages = {module.split(".")[1] for module in graph.modules - {"digikom"}} - HELPERS
    imports = {
        (imported.split(".")[1], module.split(".")[1])
        for module in graph.modules - {"digikom"}
        for imported in graph.find_modules_directly_imported_by(module) - {"digikom"}
    }
    used = {(low, high) for low, high in imports if low != high and not {low, high} & HELPERS}
    assert {package for arrow in drawn for package in arrow} == packages
    assert drawn - used == set(), "these arrows are no imports"
    assert {(low, high) for low, high in used if high not in leads_to(drawn, low)} == set(), "no arrows lead there"
