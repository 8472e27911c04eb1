"""Where a survey file comes from: its checksum and what the data package says about it (synthetic or real).

Made-up answers must never pass for real ones, nor real ones for made-up ones. So the descriptor of the file's folder
has to say what it is; the project's own files alone are synthetic unless it says «real» of that very file. A
descriptor that cannot be understood is an error, not a reason to guess.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from digikom import files
from digikom.errors import InputError, Problem
from digikom.paths import DATA_DIR

DESCRIPTOR = "datapackage.json"
Status = Literal["synthetic", "real"]

_DEFAULT_SOURCE = {
    "synthetic": "Syntetiske svar, laget etter spørsmål og trykte tall fra Statistisk sentralbyrå",
    "real": "Statistisk sentralbyrå, Digitalisering og IKT i offentlig sektor {year}",
}


@dataclass(frozen=True)
class Provenance:
    """The status of the answers, the SHA-256 of the file's bytes (hex) and the source as readers see it (bokmål).

    `municipalities_public`: what is computed for a single municipality may be shown. Synthetic answers say nothing of
    anybody; of real ones the descriptor must say so.
    """

    status: Status
    sha256: str
    source_nb: str
    municipalities_public: bool


def provenance(folder: Path, year: int, content: bytes) -> Provenance:
    """What the descriptor in `folder` says about `survey/<year>.csv`, whose bytes are `content`.

    Raises `InputError` for a descriptor that is no JSON object or does not name a file that is not the project's
    own, a status other than «synthetic» and «real», a file whose checksum is not the one that the descriptor has
    recorded, and a `municipalities_public` that is neither true nor false.
    """
    name = f"survey/{year}.csv"
    sha256 = files.sha256(content)
    resource = _resource(folder, name)
    is_own = (folder / name).resolve() == DATA_DIR.resolve() / name
    status = resource.get("status", "synthetic" if is_own else None)
    if status not in _DEFAULT_SOURCE:
        found = None if status is None else str(status)
        problem = Problem(None, "status", found, f"synthetic or real, in the entry of a resource with the path {name}")
        raise InputError(f"{DESCRIPTOR}: the status of {name} is not known", [problem])
    recorded = str(resource.get("hash", "")).removeprefix("sha256:")
    if recorded and recorded != sha256:
        problem = Problem(None, "hash", sha256, f"{recorded}, the checksum of the file that is called {status}")
        raise InputError(f"{DESCRIPTOR}: {name} is not the file that it describes", [problem])
    source = str(resource.get("source_nb") or _DEFAULT_SOURCE[status].format(year=year))
    public = resource.get("municipalities_public", False)
    if not isinstance(public, bool):
        problem = Problem(None, "municipalities_public", str(public), "true or false")
        raise InputError(f"{DESCRIPTOR}: it is not clear whether {name} may be shown", [problem])
    return Provenance(cast(Status, status), sha256, source, status == "synthetic" or public)


def _resource(folder: Path, name: str) -> dict[str, Any]:
    """The descriptor's entry for a file, however it spells the path; empty where there is none."""
    try:
        descriptor = json.loads((folder / DESCRIPTOR).read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise InputError(f"{DESCRIPTOR}: cannot be read as JSON ({error})") from None
    resources = descriptor.get("resources") if isinstance(descriptor, dict) else None
    if not isinstance(resources, list) or not all(isinstance(resource, dict) for resource in resources):
        raise InputError(f"{DESCRIPTOR}: expected a data package with a list of resources")
    plain = [[_plain(folder, path) for path in _paths(resource)] for resource in resources]
    found = [resource for resource, paths in zip(resources, plain, strict=True) if name in paths]
    if not found and any(path.endswith(f"/{name}") for paths in plain for path in paths):
        raise InputError(f"{DESCRIPTOR}: expected {name} as a path in the folder of the descriptor, not from elsewhere")
    if len(found) > 1:
        raise InputError(f"{DESCRIPTOR}: expected one resource with the path {name}, not {len(found)}")
    return found[0] if found else {}


def _paths(resource: dict[str, Any]) -> list[str]:
    path = resource.get("path")
    return [str(each) for each in (path if isinstance(path, list) else [path])]


def _plain(folder: Path, path: str) -> str:
    """A path as seen from the folder: letter case, the kind of strokes and steps up and down do not count."""
    return os.path.relpath(folder / path.strip().replace("\\", "/"), folder).replace(os.sep, "/").casefold()
