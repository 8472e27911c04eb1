"""No loose numbers: what is typed into the prose and computed by no cell is found, with file, cell and line."""

from __future__ import annotations

import ast
import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import copy_project, run_digikom

from digikom.errors import InputError
from digikom.paths import PROJECT_ROOT
from digikom.prose import find_loose, require_computed_prose
from digikom.prose.allowed import ALLOWED_FILE
from digikom.prose.markdown import read_markdown
from digikom.prose.ties import Ties
from digikom.prose.words import WORDS_FILE, direction_words

NUMBER_OUTPUT = {"data": {"application/vnd.digikom.number+json": {"key": "andel"}}, "output_type": "display_data"}
WHERE = "; or allow it in book/prose/allowed.yml, with the reason."


def cell(kind: str, source: str, name: str = "celle", outputs: Sequence[object] = ()) -> dict[str, Any]:
    return {"cell_type": kind, "id": name, "source": source, "outputs": list(outputs), "metadata": {}}


def make_project(
    folder: Path,
    pages: dict[str, str] | None = None,
    cells: list[dict[str, Any]] | None = None,
    allowed: str | Sequence[object] = (),
) -> Path:
    """A project with some words, a notebook and an allow-list of its own; the direction words are the real ones."""
    (folder / "book" / "prose").mkdir(parents=True)
    (folder / "notebooks").mkdir()
    shutil.copy(PROJECT_ROOT / WORDS_FILE, folder / WORDS_FILE)
    for name, text in {"index.md": "# Tittel\n", **(pages or {})}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "notebooks" / "03_kapittel.ipynb").write_text(json.dumps({"cells": cells or []}), encoding="utf-8")
    entries = allowed if isinstance(allowed, str) else yaml.safe_dump(list(allowed), allow_unicode=True)
    (folder / ALLOWED_FILE).write_text(entries, encoding="utf-8")
    return folder


def found_in_text(folder: Path, text: str) -> list[str]:
    """What is found on a page: line and words."""
    return [short(line) for line in find_loose(make_project(folder, {"book/side.md": text}))]


def found_in_code(folder: Path, source: str) -> list[str]:
    """What is found in a code cell: line and words."""
    return [short(line) for line in find_loose(make_project(folder, cells=[cell("code", source)]))]


def short(message: str) -> str:
    place, _, rest = message.partition(": «")
    return f"{place.rpartition('line ')[2]}: {rest.partition('»')[0]}"


# The project itself


def test_the_project_has_no_loose_number_or_direction_word() -> None:
    assert find_loose() == []


def test_planted_words_are_found_with_file_cell_and_line(tmp_path: Path) -> None:
    for name in ("index.md", "book", "notebooks", "data/registers"):
        source = PROJECT_ROOT / name
        target = tmp_path / name
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    page = tmp_path / "book" / "01_innledning.md"
    lines = page.read_text(encoding="utf-8").splitlines()
    page.write_text("\n".join([*lines[:4], "I alt 42 kommuner.", *lines[4:]]), encoding="utf-8")
    path = tmp_path / "notebooks" / "03_digital_prioritering.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = {found["id"]: found for found in notebook["cells"]}
    text = "".join(cells["introduction"]["source"])
    cells["introduction"]["source"] = f"{text}\nBruken økte <script>alert('økte')</script>."
    figure = "".join(cells["fig-strategy-areas"]["source"])
    for old, new in {
        "Kommuner med strategi. {strategy_span}": "Kommuner med strategi, som har økt. {strategy_span}",
        "Liggende stolper for {len(order)} områder.": "Liggende stolper for {len(order)} områder, 42 i alt.",
    }.items():
        assert figure.count(old) == 1
        figure = figure.replace(old, new)
    cells["fig-strategy-areas"]["source"] = figure
    path.write_text(json.dumps(notebook), encoding="utf-8")
    code = figure.splitlines()
    caption, alternative = (next(i for i, line in enumerate(code, 1) if part in line) for part in ("har økt.", "42 i"))
    chapter = "notebooks/03_digital_prioritering.ipynb, cell"
    last = len(text.splitlines()) + 1
    assert find_loose(tmp_path) == [
        "book/01_innledning.md, line 5: «42» is typed, and no cell has computed it: publish it with publish.number and "
        f"print it with {{tall}}{WHERE}",
        *[
            f"{chapter} introduction, line {last}: «økte» says that something changed, and no cell has computed it: "
            f"publish the word with publish.wording or publish.phrase and print it with {{ord}}{WHERE}"
        ]
        * 2,
        f"{chapter} fig-strategy-areas, line {caption}: «økt» says that something changed, and no comparison in the "
        f"cell chooses it: choose it with a condition or publish.wording{WHERE}",
        f"{chapter} fig-strategy-areas, line {alternative}: «42» is typed into a text: take it from what the cell "
        f"computes{WHERE}",
    ]


