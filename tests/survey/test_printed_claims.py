"""What is printed in words: the committed file is in order, and what is wrong with another is said once and clearly."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from digikom import survey
from digikom.errors import InputError
from digikom.paths import BOOK_DIR, DATA_DIR
from digikom.survey.printed_claims import PATH

HEADER = "id,year,source,locator,claim_nb,left,relation,right,note"
GOOD = "C001,2022,report,kap. 1,Flere har det,some-share,above,other-share,"


def keys_of_numbers() -> set[str]:
    with (BOOK_DIR / "keys.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"] for row in csv.DictReader(file) if row["kind"] == "number"}


def test_the_committed_file_is_in_order() -> None:
    claims = survey.claims(known=keys_of_numbers())
    assert claims["id"].tolist() == [f"C{number:03d}" for number in range(1, len(claims) + 1)]
    assert set(claims["source"]) <= set(survey.printed(name="sources")["source"])
    assert not claims["claim_nb"].str.match(r"\d|.*\.$").any()


def test_forms_of_comparison_are_explained() -> None:
    readme = (DATA_DIR / "published" / "README.md").read_text(encoding="utf-8")
    for relation in set(survey.claims()["relation"]) - {""}:
        assert f"| `{relation}` |" in readme, relation


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([GOOD.replace("above", "over")], "expected one of: above, below, about, rises, falls, not-risen, risen-more"),
        (
            [GOOD.replace("other-share", "third-share")],
            "found 'third-share'; expected the key of a number that a chapter",
        ),
        ([GOOD, GOOD], "expected it once only; it is already in row 2"),
        ([GOOD.replace("other-share", "")], "expected keys on the sides that above has"),
        ([GOOD.replace("above,other-share", "rises,other-share")], "expected a least change in whole points"),
        ([GOOD.replace("above,other-share", "not-risen,other-share")], "expected keys on the sides that not-risen"),
        ([GOOD.replace("above,other-share", "risen-more,10")], "expected keys on both sides of risen-more"),
        ([GOOD.replace("some-share,above,other-share", ",,")], "expected a reason, and no keys"),
        ([GOOD.replace("C001", "P001")], "expected C and three digits"),
        ([GOOD.replace("some-share", "Some share")], "expected keys of numbers"),
    ],
)
def test_what_is_wrong_is_said_once(tmp_path: Path, rows: list[str], message: str) -> None:
    (tmp_path / "published").mkdir()
    (tmp_path / PATH).write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    with pytest.raises(InputError) as error:
        survey.claims(tmp_path, {"some-share", "other-share"})
    assert message in str(error.value)
    assert str(error.value).count("expected") == 1
