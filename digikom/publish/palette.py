"""Every colour that a picture may have, and its counterpart on a dark page.

A picture is drawn once, for white paper. On a dark page a style sheet puts another colour in the place of each, since a
style sheet weighs more than the colours written into an SVG; so what is downloaded or printed stays as it was drawn.
"""

from __future__ import annotations

from collections.abc import Sequence

PAGE, DARK_PAGE = "#ffffff", "#121212"

#: Text, axis lines and the lines behind the bars.
INK, LINE, GRID = "#274247", "#7c8b90", "#d5dde0"

#: The edition's own year stands out; the year that it is compared with is grey.
TARGET_COLOUR, REFERENCE_COLOUR = "#0b6b4a", "#7f8c90"
#: A fall, apart from a rise in hue and, by its side of the line, without colour too.
FALL_COLOUR = "#b45f06"

#: Series side by side, and a shape to each.
SERIES_COLOURS = ["#0b6b4a", "#c4650a", "#2f6fd0", "#7a2a78", "#6d7b80"]
SERIES_SHAPES = ["circle", "square", "diamond", "triangle-up", "cross"]

#: Ordered grades, light to dark, distinguishable by lightness alone.
GRADE_COLOURS = ["#c3e6cf", "#8fcfa6", "#57b17e", "#1f8f55", "#0b4f3b"]
#: Colours of a scale with two ends and a middle, and of the answers outside it.
OPPOSITES = ["#0b4f3a", "#3f9f74", "#d8dde0", "#e0a24a", "#9c4a00"]
OUTSIDE_COLOURS = ["#a9b4b8", "#6d7b80"]
#: A category apart from the two ends of `OPPOSITES`, on neither side.
APART_COLOUR = "#4b4a9e"

#: On maps: a municipality without an answer, the borders, and what lies under those of the counties.
NO_ANSWER_COLOUR, BORDER_COLOUR = "#fafafa", "#7c8b91"
COUNTY_BORDER_COLOUR, COUNTY_HALO_COLOUR = "#10191c", "#fefefe"
#: The line around each part of a divided bar and around bars side by side: it shows where a pale part ends.
OUTLINE_COLOUR = "#33474d"

#: Text on a coloured ground: black or white on paper, and black or white on the dark page. Whether both are the same
#: depends on the ground, so there is a colour for each of the four ways, no eye can tell the first and second of each
#: pair apart.
BLACK, BLACK_TO_WHITE = "#000000", "#000001"
WHITE, WHITE_TO_BLACK = "#ffffff", "#fffffe"

#: A scale in ordered colours is mixed of these; as many as a question may have answers.
MOST_SHADES = 9

_DARK_GRADES = ["#1c4636", "#20664a", "#2d8a63", "#4fb286", "#b3ecd0"]
_DARK_OPPOSITES = ["#a9e8cb", "#3f9f75", "#39434a", "#b9792c", "#f6bd7f"]
_DARK_OUTSIDE = ["#5f6c71", "#93a0a5"]
_DARK_SINGLE = {
    INK: "#d9e3e6",
    LINE: "#8b999e",
    GRID: "#3a4447",
    TARGET_COLOUR: "#4cc493",
    REFERENCE_COLOUR: "#7d898d",
    FALL_COLOUR: "#f0a04b",
    "#c4650a": "#f3b05f",
    "#2f6fd0": "#6f9cf5",
    "#7a2a78": "#e7a3e2",
    APART_COLOUR: "#9c9bf0",
    NO_ANSWER_COLOUR: "#1e2122",
    BORDER_COLOUR: "#8b999f",
    COUNTY_BORDER_COLOUR: "#f2f6f7",
    COUNTY_HALO_COLOUR: "#141414",
    OUTLINE_COLOUR: "#dfe7e9",
    BLACK: BLACK,
    BLACK_TO_WHITE: WHITE,
    WHITE: WHITE,
    WHITE_TO_BLACK: BLACK,
}


def shades(colours: Sequence[str], count: int) -> list[str]:
    """`count` colours from the first to the last of an ordered scale of `colours`, evenly spread between them.

    As many as there are gives the scale itself; more are mixed of their neighbours.
    """
    if count == len(colours):
        return list(colours)
    places = [(len(colours) - 1) * place / max(1, count - 1) for place in range(count)]
    return [_mixed(colours[int(at)], colours[min(int(at) + 1, len(colours) - 1)], at % 1) for at in places]


def _mixed(first: str, second: str, part: float) -> str:
    """The colour that lies the `part` (0-1) of the way from the `first` to the `second`."""
    ends = [[int(colour[start : start + 2], 16) for start in (1, 3, 5)] for colour in (first, second)]
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in zip(*ends, strict=True))


def _dark_scales() -> dict[str, str]:
    """Each shade of the ordered scales (and of every other grade), with the same shade of its dark counterpart."""
    pairs: dict[str, str] = {}
    for light, dark in (
        (GRADE_COLOURS, _DARK_GRADES),
        (GRADE_COLOURS[::2], _DARK_GRADES[::2]),
        (OPPOSITES, _DARK_OPPOSITES),
        (OUTSIDE_COLOURS, _DARK_OUTSIDE),
    ):
        for step in (1, -1):
            for count in range(1, MOST_SHADES + 1):
                pairs |= dict(zip(shades(light[::step], count), shades(dark[::step], count), strict=True))
    return pairs


#: Light colour to dark colour, both as «#rrggbb» in small letters.
DARK: dict[str, str] = {**_dark_scales(), **_DARK_SINGLE}


def dark_css(scope: str) -> str:
    """CSS rules that give the picture inside the selector `scope` the colours of a dark page; one line a rule."""
    rules = (
        f'{scope} [{attribute}="{light}"] {{ {attribute}: {dark}; }}\n'
        for light, dark in DARK.items()
        if light != dark
        for attribute in ("fill", "stroke")
    )
    return "".join(sorted(rules))


def luminance(colour: str) -> float:
    """Relative luminance (0-1) of «#rrggbb» as WCAG 2 defines it."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Contrast ratio (1-21) of two colours as WCAG 2 defines it."""
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def ink_on(colour: str) -> str:
    """The ink for text on `colour`: black or white, whichever stands out more, on paper and on the dark page alike.

    One of the two has at least 4.5:1 on any colour.
    """
    black_on_paper, black_on_dark = (
        contrast(BLACK, ground) > contrast(WHITE, ground) for ground in (colour, DARK.get(colour, colour))
    )
    if black_on_paper:
        return BLACK if black_on_dark else BLACK_TO_WHITE
    return WHITE_TO_BLACK if black_on_dark else WHITE