@pytest.mark.parametrize(
    ("path", "old", "new", "said"),
    [
        ("book/forord.md", "\n", "\nAndelen økte.\n", ["book/forord.md, line 2: «økte»"]),
        (
            "notebooks/03_digital_prioritering.ipynb",
            "Kommuner som satser på digitalisering, viser",
            "De 42 kommunene som satser på digitalisering, viser",
            ["notebooks/03_digital_prioritering.ipynb, cell introduction, line 1: «42»"],
        ),
    ],
)
def test_a_build_stops_before_anything_is_executed(
    tmp_path: Path, path: str, old: str, new: str, said: list[str]
) -> None:
    project = copy_project(tmp_path / "project")
    words = project / path
    text = words.read_text(encoding="utf-8")
    assert old in text
    words.write_text(text.replace(old, new, 1), encoding="utf-8")
    site = tmp_path / "site"
    (site / "2022").mkdir(parents=True)
    (site / "2022" / "index.html").write_text("published", encoding="utf-8")
    for arguments in (("build", "2022", "--site", str(site)), ("lint",)):
        done = run_digikom(project, *arguments)
        assert done.returncode == 2, done.stdout + done.stderr
        assert done.stdout == ""
        assert done.stderr.startswith(f"{len(said)} problem(s) in the prose of the report\n")
        assert [line for line in done.stderr.splitlines() if any(text in line for text in said)]
        assert "Traceback" not in done.stderr
    assert [file.relative_to(site).as_posix() for file in sorted(site.rglob("*"))] == ["2022", "2022/index.html"]
    assert (site / "2022" / "index.html").read_text(encoding="utf-8") == "published"


# Pages and text cells

