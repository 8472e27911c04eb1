"""Registers and boundaries by year, and what is said when their files are not in order."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from digikom import geography
from digikom.errors import InputError
from digikom.paths import DATA_DIR


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with a small country of three municipalities in one division with boundaries."""
    own = tmp_path / "municipalities"
    own.mkdir()
    (own / "divisions.csv").write_text(
        "division,first_year,last_year,municipalities,register_file,boundaries_file\n"
        "2010,2010,2014,3,municipalities/m-2010.csv,boundaries/b-2010.topojson\n",
        encoding="utf-8",
    )
    (own / "m-2010.csv").write_text(
        "municipality_code,name,county_code,county,population,population_date,population_status,size_class,"
        "size_class_status,centrality_class,centrality_edition\n"
        "0202,Øst,02,Nord,6000,2012-01-01,documented,large,documented,1,2020\n"
        "0101,Vest,01,Sør,,,,small,assumed,,\n"
        "0102,Å,01,Sør,10,2012-01-01,documented,small,documented,6,2020\n",
        encoding="utf-8",
    )
    (own / "size-classes.csv").write_text(
        "size_class,position,label_nb,label_en,lower,upper\nlarge,2,Stor,Large,5000,\nsmall,1,Liten,Small,0,4999\n",
        encoding="utf-8",
    )
    (tmp_path / "boundaries").mkdir()
    write_shapes(tmp_path, ["0101", "0102", "0202"])
    return tmp_path


def write_shapes(folder: Path, codes: list[str]) -> None:
    shapes = [{"type": "Polygon", "arcs": [], "id": code, "properties": {"municipality_code": code}} for code in codes]
    content = {"type": "Topology", "arcs": [], "objects": {"municipalities": {"geometries": shapes}}}
    (folder / "boundaries" / "b-2010.topojson").write_text(json.dumps(content), encoding="utf-8")


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / "municipalities" / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} must stand once in {name}"
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("year", "number", "division"),
    [
        (2018, 422, "2018"),
        (2019, 422, "2018"),
        (2020, 356, "2020"),
        (2022, 356, "2020"),
        (2023, 356, "2020"),
        (2024, 357, "2024"),
        (2030, 357, "2024"),
    ],
)
def test_the_register_of_a_year_is_that_of_its_division(year: int, number: int, division: str) -> None:
    register = geography.register(year)
    assert len(register) == number
    assert register.attrs == {"division": division}
    assert register["municipality_code"].is_unique
    assert register["municipality_code"].is_monotonic_increasing
    assert register["municipality_code"].str.fullmatch("[0-9]{4}").all()
    assert not register["size_class"].isna().any()


def test_size_classes_of_2022_are_those_of_the_population_table() -> None:
    register = geography.register(2022)
    assert register["size_class"].value_counts(sort=False).tolist() == [78, 96, 71, 47, 44, 20]
    assert register["size_class"].dtype == pd.CategoricalDtype(geography.size_classes()["size_class"], ordered=True)
    assert register["centrality_class"].dtype == pd.CategoricalDtype(list("123456"), ordered=True)
    assert register["size_class"].max() == "50000_plus"
    assert register["population"].dtype == "Int64"


def test_size_classes_cover_every_population_once() -> None:
    classes = geography.size_classes()
    assert classes["lower"].iloc[0] == 0
    assert (classes["upper"].iloc[:-1] + 1).tolist() == classes["lower"].iloc[1:].tolist()
    assert pd.isna(classes["upper"].iloc[-1])


@pytest.mark.parametrize("year", [2017, 0, -1])
def test_a_year_before_the_first_division_is_an_error(year: int) -> None:
    with pytest.raises(InputError, match=f"no municipality register for {year}; the divisions known are 2018-2019"):
        geography.register(year)


def test_boundaries_have_every_municipality_of_the_division() -> None:
    topology = geography.topology(2022)
    assert topology is not None
    shapes = topology["objects"]["municipalities"]["geometries"]
    assert sorted(shape["id"] for shape in shapes) == geography.register(2022)["municipality_code"].tolist()
    assert geography.boundaries_path(2022) == DATA_DIR / "boundaries" / "municipalities-2020.topojson"
    assert geography.topology(2018) is None
    assert geography.boundaries_path(2024) is None


def test_a_folder_without_registers_uses_the_project_s(tmp_path: Path) -> None:
    pd.testing.assert_frame_equal(geography.register(2022, tmp_path), geography.register(2022))
    assert geography.boundaries_path(2022, tmp_path) == geography.boundaries_path(2022)


def test_a_folder_with_registers_of_its_own(folder: Path) -> None:
    register = geography.register(2014, folder)
    assert register["municipality_code"].tolist() == ["0101", "0102", "0202"]
    assert register["size_class"].tolist() == ["small", "small", "large"]
    assert register["size_class"].cat.categories.tolist() == ["small", "large"]
    assert register["population"].isna().tolist() == [True, False, False]
    assert register["centrality_class"].isna().tolist() == [True, False, False]
    assert geography.topology(2014, folder) is not None
    with pytest.raises(InputError, match="for 2015; the divisions known are 2010-2014"):
        geography.register(2015, folder)


