"""Show an edition while it is being written: build again what a saved file changes, and reload the page.

Each build is a process of its own, so that a change of the package takes effect too; what has not changed comes from
the store. Watching and reloading are those of sphinx-autobuild.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from rich.console import Console
from sphinx_autobuild.filter import IgnoreFilter
from sphinx_autobuild.middleware import JavascriptInjectorMiddleware
from sphinx_autobuild.server import RebuildServer
from starlette.middleware import Middleware
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Mount, WebSocketRoute
from starlette.types import Scope

from digikom.errors import BuildError
from digikom.paths import PREVIEW_DIR, PROJECT_ROOT
from digikom.site.serving import ADDRESS, HEADERS, SiteFiles, answer, application, listen

#: What an edition follows from, in the project's folder.
WATCHED = ("book", "notebooks", "data", "digikom", "index.md", "_config.yml", "_toc.yml")
#: What programs write beside the files that a person saves.
IGNORED = (r"/\.", "/__pycache__/", r"\.(mo|pyc|draft|tmp|swp|swx)$", "~$")
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


class DraftFiles(SiteFiles):
    """The pages without their policy, which would not let the script run that makes them load again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The answer to a request."""
        response = await super().get_response(path, scope)
        if isinstance(response, FileResponse) and response.media_type == "text/html":
            page = _POLICY.sub("", Path(response.path).read_text(encoding="utf-8"), count=1)
            return HTMLResponse(page, response.status_code, HEADERS)
        return response


def preview_edition(year: int, data_dir: Path | None, port: int, console: Console) -> None:
    """Serve the edition of `year` on `port` of this machine until Ctrl+C.

    Raises BuildError when it cannot be built to begin with; later failures are shown, and the page stays as it was.
    """
    command = build_command(year, data_dir)
    if not build_again(command, ()):
        raise BuildError(f"The edition of {year} could not be built; see above.")
    watched = [path for path in (PROJECT_ROOT / name for name in WATCHED) if path.exists()]
    watched += [data_dir] if data_dir is not None else []
    server = RebuildServer(list(watched), IgnoreFilter([], IGNORED), partial(build_again, command))
    with listen(port) as listening:
        site = application(
            WebSocketRoute("/websocket-reload", server, name="reload"),
            Mount("/", DraftFiles(PREVIEW_DIR)),
            middleware=[Middleware(JavascriptInjectorMiddleware, ws_url=f"{ADDRESS}:{port}")],
            lifespan=server.lifespan,
        )
        console.print(f"The edition is at http://{ADDRESS}:{port}/{year}/index.html (Ctrl+C stops)", markup=False)
        answer(site, listening)


def build_command(year: int, data_dir: Path | None) -> list[str]:
    """The command that builds the edition to be shown, which has no PDF."""
    options = ["--site", str(PREVIEW_DIR), "--no-pdf", *(["--data-dir", str(data_dir)] if data_dir is not None else [])]
    return [sys.executable, "-m", "digikom.cli", "build", str(year), *options]


def build_again(command: Sequence[str], changed_paths: Sequence[Path]) -> bool:
    """Run the command that builds, telling which files have changed. Whether it succeeded."""
    for path in sorted(changed_paths):
        shown = path.relative_to(PROJECT_ROOT) if path.is_relative_to(PROJECT_ROOT) else path.name
        print(f"Changed: {shown}", flush=True)
    return subprocess.run(command, cwd=PROJECT_ROOT, check=False).returncode == 0