FOUND = {
    "a number": ("Se\n\nI alt 42.", ["3: 42"]),
    "a number of several parts": ("Rapporter 2023/27 har 1 234,5 kr.", ["1: 2023/27", "1: 1", "1: 234,5"]),
    "raised and halved": ("m² og ½", ["1: ²", "1: ½"]),
    "in a heading": ("# Andelen økte", ["1: økte"]),
    "over two lines": ("De gikk\nopp, og flere\nenn før", ["1: gikk opp", "2: flere enn"]),
    "one within another": ("Den har gått mest ned.", ["1: gått mest ned"]),
    "with words between": ("Den gikk litt mer ned.", ["1: gikk litt mer ned"]),
    "in a list": ("- én\n- to\n\n  sank\n", ["4: sank"]),
    "in a table": ("| a | b |\n|---|---|\n| x | 5 |\n", ["3: 5"]),
    "in emphasis": ("Andelen er **høyest** nå", ["1: høyest"]),
    "in a passage": ("````{krever} cloud\n```{krever} real\nDet falt.\n```\n````\n", ["3: falt"]),
    "in a title of a margin": ("Tekst\n\n```{margin} De 7\nHva det er.\n```", ["3: 7"]),
    "in an unknown directive": ("```{advarsel} Flest\n:class: x-9\nDe 8.\n```", ["1: Flest", "3: 8"]),
    "in the text of a card": ("```{nokkeltall}\n- tall: grad-4\n  tekst: av 5\n```", ["3: 5"]),
    "after role": ("Rundt {tall}`a`\n{ord}`b` og 3.", ["2: 3"]),
    "after a role over two lines": ("Se {doc}`den\nandre <x9>`, 3.", ["2: 3"]),
    "after code over two lines": ("Se `x 9\ny`, 3.", ["2: 3"]),
    "in the title of a link": ("{doc}`Kapittel 3 </x>` og [42](y)", ["1: 3", "1: 42"]),
    "in an unknown role": ("{abbr}`de 5`", ["1: 5"]),
    "in an alternative text": ('![De 5](x.png "og 6")', ["1: 5", "1: 6"]),
    "in an option that is read": ("```{figure} x2.png\n:alt: Linje 3\n:width: 400\nTekst 4\n```", ["2: 3", "4: 4"]),
    "as an entity": ("&#52;2 og a \\* b\nøkte", ["1: 42", "2: økte"]),
    "in HTML": ('<div title="4">\n5 <b>er størst</b>\n</div>', ["2: 5", "2: størst"]),
    "in HTML in a line": ("Den <script>økte</script>.", ["1: økte"]),
    "in capitals": ("FLERE ENN FØR", ["1: FLERE ENN"]),
    "in English": ("---\nlang: en\n---\nThe share increased.", ["4: increased"]),
}
PASSED = {
    "roles": "{tall}`grad-4|verdi` {ord}`a-5` {numref}`fig-3` {cite:p}`ks2017` {doc}`01_x` {utgaven}`v1`",
    "targets": "[Se](side2.md) <https://example.org/2022> {doc}`følsomhet </notebooks/08_x>`\n\n(punkt-2)=\n## Punkt",
    "code": "Bruk `0` eller\n\n```python\nx = 42\n```\n\n    økte 42\n",
    "names of directives": "```{krever} a2\n:class: b3\nTekst.\n```\n\n```{fra-utgaven} tekst2\n```",
    "code in a directive": "```{code-block} x2\n3\n```",
    "attributes and comments": '<a href="x2.html" id="y3">her</a> <!-- 4 økte -->\n\n% økte 5\n',
    "front matter": "---\nlang: nb\nyear: 2022\n---\nTekst.",
    "cards": "```{nokkeltall}\n- tall: grad-4\n  tekst: av kommunene\n  krever: a2\n```",
    "words that are no direction words": "Økonomien, et flertall, minstelønn, mestring og høye fjell",
    "number words": "To av tre kommuner, og tjue til",
    "nothing": "",
}


@pytest.mark.parametrize("name", FOUND)
def test_what_is_typed_on_a_page_is_found(tmp_path: Path, name: str) -> None:
    text, expected = FOUND[name]
    assert found_in_text(tmp_path, text) == expected


@pytest.mark.parametrize("name", PASSED)
def test_what_is_no_prose_is_passed_over(tmp_path: Path, name: str) -> None:
    assert found_in_text(tmp_path, PASSED[name]) == []


def test_text_cells_are_read_as_pages_are(tmp_path: Path) -> None:
    cells = [cell("markdown", "Først\n\nøkte 42", "tekst"), cell("raw", "42")]
    places = [line.partition(": ")[0] for line in find_loose(make_project(tmp_path, cells=cells))]
    assert places == ["notebooks/03_kapittel.ipynb, cell tekst, line 3"] * 2


def test_a_passage_knows_what_it_prints() -> None:
    (passage,) = read_markdown("Mest {ord}`a|en` og\n{tall}`b`", "side.md")
    assert passage.text == "Mest {} og\n{}"
    assert passage.keys == {"a", "b"}


# Code cells

