"""What Zenodo asks of a deposit, written beside an archive: the JSON of its deposit form, so that nobody types it in.

https://developers.zenodo.org/#representation. Zenodo gives the DOI when the deposit is published; how that goes stands
in `book/publisering.md`.
"""

from __future__ import annotations

import json
from html import escape
from typing import Any

import yaml

from digikom.archive.contents import Contents
from digikom.editions.layout import CITATION
from digikom.opendata.norwegian import KEYWORDS
from digikom.pdf.labels import AUTHOR

#: Ending of the file, in the place of that of the archive.
ENDING = ".zenodo.json"
#: Norwegian bokmål in ISO 639-3, and the licence of text and data, as Zenodo names them.
LANGUAGE, LICENCE = "nob", "cc-by-4.0"
LICENCES = "Koden har MIT-lisensen. Tekst og data har CC BY 4.0."


def deposit_text(contents: Contents, description: str) -> str:
    """The metadata of a deposit of the archive of `contents`, from what the edition says of itself and how it is cited.

    `description` is what the archive is, in sentences.
    """
    edition, cited = contents.published, _citation(contents)
    metadata: dict[str, Any] = {
        "title": edition.title,
        "upload_type": "publication",
        "publication_type": "report",
        "publication_date": edition.published.isoformat(),
        "version": edition.version,
        "language": LANGUAGE,
        "creators": [{"name": author["name"]} for author in cited.get("authors", [{"name": AUTHOR}])],
        # Zenodo takes these two for HTML.
        "description": f"<p>{escape(description)}</p>",
        "notes": f"<p>{escape(LICENCES)}</p>",
        "access_right": "open",
        "license": LICENCE,
        "keywords": list(KEYWORDS),
    }
    if works := [_reference(work) for work in cited.get("references", ())]:
        metadata["references"] = works
    if address := cited.get("url"):
        report = {"identifier": address, "relation": "isVariantFormOf", "resource_type": "publication-report"}
        metadata["related_identifiers"] = [report]
    return json.dumps({"metadata": metadata}, ensure_ascii=False, indent=1) + "\n"


def _citation(contents: Contents) -> dict[str, Any]:
    """The edition's own citation file, which is written from its description; empty for an edition without one."""
    path = contents.folder / CITATION
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found


def _reference(work: dict[str, Any]) -> str:
    """A work that the edition builds on, in running text."""
    authors = "; ".join(f"{author['family-names']}, {author['given-names']}" for author in work["authors"])
    series = f"{work['collection-title']}, {work['institution']['name']}"
    return f"{authors} ({work['year']}). {work['title']}. {series}."
