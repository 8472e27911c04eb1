"""What a figure says is one thing: alternative text, table, files to download, and the picture, mark by mark."""

from __future__ import annotations

import csv
import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Locator, Page

from .findings import Finding
from .pages import Visits, open_folds

#: The symbols of official tables that stand where a number does not.
SYMBOLS = frozenset({".", "..", ":"})
SVG = "{http://www.w3.org/2000/svg}"
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: A number as a Norwegian reader writes it: «93,2», «1 234», «−0,5».
NUMBER = re.compile(r"[−-]?\d{1,3}(?:\u00a0\d{3})+(?:,\d+)?|[−-]?\d+(?:,\d+)?")
CHAPTER = "2022/notebooks/03_digital_prioritering.html"

#: Each figure or table of the page: its table as it is shown, the addresses of its files, and what its pictures say.
BLOCKS = """() => [...document.querySelectorAll(".digikom-block")].map(block => {
    const figure = block.querySelector("figure.digikom-figure");
    const table = block.querySelector("table.digikom-table");
    const words = node => node.textContent.replace(/[ \\n\\t]+/g, " ").trim();
    const rows = part => [...(part?.rows ?? [])].map(row => [...row.cells].map(words));
    return {
        id: figure?.id || block.querySelector("[id]")?.id || "",
        isFigure: !!figure,
        header: rows(table?.tHead)[0] ?? [],
        rows: [...(table?.tBodies ?? [])].flatMap(rows),
        addresses: [...block.querySelectorAll(".digikom-download a[href]")].map(link => link.getAttribute("href")),
        pictures: [...block.querySelectorAll(".digikom-picture svg")].map(svg => ({
            alt: svg.getAttribute("aria-label") ?? svg.querySelector("title")?.textContent ?? "",
            tips: [...svg.querySelectorAll("[data-tip]")].map(mark => mark.dataset.tip),
        })),
    };
})"""


@dataclass(frozen=True)
class Block:
    """A figure or table of a page, as a reader meets it; see `BLOCKS`."""

    id: str
    is_figure: bool
    header: list[str]
    rows: list[list[str]]
    addresses: list[str]
    pictures: list[dict[str, Any]]


def blocks_of(page: Page) -> list[Block]:
    found = page.evaluate(BLOCKS)
    for each in found:
        # What an assumed number has beside it for who can't see its mark.
        each["rows"] = [[cell.removesuffix(" (antatt)") for cell in row] for row in each["rows"]]
    return [
        Block(each["id"], each["isFigure"], each["header"], each["rows"], each["addresses"], each["pictures"])
        for each in found
    ]


