"""The figures of many checklists, summed up the tree and laid out as a table. Plain values, no models."""

from measures.rollup.matrix import FIGURES, Cell, Figure, Matrix, Part, Row, Spread
from measures.rollup.tree import Tally, Unit, roll_up

__all__ = ["FIGURES", "Cell", "Figure", "Matrix", "Part", "Row", "Spread", "Tally", "Unit", "roll_up"]
