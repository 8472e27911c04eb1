"""What a check found, as a short table that a failing test prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

MOST_SHOWN = 40
MOST_PLACES = 6


class Finding(NamedTuple):
    """One fault: the rule that is broken, where (page and combination), the place in the page, what stands there."""

    rule: str
    where: str
    target: str = ""
    shown: str = ""


def report(findings: Sequence[Finding]) -> str:
    """The findings as lines, the same rule and place in several combinations counted once."""
    grouped: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        grouped.setdefault((finding.rule, finding.target or finding.shown), []).append(finding)
    lines = [f"{len(findings)} findings, {len(grouped)} different"]
    for (rule, _), found in list(grouped.items())[:MOST_SHOWN]:
        first = found[0]
        places = list(dict.fromkeys(each.where for each in found))
        wheres = ", ".join(places[:MOST_PLACES]) + (
            f" and {more} more" if (more := len(places) - MOST_PLACES) > 0 else ""
        )
        lines.append(f"  {rule} | {wheres} | {first.target} | {' '.join(first.shown.split())[:200]}")
    if len(grouped) > MOST_SHOWN:
        lines.append(f"  … and {len(grouped) - MOST_SHOWN} more")
    return "\n".join(lines)
