"""What others have printed on the digitalisation of the municipalities, to hold computed numbers against."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from digikom.survey.method import text_table


def printed(data_dir: str | Path | None = None, name: str = "figures") -> pd.DataFrame:
    """The table `data/published/<name>.csv` as text, empty cells as empty text: the printed figures, their `sources`,
    or the `contradictions` between them. From the project's own data when `data_dir` has no printed figures.

    Raises InputError naming the tables that exist when there is none of that name.
    """
    return text_table("published", name, data_dir)
