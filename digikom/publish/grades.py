"""Grades of municipalities: their distribution in a table, and where they are, on a map or by county."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from digikom import geography
from digikom.publish import charts, palette
from digikom.publish.confidentiality import smallest_group, withheld_notes
from digikom.publish.drawing import COUNTY_BORDERS, MUNICIPALITIES, OWN_METADATA, WIDE
from digikom.publish.figures import worded_figure
from digikom.publish.outputs import current
from digikom.publish.ranks import as_shown, ranking
from digikom.publish.suppression import hidden_rows
from digikom.publish.tables import WITHHELD, Column, worded_table
from digikom.publish.words import base_in_year, entry, fitting, without_grade

#: Width and height of a map: with Vega's own margin of five pixels it is as wide as the other pictures.
MAP_SIZE = (WIDE - 10, 750)
#: Where the watermark is, from the south-west to the north-east, so that no part of the country is without it.
WATERMARK_PLACES = [
    (MAP_SIZE[0] * x, MAP_SIZE[1] * y) for x, y in ((0.18, 0.8), (0.33, 0.58), (0.53, 0.35), (0.77, 0.16))
]
#: Norway north up without the tilt of a world map: transverse Mercator about the middle of the mainland.
PROJECTION: dict[str, Any] = {"type": "transverseMercator", "rotate": [-15.5, 0, 0]}


def grade_table(
    key: str,
    shares: pd.DataFrame,
    grades: pd.DataFrame,
    heading: str,
    *,
    base: str,
    numbers: tuple[str, str] = ("", ""),
) -> None:
    """A table of how many municipalities have each grade, from shares with the index levels `grade` and `year`.

    `grades` are the rows of `data/method/grades.csv` of the indicator, by grade; `heading` heads their names.
    `numbers` are the keys under which `each` has published the counts and the shares, if it has.
    """
    session = current().session
    years = [year for year in session.years if year in shares.index.get_level_values("year")]
    if session.target not in years:
        return
    rows = pd.DataFrame({"label": [f"{grade}: {label}" for grade, label in grades["label_nb"].items()]})
    now = shares.xs(session.target, level="year").reindex(grades.index)
    rows["count"] = now["count"].to_numpy()
    columns = [Column("label", heading), Column("count", entry("count-column"), "count")]
    for year in reversed(years):
        rows[f"share_{year}"] = shares.xs(year, level="year")["percent"].reindex(grades.index).to_numpy() / 100
        head = fitting(entry("share-column"), {"earlier": None if year == session.target else year})
        columns.append(Column(f"share_{year}", str(head), "share"))
    counts, percents = numbers
    of_cells = {(entry("in-all"), "count"): "respondents"} if counts else {}
    for grade, label in zip(grades.index, rows["label"], strict=True):
        of_cells |= {(label, "count"): counts.format(grade)} if counts else {}
        for year in years if percents else ():
            of_cells[label, f"share_{year}"] = percents.format(grade) + session.suffixes[year]
    rows.loc[len(rows)] = {"label": entry("in-all"), **rows.drop(columns="label").sum()}
    placed, earlier = int(now["base"].iloc[0]), int(shares.xs(years[0], level="year")["base"].iloc[0])
    notes = (fitting(entry("earlier-shares"), {"year": year, "count": earlier}) for year in years[:-1])
    worded_table(
        key,
        rows,
        columns,
        {"earlier": earlier if len(years) > 1 else None},
        base=placed,
        base_text=_base(placed, base),
        notes=list(filter(None, notes)),
        total_row=True,
        keys=of_cells,
    )


def _base(placed: int, base: str) -> str:
    """Whom a table is about that has a grade for `placed` of them, with how many have none."""
    return without_grade(placed, base=base_in_year(base)) or base_in_year(base)


def grade_map(
    key: str,
    instead: str,
    frame: pd.DataFrame,
    grade: str,
    grades: pd.DataFrame,
    shares: pd.DataFrame,
    by_county: pd.DataFrame,
    highest: pd.Series,
    *,
    base: str,
    top: int | None = None,
    called: str = "grade",
    colours: Sequence[str] = charts.GRADE_COLOURS,
) -> None:
    """A map of the grade of each municipality of the target year, or the table `instead`, counties by grade.

    The table is where the map may not be shown or there are no boundaries. `frame` has a row per municipality with
    the column `grade`, `shares` is what `grade_table` takes, and `by_county` has how many municipalities of the target
    year have each grade (its columns) in each county; `highest` is the per cent with the highest grade by county, for
    counties large enough to compare. Facts: `counts` by grade, `respondents`, `share` (the per cent with the highest
    grade), `counties`, `with_highest` and `with_all` (how many have it, or all), and `ranking` of `highest`. Where the
    grades are no ranking, `top` is the one that the words are about in place of the highest, and `called` what they
    are: the files of words have «called-column».
    """
    session = current().session
    of_target = frame[frame["year"] == session.target]
    if of_target.empty:
        return
    by_county, now = by_county.reindex(columns=grades.index, fill_value=0), shares.xs(session.target, level="year")
    boundaries = geography.boundaries_path(session.target, session.data_dir) if session.shown_singly else None
    texts = {number: f"{number}: {text}" for number, text in grades["short_nb"].items()}
    if boundaries is None:
        _counties(instead, by_county, now["count"], base, entry(f"{called}-column"), list(texts.values()))
        return
    top = grades.index[-1] if top is None else top
    places = geography.register(session.target, session.data_dir)[["municipality_code", "name", "county"]].merge(
        of_target[["municipality_code", grade]], on="municipality_code", how="left", validate="one_to_one"
    )
    places["grade_text"] = places[grade].map(texts).fillna(entry("no-answer"))
    places["shown"] = places["grade_text"].where(places[grade].notna(), "..")
    facts = {
        "counts": now["count"].to_dict(),
        "top_grade": int(top),
        "respondents": len(of_target),
        "share": as_shown(now["percent"])[top],
        "counties": len(by_county),
        "with_highest": int(by_county[top].gt(0).sum()),
        "with_all": int(by_county.gt(0).all(axis="columns").sum()),
        **{f"county_{name}": fact for name, fact in ranking(highest).items()},
    }
    about = ["municipality_code", "name", "county"]
    colour_of = {**dict(zip(texts.values(), colours, strict=True)), entry("no-answer"): palette.NO_ANSWER_COLOUR}
    watermark = entry("watermark") if current().status == "synthetic" else ""
    worded_figure(
        key,
        draw_map(places[[*about, "grade_text"]], boundaries.name, "grade_text", colour_of, watermark),
        places,
        [*(Column(name, entry(f"{name}-column")) for name in about), Column("shown", entry(f"{called}-column"))],
        facts,
        base=base,
        size=len(of_target),
        notes=[*entry("map-notes"), *filter(None, [without_grade(len(of_target), "without-grade-note")])],
    )


def draw_map(
    frame: pd.DataFrame, boundaries: str, grade: str, colours: Mapping[str, str], watermark: str = ""
) -> alt.LayerChart:
    """A map of the municipalities in the colours of their grades, with the borders of the counties over it, and over
    all of it a `watermark`, which a copy of the picture keeps.

    `frame` has a row per municipality with `municipality_code`, `name`, `county` and `grade`, a text of `colours`.
    `boundaries` is the file name of the TopoJSON in the data folder's `boundaries/`, whose features have the
    municipality code as id.
    """
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    tips = [f"{row['name']} ({row['county']}): {row[grade]}" for row in frame.to_dict("records")]
    found = alt.LookupData(data=frame.assign(tip=tips), key="municipality_code", fields=["tip", grade])
    municipalities, counties = (
        alt.Chart(
            alt.UrlData(
                url=f"digikom:boundaries/{boundaries}", format=alt.TopoDataFormat(feature=feature, type="topojson")
            )
        )
        for feature in (MUNICIPALITIES, COUNTY_BORDERS)
    )
    areas = (
        municipalities.mark_geoshape(stroke=palette.BORDER_COLOUR, strokeWidth=0.4)
        .transform_lookup(lookup="id", from_=found)
        .encode(color=alt.Color(f"{grade}:N", scale=scale, legend=None), **charts.TIP_CHANNELS)
    )
    # A line with another, broader one under it in the contrary colour is seen on every ground.
    borders = [
        counties.mark_geoshape(filled=False, stroke=colour, strokeWidth=width, strokeJoin="round")
        for colour, width in ((palette.COUNTY_HALO_COLOUR, 3), (palette.COUNTY_BORDER_COLOUR, 1.2))
    ]
    letters: dict[str, Any] = {"fontSize": 26, "fontWeight": "bold", "strokeWidth": 0.8, "opacity": 0.35}
    letters |= {"color": palette.COUNTY_BORDER_COLOUR, "stroke": palette.COUNTY_HALO_COLOUR}
    marks = [
        alt.Chart(alt.InlineData([{}])).mark_text(text=watermark, x=x, y=y, **letters)
        for x, y in (WATERMARK_PLACES if watermark else ())
    ]
    legend = [{"label": label, "colour": colour} for label, colour in colours.items()]
    return (
        charts.layered([areas, *borders, *marks])
        .project(**PROJECTION)
        .properties(width=MAP_SIZE[0], height=MAP_SIZE[1], usermeta={OWN_METADATA: {"legend": legend}})
    )


def _counties(key: str, by_county: pd.DataFrame, whole: pd.Series, base: str, heading: str, texts: list[str]) -> None:
    """In the place of the map: how many municipalities of each county have each grade, and of all of them (`whole`).

    Small counties are hidden, and of confidential answers those that are not in `by_county`. Facts: `texts` of the
    grades.
    """
    session = current().session
    answered = by_county.sum(axis="columns")
    rows = by_county.add_prefix("grade_").astype(object)
    rows.insert(0, "respondents", answered.astype(object))
    if session.shown_singly:
        rows.loc[hidden_rows(answered, smallest_group()), rows.columns != "respondents"] = WITHHELD
    else:
        counties = geography.register(session.target, session.data_dir)["county"].unique()
        rows = rows.reindex(sorted(counties)).fillna(WITHHELD)
    hidden = (rows == WITHHELD).any(axis="columns")
    whole = whole.reindex(by_county.columns, fill_value=0)
    rows.loc[entry("in-all")] = [whole.sum(), *whole]
    worded_table(
        key,
        rows.rename_axis("county").reset_index(),
        [
            Column("county", entry("county-column")),
            Column("respondents", entry("respondents-label"), "count"),
            *(Column(f"grade_{grade}", f"{heading} {grade}", "count") for grade in by_county.columns),
        ],
        {"texts": texts},
        base=int(whole.sum()),
        base_text=_base(int(whole.sum()), base),
        total_row=True,
        notes=withheld_notes(hidden, smallest_group()),
    )
