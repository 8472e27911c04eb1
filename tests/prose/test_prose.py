"""No loose numbers: what is typed into the prose and computed by no cell is found, with file, cell and line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import copy_project, run_digikom

from digikom.errors import InputError
from digikom.paths import PROJECT_ROOT
from digikom.prose import find_loose, require_computed_prose
from digikom.prose.loose import ALLOWED_FILE, WORDS_FILE, patterns
from digikom.prose.markdown import DIRECTIONS, read_markdown

NOTEBOOK = "notebooks/03_digital_prioritering.ipynb"
WORDS = "book/ord/03_digital_prioritering.yml"


def cell(kind: str, source: str, name: str = "celle") -> dict[str, Any]:
    return {"cell_type": kind, "id": name, "source": source, "metadata": {}}


def make_project(
    folder: Path,
    pages: dict[str, str] | None = None,
    cells: list[dict[str, Any]] | None = None,
    allowed: str | Sequence[object] = (),
) -> Path:
    """A project with some words, a notebook and an allow-list of its own; the direction words are the real ones."""
    entries = allowed if isinstance(allowed, str) else yaml.safe_dump(list(allowed), allow_unicode=True)
    notebook = json.dumps({"cells": cells or []})
    own = {"index.md": "# Tittel\n", "notebooks/03_kapittel.ipynb": notebook, ALLOWED_FILE.as_posix(): entries}
    for name, text in {**own, **(pages or {})}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    shutil.copy(PROJECT_ROOT / WORDS_FILE, folder / WORDS_FILE)
    return folder


def found(root: Path) -> list[str]:
    """What is found in a project of one source: line and words."""
    places = (line.partition(": «") for line in find_loose(root))
    return [f"{place.rpartition('line ')[2]}: {rest.partition('»')[0]}" for place, _, rest in places]


# The project itself


def test_the_project_has_no_loose_number_or_direction_word() -> None:
    assert find_loose() == []


def plant(root: Path, name: str, old: str, new: str) -> None:
    """Put words into a source of a copied project."""
    text = (root / name).read_text(encoding="utf-8")
    assert old in text
    (root / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_planted_words_are_found_with_file_cell_and_line(tmp_path: Path) -> None:
    for name in ("index.md", "book", "notebooks"):
        source, target = PROJECT_ROOT / name, tmp_path / name
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    for name, old, new in (
        ("book/01_innledning.md", "\n", "\nI alt 42 kommuner.\n"),
        (NOTEBOOK, "Kommuner viser", "Bruken økte <script>alert('økte')</script>. Kommuner viser"),
        (NOTEBOOK, '"publish.shown(strategies)"', r'"x = f\"De er {n} kommuner\"\n", "publish.shown(strategies)"'),
        (WORDS, "caption: Områder", "caption: De fem områdene"),
    ):
        plant(tmp_path, name, old, new)
    before = find_loose()
    problems = [problem for problem in find_loose(tmp_path) if problem not in before]
    assert all(problem.endswith("; or allow it in book/prose/allowed.yml, with the reason.") for problem in problems)
    assert [problem.partition(": publish")[0].partition(": let")[0].partition(": sent")[0] for problem in problems] == [
        "book/01_innledning.md, line 2: «42» is typed, and no cell has computed it",
        f"{WORDS}, line 8: «fem områdene» is typed, and no cell has computed it",
        *[f"{NOTEBOOK}, cell introduction, line 1: «økte» says that something changed, and no cell has computed it"]
        * 2,
        f"{NOTEBOOK}, cell strategy-base, line 17: «De er {{}} kommuner» is put together in code",
    ]


@pytest.mark.parametrize(
    ("path", "old", "new", "said"),
    [
        ("book/forord.md", "\n", "\nAndelen økte.\n", "book/forord.md, line 2: «økte»"),
        (WORDS, "{{ least | liten }}", "{{ least", f"{WORDS}, line 11: Jinja cannot read this: expected"),
    ],
)
def test_a_build_stops_before_anything_is_executed(tmp_path: Path, path: str, old: str, new: str, said: str) -> None:
    project = copy_project(tmp_path / "project")
    plant(project, path, old, new)
    site = tmp_path / "site"
    (site / "2022").mkdir(parents=True)
    (site / "2022" / "index.html").write_text("published", encoding="utf-8")
    for arguments in (("build", "2022", "--site", str(site)), ("lint",)):
        done = run_digikom(project, *arguments)
        assert done.returncode == 2, done.stdout + done.stderr
        assert done.stdout == ""
        assert said in done.stderr
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
    "as words": ("Alle de tolv kommunene og\nfem størrelsesgrupper", ["1: tolv kommunene", "2: fem størrelsesgrupper"]),
    "as a limit": (
        "Score på tre, grad to, minst fire og færre enn\nti",
        ["1: Score på tre", "1: grad to", "1: minst fire", "1: færre enn ti"],
    ),
    "as a span": (
        "Null til fire, fire av de fem, tre eller fire eller flere",
        ["1: Null til fire", "1: fire av de fem", "1: tre eller fire"],
    ),
    "as words in English": (
        "A score of three, or one or two of six services",
        ["1: score of three", "1: one or two of six"],
    ),
    "in English, changed": ("---\nlang: en\n---\nThe share increased.", ["4: increased"]),
}
PASSED = {
    "roles": "{tall}`grad-4|verdi` {ord}`a-5` {numref}`fig-3` {cite:p}`ks2017` {doc}`01_x` {utgaven}`v1`",
    "targets": "[Se](side2.md) <https://example.org/2022> {doc}`følsomhet </notebooks/08_x>`\n\n(punkt-2)=\n## Punkt",
    "code": "Bruk `0` eller\n\n```python\nx = 42\n```\n\n    økte 42\n",
    "names of directives": "```{har-siden} a2\n:class: b3\nTekst.\n```\n\n```{fra-utgaven} tekst2\n```",
    "code in a directive": "```{code-block} x2\n3\n```",
    "attributes and comments": '<a href="x2.html" id="y3">her</a> <!-- 4 økte -->\n\n% økte 5\n',
    "front matter": "---\nlang: nb\nyear: 2022\n---\nTekst.",
    "cards": "```{nokkeltall}\n- tall: grad-4\n  tekst: av kommunene\n  krever: a2\n```",
    "words that are no direction words": "Økonomien, et flertall, minstelønn, mestring og høye fjell",
    "number words that count nothing": "To kapitler, de tre siste og én kommune eller flere",
    "marks": "Det gjelder en annen{med}`grad-4`{uten}`grad-5`.",
    "nothing": "",
}


def cases(found: dict[str, tuple[str, list[str]]], passed: dict[str, str]) -> pytest.MarkDecorator:
    """Texts with what is found in them, and texts in which nothing is."""
    expected = [*found.values(), *((text, []) for text in passed.values())]
    return pytest.mark.parametrize(("text", "expected"), expected, ids=[*found, *passed])


@cases(FOUND, PASSED)
def test_what_is_typed_on_a_page_is_found(tmp_path: Path, text: str, expected: list[str]) -> None:
    assert found(make_project(tmp_path, {"book/side.md": text})) == expected


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
    "a sentence": ('text = f"Av {n} har {m} svart"', ["1: Av {} har {} svart"]),
    "over several lines": (
        'f(\n    alt=(f"Stolper for {n}."\n        f" De er {b}")\n)',
        ["2: Stolper for {}. De er {}"],
    ),
    "with a plus": ('x = "Andelen er " + str(n) + " prosent"', ["1: Andelen er {} prosent"]),
    "a label": ('publish.number("a", n, "count", label="De 42 som økte")', ["1: 42"]),
    "a heading": ('Column("x_2", "Alle 2")', ["1: 2"]),
    "words in a heading": ('Column("x", "De fem gradene")', ["1: fem gradene"]),
    "a number in an f-string": ('text = f"42 {n:.1f}"', ["1: 42"]),
}
PASSED_IN_CODE = {
    "keys, columns, colours and paths": 'x = frame["score_4"].map({"C0": "#4b4a9e"})["lower"]; y = "03_kapittel"',
    "comments and docstrings": 'def f():\n    """Økte 42."""\n    # økte 42\n    return 42',
    "queries": 'x = frame.query(f"score >= 3 and year == {target}")',
    "keys and formats": 'x = f"grade-{n}-share-{m}", f"{share:.1f} prosent", a + b, ", ".join(names)',
    "lists of keys": 'keys = "strategy-share priority-grade-4".split()',
    "labels": 'publish.each("{}", x, "Strategier som omtaler «{name}», størst økning")',
    "what goes wrong": 'raise ValueError(f"no rule for {n!r}")',
}


@cases(FOUND_IN_CODE, PASSED_IN_CODE)
def test_what_is_typed_in_a_code_cell_is_found(tmp_path: Path, text: str, expected: list[str]) -> None:
    assert found(make_project(tmp_path, cells=[cell("code", text)])) == expected


# Files of words

FOUND_IN_WORDS = {
    "a number": ("x:\n  - I alt 42\n  - [Alle fem kommuner, All five]", ["2: 42", "3: fem kommuner"]),
    "over several lines": ("x:\n  alt: >-\n    Stolper for {{ n }}.\n    Andelen økte, med 3.", ["4: økte", "4: 3"]),
    "around what is put in": ('x: \'{{ n | antall("42 a", "7 b") }} av 8\'', ["1: 8"]),
    "outside a branch": (
        "x: De økte.{% if n > 1 %} De falt{% else %} De sank{% endif %}, størst",
        ["1: økte", "1: størst"],
    ),
    "a number in a choice": ("x:\n  - {when: n > 1, nb: De 5 økte}", ["2: 5"]),
    "a change beside an extreme": ("x: Mest har {{ top[0].name }} økt", ["1: økt"]),
    "an extreme beside another fact": ("x: Mest har {{ name }} i {{ stops }}", ["1: Mest"]),
}
PASSED_IN_WORDS = {
    "chosen by numbers": "x: {of: a, up: økte, same: 'som før', down: falt}",
    "alternatives": "x: {up: [økte, rose], down: [falt, fell]}",
    "chosen by a condition": "x:\n  - when: n > 1\n    nb: De økte\n    en: They rose",
    "in a branch": "x: '{% if n > 1 %}De økte{% elif n < 1 %}De falt{% else %}De sank{% endif %}'",
    "in an expression": 'x: \'{{ "flere enn 3" if n > 3 else "færre" }}\'',
    "an extreme": "x: Størst er {{ county_most }} og lavest {{ low_names | og }}",
    "a rise": "x: Størst er framgangen for {{ risen | liten }}",
    "a reference": "x: &x {of: a, up: økte}\na: {<<: *x, of: x}",
    "numbers by key": "x: fra {tall}`grad-4` i {{ year }}",
    "keys and comments": "# 42 økte\nx: {}",
    "nothing": "",
}


@cases(FOUND_IN_WORDS, PASSED_IN_WORDS)
def test_what_is_typed_in_a_file_of_words_is_found(tmp_path: Path, text: str, expected: list[str]) -> None:
    cells = [cell("code", 'words("x", "a")')]
    assert found(make_project(tmp_path, {"book/ord/a.yml": text}, cells)) == expected


def test_macros_are_read_one_by_one(tmp_path: Path) -> None:
    macros = (
        "{# 42 økte #}\n{% macro a(low) -%}\nLavest {{ low }}\n{%- endmacro %}\n{% macro b(n) %}Lavest 3{% endmacro %}"
    )
    assert found(make_project(tmp_path, {"book/ord/a.j2": macros})) == ["5: Lavest", "5: 3"]


def test_words_that_nothing_uses_are_told(tmp_path: Path) -> None:
    code = 'words("navn"); each("venter-{}", x); ranks("skala", x); fig(f"fig-{name}-kart")'
    known = ("navn", "venter-to-ting", "skala-first", "fig-a-kart")
    unknown = ("annet", "fig-kart", "skala-femte")
    words = "".join(f"{key}: Ord\nny-{key}: {{of: {key}, up: opp}}\n" for key in (*known, *unknown))
    root = make_project(tmp_path, {"book/ord/a.yml": words}, [cell("code", code)])
    first = 2 * len(known) + 1
    assert find_loose(root) == [
        f"book/ord/a.yml, line {line}: nothing publishes «{key}»: remove it."
        for line, key in enumerate((name for key in unknown for name in (key, f"ny-{key}")), first)
    ]


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
    pages = {"book/side.md": "Etter §\n7 i loven sier {tall}`andel`."}
    assert find_loose(make_project(tmp_path, pages, allowed=[{**entry, "reason": REASON}])) == []


def test_an_entry_allows_only_what_and_where_it_says(tmp_path: Path) -> None:
    pages = {"book/side.md": "Etter § 7 svarte 7.", "book/annen.md": "Etter § 7."}
    allowed = [{"text": "§ 7", "file": "book/side.md", "reason": REASON}]
    places = [line.partition(":")[0] for line in find_loose(make_project(tmp_path, pages, allowed=allowed))]
    assert places == ["book/annen.md, line 1", "book/side.md, line 1"]


def test_an_entry_that_allows_nothing_must_go(tmp_path: Path) -> None:
    allowed = [{"text": "§ 7", "reason": REASON}, {"text": ["§ 7", "ingen steder", "Etter"], "reason": REASON}]
    assert find_loose(make_project(tmp_path, {"book/side.md": "Etter § 7."}, allowed=allowed)) == [
        f"book/prose/allowed.yml, entry 2: «{words}» allows nothing that stands in the prose: remove it."
        for words in ("ingen steder", "Etter")
    ]


def test_what_backs_a_sentence_must_be_printed_there(tmp_path: Path) -> None:
    pages = {"book/side.md": "Høyest er {ord}`a`.\n\nLavest er {ord}`andel`."}
    allowed = [
        {"text": "Høyest er {}", "reason": REASON, "backed_by": "andel"},
        {"text": "Lavest er {}", "reason": REASON, "backed_by": ["andel", "annet"]},
    ]
    problems = find_loose(make_project(tmp_path, pages, allowed=allowed))
    assert problems[0].startswith("book/side.md, line 1: «Høyest»")
    assert problems[1:] == [
        "book/prose/allowed.yml, entry 1: «Høyest er {}» allows nothing that stands in the prose: remove it."
    ]


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([{"text": "§ 7"}], "1 reason: Field required"),
        ([{"text": "§ 7", "reason": "  "}], "1 reason: String should have at least"),
        ([{"text": "§ 7", "reason": REASON}, {"reason": REASON}], "2: Value error, give either"),
        ([{"text": "§ 7", "pattern": "7", "reason": REASON}], "1: Value error, give either"),
        ([{"pattern": "(", "reason": REASON}], "1: Value error, the pattern '(' is no regular expression: missing )"),
        # Here the blank, which stands for any white space, makes it one that is none.
        (
            [{"pattern": ["a", "b {2}"], "reason": REASON}],
            "1: Value error, the pattern 'b {2}' is no regular expression",
        ),
        ([{"text": "§ 7", "reason": REASON, "because": "x"}], "1 because: Extra inputs"),
        ("text: x\n", "Input should be a valid list"),
        ("- [", "cannot be read"),
    ],
)
def test_a_bad_allow_list_is_refused(tmp_path: Path, entries: str | list[object], said: str) -> None:
    with pytest.raises(InputError, match=r"allowed\.yml") as caught:
        find_loose(make_project(tmp_path, allowed=entries))
    assert said in str(caught.value)


# The words

KNOWN = (
    "økte, økt, øker, økningen, prisøkning, gikk opp, gått ned, falt, faller, sank, sunket, steg, steget, vokste, "
    "vokst, nedgang, oppgang, framgang, fremgang, tilbakegang, opp fra, ned fra, flere enn, færre kommuner enn, "
    "mer enn, høyere, mindre enn, lavere, flest, færrest, størst, største, minst, mest, høyest, lavest, oftere, "
    "sjeldnere, increased, fell, highest, more than, up from"
)
OTHER = "økonomi, minstelønn, mestring, flertall, fallskjerm, høy, opp, flere"


def test_direction_words_are_known_and_other_words_are_not() -> None:
    known = [expression for kind, expression in patterns(PROJECT_ROOT).items() if kind in DIRECTIONS]
    assert [words for words in KNOWN.split(", ") if not any(one.fullmatch(words) for one in known)] == []
    assert [words for words in OTHER.split(", ") if any(one.search(words) for one in known)] == []


# What cannot be read


BROKEN: dict[str, tuple[str | bytes, str]] = {
    "notebooks/03_kapittel.ipynb": ("[]", "notebooks/03_kapittel.ipynb cannot be read as a notebook"),
    "index.md": (b"\xff\xfe", "index.md cannot be read"),
    "book/ord/a.yml": (
        "x: a\ny: {",
        "book/ord/a.yml, line 3: this is no valid YAML: did not find expected node content",
    ),
    "book/ord/b.yml": ("x:\n  - a\n  - '{% if n %}'", "book/ord/b.yml, line 3: Jinja cannot read this: Unexpected end"),
    "book/ord/c.yml": ("x:\n  - {when: n >, nb: a}", "book/ord/c.yml, line 2: Jinja cannot read this"),
    "book/ord/d.j2": ("a\n{{ b", "book/ord/d.j2, line 2: Jinja cannot read this"),
    WORDS_FILE.as_posix(): ("change: {nb: ['(']}\n", "direction_words.yml cannot be read"),
    ALLOWED_FILE.as_posix(): (b"\xff\xfe", "allowed.yml cannot be read"),
}


@pytest.mark.parametrize("file", BROKEN)
def test_what_cannot_be_read_is_named(tmp_path: Path, file: str) -> None:
    content, said = BROKEN[file]
    root = make_project(tmp_path)
    (root / file).parent.mkdir(exist_ok=True)
    (root / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError, match=said):
        find_loose(root)


def test_code_that_is_no_python_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"03_kapittel\.ipynb, cell feil, line 1"):
        find_loose(make_project(tmp_path, cells=[cell("code", "x = (\n", "feil")]))


def test_every_problem_is_in_the_message(tmp_path: Path) -> None:
    root = make_project(tmp_path, {"book/a.md": "Andelen økte.", "book/b.md": "Antallet er 42."})
    with pytest.raises(InputError) as caught:
        require_computed_prose(root)
    assert [line.partition(":")[0] for line in str(caught.value).splitlines()] == [
        "2 problem(s) in the prose of the report",
        "  - book/a.md, line 1",
        "  - book/b.md, line 1",
    ]
