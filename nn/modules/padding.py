"""Padding layers: constants, zeros, reflections, replicated edges and wrap-around in one to three dimensions.

Imports Module and the functional ops.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import functional as F
from .module import Module
from .sizes import ntuple

__all__ = [
    "CircularPad1d",
    "CircularPad2d",
    "CircularPad3d",
    "ConstantPad1d",
    "ConstantPad2d",
    "ConstantPad3d",
    "ReflectionPad1d",
    "ReflectionPad2d",
    "ReflectionPad3d",
    "ReplicationPad1d",
    "ReplicationPad2d",
    "ReplicationPad3d",
    "ZeroPad1d",
    "ZeroPad2d",
    "ZeroPad3d",
]

Size = int | Sequence[int]


class _Pad(Module):
    """`padding` is one number, or (low, high) pairs beginning with the last dimension."""

    rank: int
    mode: str
    padding: tuple[int, ...]

    def __init__(self, padding: Size) -> None:
        super().__init__()
        self.padding = ntuple(padding, 2 * self.rank)

    def forward(self, input: Any) -> Any:
        """The input with its edges."""
        return F.pad(input, self.padding, self.mode)

    def extra_repr(self) -> str:
        """The arguments."""
        return f"{self.padding}"


class _ConstantPad(_Pad):
    mode = "constant"

    def __init__(self, padding: Size, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, input: Any) -> Any:
        """The input between constants."""
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        """The arguments."""
        return f"padding={self.padding}, value={self.value}"


class ConstantPad1d(_ConstantPad):
    """A constant before and after the last dimension."""

    rank = 1


class ConstantPad2d(_ConstantPad):
    """A constant around the last two dimensions."""

    rank = 2


class ConstantPad3d(_ConstantPad):
    """A constant around the last three dimensions."""

    rank = 3


class _ZeroPad(_ConstantPad):
    def __init__(self, padding: Size) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        """The arguments."""
        return f"{self.padding}"


class ZeroPad1d(_ZeroPad):
    """Zeros before and after the last dimension."""

    rank = 1


class ZeroPad2d(_ZeroPad):
    """Zeros around the last two dimensions."""

    rank = 2


class ZeroPad3d(_ZeroPad):
    """Zeros around the last three dimensions."""

    rank = 3


class ReflectionPad1d(_Pad):
    """The last dimension mirrored at its edges, which are not repeated."""

    rank, mode = 1, "reflect"


class ReflectionPad2d(_Pad):
    """The last two dimensions mirrored at their edges, which are not repeated."""

    rank, mode = 2, "reflect"


class ReflectionPad3d(_Pad):
    """The last three dimensions mirrored at their edges, which are not repeated."""

    rank, mode = 3, "reflect"


class ReplicationPad1d(_Pad):
    """The edges of the last dimension repeated outwards."""

    rank, mode = 1, "replicate"


class ReplicationPad2d(_Pad):
    """The edges of the last two dimensions repeated outwards."""

    rank, mode = 2, "replicate"


class ReplicationPad3d(_Pad):
    """The edges of the last three dimensions repeated outwards."""

    rank, mode = 3, "replicate"


class _CircularPad(_Pad):
    mode = "circular"

    def forward(self, input: Any) -> Any:
        """The input continued. ValueError unless it has one or two dimensions more than are padded."""
        if input.ndim not in (self.rank + 1, self.rank + 2):
            raise ValueError(f"expected {self.rank + 1}D or {self.rank + 2}D input (got {input.ndim}D input)")
        return super().forward(input)


class CircularPad1d(_CircularPad):
    """The last dimension continued from its other end."""

    rank = 1


class CircularPad2d(_CircularPad):
    """The last two dimensions continued from their other ends."""

    rank = 2


class CircularPad3d(_CircularPad):
    """The last three dimensions continued from their other ends."""

    rank = 3
