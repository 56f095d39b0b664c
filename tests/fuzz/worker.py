"""Runs the calls of some functions in a process of its own, which may die: `python -m tests.fuzz.worker out.jsonl both seed count skip name ...`.

Every call writes a line before it begins and one when it has ended, so that the parent knows what a death was about.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from . import right_calls, sides
from .bad_calls import Call

SECONDS = {"ours": 20, "theirs": 3}  # of processor time: a kernel may have to be compiled first; what is slow twice is reported
SLOW = 1.0
SPARE = 2 << 30  # bytes of address space beyond what the libraries take
RANDOM = {"rand", "randn", "randint", "randperm", "rand_like", "randn_like", "randint_like", "normal", "bernoulli", "multinomial", "poisson", "binomial",
          "uniform_", "normal_", "bernoulli_", "exponential_", "random_", "geometric_", "cauchy_", "log_normal_", "empty", "empty_like", "new_empty",
          "rrelu", "dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout", "feature_dropout", "gumbel_softmax"}  # fmt: skip


def guard() -> None:
    """No absurd allocation, no core file, death after SECONDS without a sign of life."""
    if sys.platform == "linux":
        limit = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize() + SPARE
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)


def tensors_in(value: Any, side: sides.Side) -> list[Any]:
    """The tensors of a result, in order."""
    if isinstance(value, (list, tuple)):
        return [t for part in value for t in tensors_in(part, side)]
    return [value] if isinstance(value, side.root.Tensor) else []


def attempt(side: sides.Side, name: str, call: Call) -> tuple[dict[str, Any], list[np.ndarray]]:
    """What a call did: what it made or raised, what it warned of, whether it changed an input, how long it took."""
    made: list[tuple[Any, np.ndarray]] = []
    values: list[np.ndarray] = []
    args = [side.make(a, made) for a in call.args]
    kwargs = {k: side.make(v, made) for k, v in call.kwargs.items()}
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        start = time.process_time()
        try:
            result = side.function(name)(*args, **kwargs)
            found = tensors_in(result, side)
            out: dict[str, Any] = {"made": [[list(t.shape), side.dtype(t)] for t in found], "kind": type(result).__name__}
            values = [side.plain(t) if t.numel() < 1000 else np.zeros(0) for t in found]
        except Exception as error:
            said = "\n".join([str(error), *getattr(error, "__notes__", ())])
            kind = type(error)
            out = {"raised": kind.__name__, "mro": [c.__name__ for c in kind.__mro__], "text": said[:800], "room": kind.__module__}
        out["seconds"] = time.process_time() - start
    out["warned"] = [[w.category.__name__, str(w.message)[:300]] for w in heard]
    short = name.rpartition(".")[2]
    changing = short.endswith("_") or short == "__setitem__" or "inplace" in call.kwargs or call.kwargs.get("out") is not None
    out["mutated"] = not changing and not all(same(side.plain(t), a) for t, a in made)
    return out, values


def same(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether an input is what it was."""
    return a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")


def difference(name: str, mine: list[np.ndarray], theirs: list[np.ndarray]) -> str | None:
    """Where two results of equal shapes and types differ."""
    if name.rpartition(".")[2] in RANDOM:
        return None
    for a, b in zip(mine, theirs, strict=False):
        if a.shape == b.shape and a.dtype == b.dtype:
            tolerance = {"float16": 2e-2, "float32": 1e-4}.get(str(a.dtype), 1e-7)
            with np.errstate(all="ignore"):
                scale = np.abs(b[np.isfinite(b)]).max(initial=1.0) if b.dtype.kind == "f" else 1.0
            if a.dtype.kind == "f" and not np.allclose(a, b, rtol=tolerance, atol=tolerance * scale, equal_nan=True):
                return f"{a.ravel()[:6].tolist()} against {b.ravel()[:6].tolist()}"
            if a.dtype.kind != "f" and not np.array_equal(a, b):
                return f"{a.ravel()[:6].tolist()} against {b.ravel()[:6].tolist()}"
    return None


def run(path: str, who: str, seed: int, count: int, skip: int, names: list[str]) -> None:
    """The calls of the functions from number `skip` on."""
    both = [sides.ours(), sides.torch()] if who == "both" else [sides.ours()]
    calls = [(name, call) for name in names for call in right_calls.calls(name, seed, count)]
    guard()
    with open(path, "a", buffering=1) as lines:
        for number, (name, call) in enumerate(calls[skip:], skip):
            record: dict[str, Any] = {"n": number, "name": name, "wrong": call.wrong, "call": repr(call)[:300]}
            kept = []
            for side_name, side in zip(("ours", "theirs"), both, strict=False):
                lines.write(json.dumps({**record, "begins": side_name}) + "\n")
                signal.setitimer(signal.ITIMER_PROF, SECONDS[side_name])
                record[side_name], values = attempt(side, name, call)
                if record[side_name]["seconds"] > SLOW and side_name == "ours":
                    record[side_name], values = attempt(side, name, call)
                kept.append(values)
            if len(kept) == 2 and "made" in record["ours"] and record["ours"]["made"] == record["theirs"].get("made"):
                record["differs"] = difference(name, *kept)
            signal.setitimer(signal.ITIMER_PROF, 0)
            lines.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    _, path, who, seed, count, skip, *names = sys.argv
    run(path, who, int(seed), int(count), int(skip), names)
