"""Taking in a new survey year: what is written, in which forms the extract may come, and runs that are cut off."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from extracts import EXAMPLES, MAPPING, YEAR, Project, Table, example, make_project, read_survey
from filelock import FileLock

from digikom import survey
from digikom.editions.edition_files import load_edition
from digikom.errors import InputError
from digikom.files import write_all
from digikom.intake import new_edition
from digikom.intake.codebook_year import CodebookFiles
from digikom.paths import DATA_DIR

TABLE = example()
RULES = MAPPING.read_text(encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path / "project")


@pytest.fixture
def extract(project: Project) -> Path:
    return project.put("u.csv", TABLE.csv())


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def parsed(text: str = RULES) -> dict[str, Any]:
    """A mapping as it is read: every value is text."""
    content: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)
    return content


def rules(**changes: Any) -> str:  # noqa: ANN401
    """The example's mapping with parts replaced or added; `None` takes a part out."""
    content = parsed()
    for name, change in changes.items():
        content[name] = {**content.get(name, {}), **change}
        content[name] = {key: value for key, value in content[name].items() if value is not None}
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)


def test_example_is_what_its_script_makes(tmp_path: Path) -> None:
    made = tmp_path / "made.csv"
    subprocess.run([sys.executable, EXAMPLES / "make_extract.py", "--out", made], check=True)
    assert made.read_bytes() == (EXAMPLES / "uttrekk-2025.csv").read_bytes()


def test_answers_are_those_of_the_extract(project: Project, extract: Path) -> None:
    result = project.take_in(extract)
    assert (result.code, result.err) == (0, "")
    written = read_survey(project.survey())
    assert [row["municipality_code"] for row in written] == sorted(row["municipality_code"] for row in written)
    assert len(written) == len(TABLE.rows) == 350
    mapped = parsed()
    texts = {**mapped["codes"]["degree"], **mapped["codes"]["digital_extent"], **mapped["codes"]["yes_no"], "": ""}
    own = {cells[TABLE.header.index("Kommunenr")].zfill(4): cells for cells in TABLE.rows}
    for row in written:
        cells = dict(zip(TABLE.header, own[row["municipality_code"]], strict=True))
        for column, item in mapped["columns"].items():
            if item != "municipality_code":
                wanted = "no" if cells[column] == "Nei" else texts[cells[column]]
                assert row[item] == wanted


ADDED: dict[str, set[str]] = {
    "blocks": set(),
    "questions": set(),
    "series": set(),
    "scales": {"degree"},
    "items": {"barrier_data_quality"},
    "absences": {"strategy", "projects", "functions", "reasons_not_tried", "cloud", "services"},
}


def test_codebook_gets_the_year_and_keeps_every_other_byte(project: Project, extract: Path) -> None:
    assert project.take_in(extract).code == 0
    for name in ("items", "questions", "scales", "absences", "blocks", "series"):
        before, after = lines(DATA_DIR / "codebook" / f"{name}.csv"), lines(project.data / "codebook" / f"{name}.csv")
        # A line that the year is added to is otherwise the same, quotation marks included.
        year_taken_out = [line.replace(" 2025,", ",", 1) for line in after]
        added = [line for line in year_taken_out if line not in before]
        assert [line for line in year_taken_out if line in before] == before
        assert {line.split(",")[0] for line in added} == ADDED[name]
    taken_out = CodebookFiles(project.data / "codebook", YEAR).without_year
    assert taken_out == {path.name: path.read_bytes() for path in (DATA_DIR / "codebook").glob("*.csv")}
    book = survey.codebook(project.data)
    assert book.columns(YEAR)[:8] == [
        *("municipality_code", "barrier_competence", "barrier_resources", "barrier_dependence", "barrier_law"),
        *("barrier_common_solutions", "barrier_data_quality", "tried_recruiting"),
    ]
    assert book.codes("degree", YEAR) == [*book.codes("degree", 2024), "dont_know"]
    assert book.absence("services", YEAR) == "not_asked"
    assert book.absence("reasons_not_tried", YEAR) == "not_asked"


