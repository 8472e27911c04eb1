"""How the services are talked to: with patience and time-outs, with nobody else, and with every answer kept.

`ssb-klass-python` and `pxwebpy` make their own sessions of `requests` and let none be given. Neither gives up on a
server that never answers, tries again when one is out of order for a moment, or minds being sent elsewhere. So for the
time of a conversation every session is given one transport, which does. One conversation at a time: it is not for
threads.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ProtocolError, ReadTimeoutError
from urllib3.util.retry import Retry

from digikom.errors import BuildError, InputError
from digikom.sources.services import Service

CONNECT_SECONDS = 10.0
READ_SECONDS = 60.0
TRIES_AGAIN = 4
BACKOFF_SECONDS = 0.5
LONGEST_PAUSE = 90
"""A server may ask for a longer pause (Retry-After); this is as long as we wait, in seconds."""

_BUSY = frozenset({429, 500, 502, 503, 504})
_TOO_MANY = 429
_EXCERPT = 160


class NotThereError(InputError):
    """What was asked for does not exist (404)."""


@dataclass(frozen=True)
class Answer:
    """What a service answered: the address asked, the query sent with it (if any), and the content as it came."""

    address: str
    query: dict[str, Any] | None
    content: bytes


@contextmanager
def conversation(service: Service) -> Iterator[list[Answer]]:
    """Let the clients inside the block talk to `service` and nobody else; the answers are added to the list given.

    Raises `InputError` where a person can do something about it (no connection, no answer in time, an encryption that
    can't be trusted, something asked for that there is not, too many questions) and `BuildError` where the service is
    at fault (an error of its own, an answer that is no JSON or not what its client expects, a redirect elsewhere).
    """
    answers: list[Answer] = []
    transport = _Transport(service, answers)
    original = requests.Session.get_adapter
    requests.Session.get_adapter = lambda session, url: transport  # type: ignore[method-assign, assignment]
    try:
        yield answers
    except (InputError, BuildError):
        raise
    except requests.TooManyRedirects:
        raise BuildError(f"{service.name} sends us round in circles (too many redirects from {service.url})") from None
    except Exception as error:  # whatever the clients say to an answer that they can't read
        last = f" to {answers[-1].address}" if answers else ""
        what = _shortened(f"{type(error).__name__}: {error}")
        raise BuildError(f"The answer of {service.name}{last} is not what its client expects ({what})") from error
    finally:
        requests.Session.get_adapter = original  # type: ignore[method-assign]
        transport.close()


class _Transport(HTTPAdapter):
    """Sends a request to one service, again when it is worth it, and keeps the answer."""

    def __init__(self, service: Service, answers: list[Answer]) -> None:
        self._service = service
        self._origin = _origin(service.url)
        self._answers = answers
        # All that is ever sent are questions, so a POST may be repeated like a GET.
        super().__init__(
            max_retries=Retry(
                total=TRIES_AGAIN,
                read=1,
                status_forcelist=_BUSY,
                allowed_methods=None,
                backoff_factor=BACKOFF_SECONDS,
                retry_after_max=LONGEST_PAUSE,
                raise_on_status=False,
            )
        )

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send `request`, and read the whole answer before it is handed on."""
        url = str(request.url)
        asked = f"{self._service.name}, {request.method} {url}"
        if _origin(url) != self._origin:
            raise BuildError(
                f"{self._service.name} sends us to another address, which is not followed: "
                f"expected {self._origin}, found {_origin(url)}"
            )
        try:
            response = super().send(request, stream, (CONNECT_SECONDS, READ_SECONDS), verify, cert, proxies)
            content = response.content
        except requests.exceptions.SSLError as error:
            raise InputError(
                f"{asked}: the connection can't be trusted ({_reason(error)}). Check the clock of this machine, and "
                "whether the network puts certificates of its own in between."
            ) from None
        except requests.Timeout:
            _no_answer(asked)
        except requests.ConnectionError as error:
            if "timed out" in _reason(error).lower() or isinstance(_cause(error), ReadTimeoutError):
                _no_answer(asked)
            raise InputError(
                f"{asked}: no connection ({_reason(error)}). Is there a network, and is it let out?"
            ) from None
        except requests.RequestException as error:
            raise BuildError(f"{asked}: the answer broke off ({_reason(error)})") from None
        if not response.is_redirect:
            _check(asked, response, content)
            self._answers.append(Answer(url, json.loads(request.body) if request.body else None, content))
        return response


def _check(asked: str, response: requests.Response, content: bytes) -> None:
    """Raise unless the answer is a JSON object."""
    status = response.status_code
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
    except ValueError:
        page = "a web page" if content.lstrip()[:1] == b"<" else "no JSON"
        raise BuildError(f"{asked}: the answer is {page} ({_said(content)})") from None
    if not isinstance(answer, dict):
        raise BuildError(f"{asked}: expected a JSON object; found {_said(content)}")


def _no_number(text: str) -> NoReturn:
    """`NaN` and `Infinity`, which Python reads, are no JSON."""
    raise ValueError(text)


def _no_answer(asked: str) -> NoReturn:
    raise InputError(f"{asked}: no answer within {READ_SECONDS:g} seconds; try again later") from None


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
    """The beginning of an answer, or what a service says in an answer about an error."""
    text = content.decode("utf-8", "replace")
    try:
        answer = json.loads(text)
    except ValueError:
        return _shortened(text) or "nothing"
    if isinstance(answer, dict):
        told = [str(answer[key]) for key in ("title", "detail", "error", "message") if answer.get(key)]
        text = ", ".join(told) or text
    return _shortened(text) or "nothing"


def _shortened(text: str) -> str:
    """On one line, printable, and not too long."""
    line = "".join(sign for sign in " ".join(text.split()) if sign.isprintable())
    return line if len(line) <= _EXCERPT else f"{line[:_EXCERPT]} …"
