"""What the book is built from, for the pages that tell it.

The configuration value `digikom_facts` is set by `digikom build`. A book that is built without it states the facts of
the project that the extension belongs to, for the edition of the year that the notebooks are about.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

from sphinx.application import Sphinx

from digikom.editions.build_facts import BuildFacts, collect_facts

from .colophon import edition_facts

_FACTS: WeakKeyDictionary[Sphinx, BuildFacts] = WeakKeyDictionary()


def facts_of(app: Sphinx) -> BuildFacts:
    """The facts of the build in progress. Call it when the notebooks have been read."""
    if app not in _FACTS:
        given = app.config.digikom_facts
        _FACTS[app] = BuildFacts.model_validate(given) if given else _own_facts(app)
    return _FACTS[app]


def _own_facts(app: Sphinx) -> BuildFacts:
    edition = edition_facts(app.env)
    years = () if edition is None else edition.years
    return collect_facts(years, app.config.digikom_data_dir or None)


def setup(app: Sphinx) -> None:
    """Register the configuration. Which pages a change of it concerns is said in `reuse`, not left to Sphinx."""
    app.add_config_value("digikom_facts", {}, "", [dict])