def test_edition_file_and_descriptor(project: Project, extract: Path) -> None:
    assert project.take_in(extract, "--published", "2026-02-01").code == 0
    made = load_edition(YEAR, project.editions)
    assert (made.reference_year, str(made.published)) == (2024, "2026-02-01")
    assert made.title == "Digitalisering i kommunene 2025"
    descriptor = json.loads((project.data / "datapackage.json").read_text(encoding="utf-8"))
    entries = [entry for entry in descriptor["resources"] if entry["path"].startswith("survey/")]
    assert [entry["name"] for entry in entries] == [f"survey-{year}" for year in (2018, 2022, 2023, 2024, 2025)]
    assert entries[-1]["status"] == "synthetic"
    assert [one["name"] for one in entries[-1]["schema"]["fields"]] == survey.codebook(project.data).columns(YEAR)
    origin = survey.load(YEAR, project.data).attrs
    assert origin["status"] == "synthetic"
    assert origin["source_nb"] == "Syntetiske svar, lest inn fra et oppdiktet uttrekk"


@pytest.mark.parametrize("status", ["synthetic", "real"])
def test_the_script_of_the_data_package_makes_the_same(project: Project, extract: Path, status: str) -> None:
    assert project.take_in(extract, "--status", status).code == 0
    shutil.copy(DATA_DIR / "make_datapackage.py", project.data)
    shutil.copytree(EXAMPLES, project.data / "examples")
    # What says whether the other years' answers are generated.
    shutil.copytree(DATA_DIR / "synthetic", project.data / "synthetic")
    shutil.copytree(DATA_DIR / "registers", project.data / "registers")
    made = project.root / "made.json"
    subprocess.run([sys.executable, project.data / "make_datapackage.py", "--out", made], check=True)
    assert made.read_bytes() == (project.data / "datapackage.json").read_bytes()


@pytest.mark.parametrize(
    ("given", "reference"), [([], 2024), (["--reference", "2022"], 2022), (["--no-reference"], None)]
)
def test_reference_year_is_chosen(project: Project, extract: Path, given: list[str], reference: int | None) -> None:
    newest = max(load_edition(year, project.editions).published for year in (2018, 2022, 2023, 2024))
    result = project.take_in(extract, *given)
    assert f"compared with {reference or 'nothing'}" in result.out
    assert f"dated {newest}" in result.out
    assert load_edition(YEAR, project.editions).reference_year == reference


def test_real_answers_carry_their_checksum_and_no_licence(project: Project, extract: Path) -> None:
    assert project.take_in(extract, "--status", "real").code == 0
    frame = survey.load(YEAR, project.data)
    assert frame.attrs["status"] == "real"
    descriptor = json.loads((project.data / "datapackage.json").read_text(encoding="utf-8"))
    entry = next(entry for entry in descriptor["resources"] if entry["path"] == "survey/2025.csv")
    assert entry["hash"] == f"sha256:{frame.attrs['sha256']}"
    assert "licenses" not in entry
    survey_file = project.survey()
    survey_file.write_bytes(survey_file.read_bytes().replace(b",partly,", b",wholly,", 1))
    with pytest.raises(InputError, match="not the file that it describes"):
        survey.load(YEAR, project.data)