def number_of(text: str) -> float | None:
    """The number in a cell of a Norwegian table or file; `None` where there is none."""
    plain = text.replace("\u00a0", "").replace("−", "-").replace(",", ".")
    return float(plain) if re.fullmatch(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", plain) else None


def says_the_same(shown: str, exact: str) -> bool:
    """Whether a cell of the page shows what the file says: the same text, or the file's number rounded."""
    if shown == exact:
        return True
    seen, told = number_of(shown), number_of(exact)
    if seen is None or told is None:
        return False
    decimals = len(shown.partition(",")[2])
    return bool(abs(seen - told) <= 0.5 * 10**-decimals + 1e-9)


#: What the names of columns end in on what numbers rest on and how low and high they could be, which the page shows as
#: marks and lines.
BESIDE = ("_evidence", ": trykt eller antatt", "_low", ": kan være lavest", "_high", ": kan være høyest")


def read_csv(path: Path, delimiter: str) -> list[list[str]]:
    """The rows of a file, without what stands beside its numbers."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=delimiter))
    kept = [place for place, name in enumerate(rows[0]) if not name.endswith(BESIDE)]
    return [[row[place] for place in kept] for row in rows]


def machine_rows(path: Path) -> list[list[str]]:
    """The rows of the file for machines, with symbols back in the columns they were parted from, without the status."""
    header, *rows = read_csv(path, ",")
    names = header[:-1] if header[-1] == "status" else header
    kept = [place for place, name in enumerate(names) if not (name.endswith("_symbol") and name[:-7] in names)]
    symbols = {place: names.index(f"{names[place]}_symbol") for place in kept if f"{names[place]}_symbol" in names}
    return [[row[place] or (row[symbols[place]] if place in symbols else "") for place in kept] for row in rows]


def compared_with_files(block: Block, page_path: Path, where: str) -> list[Finding]:
    """The table against both CSV files, cell by cell."""
    found: list[Finding] = []
    paths = {
        ending: [(page_path.parent / address).resolve() for address in block.addresses if address.endswith(ending)]
        for ending in (".nb.csv", ".csv")
    }
    paths[".csv"] = [path for path in paths[".csv"] if not path.name.endswith(".nb.csv")]
    if not all(len(each) == 1 and each[0].is_file() for each in paths.values()):
        return [Finding("no file of each kind", where, block.id, str(block.addresses))]
    header, *norwegian = read_csv(paths[".nb.csv"][0], ";")
    if header[:-1] != block.header:
        found.append(Finding("headings differ from the file", where, block.id, f"{block.header} {header}"))
    for kind, rows in (("Norwegian", [row[:-1] for row in norwegian]), ("machine", machine_rows(paths[".csv"][0]))):
        if len(rows) != len(block.rows):
            found.append(
                Finding(f"rows differ from the {kind} file", where, block.id, f"{len(block.rows)} {len(rows)}")
            )
            continue
        for shown, told in zip(block.rows, rows, strict=True):
            if len(shown) != len(told):
                found.append(Finding(f"columns differ from the {kind} file", where, block.id, f"{shown} {told}"))
                continue
            exact = (
                told
                if kind == "Norwegian"
                else [
                    cell.replace(".", ",") if number_of(cell.replace(".", ",")) is not None else cell for cell in told
                ]
            )
            found += [
                Finding(f"cell differs from the {kind} file", where, block.id, f"{one} {other} in {shown}")
                for one, other in zip(shown, exact, strict=True)
                if not says_the_same(one, other)
            ]
    return found


def says(text: str, tip: str) -> bool:
    """Whether the text stands in the tip, as whole words: «Os» is not in «Oslo», nor «8» in «8,2»; in lower case."""
    return text in tip and bool(re.search(rf"(?<![\w,]){re.escape(text)}(?!\w|,\d)", tip))


def names(text: str, tip: str) -> bool:
    """Whether the tip names the text. Both are in lower case.

    A mark may have a shorter name than its row, made of the row's words: «Kontroll av faktura» for «Kontroll og
    validering av innhold i faktura».
    """
    if says(text, tip):
        return True
    label = re.split(r"[:,]", tip)[0]
    short, whole = re.findall(r"\w+", label), re.findall(r"\w+", text)
    return bool(short) and not label.strip().isnumeric() and set(short) < set(whole)


def cell_of_tip(block: Block, tip: str) -> tuple[int, int] | None:
    """The cell that a mark shows: the tip has its number, and names the texts of its row and best its column.

    In maps, where no number is shown, the cell is the last of the row whose texts (name, county and grade) are named;
    a municipality without an answer has a symbol there, and the tip no grade.
    """
    folded = tip.casefold()
    percents = re.findall(rf"({NUMBER.pattern})[ \u00a0]prosent", tip)
    numbers = set(percents or NUMBER.findall(tip))
    grades = {row[-1].casefold() for row in block.rows if number_of(row[-1]) is None and row[-1] not in SYMBOLS}
    found: list[tuple[tuple[bool, int, int], tuple[int, int]]] = []
    for at, row in enumerate(block.rows):
        texts = [text.rstrip(" *").casefold() for text in row if text and number_of(text) is None]
        # A row without texts is known by the number that it begins with.
        texts = [text for text in texts if text not in SYMBOLS] or [row[0].casefold()]
        if not all(names(text, folded) for text in texts):
            continue
        # A row that is named in full comes before one whose words are there among others.
        in_full, length = all(says(text, folded) for text in texts), sum(map(len, texts))
        for column, cell in enumerate(row):
            if column and number_of(cell) is not None and cell in numbers:
                heading = sum(names(word.casefold(), folded) for word in re.findall(r"\w+", block.header[column]))
                found.append(((in_full, length, heading), (at, column)))
        without_answer = row[-1] in SYMBOLS and not any(grade in folded for grade in grades)
        if len(texts) > 1 and (number_of(row[-1]) is None) and (row[-1] not in SYMBOLS or without_answer):
            found.append(((in_full, length, 0), (at, len(row) - 1)))
    return max(found)[1] if found else None


def compared_with_marks(block: Block, where: str) -> list[Finding]:
    """Every mark shows a cell of the table, and every number of a column that is drawn has a mark, in each picture."""
    found: list[Finding] = []
    if len({tuple(sorted(picture["tips"])) for picture in block.pictures}) != 1:
        found.append(Finding("wide and narrow picture differ", where, block.id))
    for picture in block.pictures[:1]:
        if not picture["tips"]:
            found.append(Finding("no mark tells its number", where, block.id))
        cells = {tip: cell_of_tip(block, tip) for tip in picture["tips"]}
        found += [Finding("mark that is not in the table", where, block.id, tip) for tip in cells if not cells[tip]]
        drawn = {cell for cell in cells.values() if cell}
        for column in sorted({column for _, column in drawn}):
            found += [
                Finding("number that is not drawn", where, block.id, f"{block.header[column]}: {row}")
                for at, row in enumerate(block.rows)
                if row[column] not in SYMBOLS and row[column] and (at, column) not in drawn
            ]
    return found


def alternative_text_faults(blocks: list[Block], name: str) -> list[Finding]:
    """Each picture has one, with a number that stands in the figure's table; no two figures of a page share one."""
    found, seen = [], set()
    for block in blocks:
        if not block.is_figure:
            continue
        alts = {picture["alt"] for picture in block.pictures}
        if len(alts) != 1 or not (alt := alts.pop()).strip():
            found.append(Finding("no alternative text, or two", name, block.id))
            continue
        cells = {cell for row in block.rows for cell in row}
        counts = {str(sum(cell == other for row in block.rows for other in row)) for cell in cells}
        if not (set(NUMBER.findall(alt)) & (cells | counts)):
            found.append(Finding("alternative text without a number of the table", name, block.id, alt))
        if alt in seen:
            found.append(Finding("alternative text used twice", name, block.id, alt))
        seen.add(alt)
    return found


def content_faults(blocks: list[Block], path: Path, name: str) -> list[Finding]:
    """Tables are what the files beside the page at `path` say, and pictures show what the tables say."""
    found: list[Finding] = []
    for block in blocks:
        if not block.rows:
            found.append(Finding("no table", name, block.id))
        found += compared_with_files(block, path, name)
        if block.is_figure:
            found += compared_with_marks(block, name)
    return found


#: Bars of the pictures: what each tells and how long it is (in px, across and down).
BARS = """() => [...document.querySelectorAll("figure.digikom-figure")].map(figure => ({
    id: figure.id,
    bars: [...figure.querySelectorAll(".digikom-wide .mark-rect [data-tip]")].map(mark => {
        const box = mark.getBoundingClientRect();
        return [mark.dataset.tip, box.width, box.height];
    }),
}))"""


def bar_faults(page: Page, name: str) -> list[Finding]:
    """In each picture of bars their lengths, or their heights, are in proportion to the numbers they tell."""
    found = []
    for figure in page.evaluate(BARS):
        told = [
            (float(value.group(1).replace(",", ".").replace("−", "-")), width, height)
            for tip, width, height in figure["bars"]
            if (value := re.search(r"([−-]?\d+(?:,\d+)?)\u00a0?\s?prosent", tip))
        ]
        if not told:
            continue
        largest = max(told, key=lambda bar: abs(bar[0]))
        if not largest[0]:
            continue
        off = [max(abs(bar[side] - abs(bar[0]) * largest[side] / abs(largest[0])) for bar in told) for side in (1, 2)]
        # The numbers told are rounded, that of the bar and that of the largest one; and half a pixel for the drawing.
        limits = [max(1.5, 2 * 0.05 * largest[side] / abs(largest[0]) + 0.5) for side in (1, 2)]
        if all(one > limit for one, limit in zip(off, limits, strict=True)):
            found.append(Finding("bars out of proportion", name, figure["id"], f"{min(off):.1f} px"))
    return found


def download_faults(blocks: list[Block], folder: Path, name: str) -> list[Finding]:
    """SVG and PNG are well formed, of a legible size, and carry the finding, the source and the mark of the answers."""
    found = []
    for block in blocks:
        if not block.is_figure:
            continue
        files = {address.rpartition(".")[2]: (folder / address).resolve() for address in block.addresses}
        if not {"svg", "png"} <= set(files) or not (files["svg"].is_file() and files["png"].is_file()):
            found.append(Finding("no SVG and PNG to download", name, block.id, str(block.addresses)))
            continue
        root = ElementTree.fromstring(files["svg"].read_text(encoding="utf-8"))
        texts = " ".join("".join(element.itertext()) for element in root.iter(f"{SVG}text"))
        if root.tag != f"{SVG}svg" or root.find(f"{SVG}title") is None:
            found.append(Finding("not a whole SVG", name, block.id, root.tag))
        for word in ("Kilde", "Syntetiske svar"):
            if word.casefold() not in texts.casefold():
                found.append(Finding("SVG without source or mark", name, block.id, f"{word}: {texts[-200:]}"))
        content = files["png"].read_bytes()
        width, height = struct.unpack(">II", content[16:24])
        if not content.startswith(PNG_SIGNATURE) or not content.endswith(b"IEND\xaeB`\x82") or min(width, height) < 300:
            found.append(Finding("not a whole PNG", name, block.id, f"{width} x {height}"))
    return found


def picture_with_marks(page: Page) -> Locator:
    """The first picture that is shown, brought to where its script sets it up."""
    picture = page.locator("figure.digikom-figure .digikom-picture:visible").first
    picture.scroll_into_view_if_needed()
    page.locator(".digikom-picture[tabindex='0']:visible").first.wait_for()
    return picture


@pytest.mark.parametrize("width", [1280, 360])
def test_a_mark_tells_its_number_to_the_pointer(visit: Visits, width: int) -> None:
    """One text at a time, inside the screen; it can be pointed at itself and goes away with Escape (WCAG 1.4.13)."""
    page = visit(CHAPTER, width)
    picture = picture_with_marks(page)
    tip = page.locator(".digikom-tip")
    assert not tip.is_visible()
    for place in (0, 1):
        mark = picture.locator("[data-tip]").nth(place)
        mark.hover()
        tip.wait_for(state="visible")
        assert tip.count() == 1
        assert tip.inner_text() == mark.get_attribute("data-tip")
        box = tip.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    tip.hover()
    page.wait_for_timeout(500)
    assert tip.is_visible()
    page.keyboard.press("Escape")
    tip.wait_for(state="hidden")


@pytest.mark.parametrize("width", [1280, 360])
def test_arrow_keys_walk_from_mark_to_mark(visit: Visits, width: int) -> None:
    page = visit(CHAPTER, width)
    picture = picture_with_marks(page)
    tips = [str(mark.get_attribute("data-tip")) for mark in picture.locator("[data-tip]").all()]
    tip, voice = page.locator(".digikom-tip"), page.locator("[aria-live=polite]")
    picture.focus()
    walked = []
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "End", "Home"):
        page.keyboard.press(key)
        tip.wait_for(state="visible")
        walked.append(tip.inner_text())
        assert tip.inner_text() in voice.all_inner_texts()
    assert walked == [tips[0], tips[1], tips[0], tips[-1], tips[0]]
    page.keyboard.press("Escape")
    tip.wait_for(state="hidden")
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.matches('.digikom-picture')")


