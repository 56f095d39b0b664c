"""Data types under PyTorch's names, and PyTorch's type promotion.

Imports nothing of ours. `dtype` objects print and compare as PyTorch's do and are accepted by NumPy as they stand.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np


class dtype:  # noqa: N801  PyTorch's name
    """An element type: `ag.float32` and its like. `.numpy` is the NumPy type that holds it.

    `itemsize` is in bytes; `is_floating_point` says whether gradients can flow through it.
    """

    __slots__ = ("category", "dtype", "is_floating_point", "itemsize", "name", "numpy", "suffix")

    def __init__(self, name: str, category: int, suffix: str) -> None:
        self.name = name
        self.numpy = np.dtype(name)
        self.dtype = self.numpy  # NumPy asks any object that it takes for a type for this attribute
        self.category = category  # 0 bool, 1 integer, 2 floating: the categories of promotion
        self.is_floating_point = category == 2
        self.itemsize = self.numpy.itemsize
        self.suffix = suffix

    is_complex = False

    @property
    def is_signed(self) -> bool:
        """Whether negative values exist."""
        return self.category == 2 or self.name.startswith("int")

    def to_real(self) -> dtype:
        """The real type of the same precision: itself, for there are no complex types."""
        return self

    def __repr__(self) -> str:
        return f"torch.{self.name}"  # printed output is the same as that of PyTorch

    def __reduce__(self) -> str:
        return self.name

    def __eq__(self, other: object) -> bool:
        if isinstance(other, dtype):
            return self is other
        if isinstance(other, (np.dtype, type)):
            try:
                return self.numpy == np.dtype(other)
            except TypeError:
                return False
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self.numpy)


bool_ = dtype("bool", 0, "Bool")
uint8 = dtype("uint8", 1, "Byte")
int8 = dtype("int8", 1, "Char")
int16 = short = dtype("int16", 1, "Short")
int32 = int_ = dtype("int32", 1, "Int")
int64 = long = dtype("int64", 1, "Long")
float16 = half = dtype("float16", 2, "Half")
float32 = float_ = dtype("float32", 2, "Float")
float64 = double = dtype("float64", 2, "Double")


class _NameOnly(dtype):
    """A type that programs compare with and that no tensor has here: using it for one is a TypeError that says so."""

    __slots__ = ()

    def __init__(self, name: str) -> None:
        self.name, self.suffix = name, ""
        self.is_floating_point = name == "bfloat16"
        self.category = 2 if self.is_floating_point else 1

    @property
    def numpy(self) -> Any:  # type: ignore[override]
        instead = "float64" if self.is_complex else "float32" if self.is_floating_point else "int64"
        raise TypeError(f"{self} exists by name only: tensors are {UNSUPPORTED}; use {instead}")

    dtype = numpy
    itemsize = numpy

    @property
    def is_complex(self) -> bool:  # type: ignore[override]
        """Whether its numbers have an imaginary part."""
        return self.name.startswith("complex")

    def __hash__(self) -> int:
        return hash(self.name)


bfloat16, uint16, uint32, uint64 = map(_NameOnly, ("bfloat16", "uint16", "uint32", "uint64"))
complex32 = chalf = _NameOnly("complex32")
complex64 = cfloat = _NameOnly("complex64")
complex128 = cdouble = _NameOnly("complex128")

ALL = (bool_, uint8, int8, int16, int32, int64, float16, float32, float64)
NAMES = frozenset(d.name for d in ALL)
OF_NUMPY: dict[np.dtype, dtype] = {d.numpy: d for d in ALL}
OF_PYTHON: dict[type, dtype] = {bool: bool_, int: int64, float: float64}
UNSUPPORTED = "bool, uint8, int8, int16, int32, int64, float16, float32, float64"

_default = float32


def get_default_dtype() -> dtype:
    """The floating type of new tensors made from Python numbers (float32 unless set)."""
    return _default


def set_default_dtype(d: Any) -> None:
    """Set the floating type of new tensors made from Python numbers. Raises TypeError unless `d` is floating."""
    global _default
    d = as_dtype(d)
    if not d.is_floating_point:
        raise TypeError(f"only floating-point types are supported as the default type: got {d}, use autograd_core.float32 or float64")
    _default = d
    result_type.cache_clear()


def as_dtype(d: Any) -> dtype:
    """The `dtype` for one of ours, a NumPy type, or Python's bool, int, float. TypeError for anything else."""
    if isinstance(d, dtype):
        return d
    if isinstance(d, str) and d not in NAMES:  # NumPy's "float" is float64, and "q" says nothing
        raise TypeError(f"dtype must be one of autograd_core's dtypes ({UNSUPPORTED}): got {d!r}")
    found = OF_PYTHON.get(d) if isinstance(d, type) else None
    if found is None:
        try:
            found = OF_NUMPY.get(np.dtype(d)) if d is not None else None
        except TypeError:
            found = None
    if found is None:
        raise TypeError(f"dtype must be one of autograd_core's dtypes ({UNSUPPORTED}): got {d!r}")
    return found


