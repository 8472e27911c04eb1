"""Odd but valid answers: the notebooks run to their end, and what they publish reads well."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from bad_sentences import BAD, Bad, faults
from bs4 import BeautifulSoup
from conftest import run_digikom
from notebook_runs import run_all_plain
from odd_surveys import KINDS, let_be_left_open, odd_answers, odd_data
from plain_reading import NO_BREAK_SPACE, Told, book_pages, told

from digikom import survey
from digikom.paths import DATA_DIR, PROJECT_ROOT

#: The kind whose answers and notebooks the quick run looks at: few to tell of.
QUICK = ("fourteen",)
#: Those whose whole books are built; of the others the notebooks are run.
BUILT = (
    *QUICK,
    "nobody",
    "everybody",
    "maximum",
    "one_size_group",
    "one_a_group",
    "items_tied",
    "medians_on_a_half",
    "one",
)
#: What may not be said of some answers, since it is not so.
UNTRUE = {
    "fourteen": ["alle størrelsesgruppene"],
    "one": ["størrelsesgruppene"],
    "one_size_group": ["alle størrelsesgruppene", "største kommunene", "minste kommunene"],
    "one_a_group": ["alle størrelsesgruppene"],
    "groups_too_small": ["alle størrelsesgruppene"],
    "groups_tied": ["finnes side om side", "høyest i", "lavest i", "varierer mye"],
    "nobody": ["Noen settes", "En del av dem"],
    "none_has_a_strategy": ["Øverst på lista i"],
    "no_external": ["Noen settes"],
}


def of_kinds(kinds: tuple[str, ...]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "kind", [kind if kind in QUICK else pytest.param(kind, marks=pytest.mark.full) for kind in kinds]
    )


def untrue(kind: str, texts: list[Told]) -> list[str]:
    """What is said of answers of this kind although it is not so."""
    answers = odd_answers(kind, 2022)["municipality_code"]
    few = ["lite rom for skjevheter", "så mange svarer"] if survey.too_few(answers.tolist(), 2022) else []
    phrases = [*UNTRUE.get(kind, []), *few]
    return [f"{text.place}: «{phrase}»: {text.text}" for text in texts for phrase in phrases if phrase in text.text]


@of_kinds(tuple(KINDS))
@pytest.mark.parametrize("year", survey.years())
def test_the_answers_are_valid(tmp_path: Path, kind: str, year: int) -> None:
    odd_answers(kind, year).to_csv(tmp_path / "survey.csv", index=False, lineterminator="\n")
    shutil.copytree(DATA_DIR / "codebook", tmp_path / "codebook")
    let_be_left_open(tmp_path / "codebook", *([year] if kind == "unanswered" else []))
    assert survey.check(tmp_path / "survey.csv", year, tmp_path) == []


@pytest.mark.parametrize("bad", BAD, ids=[bad.reason for bad in BAD])
def test_a_bad_sentence_is_found_and_a_good_one_is_not(bad: Bad) -> None:
    assert bad.pattern.search(bad.example)
    assert not bad.pattern.search(bad.fine)


@pytest.mark.parametrize("year", survey.years())
def test_the_built_in_answers_read_well(site: Path, executed: Callable[[int], Path], year: int) -> None:
    texts = told(executed(year), book_pages())
    for path in sorted((site / str(year)).rglob("*.html")):
        texts += page_texts(path)
    assert not faults(texts), "\n".join(map(str, faults(texts)))


@of_kinds(tuple(KINDS))
def test_the_notebooks_run_and_what_they_publish_reads_well(tmp_path: Path, kind: str) -> None:
    data = odd_data(tmp_path, kind, 2022)
    parameters = {"target_year": 2022, "reference_year": 2018, "data_dir": str(data)}
    failures = run_all_plain(tmp_path / "executed", parameters)
    assert not failures, "\n".join(failures.values())
    texts = told(tmp_path / "executed", book_pages())
    assert not [*faults(texts), *untrue(kind, texts)], "\n".join(map(str, [*faults(texts), *untrue(kind, texts)]))


@pytest.mark.full
@pytest.mark.parametrize("kind", BUILT)
def test_two_odd_years_are_compared_and_other_years_run(tmp_path: Path, kind: str) -> None:
    data = odd_data(tmp_path, kind, *survey.years())
    for target, reference in ((2022, 2018), (2024, 2023)):
        folder = tmp_path / str(target)
        failures = run_all_plain(folder, {"target_year": target, "reference_year": reference, "data_dir": str(data)})
        assert not failures, "\n".join(failures.values())
        found = faults(told(folder))
        assert not found, "\n".join(map(str, found))


@pytest.mark.full
@pytest.mark.parametrize("kind", BUILT)
def test_the_book_is_built_and_reads_well(tmp_path: Path, kind: str) -> None:
    data = odd_data(tmp_path, kind, 2022)
    site = tmp_path / "site"
    done = run_digikom(PROJECT_ROOT, "build", "2022", "--data-dir", str(data), "--site", str(site), "--no-pdf")
    assert done.returncode == 0, done.stderr
    texts = told(site / "2022" / "_sources" / "notebooks")
    for path in sorted((site / "2022").rglob("*.html")):
        texts += page_texts(path)
    assert not [*faults(texts), *untrue(kind, texts)], "\n".join(map(str, [*faults(texts), *untrue(kind, texts)]))


def page_texts(path: Path) -> list[Told]:
    """The paragraphs, points and headings of a page as a reader sees them, without what cells show."""
    article = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").select_one("article")
    if article is None:
        return []
    # A limit is «10 av 10 områder», however many there are.
    for shown in article.select(".cell, pre, script, style, .headerlink, .digikom-limits table"):
        if not shown.select("figure"):
            shown.decompose()
    for number, code in enumerate(article.select("code")):
        code.replace_with(f"«kode {number}»")
    found = []
    for block in article.select("p, li, dd, h1, h2, h3, h4"):
        if not block.select("p, li"):
            text = " ".join(block.get_text().replace(NO_BREAK_SPACE, " ").split())
            found.append(Told(path.name, "prose", text))
    return found
