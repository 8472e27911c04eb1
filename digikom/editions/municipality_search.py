"""Names and numbers of municipalities in texts: whole words, whatever the case, in the genitive and before «kommune».

Texts that somebody has written may name places, and do not count: a name between the same two words in the
project's own texts is taken from there. Of Oslo the county may be shown, in a row of its own beside other counties and
in a list of counties.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import nbformat

from digikom import geography
from digikom.editions.layout import MANIFEST
from digikom.publish.published import read_cells

_WORD = re.compile(r"[^\W_]+")
#: Names that are words of their own in small letters, or stems that the search of the pages has.
ORDINARY = frozenset(
    _WORD.findall(
        """asker aure berg bø eid eide fet fjell flora flå gol gran grue halsa heim hol hole hå kinn klepp kvam leka
        lier lom lund marker moss nes nome os osen re råde røst sande sel ski sola stad stange strand stranda sula sund
        time tinn torsken vang vega vik våler ål ås øyer"""
    )
)
#: What follows a name that a number is given for: a figure, or the colon before it.
_TELLING = re.compile(r"[^\S\n]*(?:[,;|=(–-]?[^\S\n]*\d|:)")
#: What is between the names of a list, and between the cells of a row.
_AND = r"(?:,?\s+(?:og|and|eller|or)\s+|,\s+)"
_CELL_END = r"(?:[\n\t,;:|\"]|\s{2,})"
#: Codes that look like years (Finnmark's, as long as it had them) say nothing; the names are looked for all the same.
_YEAR = re.compile("20[0-9]{2}")
_MARKUP = re.compile(r"<[a-zA-Z!/][^>]*>")
_SAID = re.compile(r"\s(?:alt|title|aria-label|aria-description|content|data-[\w-]+)=(?:\"([^\"]*)\"|'([^']*)')")
_WORD_BEFORE, _WORD_AFTER = re.compile(r"(\w+)\W*$"), re.compile(r"\W*(\w+)")
#: Endings of the files that say something.
_TEXTS = frozenset(
    f".{ending}" for ending in _WORD.findall("bib cff csv html ipynb json md ris svg topojson ttl txt typ xml yml")
)
#: Names of fields whose numbers may be municipalities.
_CODED = re.compile("kommun|municip|code|kode", re.IGNORECASE)
#: How far from a name the words beside it are looked for.
_NEAR = 60

#: What is put in where a text is filled in, and what takes its place when the text is read as it is written.
_FILLED = re.compile(r"{{.*?}}|{%.*?%}|{[\w:-]+}`[^`]*`", re.DOTALL)
ANYTHING = "__"

Context = tuple[str, str, str]


class Search:
    """Looks for the municipalities of some `years`; `written` are texts that may name them."""

    def __init__(self, years: Iterable[int], data_dir: str | Path | None, written: Iterable[str]) -> None:
        registers = [geography.register(year, data_dir) for year in years]
        # «Våler (Innlandet)» is Våler to everybody else.
        names = {name.split(" (")[0] for register in registers for name in register["name"]}
        codes = {code for register in registers for code in register["municipality_code"] if not _YEAR.fullmatch(code)}
        counties = {county for register in registers for county in register["county"]}
        self.capitals = {name.lower() for name in names & counties}
        others = "|".join(map(re.escape, sorted(counties - names)))
        self._other_county = re.compile(rf"(?:{others})\s*(?:$|{_CELL_END})")
        self._listed_before = re.compile(rf"(?:{others}){_AND}$")
        self._listed_after = re.compile(rf"{_AND}(?:{others})(?!\w)")
        self._by_word: dict[str, set[str]] = {}
        for name in names | codes:
            first = re.split(r"\W", name.lower())[0]
            for word in (first, f"{first}s"):
                self._by_word.setdefault(word, set()).add(re.escape(name))
        self.written: set[Context] = set()
        filled = (_FILLED.sub(f" {ANYTHING} ", text) for text in written)
        self.written = {_context(text, hit) for text in filled for hit in self._hits(text)}

    def __call__(self, text: str) -> set[str]:
        """The municipalities that a text names, as it calls them."""
        return {hit["name"] for hit in self._hits(text) if self._tells(text, hit)}

    def knows(self, word: str) -> bool:
        """Whether a word alone, such as the search of the pages has, may be there."""
        return word in ORDINARY | self.capitals or any(word == written for _, written, _ in self.written)

    def _hits(self, text: str) -> Iterator[re.Match[str]]:
        # Hundreds of names at once take seconds; the few whose first words are there do not.
        there = self._by_word.keys() & set(_WORD.findall(text.lower()))
        if there:
            yield from _pattern(frozenset().union(*map(self._by_word.__getitem__, there))).finditer(text)

    def _tells(self, text: str, hit: re.Match[str]) -> bool:
        before, found, behind = _context(text, hit)
        if self.written & {(before, found, behind), (before, found, ANYTHING), (ANYTHING, found, behind)}:
            return False
        name, after = hit["name"], text[hit.end() : hit.end() + _NEAR]
        if name.isdigit() or hit["kommune"]:
            return True
        if name.lower() in ORDINARY and re.match(r"-[^\W\d]", after):
            return False  # «Re-identifisering»
        if name in ORDINARY:
            return not hit["rest"] and bool(_TELLING.match(after))
        return name.lower() not in self.capitals or not self._is_county(text, hit)

    def _is_county(self, text: str, hit: re.Match[str]) -> bool:
        before, after = text[max(0, hit.start() - _NEAR) : hit.start()], text[hit.end() : hit.end() + _NEAR]
        if self._listed_before.search(before) or self._listed_after.match(after):
            return True
        alone = re.search(rf"(?:^|{_CELL_END})\s*$", before) and re.match(rf"\s*(?:$|{_CELL_END})", after)
        return bool(alone and not hit["rest"] and self._other_county.search(text))


@lru_cache
def _pattern(names: frozenset[str]) -> re.Pattern[str]:
    """Finds names and codes, which are escaped, as whole words; a decimal number or a size in bytes is no code."""
    either = "|".join(sorted(names, key=lambda name: (-len(name), name)))
    return re.compile(
        rf"(?<![^\W_])(?<!\d\.)(?<!byteSize \")"
        rf"(?P<name>{either})(?P<rest>s|['’]s?)?(?P<kommune>\s+kommunes?)?(?![^\W_]|\.\d)",
        re.IGNORECASE,
    )


def _context(text: str, hit: re.Match[str]) -> Context:
    """A name or code and the words beside it."""
    before = _WORD_BEFORE.search(text[max(0, hit.start() - _NEAR) : hit.start()])
    after = _WORD_AFTER.match(text[hit.end() : hit.end() + _NEAR])
    found = before[1] if before else "", hit["name"], after[1] if after else ""
    return found[0].lower(), found[1].lower(), found[2].lower()


def said(text: str) -> str:
    """What a text says to a reader: of markup the text between the tags, and what attributes say."""
    if not _MARKUP.search(text):
        return text
    attributes = ["".join(found) for tag in _MARKUP.findall(text) for found in _SAID.findall(tag)]
    return html.unescape("\n".join([_MARKUP.sub("\n", text), *attributes]))


def strings(value: object) -> Iterator[str]:
    """The texts anywhere in a JSON value, keys of objects and numbers in lists included; but no pictures."""
    if isinstance(value, str):
        yield said(value)
    elif isinstance(value, dict):
        for name, part in value.items():
            if name not in {"image/png", "image/jpeg", "application/pdf"}:
                yield str(name)
                yield from [str(part).zfill(4)] if type(part) is int and _CODED.search(name) else strings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from [str(part)] if type(part) is int else strings(part)


def written_texts(root: Path) -> Iterator[str]:
    """The texts of the project in `root` that somebody has written: words, templates and the cells of notebooks."""
    for path in sorted((root / "book").rglob("*")):
        if path.suffix in {".md", ".yml", ".bib", ".html", ".j2"}:
            yield path.read_text(encoding="utf-8")
    yield from (path.read_text(encoding="utf-8") for path in sorted((root / "digikom").rglob("*.typ")))
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        yield from ("".join(cell["source"]) for cell in read_cells(path))
    yield from ((root / name).read_text(encoding="utf-8") for name in ("index.md", "_config.yml", "_toc.yml"))


def text_of(path: Path) -> str:
    """What a published file says; nothing for one that is a picture, a program, a style or a list of checksums."""
    if path.name == Path(MANIFEST).name or path.suffix not in _TEXTS:
        return ""
    text = path.read_text(encoding="utf-8")
    if path.name.endswith(".nb.csv"):
        # Cells are divided by semicolons there, and a comma between digits is that of a decimal number.
        text = re.sub(r"(?<=\d),(?=\d)", ".", text)
    if path.suffix == ".ipynb":
        return "\n".join(strings(nbformat.v4.reads(text)))
    return "\n".join(strings(json.loads(text))) if path.suffix in {".json", ".topojson"} else said(text)
