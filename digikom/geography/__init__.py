"""Municipalities by year: the register, the size classes and the boundaries of the division in force."""

from digikom.geography.boundaries import boundaries_path, topology
from digikom.geography.registers import CENTRALITY_CLASSES, Division, division, divisions, register, size_classes

__all__ = [
    "CENTRALITY_CLASSES",
    "Division",
    "boundaries_path",
    "division",
    "divisions",
    "register",
    "size_classes",
    "topology",
]
