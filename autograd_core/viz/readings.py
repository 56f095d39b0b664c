"""What a reader wants to know about a step beyond its numbers: which operand a local derivative is, where a gradient was cut, summed,
moved or shared. Imports passes. Every remark is checked against the numbers before it is made.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .passes import Pass, Step, dense
from .words import number, op_word, shape_text

Index = tuple[int, ...]
CHOOSING = ("pool", "shape", "scatter", "order", "extremes", "embedding", "reduce", "select", "loss")  # families whose ops read a part only
Place = tuple[str, Index] | None


def saved_of(run: Pass, step: Step) -> dict[str, Any]:
    """What the step's node saved, by the names of its rules."""
    if type(getattr(step.node, "plan", None)).__name__ != "Plan":
        return {}
    with run.untouched(only=step.node):
        return dict(step.node.saved_values)


def slot_name(step: Step, slot: int) -> str:
    """What the op calls an input: x, w, xs[2]."""
    op = step.record.op
    names: tuple[str, ...] = getattr(op, "inputs", ())
    variadic = getattr(op, "variadic", None)
    if variadic is None:
        return names[slot] if slot < len(names) else f"input {slot}"
    many = len(step.node.parents) - (len(names) - 1)
    at = names.index(variadic)
    if slot < at:
        return names[slot]
    return f"{variadic}[{slot - at}]" if slot < at + many else names[slot - many + 1]


def operand(step: Step, saved: dict[str, Any], slot: int, i: Index, j: Index, slope: float) -> tuple[str, float] | None:
    """The element of an operand that the local derivative ∂out[j]/∂in[i] is, as ("w[3, 5]", its value); None if it is no such thing."""
    read = OPERANDS.get(step.record.name)
    place = None if read is None else read(step, slot_name(step, slot), i, j, saved)
    if place is None:
        return None
    name, at = place
    value = saved.get(name)
    if isinstance(value, (int, float)):
        value, at = np.asarray(value), ()
    if not isinstance(value, np.ndarray) or len(at) != value.ndim or any(not 0 <= a < n for a, n in zip(at, value.shape, strict=True)):
        return None
    found = float(value[at])
    return (element(name, at), found) if math.isclose(found, slope, rel_tol=1e-5, abs_tol=1e-12) else None


def element(name: str, at: Index) -> str:
    """w[3, 5]; a scalar is its name."""
    return f"{name}[{', '.join(map(str, at))}]" if at else name


def _mul(step: Step, name: str, i: Index, j: Index, saved: dict[str, Any]) -> Place:
    other = "y" if name == "x" else "x"
    shape = np.shape(saved.get(other, ()))
    tail = j[len(j) - len(shape) :]
    return other, tuple(0 if n == 1 else a for a, n in zip(tail, shape, strict=False))


def _linear(step: Step, name: str, i: Index, j: Index, saved: dict[str, Any]) -> Place:
    if name == "x" and j:
        return "w", (j[-1], i[-1])
    return ("x", (*j[:-1], i[-1])) if name == "w" and j else None


def _matmul(step: Step, name: str, i: Index, j: Index, saved: dict[str, Any]) -> Place:
    first, second = step.record.op.inputs[:2]
    other = second if name == first else first
    shape = np.shape(saved.get(other, ()))
    if name == first and i:
        if len(shape) == 1:
            return second, (i[-1],)
        at: Index = (*j[: len(j) - (2 if len(i) > 1 else 1)], i[-1], j[-1])
    elif len(i) == 1:
        at = (*j, i[0])
    else:
        at = (*j[:-1], i[-2])
    tail = at[len(at) - len(shape) :]
    return other, tuple(0 if n == 1 else a for a, n in zip(tail, shape, strict=False))


