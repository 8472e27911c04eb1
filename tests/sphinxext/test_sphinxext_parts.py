"""The parts of the Sphinx extension that need no build: formats, payloads, the register, drawing and language."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sphinxext_books as books
from bs4 import BeautifulSoup, Tag

from digikom.publish.published import read_cells
from digikom.sphinxext import language
from digikom.sphinxext.cells import repaired
from digikom.sphinxext.domain import number_links
from digikom.sphinxext.elements import NumberLink
from digikom.sphinxext.payloads import (
    Number,
    PayloadError,
    Place,
    Register,
    read_payload,
    read_register,
)
from digikom.sphinxext.texts import number_title


def test_number_with_and_without_unit() -> None:
    assert Number.model_validate(books.number()).with_unit == "93,2\u00a0prosent"
    assert Number.model_validate(books.number(unit="count", unit_text="kommuner", text="96")).with_unit == "96"


@pytest.mark.parametrize(
    ("text", "unit", "printed"),
    [
        ("8", "count", ["åtte", "Åtte", "åtte", "Åtte"]),
        ("1", "count", ["én", "Én", "ett", "Ett"]),
        ("0", "count", ["ingen", "Ingen", "ingen", "Ingen"]),
        ("0", "median", ["null", "Null", "null", "Null"]),
        ("7,5", "median", ["7,5"] * 4),
        ("12", "count", ["tolv", "Tolv", "tolv", "Tolv"]),
        ("13", "count", ["13"] * 4),
    ],
)
def test_a_number_in_words_is_still_a_link_to_its_cell(text: str, unit: str, printed: list[str]) -> None:
    register = Register()
    number = Number.model_validate(books.number("areas", text=text, unit=unit, unit_text=""))
    register.add(number, Place("notebooks/kap1", 3, "cell", 0))
    found = [number_links(register, f"areas|{form}") for form in ("ord", "Ord", "ett", "Ett")]
    links = [link for nodes in found for link in nodes if isinstance(link, NumberLink)]
    assert [link.astext() for link in links] == printed
    assert {(link["docname"], link["anchor"]) for link in links} == {("notebooks/kap1", "tall-areas")}


def test_tooltip_tells_what_and_of_whom() -> None:
    title = number_title(Number.model_validate(books.number()))
    assert title.startswith(
        "Andel kommuner som hadde planlagt IKT-prosjekter, 2022: 93,2\u00a0prosent (n\u00a0=\u00a0354, alle"
    )


def test_payload_faults_name_key_and_field() -> None:
    with pytest.raises(PayloadError, match=r"a-key.*status"):
        read_payload(books.TYPE.format("number"), books.number("a-key", status="made up"))
    with pytest.raises(PayloadError, match="row 1 has 1 cells"):
        read_payload(books.TYPE.format("table"), books.table() | {"rows": [["one"]]})
    with pytest.raises(PayloadError, match="alt"):
        read_payload(books.TYPE.format("figure"), books.figure() | {"alt": ""})
    with pytest.raises(PayloadError, match="JSON object"):
        read_payload(books.TYPE.format("figure"), [1])


def test_register_knows_cells_and_reports_what_is_published_twice(tmp_path: Path) -> None:
    one = tmp_path / "one.ipynb"
    two = tmp_path / "two.ipynb"
    one.write_text(
        books.notebook(
            books.text("a", "# A"),
            books.code("b", books.output("number", books.number("x"))),
            books.code("c", books.output("figure", books.figure("same"))),
        ),
        encoding="utf-8",
    )
    two.write_text(
        books.notebook(
            books.code("d", books.output("number", books.number("x"))),
            books.code("e", books.output("table", books.table("same"))),
            books.code("f", books.output("number", {"key": "y"})),
        ),
        encoding="utf-8",
    )
    register = read_register({"two": read_cells(two), "one": read_cells(one)})
    assert register.numbers["x"].place.cell_id == "b"
    assert register.cell_ids == {"one": ("a", "b", "c"), "two": ("d", "e", "f")}
    assert [fault.message.split(":")[0] for fault in register.faults] == [
        "the number key 'x' is published twice",
        "the table key 'same' is published twice",
        "what two cell 3 (f) publishes cannot be used",
    ]
    assert register.faults[0].place.line == 10001
    assert register.is_synthetic


@pytest.mark.parametrize("name", [language.CATALOGUE, language.SCRIPT_CATALOGUE])
def test_every_text_of_our_catalogues_is_translated(name: str) -> None:
    messages = [message for message in language.read_catalogue(name) if message.id]
    assert messages
    for message in messages:
        assert message.string, message.id
        assert set(re.findall(r"%\(?\w+\)?s?", str(message.id))) == set(
            re.findall(r"%\(?\w+\)?s?", str(message.string))
        )


def test_catalogues_are_compiled_elsewhere(tmp_path: Path) -> None:
    before = sorted(language.SOURCE_DIR.rglob("*"))
    target = language.compile_catalogues(tmp_path)
    assert (target / "nb" / "LC_MESSAGES" / "sphinx.mo").exists()
    script = (target / "nb" / "LC_MESSAGES" / "sphinx.js").read_text(encoding="utf-8")
    assert '"Search Results": "Søkeresultat"' in script
    assert sorted(language.SOURCE_DIR.rglob("*")) == before


def test_the_calculations_of_a_section_are_in_one_fold_at_its_end(tmp_path: Path) -> None:
    """In their order, before its first subsection; results stay in the text, and so do cells that are not hidden."""

    def hidden(*names: str) -> list[dict[str, Any]]:
        return [books.code(name, tags=("hide-cell",)) for name in names]

    def result(name: str) -> dict[str, Any]:
        return books.code(name, books.output("figure", books.figure(f"fig-{name}")), tags=("hide-input",))

    cells = [
        books.text("del", "## En del"),
        *hidden("a", "b"),
        books.text("mellom", "Tekst."),
        books.code("c"),
        result("d"),
        books.text("slutt", "Mer tekst."),
        books.text("underdel", "### En underdel"),
        *hidden("e"),
        result("f"),
    ]
    chapter = books.notebook(*json.loads(books.chapter())["cells"], *cells)
    built = books.build_here(books.write_book(tmp_path, {**books.PAGES, "notebooks/kap2.ipynb": chapter}))
    assert built.returncode == 0, built.log
    page = built.page("notebooks/kap2.html")
    folds = page.select("details.digikom-calculations")[-2:]
    assert [[str(cell["id"]) for cell in fold.select("div.cell")] for fold in folds] == [
        ["celle-a", "celle-b", "celle-d"],
        ["celle-e", "celle-f"],
    ]
    assert [fold.summary.get_text() for fold in folds if fold.summary] == ["Slik er dette beregnet"] * 2
    section = folds[0].parent
    assert section is not None
    parts = [part.get("id") or part.name for part in section.find_all(recursive=False)]
    assert parts[:2] == ["h2", "p"]
    assert parts[2:] == ["celle-c", "div", "p", "details", "en-underdel"]
    for fold in folds:
        assert not fold.select(".digikom-block")
    assert "publish('d')" in folds[0].get_text()


FRAME = pd.DataFrame(
    [[1, 2.5], [3, None]],
    index=pd.Index(["Halden", "Moss & omegn"], name="Kommune"),
    columns=pd.Index(["I fjor", "I år"], name="År"),
)


def frame_table(frame: pd.DataFrame, place: int = 1, max_rows: int | None = None) -> BeautifulSoup:
    # Numbers as pandas has them, whatever a chapter executed in this process has set.
    with pd.option_context("display.float_format", None):
        table = frame.to_html(max_rows=max_rows, show_dimensions=max_rows is not None)
    return BeautifulSoup(repaired(f"<div>\n<style scoped>x</style>{table}\n</div>", place), "html.parser")


def test_a_frame_gets_one_header_row_with_scopes_and_a_box_that_scrolls() -> None:
    soup = frame_table(FRAME, 3)
    box = soup.find("div")
    assert isinstance(box, Tag)
    assert (box["tabindex"], box["aria-label"]) == ("0", "Mellomresultat 3 (kan rulles sidelengs)")
    assert [[cell.get_text() for cell in row.select("th, td")] for row in soup.select("tr")] == [
        ["Kommune", "I fjor", "I år"],
        ["Halden", "1", "2.5"],
        ["Moss & omegn", "3", "NaN"],
    ]
    assert [cell["scope"] for cell in soup.select("th")] == ["col"] * 3 + ["row"] * 2
    assert not soup.select("style, [border], [style], [valign]")


@pytest.mark.parametrize(
    "frame",
    [
        FRAME.reset_index(),
        FRAME.rename_axis(index=None, columns=None),
        pd.concat({"A": FRAME, "B": FRAME}, names=["Gruppe"]),
        pd.concat({"A": FRAME, "B": FRAME}, axis=1),
        pd.concat({"A": FRAME, "B": FRAME}, axis=1, names=["Gruppe", "År"]).rename_axis(index=None),
        FRAME.T.rename_axis(columns=None),
    ],
)
def test_no_frame_has_an_empty_header_or_one_without_scope(frame: pd.DataFrame) -> None:
    soup = frame_table(frame)
    values = [cell.get_text() for cell in soup.select("tbody td") if cell.get_text()]
    assert len(values) == frame.size
    for cell in soup.select("th"):
        assert cell.get_text(strip=True)
        assert cell["scope"] in ("col", "colgroup", "row", "rowgroup")
    widths = {
        sum(int(str(cell.get("colspan") or 1)) for cell in row.select("th, td")) for row in soup.select("thead tr")
    }
    assert len(widths) == 1


def test_a_frame_shown_in_part_says_its_size_in_norwegian() -> None:
    soup = frame_table(pd.DataFrame({"a": range(1234)}), max_rows=4)
    assert soup.select("p.digikom-note")[0].get_text() == "1\u00a0234 rader, 1 kolonner"
    assert "rows" not in soup.get_text()


def test_a_municipality_called_script_stays_a_text(tmp_path: Path) -> None:
    """A name from the data is text everywhere: table, alternative text, caption, number and the text of a mark."""
    name = "</script><script>alert(1)</script>"
    rows = {"caption": name, "columns": [{"name": "a", "label": name}], "rows": [[name]]}
    spec = {**books.bar_spec(), "data": {"values": [{"area": name, "year": "2022", "share": 1.5, "tip": name}]}}
    outputs = [
        books.output("figure", books.figure("odd") | rows | {"alt": f"{name} 1", "spec": spec}),
        books.output("table", books.table("odd-table") | rows | {"total_row": False}),
        books.output("number", books.number("odd-number", label=name, text=name)),
    ]
    cells = [books.code("odd", *outputs), books.text("use", "Tall: {tall}`odd-number`.")]
    chapter = books.notebook(*json.loads(books.chapter())["cells"], *cells)
    built = books.build_here(books.write_book(tmp_path, {**books.PAGES, "notebooks/kap2.ipynb": chapter}))
    assert built.returncode == 0, built.log
    soup = built.page("notebooks/kap2.html")
    assert [script for script in soup.select("script") if script.get_text().startswith("alert")] == []
    assert name in [mark["data-tip"] for mark in soup.select("#odd [data-tip]")]
    table = soup.find(id="odd-table")
    assert table is not None
    assert name in table.get_text()
