"""Where a survey file comes from: its checksum and what the data package says about it (synthetic or real).

Made-up answers must never pass for real ones. So a file counts as synthetic unless the descriptor of its own folder
says «real» of that very file, and a descriptor that cannot be understood is an error, not a reason to guess.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from digikom.errors import InputError, Problem

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

    Raises `InputError` for a descriptor that is no JSON object, a status other than «synthetic» and «real», and a file
    called real whose checksum is not the one that the descriptor has recorded, and a `municipalities_public` that is
    neither true nor false.
    """
    name = f"survey/{year}.csv"
    sha256 = hashlib.sha256(content).hexdigest()
    resource = _resource(folder / DESCRIPTOR, name)
    status = resource.get("status", "synthetic")
    if status not in _DEFAULT_SOURCE:
        problem = Problem(None, "status", str(status), "synthetic or real")
        raise InputError(f"{DESCRIPTOR}: the status of {name} is not known", [problem])
    recorded = str(resource.get("hash", "")).removeprefix("sha256:")
    if status == "real" and recorded and recorded != sha256:
        problem = Problem(None, "hash", sha256, f"{recorded}, the checksum of the file that is called real")
        raise InputError(f"{DESCRIPTOR}: {name} is not the file that it describes", [problem])
    source = str(resource.get("source_nb") or _DEFAULT_SOURCE[status].format(year=year))
    public = resource.get("municipalities_public", False)
    if not isinstance(public, bool):
        problem = Problem(None, "municipalities_public", str(public), "true or false")
        raise InputError(f"{DESCRIPTOR}: it is not clear whether {name} may be shown", [problem])
    return Provenance(cast(Status, status), sha256, source, status == "synthetic" or public)


def _resource(path: Path, name: str) -> dict[str, Any]:
    """The descriptor's entry for a file; empty if there is no descriptor or no such entry."""
    try:
        descriptor = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise InputError(f"{DESCRIPTOR}: cannot be read as JSON ({error})") from None
    resources = descriptor.get("resources") if isinstance(descriptor, dict) else None
    if not isinstance(resources, list) or not all(isinstance(resource, dict) for resource in resources):
        raise InputError(f"{DESCRIPTOR}: expected a data package with a list of resources")
    found = [resource for resource in resources if resource.get("path") == name]
    if len(found) > 1:
        raise InputError(f"{DESCRIPTOR}: expected one resource with the path {name}, not {len(found)}")
    return found[0] if found else {}
