"""Times two programs against each other: interleaved rounds in one process, the same threads, the minimum of each."""

from __future__ import annotations

import gc
import importlib
import math
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.bench.rows import Row

Run = Callable[[], Any]

SLICE = 0.002  # seconds that one measurement should take: long against the clock, short against other programs
TURN = 0.02  # seconds of one side before the other takes over, on several threads
SETTLE = 0.03
"""Seconds that a side runs untimed at the start of its turn on several threads.

When work ends, the other library's threads go on waiting for more at full speed, on the core that this side's second thread needs:
PyTorch's (GOMP) for 0.9 ms, ours (OpenBLAS) for 12 ms of the next 20. Telling them to sleep at once (OMP_WAIT_POLICY=passive) would be no
fairer: PyTorch's addition of a million numbers takes 345 µs then instead of 143, a product of 512×512 1095 instead of 822.
"""


class Result(NamedTuple):
    """What a row came to on a number of threads, in seconds or bytes; None where a side is missing or failed, with what it said."""

    row: Row
    threads: int
    ours: float | None
    theirs: float | None
    said: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours divided by PyTorch's: below 1 is ahead."""
        return self.ours / self.theirs if self.ours and self.theirs else None


class Side:
    """One of the libraries, under the names that the rows use."""

    def __init__(self, core: Any, name: str, data: Any) -> None:
        self.core, self.name = core, name
        self.names = {"T": core, "nn": core.nn, "F": core.nn.functional, "optim": core.optim, "data": data}

    def program(self, row: Row) -> Run:
        """The row's statement as a function, after its setup has run."""
        scope = dict(self.names)
        self.core.manual_seed(0)
        exec(row.setup, scope)
        exec(f"def run():\n    {row.statement}", scope)
        run: Run = scope["run"]
        run()
        return run


def side(name: str) -> Side | None:
    """The side called "ours" or "torch"; None where PyTorch is not installed."""
    if name == "ours":
        return Side(importlib.import_module("autograd_core"), name, importlib.import_module("data"))
    try:
        torch = importlib.import_module("torch")
    except ImportError:
        return None
    importlib.import_module("torch.optim")
    return Side(torch, name, importlib.import_module("torch.utils.data"))


def sides() -> tuple[Side, Side | None]:
    """Ours, and PyTorch where it is installed."""
    ours = side("ours")
    assert ours is not None
    return ours, side("torch")


def measure(run: Run, count: int) -> float:
    """Seconds of one call, over `count` calls in a row."""
    calls = range(count)
    start = time.perf_counter()
    for _ in calls:
        run()
    return (time.perf_counter() - start) / count


def race(row: Row, threads: int, ours: Side, theirs: Side | None, seconds: float) -> Result:
    """The least time of each side over rounds in which they take turns; the turns change ends every round."""
    for one in filter(None, (ours, theirs)):
        one.core.set_num_threads(threads)
    said, runs = "", {}
    for one in filter(None, (ours, theirs)):
        try:
            runs[one.name] = one.program(row)
        except Exception as error:  # an op that one side lacks is an empty cell, not the end of the table
            said += f"{one.name}: {type(error).__name__}: {str(error)[:100]}"
    best = dict.fromkeys(runs, math.inf)
    if runs:
        _take_turns(runs, best, seconds, threads > 1)
    return Result(row, threads, best.get("ours"), best.get("torch"), said)


def _take_turns(runs: dict[str, Run], best: dict[str, float], seconds: float, settle: bool) -> None:
    order, count = list(runs), 1
    if seconds > 0:
        slowest = max(min(measure(run, 1) for _ in range(2)) for run in runs.values())
        count = max(1, int(SLICE / max(slowest, 1e-9)))
    gc.collect()
    gc.disable()
    try:
        end = time.perf_counter() + seconds
        while True:
            for name in order:
                best[name] = min(best[name], _turn(runs[name], count, settle))
            order.reverse()
            if time.perf_counter() > end:
                break
            gc.collect(0)
    finally:
        gc.enable()


def _turn(run: Run, count: int, settle: bool) -> float:
    """The least time of one side's turn: one measurement, or those of a longer turn after it has settled."""
    if not settle:
        return measure(run, count)
    now = time.perf_counter()
    settled, end = now + SETTLE, now + SETTLE + TURN
    while time.perf_counter() < settled:
        run()
    best = measure(run, count)
    while time.perf_counter() < end:
        best = min(best, measure(run, count))
    return best
