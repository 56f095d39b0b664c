"""Anomaly mode: finds where a NaN or an infinity is born, in the forward pass as in the backward pass, and says so.

Imports frames, graph, tensor and anomaly_report. It costs nothing while it is off.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..frames import Mark, user_mark_within
from ..graph import Output, Region, Watch, thread
from ..tensor.base import Tensor
from .anomaly_report import Birth, backward_text, data_text, forward_text, loss_text

__all__ = ["detect_anomaly", "is_anomaly_check_nan_enabled", "is_anomaly_enabled", "set_detect_anomaly"]

Array = np.ndarray


def finite(array: Array) -> bool:
    """Whether all elements are ordinary numbers; integers always are."""
    return array.dtype.kind != "f" or bool(np.isfinite(array).all())


def arrays_in(values: Any) -> Iterator[Array]:
    """The arrays among the arguments of an op, those inside lists and tuples too; Python floats as 0-d arrays."""
    for value in values:
        if isinstance(value, Tensor):
            yield value.array
        elif isinstance(value, np.ndarray):
            yield value
        elif isinstance(value, float):
            yield np.asarray(value)
        elif isinstance(value, (list, tuple)):
            yield from arrays_in(value)


class Anomaly(Watch):
    """Notes the user's line on every node. With `check`, follows non-finite values from the op that made the first of them.

    A value that is not finite is no error yet: where() may throw it away. It becomes one when a backward pass starts
    from it, when a gradient turns NaN or infinite, or when it is still there, unused, at the end of the mode.
    """

    def __init__(self, check: bool, at_once: bool, inner: Any) -> None:
        self.check = check
        self.at_once = at_once
        self.inner = inner
        self.births: dict[int, tuple[weakref.ref[Array], Birth]] = {}
        self.unused: dict[int, Birth] = {}
        self.untaken: weakref.WeakKeyDictionary[Any, tuple[Any, Array]] = weakref.WeakKeyDictionary()

    # the forward pass

    def forward(self, op: Any, bound: tuple[Any, ...], results: Any) -> None:
        """See Watch."""
        if self.inner is not None:
            self.inner.forward(op, bound, results)
        mark, in_backward = user_mark_within()
        made = [t for t in ((results,) if isinstance(results, Tensor) else results) if isinstance(t, Tensor)]
        for t in made:
            node = t._node.source if type(t._node) is Output else t._node
            if node is not None and node.where is None and node.op is op:
                node.where = mark
        if not self.check or in_backward:
            return
        inputs = list(arrays_in(bound))
        for array in inputs:
            self.unused.pop(id(array), None)
        for t in made:
            if not finite(t.array):
                self._note(t.array, self._origin(op, bound, inputs, t.array, mark))

    def _origin(self, op: Any, bound: tuple[Any, ...], inputs: list[Array], out: Array, mark: Mark | None) -> Birth | None:
        """Where the trouble in a result comes from: an input's own origin, the data, or this op. None if infinities are not new."""
        for array in inputs:
            known = self._birth_of(array)
            if known is not None:
                return known
        nan = bool(np.isnan(out).any())
        for array in inputs:
            if array.dtype.kind == "f" and (np.isnan(array).any() if nan else not finite(array)):
                return Birth(data_text(op, bound, array, mark), data=True)
        birth = Birth(forward_text(op, bound, out, mark))
        if self.at_once:
            raise RuntimeError(birth.text)
        return birth

    def _birth_of(self, array: Array) -> Birth | None:
        found = self.births.get(id(array))
        return None if found is None or found[0]() is not array else found[1]

    def _note(self, array: Array, birth: Birth | None) -> None:
        if birth is None:
            return
        key = id(array)

        def forget(_: Any, births: Any = self.births, unused: Any = self.unused) -> None:
            births.pop(key, None)
            unused.pop(key, None)

        self.births[key] = (weakref.ref(array, forget), birth)
        if not birth.data:
            self.unused[key] = birth

    def moved(self, result: Tensor, x: Tensor) -> None:
        """See Watch."""
        birth = self._birth_of(result.array)
        if birth is not None:
            self._note(x.array, birth)
        if self.inner is not None:
            self.inner.moved(result, x)

    def end(self) -> None:
        """At the end of the mode: what was born and never used is told, for nobody else will."""
        for birth in self.unused.values():
            raise RuntimeError(birth.text)

    # the backward pass

    def begin(self, roots: tuple[Any, ...]) -> None:
        """See Watch."""
        if self.inner is not None:
            self.inner.begin(roots)
        self.untaken.clear()
        if not self.check:
            return
        for t in roots:
            if isinstance(t, Tensor) and not finite(t.array):
                raise RuntimeError(loss_text(t, self._birth_of(t.array)))

    def backward(self, node: Any, g: Any, grads: tuple[Any, ...]) -> None:
        """See Watch."""
        if self.inner is not None:
            self.inner.backward(node, g, grads)
        if not self.check:
            return
        self._mask(node)
        arrived = [a for a in map(plain, g if isinstance(g, (list, tuple)) else (g,)) if a is not None]
        for i, part in enumerate(grads):
            out = plain(part)
            if out is None or finite(out):
                continue
            nan = bool(np.isnan(out).any())
            if any(np.isnan(a).any() if nan else not finite(a) for a in arrived):
                continue  # it came from above
            raise RuntimeError(backward_text(node, i, arrived, out, self.untaken.get(node)))

    def _mask(self, node: Any) -> None:
        """Pass on which elements a where() further up did not take."""
        name = getattr(node.op, "name", "")
        if name in ("where", "masked_fill") and type(node.saved) is tuple:
            mask = next((v for v in node.saved if isinstance(v, np.ndarray) and v.dtype == np.bool_), None)
            for at, parent in zip(node.op.inputs, node.parents, strict=False):
                if mask is not None and parent is not None and at in ("x", "y"):
                    untaken = ~mask if (at == "x") == (name == "where") else mask
                    if np.broadcast_shapes(untaken.shape, parent.shape) == parent.shape:
                        self.untaken[parent] = (node, np.broadcast_to(untaken, parent.shape))
            return
        known = self.untaken.get(node)
        if known is not None:
            for parent in node.parents:
                if parent is not None and parent.shape == node.shape:
                    self.untaken.setdefault(parent, known)


