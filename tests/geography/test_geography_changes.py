"""What became of the municipalities from one division to another, and what is said when a list is not in order."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from digikom import geography
from digikom.errors import InputError
from digikom.paths import DATA_DIR

REGISTER = (
    "municipality_code,name,county_code,county,population,population_date,population_status,size_class,"
    "size_class_status,centrality_class,centrality_edition\n"
)
#: Codes by division. 0101 stays, 0102 gets a new number, 0103 and 0104 merge, 0105 is split; then 0201 merges.
CODES = {
    "2010": ["0101", "0102", "0103", "0104", "0105"],
    "2014": ["0101", "0201", "0202", "0203", "0204"],
    "2018": ["0101", "0202", "0301"],
}
FIRST = (
    "0101,0101,unchanged\n0102,0201,renumbered\n0103,0202,merged\n0104,0202,merged\n0105,0203,split\n0105,0204,split\n"
)
SECOND = "0101,0101,unchanged\n0201,0301,merged\n0202,0202,unchanged\n0203,0301,merged\n0204,0301,merged\n"
HEADER = "old_code,new_code,change\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with a small country that has been divided anew twice."""
    own = tmp_path / "municipalities"
    own.mkdir()
    years = {"2010": "2013", "2014": "2017", "2018": ""}
    (own / "divisions.csv").write_text(
        "division,first_year,last_year,municipalities,register_file,boundaries_file\n"
        + "".join(
            f"{first},{first},{last},{len(CODES[first])},municipalities/m-{first}.csv,\n"
            for first, last in years.items()
        ),
        encoding="utf-8",
    )
    (own / "size-classes.csv").write_text(
        "size_class,position,label_nb,label_en,lower,upper\nany,1,Alle,All,0,\n", encoding="utf-8"
    )
    for division, codes in CODES.items():
        lines = [f"{code},Navn,{code[:2]},Fylke,,,,any,assumed,,\n" for code in codes]
        (own / f"m-{division}.csv").write_text(REGISTER + "".join(lines), encoding="utf-8")
    (own / "changes-2013-2014.csv").write_text(HEADER + FIRST, encoding="utf-8")
    (own / "changes-2014-2018.csv").write_text(HEADER + SECOND, encoding="utf-8")
    return tmp_path


def listed(changes: pd.DataFrame) -> list[tuple[str, str, str]]:
    return list(changes[["old_code", "new_code", "change"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("years", "name"),
    [((2018, 2022), "changes-2018-2020"), ((2019, 2020), "changes-2018-2020"), ((2022, 2024), "changes-2023-2024")],
)
def test_changes_between_two_divisions_are_those_of_the_list(years: tuple[int, int], name: str) -> None:
    written = pd.read_csv(DATA_DIR / "municipalities" / f"{name}.csv", dtype=str)
    changes = geography.changes(*years)
    assert listed(changes) == sorted(listed(written))
    assert all(isinstance(dtype, pd.StringDtype) for dtype in changes.dtypes)


def test_years_of_one_division_have_every_code_unchanged() -> None:
    codes = geography.register(2022)["municipality_code"].tolist()
    for years in ((2022, 2023), (2023, 2022), (2022, 2022)):
        assert listed(geography.changes(*years)) == [(code, code, "unchanged") for code in codes]


def test_several_steps_are_followed_one_after_the_other(folder: Path) -> None:
    assert listed(geography.changes(2012, 2015, folder)) == [tuple(line.split(",")) for line in FIRST.splitlines()]
    # The parts of 0105 came together again, with 0102; 0103 and 0104 stayed together.
    assert listed(geography.changes(2012, 2030, folder)) == [
        ("0101", "0101", "unchanged"),
        ("0102", "0301", "merged"),
        ("0103", "0202", "merged"),
        ("0104", "0202", "merged"),
        ("0105", "0301", "merged"),
    ]


def test_from_the_first_division_known_to_the_last() -> None:
    changes = geography.changes(2018, 2024)
    assert set(changes["old_code"]) == set(geography.register(2018)["municipality_code"])
    assert set(changes["new_code"]) == set(geography.register(2024)["municipality_code"])
    # Five municipalities became Ålesund in one step, and Ålesund was parted in the next.
    assert set(changes.loc[changes["new_code"] == "1580", "change"]) == {"split"}


def test_backwards_and_unknown_years_are_errors() -> None:
    with pytest.raises(InputError, match="forwards only: 2018 is before the division of 2022"):
        geography.changes(2022, 2018)
    with pytest.raises(InputError, match="no municipality register for 2017"):
        geography.changes(2017, 2022)


def test_a_missing_list_is_an_error(folder: Path) -> None:
    path = folder / "municipalities" / "changes-2014-2018.csv"
    path.rename(path.with_name("changes-2010-2018.csv"))
    with pytest.raises(InputError, match=r"2014-2017 in the division of 2018-, such as .*2014-2018\.csv; found none"):
        geography.changes(2014, 2018, folder)
    assert len(geography.changes(2010, 2017, folder)) == 6


def test_two_lists_of_the_same_step_are_an_error(folder: Path) -> None:
    (folder / "municipalities" / "changes-2010-2015.csv").write_text(HEADER + FIRST, encoding="utf-8")
    with pytest.raises(InputError, match=r"found changes-2010-2015\.csv, changes-2013-2014\.csv"):
        geography.changes(2010, 2014, folder)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("0102,0201,", "102,0201,", "row 3, column old_code: found '102'; expected four digits"),
        ("0102,0201,", "0102,0301,", "row 3, column new_code: found '0301'; expected a municipality of the register"),
        ("0102,0201,renumbered\n", "", "column old_code: expected a row for 0102"),
        ("0102,0201,renumbered\n", "", "column new_code: expected a row for 0201"),
        ("renumbered", "moved", "row 3, column change: found 'moved'; expected one of: unchanged, renumbered"),
        ("renumbered", "unchanged", "row 3, column change: found 'unchanged'; expected renumbered, by where the codes"),
        ("0103,0202,merged", "0103,0202,renumbered", "row 4, column change: found 'renumbered'; expected merged"),
        ("0105,0203,split", "0105,0203,merged", "row 6, column change: found 'merged'; expected split"),
        ("0104,0202,merged", "0103,0202,merged", "row 5, column new_code: found '0103 0202'; expected it once only"),
        (
            HEADER,
            "old,new_code,change\n",
            "row 1: found 'old,new_code,change'; expected the columns old_code,new_code,change",
        ),
        ("0101,0101,", "0101,0101,,", "row 2: found '4 cells'; expected 3 cells, as in the header"),
    ],
)
def test_a_fault_of_a_list_is_named(folder: Path, old: str, new: str, message: str) -> None:
    path = folder / "municipalities" / "changes-2013-2014.csv"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        geography.changes(2010, 2014, folder)
    assert message in str(caught.value)
    assert str(folder) not in str(caught.value)


def test_changes_handed_out_may_be_changed(folder: Path) -> None:
    changes = geography.changes(2010, 2014, folder)
    changes["change"] = "changed"
    assert "changed" not in set(geography.changes(2010, 2014, folder)["change"])
