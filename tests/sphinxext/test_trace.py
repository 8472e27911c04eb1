"""From a number to its cell, what it rests on, and back: in a small book, and over all numbers of an edition."""

from __future__ import annotations

import copy
import csv
import hashlib
import json
import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag

import pytest
import sphinxext_books as books
from bs4 import BeautifulSoup, Tag
from jsonschema import Draft202012Validator

from digikom.paths import DATA_DIR
from digikom.publish.formatting import ENGLISH_UNIT_WORDS, NUMERAL_FORMS, UNIT_WORDS, format_number, numeral
from digikom.sphinxext import texts
from digikom.sphinxext.backlinks import LINES_CLASS
from digikom.survey.codebook import codebook

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
#: Digits for the words of running text.
DIGITS = {numeral(str(number), form): str(number) for number in range(13) for form in NUMERAL_FORMS}
HEAVY = re.compile(r'<svg\b.*?</svg>|(?<=<div class="highlight">)<pre>.*?</pre>', re.DOTALL)
#: The table of chapters, and a page with the whole register.
REGISTER_PAGE = "book/alle_tall"
TOC = {
    "format": "jb-book",
    "root": "index",
    "parts": [
        {"caption": "Rapporten", "numbered": 2, "chapters": [{"file": "notebooks/kap1"}]},
        {"caption": "Vedlegg", "chapters": [{"file": "book/summary"}, {"file": REGISTER_PAGE}]},
    ],
}


def tagged(cell: dict[str, Any], *tags: str) -> dict[str, Any]:
    """A cell with tags."""
    return {**cell, "metadata": {"tags": list(tags)}}


def numbers_cell(cell_id: str, *payloads: dict[str, Any], source: str = "") -> dict[str, Any]:
    """A code cell that publishes numbers."""
    made = tagged(books.code(cell_id, *(books.output("number", payload) for payload in payloads)), "hide-cell")
    return {**made, "source": source or made["source"]}


NOTEBOOK = books.notebook(
    books.text("tittel", "# Andel {tall}`year`\n\nI alt {tall}`cloud-using`.\n\n## Mer om {tall}`cloud-using`\n\nOrd."),
    numbers_cell("aret", books.number("year", text="2022", value=2022, unit="year", unit_text="", base=None)),
    numbers_cell(
        "sky",
        books.number("cloud-using", label="Bruker <script>alert(1)</script>", questions=["cloud"]),
        books.number("cloud-using-2018", year=2018, questions=["cloud"]),
    ),
    numbers_cell(
        "endring",
        books.number("cloud-change", questions=["uses_cloud"], wordings=[books.wording("cloud-change-since")]),
        source="shares.diff(axis='columns')[target]",
    ),
    numbers_cell(
        "to-slag",
        books.number("named", questions=["barrier_competence"], label="Hindringer"),
        books.number("named-too", label="Sky", questions=["uses_cloud"]),
        books.number("withheld", text=":", value=None, unit_text="", year=2022, base=None, questions=["uses_cloud"]),
    ),
    numbers_cell("ikke-spurt", books.number("unasked", year=2023, questions=["procurement"])),
    books.code("ord", books.output("wording", books.wording("cloud-word"))),
    tagged(books.code("figur", books.output("figure", books.figure())), "hide-input"),
)
PAGES = {
    "index.md": (
        "# Forside\n\n```{nokkeltall}\n- tall: cloud-using\n  tekst: bruker sky\n```\n\n"
        "| a | b |\n|---|---|\n| {tall}`cloud-using` | {ord}`cloud-word`, {ord}`cloud-change-since` |\n\n"
        "```{margin}\nI margen: {tall}`cloud-using|verdi`.\n```\n"
    ),
    "book/summary.md": "---\nlang: en\n---\n# Summary\n\n## Findings\n\nIn all, {tall}`cloud-using|en`.\n",
    f"{REGISTER_PAGE}.md": "# Alle tall\n\n```{alle-tall}\n```\n",
    "notebooks/kap1.ipynb": NOTEBOOK,
}
EDITION = {
    "year": 2022,
    "title": "Utgave 2022",
    "published": "2023-05-01",
    "version": "1.0",
    "reference_year": 2018,
}
ADDRESS = "notebooks/kap1.html"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> books.Built:
    """A book with numbers of every kind, of which the same is used in several ways."""
    folder = tmp_path_factory.mktemp("trace")
    facts = {
        "commit": "",
        "modified": False,
        "python": "3.11.0",
        "lock_sha256": "",
        "packages": [],
        "inputs": [{"path": f"survey/{year}.csv", "sha256": str(year) * 16, "size": 1} for year in (2018, 2022)],
    }
    books.write_book(folder, PAGES, TOC, digikom_edition=EDITION, digikom_facts=facts)
    built = books.build_here(folder)
    assert built.returncode == 0, built.log
    return built


