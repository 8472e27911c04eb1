"""Small hand-written books for the tests of the Sphinx extension: payloads as notebooks hold them, and builds."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import subprocess
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from bs4 import BeautifulSoup
from jupyter_book.sphinx import build_sphinx

TYPE = "application/vnd.digikom.{}+json"

CONFIG: dict[str, Any] = {
    "title": "Digitalisering i kommunene",
    "author": "Prosjektet",
    "bibtex_bibfiles": ["kilder.bib"],
    "copyright": "2022",
    "only_build_toc_files": True,
    "execute": {"execute_notebooks": "off"},
    "sphinx": {"recursive_update": True, "extra_extensions": ["digikom.sphinxext"]},
}
TOC: dict[str, Any] = {
    "format": "jb-book",
    "root": "index",
    "parts": [
        {"caption": "Rapporten", "numbered": 2, "chapters": [{"file": "book/om"}, {"file": "notebooks/kap2"}]},
        {"caption": "Vedlegg", "chapters": [{"file": "book/vedlegg"}]},
    ],
}
MAP_FILE = "boundaries/municipalities-2020.topojson"


def number(key: str = "projects-planned", **changes: object) -> dict[str, Any]:
    """The payload of one number."""
    return {
        "key": key,
        "label": "Andel kommuner som hadde planlagt IKT-prosjekter",
        "text": "93,2",
        "value": 93.22,
        "unit": "percent",
        "unit_text": "prosent",
        "decimals": 1,
        "base": 354,
        "base_text": "alle kommuner som svarte",
        "year": 2022,
        "status": "synthetic",
        "source": ["Statistisk sentralbyrå, skjema 2022"],
        **changes,
    }


def wording(key: str = "projects-change", **changes: object) -> dict[str, Any]:
    """The payload of one computed wording."""
    return {"key": key, "text": "flere", "difference": 5.4, "threshold": 1, "rests_on": ["projects-planned"], **changes}


COLUMNS: list[dict[str, Any]] = [
    {"name": "area", "label": "Område", "unit": "text", "decimals": None, "align": "left"},
    {"name": "share_2018", "label": "2018 (prosent)", "unit": "percent", "decimals": 1, "align": "right"},
    {"name": "share_2022", "label": "2022 (prosent)", "unit": "percent", "decimals": 1, "align": "right"},
]
ROWS: list[list[Any]] = [
    ["Informasjonssikkerhet", 71.25, 84.5],
    ["Skytjenester & <fellesløsninger>", None, 66.0],
    ["Grønn IKT", ".", -1234.5],
]


def _block(**changes: object) -> dict[str, Any]:
    return {
        "columns": COLUMNS,
        "rows": ROWS,
        "base": 354,
        "base_text": "alle kommuner som svarte",
        "notes": ["Spørsmålet kunne besvares med flere områder."],
        "source": ["Statistisk sentralbyrå, skjema 2022"],
        "status": "synthetic",
        **changes,
    }


def tip(share: float) -> str:
    """A share as the text of a mark has it."""
    return f"{share:.1f}".replace(".", ",")


def bar_spec(width: int = 640) -> dict[str, Any]:
    """A Vega-Lite bar chart with long Norwegian labels, a legend and clipped marks."""
    values = [
        {"area": area, "year": year, "share": share, "tip": f"{area}, {year}: {tip(share)} prosent"}
        for area, *shares in ROWS
        for year, share in zip(("2018", "2022"), shares, strict=True)
        if isinstance(share, float) and share > 0
    ]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": width,
        "data": {"values": values},
        "mark": {"type": "bar", "clip": True},
        "encoding": {
            "y": {"field": "area", "type": "nominal", "title": None},
            "yOffset": {"field": "year", "type": "nominal"},
            "x": {"field": "share", "type": "quantitative", "title": "Prosent av kommunene", "axis": {"format": ".1f"}},
            "color": {"field": "year", "type": "nominal", "title": "År"},
            "description": {"field": "tip", "type": "nominal"},
        },
    }


def figure(key: str = "project-areas", **changes: object) -> dict[str, Any]:
    """The payload of a bar chart."""
    return _block(
        key=key,
        caption="Områder i strategien. 2018 og 2022",
        alt='Søylediagram. «Informasjonssikkerhet» er oftest nevnt: 84,5 prosent i 2022 & 71,3 i "2018".',
        spec=bar_spec(),
        question="Hvilke områder omfatter strategien?",
        **changes,
    )


LEGEND = [{"label": "0: ingen", "colour": "#0b6b4a"}, {"label": "4 & mer", "colour": "#b8c4c8"}]


def map_figure(key: str = "project-map") -> dict[str, Any]:
    """The payload of a map whose geometry is a file of the project, with its legend outside the picture."""
    spec = {
        "width": 300,
        "height": 300,
        "projection": {"type": "identity", "reflectY": True},
        "data": {
            "url": f"digikom:{MAP_FILE}",
            "format": {"type": "topojson", "feature": "municipalities"},
        },
        "mark": "geoshape",
        "encoding": {
            "color": {"field": "properties.municipality_code", "type": "nominal", "legend": None},
            "description": {"field": "properties.municipality_code", "type": "nominal"},
        },
        "usermeta": {"digikom": {"legend": LEGEND}},
    }
    named = {"title": "De fleste har høy grad", "caption": "Kart over grader. 2022", "alt": "Kart: 2 kommuner."}
    return {**figure(key), **named, "spec": spec}


def table(key: str = "project-table", **changes: object) -> dict[str, Any]:
    """The payload of a table with a total row."""
    rows = [*ROWS, ["I alt", 100.0, 100.0]]
    return _block(key=key, caption="Områder i strategien", total_row=True) | {"rows": rows} | changes


def output(kind: str, payload: dict[str, Any], form: str = "display_data") -> dict[str, Any]:
    """A cell output as IPython writes it."""
    data = {TYPE.format(kind): payload, "text/html": "<p>jupyter-form</p>", "text/plain": "jupyter-form"}
    counted = {"execution_count": 1} if form == "execute_result" else {}
    return {"output_type": form, "data": data, "metadata": {}, **counted}


def frame_output(html: str) -> dict[str, Any]:
    """What a cell shows of a pandas frame."""
    return {"output_type": "display_data", "data": {"text/html": html, "text/plain": "frame"}, "metadata": {}}


def code(cell_id: str, *outputs: dict[str, Any], tags: tuple[str, ...] = ()) -> dict[str, Any]:
    """A code cell."""
    return {
        "cell_type": "code",
        "id": cell_id,
        "metadata": {"tags": list(tags)},
        "source": f"publish({cell_id!r})",
        "execution_count": 1,
        "outputs": list(outputs),
    }


def text(cell_id: str, source: str) -> dict[str, Any]:
    """A Markdown cell."""
    return {"cell_type": "markdown", "id": cell_id, "metadata": {}, "source": source}


def notebook(*cells: dict[str, Any]) -> str:
    """A notebook file."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    content = {"cells": list(cells), "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content, ensure_ascii=False, indent=1)


