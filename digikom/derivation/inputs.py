"""Which of the data files a notebook reads, by the functions that its code calls."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from digikom.derivation.dataflow import Step

_REGISTERS = ("municipalities/*.csv",)
_CODEBOOK = ("codebook/*.csv",)
_BOUNDARIES = (*_REGISTERS, "boundaries/*.topojson")
#: The files behind each function, by patterns of their paths in the data folder; `{}` is the text that it is called
#: with, or what `USUAL` has.
FILES: dict[str, tuple[str, ...]] = {
    "publish.begin": ("survey/*.csv", "datapackage.json", "method/constants.csv", *_CODEBOOK, *_REGISTERS),
    "publish.grade_map": ("method/constants.csv", *_CODEBOOK, *_BOUNDARIES),
    "edition.limits": ("method/cut-points.csv",),
    "survey.left_open": (),
    "survey.load": ("survey/*.csv", "datapackage.json", *_CODEBOOK, *_REGISTERS),
    "survey.check": (*_CODEBOOK, *_REGISTERS),
    "survey.claims": ("published/claims.csv",),
    "survey.codebook": _CODEBOOK,
    "survey.method": ("method/{}.csv",),
    "survey.printed": ("published/{}.csv", "statbank/*/{}.csv"),
    "survey.years": (),
    "geography.areas": _REGISTERS,
    "geography.register": _REGISTERS,
    "geography.division": _REGISTERS,
    "geography.divisions": _REGISTERS,
    "geography.size_classes": _REGISTERS,
    "geography.changes": _REGISTERS,
    "geography.kinds_of_change": (),
    "geography.boundaries_path": _BOUNDARIES,
    "geography.topology": _BOUNDARIES,
}
USUAL = {"survey.method": "*", "survey.printed": "figures"}
#: The parts of the package that read data.
READING = ("survey.", "geography.")
#: Everything that a notebook may read by the functions above.
ANY_DATA = sorted({pattern.format("*") for patterns in FILES.values() for pattern in patterns})


def files_read(steps: Iterable[Step], files: Iterable[str]) -> list[str]:
    """Those of the data files, named by their path in the data folder, that steps read; in their order.

    Raises KeyError for a function of `survey` or `geography` of which the files are not known.
    """
    calls = {call for step in steps for call in step.calls if call[0] in FILES or call[0].startswith(READING)}
    patterns = {pattern.format(text or USUAL.get(name, "")) for name, text in calls for pattern in FILES[name]}
    return [name for name in files if any(matches(name, pattern) for pattern in patterns)]


def matches(name: str, pattern: str) -> bool:
    """Whether a path in the data folder fits a pattern, whose `*` stands for anything but a folder."""
    return name.count("/") == pattern.count("/") and fnmatchcase(name, pattern)
