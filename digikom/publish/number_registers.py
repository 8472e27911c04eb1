"""Number registers of editions: what an edition has published about its own year, a row a number.

A register is a CSV file named by its edition, `<year>.csv`. A build hands those of the earlier editions to the
notebooks that compare editions; `data/registers/` holds them for the notebooks as committed.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from digikom import files
from digikom.errors import InputError
from digikom.paths import DATA_DIR
from digikom.publish.published import NUMBER_COLUMNS, published_numbers

#: The parameter that a notebook which compares editions declares: the folder with the registers of the earlier ones.
REGISTERS_DIR = "registers_dir"

#: What a register holds of a number, in the order of the file.
REGISTER_COLUMNS = ("key", "label", "value", "unit", "decimals", "base", "status", "notebook", "cell_id", "questions")
#: Digits kept of a value, as in the published register: more than any figure shows, and fewer than two processors may
#: disagree about.
VALUE_FORMAT = "%.12g"


def own_numbers(executed_dir: str | Path | None, year: int) -> pd.DataFrame:
    """The numbers that the executed notebooks in `executed_dir` publish about `year`, with the columns of a register.

    Numbers about other years, such as the reference year, are left out: they belong to the editions of those years.
    """
    numbers = published_numbers(executed_dir)
    return numbers.loc[numbers["year"] == year, list(REGISTER_COLUMNS)].reset_index(drop=True)


def write_register(path: Path, numbers: pd.DataFrame) -> Path:
    """Write the register of an edition, `numbers` as `own_numbers` gives them. A half-written file is never seen."""
    return files.write(path, numbers.to_csv(index=False, lineterminator="\n", float_format=VALUE_FORMAT))


def edition_registers(registers_dir: str | Path | None = None) -> pd.DataFrame:
    """The registers in a folder, put together: `edition` (its year), then `REGISTER_COLUMNS`; oldest edition first.

    The project's own registers are read when no folder (or an empty text) is given. A folder without registers gives no
    rows. Raises InputError for a register that cannot be read.
    """
    folder = Path(registers_dir) if registers_dir else DATA_DIR / "registers"
    types = {"edition": "int64", **{name: NUMBER_COLUMNS[name] for name in REGISTER_COLUMNS}}
    paths = sorted(folder.glob("[0-9][0-9][0-9][0-9].csv"))
    parts = [_read(path).assign(edition=int(path.stem)) for path in paths]
    together = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(types))
    return together.reindex(columns=list(types)).astype(types)


def _read(path: Path) -> pd.DataFrame:
    """One register as text, numbers as numbers."""
    try:
        header, *rows = files.csv_rows(path.read_bytes())
        if header != list(REGISTER_COLUMNS):
            raise ValueError(f"expected the columns {', '.join(REGISTER_COLUMNS)}")
        frame = pd.DataFrame(rows, columns=header, dtype="object")
        numeric = {name: pd.to_numeric(frame[name].replace("", None)) for name in ("value", "decimals", "base")}
    except (OSError, csv.Error, ValueError) as error:
        raise InputError(f"the number register {path.name} cannot be read: {error}") from None
    return frame.assign(**numeric)