@pytest.fixture(scope="module")
def register(book: books.Built) -> dict[str, dict[str, Any]]:
    """The numbers of the book by key."""
    return {number["key"]: number for number in json.loads(book.text("data/numbers.json"))["numbers"]}


def test_every_place_of_a_number_has_its_own_id(book: books.Built, register: dict[str, dict[str, Any]]) -> None:
    assert register["cloud-using"]["uses"] == [
        *(f"index.html#bruk-cloud-using{number}" for number in ("", "-2", "-3")),
        *(f"{ADDRESS}#bruk-cloud-using{number}" for number in ("", "-2")),
        "book/summary.html#bruk-cloud-using",
    ]
    for name in ("index.html", ADDRESS, "book/summary.html", f"{REGISTER_PAGE}.html"):
        ids = Counter(str(tag["id"]) for tag in book.page(name).select("[id]"))
        assert [found for found, times in ids.items() if times > 1] == [], name


def test_a_heading_with_a_number_is_repeated_without_its_id(book: books.Built) -> None:
    found = book.page(ADDRESS).select("#bruk-cloud-using-2")
    assert [tag.find_parent("h2") is not None for tag in found] == [True]
    assert "bruk-" not in str(book.page("index.html").select_one(".bd-sidebar-primary"))


def test_the_places_stand_under_the_number(book: books.Built) -> None:
    line = book.page(ADDRESS).select_one("#tall-cloud-using")
    assert line is not None
    uses = line.find_next_sibling()
    assert isinstance(uses, Tag)
    assert [(link["href"], link.get_text(), link.get("lang")) for link in uses.select("a")] == [
        ("../index.html#bruk-cloud-using", "Forside", None),
        ("../index.html#bruk-cloud-using-2", "Forside (2)", None),
        ("../index.html#bruk-cloud-using-3", "Forside (3)", None),
        ("#bruk-cloud-using", "1 Andel 2022", None),
        ("#bruk-cloud-using-2", f"1 Andel 2022, Mer om 93,2{NO_BREAK_SPACE}prosent", None),
        ("../book/summary.html#bruk-cloud-using", "Summary, Findings", "en"),
    ]
    unused = book.page(ADDRESS).select_one("#tall-cloud-using-2018 + .digikom-uses")
    assert unused is None
    wording = book.page(ADDRESS).select_one("#ord-cloud-word + .digikom-uses a")
    assert wording is not None
    assert wording["href"] == "../index.html#bruk-ord-cloud-word"
    change = book.page(ADDRESS).select_one("#tall-cloud-change + .digikom-uses a")
    assert change is not None
    assert change["href"] == "../index.html#bruk-ord-cloud-change-since"


def test_many_places_are_folded(tmp_path: Path) -> None:
    often = " og ".join(["{tall}`cloud-using`"] * 7)
    notebook = books.notebook(books.text("t", f"# En\n\n{often}."), numbers_cell("c", books.number("cloud-using")))
    built = books.build_pages(tmp_path, {"index.md": "# F\n", "kap1.ipynb": notebook})
    assert built.returncode == 0, built.log
    fold = built.page("kap1.html").select_one("#tall-cloud-using + details.digikom-uses")
    assert fold is not None
    assert fold.summary is not None
    assert fold.summary.get_text() == texts.used_often(7)
    assert len({link.get_text() for link in fold.select("a")}) == 7


