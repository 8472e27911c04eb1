"""What Klass says of the municipalities on a day: asked with `ssb-klass-python`, the answers kept as they came."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from digikom.sources.services import KLASS
from digikom.sources.transport import Answer, NotThereError, conversation

MUNICIPALITIES, COUNTIES, CENTRALITY = "131", "104", "128"
"""The classifications of municipalities, counties and centrality."""

CODES_FILE = "klass-131-codes.json"
COUNTIES_FILE = "klass-104-codes.json"
CHANGES_FILE = "klass-131-changes.json"
VERSIONS_FILE = "klass-128-versions.json"
CENTRALITY_FILE = "klass-131-128.json"


def ask(day: datetime.date, since: datetime.date) -> dict[str, Answer]:
    """The answers of Klass by file name: the municipalities and counties in force on `day`, what has changed among the
    municipalities after `since` up to and including `day`, the editions of the centrality index, and the centrality of
    each municipality on `day`.

    Raises what `conversation` raises.
    """
    import klass
    from klass import config

    on = day.isoformat()
    # Klass counts the first day of a period in and the last one out.
    first, end = (since + datetime.timedelta(days=1)).isoformat(), (day + datetime.timedelta(days=1)).isoformat()
    questions: dict[str, Callable[[], object]] = {
        CODES_FILE: lambda: klass.codes_at(MUNICIPALITIES, on),
        COUNTIES_FILE: lambda: klass.codes_at(COUNTIES, on),
        CHANGES_FILE: lambda: klass.changes(MUNICIPALITIES, first, end),
        VERSIONS_FILE: lambda: klass.classification_by_id(CENTRALITY),
    }
    settings: Any = config
    public = settings.BASE_URL
    settings.BASE_URL = f"{KLASS.url}/"
    try:
        answers = {name: _answer(question) for name, question in questions.items()}
        try:
            answers[CENTRALITY_FILE] = _answer(lambda: klass.corresponds_at(MUNICIPALITIES, CENTRALITY, on))
        except NotThereError:  # a correspondence may be kept from the other side only
            answers[CENTRALITY_FILE] = _answer(lambda: klass.corresponds_at(CENTRALITY, MUNICIPALITIES, on))
        return answers
    finally:
        settings.BASE_URL = public


def _answer(question: Callable[[], object]) -> Answer:
    with conversation(KLASS) as answers:
        question()
    return answers[-1]
