"""Where the project's files are, independent of the folder a command or notebook is started in."""

from __future__ import annotations

from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parents[1]
DATA_DIR = PROJECT_ROOT / "data"
BOOK_DIR = PROJECT_ROOT / "book"
#: The mark of the report in the browser's tab, of the editions and of the pages above them.
FAVICON = Path(__file__).parent / "sphinxext" / "theme" / "digikom" / "static" / "favicon.svg"
NOTEBOOK_DIR = PROJECT_ROOT / "notebooks"
EDITION_DIR = BOOK_DIR / "editions"
#: The folder of words that editions share, beside the folders of their own in `EDITION_DIR`.
SHARED_WORDS = "felles"
#: Who has checked which calculation, one file an edition.
REVIEW_DIR = BOOK_DIR / "reviews"
SITE_DIR = PROJECT_ROOT / "_build" / "site"
#: What builds keep for the next one; may be deleted at any time.
STORE_DIR = PROJECT_ROOT / "_build" / "store"
#: The edition that `digikom preview` shows.
PREVIEW_DIR = PROJECT_ROOT / "_build" / "preview"
#: Notebooks made ready for JupyterLab; what is changed in them is the user's.
WORKBENCH_DIR = PROJECT_ROOT / "_build" / "workbench"


def data_folder(data_dir: str | Path | None = None) -> Path:
    """The data folder to read from: the one given, or the project's own when none (or an empty text) is given."""
    return Path(data_dir) if data_dir else DATA_DIR
