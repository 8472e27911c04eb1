"""How low and how high numbers could be: in the register, in the files, in the lines of figures, or nowhere."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import sphinxext_books as books

from digikom.opendata.data_files import machine_csv, spreadsheet_csv
from digikom.opendata.description import Block
from digikom.paths import DATA_DIR
from digikom.publish import charts
from digikom.publish.bounds import Bounds
from digikom.publish.drawing import draw, narrow_spec
from digikom.publish.palette import COUNTY_BORDER_COLOUR
from digikom.sphinxext.bounds import with_bounds
from digikom.sphinxext.payloads import Figure, Number, Place, Register
from digikom.sphinxext.texts import BOUNDS_ALT, BOUNDS_NOTE, BOUNDS_PARTLY, number_line

VALUES = {"a": 93.2, "b": 6.8, "c": 41.7}
GIVEN = {"a": Bounds(83.2, 93.9, drawn=True), "b": Bounds(6.7, 7.3, drawn=False), "elsewhere": Bounds(1, 2, drawn=True)}


def _register(keys: dict[str, str], *, stacked: bool = False) -> Register:
    register = Register()
    for position, (key, value) in enumerate(VALUES.items()):
        number = books.number(key, value=value, text=f"{value}".replace(".", ","))
        register.add(Number.model_validate(number), Place("a", 0, "a", position))
    frame = pd.DataFrame(
        [(name, "2022", value) for name, value in VALUES.items()], columns=["label", "year", "percent"]
    )
    about: dict[str, Any] = {"category": "label", "value": "percent", "order": list(VALUES)}
    divided: dict[str, Any] = {"part": "year", "parts": ["2022"], "colours": ["#0b6b4a"], "stacked": True}
    chart = charts.bars_in_parts(frame, **about, **divided) if stacked else charts.bars_by_year(frame, **about)
    columns: list[dict[str, Any]] = [{"name": "name", "label": "Navn", "align": "left"}]
    columns += [{"name": "2022", "label": "2022", "unit": "percent", "decimals": 1, "align": "right"}]
    figure: dict[str, Any] = {"key": "fig-a", "title": "Noe", "caption": "Noe", "alt": "Søyler.", "status": "synthetic"}
    figure |= {
        "spec": {**chart.to_dict(), "width": 640},
        "columns": columns,
        "rows": [[name, value] for name, value in VALUES.items()],
        "number_keys": [["", keys.get(name, "")] for name in VALUES],
    }
    register.add(Figure.model_validate(figure), Place("a", 0, "a", 9))
    return register


SAME = {name: name for name in VALUES}


def test_a_number_says_its_bounds_where_it_has_some() -> None:
    register = with_bounds(_register(SAME), GIVEN)
    ends = {key: (entry.item.low, entry.item.high) for key, entry in register.numbers.items()}
    assert ends == {"a": (83.2, 93.9), "b": (6.7, 7.3), "c": (None, None)}
    assert "; kunne vært fra 83,2 til 93,9)" in number_line(register.numbers["a"].item)
    assert "kunne" not in number_line(register.numbers["c"].item)


def test_a_line_is_drawn_where_it_is_to_be_and_the_number_stands_after_it() -> None:
    plain, figure = _register(SAME).figures["fig-a"].item, with_bounds(_register(SAME), GIVEN).figures["fig-a"].item
    assert (figure.notes, figure.alt) == ((*plain.notes, f"{BOUNDS_NOTE} {BOUNDS_PARTLY}"), f"Søyler. {BOUNDS_ALT}")
    of_all = with_bounds(_register(SAME), {**GIVEN, "c": GIVEN["b"]}).figures["fig-a"].item
    assert of_all.notes == (*plain.notes, BOUNDS_NOTE)
    for before, spec in ((plain.spec, figure.spec), (narrow_spec(plain.spec), narrow_spec(figure.spec))):
        assert before is not None
        assert spec is not None
        drawings = [draw(each, prefix="x", alt="Søyler", data_dir=DATA_DIR) for each in (before, spec)]
        assert [drawing.count(COUNTY_BORDER_COLOUR) for drawing in drawings] == [0, 1]
        assert drawings[1].count("kunne vært fra") == 2
        rows = spec["datasets"][spec["layer"][0]["data"]["name"]]
        assert [row["end"] for row in rows] == [93.9, 6.8, 41.7]


def test_the_files_of_a_figure_have_the_bounds_beside_the_values() -> None:
    item = with_bounds(_register(SAME), GIVEN).figures["fig-a"].item
    block = Block(**dict(item), name="Figur 1", stem="figur-1", page="a.html", target="fig-a")
    assert machine_csv(block).splitlines()[:2] == [
        "name,2022,2022_low,2022_high,status",
        "a,93.2,83.2,93.9,synthetic",
    ]
    assert machine_csv(block).splitlines()[3] == "c,41.7,,,synthetic"
    assert "Navn;2022;2022: kan være lavest;2022: kan være høyest;Datastatus" in spreadsheet_csv(block)
    assert "a;93,2;83,2;93,9;syntetisk" in spreadsheet_csv(block)


def test_nothing_is_drawn_of_other_numbers_nor_on_divided_bars() -> None:
    nameless = _register({})
    assert with_bounds(nameless, GIVEN).figures["fig-a"].item.notes == ()
    wrong = with_bounds(_register({"a": "b"}), GIVEN).figures["fig-a"].item
    assert (wrong.notes, wrong.bounds) == ((), ())
    narrow = with_bounds(_register(SAME), {"b": GIVEN["b"]}).figures["fig-a"].item
    divided = with_bounds(_register(SAME, stacked=True), GIVEN).figures["fig-a"].item
    for figure in (narrow, divided):
        assert figure.notes == ()
        assert figure.bounds
        assert '"low"' not in json.dumps(figure.spec)
    assert with_bounds(_register(SAME), {}).figures["fig-a"].item == _register(SAME).figures["fig-a"].item
