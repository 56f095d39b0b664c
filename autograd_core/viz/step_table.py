"""Tables of the stepper's page: rows without repetitions, rows as columns, numbers with so many digits. Imports nothing."""

from __future__ import annotations

import math
from typing import Any


class Table:
    """A list without repetitions: `at(x)` is the place of x."""

    def __init__(self) -> None:
        self.rows: list[Any] = []
        self._places: dict[Any, int] = {}

    def at(self, row: Any, key: Any = None) -> int:
        """The place of a row, added when it is new; `key` stands for it in comparisons."""
        key = row if key is None else key
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = len(self.rows)
            self.rows.append(row)
        return place

    def known(self, key: Any) -> int | None:
        """The place of what stands there already."""
        return self._places.get(key)


def columns(rows: list[list[Any]]) -> list[list[Any]]:
    """Rows of equal length as columns, which pack better."""
    return [list(column) for column in zip(*rows, strict=True)]


def rounded(x: float, digits: int = 9) -> float | str:
    """So many digits, nine by default: enough for what the equations promise. NaN and infinity as text."""
    return float(f"{x:.{digits}g}") if math.isfinite(x) else str(x)
