"""Convolutions and transposed convolutions in one, two and three dimensions.

Imports Module, the functional ops and the initialisers. The number of dimensions is a class attribute; the rest is shared.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import autograd_core as ag
from autograd_core.tensor.base import Tensor

from .. import functional as F
from .. import init
from ..parameter import Parameter
from .errors import other_type
from .module import Module
from .sizes import ntuple

__all__ = ["Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"]

Size = int | Sequence[int]
_PADDINGS = ("same", "valid")
_MODES = ("zeros", "reflect", "replicate", "circular")


class _ConvNd(Module):
    """What all convolutions share: the arguments, the weights and how they start."""

    rank: int
    transposed: bool
    weight: Parameter
    bias: Parameter | None

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Size, stride: Size, padding: Size | str, dilation: Size, transposed: bool,
        output_padding: Size, groups: int, bias: bool, padding_mode: str, device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        if not hasattr(self, "rank"):  # a class of the user's own: its sizes are tuples
            self.rank = len(tuple(kernel_size))  # type: ignore[arg-type]
        self.transposed = transposed
        if groups <= 0:
            raise ValueError(f"groups must be a positive integer, got {groups}")
        if in_channels % groups != 0:
            raise ValueError(f"in_channels must be divisible by groups, got in_channels={in_channels}, groups={groups}")
        if out_channels % groups != 0:
            raise ValueError(f"out_channels must be divisible by groups, got out_channels={out_channels}, groups={groups}")
        rank = self.rank
        self.in_channels, self.out_channels = in_channels, out_channels
        self.kernel_size, self.stride = ntuple(kernel_size, rank), ntuple(stride, rank)
        if isinstance(padding, str):
            if padding not in _PADDINGS:
                raise ValueError(f"Invalid padding string {padding!r}, should be one of {_PADDINGS}")
            if padding == "same" and any(s != 1 for s in self.stride):
                raise ValueError("padding='same' is not supported for strided convolutions")
        if padding_mode not in _MODES:
            raise ValueError(f"padding_mode must be one of {_MODES}, but got padding_mode='{padding_mode}'")
        self.padding: Any = padding if isinstance(padding, str) else ntuple(padding, rank)
        self.dilation, self.output_padding = ntuple(dilation, rank), ntuple(output_padding, rank)
        self.groups, self.padding_mode = groups, padding_mode
        self.weight = Parameter(ag.empty(self._weight_shape(), device=device, dtype=dtype))
        self.register_parameter("bias", Parameter(ag.empty(self.out_channels, device=device, dtype=dtype)) if bias else None)
        self.reset_parameters()

    def _weight_shape(self) -> tuple[int, ...]:
        to, of = (self.in_channels, self.out_channels) if self.transposed else (self.out_channels, self.in_channels)
        return (to, of // self.groups, *map(int, self.kernel_size))

    def reset_parameters(self) -> None:
        """Draw the weights anew, uniform in ±1/√(inputs of one output)."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in, _ = init._calculate_fan_in_and_fan_out(self.weight)
            if fan_in != 0:
                bound = 1 / math.sqrt(fan_in)
                init.uniform_(self.bias, -bound, bound)

    @property
    def _pads(self) -> list[int]:
        """The padding as `functional.pad` takes it: (low, high) pairs, the last dimension first."""
        if self.padding == "valid":
            return [0, 0] * self.rank
        if self.padding == "same":
            totals = [d * (k - 1) for d, k in zip(self.dilation, self.kernel_size, strict=True)]
            return [n for total in reversed(totals) for n in (total // 2, total - total // 2)]
        return [n for p in reversed(self.padding) for n in (p, p)]

    @property
    def _reversed_padding_repeated_twice(self) -> list[int]:
        return self._pads  # the name by which subclasses of PyTorch's class know it

    def extra_repr(self) -> str:
        """The arguments that are not defaults."""
        said = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        if self.padding != (0,) * len(self.padding):
            said += f", padding={self.padding}"
        if self.dilation != (1,) * len(self.dilation):
            said += f", dilation={self.dilation}"
        if self.output_padding != (0,) * len(self.output_padding):
            said += f", output_padding={self.output_padding}"
        if self.groups != 1:
            said += f", groups={self.groups}"
        if self.bias is None:
            said += ", bias=False"
        if self.padding_mode != "zeros":
            said += f", padding_mode={self.padding_mode}"
        return said

    def _diagnose(self, error: Exception, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str | None:
        x = args[0] if args else kwargs.get("input")
        name = type(self).__name__
        if not isinstance(x, Tensor):
            return f"{name} takes a tensor, got {type(x).__name__}: make one with autograd_core.tensor(x)"
        shape, rank, channels = tuple(x.shape), self.rank, self.in_channels
        said = f"{name}(in_channels={channels}) got x of shape {shape}"
        wanted = f"(N, {channels}, {', '.join('DHW'[3 - rank :])})".replace("W)", "L)" if rank == 1 else "W)")
        if len(shape) not in (rank + 1, rank + 2):
            fix = "Add the missing dimension: x.unsqueeze(0)." if len(shape) == rank else f"Expected {wanted}."
            return f"{said}, with {len(shape)} dimensions instead of {rank + 2} {wanted} or {rank + 1} without N. {fix}"
        at = len(shape) - rank - 1
        if shape[at] != channels:
            if shape[-1] == channels:
                order = (*range(at), len(shape) - 1, *range(at, len(shape) - 1))
                return f"{said}: x looks channels-last {shape[at:]}: use x.permute{order}."
            if len(shape) == rank + 1 and channels == 1:
                return f"{said}, read as {shape[0]} channels without a batch. For a batch of one-channel inputs use x.unsqueeze(1)."
            return f"{said}, which has {shape[at]} channels. Set in_channels={shape[at]}; expected x of shape {wanted}."
        if x.dtype != self.weight.dtype:
            return other_type(said, x, self.weight)
        return None


class _Conv(_ConvNd):
    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        stride: Size = 1,
        padding: Size | str = 0,
        dilation: Size = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, False, 0, groups, bias, padding_mode, device, dtype
        )

    def forward(self, input: Any) -> Any:
        """The cross-correlation of the input with the weight, plus the bias."""
        return self._conv_forward(input, self.weight, self.bias)

    def _convolve(self, *args: Any) -> Any:
        raise NotImplementedError

    def _conv_forward(self, input: Any, weight: Any, bias: Any) -> Any:
        if self.padding_mode != "zeros":
            padded = F.pad(input, self._pads, mode=self.padding_mode)
            return self._convolve(padded, weight, bias, self.stride, (0,) * self.rank, self.dilation, self.groups)
        return self._convolve(input, weight, bias, self.stride, self.padding, self.dilation, self.groups)


class Conv1d(_Conv):
    """Cross-correlation over (N, C, L) or (C, L) with a weight (out_channels, in_channels / groups, K)."""

    rank = 1

    def _convolve(self, *args: Any) -> Any:
        return F.conv1d(*args)


class Conv2d(_Conv):
    """Cross-correlation over (N, C, H, W) or (C, H, W) with a weight (out_channels, in_channels / groups, KH, KW)."""

    rank = 2

    def _convolve(self, *args: Any) -> Any:
        return F.conv2d(*args)


class Conv3d(_Conv):
    """Cross-correlation over (N, C, D, H, W) or (C, D, H, W) with a weight (out_channels, in_channels / groups, KD, KH, KW)."""

    rank = 3

    def _convolve(self, *args: Any) -> Any:
        return F.conv3d(*args)


class _ConvTranspose(_ConvNd):
    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        stride: Size = 1,
        padding: Size = 0,
        output_padding: Size = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Size = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if padding_mode != "zeros":
            raise ValueError(f'Only "zeros" padding mode is supported for {type(self).__name__}')
        if isinstance(padding, str):
            raise TypeError(f"{type(self).__name__} takes its padding as numbers, got {padding!r}: there is no 'same' for a transposed one")
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, True, output_padding, groups, bias, padding_mode, device, dtype
        )

    def _convolve(self, *args: Any) -> Any:
        raise NotImplementedError

    def forward(self, input: Any, output_size: Sequence[int] | None = None) -> Any:
        """Each input value times the kernel, added up where they overlap; `output_size` settles what the stride leaves open."""
        extra = self.output_padding if output_size is None else self._output_padding(input, list(output_size))
        return self._convolve(input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation)

    def _output_padding(self, x: Any, wanted: list[int]) -> tuple[int, ...]:
        rank, lead = self.rank, x.ndim - self.rank
        if len(wanted) == lead + rank:
            wanted = wanted[lead:]
        if len(wanted) != rank:
            raise ValueError(
                f"ConvTranspose{rank}D: for {x.ndim}D input, output_size must have {rank} or {lead + rank} elements (got {len(wanted)})"
            )
        geometry = zip(x.shape[lead:], self.stride, self.padding, self.dilation, self.kernel_size, strict=True)
        least = [(n - 1) * s - 2 * p + d * (k - 1) + 1 for n, s, p, d, k in geometry]
        most = [n + s - 1 for n, s in zip(least, self.stride, strict=True)]
        if any(not low <= size <= high for size, low, high in zip(wanted, least, most, strict=True)):
            raise ValueError(
                f"requested an output size of {wanted}, but valid sizes range from {least} to {most} (for an input of "
                f"{list(x.shape[lead:])})"
            )
        return tuple(size - low for size, low in zip(wanted, least, strict=True))


class ConvTranspose1d(_ConvTranspose):
    """The transpose of Conv1d: (N, C, L) to a longer (N, out_channels, L')."""

    rank = 1

    def _convolve(self, *args: Any) -> Any:
        return F.conv_transpose1d(*args)


class ConvTranspose2d(_ConvTranspose):
    """The transpose of Conv2d: (N, C, H, W) to a larger (N, out_channels, H', W')."""

    rank = 2

    def _convolve(self, *args: Any) -> Any:
        return F.conv_transpose2d(*args)


class ConvTranspose3d(_ConvTranspose):
    """The transpose of Conv3d: (N, C, D, H, W) to a larger (N, out_channels, D', H', W')."""

    rank = 3

    def _convolve(self, *args: Any) -> Any:
        return F.conv_transpose3d(*args)