FORMS = {
    "utf-8": TABLE.csv(encoding="utf-8"),
    "utf-8 with a mark, commas": TABLE.csv(",", "utf-8-sig", "\n"),
    "tabs": TABLE.csv("\t", line_end="\n"),
    "old Macintosh line ends": TABLE.csv(line_end="\r").replace(b"telefon.\nVi", b"telefon. Vi"),
    "vertical bars": TABLE.csv("|"),
    "utf-16": TABLE.csv("\t", encoding="utf-16"),
    "separator named": b"sep=;\r\n" + TABLE.csv(),
    "a title and groups above the header": b"Uttrekk 2025;;;;\r\n;;;;;;;Rekruttering;;Hindringer;\r\n" + TABLE.csv(),
    "labels below the names": TABLE.with_row(0, [f"Ledetekst {place}" for place in range(25)]).csv(),
    "three header rows of Qualtrics": TABLE.with_row(0, ['{"ImportId":"QID1"}'] * 25).with_row(0, ["?"] * 25).csv(),
    "empty rows and columns at the end": TABLE.csv().replace(b"\r\n", b";\r\n") + b";;;\r\n\r\n",
    "rows in another order": Table(TABLE.header, TABLE.rows[::-1]).csv(),
    "columns in another order": Table(TABLE.header[::-1], tuple(cells[::-1] for cells in TABLE.rows)).csv(),
    "codes with leading zeros": Table(
        TABLE.header, tuple((cells[0], cells[1].zfill(4), *cells[2:]) for cells in TABLE.rows)
    ).csv(),
    "space around": Table(TABLE.header, tuple(tuple(f" {cell}\u00a0" for cell in cells) for cells in TABLE.rows)).csv(),
}
#: Made by the test that needs them: a workbook takes a while.
OTHER_FORMS: dict[str, Callable[[], bytes]] = {"Excel": TABLE.excel, "Parquet": TABLE.parquet}


@pytest.mark.parametrize("form", [*FORMS, *OTHER_FORMS])
def test_every_form_of_the_extract_gives_the_same_bytes(project: Project, form: str) -> None:
    wanted = project.put("wanted.csv", TABLE.csv())
    assert project.take_in(wanted).code == 0
    before = project.snapshot()
    # Nothing is in the way, as the same is written again; and what the file is called doesn't count.
    result = project.take_in(project.put("uttrekk.dat", FORMS[form] if form in FORMS else OTHER_FORMS[form]()))
    assert (result.code, result.err) == (0, "")
    assert "Written" not in result.out
    assert project.snapshot() == before


def test_a_sheet_is_chosen_by_name(project: Project) -> None:
    def other(workbook: Any) -> None:  # noqa: ANN401
        workbook.create_sheet("Fjor", 0).append(["Noe", "annet"])

    assert project.take_in(project.put("u.xlsx", TABLE.excel(other)), "--sheet", "Svar").code == 0


