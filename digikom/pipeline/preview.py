"""Show an edition while it is being written: build again what a saved file changes, and reload the page.

Each build is a process of its own, so that a change of the package takes effect too; what has not changed comes from
the store. Watching and reloading are those of sphinx-autobuild.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from rich.console import Console

from digikom.errors import BuildError
from digikom.paths import PREVIEW_DIR, PROJECT_ROOT

#: What an edition follows from, in the project's folder.
WATCHED = ("book", "notebooks", "data", "digikom", "index.md", "_config.yml", "_toc.yml")
#: What programs write beside the files that a person saves.
IGNORED = (r"/\.", "/__pycache__/", r"\.(mo|pyc|draft|tmp|swp|swx)$", "~$")
#: This machine only.
ADDRESS = "127.0.0.1"


def preview_edition(year: int, data_dir: Path | None, port: int, console: Console) -> None:
    """Serve the edition of `year` on `port` of this machine until Ctrl+C.

    Raises BuildError when it cannot be built to begin with; later failures are shown, and the page stays as it was.
    """
    import uvicorn
    from sphinx_autobuild.filter import IgnoreFilter
    from sphinx_autobuild.middleware import JavascriptInjectorMiddleware
    from sphinx_autobuild.server import RebuildServer
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.routing import Mount, WebSocketRoute
    from starlette.staticfiles import StaticFiles

    command = build_command(year, data_dir)
    if not build_again(command, ()):
        raise BuildError(f"The edition of {year} could not be built; see above.")
    watched = [path for path in (PROJECT_ROOT / name for name in WATCHED) if path.exists()]
    watched += [data_dir] if data_dir is not None else []
    server = RebuildServer(list(watched), IgnoreFilter([], IGNORED), partial(build_again, command))
    site = Starlette(
        routes=[
            WebSocketRoute("/websocket-reload", server, name="reload"),
            Mount("/", StaticFiles(directory=PREVIEW_DIR, html=True)),
        ],
        middleware=[Middleware(JavascriptInjectorMiddleware, ws_url=f"{ADDRESS}:{port}")],
        lifespan=server.lifespan,
    )
    console.print(f"The edition is at http://{ADDRESS}:{port}/{year}/index.html (Ctrl+C stops)", markup=False)
    uvicorn.run(site, host=ADDRESS, port=port, log_level="warning")


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
