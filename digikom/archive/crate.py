"""The archive described as an RO-Crate 1.2: what it is, each of its files, and the build that made the site.

https://www.researchobject.org/ro-crate/specification/1.2/. Its terms are those of schema.org, as on the pages.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from digikom import __version__
from digikom.archive.contents import Contents
from digikom.archive.sources import ANSWERS, CRATE_FILE, SITE
from digikom.editions.build_facts import LOCK_FILE
from digikom.editions.layout import EXECUTED
from digikom.opendata.citations import LANGUAGE, LICENSE_ADDRESS, LICENSE_TITLE
from digikom.opendata.linked_data import media_type, organization
from digikom.opendata.norwegian import KEYWORDS
from digikom.pdf.labels import AUTHOR

CODE_LICENCE = "https://spdx.org/licenses/MIT"
LICENCES = {LICENSE_ADDRESS: f"{LICENSE_TITLE} (CC BY 4.0)", CODE_LICENCE: "MIT-lisensen"}
#: What the main folders are and the licences of what is in them, by their paths in the archive.
FOLDERS = {
    "answers/": ("Svar og kodebok som ligger utenfor prosjektet", [LICENSE_ADDRESS]),
    "book/": ("Rapportens ord: sider, utgavefiler og maler", [LICENSE_ADDRESS]),
    "data/": (
        "Data: kodebok, svar, kommuneregistre, grenser og trykte tall, beskrevet i datapackage.json",
        [LICENSE_ADDRESS, CODE_LICENCE],
    ),
    "digikom/": ("Programmet som bygger rapporten", [CODE_LICENCE]),
    "notebooks/": ("Beregningene: én notatbok for hvert kapittel", [LICENSE_ADDRESS, CODE_LICENCE]),
    "book/reviews/": ("Hvem som har kontrollert hvilke beregninger", [LICENSE_ADDRESS]),
    "site/": ("Nettstedet med utgaven og sidene over den", [LICENSE_ADDRESS]),
    "tests/": ("Testene", [CODE_LICENCE]),
}
Json = dict[str, Any]


def crate_text(contents: Contents, description: str, files: Mapping[str, Path], sums: Mapping[str, str]) -> str:
    """The RO-Crate metadata (JSON-LD) of an archive of `files`, with their SHA-256 sums (hex) where known."""
    edition, facts = contents.published, contents.manifest.facts
    site = f"{SITE}/{edition.year}/"
    named = {
        **FOLDERS,
        site: ("Utgaven slik den er publisert", [LICENSE_ADDRESS]),
        f"{site}{EXECUTED}/": ("Notatbøkene slik de ble kjørt for utgaven, med resultatene i", [LICENSE_ADDRESS]),
    }
    folders = {
        folder: {
            "@type": "Dataset",
            "name": name,
            "license": _references(licences),
            "hasPart": _references(file for file in files if file.startswith(folder)),
        }
        for folder, (name, licences) in sorted(named.items())
        if any(file.startswith(folder) for file in files)
    }
    graph: dict[str, Json] = {
        "./": {
            "@type": "Dataset",
            "name": edition.title,
            "description": description,
            "datePublished": edition.published.isoformat(),
            "license": _references(LICENCES),
            "author": {"@id": "#author"},
            "version": edition.version,
            "inLanguage": LANGUAGE,
            "keywords": list(KEYWORDS),
            "hasPart": _references([*files, *folders]),
            "mentions": {"@id": "#build"},
        },
        CRATE_FILE: {
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"},
        },
        **{url: {"@type": "CreativeWork", "name": name, "url": url} for url, name in LICENCES.items()},
        "#author": organization(AUTHOR),
        **{quote(name): _file(name, path, sums) for name, path in files.items()},
        **folders,
        "#digikom": {
            "@type": "SoftwareApplication",
            "name": contents.command("digikom build {year}", " --data-dir {folder}"),
            "softwareVersion": __version__,
            "runtimePlatform": f"Python {facts.python}",
            **({"identifier": facts.commit} if facts.commit else {}),
            **({"softwareRequirements": {"@id": LOCK_FILE}} if LOCK_FILE in files else {}),
        },
        "#build": {
            "@type": "CreateAction",
            "name": "Bygging av utgaven fra data og notatbøker",
            "instrument": {"@id": "#digikom"},
            "object": _references(name for name in ("data/", f"{ANSWERS}/", "notebooks/") if name in folders),
            "result": {"@id": site},
        },
    }
    crate = {
        "@context": "https://w3id.org/ro/crate/1.2/context",
        "@graph": [{"@id": name, **about} for name, about in graph.items()],
    }
    return json.dumps(crate, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _references(names: Iterable[str]) -> list[Json]:
    """References to files and folders of the archive, or to what has an address of its own."""
    return [{"@id": name if ":" in name else quote(name)} for name in names]


def _file(name: str, path: Path, sums: Mapping[str, str]) -> Json:
    size = {"contentSize": str(path.stat().st_size), "sha256": sums[name]} if name in sums else {}
    return {"@type": "File", "encodingFormat": media_type(name), **size}
