"""The web server of `digikom serve`: what it shows, what it does not, and how it ends."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from digikom.errors import InputError
from digikom.paths import PROJECT_ROOT
from digikom.site.serving import HEADERS, listen, serve_site

Answer = tuple[int, dict[str, str], str]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a server with a small site; it is asked to stop in the end."""
    outside = tmp_path_factory.mktemp("outside")
    site = outside / "site"
    for name in ("index.html", "404.html", "data/a.csv", "2022/index.html", ".git/config", "data/.draft"):
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(f"this is {name}", encoding="utf-8")
    (outside / "answers.csv").write_text("secret", encoding="utf-8")
    (site / "answers.csv").symlink_to(outside / "answers.csv")
    (site / "all").symlink_to(outside)
    (site / "hidden").symlink_to(site / ".git")
    (site / "link.csv").symlink_to(site / "data" / "a.csv")
    command = [sys.executable, "-m", "digikom.cli", "serve", "--site", str(site), "--port", "0"]
    there = {**os.environ, "PYTHONPATH": str(PROJECT_ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, env=there, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        told = server.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", told)
        assert found, told
        yield int(found[1])
        server.send_signal(signal.SIGINT)
        assert server.communicate() == ("", "Stopped; nothing published has changed.\n")


def asked(port: int, path: str, method: str = "GET", host: str = "127.0.0.1") -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, headers={"Host": host})
    response = connection.getresponse()
    answer = response.status, dict(response.headers), response.read().decode()
    connection.close()
    return answer


@pytest.mark.parametrize(
    ("path", "name"),
    [("/", "index.html"), ("/2022/", "2022/index.html"), ("/data/a.csv", "data/a.csv"), ("/link.csv", "data/a.csv")],
)
def test_files_are_shown_with_the_headers(port: int, path: str, name: str) -> None:
    status, headers, content = asked(port, path)
    assert (status, content) == (200, f"this is {name}")
    assert {key: headers.get(key.lower()) for key in HEADERS} == HEADERS


@pytest.mark.parametrize(
    "path",
    [
        "/data/",
        "/data",
        "/.git/config",
        "/.git/",
        "/data/.draft",
        "/hidden/config",
        "/answers.csv",
        "/all/answers.csv",
        "/../answers.csv",
        "/%2e%2e/answers.csv",
        "/..%2fanswers.csv",
        "/data/..%2f..%2fanswers.csv",
        "//answers.csv",
        "/%2egit/config",
    ],
)
def test_no_folder_no_dot_and_nothing_outside_is_shown(port: int, path: str) -> None:
    status, headers, content = asked(port, path)
    assert (status, content) == (404, "this is 404.html")
    assert {key: headers.get(key.lower()) for key in HEADERS} == HEADERS


@pytest.mark.parametrize("path", ["/a%00b", "/" + "x" * 5000])
def test_no_address_is_an_error_of_the_server(port: int, path: str) -> None:
    assert asked(port, path)[0] == 404


def test_only_readers_of_this_machine_are_answered(port: int) -> None:
    assert asked(port, "/", host="example.org")[0] == 400
    assert asked(port, "/", "POST")[0] == 405


def test_without_a_report_or_a_free_port_there_is_one_message(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no report in"):
        serve_site(tmp_path, 0, print)
    with listen(0) as taken, pytest.raises(InputError, match=r"port \d+ of this machine: Address already in use"):
        listen(taken.getsockname()[1])


def test_a_browser_is_opened_if_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("digikom.site.serving.webbrowser.open", opened.append)
    monkeypatch.setattr("digikom.site.serving.answer", lambda app, listening: None)
    (tmp_path / "index.html").touch()
    told: list[str] = []
    serve_site(tmp_path, 0, told.append, browser=True)
    assert [f"The report is at {address} (Ctrl+C stops)" for address in opened] == told
