"""No loose numbers: what is typed by hand into the words of the report, and what no cell has computed.

Reads the sources of all editions - pages, the editions' own words, the text cells of notebooks and the texts in their
code cells - and lists digits and direction words (`book/prose/direction_words.yml`) that neither a role nor a
comparison in a cell stands behind, and that `book/prose/allowed.yml` does not allow with a reason.
"""

from digikom.prose.check import find_loose, require_computed_prose

__all__ = ["find_loose", "require_computed_prose"]
