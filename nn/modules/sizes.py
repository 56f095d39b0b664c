"""One number or several: arguments such as kernel_size and stride. Imports nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def ntuple(value: Any, n: int) -> tuple[Any, ...]:
    """A sequence as a tuple, a single value n times."""
    return tuple(value) if isinstance(value, Iterable) else (value,) * n
