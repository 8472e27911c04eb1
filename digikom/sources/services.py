"""The two services of Statistics Norway: what they are asked, with patience and time-outs, and every answer as it came.

Klass has classifications and code lists (https://data.ssb.no/api/klass/v1), the StatBank tables of official
statistics (PxWebApi, version 2). Nothing else is asked, and no redirect to another address is followed.
"""

from __future__ import annotations

import datetime
import json
import os
import threading
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn, Self
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ProtocolError, ReadTimeoutError
from urllib3.util.retry import Retry

from digikom.errors import BuildError, InputError
from digikom.sources import jsonstat

LICENCE = "CC BY 4.0"
"""The licence that Statistics Norway gives everything in both services under."""

CODES_FILE, COUNTIES_FILE, CHANGES_FILE = "klass-131-codes.json", "klass-104-codes.json", "klass-131-changes.json"
VERSIONS_FILE, CENTRALITY_FILE = "klass-128-versions.json", "klass-131-128.json"
"""The answers of Klass on the classifications of municipalities (131), counties (104) and centrality (128)."""

POPULATION_TABLE = "07459"
POPULATION_FILE = f"statbank-{POPULATION_TABLE}.json"
REGISTER_FILES = (CODES_FILE, COUNTIES_FILE, CHANGES_FILE, VERSIONS_FILE, CENTRALITY_FILE, POPULATION_FILE)
"""What a register is made from."""

REGION = "Region"
_CONTENTS, _INHABITANTS = "ContentsCode", "Personer1"

CONNECT_SECONDS, READ_SECONDS = 10.0, 60.0
TRIES_AGAIN = 4
BACKOFF_SECONDS = 0.5
LONGEST_PAUSE = 90
"""A server may ask for a longer pause (Retry-After); this is as long as we wait, in seconds."""
ANSWER_SECONDS = 300.0
"""How long one question may take until the last byte of its answer is there, pauses and new tries included."""
LARGEST = 100_000_000
"""The bytes of an answer, unpacked. The largest that we ask for, all of a table of the StatBank, have some millions."""

_BUSY = frozenset({429, 500, 502, 503, 504})
_TOO_MANY = 429
_EXCERPT = 160
_TOLD_IN = ("title", "detail", "error", "message")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class _TooLargeError(requests.RequestException):
    """An answer of more than `LARGEST` bytes."""


class NotThereError(InputError):
    """What was asked for does not exist (404)."""


@dataclass(frozen=True)
class Answer:
    """What a service answered: the address asked, the query sent with it (if any), and the content as it came."""

    service: str
    address: str
    query: dict[str, Any] | None
    content: bytes


@dataclass(frozen=True)
class Service:
    """A service of Statistics Norway: its name, its public address, and the environment variable that overrides it."""

    name: str
    address: str
    variable: str

    @property
    def url(self) -> str:
        """The address to ask, without a slash at the end.

        Raises `InputError` for one that is not a web address, or that is neither encrypted nor on this machine.
        """
        url = os.environ.get(self.variable) or self.address
        try:
            parts = urlsplit(url)
            encrypted, host, _ = parts.scheme == "https", parts.hostname, parts.port
        except ValueError:
            encrypted, host = False, None
        if not host or not (encrypted or (parts.scheme == "http" and host in _LOOPBACK)):
            raise InputError(f"{self.variable}: expected the https address of {self.name}; found {url!r}")
        return url.rstrip("/")

    def ask(self, path: str, part: str, parameters: Mapping[str, str], query: dict[str, Any] | None = None) -> Answer:
        """The answer, a JSON object with the given `part`. A `query` is posted.

        Raises `InputError` where a person can do something about it (no connection, no answer in time, an encryption
        that can't be trusted, something asked for that there is not, too many questions) and `BuildError` where the
        service is at fault (an error of its own, an answer of another form, a redirect elsewhere).
        """
        url = f"{self.url}/{path}"
        method = "GET" if query is None else "POST"
        asked = f"{self.name}, {method} {requests.Request(method, url, params=parameters).prepare().url}"
        with _session(self) as session:
            try:
                ask = partial(session.request, method, url, params=parameters, json=query, stream=True)
                response = _in_time(partial(ask, timeout=(CONNECT_SECONDS, READ_SECONDS)))
            except requests.exceptions.SSLError as error:
                raise InputError(
                    f"{asked}: the connection can't be trusted ({_reason(error)}). Check the clock of this machine, "
                    "and whether the network puts certificates of its own in between."
                ) from None
            except _TooLargeError:
                raise BuildError(f"{asked}: the answer is larger than {LARGEST / 1e6:g} MB") from None
            except TimeoutError:
                raise InputError(f"{asked}: no whole answer within {ANSWER_SECONDS:g} s; try again later") from None
            except requests.TooManyRedirects:
                raise BuildError(f"{asked}: sent round in circles (too many redirects)") from None
            except (requests.Timeout, requests.ConnectionError) as error:
                late = isinstance(error, requests.Timeout) or isinstance(_cause(error), ReadTimeoutError)
                if late or "timed out" in _reason(error).lower():
                    raise InputError(f"{asked}: no answer within {READ_SECONDS:g} seconds; try again later") from None
                raise InputError(
                    f"{asked}: no connection ({_reason(error)}). Is there a network, and is it let out?"
                ) from None
            except requests.RequestException as error:
                raise BuildError(f"{asked}: the answer broke off ({_reason(error)})") from None
        _check(asked, response, part)
        return Answer(self.name, response.url, query, response.content)


