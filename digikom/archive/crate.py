"""The archive described as an RO-Crate: what it is, each of its files, and the build that made the site.

The library `rocrate` makes the graph. It is given every identifier and the date, since it would take a random one and
that of today. It copies and fetches nothing here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from rocrate.model.contextentity import ContextEntity  # type: ignore[import-untyped]
from rocrate.rocrate import ROCrate  # type: ignore[import-untyped]

from digikom import __version__
from digikom.archive import words
from digikom.archive.published import DatedEdition
from digikom.archive.sources import ANSWERS, SITE
from digikom.editions.build_facts import LOCK_FILE, BuildFacts

VERSION = "1.2"
EXECUTED = "_sources/notebooks/"
TEXT_LICENCE, CODE_LICENCE = words.LICENCES
#: By folder; that of all other folders is the licence of text and data.
FOLDER_LICENCES = {
    "data/": [TEXT_LICENCE, CODE_LICENCE],
    "digikom/": [CODE_LICENCE],
    "notebooks/": [TEXT_LICENCE, CODE_LICENCE],
    "tests/": [CODE_LICENCE],
}
#: By ending. Tables of the system are not asked: they differ from machine to machine.
FORMATS = {
    ".bib": "application/x-bibtex",
    ".cff": "application/yaml",
    ".css": "text/css",
    ".csv": "text/csv",
    ".html": "text/html",
    ".in": "text/plain",
    ".ipynb": "application/x-ipynb+json",
    ".j2": "text/plain",
    ".js": "text/javascript",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".md": "text/markdown",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".po": "text/x-gettext-translation",
    ".py": "text/x-python",
    ".ris": "application/x-research-info-systems",
    ".svg": "image/svg+xml",
    ".toml": "application/toml",
    ".topojson": "application/json",
    ".ttl": "text/turtle",
    ".txt": "text/plain",
    ".typ": "text/plain",
    ".typed": "text/plain",
    ".woff2": "font/woff2",
    ".yml": "application/yaml",
    ".zip": "application/zip",
}
NO_ENDING = "text/plain"
UNKNOWN = "application/octet-stream"


@dataclass(frozen=True)
class Described:
    """What the metadata tell beside the files: the edition, who made it, the facts of its build, the description, and
    the command that makes it.
    """

    edition: DatedEdition
    author: str
    facts: BuildFacts
    description: str
    command: str


def crate_text(described: Described, files: Mapping[str, Path], sums: Mapping[str, str]) -> str:
    """The RO-Crate metadata (JSON-LD) of an archive of `files`, with their SHA-256 sums (hex) where known."""
    edition = described.edition
    crate = ROCrate(version=VERSION)
    root = crate.root_dataset
    licences = [
        crate.add(ContextEntity(crate, url, properties={"@type": "CreativeWork", "name": name, "url": url}))
        for url, name in words.LICENCES.items()
    ]
    author = ContextEntity(crate, "#author", properties={"@type": "Organization", "name": described.author})
    crate.add(author)
    root["name"] = edition.title
    root["description"] = described.description
    root["datePublished"] = edition.published.isoformat()
    root["license"] = licences
    root["author"] = author
    root["version"] = edition.version
    root["inLanguage"] = "nb"
    root["keywords"] = words.KEYWORDS
    entities = {
        name: crate.add_file(dest_path=name, properties=_file(name, path, sums)) for name, path in files.items()
    }
    site = f"{SITE}/{edition.year}/"
    named = {**words.FOLDERS, site: words.EDITION, f"{site}{EXECUTED}": words.EXECUTED}
    folders = {
        folder: crate.add_dataset(
            dest_path=folder,
            properties={
                "name": name,
                "license": [{"@id": url} for url in FOLDER_LICENCES.get(folder, [TEXT_LICENCE])],
                "hasPart": [entities[file] for file in files if file.startswith(folder)],
            },
        )
        for folder, name in sorted(named.items())
        if any(file.startswith(folder) for file in files)
    }
    program = crate.add(ContextEntity(crate, "#digikom", properties=_program(described, files)))
    objects = [folders[name] for name in ("data/", f"{ANSWERS}/", "notebooks/") if name in folders]
    action = {
        "@type": "CreateAction",
        "name": words.BUILDING,
        "instrument": program,
        "object": objects,
        "result": folders[site],
    }
    root["mentions"] = crate.add(ContextEntity(crate, "#build", properties=action))
    return json.dumps(crate.metadata.generate(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _file(name: str, path: Path, sums: Mapping[str, str]) -> dict[str, str]:
    found = {"encodingFormat": encoding_format(name)}
    if name in sums:
        found |= {"contentSize": str(path.stat().st_size), "sha256": sums[name]}
    return found


def _program(described: Described, files: Iterable[str]) -> dict[str, object]:
    """The command that made the site, as a program."""
    facts = described.facts
    found: dict[str, object] = {
        "@type": "SoftwareApplication",
        "name": described.command,
        "softwareVersion": __version__,
        "runtimePlatform": f"Python {facts.python}",
    }
    if facts.commit:
        found["identifier"] = facts.commit
    if LOCK_FILE in files:
        found["softwareRequirements"] = {"@id": LOCK_FILE}
    return found


def encoding_format(name: str) -> str:
    """The media type of a file, by its name."""
    ending = PurePosixPath(name).suffix
    return FORMATS.get(ending, UNKNOWN) if ending else NO_ENDING
