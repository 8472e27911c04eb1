"""What each edition leaves out, in `tests/left_out/<year>.txt`: `python tests/left_out.py SITE` writes the files.

A line is a page, how the passage begins, and the key that is missing, as the page *Kontroll* lists them.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bs4 import BeautifulSoup

LEFT_OUT_DIR = Path(__file__).parent / "left_out"


def left_out(edition: Path) -> str:
    """The list of the edition published in a folder."""
    page = BeautifulSoup((edition / "book" / "kontroll.html").read_text(encoding="utf-8"), "html.parser")
    rows = [row.select("th, td") for row in page.select(".digikom-left-out tbody tr")]
    return "".join(" | ".join(" ".join(cell.get_text().split()) for cell in row) + "\n" for row in rows)


if __name__ == "__main__":
    LEFT_OUT_DIR.mkdir(exist_ok=True)
    for page in sorted(Path(sys.argv[1]).glob("[0-9]*/book/kontroll.html")):
        folder = page.parents[1]
        (LEFT_OUT_DIR / f"{folder.name}.txt").write_text(left_out(folder), encoding="utf-8")
