"""Expressions run here and in PyTorch: the same values, shapes and types, or exceptions of one type."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np


def lines(table: str) -> list[str]:
    """One expression a line; x is [[1, 2, 0], [3, 4, 5]] in float32, `torch` the library."""
    return [line for line in table.strip().split("\n") if line]


def described(value: Any) -> Any:
    """A result as plain values."""
    if isinstance(value, (tuple, list)) and not hasattr(value, "numel"):
        return [described(v) for v in value]
    return (tuple(value.shape), np.asarray(value.tolist()), str(value.dtype).split(".")[-1]) if hasattr(value, "tolist") else value


def outcome(code: str, library: Any) -> Any:
    """The result of an expression, or the type of its exception."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return described(eval(code, {"x": library.tensor([[1.0, 2, 0], [3, 4, 5]]), "torch": library}))
        except Exception as error:
            return error


def same(ours: Any, theirs: Any, tolerance: float) -> bool:
    """Whether two outcomes agree."""
    if isinstance(theirs, Exception):
        return isinstance(ours, Exception) and (isinstance(ours, type(theirs)) or isinstance(theirs, type(ours)))
    if isinstance(theirs, list):
        return isinstance(ours, list) and len(ours) == len(theirs) and all(same(a, b, tolerance) for a, b in zip(ours, theirs, strict=True))
    if isinstance(theirs, tuple) and len(theirs) == 3 and isinstance(theirs[1], np.ndarray):
        if isinstance(ours, Exception) or ours[0] != theirs[0] or ours[2] != theirs[2]:
            return False
        return bool(np.allclose(ours[1], theirs[1], rtol=tolerance, atol=tolerance, equal_nan=True))
    return bool(ours == theirs)
