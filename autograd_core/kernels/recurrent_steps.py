"""What the recurrent layers share: how a sequence is walked, what fits, and one pass over the steps. Imports NumPy, `jit`, `recurrent_loops`."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .jit import enabled
from .recurrent_loops import loops

Array = np.ndarray[Any, Any]
Step = Callable[[int, int], None]  # (first row, rows) of a step

LOOP_FROM = 1 << 11
"""Gates of a whole sequence below which NumPy's passes cost less than a launch."""

OWN_BELOW = 1 << 17
"""Multiplications of a step below which a loop of our own costs less than a call of BLAS and a launch for every step."""

FEW = 4
"""Steps for which it does not pay to transpose the weights."""

_TYPES = (np.dtype(np.float32), np.dtype(np.float64))


class Steps:
    """How a sequence is walked: which rows belong to each step, and in which order the steps come."""

    def __init__(self, x: Array, sizes: Sequence[int] | None, reverse: bool, batch: int) -> None:
        each = (x.shape[1],) * x.shape[0] if sizes is None else tuple(sizes)
        self.count, self.sizes, self.batch, self.reverse = len(each), each, batch, reverse
        self.even = each.count(batch) == len(each)
        self.starts = [0, *itertools.accumulate(each)]
        self.total, rows = self.starts[-1], math.prod(x.shape[:-1])
        if self.total != rows or (not self.even and not 0 <= min(each) <= max(each) <= batch):
            raise RuntimeError(f"the batch sizes {list(each)} do not fit {rows} rows of input and a hidden state of {batch}")
        self.order = list(zip(self.starts, each, strict=False))[:: -1 if reverse else 1]

    def arguments(self) -> tuple[Array, Array]:
        """The arrays that the compiled loops take."""
        return np.array(self.starts[:-1], np.int64), np.array(self.sizes, np.int64)

    def before(self, states: Array, first: Array) -> Array:
        """The state that every row started from: `first` at the first step, then what the step before left."""
        out, n = np.empty_like(states), self.batch
        if self.even and self.count:
            head, tail = (out[-n:], out[:-n]) if self.reverse else (out[:n], out[n:])
            head[...] = first
            tail[...] = states[n:] if self.reverse else states[:-n] if n else states
            return out
        now = first.copy()
        for start, b in self.order:
            out[start : start + b] = now[:b]
            now[:b] = states[start : start + b]
        return out

    def last(self, states: Array, first: Array) -> Array:
        """The state that every sequence ends with."""
        now = first.copy()
        for start, b in self.order if not self.even else self.order[-1:]:
            now[:b] = states[start : start + b]
        return now


def rows_of(x: Array) -> Array:
    return np.ascontiguousarray(x.reshape(math.prod(x.shape[:-1]), x.shape[-1]))


def state(h: Array | None, batch: int, width: int, dtype: Any) -> Array:
    return np.zeros((batch, width), dtype) if h is None else np.array(h, dtype, order="C")


def checked(x: Array, w: Array, h: Array | None, sizes: Sequence[int] | None, name: str) -> int:
    """The batch size, after checking that the input fits the weights."""
    if x.dtype.kind != "f" and name != "rnn":
        raise NotImplementedError(f"{name} is not implemented for {x.dtype}: convert with .float() first")
    if x.ndim != (3 if sizes is None else 2) or w.ndim != 2 or x.shape[-1] != w.shape[1]:
        raise RuntimeError(
            f"{name} got an input of shape {x.shape} for weights of shape {w.shape}: the input's last size must be {w.shape[-1]}"
        )
    return h.shape[0] if h is not None else x.shape[1] if sizes is None else max(sizes, default=0)


def fits(name: str, **given: tuple[Array | None, tuple[int, ...]]) -> None:
    for label, (value, shape) in given.items():
        if value is not None and value.shape != shape:
            raise RuntimeError(f"{name} got {label} of shape {value.shape}, expected {shape}")


def bias_of(width: int, dtype: Any, *biases: Array | None) -> Array:
    out = np.zeros(width, dtype)
    for b in biases:
        if b is not None:
            out += b
    return out


def from_input(x: Array, w: Array, b: Array | None = None) -> Array:
    """x wᵀ + b, the part of the gates that comes from the inputs."""
    out: Array = x.dot(w.T)
    if b is not None:
        out += b
    return np.ascontiguousarray(out)


def _compiled(steps: Steps, gates: Array) -> bool:
    return gates.size >= LOOP_FROM and gates.dtype in _TYPES and steps.batch > 0 and enabled()


def _own(steps: Steps, w: Array) -> bool:
    return steps.batch * w.size < OWN_BELOW


class Pass:
    """One pass over the steps, forward or backward: whole in one launch, step by step between calls of BLAS, or in NumPy's own operations.

    `inner` are the arrays that the loop takes after those that say where the steps are; `plain(start, b)` is one step in NumPy.
    """

    def __init__(self, steps: Steps, kind: str, backward: bool, gates: Array, w: Array, whole: bool = True) -> None:
        self.steps, self.kind, self.backward, self.w = steps, kind, backward, w
        self.compiled = _compiled(steps, gates)
        self.own = self.compiled and whole and _own(steps, w)
        # the loops multiply by rows: forward with wᵀ
        self.weight = np.ascontiguousarray(w if backward else w.T) if self.own else np.ascontiguousarray(w)

    def run(self, inner: Sequence[Any], plain: Step, before: Step | None, after: Step | None) -> None:
        """Each step between what BLAS does `before` and `after` it; `plain` is a step in NumPy."""
        steps, launch = self.steps, None
        head: tuple[Any, ...] = ()
        if self.compiled:
            kernel = getattr(loops(inner[-1].dtype.name), self.kind)[self.backward]
            head = (steps.reverse, self.own, *steps.arguments())
            if self.own:
                kernel(0, steps.count, *head, *inner)
                return
            kernel.check(0, steps.count, *head, *inner)
            launch = kernel.kernel
        for s, (start, b) in enumerate(steps.order[::-1] if self.backward else steps.order):
            if before is not None:
                before(start, b)
            if launch is None:
                plain(start, b)
            else:
                launch(s, s + 1, *head, *inner)
            if after is not None:
                after(start, b)


def recurrent(h: Array, w: Array, z: Array, count: int) -> Step:
    """The call of BLAS before a forward step: z = h wᵀ."""
    wt, n = w.T, len(h)
    if count > FEW:
        wt = np.ascontiguousarray(wt)  # BLAS takes two thirds of the time that it takes with the view

    def product(start: int, b: int) -> None:
        if b == n:
            h.dot(wt, z)
        else:
            np.dot(h[:b], wt, out=z[:b])

    return product


def returning(dz: Array, w: Array, back: Array) -> Step:
    """The call of BLAS after a backward step: back = dz w."""

    def product(start: int, b: int) -> None:
        np.dot(dz[start : start + b], w, out=back[:b])

    return product
