"""Small published editions with results of single municipalities, for the tests of their pages."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag

from digikom.site.front import write_root

INDICATORS: list[dict[str, Any]] = [
    {
        "indicator": "strategy",
        "label": "Omfanget av strategien",
        "kind": "score",
        "counted": "Områder",
        "notebook": "03_a",
        "present": True,
    },
    {"indicator": "priority", "label": "Prioritering", "kind": "grade", "notebook": "03_a", "present": True},
    {"indicator": "own", "label": "Egne ansatte", "kind": "category", "notebook": "04_b", "present": True},
    {"indicator": "open", "label": "Deler åpne data", "kind": "answer", "notebook": "04_b", "present": True},
    {
        "indicator": "cloud",
        "label": "IKT i skyen",
        "kind": "score",
        "notebook": "04_b",
        "present": False,
        "reason": "Spørsmålene ble ikke stilt",
    },
]
LEVELS: list[dict[str, Any]] = [
    *({"indicator": "strategy", "level": n, "name": name} for n, name in enumerate(["null", "lav", "høy"])),
    *({"indicator": "priority", "level": n, "name": name} for n, name in enumerate(["Ingenting", "Litt", "Mye"])),
    *({"indicator": "own", "level": n, "name": name} for n, name in enumerate(["Andre", "Egne", "Problemer"])),
    *({"indicator": "open", "level": n, "name": name} for n, name in enumerate(["Nei", "Ja"])),
]


def municipality(code: str, name: str, county: str = "Fylket", **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """One municipality that answered, unless the changes say otherwise."""
    results = {
        "strategy": {"count": 3, "level": 1},
        "priority": {"level": 2},
        "own": {"level": 0},
        "open": {"level": 1},
    }
    described = {"municipality_code": code, "name": name, "county": county, "size_class": "small"}
    return described | {"size_label": "Under 2 000", "answered": True, "results": results} | changes


def results(year: int, municipalities: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """What an edition tells: in the small group three of four have level one, in the country a quarter each."""
    groups: list[dict[str, Any]] = []
    positions: list[dict[str, Any]] = []
    for one in INDICATORS[:4]:
        ordered = one["kind"] in ("score", "grade")
        for group, size, counts in (("small", 4, (0, 3, 1)), ("all", 8, (2, 2, 4))):
            median = {"median_count": 2.5 if one["kind"] == "score" else None, "median_level": 1 if ordered else None}
            described = {"indicator": one["indicator"], "group": group, "size": size}
            groups.append({**described, "label": group, "withheld": False, **median})
            known = [level["level"] for level in LEVELS if level["indicator"] == one["indicator"]]
            for level in known:
                below, same = sum(counts[: int(level)]), counts[int(level)]
                share = {"lower": 100 * below / size, "higher": 100 * (size - below - same) / size}
                position = {**described, "level": level, "municipalities": same, "same": 100 * same / size}
                positions.append(position | (share if ordered else {}))
    told = {"year": year, "status": "synthetic", "source": ["Kilde"], "indicators": INDICATORS, "levels": LEVELS}
    return told | {"groups": groups, "positions": positions, "municipalities": municipalities} | changes


def publish(site: Path, year: int, told: Mapping[str, Any] | None) -> None:
    """Put an edition in the site that tells this of municipalities, or nothing."""
    folder = site / str(year)
    (folder / "data").mkdir(parents=True)
    (folder / "notebooks").mkdir()
    pages = {"index.html": "Forside", "notebooks/03_a.html": "Prioritering"}
    for name in pages:
        (folder / name).write_text("<title>T</title>", encoding="utf-8")
    described = {"year": year, "title": f"Rapporten {year}", "version": "1", "status": "synthetic", "pages": pages}
    (folder / "data" / "edition.json").write_text(json.dumps(described), encoding="utf-8")
    if told is not None:
        (folder / "data" / "kommuner.json").write_text(json.dumps(told), encoding="utf-8")
        (folder / "data" / "kommuner.csv").write_text("year\n", encoding="utf-8")


def page(path: Path) -> BeautifulSoup:
    """A page as a browser reads it."""
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def words(part: Tag) -> str:
    """What a part of a page says, with single spaces."""
    return " ".join(part.get_text(" ").split())


def write(site: Path) -> Path:
    """Write all that stands above the editions, and return the folder of the municipalities' pages."""
    drafts = site / ".drafts"
    drafts.mkdir()
    write_root(site, drafts)
    shutil.rmtree(drafts)
    return site / "kommuner"
