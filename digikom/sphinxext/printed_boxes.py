"""What is printed and the synthetic answers give up, beside the text on the subject: the directive `{trykt}`.

```{trykt} C039 P051``` names statements in words and printed figures (`data/published/`). The replication chapter
publishes a phrase for each that its numbers contradict, so the box has those only; of real answers there is none.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx

from digikom import survey

from . import texts
from .elements import ReportDirective
from .payloads import ENGLISH, Register

PHRASE = "printed-{}".format
TABLES = "tab-claims", "tab-replication"


def box(register: Register, asked: str) -> str:
    """The box in MyST, or nothing: the phrase of each id that has one, and the table that it is in."""
    names, _, form = (part.strip() for part in asked.partition("|"))
    see = texts.SEE_COMPARISON_ENGLISH if form == ENGLISH else texts.SEE_COMPARISON
    paragraphs = []
    for name in names.split():
        key, place = PHRASE(name.lower()), _table_of(register, name)
        if key in register.wordings:
            phrase = f"{{ord}}`{key}{f'|{form}' if form else ''}`."
            paragraphs.append(f"{phrase} {see(place)}" if place else phrase)
    if not paragraphs:
        return ""
    title = texts.PRINTED_OTHERWISE_ENGLISH if form == ENGLISH else texts.PRINTED_OTHERWISE
    return "\n".join([f"```{{admonition}} {title}", ":class: caution", "\n\n".join(paragraphs), "```"])


def _table_of(register: Register, name: str) -> str:
    """The key of the table with the row of a statement or printed figure."""
    for key, entry in register.tables.items():
        if key.startswith(TABLES) and any(f"({name}, " in str(row[0]) for row in entry.item.rows):
            return key
    return ""


class PrintedDirective(ReportDirective):
    """```{trykt} C039 P051``` is a box on those that the answers give up; «|en» after them, in English."""

    required_arguments, final_argument_whitespace = 1, True

    def run(self) -> list[nodes.Node]:
        """The box, or nothing."""
        asked, data_dir = self.arguments[0], self.report.data_dir
        known = {*survey.claims(data_dir)["id"], *survey.printed(data_dir)["id"]}
        if unknown := sorted(set(asked.partition("|")[0].split()) - known):
            return self.warn("nothing that is printed has the id %s", ", ".join(unknown))
        return self.parse_text_to_nodes(box(self.report.register, asked))


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("trykt", PrintedDirective)
