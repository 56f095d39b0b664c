"""How the process keeps the memory of large arrays between uses. Imports the standard library only.

Set once, when the kernels are imported; AUTOGRAD_CORE_MALLOC=system leaves the C library's own settings.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys

__all__ = ["keep_pages"]

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # of malloc.h
MAPPED = 1 << 27
"""Bytes from which an array has pages of its own, which go back to the system with it."""

KEPT = 1 << 28
"""Free bytes at the end of the heap from which they go back to the system."""


def keep_pages() -> bool:
    """Let glibc's malloc keep the pages of freed arrays for the next ones; whether it could be told.

    As it comes it returns the free end of the heap beyond twice the largest freed array, at most 64 MB, and the next array
    pays for every page anew: a backward pass over a million floats met 1,920 page faults (div: 7.2 ms, 3.0 ms without them).
    """
    if os.environ.get("AUTOGRAD_CORE_MALLOC", "") == "system" or not sys.platform.startswith("linux"):
        return False
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.gnu_get_libc_version  # noqa: B018  another C library has other numbers for its options
        return bool(libc.mallopt(_M_MMAP_THRESHOLD, MAPPED)) and bool(libc.mallopt(_M_TRIM_THRESHOLD, KEPT))
    return False
