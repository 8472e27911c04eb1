"""A sentence stays if its numbers are published: in paragraphs, lists, tables, directives, sections, cells, words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import left_out
import pytest
import sphinxext_books as books

from digikom.editions.edition_files import edition_years
from digikom.errors import BuildError
from digikom.paths import PROJECT_ROOT
from digikom.presence.absences import Absence, explainer, explanation
from digikom.presence.keys import Key, edition_of, keys_of, read_keys, require_known, united, write_keys
from digikom.presence.rule import Edition, LeftOut, notebook, page
from digikom.presence.sentences import first_words, mentions, sentences
from digikom.publish.published import read_cells

SENTENCES = {
    "two": ("Det er ett. Det er to.", 2),
    "over lines": ("Det er ett.\nDet er to på\ntre linjer.", 2),
    "a question and a cry": ("Er det ett? Det er to! Det er tre.", 3),
    "abbreviations": ("Bl.a. dette, f.eks. Oslo, ca. 5 og nr. 2, jf. Kap. 3 og kap. 4. Så nytt.", 2),
    "an abbreviation before a role": ("Se jf. {numref}`fig-a` og ca. {tall}`a`. Så nytt.", 2),
    "one that may end a sentence": ("Data osv. Det er nytt. Rybalka mfl. {cite:p}`r` sier det. 20 pst. av dem.", 4),
    "ordinals": ("I henholdsvis 1. og 2. kvartal, eller 1. 2. og 3. Så nytt.", 2),
    "decimals": ("Det er 3.5 eller 2,5. Så nytt.", 2),
    "a sentence that ends in a number": ("Det var i 2018. Så nytt.", 2),
    "an initial": ("Skrevet av M. Rybalka. Så nytt.", 2),
    "a role begins": ("Først dette. {tall}`a` kommuner svarte.", 2),
    "points in roles and code": ("Se {doc}`a. B <../b.md>` og `a. B`. Så nytt.", 2),
    "points in links": ("Se [sidene](https://a.no/B. C) og <https://b.no/x.Y>. Så nytt.", 2),
    "mathematics": ("Vi har $a. B$ og ett til. Så nytt.", 2),
    "brackets are whole": ("Noen (Se her. Og der.) svarte. Så nytt.", 2),
    "quotations are whole": ("De sa «Ja. Nei.» til det. Så nytt.", 2),
    "a quotation may begin": ("Slik er det. «Vet ikke» er med.", 2),
    "a label": ("**Les.** Kapitlene kan leses.", 2),
    "emphasis is whole": ("**Les. Lær.** Så nytt.", 2),
    "colons": ("Det er to ting: Det ene er stort. Det andre er lite.", 2),
    "dots": ("Det er … noe. Og …", 2),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_sentences(name: str) -> None:
    text, count = SENTENCES[name]
    found = sentences(text)
    assert "".join(found) == text
    assert len(found) == count, found


MENTIONS = {
    "roles": ("{tall}`a|en` og {ord}`b`", ["a", "b"]),
    "figures and tables": (
        "{numref}`fig-a`, {numref}`Tabell %s <tab-b>` og [her](#fig-c)",
        ["fig-a", "tab-b", "fig-c"],
    ),
    "other targets": ("{ref}`maal`, {doc}`side` og [her](#der)", []),
    "code": ("Skriv ``{tall}`a` `` eller `{tall}`", []),
    "in HTML": ("<code>verify {tall}`year|verdi`</code>", ["year"]),
    "marks": ("{med}`a` {uten}`b` Tekst.", ["a", "b"]),
}


@pytest.mark.parametrize("name", MENTIONS)
def test_mentions(name: str) -> None:
    text, keys = MENTIONS[name]
    assert [key for key, _ in mentions(text)] == keys


def test_first_words() -> None:
    assert first_words("{med}`a` **I alt** hadde {tall}`a` av dem [en](#b) `kode`.") == "I alt hadde … av dem en kode."
    assert first_words("ett to tre fire", 11) == "ett to tre …"


#: The keys a, b, fig-a, year and small-change are published, x, y and fig-x are not.
HAS = Edition(frozenset({"a", "b", "fig-a", "year", "small-change"}), {("kap", "gir"): ("a",), ("kap", "tier"): ("x",)})
A, B, X, Y, YEAR = "{tall}`a`", "{ord}`b`", "{tall}`x`", "{ord}`y|en`", "{tall}`year`"

PAGES = {
    "all stands": (f"Det er {A}.\nDet er {B}.\n", f"Det er {A}.\nDet er {B}.\n"),
    "a sentence": (f"Det er {A}. Det er {X}. Det\ner {B}.", f"Det er {A}. Det\ner {B}."),
    "the first sentence": (f"Det er {X} og\nmer. Det er {A}.", f"Det er {A}."),
    "a comparison that is not made": (
        f"Det er {A},\n{{ord}}`a-since`. Og {{ord}}`b-since|en`, {B}.",
        f"Det er {A}.\n Og, {B}.",
    ),
    "a paragraph": (f"Før.\n\nDet er {X}. Og {Y}.\n\nEtter.", "Før.\n\nEtter."),
    "a figure": ("{numref}`fig-x` viser det. Se {numref}`fig-a`.", "Se {numref}`fig-a`."),
    "points one by one": (f"- {A}\n- {X}\n- {B}", f"- {A}\n- {B}"),
    "the first sentence of a point": (f"- {X}. Så {A}\n  videre.\n- {B}", f"- Så {A}\n  videre.\n- {B}"),
    "a point of which no key stands": (f"- **Om.** {X}. Se {{doc}}`b`.\n- {A}", f"- {A}"),
    "a point without keys": (f"- Uten tall.\n- {X}", "- Uten tall."),
    "a point within a point": (f"- {A}\n  - {X}\n  - {B}\n- {B}", f"- {A}\n  - {B}\n- {B}"),
    "a list and what leads to it": (f"Tall {A}. Disse svarte:\n\n- {X}\n- {Y}\n\nSlutt.", f"Tall {A}.\n\nSlutt."),
    "a paragraph that only leads": (f"Disse svarte:\n\n1. {X}\n2. {Y}\n\nSlutt.", "Slutt."),
    "a list without its lead": (f"Av {X} svarte:\n\n- {A}\n\nSlutt.", "Slutt."),
    "a list behind a mark": ("{uten}`a`\nDet gjelder:\n\n- uten tall\n\nSlutt.", "Slutt."),
    "a list behind a mark that is met": ("{med}`a`\nDet gjelder:\n\n- uten tall", "Det gjelder:\n\n- uten tall"),
    "a list that stands, led": (f"Av {A} svarte:\n\n- {B}", f"Av {A} svarte:\n\n- {B}"),
    "rows": (f"| a | b |\n|---|---|\n| {A} | 1 |\n| {X} | 2 |", f"| a | b |\n|---|---|\n| {A} | 1 |"),
    "a table": (f"Slik:\n\n| a |\n|---|\n| {X} |\n\nSlutt.", "Slutt."),
    "a margin": (f"Før.\n\n```{{margin}} Ord\nDet er {X}.\n```\n\nSlutt.", "Før.\n\nSlutt."),
    "in a directive": (
        f"````{{admonition}} Les\n:class: tip\nDet er {X}. Og {A}.\n\n```{{margin}}\n{X}\n```\n````",
        f"````{{admonition}} Les\n:class: tip\nOg {A}.\n````",
    ),
    "in a directive with colons": (f":::{{note}}\nDet er {X}. Og {A}.\n:::", f":::{{note}}\nOg {A}.\n:::"),
    "in a directive in a list": (
        f"- {A}\n\n  ```{{note}}\n  Det er {X}. Og {B}.\n  ```",
        f"- {A}\n\n  ```{{note}}\n  Og {B}.\n  ```",
    ),
    "a title of a directive": (f":::{{note}} Om {X}\nTekst.\n:::\n\nSlutt.", "Slutt."),
    "code": (f"```\n{X}\n```\n\n```{{code-block}} md\n{X}\n```", f"```\n{X}\n```\n\n```{{code-block}} md\n{X}\n```"),
    "a directive of a key": (
        "```{sitering} nokkel fig-x\n```\n\n```{sitering} nokkel fig-a\n```",
        "```{sitering} nokkel fig-a\n```",
    ),
    "cards": (
        "```{nokkeltall}\n- tall: a\n  tekst: av dem. Ja\n- tall: x\n  tekst: av andre. Ja\n```",
        "```{nokkeltall}\n- tall: a\n  tekst: av dem. Ja\n```",
    ),
    "no cards": ("Før.\n\n```{nokkeltall}\n- tall: x\n  tekst: av andre\n```", "Før."),
    "a quotation": (f"> Det er {X}. Og {A}.\n>\n> {X}", f"> Og {A}.\n>"),
    "a label alone": (f"**Om det.** Det er {X}.\n\nSlutt.", "Slutt."),
    "front matter and comments": (f"---\nlang: en\n---\n\n% {X}\n\n# T\n", f"---\nlang: en\n---\n\n% {X}\n\n# T\n"),
    # Sections.
    "a section": (f"# T\n\nFør.\n\n## S\n\nTekst. {X}.\n\n## U\n\n{A}.", f"# T\n\nFør.\n\n## U\n\n{A}."),
    "a section with a number that stands": (f"## S\n\nTekst.\n\n{X}.\n\n{A}.", f"## S\n\nTekst.\n\n{A}."),
    "a section without keys": ("## S\n\nTekst.", "## S\n\nTekst."),
    "a section of a section": (f"## S\n\n{A}.\n\n### T\n\nTekst.\n\n### U\n\n{X}.", f"## S\n\n{A}.\n\n### T\n\nTekst."),
    "a section with all its sections": (f"## S\n\nTekst.\n\n### T\n\nMer.\n\n### U\n\n{X}.\n\n## V", "## V"),
    "a year holds nothing up": (f"## S\n\nI {YEAR} svarte de.\n\n{X}.\n\n## V", "## V"),
    "a year alone": (f"## S\n\nI {YEAR} svarte de.", f"## S\n\nI {YEAR} svarte de."),
    "a year that is not there": ("## S\n\nTekst. Og {tall}`year-reference`.", "## S\n\nTekst."),
    "a section of which nothing is left": ("## S\n\nI {tall}`year-reference`.\n\n## V", "## V"),
    "a heading with a key": (f"## Om {X}\n\n{A}.\n\n## V", "## V"),
    "a target goes with its section": (f"## R\n\n{A}.\n\n(maal)=\n## S\n\n{X}.", f"## R\n\n{A}."),
    "an opening": (f"# T\n\nFørst {X}. Så tekst.\n\n## S\n\n{A}", f"# T\n\nSå tekst.\n\n## S\n\n{A}"),
    "a passage with a heading": (
        f"## S\n\n{X}.\n\n```{{har-siden}} b\n## U\n\nTekst.\n```",
        "```{har-siden} b\n## U\n\nTekst.\n```",
    ),
    "a section that is held, of one that is not": ("## {med}`x` S\n\n### {med}`a` T\n\nTekst.\n\n## V", "## V"),
    # Marks.
    "a mark that is met": ("{med}`a` Setning en. Setning to.", "Setning en. Setning to."),
    "a mark that is not": ("{med}`x` Setning en. Setning to.", "Setning to."),
    "several marks": ("{med}`a` {uten}`x` En. {med}`a` {med}`x` To. {uten}`a` Tre.", "En."),
    "a mark of a paragraph": ("{med}`x`\nEn. To.\n\n{uten}`x`\nTre. Fire.", "Tre. Fire."),
    "a mark of a section": ("## {med}`x` S\n\nTekst.\n\n## {uten}`x` T\n\nMer.", "## T\n\nMer."),
    "a mark that holds a section": (f"## {{med}}`a` S\n\nTekst. {X}.", "## S\n\nTekst."),
    "a mark of a point": ("- {med}`x` En. To.\n- {med}`a` Tre.", "- To.\n- Tre."),
    "a mark of a whole point": ("- {med}`x`\n  En. To.\n- {med}`a`\n  Tre.", "- Tre."),
    "a mark of a margin": ("```{margin} Ord\n{med}`x`\nTekst.\n```\n\nSlutt.", "Slutt."),
    "a mark does not hold a point up": (f"- {{med}}`a` Tekst {X}. Mer.\n- {A}", f"- {A}"),
}


@pytest.mark.parametrize("name", PAGES)
def test_what_stands(name: str) -> None:
    source, wanted = PAGES[name]
    made, gone = page(source, HAS)
    assert [line for line in made.split("\n") if line] == [line for line in wanted.split("\n") if line], made
    assert (made == source) == (source == wanted)
    assert bool(gone) == any(key in source and source != wanted for key in ("`x", "`y", "fig-x", ": x", "-ref"))


def test_lines_below_stay_where_they_are() -> None:
    source = f"# T\n\nEn {X}.\nTo {A}.\n\n- {X}\n\n- {A}\n\n## S\n\n{X}\n\n## U\n"
    made, _ = page(source, HAS)
    assert made.split("\n")[13:] == ["## U", ""]
    assert len(made.split("\n")) == len(source.split("\n"))


def cell(cell_id: str, *outputs: dict[str, Any], tags: tuple[str, ...] = ()) -> dict[str, Any]:
    return books.code(cell_id, *outputs, tags=tags)


def frame(text: str) -> dict[str, Any]:
    return {"output_type": "execute_result", "data": {"text/plain": text, "text/html": "<table/>"}, "metadata": {}}


GIVES = cell("gir", books.output("number", books.number("a")))


def shown(*cells: dict[str, Any]) -> list[str]:
    kept, _ = notebook(cells, "kap", HAS)
    return [each["id"] if each["cell_type"] == "code" else each["source"].strip() for each in kept]


def test_a_section_goes_with_its_cells() -> None:
    cells = [
        books.text("t", "# T\n\nFør."),
        cell("tier", tags=("parameters",)),
        books.text("s", "## S\n\nTekst."),
        cell("regner"),
        cell("tier"),
        books.text("u", "Mer tekst.\n\n## U\n\nDette."),
        GIVES,
    ]
    assert shown(*cells) == ["# T\n\nFør.", "tier", "## U\n\nDette.", "gir"]


def test_a_cell_that_published_nothing_is_not_shown() -> None:
    cells = [
        cell("tier"),
        books.text("s", "## S"),
        GIVES,
        cell("tier"),
        cell("regner"),
        cell("tier", tags=("parameters",)),
    ]
    assert shown(*cells) == ["tier", "## S", "gir", "regner", "tier"]


def test_a_cell_that_shows_an_empty_frame_is_not_shown() -> None:
    empty, full = frame("Empty DataFrame\nColumns: [a]\nIndex: []"), frame("   a\n0  1")
    cells = [books.text("s", "## S"), GIVES, cell("tom", empty), cell("full", full), cell("begge", empty, full)]
    assert shown(*cells) == ["## S", "gir", "full", "begge"]


def test_results_of_municipalities_are_never_lost() -> None:
    handed = {
        "output_type": "display_data",
        "data": {"application/vnd.digikom.municipalities+json": {}},
        "metadata": {},
    }
    assert shown(books.text("s", f"## S\n\n{X}."), cell("gir-videre", handed)) == ["gir-videre"]


def test_cells_of_which_all_stands_are_handed_on_and_none_is_changed() -> None:
    cells = [books.text("a", f"En {A}."), books.text("x", f"En {X}. To."), GIVES]
    kept, gone = notebook(cells, "kap", HAS)
    assert kept[0] is cells[0]
    assert kept[2] is cells[2]
    assert [each["source"] for each in cells[:2]] == [f"En {A}.", f"En {X}. To."]
    assert gone == [LeftOut("En ….", ("x",))]


ABSENCES = (
    Absence("sky", "not_asked", "nettsky", 2023),
    Absence("innkjop", "not_asked", "innkjøp", 2018, comparison=True),
    Absence("boundaries", "boundaries", "", 2023),
    Absence("municipalities", "municipalities", "", 2023),
)
KEYS = [
    Key("x", "number", "kap", "c", ("sky",)),
    Key("y", "wording", "kap", "c", ("innkjop",)),
    Key("fig-x", "map", "kap", "c", ("innkjop",)),
    Key("fig-y", "map", "kap", "c", ("sky",)),
    Key("fig-z", "map", "kap", "c"),
    Key("tab-k", "municipalities", "kap", "c"),
    Key("uten-grunn", "number", "kap", "c"),
]


def test_each_absence_is_explained_once_where_it_is_met_first() -> None:
    explain = explainer(lambda: ABSENCES, KEYS)
    text = f"# T\n\n{A}. {X}.\n\n## S\n\n{Y}.\n\n## U\n\nMer {X}.\n\n## V\n\n{B}. {Y}.\n"
    made, _ = page(text, HAS, explain)
    blocks = [block.strip() for block in made.split("\n\n") if block.strip()]
    assert blocks == ["# T", f"{A}.", explanation(ABSENCES[:1]), explanation(ABSENCES[1:2]), "## V", f"{B}."]


def test_what_is_said() -> None:
    def said(*keys: str) -> str:
        return explainer(lambda: ABSENCES, KEYS)(keys)

    assert said("x").startswith("Spørsmålene om nettsky ble ikke stilt i 2023.")
    assert said("y") == "Spørsmålene om innkjøp ble ikke stilt i 2018, så tallene kan ikke sammenlignes med det året."
    assert said("fig-z").startswith("Vi har ikke kommunegrenser")
    assert said("fig-y") == said("fig-z", "x") == said("x"), "where there is nothing to draw, nobody misses the map"
    assert said("tab-k").endswith("vises ingen resultater for enkeltkommuner i denne utgaven.")
    assert said("uten-grunn") == said("ukjent") == said() == ""


def test_the_list_of_keys(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    cells = [
        cell("c", books.output("number", books.number("a", questions=["q"], wordings=[books.wording("a-since")]))),
        cell("d", books.output("wording", books.wording("b"))),
        cell("e", books.output("figure", books.map_figure("fig-a"))),
    ]
    keys = list(keys_of("kap", cells))
    assert keys == [
        Key("a", "number", "kap", "c", ("q",)),
        Key("a-since", "wording", "kap", "c"),
        Key("b", "wording", "kap", "d"),
        Key("fig-a", "map", "kap", "e"),
    ]
    more = [*reversed(keys), Key("a", "number", "kap", "c", ("p",))]
    write_keys(more, tmp_path)
    assert read_keys(tmp_path) == united(more) == [Key("a", "number", "kap", "c", ("p", "q")), *keys[1:]]
    made = edition_of(keys, {"kap": cells[:1]})
    assert made.published == {"a", "a-since", "synthetic"}
    assert made.cells == {("kap", "c"): ("a", "a-since"), ("kap", "d"): ("b",), ("kap", "e"): ("fig-a",)}


def test_a_key_that_no_edition_publishes_is_an_error(tmp_path: Path) -> None:
    words = "# T\n\nDet er {tall}`a` og\n{tall}`andel`.\n\n```\n{tall}`kode`\n```\n\n"
    words += "````{note}\n:class: tip\n```{margin}\n{ord}`bb`\n```\n````\n\n{med}`synthetic` Ja.\n"
    files = {
        "index.md": words,
        "book/om.md": "```{nokkeltall}\n- tall: c\n  tekst: av dem\n```\n\n```{sitering} nokkel fig-b\n```\n",
        "book/editions/2022/ord.md": "```{note}\n{uten}`d` Ja.\n```\n",
        "book/editions/2023/ord.md": "{tall}`annen-utgave`",
        "notebooks/kap.ipynb": books.notebook(books.text("her", "Ja.\n\n{numref}`fig-a`")),
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    with pytest.raises(BuildError) as error:
        require_known(tmp_path, [Key("andeler", "number", "kap", "c")], HAS, 2022)
    assert str(error.value).splitlines()[1:] == [
        "  - book/editions/2022/ord.md, line 2: d",
        "  - book/om.md, line 2: c",
        "  - book/om.md, line 6: fig-b (is it fig-a?)",
        "  - index.md, line 4: andel (is it andeler?)",
        "  - index.md, line 13: bb (is it b?)",
    ]


BOOK = {
    **books.PAGES,
    "index.md": "# Forside\n\n{med}`synthetic` Syntetisk. {uten}`synthetic` Fortrolig. Alle {tall}`year`. "
    f"Bare {X}.\n\n"
    "```{fra-utgaven} ord\n```\n\n```{kontroll} utelatt\n```\n",
    "book/om.md": f"# Om\n\n## Nei\n\nTekst {X}.\n\n## Ja\n\nMer.\n",
    "book/vedlegg.md": "# Vedlegg\n\nSe {cite:p}`agenda`.\n\n```{bibliography}\n```\n",
    "book/editions/2022/ord.md": f"Utgavens egne. Og {X}.\n",
    "book/keys.csv": "key,kind,notebook,cell,questions\nx,number,kap2,tier,services\n",
    "notebooks/kap2.ipynb": books.notebook(
        books.text("tittel", "# Kapittel"),
        cell("gir", books.output("number", books.number("year", value=2023, text="2023", unit="year", unit_text=""))),
        books.text("nei", f"## Uten\n\nTekst {X}."),
        cell("tier"),
        books.text("ja", "## Med\n\n{tall}`a`."),
        cell("gir-a", books.output("number", books.number("a"))),
        cell("tier"),
    ),
}
BOOK["book/editions/2023/ord.md"] = BOOK.pop("book/editions/2022/ord.md")


def test_a_book_in_sphinx(tmp_path: Path) -> None:
    made = books.build_here(books.write_book(tmp_path, BOOK))
    assert made.returncode == 0, made.log
    front, about, chapter = (made.page(name) for name in ("index.html", "book/om.html", "notebooks/kap2.html"))
    text = front.select_one("article").get_text()  # type: ignore[union-attr]
    assert "Syntetisk. Alle 2023." in text
    assert "Utgavens egne." in text
    assert "Fortrolig" not in text
    assert "med`" not in text
    assert [str(section["id"]) for section in about.select("article section section")] == ["ja"]
    assert [str(section["id"]) for section in chapter.select("article section section")][:1] == ["med"]
    assert not chapter.select("#celle-tier")
    said = "Spørsmålene om digitale tjenester ble ikke stilt i 2023."
    assert said in chapter.select_one("article").get_text()  # type: ignore[union-attr]
    rows = [[box.get_text() for box in row.select("th, td")] for row in front.select(".digikom-left-out tbody tr")]
    assert rows == [
        ["book/editions/2023/ord", "Og ….", "x"],
        ["book/om", "Nei", "x"],
        ["index", "Bare ….", "x"],
        ["notebooks/kap2", "Uten", "x"],
        ["notebooks/kap2", "[tier]", "x"],
    ]


def test_a_book_with_an_unknown_key_is_not_read(tmp_path: Path) -> None:
    made = books.build_here(books.write_book(tmp_path, {**BOOK, "book/om.md": "# Om\n\nTekst {tall}`xx`.\n"}))
    assert made.returncode != 0
    assert "book/om.md, line 3: xx (is it x?)" in made.log
    assert "reading sources" not in made.log


def test_a_printed_statement_about_an_unknown_key_stops_the_build(tmp_path: Path) -> None:
    """Where statements are compared; the other books of these tests have none of the numbers that they are about."""
    gives = cell("gir", books.output("number", books.number("year", value=2023, text="2023", unit="year")))
    comparing = books.notebook(books.text("tittel", "# Kapittel"), {**gives, "source": "survey.claims()"})
    made = books.build_here(books.write_book(tmp_path, {**BOOK, "notebooks/kap2.ipynb": comparing}))
    assert made.returncode != 0
    assert "published/claims.csv is not in order" in made.log
    assert "the key of a number that a chapter publishes" in made.log


@pytest.mark.build
@pytest.mark.parametrize("year", edition_years())
def test_what_an_edition_leaves_out_is_written_down(site: Path, year: int) -> None:
    written = (left_out.LEFT_OUT_DIR / f"{year}.txt").read_text(encoding="utf-8")
    assert left_out.left_out(site / str(year)) == written, "read what is new, then: python tests/left_out.py SITE"


@pytest.mark.build
def test_the_list_of_keys_is_that_of_the_editions(site: Path) -> None:
    executed = [path for year in edition_years() for path in (site / str(year) / "_sources/notebooks").glob("*.ipynb")]
    found = united(key for path in executed for key in keys_of(path.stem, read_cells(path)))
    assert found == read_keys(PROJECT_ROOT), "book/keys.csv is not what the notebooks publish: digikom refresh"
