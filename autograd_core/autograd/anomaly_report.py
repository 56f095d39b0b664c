"""What anomaly mode says: the operation, the user's line, the ranges of what went in and came out, and the cure.

Imports frames and tensor. All texts are made here, none of them before something has gone wrong.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..frames import Mark, line_of_mark
from ..tensor.base import Tensor

Array = np.ndarray
FEW = 8  # elements that are written out


class Birth(NamedTuple):
    """Where a non-finite value comes from."""

    text: str
    data: bool = False  # it came in with the data: no op made it


def kind_of(array: Array) -> str:
    """What is wrong with an array, in a word."""
    return "NaN" if np.isnan(array).any() else "infinity"


def describe(array: Array, bad: Array | None = None) -> str:
    """Shape, range and number of NaN and infinite elements; of few elements their values, of many one that stands where `bad` is not finite."""
    text = _summary(array := np.asarray(array))
    if array.dtype.kind not in "fiu" or not array.size:
        return text
    if array.size <= FEW:
        return f"{text}, {'values' if array.ndim else 'value'} {np.array2string(array, precision=6, separator=', ').replace(chr(10), '')}"
    if bad is not None and bad.shape == array.shape:
        at = tuple(int(i) for i in np.argwhere(~np.isfinite(bad))[0])
        return f"{text}, {array[at]:.6g} at {list(at)}"
    return text


def _summary(array: Array) -> str:
    shown = f"shape {list(array.shape)}"
    if array.dtype.kind != "f" or not array.size:
        return shown + f", {array.dtype}"
    good = array[np.isfinite(array)]
    shown += f", range {good.min():.4g} … {good.max():.4g}" if good.size else ", no finite element"
    nan, inf = int(np.isnan(array).sum()), int(np.isinf(array).sum())
    bad = [f"{n} of {array.size} {what}" for n, what in ((nan, "NaN"), (inf, "infinite")) if n]
    if bad:
        first = [int(i) for i in np.argwhere(~np.isfinite(array))[0]]
        return shown + ", " + " and ".join(bad) + (f", the first at {first}" if array.ndim else "")
    return shown + ", all finite"


def _at(site: Mark | str | None) -> str:
    return f" at {line_of_mark(site) if isinstance(site, tuple) else site}" if site else ""


def _arguments(op: Any, bound: tuple[Any, ...], out: Array | None = None) -> list[str]:
    """One line for each tensor or number that went in, with its values where `out` is not finite."""
    shown = {"x": "input", "y": "other"}
    lines = []
    for name, value in zip(getattr(op, "params", ()), bound, strict=False):
        label = shown.get(name, name)
        if isinstance(value, (Tensor, np.ndarray)):
            lines.append(f"  {label}: {describe(value.array if isinstance(value, Tensor) else value, out)}")
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            lines.append(f"  {label}: {value}")
        elif isinstance(value, (list, tuple)) and any(isinstance(v, Tensor) for v in value):
            lines += [f"  {label}[{i}]: {describe(v.array, out)}" for i, v in enumerate(value) if isinstance(v, Tensor)]
    return lines


def _cause(op: Any, bound: tuple[Any, ...]) -> str:
    """A guess at the reason, for the ops with a well-known hole."""
    values = [getattr(v, "array", v) for v in bound]
    name = getattr(op, "name", "")
    x = np.asarray(values[0]) if values and isinstance(values[0], (np.ndarray, float, int)) else None
    if x is None or x.dtype.kind not in "fiu":
        return ""
    if name in ("sqrt", "log", "log2", "log10", "rsqrt", "pow") and (x < 0).any():
        return (
            f"  because: {int((x < 0).sum())} of {x.size} elements of the input are negative; clamp(min=0), or add what keeps it positive"
        )
    if name in ("log", "log2", "log10", "rsqrt", "reciprocal") and (x == 0).any():
        return f"  because: {int((x == 0).sum())} of {x.size} elements of the input are 0; clamp(min=eps) first"
    if name in ("div", "true_divide", "remainder", "fmod") and len(values) > 1 and (np.asarray(values[1]) == 0).any():
        return "  because: the divisor holds zeros; add eps, or use where() on the divisor before dividing"
    if name in ("exp", "exp2", "expm1", "cosh", "sinh") and (x > 80).any():
        return f"  because: the largest input, {x.max():.4g}, is too large; subtract the maximum first, or use logsumexp or softmax"
    if name in ("acos", "asin", "atanh", "erfinv") and (np.abs(x) >= 1).any():
        return "  because: the input leaves (−1, 1); clamp it"
    return ""


def forward_text(op: Any, bound: tuple[Any, ...], out: Array, site: Mark | None) -> str:
    """A value was born in the forward pass."""
    lines = [
        f"{kind_of(out)} was first produced in the forward pass by {op.name}{_at(site)}:",
        *_arguments(op, bound, out),
        f"  output: {describe(out)}",
    ]
    cause = _cause(op, bound)
    return "\n".join([*lines, cause] if cause else lines)


def data_text(op: Any, bound: tuple[Any, ...], array: Array, site: Mark | None) -> str:
    """A value was in the data from the start."""
    lines = [f"{kind_of(array)} came in with the data: no operation made it. The first to read it was {op.name}{_at(site)}:"]
    return "\n".join(
        [*lines, *_arguments(op, bound), "  Look at what the tensor was made from: a file, a division outside, an uninitialised empty()."]
    )


def loss_text(t: Tensor, birth: Birth | None) -> str:
    """backward() was called on a value that is not finite."""
    what = kind_of(t.array)
    head = f"backward() starts from a tensor with {what} ({describe(t.array)}): its gradients mean nothing."
    made = t.grad_fn
    return (
        head
        + "\n"
        + (birth.text if birth is not None else f"It was made by {made!r} before anomaly mode was on: turn it on before the forward pass.")
    )


def backward_text(node: Any, i: int, arrived: list[Array], out: Array, untaken: Any) -> str:
    """A value was born in the backward pass."""
    what = "nan" if np.isnan(out).any() else "inf"
    where = f"{node.op.name}{_at(node.site)}"
    lines = [f"Function '{node.name()}' returned {what} values in its {i}th output: born here, in the backward pass of {where}:"]
    lines += [f"  incoming gradient: {describe(a, out)}" for a in arrived]
    if type(node.saved) is tuple:
        lines += [f"  saved: {describe(v, out)}" for v in node.saved if isinstance(v, np.ndarray) and v.dtype.kind == "f"]
    lines.append(f"  gradient of input {i}: {describe(out)}")
    rule = getattr(node, "formula", "")
    if rule:
        lines.append("  rule: " + rule.replace("\n", "; "))
    if untaken is not None and out.shape == untaken[1].shape and bool((np.isfinite(out) | untaken[1]).all()):
        branch = untaken[0]
        lines.append(
            f"  These elements stand in the branch that {branch.op.name}(){_at(branch.site)} did not take. Its gradient there is 0, and "
            f"0 times the infinite "
            f"slope of {node.op.name} is NaN. Mask the input before, not only the result: "
            f"where(mask, {node.op.name}(where(mask, x, safe)), other), with a safe number such as 1."
        )
    return "\n".join(lines)
