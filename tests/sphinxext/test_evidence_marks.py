"""What pages and files show of the evidence of numbers: marks, notes and columns, and none of it on real answers."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest
import sphinxext_books as books

from digikom.opendata.data_files import machine_csv, spreadsheet_csv
from digikom.opendata.description import Block
from digikom.paths import DATA_DIR
from digikom.publish import charts
from digikom.publish.drawing import draw, narrow_spec
from digikom.publish.evidence import Evidence
from digikom.sphinxext.domain import number_links
from digikom.sphinxext.elements import cell_markup
from digikom.sphinxext.evidence import with_evidence
from digikom.sphinxext.payloads import Figure, Number, Place, Register, Table
from digikom.sphinxext.texts import ALL_ASSUMED, NONE_ASSUMED, SOME_ASSUMED, number_line, number_title

PLACE = Place("notebooks/a", 0, "a", 0)
GIVEN = {
    "a": Evidence("printed", "SSBs rapport, tabell 1"),
    "b": Evidence("implied", "100 prosent minus a"),
    "d": Evidence("assumed", "I SSBs rapport står det over 90 prosent"),
    "limit": Evidence("", ""),
}
VALUES = {"a": 93.2, "b": 6.8, "c": 41.7, "d": 97.9}


def _chart(**facts: object) -> dict[str, Any]:
    rows = [(name, 2022, value) for name, value in VALUES.items()]
    frame = pd.DataFrame(rows, columns=["label", "year", "percent"])
    chart = charts.bars_by_year(frame, category="label", value="percent", order=list(VALUES))
    columns: list[dict[str, Any]] = [{"name": "name", "label": "Navn", "align": "left"}]
    columns += [{"name": "2022", "label": "2022", "unit": "percent", "decimals": 1, "align": "right"}]
    content = {
        "key": "fig-a",
        "title": "Noe",
        "caption": "Noe",
        "alt": "Søyler",
        "spec": {**chart.to_dict(), "width": 640},
    }
    return {**content, "columns": columns, "rows": [[name, value] for name, value in VALUES.items()], **facts}


def _register(status: str = "synthetic", keys: dict[str, str] | None = None) -> Register:
    register = Register()
    for position, (key, value) in enumerate([*VALUES.items(), ("limit", 2.0)]):
        item = Number.model_validate(books.number(key, value=value, status=status))
        register.add(item, Place("notebooks/a", 0, "a", position))
    own = {name: name for name in VALUES} if keys is None else keys
    cells = {"number_keys": [["", own[name]] for name in VALUES]} if own else {}
    register.add(Figure.model_validate(_chart(status=status, **cells)), PLACE)
    table = {name: part for name, part in _chart(status=status, **cells).items() if name not in {"spec", "title"}}
    register.add(Table.model_validate({**table, "key": "tab-a"}), PLACE)
    return register


def _evidence(register: Register) -> dict[str, str | None]:
    return {key: entry.item.evidence for key, entry in register.numbers.items()}


def test_each_kind_of_number() -> None:
    register = with_evidence(_register(), GIVEN, set())
    kinds = {"a": "printed", "b": "implied", "c": "assumed", "d": "assumed", "limit": None}
    assert _evidence(register) == kinds
    said = {key: number_line(entry.item).partition(". ")[2] for key, entry in register.numbers.items()}
    assert said["a"] == "Trykt: SSBs rapport, tabell 1."
    assert said["b"] == "Følger av trykte tall: 100 prosent minus a."
    assert said["c"] == "Antatt."
    assert said["d"] == "Antatt. I SSBs rapport står det over 90 prosent."
    assert said["limit"] == ""
    assert "Antatt. Gå til" in number_title(register.numbers["c"].item)
    links = {key: number_links(register, key) for key in register.numbers}
    assert [key for key, (link, *_) in links.items() if "antatt" in link["classes"]] == ["c", "d"]  # type: ignore[index, str-unpack]


@pytest.mark.parametrize("given", [None, GIVEN])
def test_real_answers_show_nothing(given: dict[str, Evidence] | None) -> None:
    register = with_evidence(_register("real"), given, set())
    assert set(_evidence(register).values()) == {None}
    figure, table = register.figures["fig-a"].item, register.tables["tab-a"].item
    for block in (figure, table):
        assert not block.notes
        assert not block.evidence
        assert not block.has_assumed_marks
    assert "evidence" not in json.dumps(figure.spec)


def test_a_figure_with_both_marks_the_assumed_values() -> None:
    figure = with_evidence(_register(), GIVEN, set()).figures["fig-a"].item
    assert figure.notes == (SOME_ASSUMED["figure"],)
    assert figure.evidence == ((None, "printed"), (None, "implied"), (None, "assumed"), (None, "assumed"))
    narrow = narrow_spec(figure.spec)
    assert narrow is not None
    for spec in (figure.spec, narrow):
        svg = draw(spec, prefix="x", alt="Søyler", data_dir=DATA_DIR)
        assert svg.count('stroke-dasharray="3,2"') == 2
        assert svg.count('fill-opacity="0.3"') == 2
        assert svg.count("(antatt)") == 2
        assert svg.count("(trykt)") == svg.count("(følger av trykte tall)") == 1


def test_where_all_or_none_is_assumed_one_line_says_so() -> None:
    for given, notes in (({}, ALL_ASSUMED), (dict.fromkeys(VALUES, Evidence("printed", "der")), NONE_ASSUMED)):
        register = with_evidence(_register(), given, set())
        assert register.figures["fig-a"].item.notes == (notes["figure"],)
        assert register.tables["tab-a"].item.notes == (notes["table"],)
        assert "strokeDash" not in json.dumps(register.figures["fig-a"].item.spec)
    nameless = with_evidence(_register(keys={}), GIVEN, set())
    assert nameless.figures["fig-a"].item.notes == (ALL_ASSUMED["figure"],)
    elsewhere = with_evidence(_register(keys={}), GIVEN, {"notebooks/a"})
    assert elsewhere.figures["fig-a"].item.notes == ()


def test_a_cell_that_shows_another_value_than_its_number_is_assumed() -> None:
    register = _register(keys={"a": "b", "b": "b", "c": "", "d": ""})
    table = with_evidence(register, GIVEN, set()).tables["tab-a"].item
    assert [kinds[1] for kinds in table.evidence] == ["assumed", "implied", "assumed", "assumed"]
    assert table.has_assumed_marks


def test_a_marked_cell_is_called_assumed_aloud() -> None:
    opening, closing = cell_markup("", "right", "", is_assumed=True)
    assert 'class="antatt"' in opening
    assert "(antatt)" in closing
    assert "antatt" not in "".join(cell_markup("", "right", ""))


def test_files_have_a_column_beside_each_column_of_numbers() -> None:
    place: dict[str, Any] = {"name": "Tabell 1", "stem": "tabell-1", "page": "a.html", "target": "a"}
    block = Block(**dict(with_evidence(_register(), GIVEN, set()).tables["tab-a"].item), **place)
    head, first, *_ = machine_csv(block).splitlines()
    assert head == "name,2022,2022_evidence,status"
    assert first == "a,93.2,printed,synthetic"
    assert spreadsheet_csv(block).splitlines()[2] == "b;6,8;følger av trykte tall;syntetisk"
    real = Block(**dict(with_evidence(_register("real"), None, set()).tables["tab-a"].item), **place)
    assert machine_csv(real).splitlines()[0] == "name,2022,status"
