"""What needs a process of its own, for each side: the time of the import, and the peak memory of training."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

from tests.bench.race import Result, side
from tests.bench.rows import ROWS, Row

ROOT = Path(__file__).parents[2]
IMPORT = "import time; start = time.process_time(); import {}; print(time.process_time() - start)"
WEIGH = "from tests.bench.apart import peak; print(peak({!r}, {!r}, {!r}, {}))"
PACKAGES = {"ours": "autograd_core", "torch": "torch"}


def apart(row: Row, rounds: int = 5) -> Result:
    """The row on both sides; the least of some rounds, None for a side that fails."""
    if row.kind == "import":
        return Result(row, 1, *(_least(IMPORT.format(package), rounds) for package in PACKAGES.values()))
    return Result(row, 1, *(_least(WEIGH.format(name, row.kind, row.name, min(rounds, 3)), min(rounds, 2)) for name in PACKAGES))


def _least(program: str, rounds: int) -> float | None:
    env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}  # as every import but the first
    found = []
    for _ in range(rounds):
        done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=env, capture_output=True, text=True)
        if done.returncode:
            return None
        found.append(float(done.stdout))
    return min(found)


def peak(name: str, kind: str, title: str, steps: int = 3) -> float | None:
    """Bytes in use at the peak of some steps of a row, for "memory" over what the process holds after the import."""
    row = next(r for r in ROWS if (r.kind, r.name) == (kind, title))
    library = side(name)
    if library is None:
        return None
    before = _status("VmRSS") if kind == "memory" else 0.0
    run = library.program(row)
    for _ in range(steps - 1):
        run()
    return _status("VmHWM") - before


def _status(field: str) -> float:
    """A field of Linux's process status in bytes. Its peak is that of this program: ru_maxrss knows the parent's too."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) * (1 if sys.platform == "darwin" else 1024)
    return float(next(line for line in lines if line.startswith(field)).split()[1]) * 1024
