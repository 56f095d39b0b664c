"""Convolution and its gradients by their definition, for tests: sums over sliding windows, any dtype, no regard to memory.

Imports NumPy and `conv_geometry`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .conv_geometry import Geometry, Ints, geometry


def _windows(x: np.ndarray, geo: Geometry) -> np.ndarray:
    """A view (N, C, *out, *kernel) of padded x."""
    rank = len(geo.size)
    padded = np.pad(x, [(0, 0), (0, 0), *((p, p) for p in geo.padding)])
    span = tuple(d * (k - 1) + 1 for d, k in zip(geo.dilation, geo.kernel, strict=True))
    windows = np.lib.stride_tricks.sliding_window_view(padded, span, axis=tuple(range(2, 2 + rank)), writeable=True)
    steps: Any = (..., *(slice(None, None, s) for s in geo.stride), *(slice(None, None, d) for d in geo.dilation))
    return windows[steps]


def _by_group(windows: np.ndarray, geo: Geometry) -> np.ndarray:
    return windows.reshape(geo.batch, geo.groups, geo.c_in // geo.groups, geo.positions, geo.taps)


def conv_reference(
    x: np.ndarray, w: np.ndarray, b: np.ndarray | None, stride: Ints, padding: Ints, dilation: Ints, groups: int = 1
) -> np.ndarray:
    """out[n, o, p] = b[o] + Σ_{c, t} w[o, c, t] · window[n, c, p, t]."""
    geo = geometry(x.shape, w.shape, stride, padding, dilation, groups)
    weight = w.reshape(groups, geo.c_out // groups, geo.c_in // groups, geo.taps)
    out = np.einsum("ngcpt,gmct->ngmp", _by_group(_windows(x, geo), geo), weight).reshape(geo.out_shape)
    return out if b is None else out + b.reshape(-1, *(1,) * len(stride))


def conv_input_reference(
    g: np.ndarray, w: np.ndarray, x_shape: Ints, stride: Ints, padding: Ints, dilation: Ints, groups: int = 1
) -> np.ndarray:
    """The adjoint of `conv_reference` in x: every window's share is added where the window was read."""
    geo = geometry(x_shape, w.shape, stride, padding, dilation, groups)
    weight = w.reshape(groups, geo.c_out // groups, geo.c_in // groups, geo.taps)
    grad = g.reshape(geo.batch, groups, geo.c_out // groups, geo.positions)
    shares = np.einsum("ngmp,gmct->ngcpt", grad, weight).reshape(geo.batch, geo.c_in, *geo.out, *geo.kernel)
    cells = np.arange(int(np.prod([n + 2 * p for n, p in zip(geo.size, geo.padding, strict=True)])))
    padded_size = tuple(n + 2 * p for n, p in zip(geo.size, geo.padding, strict=True))
    inside = Geometry(1, 1, 1, 1, padded_size, geo.kernel, geo.out, geo.stride, (0,) * len(padded_size), geo.dilation)
    index = _windows(cells.reshape(1, 1, *padded_size), inside)[0, 0]
    gx = np.zeros((geo.batch, geo.c_in, cells.size), g.dtype)
    places: Any = (slice(None), slice(None), index)
    np.add.at(gx, places, shares)
    cut: Any = (..., *(slice(p, p + n) for n, p in zip(geo.size, geo.padding, strict=True)))
    return gx.reshape(geo.batch, geo.c_in, *padded_size)[cut]


def conv_weight_reference(
    g: np.ndarray, x: np.ndarray, w_shape: Ints, stride: Ints, padding: Ints, dilation: Ints, groups: int = 1
) -> np.ndarray:
    """The adjoint of `conv_reference` in w."""
    geo = geometry(x.shape, w_shape, stride, padding, dilation, groups)
    grad = g.reshape(geo.batch, groups, geo.c_out // groups, geo.positions)
    return np.einsum("ngcpt,ngmp->gmct", _by_group(_windows(x, geo), geo), grad).reshape(w_shape)
