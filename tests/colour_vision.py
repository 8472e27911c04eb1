"""How far apart two colours are for people who see colours as most do, and for those who lack a kind of cone."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import numpy as np

#: What is left of a colour (linear RGB) without cones for long waves (protanopia) and for middle waves (deuteranopia).
#: Machado, Oliveira and Fernandes (2009), «A Physiologically-based Model for Simulation of Color Vision Deficiency»,
#: IEEE Transactions on Visualization and Computer Graphics 15(6), table 1, severity 1.0.
SEEN = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}

#: Linear sRGB to CIE XYZ, and the white of D65 (IEC 61966-2-1).
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = TO_XYZ.sum(axis=1)


def lab(colour: str, seen: str = "normal") -> np.ndarray:
    """CIE L*a*b* of «#rrggbb» as it is seen by people of a kind named in `SEEN`."""
    channels = np.array([int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(SEEN[seen] @ linear, 0, 1) / WHITE
    epsilon, kappa = 216 / 24389, 24389 / 27
    x, y, z = np.where(xyz > epsilon, np.cbrt(xyz), (kappa * xyz + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def distance(first: str, second: str, seen: str = "normal") -> float:
    """The difference ΔE of CIE 1976: 2.3 is just noticeable side by side."""
    return float(np.linalg.norm(lab(first, seen) - lab(second, seen)))


def least_distance(colours: Iterable[str]) -> tuple[float, str, str, str]:
    """The smallest distance between two of the colours for any kind of sight, with the pair and the kind."""
    pairs = itertools.combinations(colours, 2)
    return min((distance(first, second, seen), first, second, seen) for first, second in pairs for seen in SEEN)
