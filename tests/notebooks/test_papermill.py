"""The ecosystem's own command keeps working: every notebook runs as it stands, for another year, without `digikom`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from digikom.paths import NOTEBOOK_DIR

QUICK = "02_datakilder.ipynb"
NAMES = [
    name if name == QUICK else pytest.param(name, marks=pytest.mark.full)
    for name in sorted(path.name for path in NOTEBOOK_DIR.glob("*.ipynb"))
]


@pytest.mark.parametrize("name", NAMES)
def test_papermill_runs_a_single_year(tmp_path: Path, name: str) -> None:
    command = [sys.executable, "-m", "papermill", str(NOTEBOOK_DIR / name), str(tmp_path / name)]
    parameters = ["-p", "target_year", "2018", "-p", "reference_year", ""]
    done = subprocess.run([*command, *parameters], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
