"""A server on this machine that speaks the two services' languages, with made-up content, and with their faults."""

from __future__ import annotations

import itertools
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from digikom.sources import services

Json = dict[str, Any]


@dataclass
class Reply:
    """What the server says to one question instead of the truth; with status 0 it hangs up."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    announced: int | None = None
    """Content-Length, when it is not the true one: the connection breaks off before."""
    pause: float = 0.0
    drip: float = 0.0
    """Seconds between two bytes of the body."""


Fault = Callable[["Request"], Reply | None]


@dataclass(frozen=True)
class Request:
    """A question as it came."""

    method: str
    path: str
    parameters: dict[str, str]
    body: Json | None


@dataclass
class Country:
    """What Klass and the StatBank know: municipalities (code to official name), counties, changes, centrality and
    inhabitants.
    """

    municipalities: dict[str, str]
    counties: dict[str, str]
    population: dict[str, int | None]
    centrality: dict[str, str]
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    """(day, old code, new code)"""
    editions: list[tuple[str, str | None]] = field(
        default_factory=lambda: [("2020-01-01", "2024-01-01"), ("2024-01-01", "+999999999-12-31"), ("2030-06-01", None)]
    )
    years: list[str] = field(default_factory=lambda: [str(year) for year in range(2018, 2031)])


def dataset(label: str, dimensions: dict[str, tuple[str, dict[str, str]]], values: list[Any], **more: object) -> Json:
    """A JSON-stat table: dimensions by code, each with its label and the labels of its categories."""
    return {
        "version": "2.0",
        "class": "dataset",
        "label": label,
        "source": "Statistisk sentralbyrå",
        "updated": "2024-05-03T06:00:00Z",
        "role": {"time": ["Tid"], "metric": ["ContentsCode"]},
        "id": list(dimensions),
        "size": [len(categories) for _, categories in dimensions.values()],
        "dimension": {
            code: {
                "label": name,
                "category": {"index": {one: n for n, one in enumerate(categories)}, "label": categories},
                "extension": {"elimination": code not in {"Tid", "ContentsCode"}, "show": "value"},
            }
            for code, (name, categories) in dimensions.items()
        },
        "value": values,
        **more,
    }


@dataclass
class StatbankTable:
    """A made-up table of the StatBank: its dimensions, and its value for a combination of category codes."""

    label: str
    dimensions: dict[str, tuple[str, dict[str, str]]]
    value: Callable[[dict[str, str]], float | None]
    unit: tuple[str, int] = ("prosent", 1)
    hidden: str = ":"

    def answer(self, selection: dict[str, list[str]], with_values: bool = True) -> Json:
        chosen = {
            code: (name, {one: categories[one] for one in selection.get(code, categories)})
            for code, (name, categories) in self.dimensions.items()
            if code in selection or not with_values
        }
        values: list[Any] = []
        status = {}
        if with_values:
            for number, codes in enumerate(itertools.product(*(one[1] for one in chosen.values()))):
                values.append(self.value(dict(zip(chosen, codes, strict=True))))
                if values[-1] is None:
                    status[str(number)] = self.hidden
        table = dataset(self.label, chosen, values, **({"status": status} if status else {}))
        base, decimals = self.unit
        category = table["dimension"]["ContentsCode"]["category"]
        category["unit"] = {one: {"base": base, "decimals": decimals} for one in category["label"]}
        return table


class Api:
    """The two services. `faults` come first; `asked` has every question that came."""

    def __init__(self, country: Country, tables: dict[str, StatbankTable] | None = None) -> None:
        self.country = country
        self.tables = {"07459": self._population_table(), **(tables or {})}
        self.faults: list[Fault] = []
        self.asked: list[Request] = []

    def reply(self, request: Request) -> Reply:
        self.asked.append(request)
        for fault in self.faults:
            if (reply := fault(request)) is not None:
                return reply
        kind, _, rest = request.path.strip("/").partition("/")
        content = self._klass(rest, request) if kind == "klass" else self._statbank(rest, request)
        if content is None:
            return Reply(404, json.dumps({"title": "Not Found", "status": 404}).encode())
        return Reply(body=json.dumps(content, ensure_ascii=False).encode())

    def _klass(self, path: str, request: Request) -> Json | None:
        country, asked = self.country, request.parameters
        changes = [
            {"oldCode": old or None, "newCode": new or None, "changeOccurred": day, "oldName": "", "newName": ""}
            for day, old, new in country.changes
            if asked.get("from", "") <= day < asked.get("to", "")
        ]
        versions = [
            {"name": f"Sentralitet {first[:4]}", "validFrom": first, **({"validTo": last} if last else {})}
            for first, last in country.editions
        ]
        centrality = [
            {"sourceCode": code, "sourceName": "", "targetCode": target, "targetName": f"Sentralitet {target}"}
            for code, target in country.centrality.items()
        ]
        answers: dict[str, Json] = {
            "131/codesAt": {"codes": [{"code": one, "name": name} for one, name in country.municipalities.items()]},
            "104/codesAt": {"codes": [{"code": one, "name": name} for one, name in country.counties.items()]},
            "131/changes": {"codeChanges": changes},
            "128": {"name": "Standard for sentralitet", "versions": versions},
            "131/correspondsAt": {"correspondenceItems": centrality},
        }
        return answers.get(path.removeprefix("classifications/"))

    def _statbank(self, path: str, request: Request) -> Json | None:
        found = re.fullmatch(r"tables/(\w+)/(metadata|data)", path)
        if found is None or found[1] not in self.tables:
            return None
        table = self.tables[found[1]]
        if found[2] == "metadata":
            return table.answer({}, with_values=False)
        assert request.body is not None
        return table.answer({one["variableCode"]: one["valueCodes"] for one in request.body["selection"]})

    def _population_table(self) -> StatbankTable:
        regions = {"0": "Hele landet", **self.country.counties, **self.country.municipalities, "9902": "Gammel kommune"}
        return StatbankTable(
            "07459: Alders- og kjønnsfordeling, etter region, statistikkvariabel og år",
            {
                "Region": ("region", regions),
                "Kjonn": ("kjønn", {"1": "Menn", "2": "Kvinner"}),
                "ContentsCode": ("statistikkvariabel", {"Personer1": "Personer"}),
                "Tid": ("år", {year: year for year in self.country.years}),
            },
            lambda cell: self.country.population.get(cell["Region"]),
            ("personer", 0),
            "..",
        )


@contextmanager
def serving(api: Api) -> Iterator[str]:
    """The address of `api` on this machine while the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(None)

        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _answer(self, body: Json | None) -> None:
            parts = urlsplit(self.path)
            parameters = {key: values[0] for key, values in parse_qs(parts.query).items()}
            reply = api.reply(Request(self.command, parts.path, parameters, body))
            time.sleep(reply.pause)
            if reply.status == 0:
                self.close_connection = True
                return
            try:
                self.send_response(reply.status)
                for key, value in {"Content-Type": "application/json", **reply.headers}.items():
                    self.send_header(key, value)
                self.send_header("Content-Length", str(len(reply.body) if reply.announced is None else reply.announced))
                self.end_headers()
                for piece in map(bytes, zip(reply.body)) if reply.drip else (reply.body,):
                    self.wfile.write(piece)
                    time.sleep(reply.drip)
            except OSError:
                pass
            if reply.announced is not None:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def connected(api: Api, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """`api` in the place of both services, without pauses between tries, and no way out of this machine."""
    stay_on_this_machine(monkeypatch)
    with serving(api) as address:
        monkeypatch.setenv("DIGIKOM_KLASS_URL", f"{address}/klass")
        monkeypatch.setenv("DIGIKOM_STATBANK_URL", f"{address}/statbank")
        monkeypatch.setattr(services, "BACKOFF_SECONDS", 0.0)
        yield address


def stay_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every connection to another machine fail, and no proxy be used."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: tuple[str, int]) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1"):
            raise AssertionError(f"a test must not connect to {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below `folder`, by its path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def closed_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