def _convolution(step: Step, name: str, i: Index, j: Index, saved: dict[str, Any]) -> Place:
    """out[n, o, p] takes w[o, c, t] · x[n, c, p·stride − padding + t·dilation]."""
    a = step.record.arguments
    stride, padding, dilation, groups = a["stride"], a["padding"], a["dilation"], a["groups"]
    if groups != 1 or len(j) != len(i):
        return None
    if name == "w":
        return "x", (j[0], i[1], *(p * s - q + t * d for p, s, q, t, d in zip(j[2:], stride, padding, i[2:], dilation, strict=True)))
    if name == "x":
        return "w", (j[1], i[1], *((h + q - p * s) // d for h, q, p, s, d in zip(i[2:], padding, j[2:], stride, dilation, strict=True)))
    return None


def _dot(step: Step, name: str, i: Index, j: Index, saved: dict[str, Any]) -> Place:
    return ("tensor" if name == "x" else "x"), i


OPERANDS: dict[str, Callable[[Step, str, Index, Index, dict[str, Any]], Place]] = {
    "mul": _mul, "linear": _linear, "matmul": _matmul, "mm": _matmul, "bmm": _matmul, "mv": _matmul, "convolution": _convolution, "dot": _dot,
}  # fmt: skip


def remarks(run: Pass, k: int, slot: int) -> list[str]:
    """Sentences about what step k does to the gradient of one input."""
    step = run.steps[k - 1]
    came, went = run.arrays(k)
    part = dense(went[slot])
    if step.record.view:
        return [_moved(step, part)]
    g = None if len(came) != 1 or came[0] is None else dense(came[0])
    found = [] if g is None else [_broadcast(step, g, part), _cut(step, g, part), _shared(step, g, part), _labels(run, step, g, part)]
    return [text for text in found if text]


def _moved(step: Step, part: np.ndarray) -> str:
    out = run_shape(step)
    return f"moved, not changed: the gradient of shape {shape_text(out)} is read as {shape_text(part.shape)}, number by number"


def run_shape(step: Step) -> tuple[int, ...]:
    """The shape of a step's (first) output."""
    shape = step.node.shape
    return tuple(shape[0]) if shape and isinstance(shape[0], tuple) else tuple(shape)


def _broadcast(step: Step, g: np.ndarray, part: np.ndarray) -> str:
    """The axes over which a broadcast input's gradient is summed."""
    types = getattr(step.record.op, "types", "")
    elementwise = types in ("promote", "float") and len(getattr(step.record.op, "inputs", ())) > 1 and not getattr(step.record.op, "static_names", ())
    if not elementwise or g.shape == part.shape or part.ndim > g.ndim:
        return ""
    lead = g.ndim - part.ndim
    if any(n not in (1, m) for n, m in zip(part.shape, g.shape[lead:], strict=True)):
        return ""
    axes = [a for a in range(g.ndim) if a < lead or (part.shape[a - lead] == 1 and g.shape[a] != 1)]
    word = "dimension" if len(axes) == 1 else "dimensions"
    shown = ", ".join(map(str, axes))
    return f"broadcast from {shape_text(part.shape)} to {shape_text(g.shape)} going forward: its gradient is summed over {word} {shown}"


def _cut(step: Step, g: np.ndarray, part: np.ndarray) -> str:
    """How much of the gradient did not pass."""
    if not part.size or step.record.name in ("mul", "matmul", "linear", "convolution", "where"):
        return ""
    if g.shape == part.shape:
        cut = int(((part == 0) & (g != 0)).sum())
        if cut:
            return f"the gradient is cut in {cut} of {part.size} elements ({100 * cut / part.size:.3g} %): the derivative there is 0"
        return ""
    idle = int((part == 0).sum())
    if idle and part.size > g.size and g.any() and step.record.family.startswith(CHOOSING):
        return f"{part.size - idle} of {part.size} elements receive a gradient, the other {idle} ({100 * idle / part.size:.3g} %) had no part in the result"
    return ""


def _shared(step: Step, g: np.ndarray, part: np.ndarray) -> str:
    """Sums copy the gradient to every element, means share it."""
    if g.size != 1 or part.size < 2 or not np.isfinite(g).all() or not bool((part == part.flat[0]).all()) or not g.flat[0]:
        return ""
    ratio = float(part.flat[0]) / float(g.flat[0])
    if ratio == 1:
        return f"the same gradient, {number(float(g.flat[0]))}, goes to all {part.size} elements"
    if math.isclose(ratio * part.size, 1, rel_tol=1e-5):
        return f"the gradient {number(float(g.flat[0]))} is shared equally: 1/{part.size} of it goes to each element"
    return ""


def _labels(run: Pass, step: Step, g: np.ndarray, part: np.ndarray) -> str:
    """log_softmax under nll_loss is p − onehot, checked."""
    if step.record.name != "log_softmax" or part.ndim != 2 or part.shape != g.shape or not part.size:
        return ""
    p = np.exp(np.asarray(saved_of(run, step)["out"], np.float64))
    rows = np.arange(len(g))
    label = np.argmax(g != 0, axis=1)
    scale = -g[rows, label].astype(np.float64)
    onehot = np.zeros(p.shape)
    onehot[rows, label] = 1
    if ((g != 0).sum(1) != 1).any() or not np.allclose(part, scale[:, None] * (p - onehot), rtol=1e-4, atol=1e-6 * float(np.abs(scale).max())):
        return ""
    row = int(np.argmax(np.abs(part).max(1)))
    shown = ", ".join(number(float(v), 2) for v in p[row, :10]) + (", …" if p.shape[1] > 10 else "")
    return (
        f"softmax and cross entropy together: ∂L/∂x = (p − onehot) · {number(float(scale[row]))}. Row {row}: p = ({shown}), label {label[row]}, "
        f"so that its gradient is ({number(float(p[row, label[row]]), 2)} − 1) · {number(float(scale[row]))} = {number(float(part[row, label[row]]))}"
    )


def step_word(step: Step) -> str:
    """The name of a step's operation as users know it."""
    return op_word(step.record)