FOUND_IN_CODE = {
    "a caption": (
        'publish.figure("fig-2", title=f"{n} øker", caption=f"Andelen økte i {year}")',
        ["1: øker", "1: økte"],
    ),
    "an alternative text over several lines": (
        'publish.figure("f",\n    alt_text=(\n        f"Stolper for {n}."\n        f" De er 42 {b}"\n    ))',
        ["4: 42"],
    ),
    "one word": ('publish.figure("f", title="42", notes=["5"])\nx = "flest"', ["1: 42", "1: 5", "2: flest"]),
    "a label": ('publish.number("a", n, "count", label="De 42 som økte")', ["1: 42", "1: økte"]),
    "a heading": ('publish.Column("x_2", "År2")', ["1: 2"]),
    "a phrase": ('publish.phrase("a-2", "stort", english="The 3 largest")', ["1: 3", "1: largest"]),
    "a variable": ('text = f"Av {n} har 42 svart"', ["1: 42"]),
    "a number in an f-string": ('text = f"Av {42} svarte {n:.1f} her"', ["1: 42"]),
    "a number that is handed over": ('publish.number("a", 42, "count", label="Antall")', ["1: 42"]),
    "a difference that is handed over": ('publish.wording("a", -1.5, up="opp", same="som", down="ned")', ["1: 1.5"]),
    "a condition on a length": ('t = "Andelen økte" if len(years) > 1 else ""', ["1: økte"]),
    "a condition on equality": ('if year == last:\n    t = "Andelen økte"', ["2: økte"]),
    "the condition itself": ('t = 1 if "Den økte" < x else 2', ["1: økte"]),
    "a change beside an extreme": ('t = f"{x.idxmax()} økte mest"', ["1: økte"]),
    "an extreme beside something else": ('t = f"{name} er størst"', ["1: størst"]),
    "a name from elsewhere": ('n = 1\nt = "Den økte" if n else ""', ["2: økte"]),
}
PASSED_IN_CODE = {
    "keys, columns, colours and paths": 'x = frame["score_4"].map({"C0": "#4b4a9e"})["lower"]; y = "03_kapittel"',
    "comments and docstrings": 'def f():\n    """Økte 42."""\n    # økte 42\n    return 42',
    "queries": 'x = frame.query("score >= 3 and økte == 1")',
    "formats": 'x = f"{share:.1f} prosent"',
    "a choice": 't = "Den økte" if change > 0 else "Den falt" if change < 0 else "som før"',
    "a choice by a name": 'up = int((moves >= limit).sum())\nt = "Den har økt" if up else "Den har falt"',
    "a statement": 'if x.gt(0).all():\n    t = "Alle økte"\nelse:\n    t = "Ikke alle økte"',
    "the words of a wording": 'publish.wording("a", d, up="opp fra", same="", down="ned fra", english=["up from"])',
    "words kept for a wording": 'words = {"up": "opp fra", "down": "ned fra"}',
    "words beside their values": 'for word, there in {"lavest": x.min(), "høyest": x.max()}.items(): pass',
    "an extreme": 't = f"Størst er andelen i {x.idxmax()}, {x.max()} prosent"',
    "an extreme by a name": 'first = x.sort_values()\nnames = list(first)\nt = f"Flest har {names[0]} i år"',
    "an extreme in a loop": 'ranked = x.nlargest(2)\nt = "".join(f"Færrest har {name}." for name in ranked)',
    "a label that compares": 'publish.number("a", n, "count", label="Grupper der andelen er høyere enn før")',
}


@pytest.mark.parametrize("name", FOUND_IN_CODE)
def test_what_is_typed_in_a_code_cell_is_found(tmp_path: Path, name: str) -> None:
    source, expected = FOUND_IN_CODE[name]
    assert found_in_code(tmp_path, source) == expected


@pytest.mark.parametrize("name", PASSED_IN_CODE)
def test_what_code_computes_is_passed_over(tmp_path: Path, name: str) -> None:
    assert found_in_code(tmp_path, PASSED_IN_CODE[name]) == []


def test_names_are_known_from_other_cells(tmp_path: Path) -> None:
    cells = [cell("code", "risen = rise[rise >= limit]", "a"), cell("code", 't = "De økte" if len(risen) else ""', "b")]
    assert find_loose(make_project(tmp_path, cells=cells)) == []


