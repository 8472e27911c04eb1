"""A web server for a finished report, on this machine only: files of the site, and nothing else that lies there.

Starlette's server of static files lists no folder and follows no link out of the one that it serves; what begins with a
dot is not there either (`.git`, what a build leaves), and each answer says what a browser may do with it.
"""

from __future__ import annotations

import os
import socket
import threading
import webbrowser
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from digikom.errors import InputError, message_of

#: This machine only.
ADDRESS = "127.0.0.1"
#: With each answer: a browser takes it for what it is said to be, shows it in no frame of another page, tells no other
#: site the address that a reader comes from, and asks each time whether it has changed. What a page may load and run
#: stands in the page.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


class SiteFiles(StaticFiles):
    """The files of the site in `directory` by their addresses; its own page answers for those that do not exist."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory=directory, html=True)
        self.root = os.path.realpath(directory)

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """The file at `path`, wherever links lead; none that is in a folder with a dot, or is such a file itself."""
        full_path, found = super().lookup_path(path)
        inside = Path(full_path).relative_to(self.root).parts if found else ()
        return ("", None) if any(part.startswith(".") for part in inside) else (full_path, found)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The answer to a request, with `HEADERS`."""
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            raise HTTPException(error.status_code, headers={**(error.headers or {}), **HEADERS}) from None
        response.headers.update(HEADERS)
        return response


def application(*routes: BaseRoute, middleware: Sequence[Middleware] = (), lifespan: Any = None) -> Starlette:  # noqa: ANN401
    """A program that answers by `routes`, and only those who ask for this machine by its own names."""
    own_names = Middleware(TrustedHostMiddleware, allowed_hosts=[ADDRESS, "localhost"])
    return Starlette(routes=routes, middleware=[own_names, *middleware], lifespan=lifespan)


def listen(port: int) -> socket.socket:
    """A socket at `port` of this machine (0: any that is free). Raises InputError where it is taken."""
    try:
        return socket.create_server((ADDRESS, port))
    except OSError as error:
        raise InputError(f"Nothing can be shown on port {port} of this machine: {message_of(error)}") from None


def answer(app: ASGIApp, listening: socket.socket) -> None:
    """Answer what comes to a socket until the program is stopped."""
    uvicorn.Server(uvicorn.Config(app, log_level="warning", server_header=False)).run([listening])


def serve_site(site: Path, port: int, report: Callable[[str], None], *, browser: bool = False) -> None:
    """Show the report in `site` on `port` of this machine until Ctrl+C; `browser`: open it there.

    Raises InputError where there is no report, or the port is taken.
    """
    if not (site / "index.html").is_file():
        raise InputError(f"There is no report in {site}; `make book` builds it.")
    with listen(port) as listening:
        address = f"http://{ADDRESS}:{listening.getsockname()[1]}/"
        report(f"The report is at {address} (Ctrl+C stops)")
        if browser:
            # The socket takes what comes; it is answered as soon as the server runs.
            threading.Thread(target=webbrowser.open, args=[address], daemon=True).start()
        answer(application(Mount("/", SiteFiles(site))), listening)