def test_questions_columns_and_files_of_a_cell(book: books.Built) -> None:
    """The question as asked, the columns with the years that not all numbers have, the files with whole checksums."""
    fold = book.page(ADDRESS).select_one("#celle-sky details.digikom-trace")
    assert fold is not None
    known = codebook()
    text = " ".join(fold.get_text().split())
    for question in ("uses_cloud", "cloud_areas"):
        assert f"«{known.question(question).text_nb}»" in text
    items = known.items(block="cloud")
    both = set(known.items(2018, block="cloud")["column"]) & set(known.items(2022, block="cloud")["column"])
    for column in items["column"]:
        years = [year for year in (2018, 2022) if year in items.set_index("column").loc[column, "years"]]
        shown = f"{column} ({years[0]})" if len(years) == 1 else column
        assert (shown in text) == bool(years)
        assert (column in both) == (len(years) == 2)
    assert [tag.get_text() for tag in fold.select(".digikom-checksum")] == ["2018" * 16, "2022" * 16]


def test_numbers_of_one_cell_with_questions_of_their_own(book: books.Built) -> None:
    parts = book.page(ADDRESS).select("#celle-to-slag details.digikom-trace > div")
    labels = ["Gjelder: Hindringer", "Gjelder: Sky; Andel kommuner som hadde planlagt IKT-prosjekter"]
    assert [part.p.get_text() for part in parts if part.p] == labels
    assert [next(code.get_text() for code in part.select("li code")) for part in parts] == [
        "barrier_competence",
        "uses_cloud",
    ]


def test_a_label_is_text_and_no_markup(book: books.Built) -> None:
    for name in (ADDRESS, f"{REGISTER_PAGE}.html"):
        article = book.page(name).select_one("article")
        assert article is not None
        assert "<script>alert(1)</script>" in article.get_text()
        assert "alert(1)" not in "".join(script.get_text() for script in article.select("script"))


def test_what_numbers_rest_on_in_the_register(register: dict[str, dict[str, Any]]) -> None:
    both = ["survey/2018.csv", "survey/2022.csv"]
    expected = {
        "year": ([], [], both[1:]),
        "cloud-change": (["uses_cloud"], ["uses_cloud"], both),
        "named": (["barrier_competence"], ["barrier_competence"], both[1:]),
        "withheld": (["uses_cloud"], ["uses_cloud"], both[1:]),
        # Asked in the year or not, there are no such answers among the files.
        "unasked": (["procurement"], codebook().items(2023, block="procurement")["column"].tolist(), []),
    }
    found = {key: tuple(register[key][name] for name in ("questions", "columns", "inputs")) for key in expected}
    assert found == expected


def test_a_name_that_the_codebook_does_not_have_fails_the_build(tmp_path: Path) -> None:
    notebook = books.notebook(
        books.text("t", "# En"), numbers_cell("c", books.number("lost", questions=["misspelt_question"]))
    )
    built = books.build_pages(tmp_path, {"index.md": "# F\n", "kap1.ipynb": notebook})
    assert built.returncode != 0
    assert "the number 'lost' rests on 'misspelt_question', which the codebook does not have" in built.log


def test_places_follow_when_another_page_changes(tmp_path: Path) -> None:
    """Without reading the notebook again."""
    notebook = books.notebook(books.text("t", "# En"), numbers_cell("c", books.number("cloud-using")))
    pages = {"index.md": "# F\n", "kap1.ipynb": notebook, "alle.md": "# Alle\n\n```{alle-tall}\n```\n"}
    assert books.build_pages(tmp_path, pages).page("kap1.html").select(".digikom-uses") == []
    (tmp_path / "index.md").write_text("# F\n\nNå: {tall}`cloud-using`.\n", encoding="utf-8")
    built = books.build_here(tmp_path)
    assert [link["href"] for link in built.page("kap1.html").select(".digikom-uses a")] == [
        "index.html#bruk-cloud-using"
    ]
    assert [link["href"] for link in built.page("alle.html").select("td a")] == ["index.html#bruk-cloud-using"]


