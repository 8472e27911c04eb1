"""Municipalities by year: the register, the size classes and the boundaries of the division in force, and the changes
from one division to the next.
"""

from digikom.geography.boundaries import boundaries_path, topology
from digikom.geography.lineage import CHANGES, changes, elsewhere, kinds_of_change
from digikom.geography.registers import (
    CENTRALITY_CLASSES,
    Division,
    areas,
    division,
    divisions,
    other_names,
    register,
    size_classes,
)

__all__ = [
    "CENTRALITY_CLASSES",
    "CHANGES",
    "Division",
    "areas",
    "boundaries_path",
    "changes",
    "division",
    "divisions",
    "elsewhere",
    "kinds_of_change",
    "other_names",
    "register",
    "size_classes",
    "topology",
]
