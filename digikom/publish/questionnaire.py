"""What changed in a question between two survey years, told in words."""

from __future__ import annotations

import pandas as pd

from digikom.publish.names import quoted

#: What is said of the items of each kind of `Codebook.comparability`, in the order in which it is said.
_KINDS = {
    "new": "Nytt",
    "dropped": "Ikke lenger med",
    "series": "Stilt på en annen måte før",
    "new_categories": "Andre svar å velge mellom",
}


def changes_in_words(compared: pd.DataFrame) -> str:
    """«Nytt: «A» og «B». Ikke lenger med: «C».», from the rows of `Codebook.comparability`; empty when all is alike."""
    sentences = []
    for kind, words in _KINDS.items():
        labels = compared.loc[compared["kind"] == kind, "label_nb"]
        if len(labels):
            sentences.append(f"{words}: {quoted(labels)}.")
    return " ".join(sentences)
