"""What can go wrong on the way to the services: each is told in a clear message, and nothing is written."""

from __future__ import annotations

import gzip
import json
import socket
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from api_server import Api, Reply, Request, closed_port, connected, serving, stay_on_this_machine, tree
from sources_cases import official_tables, small_country, small_registers

from digikom.errors import BuildError, InputError
from digikom.paths import DATA_DIR
from digikom.sources import services
from digikom.sources.command import app
from digikom.sources.services import KLASS, STATBANK

ARGUMENTS = {
    "klass": ["register", "2024", "--fetched", "2030-02-01"],
    "statbank": ["statbank", "2024", "--fetched", "2030-02-01", "--table", "12039"],
}
SERVICES = {"klass": KLASS, "statbank": STATBANK}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a small register and the project's list of tables."""
    folder = small_registers(tmp_path / "data")
    (folder / "statbank").mkdir()
    (folder / "statbank" / "tables.yml").write_bytes((DATA_DIR / "statbank" / "tables.yml").read_bytes())
    return folder


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """Both services."""
    one = Api(small_country(), official_tables())
    with connected(one, monkeypatch):
        yield one


def run(data: Path, kind: str) -> None:
    app([*ARGUMENTS[kind], "--data-dir", str(data)], standalone_mode=False)


def failure(data: Path, kind: str) -> InputError | BuildError:
    """How the command fails; nothing is written."""
    before = tree(data)
    with pytest.raises((InputError, BuildError)) as caught:
        run(data, kind)
    assert tree(data) == before
    error = caught.value
    assert isinstance(error, (InputError, BuildError))
    assert "\n" not in str(error)
    return error


PAGE = b"<!DOCTYPE html><html><head><title>Vedlikehold</title></head><body><h1>Vi er snart tilbake</h1></body></html>"
FAULTS = {
    "not there": (Reply(404, b'{"title": "Not Found"}'), InputError, "here is no such"),
    "bad question": (Reply(400, b'{"title": "Illegal selection"}'), InputError, "400 Bad Request: Illegal selection"),
    "forbidden": (
        Reply(403, b'{"title": "Too many cells"}'),
        InputError,
        "turned down (403 Forbidden: Too many cells)",
    ),
    "busy for long": (Reply(429, b"{}", {"Retry-After": "0"}), InputError, "too many questions in a short time"),
    "error": (Reply(500, b"oops"), BuildError, "has failed, also when asked again (500 Internal Server Error: oops)"),
    "away": (Reply(503, PAGE, {"Content-Type": "text/html"}), BuildError, "503 Service Unavailable"),
    "web page": (Reply(200, PAGE, {"Content-Type": "text/html"}), BuildError, "the answer is a web page"),
    "empty": (Reply(200, b""), BuildError, "the answer is empty"),
    "blank": (Reply(200, b" \n"), BuildError, "the answer is empty"),
    "no content": (Reply(204, b""), BuildError, "the answer is empty"),
    "half": (Reply(200, b'{"codes": ['), BuildError, "the answer is no JSON"),
    "other encoding": (Reply(200, '{"codes": "å"}'.encode("latin-1")), BuildError, "the answer is no JSON"),
    "no number": (Reply(200, b'{"codes": NaN}'), BuildError, "the answer is no JSON"),
    "deep": (Reply(200, b'{"a":' * 100_000), BuildError, "the answer is no JSON"),
    "list": (Reply(200, b"[]"), BuildError, "expected a JSON object with «"),
    "number": (Reply(200, b"12"), BuildError, "; found 12"),
    "other object": (Reply(200, b'{"a": 1}'), BuildError, "expected a JSON object with «"),
    "broken off": (Reply(200, b'{"codes": [', announced=500), BuildError, "broke off"),
    "hung up": (Reply(0), InputError, "no connection (Remote end closed connection without response)"),
    "elsewhere": (Reply(302, b"", {"Location": "https://example.org/x"}), BuildError, "sends us to another address"),
    "unencrypted": (
        Reply(301, b"", {"Location": "http://data.example.org/"}),
        BuildError,
        "found http://data.example.org",
    ),
    "in circles": (Reply(302, b"", {"Location": "?again"}), BuildError, "round in circles"),
}


@pytest.mark.parametrize(("kind", "fault"), [*(("klass", fault) for fault in FAULTS), ("statbank", "other object")])
def test_a_fault_is_told_and_nothing_written(api: Api, data: Path, kind: str, fault: str) -> None:
    reply, error, part = FAULTS[fault]
    api.faults.append(lambda request: reply if f"/{kind}/" in request.path else None)
    raised = failure(data, kind)
    assert isinstance(raised, error)
    assert part in str(raised)
    assert SERVICES[kind].name in str(raised)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("kind", SERVICES)
def test_a_service_that_is_busy_for_a_moment_is_asked_again(api: Api, data: Path, kind: str, status: int) -> None:
    seen: set[tuple[str, str]] = set()

    def first_time(request: Request) -> Reply | None:
        key = (request.path, json.dumps(request.body))
        if key in seen:
            return None
        seen.add(key)
        return Reply(status, b"{}")

    api.faults.append(first_time)
    run(data, kind)
    assert len(api.asked) == 2 * len(seen)