def category_of(d: np.dtype) -> int:
    """0 for bool, 1 for integers, 2 for floating types."""
    return OF_NUMPY[d].category


@lru_cache(None)
def promote(a: np.dtype, b: np.dtype) -> np.dtype:
    """The smallest type that both become, PyTorch's table: any floating type beats any integer."""
    if a == b:
        return a
    ca, cb = category_of(a), category_of(b)
    if ca != cb:
        return a if ca > cb else b
    return np.promote_types(a, b)


def promote_types(a: Any, b: Any) -> dtype:
    """PyTorch's `promote_types` on two dtypes."""
    return OF_NUMPY[promote(as_dtype(a).numpy, as_dtype(b).numpy)]


def _combine(higher: np.dtype | None, lower: np.dtype | None) -> np.dtype | None:
    """`lower` only counts where its category is above that of `higher`."""
    if higher is None or lower is None:
        return lower if higher is None else higher
    return promote(higher, lower) if category_of(lower) > category_of(higher) else higher


@lru_cache(None)
def result_type(*operands: tuple[np.dtype, int]) -> np.dtype:
    """The type of an operation on operands given as (type, priority).

    Priority 2 is a tensor with dimensions, 1 a 0-d tensor, 0 a Python number. A lower priority only decides
    the category (bool < integer < floating), never the width within it.
    """
    best: list[np.dtype | None] = [None, None, None]
    for d, priority in operands:
        known = best[priority]
        best[priority] = d if known is None else promote(known, d)
    out = _combine(_combine(best[2], best[1]), best[0])
    assert out is not None
    return out


def number_type(value: bool | int | float) -> np.dtype:
    """The type that a Python number has in promotion: bool, int64 or the default floating type."""
    if isinstance(value, (bool, np.bool_)):
        return bool_.numpy
    return int64.numpy if isinstance(value, (int, np.integer)) else _default.numpy


def must_hold(value: Any, kind: np.dtype, name: str) -> None:
    """RuntimeError for a Python number that a type cannot hold, as where PyTorch writes one into a tensor: infinity and NaN fit floats only,
    a negative whole number fits an unsigned type as the machine wraps it."""
    if not isinstance(value, (int, float)) or kind.kind == "b":
        return
    if kind.kind == "f":
        limit = LARGEST[kind.char]
        fits = -limit <= value <= limit or value != value or value in (float("inf"), -float("inf"))
    else:
        low, high = LIMITS[kind.char]
        fits = (-high if kind.kind == "u" and isinstance(value, int) else low) <= value <= high
    if not fits:
        raise RuntimeError(f"value cannot be converted to type {OF_NUMPY[kind].suffix.lower()} without overflow: {name} got {value}")


LARGEST = {c: float(np.finfo(c).max) for c in "efd"}
LIMITS = {c: (int(np.iinfo(c).min), int(np.iinfo(c).max)) for c in "bBhilq"}


class finfo:  # noqa: N801  PyTorch's name
    """Limits of a floating type: bits, eps, max, min, tiny, smallest_normal, resolution."""

    def __init__(self, d: Any = None) -> None:
        self.dtype = as_dtype(d if d is not None else _default).name
        if not OF_NUMPY[np.dtype(self.dtype)].is_floating_point:
            raise TypeError(f"finfo takes a floating type: got {self.dtype}; use iinfo for integers")
        info = np.finfo(self.dtype)
        self.bits = int(info.bits)
        self.eps, self.max, self.min = float(info.eps), float(info.max), float(info.min)
        self.tiny = self.smallest_normal = float(info.tiny)
        self.resolution = float(f"{float(info.resolution):.0e}")

    def __repr__(self) -> str:
        return (
            f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, eps={self.eps:g}, "
            f"smallest_normal={self.smallest_normal:g}, tiny={self.tiny:g}, dtype={self.dtype})"
        )


class iinfo:  # noqa: N801  PyTorch's name
    """Limits of an integer type: bits, max, min."""

    def __init__(self, d: Any) -> None:
        found = as_dtype(d)
        if found.category != 1:
            raise TypeError(f"iinfo takes an integer type: got {found}; use finfo for floating types")
        info = np.iinfo(found.numpy)
        self.dtype, self.bits, self.max, self.min = found.name, int(info.bits), int(info.max), int(info.min)

    def __repr__(self) -> str:
        return f"iinfo(min={self.min}, max={self.max}, dtype={self.dtype})"
