"""How wide a text is in Liberation Sans, where it must be divided to have room, and how labels are kept apart.

The widths are those of Helvetica and Arial, which Liberation Sans has too, in parts of the font size.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_UPRIGHT = {
    0.191: "'",
    0.222: "ijl‘’",
    0.278: " .,:;!/\\|[]ftI\N{NO-BREAK SPACE}",
    0.333: "()-r`·“”",
    0.355: '"',
    0.389: "*",
    0.5: "ckvsxyzJ",
    0.556: "abdeghnopquåäéèáàêüñ0123456789?#$_L«»–§",
    0.584: "+<=>~−",
    0.611: "øßFTZ",
    0.667: "ABEKPSVXY&ÅÄ",
    0.722: "CDHNRUwÉ",
    0.778: "GOQØÖ",
    0.833: "mM",
    0.889: "æ%",
    0.944: "W",
    1.0: "Æ—…",
    1.015: "@",
}
_BOLD = {
    0.238: "'",
    0.278: " .,/\\|ijlI‘’\N{NO-BREAK SPACE}",
    0.333: "()-:;![]ft`·",
    0.389: "*r",
    0.474: '"',
    0.5: "z“”",
    0.556: "aceksvxyåäéèáàêJ0123456789#$_«»–§",
    0.584: "+<=>~−",
    0.611: "bdghnopquøßüñ?FLTZ",
    0.667: "EPSVXYÉ",
    0.722: "ABCDHKNRU&ÅÄ",
    0.778: "GOQØÖw",
    0.833: "M",
    0.889: "mæ%",
    0.944: "W",
    0.975: "@",
    1.0: "Æ—…",
}


#: Width by letter, upright and bold.
_WIDTHS = {
    bold: {letter: width for width, letters in widths.items() for letter in letters}
    for bold, widths in ((False, _UPRIGHT), (True, _BOLD))
}
#: For a letter in neither table: no letter of a European language is wider.
_WIDEST = 1.03


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Pixels that `text` takes on one line in a font of `size` pixels."""
    return size * sum(_WIDTHS[bold].get(letter, _WIDEST) for letter in text)


def is_measured(text: str, *, bold: bool = False) -> bool:
    """Whether the width of every letter is known, and not only how wide it is at most."""
    return all(letter in _WIDTHS[bold] for letter in text)


def wrapped(text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """`text` in lines no wider than `room` pixels, divided between words; a word wider than that is itself divided."""
    lines: list[str] = []
    for word in _fitting_words(text, size, room, bold=bold):
        if lines and text_width(f"{lines[-1]} {word}", size, bold=bold) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _fitting_words(text: str, size: float, room: float, *, bold: bool) -> Iterator[str]:
    # Not at no-break spaces, where split() without an argument would divide as well.
    for word in filter(None, text.replace("\n", " ").split(" ")):
        piece = ""
        for letter in word:
            if piece and text_width(piece + letter, size, bold=bold) > room:
                yield piece
                piece = ""
            piece += letter
        yield piece


def moved_apart(wanted: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Where the middle of each thing is so that none covers another, each as near as can be to where it is wanted.

    Things that would overlap are close together about the middle of their wishes, in the order of these; so do groups
    of such things, until none overlap (pooling of adjacent violators, as in isotonic regression).
    """

    def ends(group: Sequence[int]) -> tuple[float, float]:
        """Top and foot of things that are close together, each on average where it is wanted."""
        used, tops = 0.0, []
        for one in group:
            tops.append(wanted[one] - heights[one] / 2 - used)
            used += heights[one]
        top = sum(tops) / len(tops)
        return top, top + used

    groups: list[list[int]] = []
    for one in sorted(range(len(wanted)), key=wanted.__getitem__):
        groups.append([one])
        while len(groups) > 1 and ends(groups[-2])[1] > ends(groups[-1])[0]:
            groups[-2:] = [groups[-2] + groups[-1]]
    middles = [0.0] * len(wanted)
    for group in groups:
        top = ends(group)[0]
        for one in group:
            middles[one] = top + heights[one] / 2
            top += heights[one]
    return middles
