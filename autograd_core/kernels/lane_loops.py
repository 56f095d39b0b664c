"""Compiled loops that turn planes of channels to a channel per lane and back, for `winograd_loops` and `conv_lanes_loops`.

Imports NumPy, `jit` and `winograd_vectors`. Planes are flat: an element of x is at its channel times `pitch` plus its place.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from .jit import compiled
from .winograd_vectors import moved, transposed


@compiled
def aligned(size, like):  # type: ignore[no-untyped-def]
    """Room that begins on a cache line: a vector that lies on two costs two loads."""
    room = np.empty(size + 64, like.dtype)
    skip = (-room.ctypes.data % 64) // room.itemsize
    return room[skip : skip + size]


@compiled
def cleared(size, like):  # type: ignore[no-untyped-def]
    room = aligned(size, like)
    room[:] = 0
    return room


@compiled
def apart(size, count):  # type: ignore[no-untyped-def]
    """A distance of at least `size` between rows of vectors that does not put them all into the same few places of a cache."""
    return size + count


@functools.cache
def turning(count: int) -> Any:
    """(into lanes, out of lanes) of flat planes."""
    square = transposed(count)

    @compiled
    def into(x, at, pitch, length, channels, to, start):  # type: ignore[no-untyped-def]
        """to[start + p·count + c] = x[at + c·pitch + p] for p < length and c < channels, at most `count` of them."""
        if channels == count and length >= count:
            p = 0
            while p < length:
                p = min(p, length - count)  # the last square lies over the one before
                square(x, at + p, pitch, to, start + p * count, count)
                p += count
            return
        for c in range(channels):
            for p in range(length):
                to[np.uint64(start + c + p * count)] = x[np.uint64(at + c * pitch + p)]

    @compiled
    def outof(y, at, length, channels, to, start, pitch):  # type: ignore[no-untyped-def]
        """to[start + c·pitch + p] = y[at + p·count + c] for p < length and c < channels."""
        if channels == count and length >= count:
            p = 0
            while p < length:
                p = min(p, length - count)
                square(y, at + p * count, count, to, start + p, pitch)
                p += count
            return
        for c in range(channels):
            for p in range(length):
                to[np.uint64(start + c * pitch + p)] = y[np.uint64(at + p * count + c)]

    return into, outof


@functools.cache
def framing(count: int) -> Any:
    """The loop that puts rows of planes, a channel per lane, into a frame of zeros."""
    into, _ = turning(count)
    move = moved(count)

    @compiled
    def frame(x, at, pitch, channels, top, high, H, W, left, wide, rows, to):  # type: ignore[no-untyped-def]
        """to[(i·wide + left + j)·count + c] = row top + i, column j of plane c, zero for rows outside, where i < high."""
        lo, hi = min(max(0, -top), high), max(0, min(high, H - top))
        for i in range(high):
            if i < lo or i >= hi:
                for k in range((i * wide + left) * count, (i * wide + left + W) * count):
                    to[np.uint64(k)] = 0
        if lo >= hi:
            return
        narrow = count > W  # narrow rows are turned together
        if narrow:
            into(x, at + (top + lo) * W, pitch, (hi - lo) * W, channels, rows, 0)
        for i in range(lo, hi):
            start = (i * wide + left) * count
            if narrow:
                for j in range(W):
                    move(rows, ((i - lo) * W + j) * count, to, start + j * count)
            else:
                into(x, at + (top + i) * W, pitch, W, channels, to, start)

    return frame
