"""Where a result comes from: the way through the cells of a notebook, read from their code.

`names` tells what a statement reads and defines, `program` which statements a result depends on, `inputs` which data
files a notebook reads, and `indicators` how an indicator goes from answers to grade. Nothing is executed.
"""

from digikom.derivation.program import Cell, CodeError, Program, Step, code_cells, read_program

__all__ = ["Cell", "CodeError", "Program", "Step", "code_cells", "read_program"]
