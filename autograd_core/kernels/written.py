"""Elementwise formulas as one compiled loop each: many operands in, many results out, one pass. Imports NumPy and its neighbours."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from .contract import array, contract, number
from .exponential import exp32, exp64
from .jit import CONTRACT, compiled
from .registers import widest

__all__ = ["formulas"]

Array = np.ndarray[Any, Any]

BLOCK = 1 << 14


@functools.cache
def formulas(lines: tuple[str, ...], results: tuple[str, ...], arrays: tuple[str, ...], numbers: tuple[str, ...]) -> Callable[..., list[Array]]:
    """A function (arrays in order, numbers in order) -> the results, arrays of the shape and type of the first.

    `lines` are assignments in Python over the names of arrays and numbers, `real(...)`, `np.sqrt` and `exp`; they may use nothing else.
    The caller sees to it that the arrays are C-contiguous float32 or float64, of one shape and type.
    """
    loops: dict[str, Any] = {}

    def run(given: list[Array], parameters: list[float]) -> list[Array]:
        first = given[0]
        kind = first.dtype.char
        loop = loops.get(kind)
        if loop is None:
            loop = loops[kind] = _make(lines, results, arrays, numbers, first.dtype)
        made = [np.empty(first.shape, first.dtype) for _ in results]
        flat = [v.reshape(-1) for v in (*given, *made)]
        loop(-(-first.size // BLOCK), *flat[: len(given)], *[float(v) for v in parameters], *flat[len(given) :])
        return made

    return run


def _make(lines: tuple[str, ...], results: tuple[str, ...], arrays: tuple[str, ...], numbers: tuple[str, ...], kind: np.dtype[Any]) -> Any:
    outs = [f"out{i}" for i in range(len(results))]
    source = [f"def written(lo, hi, {', '.join([*(f'all_{a}' for a in arrays), *(f'given_{p}' for p in numbers), *outs])}):"]
    source += ["    wide()"]
    source += [f"    in_{a} = all_{a}[lo * {BLOCK} : hi * {BLOCK}]" for a in arrays]
    source += [f"    to_{o} = {o}[lo * {BLOCK} : hi * {BLOCK}]" for o in outs]
    source += [f"    {p} = real(given_{p})" for p in numbers]
    source += [f"    for i in range(len(to_{outs[0]})):"]
    source += [f"        {a} = in_{a}[i]" for a in arrays]
    source += [f"        {line}" for line in lines]
    source += [f"        to_{o}[i] = {value}" for o, value in zip(outs, results, strict=True)]
    scope: dict[str, Any] = {"real": kind.type, "np": np, "wide": widest(), "exp": exp32 if kind.char == "f" else exp64, "__name__": __name__}
    exec(compile("\n".join(source), "<formula>", "exec"), scope)
    specs = {f"all_{a}": array("n", (kind.name,)) for a in arrays} | {f"given_{p}": number() for p in numbers}
    specs |= {o: array("n", (kind.name,), writes=True) for o in outs}
    return contract(f"(blocks - 1) * {BLOCK} < n", **specs)(compiled(scope["written"], parallel=True, fastmath=CONTRACT))
