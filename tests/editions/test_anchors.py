"""Addresses that an edition has been published with stay: pages, numbers, words, cells, figures, tables, headings."""

from __future__ import annotations

import re
from pathlib import Path

import anchors
import pytest

YEARS = sorted(path.stem for path in anchors.ANCHOR_DIR.glob("*.txt"))


@pytest.mark.parametrize("year", YEARS)
def test_no_address_of_a_published_edition_disappears(site: Path, year: str) -> None:
    lost = anchors.gone(site / year)
    assert not lost, (
        f"edition {year} has lost {len(lost)} addresses that others may have linked to; keep them, or take the lines "
        f"out of tests/anchors/{year}.txt and say why in the changelog:\n" + "\n".join(lost[:50])
    )


def test_every_edition_has_its_addresses_written_down(site: Path) -> None:
    editions = {path.name for path in site.iterdir() if re.fullmatch(r"\d{4}", path.name)}
    assert editions <= set(YEARS), "write the new edition's addresses down: python tests/anchors.py SITE"


@pytest.mark.parametrize("year", YEARS)
def test_the_list_is_sorted_and_holds_every_kind(year: str) -> None:
    lines = (anchors.ANCHOR_DIR / f"{year}.txt").read_text(encoding="utf-8").splitlines()
    assert lines == sorted(set(lines))
    told = "\n".join(lines)
    for kind in ("#tall-", "#ord-", "#celle-", "#fig-", "#tab-", "om_statistikken.html#term-", "html#hovedfunn"):
        assert kind in told, kind


PAGE = """<html><body id="top"><nav id="menu"></nav><article><section id="kapittel"><p id="tall-a">1</p>
<figure id="fig-a"><svg><g id="mark"/></svg></figure><span id="id4"></span><p id="sitering-1"></p>
<p id="{}">2</p></section></article></body></html>"""


def edition(folder: Path, last: str) -> Path:
    path = folder / "2022" / "notebooks" / "03.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(PAGE.format(last), encoding="utf-8")
    return folder / "2022"


def test_what_disappears_is_named_and_what_is_new_is_added(tmp_path: Path) -> None:
    lists = tmp_path / "lists"
    lists.mkdir()
    before = edition(tmp_path / "site", "tall-b")
    assert anchors.add_new(tmp_path / "site", lists) == {"2022": 5}
    assert sorted(anchors.promised(2022, lists)) == [
        "notebooks/03.html",
        "notebooks/03.html#fig-a",
        "notebooks/03.html#kapittel",
        "notebooks/03.html#tall-a",
        "notebooks/03.html#tall-b",
    ]
    assert anchors.gone(before, lists) == []
    after = edition(tmp_path / "site", "tall-c")
    assert anchors.gone(after, lists) == ["notebooks/03.html#tall-b"]
    # Adding takes nothing away: the promise stands until a person takes it out.
    assert anchors.add_new(tmp_path / "site", lists) == {"2022": 1}
    assert anchors.gone(after, lists) == ["notebooks/03.html#tall-b"]


def test_a_lost_page_is_lost_with_its_anchors(tmp_path: Path) -> None:
    lists = tmp_path / "lists"
    lists.mkdir()
    folder = edition(tmp_path / "site", "tall-b")
    anchors.add_new(tmp_path / "site", lists)
    (folder / "notebooks" / "03.html").unlink()
    assert len(anchors.gone(folder, lists)) == 5
