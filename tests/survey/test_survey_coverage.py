"""Valid answers of too few: `digikom check` warns and passes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from conftest import Command
from odd_surveys import odd_answers

from digikom import geography, survey
from digikom.paths import DATA_DIR


def codes_of(year: int) -> list[str]:
    return geography.register(year)["municipality_code"].tolist()


def warnings_on(kind: str) -> list[str]:
    return survey.too_few(odd_answers(kind, 2022)["municipality_code"].tolist(), 2022)


@pytest.mark.parametrize("year", survey.years())
def test_the_built_in_answers_are_enough(year: int) -> None:
    path = DATA_DIR / "survey" / f"{year}.csv"
    respondents = survey.respondents(path, year)
    assert respondents == survey.load(year)["municipality_code"].tolist()
    assert survey.too_few(respondents, year) == []


def test_a_low_response_is_told_with_its_size() -> None:
    (low, *_) = warnings_on("forty")
    assert "40 of 356 municipalities (11 per cent, less than 50)" in low


def test_half_is_not_low() -> None:
    codes = codes_of(2022)
    assert not any("response" in warning for warning in survey.too_few(codes[::2], 2022))
    assert any("response" in warning for warning in survey.too_few(codes[1::2][:-1], 2022))


def test_small_groups_are_named_in_the_order_of_their_size() -> None:
    sizes, counties = warnings_on("groups_too_small")[1:]
    assert "size groups with fewer than 3 answers" in sizes
    assert "Under 2 000 (2 of 78), 2 000–4 999 (2 of 96), 10 000–19 999 (2 of 47)" in sizes.replace("\u00a0", " ")
    assert "5 000–9 999" not in sizes.replace("\u00a0", " ").replace("15 000", "")
    assert counties.startswith("counties with fewer than 3 answers")


def test_a_county_of_one_municipality_is_no_fault_of_the_answers() -> None:
    codes = [code for code in codes_of(2022) if code != "0301"]
    assert survey.too_few(codes, 2022) == []


def test_the_limits_are_data(tmp_path: Path) -> None:
    shutil.copytree(DATA_DIR / "method", tmp_path / "method")
    constants = tmp_path / "method" / "constants.csv"
    text = constants.read_text(encoding="utf-8")
    constants.write_text(text.replace("low_response,50,", "low_response,5,"), encoding="utf-8")
    codes = odd_answers("forty", 2022)["municipality_code"].tolist()
    assert not any("response" in warning for warning in survey.too_few(codes, 2022, tmp_path))


def test_check_warns_and_passes(digikom: Command, tmp_path: Path) -> None:
    path = tmp_path / "survey.csv"
    odd_answers("fourteen", 2022).to_csv(path, index=False, lineterminator="\n")
    done = digikom("check", str(path), "--year", "2022")
    assert done.returncode == 0
    assert "no problem found" in done.stdout
    low, sizes, counties = done.stderr.splitlines()
    assert low.startswith("Warning: a low response: 14 of 356")
    assert "size groups" in sizes
    assert "counties" in counties


def test_check_warns_of_a_small_extract_too(digikom: Command, tmp_path: Path) -> None:
    source = DATA_DIR / "examples" / "uttrekk-2025.csv"
    lines = source.read_bytes().splitlines(keepends=True)
    path = tmp_path / "extract.csv"
    path.write_bytes(b"".join(lines[:32]))
    mapping = str(DATA_DIR / "examples" / "mapping-2025.yml")
    done = digikom("check", str(path), "--year", "2025", "--mapping", mapping)
    assert done.returncode == 0, done.stderr
    assert "Warning: a low response: 30 of 357" in done.stderr