def plain(part: Any) -> Array | None:
    """A gradient as an array, however the walk holds it."""
    if part is None:
        return None
    if isinstance(part, Region):
        return part.dense()
    return part.array if isinstance(part, Tensor) else np.asarray(part)


def _switch(on: bool, check: bool, at_once: bool) -> Anomaly | None:
    """Set the thread's watch; what else watches goes on."""
    context = thread.context
    current = context.watch
    rest = current.inner if isinstance(current, Anomaly) else current
    context.watch = Anomaly(check, at_once, rest) if on else rest
    return context.watch if on else None


class detect_anomaly:  # noqa: N801  PyTorch's name
    """A context manager that finds the birth of NaN and infinity: RuntimeError with the operation, the user's line, the
    ranges of its inputs and of what it made, and what to do.

    Every node knows its line within (errors about changes in place show it). A non-finite value made in the forward
    pass is reported when backward() starts from it or when nothing has used it at the end; `at_once` raises on
    the spot, which also finds values that where() would have thrown away. `check_nan=False` only notes the lines.
    """

    def __init__(self, check_nan: bool = True, at_once: bool = False) -> None:
        self.check_nan = check_nan
        self.at_once = at_once

    def __enter__(self) -> None:
        self._before = thread.context.watch
        self._watch = _switch(True, self.check_nan, self.at_once)

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        thread.context.watch = self._before
        if kind is None and self._watch is not None:
            self._watch.end()


class set_detect_anomaly:  # noqa: N801
    """Turns anomaly mode on or off at once; as a context manager, until its end. See detect_anomaly."""

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        if not isinstance(mode, bool):
            raise TypeError(f"set_detect_anomaly(): argument 'enabled' must be bool, not {type(mode).__name__}")
        self._before = thread.context.watch
        self._watch = _switch(mode, check_nan, False)

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        thread.context.watch = self._before
        if kind is None and self._watch is not None:
            self._watch.end()


def is_anomaly_enabled() -> bool:
    """Whether anomaly mode is on in this thread."""
    return isinstance(thread.context.watch, Anomaly)


def is_anomaly_check_nan_enabled() -> bool:
    """Whether anomaly mode is on and looks for NaN and infinity."""
    watch = thread.context.watch
    return isinstance(watch, Anomaly) and watch.check
