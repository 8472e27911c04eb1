"""Which of the data files a notebook reads, by the functions that its code calls."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from digikom.derivation.names import Call
from digikom.derivation.program import Step

_REGISTERS = ("municipalities/*.csv",)
_CODEBOOK = ("codebook/*.csv",)
#: The files behind each function, by patterns of their paths in the data folder. A table that is named by a text stands
#: as `{}`, in a call without it as the text after the colon.
FILES: dict[str, tuple[str, ...]] = {
    "publish.begin": ("survey/*.csv", "datapackage.json", "method/constants.csv", *_CODEBOOK, *_REGISTERS),
    "publish.grade_map": ("method/constants.csv", *_REGISTERS, "boundaries/*.topojson"),
    "edition.limits": ("method/cut-points.csv",),
    "survey.left_open": (),
    "survey.load": ("survey/*.csv", "datapackage.json", *_CODEBOOK, *_REGISTERS),
    "survey.check": (*_CODEBOOK, *_REGISTERS),
    "survey.codebook": _CODEBOOK,
    "survey.method": ("method/{:*}.csv",),
    "survey.printed": ("published/{:figures}.csv", "statbank/*/{:figures}.csv"),
    "survey.years": (),
    "geography.areas": _REGISTERS,
    "geography.register": _REGISTERS,
    "geography.division": _REGISTERS,
    "geography.divisions": _REGISTERS,
    "geography.size_classes": _REGISTERS,
    "geography.changes": _REGISTERS,
    "geography.kinds_of_change": (),
    "geography.boundaries_path": (*_REGISTERS, "boundaries/*.topojson"),
    "geography.topology": (*_REGISTERS, "boundaries/*.topojson"),
}
#: The parts of the package that read data.
READING = ("survey.", "geography.")
#: Everything that a notebook may read by the functions above.
ANY_DATA = tuple(
    dict.fromkeys(
        pattern.replace("{:*}", "*").replace("{:figures}", "*") for patterns in FILES.values() for pattern in patterns
    )
)


def patterns_read(steps: Iterable[Step]) -> list[str]:
    """The patterns of the files that steps read, sorted. `*` stands for anything but a folder.

    Raises KeyError for a function of `survey` or `geography` of which the files are not known.
    """
    found: set[str] = set()
    for step in steps:
        for call in step.uses.calls:
            if call.function in FILES or call.function.startswith(READING):
                found.update(_filled(pattern, call) for pattern in FILES[call.function])
    return sorted(found)


def _filled(pattern: str, call: Call) -> str:
    before, brace, rest = pattern.partition("{:")
    if not brace:
        return pattern
    usual, _, after = rest.partition("}")
    return before + (call.texts[0] if call.texts else usual) + after


def matches(name: str, pattern: str) -> bool:
    """Whether a path in the data folder fits a pattern, folder by folder."""
    parts, expected = name.split("/"), pattern.split("/")
    return len(parts) == len(expected) and all(map(fnmatchcase, parts, expected))


def files_read(steps: Iterable[Step], files: Iterable[str]) -> list[str]:
    """Those of the data files, named by their path in the data folder, that steps read; in their order."""
    patterns = patterns_read(steps)
    return [name for name in files if any(matches(name, pattern) for pattern in patterns)]