def test_a_place_that_cannot_be_written_to_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("old")
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(InputError, match="cannot be written"):
        write_all({tmp_path / "a.csv": b"new", tmp_path / "file" / "b.csv": b"new"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "file"]
    assert (tmp_path / "a.csv").read_text() == "old"


@pytest.mark.parametrize("replaced", range(1, 7))
def test_a_run_that_is_cut_off_can_be_run_again(
    project: Project, extract: Path, monkeypatch: pytest.MonkeyPatch, replaced: int, tmp_path: Path
) -> None:
    whole = make_project(tmp_path / "whole")
    assert whole.take_in(extract).code == 0
    own, count = Path.replace, 0

    def replace(path: Path, target: Path) -> Path:
        nonlocal count
        if path.name.endswith(".draft"):
            count += 1
            if count > replaced:
                raise KeyboardInterrupt
        return own(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", replace)
        assert project.take_in(extract).code not in (0, 2)
    assert not (project.editions / "2025.yml").exists()
    assert project.take_in(extract).code == 0
    assert project.snapshot() == whole.snapshot()


def test_force_replaces_the_year_and_nothing_else(project: Project, extract: Path, tmp_path: Path) -> None:
    assert project.take_in(extract).code == 0
    other = TABLE.without_column("Spm 12a").without_column("SPM09_6")
    absent = {"open_data": {"kind": "not_asked", "source": "extract"}}
    changed = rules(columns={"Spm 12a": None, "SPM09_6": None}, new={"items": []}, absent=absent)
    mapping = project.put("m.yml", changed)
    assert project.take_in(project.put("v.csv", other.csv()), "--force", mapping=mapping).code == 0
    fresh = make_project(tmp_path / "fresh")
    assert fresh.take_in(project.root / "v.csv", mapping=mapping).code == 0
    assert project.snapshot() == fresh.snapshot()
    assert "barrier_data_quality" not in (project.data / "codebook" / "items.csv").read_text(encoding="utf-8")
    assert project.take_in(extract, "--force").code == 0
    whole = make_project(tmp_path / "whole")
    assert whole.take_in(extract).code == 0
    assert project.snapshot() == whole.snapshot()


def test_two_runs_at_once_wait_for_each_other(project: Project, extract: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(new_edition, "PATIENCE", 0.05)
    (project.root / "_build").mkdir()
    with FileLock(project.root / "_build" / "new-edition.lock"):
        result = project.take_in(extract)
    assert (result.code, "Another `digikom new-edition` is running" in result.err) == (2, True)


def test_answers_may_lie_outside_the_project(project: Project, extract: Path, tmp_path: Path) -> None:
    outside = tmp_path / "hidden"
    outside.mkdir()
    before = project.snapshot()
    result = project.take_in(extract, "--data-dir", outside, "--status", "real")
    assert (result.code, result.err) == (0, "")
    assert sorted(path.relative_to(outside).as_posix() for path in outside.rglob("*") if path.is_file()) == [
        "datapackage.json",
        "survey/2025.csv",
    ]
    changed = {name for name, checksum in project.snapshot().items() if before.get(name) != checksum}
    assert changed == {
        *(f"data/codebook/{name}.csv" for name in ("absences", "items", "questions", "scales")),
        "data/intake/2025.yml",
        "book/editions/2025.yml",
    }
    assert load_edition(YEAR, project.editions).reference_year is None, "no other year lies there"
    # The edition file knows where its answers are, so that the year is all that the build needs.
    assert load_edition(YEAR, project.editions).data_folder == str(outside)
    assert "Next: digikom build 2025\n" in result.out


def test_a_folder_under_home_is_named_from_home(
    project: Project, extract: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home" / "svar fra 2025").mkdir(parents=True)
    assert project.take_in(extract, "--data-dir", tmp_path / "home" / "svar fra 2025").code == 0
    assert 'data_dir: "~/svar fra 2025"' in (project.editions / "2025.yml").read_text(encoding="utf-8")


def test_a_data_folder_with_its_own_codebook_leaves_the_projects_alone(project: Project, extract: Path) -> None:
    own = make_project(project.root / "own")
    before = project.snapshot()
    assert project.take_in(extract, "--data-dir", own.data).code == 0
    changed = {name for name, checksum in project.snapshot().items() if before.get(name) != checksum}
    assert changed == {"book/editions/2025.yml"}
    assert survey.load(YEAR, own.data).shape == (350, 18)


def test_nothing_of_a_column_left_out_is_written_or_said(project: Project, extract: Path) -> None:
    result = project.take_in(extract)
    written = [path for path in project.root.rglob("*.*") if path.suffix in (".csv", ".json", ".yml")]
    everything = result.out + "".join(path.read_text(encoding="utf-8") for path in written if path != extract)
    for column in ("Kontaktperson", "E-post", "Kommentar", "RespID"):
        assert [text for text in set(TABLE.column(column)) if len(text) > 5 and text in everything] == []


# --- checking without writing


def test_check_gives_the_same_verdict_and_writes_nothing(project: Project, extract: Path) -> None:
    before = project.snapshot()
    good = project.run("check", extract, "--year", "2025", "--mapping", MAPPING)
    assert (good.code, good.err) == (0, "")
    assert "350 responses" in good.out
    bad = project.put("bad.csv", TABLE.with_cell(3, "SPM07_1", "Kanskje").csv())
    found = project.run("check", bad, "--year", "2025", "--mapping", MAPPING)
    assert found.code == 2
    assert project.take_in(bad).err == found.err
    assert project.snapshot() == before


def test_check_finds_the_mapping_of_the_year_and_knows_a_survey_file(project: Project, extract: Path) -> None:
    (project.data / "intake" / "2025.yml").write_text(RULES, encoding="utf-8")
    assert project.take_in(extract, mapping=None).code == 0
    assert "read with 2025.yml" in project.run("check", extract, "--year", "2025").out
    survey_file = project.survey()
    assert project.run("check", survey_file, "--year", "2025").out == f"{survey_file}: no problem found\n"
    survey_file.write_bytes(survey_file.read_bytes().replace(b",partly,", b",partyl,", 1))
    found = project.run("check", survey_file, "--year", "2025")
    assert (found.code, "found 'partyl'" in found.err) == (2, True)


# --- a form that has changed


def test_a_new_block_is_told_of_in_earlier_years(project: Project) -> None:
    new = {
        "blocks": [{"block": "ai", "label_nb": "Kunstig intelligens", "label_en": "Artificial intelligence"}],
        "questions": [
            {"question": "uses_ai", "block": "ai", "text_nb": "Bruker kommunen KI?", "text_en": "AI?", "kind": "single"}
            | {"source": "extract", "status": "documented"}
        ],
        "scales": [
            {"scale": "use", "code": code, "label_nb": label, "label_en": label, "substantive": "yes"}
            | {"source": "extract", "status": "documented"}
            for code, label in [("much", "Mye"), ("little", "Lite")]
        ],
        "items": [
            {"column": "uses_ai", "question": "uses_ai", "label_nb": "Bruker KI", "label_en": "Uses AI"}
            | {"short_nb": "KI", "scale": "use", "source": "extract", "status": "documented"}
        ],
    }
    table = TABLE.without_column("SPM09_6").with_column("KI", ["Mye", "Lite"] * 175)
    new["scales"] += parsed()["new"]["scales"]
    mapping = rules(
        columns={"SPM09_6": None, "KI": "uses_ai"}, new=new, codes={"use": {"Mye": "much", "Lite": "little"}}
    )
    result = project.take_in(project.put("u.csv", table.csv()), mapping=project.put("m.yml", mapping))
    assert (result.code, result.err) == (0, "")
    book = survey.codebook(project.data)
    assert list(book.blocks()["block"])[-1] == "ai"
    assert [book.absence("ai", year) for year in (2018, 2022, 2023, 2024)] == ["later"] * 4
    assert book.codes("use", YEAR) == ["much", "little"]


def test_an_item_that_was_split_goes_on_as_a_series(project: Project) -> None:
    content = parsed()
    content["new"]["series"] = [
        {
            "series": "barrier_data_quality",
            "year": "2024",
            "column": "barrier_costs",
            "rule": "same",
            "source": "extract",
        }
    ]
    mapping = project.put("m.yml", yaml.safe_dump(content, allow_unicode=True))
    assert project.take_in(project.put("u.csv", TABLE.csv()), mapping=mapping).code == 0
    series = survey.codebook(project.data).series("barrier_data_quality", 2024)
    assert series[["column", "rule"]].to_numpy().tolist() == [["barrier_costs", "same"]]


def ticked() -> Table:
    """The example with the list of reasons, in which what was not ticked is blank."""
    tried = TABLE.column("SPM07_1")
    table = TABLE
    for place, name in enumerate(("no_need", "economy", "no_belief", "other")):
        texts = ["X" if text == "Nei" and row % 4 == place else "" for row, text in enumerate(tried)]
        table = table.with_column(f"SPM08_{name}", texts)
    return table


REASONS = {f"SPM08_{name}": f"not_tried_{name}" for name in ("no_need", "economy", "no_belief", "other")}


def test_what_is_not_ticked_may_be_blank(project: Project) -> None:
    changes = {"columns": REASONS, "absent": {"reasons_not_tried": None}, "codes": {"not_tried_other": {"X": "yes"}}}
    content = parsed(rules(**changes))
    content["codes"]["yes_no"]["X"] = "yes"
    extract = project.put("u.csv", ticked().csv())
    without = project.put("m.yml", yaml.safe_dump(content, allow_unicode=True))
    refused = project.take_in(extract, mapping=without)
    assert (
        refused.code,
        "SPM08_no_need" in refused.err,
        "found ''" in refused.err,
    ) == (2, True, True)
    mapping = project.put("m.yml", yaml.safe_dump({**content, "blank_means": {"reasons_not_tried": "no"}}))
    result = project.take_in(extract, mapping=mapping)
    assert (result.code, result.err) == (0, "")
    written = read_survey(project.survey())
    for row in written:
        reasons = [row[item] for item in REASONS.values()]
        if row["tried_recruiting"] == "no":
            assert sorted(reasons) == ["no", "no", "no", "yes"]
        else:
            assert reasons == [""] * 4, "what was not asked is not a no"


def test_texts_for_nothing_are_empty_cells(project: Project) -> None:
    table = TABLE
    for row, text in enumerate(TABLE.column("SPM07_2")):
        if not text:
            table = table.with_cell(row, "SPM07_2", "Ikke stilt")
    extract = project.put("u.csv", table.csv())
    assert "found 'Ikke stilt'" in project.take_in(extract).err
    mapping = project.put("m.yml", RULES + "\nmissing: [Ikke stilt]\n")
    assert project.take_in(extract, mapping=mapping).code == 0


# --- the draft


def labelled() -> Table:
    """The example with the labels of the codebook as its column names, as many systems export them."""
    book = survey.codebook()
    labels = {item.column: item.label_nb for item in book.item_rows}
    mapped = parsed()["columns"]
    table = TABLE.without_column("SPM09_6")
    for column in ("SPM09_1", "SPM09_2", "SPM09_3", "SPM09_4", "SPM09_5"):
        for row, text in enumerate(TABLE.column(column)):
            if text == "Vet ikke":
                table = table.with_cell(row, column, "I svært liten grad")
    for column, item in mapped.items():
        if item in labels and column in table.header:
            table = table.renamed(column, f"{column}: {labels[item].upper()}?" if column == "Spm 12a" else labels[item])
    return table


def test_a_draft_with_open_questions_is_all_that_is_written(project: Project, extract: Path) -> None:
    before = project.snapshot()
    result = project.take_in(extract, mapping=None)
    draft = project.data / "intake" / "2025.yml"
    assert (result.code, result.out) == (2, "")
    assert "a draft is written" in result.err
    assert {name for name, checksum in project.snapshot().items() if before.get(name) != checksum} == {
        "data/intake/2025.yml"
    }
    content = parsed(draft.read_text(encoding="utf-8"))
    assert content["columns"]["Kommunenr"] == "municipality_code"
    assert content["columns"]["SPM07_1"] == ""
    assert {"Kontaktperson", "E-post", "Kommentar", "RespID", "Levert"} <= set(content["left_out"])
    for column in (name for name in TABLE.header if content["columns"].get(name, "") == ""):
        for text in set(TABLE.column(column)):
            assert len(text) < 4 or text not in draft.read_text(encoding="utf-8")
            assert len(text) < 4 or text not in result.err
    # The draft is the user's from now on.
    draft.write_text(draft.read_text(encoding="utf-8") + "# mitt\n", encoding="utf-8")
    again = project.take_in(extract, mapping=None)
    assert (again.code, draft.read_text(encoding="utf-8").endswith("# mitt\n")) == (2, True)


def test_a_draft_that_decides_everything_goes_on(project: Project) -> None:
    table = labelled()
    absent = ("strategy", "projects", "functions", "reasons_not_tried", "cloud", "services")
    result = project.take_in(project.put("u.csv", table.csv()), mapping=None)
    assert (result.code, result.err) == (0, "")
    book = survey.codebook(project.data)
    assert [book.absence(name, YEAR) for name in absent] == [book.absence(name, 2024) for name in absent]
    assert len(read_survey(project.survey())) == 350
    assert (project.data / "intake" / "2025.yml").is_file()


def test_what_was_asked_the_year_before_needs_a_reason(project: Project) -> None:
    table = labelled().without_column(next(name for name in labelled().header if name.startswith("Spm 12a")))
    result = project.take_in(project.put("u.csv", table.csv()), mapping=None)
    assert result.code == 2
    assert "absent.open_data.kind: expected why it is not asked" in result.err


def test_no_draft_of_an_extract_with_municipalities_that_are_wrong(project: Project) -> None:
    before = project.snapshot()
    result = project.take_in(project.put("u.csv", TABLE.with_cell(3, "Kommunenr", "9999").csv()), mapping=None)
    assert (result.code, "found '9999'" in result.err) == (2, True)
    assert project.snapshot() == before