def test_registers_handed_out_may_be_changed(folder: Path) -> None:
    register, classes = geography.register(2014, folder), geography.size_classes(folder)
    register["name"] = "changed"
    classes["label_nb"] = "changed"
    assert geography.register(2014, folder)["name"].tolist() == ["Vest", "Å", "Øst"]
    assert geography.size_classes(folder)["label_nb"].tolist() == ["Liten", "Stor"]


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("m-2010.csv", "0202,", "202,", "row 2, column municipality_code: found '202'; expected four digits"),
        ("m-2010.csv", "0102,", "0101,", "row 4, column municipality_code: found '0101'; expected it once only"),
        (
            "m-2010.csv",
            "0102,Å,01",
            "0102,Å,02",
            "row 4, column county_code: found '02'; expected the first two digits",
        ),
        ("m-2010.csv", ",10,", ",5000,", "row 4, column size_class: found 'small'; expected the size class that a"),
        ("m-2010.csv", ",10,", ",10.0,", "row 4, column population: found '10.0'; expected a whole number from 1 or"),
        (
            "m-2010.csv",
            "small,assumed",
            "tiny,assumed",
            "row 3, column size_class: found 'tiny'; expected one of: small",
        ),
        ("m-2010.csv", "documented,6", "documented,7", "row 4, column centrality_class: found '7'; expected 1 to 6"),
        ("m-2010.csv", ",Å,", ",,", "row 4, column name: found ''; expected some text"),
        ("m-2010.csv", ",name,", ",navn,", "row 1: found 'municipality_code,navn,"),
        ("m-2010.csv", "0102,Å", "0102,A,Å", "row 4: found '12 cells'; expected 11 cells, as in the header"),
        ("m-2010.csv", "0102,Å", '0102,"Å', "row 4: expected cells with matching quotation marks"),
        (
            "divisions.csv",
            ",3,",
            ",4,",
            "whole file: found '3 municipalities'; expected 4 municipalities, as divisions",
        ),
        ("divisions.csv", ",2014,", ",x,", "row 2, column last_year: found 'x'; expected a year of four digits or"),
        ("size-classes.csv", "small,1", "small,2", "row 3, column position: found '2'; expected it once only"),
    ],
)
def test_a_fault_of_the_registers_is_named(folder: Path, name: str, old: str, new: str, message: str) -> None:
    change(folder, name, old, new)
    with pytest.raises(InputError) as caught:
        geography.register(2014, folder)
    assert message in str(caught.value)
    assert str(folder) not in str(caught.value)


def test_several_faults_of_a_register_are_named_at_once(folder: Path) -> None:
    change(folder, "m-2010.csv", "0202,Øst", "202,")
    change(folder, "m-2010.csv", "documented,6", "documented,7")
    with pytest.raises(InputError) as caught:
        geography.register(2014, folder)
    assert [str(problem).split(":")[0] for problem in caught.value.problems] == [
        "row 2, column municipality_code",
        "row 2, column name",
        "row 4, column centrality_class",
    ]


def test_divisions_that_overlap_and_missing_files_are_errors(folder: Path) -> None:
    (folder / "municipalities" / "m-2010.csv").rename(folder / "municipalities" / "gone.csv")
    with pytest.raises(InputError, match=r"municipalities/m-2010\.csv: there is no such file"):
        geography.register(2014, folder)
    with (folder / "municipalities" / "divisions.csv").open("a", encoding="utf-8") as file:
        file.write("2014,2014,,3,municipalities/m-2014.csv,\n")
    with pytest.raises(InputError, match="found '2010-2014'; expected a year before 2014"):
        geography.division(2014, folder)


def test_a_register_in_another_encoding_is_an_error(folder: Path) -> None:
    path = folder / "municipalities" / "m-2010.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("latin-1"))
    with pytest.raises(InputError, match=r"row 2: found 'byte 0xD8 .*'; expected UTF-8"):
        geography.register(2014, folder)


def test_boundaries_must_agree_with_the_register(folder: Path) -> None:
    write_shapes(folder, ["0101", "0101", "0303"])
    with pytest.raises(InputError) as caught:
        geography.topology(2014, folder)
    assert [str(problem) for problem in caught.value.problems] == [
        "column municipality_code: found '0101'; expected one shape only",
        "column municipality_code: found '0303'; expected only municipalities of the register",
        "column municipality_code: expected a shape of 0102",
        "column municipality_code: expected a shape of 0202",
    ]


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"objects": {"municipalities": {"geometries": [{"id": "1"}]}}}'])
def test_a_file_that_is_no_topology_is_an_error(folder: Path, content: str) -> None:
    (folder / "boundaries" / "b-2010.topojson").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r"b-2010\.topojson: expected a TopoJSON object"):
        geography.topology(2014, folder)


def test_boundaries_that_are_named_but_lack_are_an_error(folder: Path) -> None:
    shutil.rmtree(folder / "boundaries")
    with pytest.raises(InputError, match=r"boundaries/b-2010\.topojson: named in municipalities/divisions\.csv"):
        geography.boundaries_path(2014, folder)
