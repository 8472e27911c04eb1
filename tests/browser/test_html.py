"""Every page of the site is valid HTML for the Nu validator."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from .conftest import Expect
from .findings import Finding
from .pages import MUNICIPALITY_PAGES, all_pages, page_address

#: Messages of the validator that are let pass, each with the reason. None so far.
LET_PASS: dict[str, str] = {}

#: The page of a municipality.
SINGLE = re.compile(r"kommuner/\d{4}\.html")
#: Files in one run of the validator: enough to pay for its start, few enough for a command line.
AT_ONCE = 400


def validate(jar: Path, site: Path, names: list[str]) -> list[Finding]:
    """The errors of the validator in the pages named."""
    java = shutil.which("java")
    assert java, "this test needs Java (Debian: apt-get install default-jre-headless); .ci/run installs it"
    command = [java, "-Xss2m", "-jar", str(jar), "--format", "json", "--exit-zero-always", *names]
    done = subprocess.run(command, cwd=site, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr[:2000]
    messages = json.loads(done.stderr)["messages"]
    return [
        Finding(
            re.sub(r"\s+", " ", message["message"])[:160],
            f"{str(message.get('url', '')).rpartition(f'{site}/')[2]}:{message.get('lastLine', '?')}",
            "HTML",
            message.get("extract", ""),
        )
        for message in messages
        if message["type"] in ("error", "non-document-error")
        and not any(re.fullmatch(pattern, message["message"]) for pattern in LET_PASS)
    ]


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.full)])
def test_every_page_is_valid(site: Path, tools: Path, expect_none: Expect, every: bool) -> None:
    """The pages of all editions, and those above them; of municipalities those that stand for all, or `every`."""
    jar = tools / "vnu-jar" / "build" / "dist" / "vnu.jar"
    chosen = {page_address(site, name) for name in MUNICIPALITY_PAGES}
    names = [name for name in all_pages(site) if every or name in chosen or not SINGLE.match(name)]
    assert names
    found: list[Finding] = []
    for start in range(0, len(names), AT_ONCE):
        found += validate(jar, site, names[start : start + AT_ONCE])
    expect_none(found)


def test_the_validator_finds_an_error(tools: Path, tmp_path: Path) -> None:
    """What proves that a silent validator means valid pages."""
    (tmp_path / "page.html").write_text(
        '<!DOCTYPE html><html lang="nb"><head><title>Side</title></head><body><h1>Side</h1><p id="a"><div></div></p>'
        '<p id="a">Tekst</p></body></html>',
        encoding="utf-8",
    )
    found = validate(tools / "vnu-jar" / "build" / "dist" / "vnu.jar", tmp_path, ["page.html"])
    assert any("Duplicate ID" in finding.rule for finding in found)
    assert all(finding.where.startswith("page.html:") for finding in found)
