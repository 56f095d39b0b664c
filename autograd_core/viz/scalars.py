"""A pass element by element, as a lecture steps numbers: the places inside of a step's contributions. Imports passes."""

from __future__ import annotations

import numpy as np

from .passes import Pass, dense
from .readings import step_word

LIMIT = 20_000  # elements of a pass: more than anybody steps through

Place = tuple[int, tuple[int, ...]]  # (which input, which element of its gradient)


class Elements:
    """The elements of every step's contributions, input by input and row by row. A place is (k, e): e elements of step k have gone on.

    ValueError for a pass of more than 20,000 elements.
    """

    def __init__(self, run: Pass) -> None:
        self.run = run
        self.counts = [sum(part[2].size for part in step.parts if part is not None) for step in run.steps]
        total = sum(self.counts)
        if total > LIMIT:
            most = max(range(len(self.counts)), key=self.counts.__getitem__)
            raise ValueError(
                f"granularity='scalar' goes element by element: this pass has {total:,} elements, more than {LIMIT:,}; most of them, "
                f"{self.counts[most]:,}, in step {most + 1} ({step_word(run.steps[most])}). Take a smaller input or batch, or "
                "granularity='op', where explain(index) shows any one element"
            )

    def count(self, k: int) -> int:
        """How many elements step k sends on."""
        return self.counts[k - 1] if k else 0

    def after(self, k: int, e: int) -> tuple[int, int]:
        """The next place; the end's is itself."""
        if e < self.count(k):
            return k, e + 1
        return (k + 1, min(1, self.counts[k])) if k < len(self.counts) else (k, e)

    def before(self, k: int, e: int) -> tuple[int, int]:
        """The place before; the seed's is itself."""
        if e > 1:
            return k, e - 1
        return (k - 1, self.count(k - 1)) if k else (0, 0)

    def place(self, k: int, e: int) -> Place | None:
        """The element that went on last at a place, None where the step sends nothing."""
        left = e - 1
        for slot, part in enumerate(self.run.steps[k - 1].parts if k and e else ()):
            if part is not None:
                if left < part[2].size:
                    shape = dense(self.run.arrays(k)[1][slot]).shape
                    return slot, tuple(int(i) for i in np.unravel_index(left, shape))
                left -= part[2].size
        return None

    def gradient(self, value: int, k: int, e: int) -> np.ndarray | None:
        """The gradient of a value at a place: what had arrived before step k, and the elements that have gone on since; None before any."""
        total = self.run.gradient(value, max(k - 1, 0))
        left = e
        for slot, part in enumerate(self.run.steps[k - 1].parts if k else ()):
            if part is None:
                continue
            gone = min(left, part[2].size)
            left -= gone
            if part[0] == value and gone:
                given = dense(self.run.arrays(k)[1][slot])
                had = np.zeros(given.shape, given.dtype) if total is None else np.array(total)
                had.reshape(-1)[:gone] += given.reshape(-1)[:gone]
                total = had
        return total