KLASS = Service("Klass", "https://data.ssb.no/api/klass/v1", "DIGIKOM_KLASS_URL")
STATBANK = Service("StatBank", "https://data.ssb.no/api/pxwebapi/v2", "DIGIKOM_STATBANK_URL")


def ask_klass(day: datetime.date, since: datetime.date) -> dict[str, Answer]:
    """The answers of Klass by file name: the municipalities and counties in force on `day`, what has changed among the
    municipalities after `since` up to and including `day`, the editions of the centrality index, and the centrality of
    each municipality on `day`. Raises what `Service.ask` raises.
    """
    on = day.isoformat()
    # Klass counts the first day of a period in and the last one out.
    period = {"from": (since + datetime.timedelta(days=1)).isoformat()}
    period["to"] = (day + datetime.timedelta(days=1)).isoformat()

    def ask(path: str, part: str, **parameters: str) -> Answer:
        return KLASS.ask(f"classifications/{path}", part, {**parameters, "language": "nb"})

    answers = {
        CODES_FILE: ask("131/codesAt", "codes", date=on),
        COUNTIES_FILE: ask("104/codesAt", "codes", date=on),
        CHANGES_FILE: ask("131/changes", "codeChanges", **period),
        VERSIONS_FILE: ask("128", "versions", includeFuture="false"),
    }
    part = "correspondenceItems"
    try:
        found = ask("131/correspondsAt", part, targetClassificationId="128", date=on)
    except NotThereError:  # a correspondence may be kept from the other side only
        found = ask("128/correspondsAt", part, targetClassificationId="131", date=on)
    return {**answers, CENTRALITY_FILE: found}


def ask_for_table(table: str, year: int) -> Answer | None:
    """Everything in a table of the StatBank for a year, as JSON-stat; `None` when the table has nothing for that year.

    Raises `NotThereError` when there is no such table, and what `Service.ask` raises; the service turns down a question
    for more cells than it gives at a time.
    """
    dimensions, time = _dimensions(table)
    return _cells(table, {**dimensions, time: [str(year)]}) if str(year) in dimensions[time] else None


def ask_for_population(codes: Collection[str], year: int) -> Answer:
    """The inhabitants on 1 January of `year` of the municipalities in `codes`, as far as the StatBank knows them.

    Raises `InputError` when the table has nothing for that year, or knows none of the codes.
    """
    dimensions, time = _dimensions(POPULATION_TABLE)
    name = f"StatBank table {POPULATION_TABLE}"
    if str(year) not in dimensions[time]:
        raise InputError(f"{name} has no population for 1 January {year}; the last is for {max(dimensions[time])}")
    for dimension, wanted in ((REGION, set(codes)), (_CONTENTS, {_INHABITANTS})):
        if not wanted & set(dimensions.get(dimension, [])):
            raise InputError(
                f"{name} is not as expected: no {dimension} that is one of {', '.join(sorted(wanted)[:5])}"
            )
    known = [code for code in dimensions[REGION] if code in codes]
    # The other dimensions (sex, age) are left out: the service then gives the sum over them.
    return _cells(POPULATION_TABLE, {REGION: known, _CONTENTS: [_INHABITANTS], time: [str(year)]})


def _dimensions(table: str) -> tuple[dict[str, list[str]], str]:
    """The category codes of each dimension of a table, and which dimension is the time."""
    try:
        answer = STATBANK.ask(f"tables/{table}/metadata", "dimension", {"lang": "no"})
    except NotThereError:
        raise NotThereError(f"StatBank has no table {table}") from None
    try:
        about = json.loads(answer.content)
        dimensions = {code: jsonstat.codes(about["dimension"][code]) for code in about["id"]}
        time = about["role"]["time"][0]
        return {**dimensions, time: dimensions[time]}, time
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise BuildError(
            f"The answer of StatBank to {answer.address} does not describe a table ({type(error).__name__}: {error})"
        ) from None


def _cells(table: str, selection: dict[str, list[str]]) -> Answer:
    query = {"selection": [{"variableCode": code, "valueCodes": codes} for code, codes in selection.items()]}
    return STATBANK.ask(f"tables/{table}/data", "value", {"lang": "no", "outputFormat": "json-stat2"}, query)


