"""What is raced: one line a row, a file a family. Each is Python text that runs under both libraries, with T, nn, F, optim and data
naming theirs."""

from __future__ import annotations

from . import arrays, conv, data, layers, models, optim, processes, products, small
from .row import Row, in_groups

__all__ = ["ROWS", "Row"]

FAMILIES = (small, arrays, conv, products, layers, models, optim, data, processes)
ROWS: list[Row] = in_groups([row for family in FAMILIES for row in family.ROWS])
