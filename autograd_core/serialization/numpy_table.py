"""What a pickled NumPy array, scalar or dtype asks for, made from plain bytes. Imports unpickler."""

from __future__ import annotations

import math
import re
from pickle import UnpicklingError
from typing import Any

import numpy as np

from .unpickler import Maker, Unfinished

PLAIN = re.compile(r"[<>|=]?(b1|[iu][1248]|f[248]|c8|c16|[SU]\d{1,9})")


class Kind(str):
    """The name `numpy.ndarray` where a pickle passes it on."""

    __slots__ = ()


def plain_dtype(code: Any, *flags: Any) -> Unfinished:
    """numpy.dtype of numbers or text; the state that follows holds its byte order. UnpicklingError for objects and records."""
    if not isinstance(code, str) or not PLAIN.fullmatch(code):
        raise UnpicklingError(f"a NumPy dtype {str(code)[:40]!r}: arrays of numbers can be read, objects and records cannot")

    def finish(state: Any) -> np.dtype:
        return np.dtype(code).newbyteorder(state[1] if state[1] in ("<", ">") else "=")

    return Unfinished(finish)


def of_bytes(data: Any, kind: Any, shape: Any, fortran: bool) -> np.ndarray:
    """An array of its own from the bytes of its elements."""
    data = data.encode("latin1") if isinstance(data, str) else data
    if not isinstance(kind, np.dtype) or kind.hasobject or not isinstance(data, (bytes, bytearray)):
        raise UnpicklingError("a NumPy array that is not made of bytes")
    if not isinstance(shape, tuple) or not all(type(n) is int and n >= 0 for n in shape):
        raise UnpicklingError("a NumPy array whose shape is no tuple of whole numbers")
    if math.prod(shape) * kind.itemsize != len(data) or not kind.itemsize:
        raise UnpicklingError(f"a NumPy array of type {kind} and shape {shape} from {len(data)} bytes")
    out = np.frombuffer(data, kind).reshape(shape, order="F" if fortran else "C")
    return out.astype(kind.newbyteorder("="), copy=True)


def array(*given: Any) -> Unfinished:
    """numpy's _reconstruct: an empty array, whose state holds everything."""

    def finish(state: Any) -> np.ndarray:
        _, shape, kind, fortran, data = state
        return of_bytes(data, kind, shape, fortran is True or fortran == 1)

    return Unfinished(finish)


def scalar(kind: Any, data: Any = None) -> Any:
    """A NumPy number."""
    return of_bytes(data, kind, (), False)[()]


def from_buffer(data: Any, kind: Any, shape: Any, order: Any) -> np.ndarray:
    """numpy's _frombuffer, by which protocol 5 spells an array."""
    return of_bytes(data, kind, shape, order == "F")


NUMPY: dict[str, Any] = {"numpy.ndarray": Kind("numpy.ndarray"), "numpy.dtype": Maker(plain_dtype)}
for _core in ("numpy.core", "numpy._core"):
    NUMPY |= {
        f"{_core}.multiarray._reconstruct": Maker(array),
        f"{_core}.multiarray.scalar": Maker(scalar),
        f"{_core}.numeric._frombuffer": Maker(from_buffer),
    }