def test_the_pause_that_a_service_asks_for_is_kept(api: Api, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("urllib3.util.retry.time.sleep", pauses.append)
    replies = [Reply(429, b"{}", {"Retry-After": "7"}), Reply(503, b"{}", {"Retry-After": "100000"})]
    api.faults.append(lambda request: replies.pop(0) if replies else None)
    run(data, "klass")
    assert [pause for pause in pauses if pause] == [7, services.LONGEST_PAUSE]


def test_tries_are_further_and_further_apart(api: Api, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(services, "BACKOFF_SECONDS", 0.5)
    monkeypatch.setattr("urllib3.util.retry.time.sleep", pauses.append)
    api.faults.append(lambda request: Reply(500, b"{}"))
    failure(data, "klass")
    assert [pause for pause in pauses if pause] == [1, 2, 4]
    assert len(api.asked) == services.TRIES_AGAIN + 1


def test_no_connection(data: Path, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KLASS.variable, f"http://127.0.0.1:{closed_port()}")
    raised = failure(data, "klass")
    assert isinstance(raised, InputError)
    assert "no connection" in str(raised)
    assert "refused" in str(raised)
    assert "object at 0x" not in str(raised)


def test_no_answer_in_time(data: Path, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "READ_SECONDS", 0.1)
    api.faults.append(lambda request: Reply(pause=0.4) if "/klass/" in request.path else None)
    raised = failure(data, "klass")
    assert isinstance(raised, InputError)
    assert "no answer within 0.1 seconds" in str(raised)


BOMB = gzip.compress(b"0" * 30_000_000)
PACKED = {"Content-Encoding": "gzip"}
ENDLESS = {
    "answer": Reply(200, b"0" * 3_000_000),
    "packed": Reply(200, BOMB, PACKED),
    "error": Reply(404, BOMB, PACKED),
    "redirect": Reply(302, BOMB, {**PACKED, "Location": "?again"}),
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_an_answer_without_end_is_read_to_the_limit_and_no_further(
    data: Path, api: Api, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(services, "LARGEST", 1_000_000)
    api.faults.append(lambda request: ENDLESS[kind])
    tracemalloc.start()
    try:
        assert "the answer is larger than 1 MB" in str(failure(data, "klass"))
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_an_answer_that_is_given_up_is_not_read(data: Path, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "LARGEST", 1_000_000)
    replies = [Reply(503, BOMB, PACKED)]
    api.faults.append(lambda request: replies.pop() if replies else None)
    tracemalloc.start()
    try:
        run(data, "klass")
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_an_answer_that_comes_byte_by_byte_has_its_time(data: Path, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "ANSWER_SECONDS", 0.5)
    api.faults.append(lambda request: Reply(200, b'{"codes": [' + b" " * 100, drip=0.1))
    begun = time.monotonic()
    assert "no whole answer within 0.5 s" in str(failure(data, "klass"))
    assert time.monotonic() - begun < 5


def test_a_connection_that_cannot_be_trusted(data: Path, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(api) as address:  # speaks no TLS
        monkeypatch.setenv(KLASS.variable, address.replace("http:", "https:"))
        raised = failure(data, "klass")
    assert isinstance(raised, InputError)
    assert "the connection can't be trusted" in str(raised)


@pytest.mark.parametrize(
    "address",
    ["http://data.ssb.no/api", "ftp://127.0.0.1", "data.ssb.no", "https://", "https://[x", "http://127.0.0.1:x"],
)
@pytest.mark.parametrize("kind", SERVICES)
def test_addresses_that_are_not_asked(
    data: Path, api: Api, kind: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SERVICES[kind].variable, address)
    raised = failure(data, kind)
    assert f"{SERVICES[kind].variable}: expected the https address of {SERVICES[kind].name}" in str(raised)


def test_a_redirect_on_the_same_server_is_followed(data: Path, api: Api) -> None:
    moved = Reply(307, b"", {"Location": "/klass/classifications/131/codesAt?date=2024-01-01&language=nb"})
    api.faults.append(lambda request: moved if request.path.endswith("codesAt") and "moved" not in seen else None)
    seen: set[str] = set()
    api.faults.append(lambda request: seen.add("moved") if request.path.endswith("131/codesAt") else None)
    api.faults.reverse()
    run(data, "klass")


def test_the_tests_stay_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    stay_on_this_machine(monkeypatch)
    with socket.socket() as one, pytest.raises(AssertionError, match="must not connect"):
        one.connect(("192.0.2.1", 80))


def test_a_build_never_comes_here() -> None:
    """Neither the build nor anything that a notebook imports loads what goes to the network."""
    program = (
        "import sys, digikom.pipeline, digikom.pipeline.builds, digikom.publish, digikom.survey, digikom.geography\n"
        "print(*[name for name in sys.modules if name.startswith('digikom.sources')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_command_is_light_until_it_is_used() -> None:
    heavy = "{'pandas', 'requests'}"
    program = f"import sys, digikom.sources.command; print(*sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