def test_the_table_of_the_small_book(book: books.Built) -> None:
    (table,) = book.page(f"{REGISTER_PAGE}.html").select("table.digikom-many")
    rows = [[cell.get_text() for cell in row.select("th, td")] for row in table.select("tbody tr")]
    assert rows[1] == [
        "Bruker <script>alert(1)</script>",
        *("93,2", "prosent", "354", "", "", "2022", "1 Andel 2022", "Skytjenester", "6", "cloud-using", "syntetisk"),
    ]
    assert [row[1] for row in rows if row[10] == "withheld"] == [":"]
    assert [row[9] for row in rows if row[10] == "unasked"] == [texts.NO_PLACES]
    assert [cell.get_text() for cell in table.select("th[data-choices]")] == ["Kapittel", "Tema"]


def test_the_register_fits_its_schema_and_a_wrong_value_does_not(book: books.Built) -> None:
    content, schema = (json.loads(book.text(f"data/{name}.json")) for name in ("numbers", "numbers.schema"))
    assert faults_of(content, schema) == []
    for place, name, wrong in (
        ("numbers", "value", "93,2"),
        ("numbers", "status", "guessed"),
        ("numbers", "base", -1),
        ("wordings", "text", None),
        ("inputs", "sha256", "abc"),
    ):
        planted = copy.deepcopy(content)
        planted[place][0][name] = wrong
        assert faults_of(planted, schema) == [f"{place}/0/{name}"]
    lacking = copy.deepcopy(content)
    del lacking["numbers"][0]["href"]
    assert faults_of(lacking, schema) == ["numbers/0"]
    unknown = copy.deepcopy(content)
    unknown["numbers"][0]["unknown"] = 1
    assert faults_of(unknown, schema) == ["numbers/0"]


def faults_of(content: object, schema: dict[str, Any]) -> list[str]:
    """The places at which the content breaks the schema, which itself must be one."""
    Draft202012Validator.check_schema(schema)
    found = Draft202012Validator(schema).iter_errors(content)
    return sorted({"/".join(map(str, fault.absolute_path)) for fault in found})


# --- an edition, all of it -------------------------------------------------------------------------------------------


@cache
def page(folder: Path, name: str) -> BeautifulSoup:
    """A page of the edition without its pictures and code, which are most of it; tests change nothing in it."""
    return BeautifulSoup(HEAVY.sub("", (folder / name).read_text(encoding="utf-8")), "html.parser")


def pages(folder: Path) -> dict[str, BeautifulSoup]:
    """Every page of the edition, by its address in it."""
    found = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.html"))
    return {name: page(folder, name) for name in found if not name.startswith("_")}


@cache
def content_of(folder: Path) -> dict[str, Any]:
    """The content of the number register."""
    found: dict[str, Any] = json.loads((folder / "data" / "numbers.json").read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True)
class Leading:
    """A link of a page: where it stands, the page and the element that it leads to."""

    page: str
    link: Tag
    address: str
    target: Tag | None


def leading(parsed: dict[str, BeautifulSoup], selector: str) -> Iterator[Leading]:
    """The links that fit, each with what it leads to."""
    anchors = {f"{name}#{tag['id']}": tag for name, soup in parsed.items() for tag in soup.find_all(id=True)}
    for name, soup in parsed.items():
        for link in soup.select(selector):
            path, anchor = urldefrag(unquote(str(link["href"])))
            page_of_it = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
            address = f"{page_of_it}#{anchor}"
            yield Leading(name, link, address, anchors.get(address))


def words(text: str) -> str:
    """A printed number without its unit."""
    units = {*UNIT_WORDS.values(), *ENGLISH_UNIT_WORDS.values()} - {""}
    for unit in sorted(units, key=len, reverse=True):
        text = text.removesuffix(f"{NO_BREAK_SPACE}{unit}")
    return text


