"""How many lacked an answer that counts, beside whom something is about."""

from __future__ import annotations

from collections.abc import Sequence

from digikom.publish.context import current
from digikom.publish.words import entry, fitting


def with_unanswered(base: str | None, questions: Sequence[str], year: int) -> str | None:
    """`base`, and after it how many of all municipalities left the blocks, questions or items open that year.

    So too those with an answer that does not count, by its name. As it is where there are none.
    """
    session = current().session
    counts = session.lacking(*questions)[session.answers["year"] == year].value_counts(sort=False)
    if not base or counts.empty:
        return base
    unanswered = int(counts.pop("")) if "" in counts else 0
    outside = [{"label": str(label), "count": int(count)} for label, count in counts.items()]
    several = len(session.codebook.behind(*questions)) > 1
    facts = {"base": base, "unanswered": unanswered, "outside": outside, "several": several}
    return fitting(entry("with-unanswered"), facts)


def without_grade(placed: int, words: str = "without-grade", **facts: str) -> str | None:
    """The words for how many of the target year lack an answer behind a grade, and have none: `placed` have one."""
    session = current().session
    lacking = int((session.answers["year"] == session.target).sum()) - placed
    return fitting(entry(words), {"count": lacking, **facts})
