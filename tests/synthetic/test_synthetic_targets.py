"""Targets files: what is wrong with them is said, all at once, and another year needs nothing but another file."""

from __future__ import annotations

import copy
import csv
import json
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from synthetic_counting import DATA, WHOLE_YEARS, YEARS, table

from digikom import geography, synthetic
from digikom.errors import InputError
from digikom.survey import codebook
from digikom.synthetic import checks, generation
from digikom.synthetic.targets import Targets, load

YEAR = max(WHOLE_YEARS)
Content = dict[str, Any]
ORIGINAL: Content = yaml.load((DATA / "synthetic" / f"{YEAR}.yml").read_text(encoding="utf-8"), yaml.CSafeLoader)


@pytest.fixture
def content() -> Content:
    """The targets of a year, free to be damaged."""
    return copy.deepcopy(ORIGINAL)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A data folder of its own with codebook, registers and targets."""
    for name in ("codebook", "municipalities", "synthetic"):
        shutil.copytree(DATA / name, tmp_path / name)
    return tmp_path


def problems_of(content: Content) -> list[str]:
    return checks.contradictions(Targets.model_validate(content))


@pytest.mark.parametrize("year", YEARS)
def test_targets_files_are_free_of_contradictions(year: int) -> None:
    targets = load(DATA / "synthetic" / f"{year}.yml")
    assert checks.contradictions(targets) == []
    assert checks.unlike_codebook(targets, codebook(), year) == []
    assert checks.unlike_register(targets, geography.register(year)) == []


def change(path: str, value: object) -> Callable[[Content], None]:
    """Sets the value at a dotted path."""

    def apply(content: Content) -> None:
        *parents, last = path.split(".")
        for parent in parents:
            content = content[parent]
        content[last] = value

    return apply


#: What is put in place of a target, as JSON, and what is said of it.
CONTRADICTIONS = """
blocks.cloud.items.cloud_backup.answers | {"yes": 251, "no": 87} | the rows hold 3519 ticks in all, the columns 3520
blocks.cloud.items.cloud_backup.answers | {"yes": 250, "no": 87} | cloud_backup add up to 337, not to the 338
blocks.cloud.items.cloud_backup.answers | {"yes": 250, "perhaps": 88} | not dealt out: perhaps
blocks.strategy.gate.answers | {"yes": 261, "no": 92} | has_strategy add up to 353, not to the 354
blocks.strategy.gate.asked_if | "perhaps" | has_strategy has no answer 'perhaps'
blocks.strategy.ranges.few | [1, 8] | the ranges must follow on one another from 0
blocks.strategy.ranges.none | [1, 0] | the ranges must follow on one another from 0
blocks.strategy.ranges.many | [10, 15] | a count lies above the highest range
blocks.strategy.not_counted | ["yes", "no"] | an answer is both counted and not counted
blocks.procurement.items.procurement_planning.at_zero | {"no": 10} | at_zero add up to 10, not to the 11
blocks.procurement.items.procurement_planning.at_zero | null | at_zero must be given for all items
blocks.projects.municipalities.by_count | {"7": 1, "10": 329} | the rows hold 3297 ticks in all
blocks.projects.quotas.by_size_class.under_2000.with | 65 | under_2000 add up to 78, not to the 77
blocks.projects.quotas.by_size_class.under_2000.without | 12 | without add up to 23, not to the 24
blocks.projects.quotas.by_size_class.tiny | {"with": 0} | for size classes without respondents: tiny
blocks.projects.quotas.by_size_class.under_2000.some | 0 | quotas of under_2000: unknown class some
blocks.projects.quotas.classes.with | ["few"] | the quota classes must hold every label
blocks.services.groups.nothing.patterns | {"NNNN": 27} | the patterns add up to 353, not to the 354
blocks.services.groups.nothing.patterns | {"NNN": 28} | the pattern NNN must have 4 letters
blocks.services.groups.nothing.patterns | {"SSSS": 28} | the pattern SSSS occurs twice
blocks.services.letters.S | ["some", "none"] | the answer none has more than one letter
blocks.services.items.service_self_activated.answers.some | 85 | have S 84 times, its answers add up to 85
blocks.services.items.service_self_activated.answers.many | 0 | has answers without a letter: many
blocks.services.items.service_self_activated.at_zero | {} | at_zero has no meaning
blocks.not_tried_reasons.asked_if.column | "tired_recruiting" | no block fills tired_recruiting
blocks.not_tried_reasons.quotas | {"by_size_class": {}, "assumed": "x"} | quotas are for blocks
blocks.recruitment.never | [{"where": {"county_code": ["03"]}, "labels": ["nottried"], "assumed": "x"}] | nottried
joint.priority.cells.few.few | 51 | the cells of strategy = few add up to 79, not to the 78
joint.priority.cells.few.some | 0 | the cell few / some does not name a label of each dimension
joint.priority.cells.few.few | "50" | the cell few / few does not name a label of each dimension
joint.priority.dimensions | ["strategy", "project"] | there is no block project
joint.priority.dimensions | ["projects", "recruitment"] | only one dimension can have quotas
joint.priority.dimensions | ["strategy", "not_tried_reasons"] | not_tried_reasons is not asked of everybody
joint.priority.dimensions | ["strategy", "functions"] | functions is a dimension 2 times
joint.priority.totals | [{"count": 18, "source": ["P055"], "cells": [["none", "none"]]}] | add up to 17, not
joint.priority.totals | [{"count": 18, "source": ["P055"], "cells": [["none"], ["none", "few"]]}] | is counted twice
joint.priority.totals | [{"count": 18, "source": ["P055"], "cells": [["no"]]}] | P055: there is no cell no
"""


@pytest.mark.parametrize("contradiction", CONTRADICTIONS.strip().splitlines())
def test_a_contradiction_is_named(content: Content, contradiction: str) -> None:
    path, value, message = contradiction.split(" | ")
    change(path, json.loads(value))(content)
    section, name = path.split(".")[:2]
    found = [problem for problem in problems_of(content) if problem.startswith((f"{section}.{name}: ", f"{section}: "))]
    assert any(message in problem for problem in found), found


def test_column_in_two_blocks_is_named(content: Content) -> None:
    content["blocks"]["again"] = content["blocks"]["barrier"]
    assert "blocks: barrier_competence is filled by 2 blocks" in problems_of(content)


def test_gale_ryser_is_checked_beyond_the_sums(content: Content) -> None:
    """Equal sums are not enough: more municipalities with all ten changes than one of the changes has."""
    by_count = {3: 100, 4: 58, 5: 60, 6: 5, 7: 6, 8: 10, 9: 16, 10: 75}
    items = content["blocks"]["projects"]["items"]
    spare = sum(item["answers"]["yes"] for item in items.values()) - sum(count * n for count, n in by_count.items())
    for item in items.values():
        given = min(spare, item["answers"]["yes"] - 64)
        item["answers"] = {"yes": item["answers"]["yes"] - given, "no": item["answers"]["no"] + given}
        spare -= given
    content["blocks"]["projects"]["municipalities"]["by_count"] = by_count
    found = [problem for problem in problems_of(content) if "fullest rows" in problem]
    assert len(found) == 1
    assert found[0].startswith("blocks.projects: the items do not fit the municipalities by count")


def write_targets(content: Content, data_dir: Path, year: int) -> None:
    (data_dir / "synthetic" / f"{year}.yml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def test_all_contradictions_are_listed_at_once(content: Content, data_dir: Path) -> None:
    change("blocks.cloud.items.cloud_backup.answers", {"yes": 251, "no": 88})(content)
    change("joint.priority.cells.few.few", 51)(content)
    change("respondents.by_size_class.50000_plus", 21)(content)
    change("blocks.strategy.items.strategy_telepathy", {"answers": {"yes": 0, "no": 262}, "assumed": "x"})(content)
    del content["blocks"]["functions"]["items"]["function_pc_operation"]
    write_targets(content, data_dir, YEAR)
    with pytest.raises(InputError) as caught:
        synthetic.synthesise(YEAR, data_dir)
    text = str(caught.value)
    assert f"The targets in {YEAR}.yml can't be met" in text
    for part in (
        "cloud_backup add up to 339",
        "strategy = few add up to 79",
        "respondents: 21 in size class 50000_plus, the register has 20",
        "strategy_telepathy: not asked that year according to the codebook",
        "function_pc_operation: asked that year, but no block fills it",
    ):
        assert part in text


def test_routing_and_answers_are_held_against_the_codebook(content: Content) -> None:
    content["blocks"]["recruitment"]["letters"]["Y"] = ["ja"]
    content["blocks"]["not_tried_reasons"]["asked_if"]["answer"] = "yes"
    found = checks.unlike_codebook(Targets.model_validate(content), codebook(), YEAR)
    assert "not_tried_economy: asked if tried_recruiting=yes here, in the codebook otherwise" in found
    content["blocks"]["barrier"]["items"]["barrier_competence"]["answers"]["huge"] = 0
    found = checks.unlike_codebook(Targets.model_validate(content), codebook(), YEAR)
    assert "barrier_competence: 'huge' is not an answer of the scale degree" in found


def test_rules_about_unknown_municipalities_are_refused(content: Content) -> None:
    content["blocks"]["recruitment"]["never"][0]["where"] = {"centrality_class": ["7"], "climate": ["mild"]}
    found = checks.unlike_register(Targets.model_validate(content), geography.register(YEAR))
    assert found == [
        "blocks.recruitment: no municipality has centrality_class = 7",
        "blocks.recruitment: no municipality has climate = mild",
    ]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("seed: a\nseed: b\n", "key 'seed' twice"),
        ("seed: [a\n", "not readable YAML"),
        ("seed: a\nsurprise: 1\n", "surprise: Extra inputs are not permitted"),
        ("respondents: {by_size_class: {under_2000: 1}}\n", "a `source` (published ids) or what is `assumed`"),
        ("respondents: {by_size_class: {under_2000: 1}, source: [X55]}\n", "respondents.source.0"),
        (
            "blocks: {a: {kind: patterns, items: {b: {answers: {yes: 1}, assumed: x}}}}\n",
            "answers.1.[key]: Input should be a valid string",
        ),
        ("respondents: {by_size_class: {under_2000: -1}, assumed: x}\n", "greater than or equal to 0"),
        ("just text\n", "not a valid targets file"),
    ],
)
def test_malformed_file_is_refused_with_the_place(text: str, part: str, tmp_path: Path) -> None:
    path = tmp_path / "targets.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load(path)
    assert part in str(caught.value)


def test_year_without_targets_is_an_input_error(data_dir: Path) -> None:
    (data_dir / "synthetic" / f"{YEAR}.yml").unlink()
    with pytest.raises(InputError, match="There are no targets"):
        synthetic.synthesise(YEAR, data_dir)
    with pytest.raises(InputError, match="There are no targets"):
        synthetic.synthesise(1999)


def test_rules_that_leave_no_way_name_the_target(content: Content, data_dir: Path) -> None:
    content["blocks"]["recruitment"]["never"] = [
        {"where": {"size_class": ["under_2000"]}, "labels": ["problem"], "assumed": "impossible with the quotas"}
    ]
    write_targets(content, data_dir, YEAR)
    with pytest.raises(InputError, match="quotas of recruitment in under_2000") as caught:
        synthetic.synthesise(YEAR, data_dir)
    assert "16 municipalities can only get a place that is ruled out for them" in str(caught.value)


def test_answers_against_the_routing_are_refused_with_their_rows(content: Content, data_dir: Path) -> None:
    """A pattern that answers what was not asked is found in the finished survey."""
    block = content["blocks"]["recruitment"]
    block["groups"]["not_tried"]["patterns"] = {"NN": 172}
    block["items"]["recruiting_problem"]["answers"]["no"] += 172
    write_targets(content, data_dir, YEAR)
    with pytest.raises(InputError, match="is not in order") as caught:
        synthetic.synthesise(YEAR, data_dir)
    assert len(caught.value.problems) == 172
    assert "column recruiting_problem: found 'no'; expected an empty cell" in str(caught.value)


# Another year


def ask_again(
    data_dir: Path, year: int, keep: Callable[[dict[str, str]], bool], extra: list[dict[str, str]], absent: list[str]
) -> None:
    """Enter a year in the codebook: the items of `YEAR` that are kept, new ones last in their block, what is absent."""
    for name in ("questions.csv", "items.csv", "absences.csv"):
        path = data_dir / "codebook" / name
        rows = table(path)
        for row in rows:
            if str(YEAR) in row.get("years", "").split() and keep(row):
                row["years"] = " ".join(sorted([*row["years"].split(), str(year)]))
        if name == "items.csv":
            for row in extra:
                rows.insert(max(at for at, old in enumerate(rows) if old["block"] == row["block"]) + 1, row)
        if name == "absences.csv":
            rows += [{"name": block, "year": str(year), "kind": "unknown", "source": "x"} for block in absent]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def test_another_year_with_other_items_and_fewer_blocks_needs_only_another_file(
    content: Content, data_dir: Path
) -> None:
    """A year without services, without one strategy area and with a new one, where less is known jointly."""
    year = YEAR - 1
    template = next(row for row in table(DATA / "codebook" / "items.csv") if row["column"] == "strategy_robotics")
    new = template | {"column": "strategy_artificial_intelligence", "position": "90", "years": str(year)}
    ask_again(
        data_dir,
        year,
        lambda row: row["block"] != "services" and row.get("column") != "strategy_robotics",
        [new],
        ["services", "barriers", "open_data"],
    )
    blocks = content["blocks"]
    del blocks["services"]
    strategy = blocks["strategy"]["items"]
    strategy["strategy_artificial_intelligence"] = strategy.pop("strategy_robotics")
    cells = {
        cloud: {procurement: sum(services.values()) for procurement, services in by_procurement.items()}
        for cloud, by_procurement in content["joint"]["activity"]["cells"].items()
    }
    content["joint"] = {"use": {"dimensions": ["cloud", "procurement"], "assumed": "x", "cells": cells}}
    write_targets(content, data_dir, year)
    frame = synthetic.synthesise(year, data_dir)
    assert list(frame.columns) == codebook(data_dir).columns(year)
    assert not [column for column in frame.columns if column.startswith("service_")]
    assert "strategy_robotics" not in frame.columns
    assert Counter(frame["strategy_artificial_intelligence"].dropna()) == {"yes": 100, "no": 162}
    assert int((frame["has_projects"] == "yes").sum()) == 330
    path = synthetic.write(year, data_dir)
    assert path == data_dir / "survey" / f"{year}.csv"
    assert path.read_bytes() == synthetic.write(year, data_dir).read_bytes()


def test_generator_holds_no_year() -> None:
    for path in Path(generation.__file__).parent.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not [year for year in map(str, range(2018, 2040)) if year in text], path.name


def test_typical_sizes_lie_within_their_classes() -> None:
    sizes = generation.typical_sizes(geography.size_classes())
    for row in geography.size_classes().to_dict("records"):
        assert int(row["lower"]) <= sizes[str(row["size_class"])]
        assert not isinstance(row["upper"], int) or sizes[str(row["size_class"])] <= row["upper"]
