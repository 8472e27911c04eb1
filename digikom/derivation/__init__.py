"""Where a result comes from, read from the code of a notebook: nothing is executed.

`dataflow` finds the statements that a result depends on, `inputs` the data files that a notebook reads, and
`indicators` how an indicator goes from answers to grade.
"""

from digikom.derivation.dataflow import Cell, CodeError, Program, Step, code_cells, read_program

__all__ = ["Cell", "CodeError", "Program", "Step", "code_cells", "read_program"]