def chapter(status: str = "synthetic") -> str:
    """A chapter with one of everything."""
    return notebook(
        text("tittel", "# Digital prioritering\n\nI alt hadde {tall}`projects-planned` planlagt prosjekter."),
        code("tall", output("number", number(status=status), "execute_result"), tags=("hide-input",)),
        code("ord", output("wording", wording()), tags=("hide-cell",)),
        code(
            "flere",
            output(
                "number",
                number("without-strategy", text="96", value=96, unit="count", unit_text="kommuner", status=status),
            ),
            output(
                "number",
                number("change", text="−5,4", value=-5.4, unit="points", unit_text="prosentpoeng", status=status),
            ),
        ),
        text("mellom", "Se {numref}`project-areas` og {numref}`project-table`; {ord}`projects-change` enn før."),
        code("figur", output("figure", figure(status=status)), tags=("hide-input",)),
        code("kart", output("figure", map_figure() | {"status": status})),
        code("tabell", output("table", table(status=status)), tags=("hide-output",)),
    )


PAGES: dict[str, str] = {
    "index.md": (
        "# Forside\n\n"
        "Hovedfunn: {tall}`projects-planned` og {tall}`projects-planned|verdi`; {tall}`without-strategy`.\n"
    ),
    "book/om.md": (
        "# Om undersøkelsen\n\n```{note}\nEn merknad.\n```\n\nFormel $x^2$.\n\n"
        "## Figurer\n\nSe {numref}`project-areas`.\n"
    ),
    "book/vedlegg.md": (
        "# Vedlegg\n\nDet var {ord}`projects-change`. Endring: {tall}`change`. Se {cite:p}`agenda`.\n\n"
        "```{bibliography}\n```\n"
    ),
}

