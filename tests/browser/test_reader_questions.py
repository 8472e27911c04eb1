"""Ten questions that a ministry, a municipality and a journalist would ask, each as a path from the front page.

The answer stands in the first screen after the last click, on a desktop and on a telephone. It is what the edition
itself has published, read from its files.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Locator, Page

from digikom.editions.catalogue import published_editions
from digikom.site.front import fullest

from .pages import Visits

#: Width and height of what a reader sees without scrolling.
SCREENS = ((1280, 800), (360, 740))
MUNICIPALITY = "Karasjok"
#: The text in the screen: each line that lies in it, at whatever depth, and no text that is folded or hidden.
SHOWN = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    let text = "";
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (!node.parentElement.checkVisibility({ visibilityProperty: true })) continue;
        range.selectNodeContents(node);
        const inside = [...range.getClientRects()].some((box) =>
            box.width > 0 && box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth);
        if (inside) text += node.data;
    }
    return text;
}"""


@dataclass(frozen=True)
class Published:
    """What the fullest edition of the site has published."""

    site: Path

    @property
    def year(self) -> int:
        """The edition's year."""
        found = fullest(published_editions(self.site))
        assert found is not None
        return found.year

    def data(self, name: str) -> Path:
        """One of its files."""
        return self.site / str(self.year) / "data" / name

    def numbers(self, *keys: str) -> list[str]:
        """Numbers of its register, as they are written."""
        register = json.loads(self.data("numbers.json").read_text(encoding="utf-8"))["numbers"]
        texts = {number["key"]: number["text"] for number in register}
        return [texts[key] for key in keys]

    def first_row(self, name: str) -> list[str]:
        """The label of the first row of a file, and its change, as the title of a figure has them."""
        with self.data(name).open(encoding="utf-8") as file:
            row = next(csv.DictReader(file))
        return [row["label"].replace(" ", " "), f"{float(row['change']):.1f}".replace(".", ",")]

    def level(self, name: str) -> list[str]:
        """The score of a municipality for the first indicator that the edition has."""
        told = json.loads(self.data("kommuner.json").read_text(encoding="utf-8"))
        first = next(one for one in told["indicators"] if one["present"])
        (found,) = [one for one in told["municipalities"] if one["name"] == name]
        return [first["label"], f"Score {found['results'][first['indicator']]['level']}"]

    def level_name(self, level: int) -> list[str]:
        """What a score is called."""
        told = json.loads(self.data("kommuner.json").read_text(encoding="utf-8"))
        named = next(one for one in told["levels"] if one["indicator"] == "strategy" and one["level"] == level)
        return [str(named["name"]), "Et tall fra null til fire"]

    def status(self) -> list[str]:
        """Whether its numbers are of real answers."""
        register = json.loads(self.data("numbers.json").read_text(encoding="utf-8"))["numbers"]
        made = any(number["status"] == "synthetic" for number in register)
        return ["Svarene er syntetiske."] if made else ["Svarene er"]

    def file_of(self, name: str) -> list[str]:
        """The name of one of its files, which is there."""
        assert self.data(name).is_file()
        return [name]


Answer = Callable[[Published], list[str]]


@dataclass(frozen=True)
class Question:
    """A question, the links that are clicked one after the other, and what stands there then."""

    text: str
    path: tuple[str, ...]
    answer: Answer
    #: What is written into the search field of the page before the link of this place in the path is clicked.
    written: dict[int, str] = field(default_factory=dict)


REPORT = r"^Digitalisering i kommunene \d{4}$"
QUESTIONS = (
    Question(
        "Hvor stor andel av kommunene har en digitaliseringsstrategi, og er det flere enn før?",
        ("^Hovedfunn$",),
        lambda edition: edition.numbers("strategy-share", "strategy-share-reference"),
    ),
    Question(
        "Hvor mange slet med å rekruttere?",
        ("^Hovedfunn$",),
        lambda edition: edition.numbers("recruit-problem", "recruit-problem-reference"),
    ),
    Question(
        "Hvor mange bruker nettsky, og er det flere enn før?",
        ("^Hovedfunn$",),
        lambda edition: edition.numbers("cloud-using", "cloud-using-reference"),
    ),
    Question("Er tallene ekte?", (), lambda edition: edition.status()),
    Question("Hvem svarte?", (REPORT,), lambda edition: edition.numbers("answered", "municipalities")),
    Question(
        "Hva gjør kommunen min?",
        ("^Finn kommunen din$", f"^{MUNICIPALITY}$"),
        lambda edition: edition.level(MUNICIPALITY),
        {1: MUNICIPALITY},
    ),
    Question("Hva betyr score 3?", (REPORT, "Hva betyr score"), lambda edition: edition.level_name(3)),
    Question(
        "Hvordan siterer jeg Figur 4.3?",
        (REPORT, "Hvordan siterer jeg en figur"),
        lambda edition: ["Bruk nummer og tittel", str(edition.year)],
    ),
    Question(
        "Hvor får jeg tallene bak figur 5.1?",
        (REPORT, "Hvor får jeg tallene bak en figur"),
        lambda edition: edition.file_of("figur-5-1.csv"),
    ),
    Question(
        "Hva har endret seg mest siden forrige gang?",
        ("^Endringer siden forrige utgave$", r"^Figur 9\.1$"),
        lambda edition: edition.first_row("figur-9-1.csv"),
    ),
)


def link(page: Page, name: str) -> Locator:
    """The first link of the page's own content with this name."""
    return page.locator("main").get_by_role("link", name=re.compile(name)).first


def normal(text: str) -> str:
    """With single ordinary spaces."""
    return " ".join(text.replace("\u00ad", "").split())


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: f"{screen[0]}x{screen[1]}")
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.text)
def test_the_answer_stands_in_the_first_screen(
    visit: Visits, site: Path, question: Question, screen: tuple[int, int]
) -> None:
    page = visit("index.html", screen[0])
    page.set_viewport_size({"width": screen[0], "height": screen[1]})
    for step, name in enumerate(question.path):
        if step in question.written:
            page.get_by_role("searchbox").fill(question.written[step])
        link(page, name).click()
        page.wait_for_load_state("networkidle")
    shown = normal(page.evaluate(SHOWN))
    for part in question.answer(Published(site)):
        assert normal(part) in shown, f"{question.text} {page.url}: no «{part}» in «{shown}»"
    assert not visit.failed


def test_no_path_is_longer_than_two_clicks() -> None:
    assert max(len(question.path) for question in QUESTIONS) <= 2


def test_the_findings_of_the_front_page_stand_in_their_edition(site: Path) -> None:
    """Each is a point of the edition's own list, with the numbers that it has there."""
    front = BeautifulSoup((site / "index.html").read_text(encoding="utf-8"), "html.parser")
    boxes = [*front.select("section.full"), *front.select("ul.editions > li")]
    assert len(boxes) == len(published_editions(site))
    for box in boxes:
        (address,) = [str(found["href"]) for found in box.select("h2 a, a.edition")]
        edition = BeautifulSoup((site / address).read_text(encoding="utf-8"), "html.parser")
        points = [normal(point.get_text()) for point in edition.select("section#hovedfunn li")]
        shown = [normal(point.get_text()) for point in box.select(".findings li")]
        assert len(shown) >= 2
        assert all(any(point.endswith(finding.replace("°", "")) for point in points) for finding in shown), shown
        assert "°" not in "".join(shown), f"assumed numbers lead where printed ones could: {shown}"
