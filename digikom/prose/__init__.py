"""Numbers and claims that were typed into the words of the report, and that no cell has computed.

`typed_texts` reads what was typed in the sources of all editions (pages, text cells, texts in code, files of words; a
Markdown source by `markdown`), and `loose` lists the digits and direction words in it that `book/prose/allowed.yml`
does not allow with a reason. `style` lists the words that `book/prose/style.yml` has a better one for.
"""

from digikom.prose.loose import find_loose, require_computed_prose
from digikom.prose.style import find_style, require_style

__all__ = ["find_loose", "find_style", "require_computed_prose", "require_style"]