BIBLIOGRAPHY = """
@misc{agenda, author = {Hansen, Kari and Berg, Per and {KS}}, title = {Digital agenda for Norge. IKT}, year = {2016}}
"""

TOPOLOGY = {
    "type": "Topology",
    "arcs": [[[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]], [[2, 0], [2, 1], [3, 1], [3, 0], [2, 0]]],
    "objects": {
        "municipalities": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "arcs": [[0]], "id": "0301", "properties": {"municipality_code": "0301"}},
                {"type": "Polygon", "arcs": [[1]], "id": "1103", "properties": {"municipality_code": "1103"}},
            ],
        }
    },
}


@dataclass(frozen=True)
class Built:
    """A finished build."""

    folder: Path
    returncode: int
    log: str

    @property
    def html(self) -> Path:
        """The folder of the edition."""
        return self.folder / "_build" / "html"

    def text(self, name: str) -> str:
        """A file of the edition."""
        return (self.html / name).read_text(encoding="utf-8")

    def page(self, name: str) -> BeautifulSoup:
        """A page of the edition."""
        return BeautifulSoup(self.text(name), "html.parser")


def write_book(folder: Path, pages: dict[str, str], toc: dict[str, Any] | None = None, **config: object) -> Path:
    """Write a book: its pages, `_toc.yml`, `_config.yml` and a data folder with a map of two squares."""
    for name, content in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    (folder / "kilder.bib").write_text(BIBLIOGRAPHY, encoding="utf-8")
    boundaries = folder / "data" / MAP_FILE
    boundaries.parent.mkdir(parents=True, exist_ok=True)
    boundaries.write_text(json.dumps(TOPOLOGY), encoding="utf-8")
    sphinx = {**CONFIG["sphinx"], "config": {"digikom_data_dir": str(folder / "data"), **config}}
    (folder / "_config.yml").write_text(yaml.safe_dump({**CONFIG, "sphinx": sphinx}), encoding="utf-8")
    (folder / "_toc.yml").write_text(yaml.safe_dump(toc or TOC), encoding="utf-8")
    return folder


def build_here(folder: Path) -> Built:
    """Build the book in this process, which is quicker than `build`, warnings as errors."""
    log = io.StringIO()
    with warnings.catch_warnings(), contextlib.redirect_stdout(log), contextlib.redirect_stderr(log):
        warnings.simplefilter("ignore")
        result = build_sphinx(
            folder,
            folder / "_build" / "html",
            path_config=folder / "_config.yml",
            noconfig=True,
            confoverrides={"external_toc_path": str(folder / "_toc.yml"), "latex_individualpages": False},
            warningiserror=True,
            keep_going=True,
        )
    return Built(folder, result if isinstance(result, int) else 1, re.sub(r"\x1b\[[0-9;]*m", "", log.getvalue()))


def build_pages(folder: Path, pages: dict[str, str], **config: object) -> Built:
    """Build a book of these pages, in their order and without parts; `index.md` is the first."""
    chapters = [{"file": name.rpartition(".")[0]} for name in pages if name != "index.md"]
    toc = {"format": "jb-book", "root": "index", **({"chapters": chapters} if chapters else {})}
    return build_here(write_book(folder, pages, toc, **config))


def build(folder: Path, *options: str, **environment: str) -> Built:
    """Build the book as a user does, in a process of its own, warnings as errors."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from jupyter_book.cli.main import main; main()",
            "build",
            str(folder),
            "-W",
            "--keep-going",
            *options,
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONWARNINGS": "ignore", **environment},
    )
    return Built(folder, done.returncode, done.stdout + done.stderr)
