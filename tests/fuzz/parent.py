"""Starts workers, and starts them again behind a call that killed them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
DEATHS = 100  # after so many the rest is given up


def outcomes(names: list[str], who: str, seed: int = 0, count: int = 0) -> list[dict[str, Any]]:
    """A record of `count` calls of each of some functions (0: all that are known); `who`: "ours", or "both" with PyTorch.

    A call that ended the process has {"died": "SIGSEGV"} for the side that ran.
    """
    done: list[dict[str, Any]] = []
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "2", "PYTHONFAULTHANDLER": ""}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lines"
        skip = 0
        for _ in range(DEATHS):
            path.write_text("")
            command = [sys.executable, "-m", "tests.fuzz.worker", str(path), who, str(seed), str(count), str(skip), *names]
            ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
            lines = [json.loads(line) for line in path.read_text().splitlines() if line.endswith("}")]
            done += [line for line in lines if "begins" not in line]
            if ended.returncode == 0:
                return done
            last = lines[-1] if lines else {}
            if ended.returncode > 0 or "begins" not in last:
                raise RuntimeError(f"the worker itself failed: {ended.stderr[-3000:]}")
            death = signal.Signals(-ended.returncode).name
            done.append({**last, last["begins"]: {"died": death, "text": ended.stderr[-500:]}})
            skip = last["n"] + 1
    return done