def test_the_variable_of_a_comprehension_is_not_that_of_another() -> None:
    source = 'a = [f"{n} er størst" for n in x.nlargest(2)]\nb = [f"{n} er størst" for n in names]'
    tree = ast.parse(source)
    strings = sorted((node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)), key=lambda node: node.lineno)
    ties = Ties([tree])
    assert [ties.is_beside_extreme(string) for string in strings] == [True, False]


# The allow-list

REASON = "It is the name of a law."


@pytest.mark.parametrize(
    "entry",
    [
        {"text": "§ 7 i loven"},
        {"text": ["§ 7", "minst {}"][:1]},
        {"pattern": "§ \\d"},
        {"text": "§ 7", "file": "book/*.md"},
        {"text": "§ 7 i loven sier {}", "backed_by": "andel"},
    ],
)
def test_what_is_allowed_is_passed_over(tmp_path: Path, entry: dict[str, Any]) -> None:
    cells = [cell("code", "x", "tall", [NUMBER_OUTPUT])]
    pages = {"book/side.md": "Etter §\n7 i loven sier {tall}`andel`."}
    assert find_loose(make_project(tmp_path, pages, cells, [{**entry, "reason": REASON}])) == []


def test_an_entry_allows_only_what_and_where_it_says(tmp_path: Path) -> None:
    pages = {"book/side.md": "Etter § 7 svarte 7.", "book/annen.md": "Etter § 7."}
    allowed = [{"text": "§ 7", "file": "book/side.md", "reason": REASON}]
    places = [line.partition(":")[0] for line in find_loose(make_project(tmp_path, pages, allowed=allowed))]
    assert places == ["book/annen.md, line 1", "book/side.md, line 1"]


def test_an_entry_can_be_for_a_cell(tmp_path: Path) -> None:
    cells = [cell("markdown", "Andelen økte", name) for name in ("a", "b", "c")]
    allowed = [{"text": "økte", "cell": ["a", "b"], "reason": REASON}]
    (problem,) = find_loose(make_project(tmp_path, cells=cells, allowed=allowed))
    assert problem.startswith("notebooks/03_kapittel.ipynb, cell c, line 1: «økte»")


def test_an_entry_that_allows_nothing_must_go(tmp_path: Path) -> None:
    allowed = [{"text": "§ 7", "reason": REASON}, {"text": ["§ 7", "ingen steder", "Etter"], "reason": REASON}]
    assert find_loose(make_project(tmp_path, {"book/side.md": "Etter § 7."}, allowed=allowed)) == [
        f"book/prose/allowed.yml, entry 2: «{words}» allows nothing that stands in the prose: remove it."
        for words in ("ingen steder", "Etter")
    ]


def test_what_backs_a_sentence_must_be_published_and_printed_there(tmp_path: Path) -> None:
    pages = {"book/side.md": "Høyest er {ord}`a`.\n\nLavest er {ord}`andel`.\n\nFærrest har {tall}`ukjent`."}
    allowed = [
        {"text": "Høyest er {}", "reason": REASON, "backed_by": "andel"},
        {"text": "Lavest er {}", "reason": REASON, "backed_by": ["andel", "annet"]},
        {"text": "Færrest har {}", "reason": REASON, "backed_by": "ukjent"},
    ]
    cells = [cell("code", "x", "tall", [NUMBER_OUTPUT])]
    root = make_project(tmp_path, pages, cells, allowed)
    (root / "data" / "registers").mkdir(parents=True)
    (root / "data" / "registers" / "2024.csv").write_text("key,label\nannet,Et tall\n", encoding="utf-8")
    problems = find_loose(root)
    assert problems[0].startswith("book/side.md, line 1: «Høyest»")
    assert problems[1:] == [
        "book/prose/allowed.yml, entry 1: «Høyest er {}» allows nothing that stands in the prose: remove it.",
        "book/prose/allowed.yml, entry 3: no notebook publishes «ukjent», which is to back it.",
    ]


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([{"text": "§ 7"}], "entry 1, reason: Field required"),
        ([{"text": "§ 7", "reason": "  "}], "entry 1, reason: String should have at least"),
        ([{"text": "§ 7", "reason": REASON}, {"reason": REASON}], "entry 2, as a whole: Value error, give either"),
        ([{"text": "§ 7", "pattern": "7", "reason": REASON}], "entry 1, as a whole: Value error, give either"),
        ([{"pattern": "(", "reason": REASON}], "is no regular expression"),
        ([{"text": "§ 7", "reason": REASON, "because": "x"}], "entry 1, because: Extra inputs"),
        ("text: x\n", "Input should be a valid list"),
        ("- [", "cannot be read"),
    ],
)
def test_a_bad_allow_list_is_refused(tmp_path: Path, entries: str | list[object], said: str) -> None:
    with pytest.raises(InputError, match=r"allowed\.yml") as caught:
        find_loose(make_project(tmp_path, allowed=entries))
    assert said in str(caught.value)


