"""Foreign element types as ours: bfloat16 becomes float32, unsigned integers the next wider signed ones. Imports dtypes."""

from __future__ import annotations

import warnings

import numpy as np

from ..dtypes import OF_NUMPY

BFLOAT16 = "bfloat16"
WIDER = {"uint16": "int32", "uint32": "int64", "uint64": "int64"}


class Unknown(ValueError):
    """An element type that no tensor here has."""


def size_of(kind: str) -> int:
    """The bytes of an element of a type that `widened` takes. Unknown for any other."""
    if kind == BFLOAT16:
        return 2
    if kind in WIDER or (kind in np.sctypeDict and np.dtype(kind) in OF_NUMPY):
        return np.dtype(kind).itemsize
    raise Unknown(
        f"elements of type {kind}, which no tensor here has: convert it where it was made, to float32 for a number, or to its real "
        "and imaginary parts"
    )


def widened(raw: np.ndarray, kind: str, big_endian: bool = False) -> np.ndarray:
    """The elements in a 1-d array of bytes, in a type that tensors have; without a copy where the type is one."""
    size = size_of(kind)
    raw = raw[: raw.size // size * size]
    if kind == "bool":
        return (raw != 0) if raw.size and raw.max() > 1 else raw.view(np.bool_)
    stored = np.dtype("uint16" if kind == BFLOAT16 else kind).newbyteorder(">" if big_endian else "<")
    if raw.ctypes.data % stored.alignment:
        raw = raw.copy()
    values = raw.view(stored).astype(stored.newbyteorder("="), copy=False)
    if kind == BFLOAT16:
        return (values.astype(np.uint32) << 16).view(np.float32)
    if kind not in WIDER:
        return values
    if kind == "uint64" and values.size and values.max() > np.iinfo(np.int64).max:
        raise Unknown(f"uint64 numbers up to {values.max()}, beyond int64, the widest integer type here")
    return values.astype(WIDER[kind])


def say_what_was_widened(kinds: list[str], name: str) -> None:
    """One warning for all tensors of a file that came in a type that is not here."""
    if kinds:
        what = ", ".join(f"{kinds.count(k)} {k} as {'float32' if k == BFLOAT16 else WIDER[k]}" for k in dict.fromkeys(kinds))
        warnings.warn(f"{name}: tensors were read in a wider type, with equal values: {what}", UserWarning, stacklevel=4)
