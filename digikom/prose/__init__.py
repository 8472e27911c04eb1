"""Numbers and claims that were typed into the words of the report, and that no cell has computed.

`typed_texts` reads what was typed in the sources of all editions (pages, text cells, texts in code, files of words; a
Markdown source by `markdown`), and `loose` lists the digits and direction words in it that `book/prose/allowed.yml`
does not allow with a reason.
"""

from digikom.prose.loose import find_loose, require_computed_prose

__all__ = ["find_loose", "require_computed_prose"]
