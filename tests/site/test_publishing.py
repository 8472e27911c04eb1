"""The workflow that publishes to GitHub Pages: what it may do, what it runs, and what it refuses to publish."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from digikom.paths import PROJECT_ROOT

WORKFLOW = PROJECT_ROOT / ".github" / "workflows" / "publish.yml"
#: Writing that each job may do, and nothing else.
MAY_WRITE = {"build": {"contents": "write"}, "deploy": {"pages": "write", "id-token": "write"}}
KEEP = "Let no published edition change without a new version"


def workflow() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    return found


def script(name: str) -> str:
    """What a step of the build runs."""
    (step,) = (step for step in workflow()["jobs"]["build"]["steps"] if step.get("name") == name)
    return str(step["run"])


def test_every_action_is_pinned_and_every_permission_asked_for() -> None:
    uses = re.findall(r"uses: (.*)", WORKFLOW.read_text(encoding="utf-8"))
    assert len(uses) == 4
    assert all(re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each) for each in uses)
    assert workflow()["permissions"] == {}
    assert {name: job["permissions"] for name, job in workflow()["jobs"].items()} == MAY_WRITE
    # What is typed into the form reaches a script as a variable only, never as a piece of it.
    for job in workflow()["jobs"].values():
        assert not any("${{" in step.get("run", "") for step in job["steps"])


@pytest.mark.parametrize(("asked", "code"), [("2022", 0), ("2022 2018", 0), ("", 1), ("2022;rm", 1), ("--all", 1)])
def test_editions_are_named_by_year(asked: str, code: int) -> None:
    done = subprocess.run(["bash", "-c", script("Check what is asked for")], env={"EDITIONS": asked}, check=False)
    assert done.returncode == code


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A published site with two editions, as it is fetched."""
    edition(tmp_path, 2018, "1.0", "side")
    edition(tmp_path, 2022, "1.0", "side")
    name = ["-c", "user.name=x", "-c", "user.email=x@x"]
    for command in (["init", "-q"], ["add", "--all"], [*name, "commit", "-qm", "x"]):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True)
    return tmp_path


def edition(site: Path, year: int, version: str, page: str) -> None:
    folder = site / str(year)
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "data" / "edition.json").write_text(json.dumps({"year": year, "version": version}), encoding="utf-8")
    (folder / "index.html").write_text(page, encoding="utf-8")


def kept(site: Path) -> tuple[int, str]:
    """How the step ends that looks after what is published, and what it says."""
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script(KEEP)],
        env={"SITE": str(site), "PATH": "/usr/bin:/bin:/usr/local/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_a_new_edition_comes_beside_the_others(site: Path) -> None:
    assert kept(site) == (0, "")
    edition(site, 2024, "1.0", "ny")
    (site / "index.html").write_text("alle utgaver", encoding="utf-8")
    assert kept(site) == (0, "")


def test_a_published_edition_changes_only_with_a_new_version(site: Path) -> None:
    edition(site, 2018, "1.1", "rettet")
    assert kept(site)[0] == 0
    edition(site, 2022, "1.0", "endret")
    code, said = kept(site)
    assert code == 1
    assert "The edition 2022 is published in version 1.0 and would change" in said
    shutil.rmtree(site / "2022")
    assert kept(site)[0] == 1


def test_the_first_site_has_nothing_to_keep(tmp_path: Path) -> None:
    edition(tmp_path, 2022, "1.0", "side")
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    assert kept(tmp_path) == (0, "")