class _Refusal(HTTPAdapter):
    """What every address is met with but that of the service."""

    def __init__(self, service: Service) -> None:
        super().__init__()
        self._service = service

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> NoReturn:
        raise BuildError(
            f"{self._service.name} sends us to another address, which is not followed: "
            f"expected {_origin(self._service.url)}, found {_origin(str(request.url))}"
        )


def _session(service: Service) -> requests.Session:
    """A session that asks one service, again when it is worth it."""
    session = requests.Session()
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Refusal(service))
    # All that is ever sent are questions, so a POST may be repeated like a GET.
    retry = _Retry(
        total=TRIES_AGAIN,
        read=1,
        status_forcelist=_BUSY,
        allowed_methods=None,
        backoff_factor=BACKOFF_SECONDS,
        retry_after_max=LONGEST_PAUSE,
        raise_on_status=False,
    )
    session.mount(f"{_origin(service.url)}/", HTTPAdapter(max_retries=retry))
    session.hooks["response"].append(_read)
    return session


class _Retry(Retry):
    """urllib3's rules for asking again, which does not read the answer that it gives up, however long that is."""

    def increment(self, *arguments: Any, **named: Any) -> Self:  # noqa: ANN401
        """The rules for the next try. Raises MaxRetryError when there have been enough."""
        again = super().increment(*arguments, **named)
        if response := named.get("response"):
            response.close()
        return again


def _read(response: requests.Response, **_: object) -> None:
    """Read an answer piece by piece as soon as it begins, that of a redirect too, and no more than `LARGEST`."""
    content = bytearray()
    for part in response.iter_content(1 << 16):
        content += part
        if len(content) > LARGEST:
            response.close()
            raise _TooLargeError
    response._content = bytes(content)


def _in_time(ask: Callable[[], requests.Response]) -> requests.Response:
    """What `ask` returns. Raises what it raises, and TimeoutError when it takes longer than `ANSWER_SECONDS`.

    Time-outs of sockets count from one byte to the next; so a slow server could keep us for ever.
    """
    outcome: Future[requests.Response] = Future()

    def run() -> None:
        try:
            outcome.set_result(ask())
        except Exception as error:
            outcome.set_exception(error)

    # A daemon: nobody waits for it at the end.
    threading.Thread(target=run, daemon=True).start()
    return outcome.result(ANSWER_SECONDS)


def _check(asked: str, response: requests.Response, part: str) -> None:
    """Raise unless the answer is a JSON object with the `part`."""
    status, content = response.status_code, response.content
    if not response.ok:
        said = f"{status} {response.reason}: {_said(content)}"
        if status == requests.codes.not_found:
            raise NotThereError(f"{asked}: there is no such thing ({said})")
        if status == _TOO_MANY:
            pause = response.headers.get("Retry-After")
            wait = f"wait ({pause} is what the service asks for) and" if pause else "wait a minute and"
            raise InputError(f"{asked}: too many questions in a short time ({said}); {wait} try again")
        if status >= requests.codes.server_error:
            raise BuildError(f"{asked}: the service has failed, also when asked again ({said}); try later")
        raise InputError(f"{asked}: the question was turned down ({said})")
    if not content.strip():
        raise BuildError(f"{asked}: the answer is empty")
    try:
        answer = json.loads(content, parse_constant=_no_number)
    except (ValueError, RecursionError):
        page = "a web page" if content.lstrip()[:1] == b"<" else "no JSON"
        raise BuildError(f"{asked}: the answer is {page} ({_excerpt(content)})") from None
    if not isinstance(answer, dict) or part not in answer:
        raise BuildError(f"{asked}: expected a JSON object with «{part}»; found {_excerpt(content)}")


def _no_number(text: str) -> NoReturn:
    """`NaN` and `Infinity`, which Python reads, are no JSON."""
    raise ValueError(text)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _cause(error: requests.RequestException) -> object:
    """What lies behind an error of `requests`: urllib3 wraps it in «retries exceeded» or «connection aborted»."""
    inner = error.args[0] if error.args else error
    cause = getattr(inner, "reason", None) or inner
    last = cause.args[-1] if isinstance(cause, ProtocolError) and cause.args else None
    return last if isinstance(last, Exception) else cause


def _reason(error: requests.RequestException) -> str:
    """The cause in a few words, without the objects that urllib3 names before it."""
    return _shortened(str(_cause(error)).rpartition(": ")[2])


def _said(content: bytes) -> str:
    """What a service says in an answer about an error, or how the answer begins."""
    try:
        answer = json.loads(content)
        return _shortened(", ".join(str(answer[key]) for key in _TOLD_IN if answer.get(key))) or _excerpt(content)
    except (ValueError, AttributeError, RecursionError):
        return _excerpt(content)


def _excerpt(content: bytes) -> str:
    return _shortened(content.decode("utf-8", "replace")) or "nothing"


def _shortened(text: str) -> str:
    """On one line, printable, and not too long."""
    line = "".join(sign for sign in " ".join(text.split()) if sign.isprintable())
    return line if len(line) <= _EXCERPT else f"{line[:_EXCERPT]} …"