# The words


@pytest.mark.parametrize(
    "words",
    [
        *("økte", "økt", "øker", "økningen", "prisøkning", "gikk opp", "gått ned", "falt", "faller", "sank", "sunket"),
        *("steg", "steget", "vokste", "vokst", "nedgang", "oppgang", "framgang", "fremgang", "tilbakegang", "opp fra"),
        *(
            "ned fra",
            "flere enn",
            "færre kommuner enn",
            "mer enn",
            "mindre enn",
            "høyere",
            "lavere",
            "flest",
            "færrest",
        ),
        *(
            "størst",
            "største",
            "minst",
            "mest",
            "høyest",
            "lavest",
            "oftere",
            "sjeldnere",
            "increased",
            "fell",
            "highest",
        ),
        *("more than", "up from"),
    ],
)
def test_direction_words_are_known(words: str) -> None:
    assert any(pattern.fullmatch(words) for pattern in direction_words(PROJECT_ROOT).kinds.values())


@pytest.mark.parametrize(
    "words", ["økonomi", "minstelønn", "mestring", "flertall", "fallskjerm", "høy", "opp", "flere"]
)
def test_other_words_are_not(words: str) -> None:
    assert not any(pattern.search(words) for pattern in direction_words(PROJECT_ROOT).kinds.values())


# What cannot be read


def broken_projects(folder: Path) -> Iterator[tuple[Path, str]]:
    yield make_project(folder / "a", cells=[cell("code", "x = (\n", "feil")]), "03_kapittel.ipynb, cell feil, line 1"
    no_notebook = make_project(folder / "b")
    (no_notebook / "notebooks" / "03_kapittel.ipynb").write_text("[]", encoding="utf-8")
    yield no_notebook, "notebooks/03_kapittel.ipynb cannot be read as a notebook"
    no_text = make_project(folder / "c")
    (no_text / "index.md").write_bytes(b"\xff\xfe")
    yield no_text, "index.md cannot be read"
    no_words = make_project(folder / "d")
    (no_words / WORDS_FILE).write_text("change: {nb: ['(']}\n", encoding="utf-8")
    yield no_words, "direction_words.yml cannot be read"
    no_list = make_project(folder / "e")
    (no_list / ALLOWED_FILE).unlink()
    yield no_list, "allowed.yml cannot be read"


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    for root, said in broken_projects(tmp_path):
        with pytest.raises(InputError, match=said):
            find_loose(root)


def test_every_problem_is_in_the_message(tmp_path: Path) -> None:
    root = make_project(tmp_path, {"book/a.md": "Andelen økte.", "book/b.md": "Antallet er 42."})
    with pytest.raises(InputError) as caught:
        require_computed_prose(root)
    assert [line.partition(":")[0] for line in str(caught.value).splitlines()] == [
        "2 problem(s) in the prose of the report",
        "  - book/a.md, line 1",
        "  - book/b.md, line 1",
    ]
