"""The pages on single municipalities: every code has one, and every number on it is the edition's own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import municipality_editions as made
import pytest
from browsing import served
from bs4 import BeautifulSoup, Tag
from municipality_editions import page, words
from playwright.sync_api import Browser, Page

from digikom import geography
from digikom.editions.municipality_results import COUNTRY, MunicipalityResults
from digikom.publish.formatting import format_number

NASTY = "<script>alert(1)</script>"
MARK = "Syntetiske svar – ikke svar fra"
#: How the lines on the size group and on the country begin.
SAID = (("Samme størrelse", "Blant kommuner", "Alle kommuner på"), ("Hele landet", "I hele landet", "Alle kommuner i"))
#: The only address outside the site that the pages lead to (nothing is loaded from it).
LICENCE = "https://creativecommons.org/licenses/by/4.0/deed.no"


def cards(part: Tag) -> dict[str, list[str]]:
    """The lines of each card of a list by its heading: the result, what the bars are of, the bars, the sentences."""
    return {
        words(card.select("h3, h4")[0]): [words(line) for line in card.select("p, dl > div")]
        for card in part.select("li")
    }


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """The oldest edition has two municipalities that were merged later, and one whose name is markup."""
    old = [made.municipality("0104", "Moss"), made.municipality("0136", "Rygge"), made.municipality("0301", NASTY)]
    new = [made.municipality("3002", "Moss"), made.municipality("0301", NASTY, answered=False, results={})]
    made.publish(tmp_path, 2018, made.results(2018, old))
    made.publish(tmp_path, 2022, made.results(2022, new, status="real"))
    return made.write(tmp_path)


def test_every_code_of_any_edition_has_a_page(pages: Path) -> None:
    found = {path.name for path in pages.iterdir()}
    codes = {"0104.html", "0136.html", "0301.html", "3002.html"}
    assert found == codes | {"index.html", "kommuner.css", "kommuner.js", "syntetisk.svg"}
    assert 'href="kommuner/index.html"' in (pages.parent / "index.html").read_text(encoding="utf-8")
    before = {path.name: path.read_bytes() for path in pages.iterdir()}
    assert {path.name: path.read_bytes() for path in made.write(pages.parent).iterdir()} == before


def test_a_result_stands_beside_those_of_the_size_group_and_the_country(pages: Path) -> None:
    told = page(pages / "3002.html")
    (listed,) = told.select("#kort-2022-3002")
    assert cards(listed) == {
        "Omfanget av strategien": [
            "Score 1 (lav)",
            "Områder (median i gruppene)",
            "Kommunen 3",
            "Samme størrelse 2,5",
            "Hele landet 2,5",
            "Blant kommuner på samme størrelse har 75,0 prosent samme score og 25,0 prosent høyere.",
            "I hele landet har 25,0 prosent lavere score, 25,0 prosent samme og 50,0 prosent høyere.",
        ],
        "Prioritering": [
            "Grad 2: mye",
            "Grad (median i gruppene)",
            "Kommunen 2",
            "Samme størrelse 1",
            "Hele landet 1",
            "Blant kommuner på samme størrelse har 75,0 prosent lavere grad og 25,0 prosent samme.",
            "I hele landet har 50,0 prosent lavere grad og 50,0 prosent samme.",
        ],
        "Egne ansatte": [
            "Kategori 0: andre",
            "Andel i samme kategori",
            "Samme størrelse 0,0 prosent",
            "Hele landet 25,0 prosent",
        ],
        "Deler åpne data": [
            "Ja",
            "Andel som svarte ja",
            "Samme størrelse 75,0 prosent",
            "Hele landet 25,0 prosent",
        ],
    }
    # To the largest count, the highest grade or a hundred per cent.
    widths = [[bar.rect and bar.rect["width"] for bar in card.select("svg")] for card in listed.select("li")]
    assert widths == [["100.0", "83.3", "83.3"], ["100.0", "50.0", "50.0"], ["0.0", "25.0"], ["75.0", "25.0"]]
    assert "Spørsmålene ble ikke stilt: IKT i skyen." in words(told)
    assert "«Samme størrelse» er kommuner med under 2 000 innbyggere (n = 4)" in words(told)
    # The chapters have the medians of those with a strategy and with projects.
    assert "Kommuner uten strategi eller prosjekter teller som null" in words(told)
    # Only the page that the edition has.
    assert [str(link["href"]) for link in listed.select("a")] == ["../2022/notebooks/03_a.html"] * 2


def test_a_card_says_what_the_municipality_could_have_with_other_limits(tmp_path: Path) -> None:
    told = {"strategy": {"count": 3, "level": 1, "possible": [1, 2, 3]}, "priority": {"level": 2, "possible": [2]}}
    made.publish(tmp_path, 2022, made.results(2022, [made.municipality("3002", "Moss", results=told)]))
    lines = cards(page(made.write(tmp_path) / "3002.html").select(".kommune-kort")[0])
    possible = "Med grensene ett trinn lavere eller høyere ville scoren vært 1, 2 eller 3."
    assert lines["Omfanget av strategien"][-1] == possible
    assert lines["Prioritering"][-1] == "Med grensene ett trinn lavere eller høyere er graden den samme."


def test_where_all_are_alike_the_page_says_so(tmp_path: Path) -> None:
    """No share of nought and no share of a hundred."""
    told = made.results(2022, [made.municipality("3002", "Moss")])
    for position in told["positions"]:
        if position["indicator"] == "strategy" and position["level"] == 1:
            position.update(lower=0.0, same=100.0, higher=0.0)
    made.publish(tmp_path, 2022, told)
    lines = cards(page(made.write(tmp_path) / "3002.html").select(".kommune-kort")[0])["Omfanget av strategien"]
    assert lines[-2:] == [
        "Alle kommuner på samme størrelse har samme score.",
        "Alle kommuner i landet har samme score.",
    ]


def test_the_edition_that_says_most_comes_first(tmp_path: Path) -> None:
    fewer = [one | {"present": one["indicator"] == "open"} for one in made.INDICATORS]
    for year in (2018, 2022, 2023):
        made.publish(tmp_path, year, made.results(year, [made.municipality("1103", "Stavanger")]))
    path = tmp_path / "2023" / "data" / "kommuner.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"indicators": fewer}), encoding="utf-8")
    shown = page(made.write(tmp_path) / "1103.html")
    assert [words(heading) for heading in shown.select("h2")] == ["2022", "2023", "2018", "Slik leser du kortene"]


def test_pages_of_those_that_changed_or_did_not_answer_say_so(pages: Path) -> None:
    merged = page(pages / "3002.html").select("section")[1]
    assert [words(heading) for heading in merged.select("h2, h3")] == ["2018", "Moss (0104)", "Rygge (0136)"]
    assert "Moss (0104) ble senere slått sammen med andre kommuner til Moss (3002)." in words(merged)
    assert [listed["aria-label"] for listed in merged.select(".kommune-kort")] == ["Moss i 2018", "Rygge i 2018"]
    old = page(pages / "0136.html")
    (notice,) = old.select(".kommune-siden")
    assert words(notice) == (
        "Rygge er slått sammen med andre kommuner og er nå en del av Moss (3002). Gå til Moss (3002) ."
    )
    assert [link["href"] for link in notice.select("a")] == ["3002.html"]
    assert [words(heading) for heading in old.select("h2")] == ["2018", "Slik leser du kortene"]
    silent = page(pages / "0301.html").select("section")[0]
    assert "Kommunen svarte ikke på undersøkelsen i 2022." in words(silent)
    assert not silent.select(".kommune-kort")


def test_a_municipality_is_found_by_its_sami_and_kven_names(tmp_path: Path) -> None:
    made.publish(tmp_path, 2022, made.results(2022, [made.municipality("5426", "Kåfjord")]))
    folder = made.write(tmp_path)
    (item,) = page(folder / "index.html").select("li[data-words]")
    assert {"Kåfjord", "Gáivuotna", "Kaivuono"} <= set(str(item["data-words"]).split("|"))
    shown = page(folder / "5426.html")
    assert "På nordsamisk Gáivuotna og på kvensk Kaivuono." in words(shown).replace(" .", ".")
    assert [span["lang"] for span in shown.select("main span[lang]")] == ["se", "fkv"]


def test_a_name_is_never_markup(pages: Path) -> None:
    for name in ("0301.html", "index.html"):
        text = (pages / name).read_text(encoding="utf-8")
        assert NASTY not in text
        assert NASTY in words(page(pages / name))


def test_synthetic_answers_cannot_be_mistaken(pages: Path) -> None:
    told = page(pages / "3002.html")
    assert told.title is not None
    assert words(told.title) == "Moss i Fylket (syntetiske svar) – Digitalisering i kommunene"
    banner = told.select_one(".kommune-merke")
    assert banner is not None
    assert "Tallene for 2018 er laget av et program." in words(banner)
    # The newest edition is of real answers, which may be shown.
    sections = told.select('section[aria-labelledby^="utgave-"]')
    assert [words(part).count(MARK) for part in sections] == [0, 2]
    assert [len(part.select(".kommune-kort > li:not(.kommune-vannmerke)")) for part in sections] == [4, 0]
    assert told.select('meta[name="robots"][content="noindex"]')


def test_answers_that_are_real_have_no_mark_and_confidential_editions_no_pages(tmp_path: Path) -> None:
    made.publish(tmp_path, 2018, made.results(2018, [made.municipality("0301", "Oslo")], status="real"))
    made.publish(tmp_path, 2022, None)
    folder = made.write(tmp_path)
    for name in ("0301.html", "index.html"):
        assert "yntetisk" not in (folder / name).read_text(encoding="utf-8")
    shown = page(folder / "0301.html")
    assert [words(heading) for heading in shown.select("h2")] == ["2018", "Slik leser du kortene"]
    assert not shown.select(".kommune-siden")
    (tmp_path / "2018" / "data" / "kommuner.json").unlink()
    assert not made.write(tmp_path).exists()
    assert "kommuner/" not in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_a_code_that_is_no_code_is_refused(tmp_path: Path) -> None:
    made.publish(tmp_path, 2022, made.results(2022, [made.municipality("../../x", "Oslo")]))
    assert not made.write(tmp_path).exists()


def test_a_group_that_is_too_small_is_not_shown(tmp_path: Path) -> None:
    told = made.results(2022, [made.municipality("0301", "Oslo")])
    for group in told["groups"]:
        group["withheld"] = group["group"] == "small"
    made.publish(tmp_path, 2022, told)
    lines = cards(page(made.write(tmp_path) / "0301.html").select(".kommune-kort")[0])
    assert all("Samme størrelse :" in card for card in lines.values())
    assert not [line for card in lines.values() for line in card if line.startswith("Blant")]
    assert "Hele landet 1" in lines["Prioritering"]


# The built site.


def published_by(site: Path, year: int) -> MunicipalityResults:
    return MunicipalityResults.model_validate_json((site / str(year) / "data" / "kommuner.json").read_text("utf-8"))


def editions(site: Path) -> list[int]:
    return sorted(int(path.name) for path in site.iterdir() if (path / "data" / "kommuner.json").is_file())


@pytest.mark.parametrize(
    ("year", "step"),
    [(2018, 80), (2022, 80), (2023, 80), (2024, 8), pytest.param(2024, 1, marks=pytest.mark.full)],
)
def test_the_numbers_on_the_pages_are_those_of_the_edition(site: Path, year: int, step: int) -> None:
    results = published_by(site, year)
    compared = 0
    for one in [one for one in results.municipalities if one.answered][::step]:
        # Hundreds of pages: the parser that is as strict as a browser would take minutes.
        text = (site / "kommuner" / f"{one.municipality_code}.html").read_text(encoding="utf-8")
        listed = BeautifulSoup(text, "html.parser").find(id=f"kort-{year}-{one.municipality_code}")
        assert isinstance(listed, Tag)
        shown = cards(listed)
        for indicator in results.indicators:
            result = one.results.get(indicator.indicator)
            if indicator.present and result is not None:
                own, *lines = shown[indicator.label]
                assert indicator.kind == "answer" or f" {result.level}" in own
                level = 1 if indicator.kind == "answer" else result.level
                for group in (one.size_class, COUNTRY):
                    position = results.position(indicator.indicator, group, level)
                    assert position is not None
                    said = " ".join(line for line in lines if line.startswith(SAID[group == COUNTRY]))
                    alike = position.same == 100 and indicator.kind in ("score", "grade")
                    assert (f"{format_number(position.same or 0, 1)} prosent" in said) != alike
                    compared += 1
    assert compared > 5


def test_the_file_agrees_with_the_chapter(site: Path) -> None:
    """The distribution of the grades over the country is the one that the chapter publishes."""
    results = published_by(site, 2022)
    register = json.loads((site / "2022" / "data" / "numbers.json").read_text(encoding="utf-8"))["numbers"]
    value = {number["key"]: number["value"] for number in register}
    top = results.position("activity", COUNTRY, 4)
    assert top is not None
    assert top.same == pytest.approx(value["activity-grade-4"])
    assert (
        sum(one.results["activity"].level == 4 for one in results.municipalities if one.answered) == top.municipalities
    )
    assert results.group_of["strategy", COUNTRY].size == value["respondents"]


def test_every_code_of_every_edition_has_a_page_and_is_in_the_list(site: Path) -> None:
    codes = {code for year in editions(site) for code in published_by(site, year).by_code}
    files = {path.stem for path in (site / "kommuner").glob("*.html")} - {"index"}
    assert files == codes
    listed = [str(link["href"]) for link in page(site / "kommuner" / "index.html").select("#finn-liste a")]
    assert sorted(listed) == sorted(f"{code}.html" for code in codes)


def test_old_codes_lead_to_what_they_became(site: Path) -> None:
    years = editions(site)
    changes = geography.changes(years[0], years[-1])
    assert (changes["change"] != "unchanged").any()
    gone = changes[~changes["old_code"].isin(published_by(site, years[-1]).by_code)]
    for code, rows_of in list(gone.groupby("old_code"))[::25]:
        notice = page(site / "kommuner" / f"{code}.html").select_one(".kommune-siden")
        assert notice is not None
        assert {link["href"] for link in notice.select("a")} == {f"{new}.html" for new in rows_of["new_code"]}


def test_all_links_of_the_pages_resolve(site: Path) -> None:
    known: dict[Path, bool] = {}
    for path in sorted((site / "kommuner").glob("*.html")):
        text = path.read_text(encoding="utf-8")
        loaded = re.findall(r'<(?!a\b)[^>]*\s(?:href|src)="([^"]*)"', text)
        assert not [address for address in loaded if urlsplit(address).scheme not in {"", "data"}]
        for address in set(re.findall(r'(?:href|src)="([^"]*)"', text)):
            parts = urlsplit(address)
            if parts.scheme == "data" or address == LICENCE:
                continue
            assert not parts.scheme, address
            if not parts.path:
                assert f'id="{parts.fragment}"' in text, f"{path.name}: {address}"
                continue
            assert not parts.fragment, address
            target = (path.parent / unquote(parts.path)).resolve()
            assert known.setdefault(target, target.is_file()), f"{path.name}: {address}"


def test_the_chapter_leads_to_the_pages(site: Path) -> None:
    for year in editions(site):
        chapter = page(site / str(year) / "notebooks" / "11_kommuner.html")
        links = {str(link["href"]) for link in chapter.select('a[href^="../../kommuner/"]')}
        assert links == {f"../../kommuner/{code}.html" for code in [*published_by(site, year).by_code, "index"]}


# The list, in a browser.


@pytest.fixture
def picker(tmp_path: Path, browser: Browser) -> Iterator[Page]:
    names = {
        "0301": "Oslo",
        "3430": "Os",
        "4624": "Bjørnafjorden",
        "3411": "Ringsaker",
        "1818": "Herøy",
        "1515": "Herøy",
    }
    now = [made.municipality(code, name) for code, name in names.items()]
    made.publish(tmp_path, 2018, made.results(2018, [made.municipality("1201", "Bergen")]))
    made.publish(tmp_path, 2022, made.results(2022, now))
    made.write(tmp_path)
    with served(tmp_path) as address:
        context = browser.new_context()
        opened = context.new_page()
        opened.goto(f"{address}/kommuner/index.html")
        yield opened
        context.close()


def seen(opened: Page) -> list[str]:
    return opened.locator("#finn-liste a:visible").all_text_contents()


@pytest.mark.browser
def test_the_list_is_filtered_as_one_types(picker: Page) -> None:
    field = picker.get_by_label("Kommune, fylke eller kommunenummer")
    for query, names in {"OS": ["Os", "Oslo"], "3411": ["Ringsaker"], "herøy": ["Herøy"] * 2, "xx": []}.items():
        field.fill(query)
        assert seen(picker) == names
    assert picker.get_by_role("status").text_content() == "Ingen kommune passer med det du har skrevet."
    # An old number is found among those that are gone.
    field.fill("1201")
    assert seen(picker) == ["Bergen"]


@pytest.mark.browser
def test_the_way_to_a_municipality_goes_by_keyboard(picker: Page) -> None:
    # Past the link to the content and the way to the site's front page.
    for _ in range(3):
        picker.keyboard.press("Tab")
    assert picker.evaluate("document.activeElement.id") == "finn-felt"
    picker.keyboard.type("os")
    picker.keyboard.press("ArrowDown")
    picker.keyboard.press("ArrowDown")
    assert picker.evaluate("document.activeElement.textContent") == "Oslo"
    picker.keyboard.press("ArrowUp")
    picker.keyboard.press("ArrowUp")
    assert picker.evaluate("document.activeElement.id") == "finn-felt"
    # «Os» is the whole name of one of them.
    picker.keyboard.press("Enter")
    picker.wait_for_url("**/kommuner/3430.html")
    assert picker.locator("h1").text_content() == "Os"


@pytest.mark.browser
def test_enter_does_not_choose_between_namesakes(picker: Page) -> None:
    picker.locator("#finn-felt").fill("herøy")
    picker.keyboard.press("Enter")
    assert picker.evaluate("document.activeElement.textContent") == "Herøy"
    assert picker.url.endswith("/kommuner/index.html")


@pytest.mark.browser
def test_without_script_the_list_is_whole(picker: Page, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(picker.url)
    assert not opened.locator("#finn").is_visible()
    assert len(seen(opened)) == 6
    opened.locator("summary").click()
    assert len(seen(opened)) == 7
    context.close()
