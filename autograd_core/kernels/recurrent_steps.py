"""What the recurrent layers share: how a sequence is walked, what fits, and one pass over its steps.

Imports NumPy, `jit`, `linear`, `vector`, `product_loops`, `recurrent_loops`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .jit import enabled
from .linear import linear
from .product_loops import ROWS
from .recurrent_loops import loops
from .vector import register_bytes

Array = np.ndarray[Any, Any]
Step = Callable[[int, int], None]  # (first row, rows) of a step

LOOP_FROM = 1 << 11
"""Gates of a whole sequence below which NumPy's passes cost less than a launch."""

BLOCK_WORK = 1 << 20
"""Multiplications of a whole sequence that a block should have: handing one to another thread costs as much as a tenth of them."""

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

    def after(self, dz: Array, states: Array, first: Array | None) -> Array:
        """dzᵀ times the states before: the gradient of the recurrent weight."""
        n = self.batch
        if not self.even or not self.total:
            return dz.T.dot(self.before(states, state(first, n, states.shape[1], states.dtype)))
        later, earlier, begin = (dz[:-n], states[n:], dz[-n:]) if self.reverse else (dz[n:], states[:-n], dz[:n])
        out: Array = later.T.dot(earlier)
        if first is not None:
            out += begin.T.dot(first)
        return out


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


def from_input(x: Array, w: Array, *biases: Array | None) -> Array:
    """x wᵀ + the sum of the biases, the part of the gates that comes from the inputs."""
    return np.ascontiguousarray(linear(x, w, bias_of(len(w), x.dtype, *biases)))


class Pass:
    """One pass over the steps, forward or backward: in one launch of compiled loops, or step by step in NumPy."""

    def __init__(self, steps: Steps, kind: str, backward: bool, gates: Array) -> None:
        self.steps, self.kind, self.backward = steps, kind, backward
        able = gates.size >= LOOP_FROM and gates.dtype in _TYPES and steps.batch > 0 and enabled() and register_bytes() > 0
        self.loops = loops(gates.dtype.name) if able else None

    def packed(self, w: Array | None, turn: bool) -> Array:
        """A weight as the loops take it: the (k, n) that they multiply by, or `turn`, (n, k). Empty where there is none."""
        assert self.loops is not None
        if w is None:
            return np.empty(0, self.loops.dtype)
        k, n = w.shape[::-1] if turn else w.shape
        out = np.empty(-(-n // self.loops.width) * self.loops.width * k, w.dtype)
        self.loops.packed(np.ascontiguousarray(w).reshape(-1), k, n, turn, out, self.loops.width)
        return out

    def launch(self, weights: Array, *inner: Any) -> None:
        """The compiled loop over all steps; `weights` say how much work a step is."""
        steps = self.steps
        blocks = max(1, min(-(-steps.batch // ROWS), steps.total * weights.size // BLOCK_WORK))
        tall = -(-steps.batch // (blocks * ROWS)) * ROWS
        kernel = getattr(self.loops, self.kind)[self.backward]
        kernel(-(-steps.batch // tall), tall, steps.reverse, *steps.arguments(), *inner)

    def walk(self, *parts: Step) -> None:
        """Each step in NumPy, part after part."""
        for start, b in self.steps.order[::-1] if self.backward else self.steps.order:
            for part in parts:
                part(start, b)
