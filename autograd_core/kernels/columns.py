"""Columns of a convolution: for every output position the input values that it sees, as views and copies of x.

Imports NumPy and `conv_geometry`. Shapes are of any rank; the first spatial dimension is called the lead.

Full columns repeat the values for every tap of the kernel. Split columns repeat them for the taps of the other
dimensions only: a tap of the lead is a shift of whole rows, so that its columns are a view of the same copy.
"""

from __future__ import annotations

import math

import numpy as np

from .conv_geometry import Geometry, Ints


class Columns:
    """The plan of the columns of `geo` for the output rows o0 ... o1 - 1 of the lead dimension."""

    def __init__(self, geo: Geometry, o0: int, o1: int, split: bool) -> None:
        self.geo = geo
        self.rows = o1 - o0
        self.split = split
        reach = (geo.kernel[0] - 1) * geo.dilation[0]
        stride = geo.stride[0]
        self.phases = min(stride, reach + 1) if split else 1
        self.steps = self.rows + reach // stride if split else self.rows
        self.first = o0 * stride - geo.padding[0]  # the row of x that the copy begins with; below 0 in the padding
        self.height = (self.steps - 1) * stride + (self.phases if split else reach + 1)
        self.window = geo.kernel[1:] if split else geo.kernel

    def shape(self, channels: int, images: int) -> Ints:
        """(C, *taps, B, phases, steps, *other dimensions of the output)."""
        return (channels, *self.window, images, self.phases, self.steps, *self.geo.out[1:])

    def inside(self) -> tuple[slice, slice]:
        """The rows of x that are there, and where they lie among the rows of the copy."""
        lo, hi = max(self.first, 0), min(self.first + self.height, self.geo.size[0])
        return slice(lo, max(lo, hi)), slice(lo - self.first, max(lo, hi) - self.first)

    def padded_shape(self, images: int, channels: int) -> Ints:
        rest = tuple(n + 2 * p for n, p in zip(self.geo.size[1:], self.geo.padding[1:], strict=True))
        return (images, channels, self.height, *rest)

    def is_padded(self) -> bool:
        source, _ = self.inside()
        return any(self.geo.padding[1:]) or source.stop - source.start != self.height

    def _interior(self) -> tuple[slice, ...]:
        return tuple(slice(p, p + n) for p, n in zip(self.geo.padding[1:], self.geo.size[1:], strict=True))

    def _padded(self, x: np.ndarray) -> tuple[np.ndarray, int]:
        """An array that holds the rows of x (B, C, *size) with their padding, and the row that they begin with."""
        source, target = self.inside()
        if not self.is_padded():
            return x, source.start
        out = np.zeros(self.padded_shape(*x.shape[:2]), x.dtype)
        out[(slice(None), slice(None), target, *self._interior())] = x[:, :, source]
        return out, 0

    def gather(self, x: np.ndarray, cols: np.ndarray) -> None:
        """Copy the columns of a contiguous x (B, C, *size) to cols of `shape`."""
        geo = self.geo
        padded, row = self._padded(x)
        b, c, lead, *rest = padded.strides
        taps, dilation = (rest, geo.dilation[1:]) if self.split else ((lead, *rest), geo.dilation)
        strides = (
            c,
            *(step * d for step, d in zip(taps, dilation, strict=True)),
            b,
            lead,
            lead * geo.stride[0],
            *(step * s for step, s in zip(rest, geo.stride[1:], strict=True)),
        )
        # NumPy checks that the view stays within the buffer.
        cols[...] = np.ndarray(cols.shape, x.dtype, padded, row * lead, strides)

    def scatter(self, cols: np.ndarray, gx: np.ndarray) -> None:
        """The adjoint of `gather` for full columns: add them to gx (B, C, *size)."""
        geo = self.geo
        source, target = self.inside()
        direct = not self.is_padded()
        padded = gx[:, :, source] if direct else np.zeros(self.padded_shape(*gx.shape[:2]), gx.dtype)
        out = (self.rows, *geo.out[1:])
        for tap in np.ndindex(*geo.kernel):
            place = [slice(k * d, k * d + (n - 1) * s + 1, s) for k, d, n, s in zip(tap, geo.dilation, out, geo.stride, strict=True)]
            padded[(slice(None), slice(None), *place)] += cols[(slice(None), *tap)][:, :, 0].swapaxes(0, 1)
        if not direct:
            gx[:, :, source] += padded[(slice(None), slice(None), target, *self._interior())]

    def products(self, cols: np.ndarray) -> list[np.ndarray]:
        """The columns that meet each matrix of `matrices`, as views (groups, rows, B, positions)."""
        geo = self.geo
        images = cols.shape[1 + len(self.window)]
        rest = math.prod(geo.out[1:])
        flat = cols.reshape(geo.groups, -1, images, self.phases, self.steps * rest)
        if not self.split:
            return [flat[:, :, :, 0]]
        found = []
        for k in range(geo.kernel[0]):
            shift, phase = divmod(k * geo.dilation[0], geo.stride[0])
            found.append(flat[:, :, :, phase, shift * rest : (shift + self.rows) * rest])
        return found


def matrices(w: np.ndarray, geo: Geometry, split: bool) -> np.ndarray:
    """The weight as one matrix (groups, outputs, rows) per product of `Columns.products`."""
    per_out, per_in = geo.c_out // geo.groups, geo.c_in // geo.groups
    if not split:
        return w.reshape(1, geo.groups, per_out, per_in * geo.taps)
    lead = geo.kernel[0]
    by_lead = w.reshape(geo.groups, per_out, per_in, lead, geo.taps // lead).transpose(3, 0, 1, 2, 4)
    return by_lead.reshape(lead, geo.groups, per_out, per_in * (geo.taps // lead))


def from_matrices(parts: np.ndarray, geo: Geometry, split: bool) -> np.ndarray:
    """The weight (O, C/groups, *kernel) of its matrices."""
    if not split:
        return parts.reshape(geo.w_shape)
    lead, per_out, per_in = geo.kernel[0], geo.c_out // geo.groups, geo.c_in // geo.groups
    by_lead = parts.reshape(lead, geo.groups, per_out, per_in, geo.taps // lead)
    return np.ascontiguousarray(by_lead.transpose(1, 2, 3, 0, 4)).reshape(geo.w_shape)