def untraced(parsed: dict[str, BeautifulSoup], values: dict[str, Any]) -> tuple[int, list[str]]:
    """How many numbers the pages print, and those that do not lead to a cell whose shown output holds their value.

    `values` are the values of the numbers by key, as their cells published them.
    """
    count, wrong = 0, []
    for found in leading(parsed, "article a.tall"):
        count += 1
        where = f"{found.page}: «{found.link.get_text()}» → {found.address}"
        line, data = found.target, found.link.select_one("data")
        key = found.address.partition("#tall-")[2]
        if line is None or line.find_parent(class_=LINES_CLASS) is None:
            wrong.append(f"{where}: no line of a cell")
            continue
        if not str(line.find_parent(class_="cell")["id"]).startswith("celle-"):  # type: ignore[index]
            wrong.append(f"{where}: a cell that cannot be found")
        if key not in values or (data is None) != (values[key] is None):
            wrong.append(f"{where}: not what a cell has published")
        elif data is not None and float(str(data["value"])) != float(values[key]):
            wrong.append(f"{where}: {data['value']} in the text, {values[key]} in the cell")
        shown = words(found.link.get_text())
        if found.link.find_parent(lang="en"):
            shown = shown.translate({ord("."): ",", ord(","): NO_BREAK_SPACE})
        shown = " ".join(DIGITS.get(word.lower(), word) for word in shown.split(" "))
        # A correction prints what the number is, not its value; whole per cents are rounded.
        if shown not in line.get_text() and (values[key] is None or shown != format_number(values[key], 0)):
            wrong.append(f"{where}: the output shows {line.get_text()!r}")
    return count, wrong


