"""Padding: constant, reflected, replicated, circular. Imports op, shape and the kernel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..kernels import pad as kernels
from ..op import Array, Value, composed, op
from .shape import getitem

Pads = tuple[tuple[int, int], ...]


@composed("{g} without the padding", spaces="engine")
def unpadded(g: Value, pads: Pads) -> Value:
    """What pad_constant put a padding around; zeros where it cut."""
    return pad_constant(g, tuple((-low, -high) for low, high in pads), 0.0)


@op("pad({x})", x=lambda g, pads: unpadded(g, pads), types="any", spaces="engine")
def pad_constant(x: Array, pads: Pads, value: float = 0.0) -> Array:
    """x with (low, high) elements of one value added at each dimension; negative numbers cut away."""
    sizes, inner, cut = [], [], []
    for n, (low, high) in zip(x.shape, pads, strict=True):
        if n + low + high < 0:
            raise RuntimeError(f"pad: the padding ({low}, {high}) would leave a dimension of size {n} with a negative size")
        sizes.append(n + low + high)
        inner.append(slice(low if low > 0 else 0, -high if high > 0 else None))
        cut.append(slice(-low if low < 0 else 0, n + high if high < 0 else n))
    out = np.empty(sizes, x.dtype)
    out.fill(value)
    out[tuple(inner)] = x[tuple(cut)]
    return out


@op("pad({x})", x=lambda g, pads, mode: edges_back(g, pads, mode), types="any", spaces="engine", torch_name="PadBackward")
def pad_edges(x: Array, pads: Pads, mode: str) -> Array:
    """x with edges of its own elements: reflected, replicated or circular."""
    return kernels.pad_edges(x, pads, mode)


@op("padᵀ({y})", y=lambda g, pads, mode: pad_edges(g, pads, mode), types="any", spaces="engine")
def edges_back(y: Array, pads: Pads, mode: str) -> Array:
    """The transpose of pad_edges: every edge added to where it was read from."""
    return kernels.pad_edges_input(y, pads, mode)


def _limits(shape: tuple[int, ...], pads: Pads, mode: str) -> None:
    for d, (n, (low, high)) in enumerate(zip(shape, pads, strict=True)):
        bound = {"reflect": n - 1, "circular": n}.get(mode)
        if bound is not None and max(low, high) > bound and (low or high):
            what = "less than the corresponding input dimension" if mode == "reflect" else "at most the input size (wrapping around once)"
            raise RuntimeError(f"Padding size should be {what}: got padding ({low}, {high}) at dimension {d} of input {list(shape)}")
        if n + low + high < 0:
            raise RuntimeError(f"pad: the padding ({low}, {high}) would leave a dimension of size {n} with a negative size")
        if n == 0 and (low or high):
            raise RuntimeError(f"pad: a dimension of size 0 (dimension {d} of {list(shape)}) cannot be padded in mode {mode!r}")


@composed(spaces="functional")
def pad(x: Value, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Value:
    """x padded at its last dimensions: `pad` is (last low, last high, one before low, ...).

    Modes: constant (with `value`), reflect (without repeating the edge), replicate (the edge), circular.
    """
    widths = [int(n) for n in pad]
    shape = x.shape
    if len(widths) % 2:
        raise RuntimeError(f"Padding length must be divisible by 2: got {len(widths)} numbers")
    if len(widths) // 2 > len(shape):
        raise RuntimeError(
            f"Padding length should be less than or equal to two times the input dimension but got padding length {len(widths)} "
            f"and input of dimension {len(shape)}"
        )
    pairs = [(widths[i], widths[i + 1]) for i in range(0, len(widths), 2)][::-1]
    pads: Pads = ((0, 0),) * (len(shape) - len(pairs)) + tuple(pairs)
    if mode == "constant":
        return pad_constant(x, pads, 0.0 if value is None else value)
    if mode not in ("reflect", "replicate", "circular"):
        raise NotImplementedError(f"Unrecognised padding mode {mode}: known are constant, reflect, replicate, circular")
    if value is not None and value != 0:
        raise ValueError(f'Padding mode "{mode}" doesn\'t take in value argument')
    if not len(pairs) < len(shape) <= len(pairs) + 2:
        raise NotImplementedError(
            f"Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now: mode {mode!r} pads the last "
            f"{len(pairs)} dimensions of an "
            f"input with one or two more, got shape {list(shape)}"
        )
    _limits(tuple(shape), pads, mode)
    if any(min(pair) < 0 for pair in pads):
        x = getitem(x, tuple([slice(max(-low, 0), n - max(-high, 0)) for n, (low, high) in zip(shape, pads, strict=True)]))
    return pad_edges(x, tuple([(max(low, 0), max(high, 0)) for low, high in pads]), mode)
