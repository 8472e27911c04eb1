"""The interface of the book in Norwegian bokmål.

No value of Sphinx' `language` does it alone: Sphinx has `nb_NO`, the book theme and togglebutton have `no` (partly
translated by machine), the theme below the book theme has no Norwegian. The catalogues here are the report's own;
Sphinx' `nb_NO` stands behind them.
"""

from __future__ import annotations

import json
from pathlib import Path

import sphinx
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from sphinx import locale
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging

from . import texts

LOGGER = logging.getLogger(__name__)
LANGUAGE = "nb"
SEARCH_LANGUAGE = "no"
SPHINX_FALLBACK = "nb_NO"
SOURCE_DIR = Path(__file__).parent / "locale"
CATALOGUES = ("sphinx", "booktheme", "togglebutton")
SCRIPT_CATALOGUE = "sphinx_js"

NUMFIG_FORMAT = {
    "figure": f"{texts.FIGURE_NAME} %s",
    "table": f"{texts.TABLE_NAME} %s",
    "code-block": "Kode %s",
    "section": "Kapittel %s",
}

SCRIPT_TEXTS: dict[str, tuple[tuple[str, str], ...]] = {
    "copybutton.js": (
        ("'copy': 'Copy'", "'copy': 'Kopier'"),
        ("'copy_to_clipboard': 'Copy to clipboard'", "'copy_to_clipboard': 'Kopier til utklippstavlen'"),
        ("'copy_success': 'Copied!'", "'copy_success': 'Kopiert'"),
        ("'copy_failure': 'Failed to copy'", "'copy_failure': 'Kunne ikke kopiere'"),
    ),
    "togglebutton.js": (('aria-label="Toggle hidden content"', 'aria-label="Vis eller skjul innholdet"'),),
}
"""Texts inside scripts that have no catalogue for them: file below `_static`, English, Norwegian."""


def read_catalogue(name: str) -> Catalog:
    """Read one of our `.po` files."""
    with (SOURCE_DIR / LANGUAGE / "LC_MESSAGES" / f"{name}.po").open("rb") as file:
        return read_po(file, locale=LANGUAGE, domain=name)


def compile_catalogues(folder: Path) -> Path:
    """Compile the catalogues into `folder` (never beside their sources) and give the folder of locales."""
    target = folder / "digikom-locale"
    messages = target / LANGUAGE / "LC_MESSAGES"
    messages.mkdir(parents=True, exist_ok=True)
    for name in CATALOGUES:
        with (messages / f"{name}.mo").open("wb") as file:
            write_mo(file, read_catalogue(name))
    (messages / "sphinx.js").write_text(_script_catalogue(), encoding="utf-8")
    return target


def _script_catalogue() -> str:
    """The texts of the search page in the form that Sphinx' scripts read."""
    catalogue = read_catalogue(SCRIPT_CATALOGUE)
    messages = {}
    for message in catalogue:
        if message.id:
            name = message.id[0] if isinstance(message.id, tuple | list) else message.id
            messages[name] = message.string
    content = {"locale": LANGUAGE, "messages": messages, "plural_expr": "(n != 1)"}
    return f"Documentation.addTranslations({json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)});\n"


def configure(app: Sphinx, config: Config) -> None:
    """Set the language and every text that is a configuration value, before other extensions read theirs."""
    target = compile_catalogues(Path(app.doctreedir))
    config.language = LANGUAGE
    config.locale_dirs = [str(target), *config.locale_dirs]
    config.html_search_language = SEARCH_LANGUAGE
    config.numfig = True
    config.numfig_secnum_depth = 1
    config.numfig_format = NUMFIG_FORMAT | dict(config.overrides.get("numfig_format", {}))
    config.nb_code_prompt_show = texts.SHOW_CALCULATION
    config.nb_code_prompt_hide = texts.HIDE_CALCULATION
    for name, text in (("togglebutton_hint", "Vis"), ("togglebutton_hint_hide", "Skjul")):
        if name in config:
            setattr(config, name, text)
    # What `language` was when Sphinx began has already been loaded; start over with our own first.
    for name in CATALOGUES:
        locale.translators.pop(("general", name), None)
        locale.init([str(target)], LANGUAGE, name)
    app.translator, _ = locale.init([str(Path(sphinx.__file__).parent / "locale")], SPHINX_FALLBACK)


def translate_scripts(static: Path) -> None:
    """Put Norwegian into the copied scripts that have no catalogue. Warns when a text is no longer there."""
    for name, pairs in SCRIPT_TEXTS.items():
        path = static / name
        script = path.read_text(encoding="utf-8") if path.exists() else None
        if script is None:
            continue
        for english, norwegian in pairs:
            if english not in script:
                LOGGER.warning("%s no longer holds %r; look up what it says now", name, english)
            script = script.replace(english, norwegian)
        path.write_text(script, encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Configure early."""
    app.connect("config-inited", configure, priority=50)
