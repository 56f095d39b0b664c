"""Arrays that share memory, so that shared memory is written once and shared again after loading. Imports nothing of ours."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.lib.array_utils import byte_bounds


class View(NamedTuple):
    """How an array is cut from the memory of another: offset and strides in bytes."""

    of: str
    dtype: str
    shape: list[int]
    strides: list[int]
    offset: int

    @classmethod
    def cut(cls, array: np.ndarray, name: str, start: int) -> View:
        """The view of an array whose source, called `name`, starts at an address."""
        here = array.__array_interface__["data"][0]
        return cls(name, array.dtype.str, list(array.shape), list(array.strides), here - start)

    def within(self, source: np.ndarray) -> np.ndarray:
        """The array, cut from its source. ValueError where it would leave the source's memory."""
        reach = [(n - 1) * s for n, s in zip(self.shape, self.strides, strict=True)]
        low, high = (
            self.offset + sum(r for r in reach if r < 0),
            self.offset + sum(r for r in reach if r > 0) + np.dtype(self.dtype).itemsize,
        )
        if low < 0 or high > source.nbytes:
            raise ValueError(f"bytes {low} to {high} of {source.nbytes}")
        return np.ndarray(self.shape, self.dtype, source.reshape(-1).view(np.uint8), self.offset, self.strides)


def group(arrays: dict[str, np.ndarray]) -> list[list[str]]:
    """The names of arrays whose memory overlaps, in groups of two and more."""
    spans = sorted((*byte_bounds(a), name) for name, a in arrays.items() if a.size)
    groups: list[list[str]] = []
    end = -1
    for low, high, name in spans:
        if low < end:
            groups[-1].append(name)
        else:
            groups.append([name])
        end = max(end, high)
    return [names for names in groups if len(names) > 1]


def separate(arrays: dict[str, np.ndarray]) -> tuple[dict[str, np.ndarray], dict[str, View]]:
    """(the arrays to write, the views of them). Memory that no single array covers is written as an extra array of bytes."""
    views: dict[str, View] = {}
    stored = dict(arrays)
    order = {name: i for i, name in enumerate(arrays)}
    for names in group(arrays):
        names.sort(key=order.__getitem__)
        low = min(byte_bounds(arrays[n])[0] for n in names)
        high = max(byte_bounds(arrays[n])[1] for n in names)
        keeper = next((n for n in names if arrays[n].flags.c_contiguous and arrays[n].nbytes == high - low), None)
        if keeper is None:
            keeper = unused(f"{names[0]}.memory", stored)
            stored[keeper] = memory([arrays[n] for n in names], low, high)
        for name in names:
            if name != keeper:
                views[name] = View.cut(arrays[name], keeper, low)
                del stored[name]
    return stored, views


def memory(arrays: list[np.ndarray], low: int, high: int) -> np.ndarray:
    """A copy of the bytes between two addresses, as far as the arrays cover them; zeros in the gaps."""
    out = np.zeros(high - low, np.uint8)
    for array in arrays:
        View.cut(array, "", low).within(out)[...] = array
    return out


def unused(name: str, names: Any) -> str:
    """The name, with a number behind it where it is taken."""
    out, n = name, 1
    while out in names:
        n += 1
        out = f"{name}#{n}"
    return out
