"""The files that make figures live in the reader's browser, all served by the edition itself.

The page script (static/digikom.js) fetches them only when a figure comes near the window. Without them the static
picture stands.
"""

from __future__ import annotations

import shutil
from importlib.metadata import version
from pathlib import Path

import vl_convert
from sphinx.application import Sphinx

from digikom.paths import data_folder
from digikom.publish.drawing import VEGA_LITE_VERSION, local_files

from .register import register_of

BUNDLE_NAME = "digikom-vega.js"


def data_address(path: str) -> str:
    """Where a data file named by `digikom:` stands in the edition, from its root."""
    return f"_static/{path}"


def vega_bundle(cache: Path) -> str:
    """Vega, Vega-Lite and Vega-Embed of the installed vl-convert as one script that sets `window.digikomVega`.

    It is wrapped in a function of its own: its top-level names (`_` among them) would collide with Sphinx' scripts.
    Kept in `cache`, since it takes two seconds to put together.
    """
    kept = cache / f"vega-{version('vl-convert-python')}-{VEGA_LITE_VERSION}.js"
    if not kept.exists():
        bundle = vl_convert.javascript_bundle("window.digikomVega = vegaEmbed;", vl_version=VEGA_LITE_VERSION)
        kept.write_text(f"(function () {{\n{bundle}\n}})();\n", encoding="utf-8")
    return kept.read_text(encoding="utf-8")


def copy_files(app: Sphinx, exception: Exception | None) -> None:
    """Copy the bundle and the data files that figures name into the edition, if it has figures."""
    register = register_of(app)
    if exception is not None or app.builder.format != "html" or not register.figures:
        return
    static = Path(app.outdir) / "_static"
    (static / BUNDLE_NAME).write_text(vega_bundle(Path(app.doctreedir)), encoding="utf-8")
    data_dir = data_folder(app.config.digikom_data_dir)
    for path in sorted({path for entry in register.figures.values() for path in local_files(entry.item.spec)}):
        target = Path(app.outdir) / data_address(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(data_dir / path, target)


def setup(app: Sphinx) -> None:
    """Copy when the pages are done."""
    app.connect("build-finished", copy_files)
