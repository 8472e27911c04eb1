"""Exports in the form of the systems that bureaus use, each taken in by its mapping: the same answers every time.

The forms are imitated here; no export of anybody's survey is among them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from extracts import MAPPING, Project, Table, example, make_project, read_survey

RULES: dict[str, Any] = yaml.load(MAPPING.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
ITEMS: dict[str, str] = RULES["columns"]
PLAIN = replace(example(), rows=example().rows[:30])
for _name in RULES["left_out"]:
    PLAIN = PLAIN.without_column(_name)
#: What was ticked in a list, by the items behind it, and by row: those who had not tried to recruit were asked.
REASONS = {
    "Ikke behov, nå": "not_tried_no_need",
    "Økonomi": "not_tried_economy",
    "Ikke tro på det": "not_tried_no_belief",
    "Annet": "not_tried_other",
}
TICKED = [
    [] if tried == "Ja" else [text for place, text in enumerate(REASONS) if (row + place) % 3 == 0] or ["Annet"]
    for row, tried in enumerate(PLAIN.column("SPM07_1"))
]


@dataclass(frozen=True)
class System:
    """How a system writes: names of questions, columns of its own, texts of answers, and the file."""

    name: Callable[[str], str]
    own: tuple[str, ...]
    write: Callable[[Table], bytes]
    answers: Mapping[str, str] = field(default_factory=dict)
    mapping: Mapping[str, Any] = field(default_factory=dict)
    tick: str | None = None


def quoted(table: Table) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([table.header, *table.rows])
    return text.getvalue().encode()


def below_a_title(table: Table) -> bytes:
    """A workbook with a title and groups of questions in merged cells above the header."""

    def change(workbook: Any) -> None:  # noqa: ANN401
        sheet = workbook.active
        sheet.insert_rows(1, 2)
        sheet["A1"], sheet["D2"] = "Digitalisering i kommunene", "Rekruttering"
        sheet.merge_cells("A1:F1")
        sheet.merge_cells("D2:E2")

    return table.excel(change)


def with_three_header_rows(table: Table) -> bytes:
    labels = [f"Spørsmål: {name}" for name in table.header]
    ids = [f'{{"ImportId":"QID{place}"}}' for place in range(len(table.header))]
    return table.with_row(0, ids).with_row(0, labels).csv(",", "utf-8-sig", "\n")


NUMBERS = {"Ja": "1", "Nei": "3", "Ja, helt": "1", "Ja, delvis": "2", "Vet ikke": "9", "Ikke relevant": "8"}
SYSTEMS = {
    "Nettskjema": System(
        lambda name: f"{name}.svar",
        ("$submission_id", "$created", "$answer_time_ms"),
        lambda table: table.csv(";", "utf-8-sig"),
        {"": "-"},
        {"missing": ["-"]},
    ),
    "SurveyXact": System(
        lambda name: f"s_{name.lower().replace(' ', '')}",
        ("respondentkey", "organization", "created", "modified", "statoverall_4"),
        lambda table: table.csv("\t", "utf-16"),
        NUMBERS,
        {
            "codes": {
                "yes_no": {"1": "yes", "3": "no"},
                "digital_extent": {"1": "wholly", "2": "partly", "3": "no", "9": "dont_know", "8": "not_relevant"},
                "degree": {**RULES["codes"]["degree"], "9": "dont_know"},
            }
        },
    ),
    "Questback": System(lambda name: f"{name}: svar", ("Respondent-ID", "Kanal"), below_a_title),
    "LimeSurvey": System(
        lambda name: f"G01Q[{name}]",
        ("id", "submitdate", "lastpage", "startlanguage"),
        quoted,
        {"": "N/A"},
        {"missing": ["N/A"]},
    ),
    "Qualtrics": System(
        lambda name: f"Q{name}", ("StartDate", "Finished", "ResponseId"), with_three_header_rows, tick=","
    ),
    "Forms": System(
        lambda name: f"{name} – hva gjelder?",
        ("Id", "Starttidspunkt", "Fullføringstidspunkt", "E-postadresse"),
        lambda table: table.excel(),
        tick=";",
    ),
}


def export(system: System) -> tuple[bytes, str]:
    """The plain answers as the system exports them, and a mapping of them."""
    changed = Table(
        tuple(map(system.name, PLAIN.header)),
        tuple((cells[0], *(system.answers.get(cell, cell) for cell in cells[1:])) for cells in PLAIN.rows),
    )
    rules = {
        **RULES,
        "columns": {system.name(name): item for name, item in ITEMS.items()},
        "left_out": dict.fromkeys(system.own, "systemets egne opplysninger"),
        **system.mapping,
    }
    for name in system.own:
        changed = changed.with_column(name, [f"{name} {row}" for row in range(len(changed.rows))])
    if system.tick is not None:
        texts = [system.tick.join([*ticked, ""] if system.tick == ";" and ticked else ticked) for ticked in TICKED]
        changed = changed.with_column("Hvorfor ikke?", texts)
        rules["split"] = {"Hvorfor ikke?": {"separator": system.tick, "items": REASONS}}
        rules["absent"] = {name: why for name, why in RULES["absent"].items() if name != "reasons_not_tried"}
    return system.write(changed), yaml.safe_dump(rules, allow_unicode=True)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return make_project(tmp_path_factory.mktemp("exports") / "project")


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_export_of_a_system_is_taken_in(project: Project, name: str) -> None:
    system = SYSTEMS[name]
    content, rules = export(system)
    result = project.take_in(project.put("u", content), "--force", mapping=project.put("m.yml", rules))
    assert (result.code, result.err) == (0, "")
    written = read_survey(project.survey())
    codes = RULES["codes"]
    for place, cells in enumerate(PLAIN.rows):
        row = next(one for one in written if one["municipality_code"] == cells[0].zfill(4))
        for (_, item), text in list(zip(ITEMS.items(), cells, strict=True))[1:]:
            scale = "degree" if item.startswith("barrier") else "digital_extent" if "procure" in item else "yes_no"
            assert row[item] == (codes[scale][text] if text else "")
        if system.tick is not None:
            ticks = {item: "yes" if text in TICKED[place] else "no" for text, item in REASONS.items()}
            assert {item: row[item] for item in ticks} == (ticks if TICKED[place] else dict.fromkeys(ticks, ""))


def test_what_is_no_answer_of_the_list_is_named(project: Project) -> None:
    content, rules = export(SYSTEMS["Forms"])
    other = rules.replace("Annet: not_tried_other", "Annen grunn: not_tried_other")
    result = project.take_in(project.put("u", content), "--force", mapping=project.put("m.yml", other))
    assert result.code == 2
    assert "column Hvorfor ikke?: found 'Annet'" in result.err
    rest = yaml.safe_load(rules.replace("Annet: not_tried_other", "Ingen: none"))
    rest["split"]["Hvorfor ikke?"]["rest"] = "not_tried_other"
    mapping = project.put("m.yml", yaml.dump(rest, Dumper=yaml.SafeDumper, default_style='"', allow_unicode=True))
    assert project.take_in(project.put("u", content), "--force", mapping=mapping).code == 0


def test_a_list_in_one_cell_is_drafted(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    labels = ["Ikke behov for slik kompetanse", "Ikke tilstrekkelig økonomi", "Andre årsaker"]
    texts = ["".join(f"{label};" for label in labels[: row % 4]) for row in range(len(PLAIN.rows))]
    table = PLAIN.with_column("Hvorfor har dere ikke forsøkt?", texts)
    new = [["Ja", "Nei"][row % 2] for row in range(len(PLAIN.rows))]
    table = table.with_column("Mangler dere tid?", new).with_column("Mobil", new)
    table = table.with_column("Tidspunkt", [f"{row}.2.2025" for row in range(len(PLAIN.rows))])
    assert project.take_in(project.put("u.csv", table.csv()), mapping=None).code == 2
    drafted = yaml.load((project.data / "intake" / "2025.yml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    items = drafted["split"]["Hvorfor har dere ikke forsøkt?"]["items"]
    assert [items[label] for label in labels] == ["not_tried_no_need", "not_tried_economy", "not_tried_other"]
    assert [drafted["columns"][name] for name in ("Mangler dere tid?", "Mobil")] == ["", ""]
    assert list(drafted["left_out"]) == ["Tidspunkt"]