def test_long_tables_can_be_sorted_and_filtered(visit: Visits) -> None:
    """By keyboard; numbers by their size, what is not shown last; how many rows are left is told."""
    page = visit(CHAPTER)
    open_folds(page)
    table = page.locator("table.digikom-long").first
    table.scroll_into_view_if_needed()
    buttons = table.locator("thead th button")
    buttons.first.wait_for()
    column = table.locator("tbody tr > :nth-child(3)")
    buttons.nth(2).focus()
    page.keyboard.press("Enter")
    assert table.locator("thead th").nth(2).get_attribute("aria-sort") == "ascending"
    values = [number_of(text.strip()) for text in column.all_inner_texts()]
    shown = [value for value in values if value is not None]
    assert shown == sorted(shown)
    assert values[: len(shown)] == shown
    page.keyboard.press("Enter")
    assert [value for text in column.all_inner_texts() if (value := number_of(text.strip())) is not None] == shown[::-1]
    block = page.locator(".digikom-block", has=table).first
    field = block.get_by_label("Filtrer tabellen")
    everything = table.locator("tbody tr:visible").count()
    field.fill("velferdsteknologi")
    assert table.locator("tbody tr:visible").count() == 1
    assert block.locator("output").inner_text() == f"1 av {everything} rader"
    field.fill("")
    assert table.locator("tbody tr:visible").count() == everything
