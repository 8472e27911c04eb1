"""The ecosystem's own command keeps working: every notebook runs as it stands, for another year, without `digikom`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from digikom.paths import NOTEBOOK_DIR


def test_papermill_runs_a_single_year(tmp_path: Path) -> None:
    for name in sorted(path.name for path in NOTEBOOK_DIR.glob("*.ipynb")):
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "papermill",
                str(NOTEBOOK_DIR / name),
                str(tmp_path / name),
                "-p",
                "target_year",
                "2018",
                "-p",
                "reference_year",
                "",
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
