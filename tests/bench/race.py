"""Times two programs against each other: interleaved rounds in one process, the same threads, the minimum of each."""

from __future__ import annotations

import gc
import importlib
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from tests.bench.rows import Row

ROOT = Path(__file__).parents[2]
SLICE = 0.002  # seconds that one measurement should take: long against the clock, short against other programs


class Result(NamedTuple):
    """Seconds of a row on a number of threads; None where a side is missing or failed, with what it said."""

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

    def program(self, row: Row) -> Callable[[], Any]:
        """The row's statement as a function, after its setup has run."""
        scope = dict(self.names)
        self.core.manual_seed(0)
        exec(row.setup, scope)
        exec(f"def run():\n    {row.statement}", scope)
        run: Callable[[], Any] = scope["run"]
        run()
        return run


def sides() -> tuple[Side, Side | None]:
    """Ours, and PyTorch where it is installed."""
    ours = Side(importlib.import_module("autograd_core"), "ours", importlib.import_module("data"))
    try:
        torch = importlib.import_module("torch")
    except ImportError:
        return ours, None
    importlib.import_module("torch.optim")
    return ours, Side(torch, "torch", importlib.import_module("torch.utils.data"))


def measure(run: Callable[[], Any], count: int) -> float:
    """Seconds of one call, over `count` calls in a row."""
    calls = range(count)
    start = time.perf_counter()
    for _ in calls:
        run()
    return (time.perf_counter() - start) / count


def race(row: Row, threads: int, ours: Side, theirs: Side | None, seconds: float) -> Result:
    """The least time of each side over rounds in which they take turns; the turns change ends every round."""
    for side in filter(None, (ours, theirs)):
        side.core.set_num_threads(threads)
    said, runs = "", {}
    for side in filter(None, (ours, theirs)):
        try:
            runs[side.name] = side.program(row)
        except Exception as error:  # an op that one side lacks is an empty cell, not the end of the table
            said += f"{side.name}: {type(error).__name__}: {str(error)[:100]}"
    best = dict.fromkeys(runs, math.inf)
    if runs:
        _take_turns(runs, best, seconds)
    return Result(row, threads, best.get("ours"), best.get("torch"), said)


def _take_turns(runs: dict[str, Callable[[], Any]], best: dict[str, float], seconds: float) -> None:
    slowest = max(min(measure(run, 1), measure(run, 1)) for run in runs.values())
    count = max(1, int(SLICE / max(slowest, 1e-9)))
    order = list(runs)
    gc.collect()
    gc.disable()
    try:
        end = time.perf_counter() + seconds
        while True:
            for name in order:
                best[name] = min(best[name], measure(runs[name], count))
            order.reverse()
            if time.perf_counter() > end:
                break
            gc.collect(0)
    finally:
        gc.enable()


def import_time(name: str, rounds: int = 5) -> float | None:
    """Seconds of CPU that importing a package takes in a fresh interpreter, the least of some rounds; None if it cannot be imported."""
    program = f"import time; start = time.process_time(); import {name}; print(time.process_time() - start)"
    env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}  # as every import but the first
    times = []
    for _ in range(rounds):
        done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=env, capture_output=True, text=True)
        if done.returncode:
            return None
        times.append(float(done.stdout))
    return min(times)
