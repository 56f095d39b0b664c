"""Kernels: arrays in, arrays out. They import NumPy and each other, and Numba lazily through `jit`.

Each is a plain NumPy reference and, where a loop pays, a Numba loop that is checked against it.
"""

from .memory import keep_pages

keep_pages()