def published(folder: Path, *kinds: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the cells of the executed notebooks have published of these kinds, each with the id of its cell."""
    for path in sorted(folder.glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for output, kind in product(cell.get("outputs", []), kinds):
                if payload := output.get("data", {}).get(books.TYPE.format(kind)):
                    yield cell["id"], payload


def published_values(folder: Path) -> dict[str, Any]:
    """The values of the numbers."""
    return {payload["key"]: payload["value"] for _, payload in published(folder, "number")}


@pytest.mark.build
def test_every_number_in_the_prose_leads_to_a_cell_that_shows_it(
    edition_folder: Path, executed: Callable[[int], Path]
) -> None:
    values = published_values(executed(int(edition_folder.name)))
    count, wrong = untraced(pages(edition_folder), values)
    print(f"{count} numbers in the pages of {edition_folder.name}, {len(wrong)} that cannot be followed")
    assert wrong == []
    assert count > 500


@pytest.mark.build
def test_a_wrong_number_planted_in_the_prose_is_found(edition_folder: Path, executed: Callable[[int], Path]) -> None:
    parsed = {"index.html": BeautifulSoup((edition_folder / "index.html").read_bytes(), "html.parser")}
    parsed |= {name: soup for name, soup in pages(edition_folder).items() if name != "index.html"}
    link = next(link for link in parsed["index.html"].select("article a.tall") if "prosent" in link.get_text())
    (link.select_one("data") or link).string = f"12,9{NO_BREAK_SPACE}prosent"
    _, wrong = untraced(parsed, published_values(executed(int(edition_folder.name))))
    assert len(wrong) == 1
    assert wrong[0].startswith("index.html: «12,9")


@pytest.mark.build
def test_every_link_back_leads_to_what_prints_the_number(edition_folder: Path) -> None:
    """And no place is left out: at the cell stand all the places that the pages have, in the register the same."""
    parsed = pages(edition_folder)
    printed = {f"{found.page}#{found.link.get('id')}": found for found in leading(parsed, "article :is(a.tall, a.ord)")}
    reached: dict[str, list[str]] = {}
    for back in leading(parsed, ".digikom-uses a"):
        place = printed.get(back.address)
        assert place is not None, f"{back.page}: {back.address} prints no number"
        holder = back.link.find_parent(class_="digikom-uses")
        assert holder is not None
        line = holder.find_previous_sibling(class_="digikom-line")
        assert isinstance(line, Tag)
        assert place.target is not None
        # The words for a number's change stand in its line.
        own = place.target if place.target.name == "p" else place.target.parent
        assert own is line, f"{back.address} leads to another line than {back.page} has it from"
        reached.setdefault(place.address, []).append(back.address)
    every = [address for addresses in reached.values() for address in addresses]
    print(f"{len(every)} links back")
    assert sorted(every) == sorted(printed)
    assert len(every) == len(set(every))
    register = content_of(edition_folder)
    listed = {one["href"]: one["uses"] for one in [*register["numbers"], *register["wordings"]] if one["uses"]}
    assert listed == reached


@pytest.mark.build
def test_every_figure_and_table_leads_to_the_cell_that_made_it(
    edition_folder: Path, executed: Callable[[int], Path]
) -> None:
    parsed = pages(edition_folder)
    made = {
        payload["key"]: f"celle-{cell}"
        for cell, payload in published(executed(int(edition_folder.name)), "figure", "table")
    }
    found = list(leading(parsed, "a.digikom-calculation"))
    for one in found:
        assert one.target is not None, one.address
        block = one.link.find_parent(class_="digikom-block")
        assert isinstance(block, Tag)
        cells = {made[str(tag["id"])] for tag in block.select("[id]") if tag["id"] in made}
        assert {one.address} == {f"{one.page}#{cell}" for cell in cells}, "another cell"
        assert one.target.select_one(".cell_input, .highlight") is not None
    numbered = [block for soup in parsed.values() for block in soup.select(".digikom-block:has(.caption-number)")]
    assert len(found) == len(numbered) > 20


@pytest.mark.build
def test_what_numbers_rest_on_is_there(edition_folder: Path) -> None:
    """Columns are of the survey files, checksums those of the files, and every cell with numbers says them."""
    register = content_of(edition_folder)
    sums = {one["path"]: one["sha256"] for one in register["inputs"]}
    for path, checksum in sums.items():
        assert hashlib.sha256((DATA_DIR / path).read_bytes()).hexdigest() == checksum
    known = codebook()
    columns = {f"survey/{year}.csv": set(known.columns(year)) for year in known.years}
    for number in register["numbers"]:
        assert number["inputs"], number["key"]
        assert set(number["inputs"]) <= set(sums)
        held = set().union(*(columns.get(path, set()) for path in number["inputs"]))
        assert set(number["columns"]) <= held, number["key"]
        assert bool(number["columns"]) == bool(number["questions"]), number["key"]
    cells = {(one["href"].partition("#")[0], one["cell_id"]) for one in register["numbers"]}
    for address, cell_id in cells:
        cell = page(edition_folder, address).find(id=f"celle-{cell_id}")
        assert isinstance(cell, Tag)
        folds = [fold.summary.get_text() for fold in cell.select("details.digikom-trace") if fold.summary]
        assert folds.count(texts.TRACE) == 1, cell_id


@pytest.mark.build
def test_the_files_of_the_register_agree(edition_folder: Path) -> None:
    register = content_of(edition_folder)
    schema = json.loads((edition_folder / "data" / "numbers.schema.json").read_text(encoding="utf-8"))
    assert faults_of(register, schema) == []
    with (edition_folder / "data" / "numbers.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[:15] == [
        *("key", "label", "value", "text", "unit", "base", "base_text", "low", "high", "year", "status", "source"),
        *("notebook", "cell_id", "href"),
    ]
    for row, number in zip(rows, register["numbers"], strict=True):
        for name in ("questions", "columns", "inputs", "uses"):
            assert row[name] == "; ".join(number[name])


@pytest.mark.build
@pytest.mark.parametrize("year", [2018, 2022, 2023, 2024])
def test_no_id_stands_twice_on_a_page(site: Path, year: int) -> None:
    parsed = pages(site / str(year))
    assert parsed
    for name, soup in parsed.items():
        ids = Counter(str(tag["id"]) for tag in soup.select("[id]"))
        assert [found for found, times in ids.items() if times > 1] == [], name
