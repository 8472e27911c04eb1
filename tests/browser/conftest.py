"""What the browser tests share: the tools from npm, the site on a local port, one browser for each worker."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from browsing import served
from filelock import FileLock
from playwright.sync_api import Browser

from .findings import Finding, report
from .pages import Visits

HERE = Path(__file__).parent
TOOLS = HERE / "node_modules"
#: What a test has printed at the end of the run: a heading and a line.
PRINTED = "printed"
#: What a test found: its module, a rule and how often it was broken.
FOUND = "found"

Expect = Callable[[Sequence[Finding]], None]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder needs a browser and a built site."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.build)


def pytest_terminal_summary(terminalreporter: Any) -> None:  # noqa: ANN401
    """Print what tests measured and how often rules were broken, passed or failed, also from several workers."""
    sections: dict[str, list[str]] = {}
    counts: dict[tuple[str, str], int] = {}
    for reports in terminalreporter.stats.values():
        for each in reports:
            if getattr(each, "when", "") != "call":
                continue
            for name, value in each.user_properties:
                if name == PRINTED:
                    sections.setdefault(value[0], []).append(value[1])
                elif name == FOUND:
                    module, rule, count = value
                    counts[module, rule] = counts.get((module, rule), 0) + count
    for (module, rule), count in counts.items():
        sections.setdefault("findings", []).append(f"{module}: {rule}: {count}")
    for heading in sorted(sections):
        terminalreporter.section(heading)
        for line in sorted(sections[heading]):
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def tools() -> Path:
    """The folder of the tools from npm, installed as the lock file says; `npm ci` checks their content."""
    lock = HERE / "package-lock.json"
    installed = TOOLS / ".installed-lock.json"
    with FileLock(HERE / "node_modules.lock"):
        if not installed.is_file() or installed.read_bytes() != lock.read_bytes():
            npm = shutil.which("npm")
            assert npm, "these tests need npm (Debian: apt-get install npm); .ci/run installs it"
            # Scripts of packages are left out: vnu-jar's would fetch a Java of its own.
            command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            shutil.copy(lock, installed)
    return TOOLS


@pytest.fixture(scope="session")
def axe(tools: Path) -> str:
    """The source of axe-core, the accessibility rules."""
    return (tools / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """The site on a local port."""
    with served(site) as url:
        yield url


@pytest.fixture
def visit(browser: Browser, address: str, site: Path) -> Iterator[Visits]:
    """Opens pages; closes them when the test is done."""
    visits = Visits(browser, address, site)
    yield visits
    visits.close()


@pytest.fixture
def expect_none(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Expect:
    """Fails with a table when there are findings; how often each rule was broken is printed at the end of the run."""

    def check(findings: Sequence[Finding]) -> None:
        for rule, count in sorted(Counter(finding.rule for finding in findings).items()):
            record_property(FOUND, (request.path.stem, rule, count))
        if findings:
            pytest.fail(report(findings), pytrace=False)

    return check


@pytest.fixture
def printed(record_property: Callable[[str, object], None]) -> Callable[[str, str], None]:
    """Has a line printed under a heading at the end of the run."""
    return lambda heading, line: record_property(PRINTED, (heading, line))
