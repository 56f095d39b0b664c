"""The windows of pooling, checked once: output sizes, starts, ends and how many values an average counts.

Imports NumPy only.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

Ints = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Windows:
    """Pooling windows over one plane of `size`: per dimension `kernel` taps `dilation` apart, a window every `stride`.

    `windows` hands out one object per set of arguments, so that its tables are made once.
    """

    size: Ints
    kernel: Ints
    stride: Ints
    padding: Ints
    dilation: Ints
    out: Ints

    @functools.cached_property
    def lifted(self) -> Windows:
        """The same windows with three dimensions."""
        one, none = (1,) * (3 - len(self.size)), (0,) * (3 - len(self.size))
        return Windows(
            one + self.size, one + self.kernel, one + self.stride, none + self.padding, one + self.dilation, one + self.out
        )  # fmt: skip

    def counts(self, include_padding: bool) -> list[np.ndarray]:
        """Per dimension, how many positions of each window an average counts."""
        found = []
        for n, k, s, p, out in zip(self.size, self.kernel, self.stride, self.padding, self.out, strict=True):
            start = np.arange(out) * s - p
            end = np.minimum(start + k, n + p)
            found.append(end - start if include_padding else np.minimum(end, n) - np.maximum(start, 0))
        return found

    @functools.cached_property
    def edges(self) -> list[np.ndarray]:
        """Per dimension, the first position inside the input of each window and the one past its last."""
        found = []
        for n, k, s, p, d, out in zip(self.size, self.kernel, self.stride, self.padding, self.dilation, self.out, strict=True):
            start = np.arange(out) * s - p
            end = np.minimum(start + (k - 1) * d + 1, n)
            start += np.maximum(-(start // d), 0) * d
            found += [np.minimum(start, n), np.maximum(end, np.minimum(start, n))]
        return found

    @functools.cached_property
    def covered(self) -> list[np.ndarray]:
        """The windows over each position; see `covering`."""
        return covering(self.edges, self.size)


def covering(edges: list[np.ndarray], size: Ints) -> list[np.ndarray]:
    """The windows that cover each position, as first and past-the-last window: `edges` seen from the other side.

    Starts and ends ascend, so that the windows over a position are consecutive.
    """
    found = []
    for start, end, n in zip(edges[::2], edges[1::2], size, strict=True):
        position = np.arange(n)
        found += [np.searchsorted(end, position, side="right"), np.searchsorted(start, position, side="right")]
    return found


def _checked(name: str, shape: Ints, **statics: Ints) -> Ints:
    rank = len(shape) - 2
    if not 1 <= rank <= 3 or 0 in shape[1:]:
        raise RuntimeError(
            f"{name}: got input of shape {tuple(shape)}, expected (N, C, *size) with 1 to 3 spatial dimensions, only N of them 0: "
            f"add the missing dimensions"
        )
    for key, values in statics.items():
        least = 0 if key == "padding" else 1
        if len(values) != rank or any(value < least for value in values):
            raise RuntimeError(f"{name}: got {key} {tuple(values)}, expected {rank} integers of at least {least}")
    return tuple(shape[2:])


@functools.lru_cache(maxsize=1024)
def windows(name: str, shape: Ints, kernel: Ints, stride: Ints, padding: Ints, dilation: Ints, ceil_mode: bool) -> Windows:
    """Check the arguments of a pooling and compute its output size.

    out = (size + 2·padding - dilation·(kernel - 1) - 1) / stride + 1, rounded down, or up with ceil_mode unless the last
    window would start in the right padding. RuntimeError, as in PyTorch, if a window does not fit or the padding
    is over half a window.
    """
    size = _checked(name, shape, kernel=kernel, stride=stride, padding=padding, dilation=dilation)
    out = []
    for n, k, s, p, d in zip(size, kernel, stride, padding, dilation, strict=True):
        span = d * (k - 1) + 1
        if p > span // 2:
            raise RuntimeError(
                f"{name}: got padding {p} for a window of {span}, expected at most half of it, {span // 2}: pad the input beforehand"
            )
        free = n + 2 * p - span
        count = (free + (s - 1 if ceil_mode else 0)) // s + 1
        if ceil_mode and (count - 1) * s >= n + p:
            count -= 1
        if count < 1:
            raise RuntimeError(
                f"{name}: got kernel size {tuple(kernel)} with dilation {tuple(dilation)} on input size {size} padded by {tuple(padding)}, "
                f"expected at least one window to fit: use a smaller kernel or a larger input"
            )
        out.append(count)
    return Windows(size, tuple(kernel), tuple(stride), tuple(padding), tuple(dilation), tuple(out))


def adaptive_edges(name: str, shape: Ints, output_size: Ints) -> tuple[Ints, list[np.ndarray]]:
    """(size, [start, end, start, end, ...]) of windows i·size//out to ⌈(i + 1)·size/out⌉ per dimension."""
    size = _checked(name, shape)
    if len(output_size) != len(size) or any(n < 0 for n in output_size):
        raise RuntimeError(f"{name}: got output size {tuple(output_size)}, expected {len(size)} integers of at least 0")
    edges = []
    for n, out in zip(size, output_size, strict=True):
        i = np.arange(out)
        edges += [i * n // max(out, 1), -(-(i + 1) * n // max(out, 1))]
    return size, edges
