"""Other limits on a page: a table without script, finished texts for the controls, and files; or nothing."""

from __future__ import annotations

import io
import json
from typing import Any

import pandas as pd
from bs4 import BeautifulSoup
from docutils import nodes

from digikom.editions.limit_cases import IndicatorCases, LimitCases, from_rows
from digikom.opendata.data_files import limits_csv
from digikom.sphinxext.limits import controls, limits_shown


def _step(name: str, step: int) -> dict[str, Any]:
    return {"step": step, "limit": 7 + step, "text": f"{7 + step} av 15 {name}"}


def _case(*steps: int, top: float, verdict: str = "Økning siden 2018") -> dict[str, Any]:
    rest = {"counts": [1, 2, 3, 4, 1000], "percent": [0.1, 0.2, 0.3, 0.4, 99.0], "change": 5.2 if verdict else None}
    conclusion = "rises" if verdict else ""
    text = f"Høyeste grad har {top}".replace(".", ",")
    return {"steps": steps, "top": top, "conclusion": conclusion, "verdict": verdict, "text": text, **rest}


def _cases(verdict: str = "Økning siden 2018") -> IndicatorCases:
    limits = [
        {
            "indicator": name,
            "score": 3,
            "label": f"Grensen for {name}",
            "steps": [_step(name, step) for step in (-1, 0, 1)],
        }
        for name in ("cloud", "procurement")
    ]
    pairs = [(one, other) for one in (-1, 0, 1) for other in (-1, 0, 1)]
    cases = [_case(*pair, top=40.5 + sum(pair), verdict=verdict) for pair in pairs]
    levels = [f"Grad {level}" for level in range(5)]
    row = ["use", "Bruk av <tjenester>", 2022, 2018, "synthetic", ["Kilden"], 1010, levels, limits, cases]
    one = from_rows([row]).of("use")
    assert one is not None
    return one


def _parts(one: IndicatorCases) -> tuple[list[list[str]], dict[str, Any], str]:
    """The rows of the table, the data of the controls, and the line below."""
    container = nodes.container("", *limits_shown(one))
    rows = [[cell.astext() for cell in row.findall(nodes.entry)] for row in container.findall(nodes.row)]
    (raw,) = container.findall(nodes.raw)
    holder = BeautifulSoup(raw.astext(), "html.parser").div
    assert holder is not None
    assert holder.has_attr("hidden"), "no dead control without script"
    last = [each for each in container.findall(nodes.paragraph) if isinstance(each.parent, nodes.container)][-1]
    return rows, json.loads(str(holder["data-limits"])), last.astext()


def test_the_table_has_the_cases_with_one_limit_moved_those_of_the_report_first() -> None:
    (head, *rows), _, foot = _parts(_cases())
    assert head == ["Grenser", "Grad 0", "Grad 1", "Grad 2", "Grad 3", "Grad 4", "Endring siden 2018"]
    assert [row[0] for row in rows] == [
        "Som i rapporten",
        "6 av 15 cloud",
        "8 av 15 cloud",
        "6 av 15 procurement",
        "8 av 15 procurement",
    ]
    assert rows[0][4:] == ["0,4\u00a0(4)", "99,0\u00a0(1\u00a0000)", "økning"]
    assert "n\u00a0=\u00a01\u00a0010" in foot
    assert "Syntetiske svar" in foot


def test_the_controls_have_every_case_and_the_texts_that_the_table_has() -> None:
    one = _cases()
    (_, *rows), data, _ = _parts(one)
    assert data == controls(one)
    assert len(data["cases"]) == 9
    assert data["cases"]["0,0"]["cells"] == rows[0][1:]
    assert data["cases"]["-1,1"]["text"] == "Høyeste grad har 40,5"
    assert data["limits"][0]["steps"] == {"-1": "6 av 15 cloud", "0": "7 av 15 cloud", "1": "8 av 15 cloud"}


def test_without_a_reference_year_there_is_no_column_on_the_change() -> None:
    (head, *rows), data, _ = _parts(_cases(verdict=""))
    assert head[-1] == "Grad 4"
    assert {len(row) for row in rows} == {6}
    assert {len(case["cells"]) for case in data["cases"].values()} == {5}


def test_the_file_for_programs_has_a_row_for_each_case() -> None:
    frame = pd.read_csv(io.StringIO(limits_csv(LimitCases(indicators=(_cases(),)))))
    assert len(frame) == 9
    assert frame["limits"].is_unique
    first = frame.to_dict("records")[0]
    said = {name: first[name] for name in ("limits", "count_4", "percent_4", "top_percent", "conclusion", "status")}
    assert list(said.values()) == ["cloud 3: 6; procurement 3: 6", 1000, 99.0, 38.5, "rises", "synthetic"]
