"""Filling weights before training: torch.nn.init's names, drawing the same random numbers.

Imports autograd_core's random numbers and Tensor. Every function fills its tensor in place, unrecorded, and returns it.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_core import random
from autograd_core.random import Generator
from autograd_core.tensor.base import Tensor
from autograd_core.tensor.inplace import bump
from autograd_core.tensor.overlap import may_write, opened

_LINEAR = ("linear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "sigmoid")


def _memory(tensor: Tensor, name: str) -> np.ndarray:
    """The array to fill, its change noted."""
    if not isinstance(tensor, Tensor):
        raise TypeError(f"{name} fills a Tensor, got {type(tensor).__name__}")
    if not tensor.array.flags.writeable:
        may_write(tensor, name)
    bump(tensor, name)
    return opened(tensor.array)


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """The factor for weights in front of a nonlinearity: relu √2, tanh 5/3, leaky_relu √(2 / (1 + slope²)), selu 3/4, else 1."""
    if nonlinearity in _LINEAR:
        return 1
    if nonlinearity == "tanh":
        return 5.0 / 3
    if nonlinearity == "relu":
        return math.sqrt(2.0)
    if nonlinearity == "selu":
        return 3.0 / 4
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, (int, float)):
            raise ValueError(f"negative_slope {param} not a valid number")
        return math.sqrt(2.0 / (1 + slope**2))
    raise ValueError(f"Unsupported nonlinearity {nonlinearity}: known are tanh, relu, leaky_relu, selu, {', '.join(_LINEAR)}")


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Uniform numbers in [a, b)."""
    random.uniform_(_memory(tensor, "uniform_"), a, b, generator=generator)
    return tensor


def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Normal numbers."""
    random.normal_(_memory(tensor, "normal_"), mean, std, generator=generator)
    return tensor


def trunc_normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, generator: Generator | None = None
) -> Tensor:
    """Normal numbers, those outside [a, b] drawn again."""
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of values may be incorrect.", stacklevel=2
        )
    out = _memory(tensor, "trunc_normal_")
    if _normal_below((b - mean) / std) - _normal_below((a - mean) / std) > 0.3:
        _redraw_normals(out, mean, std, a, b, generator)
    else:
        _accept_uniforms(out, mean, std, a, b, generator)
    return tensor


def _normal_below(x: float) -> float:
    return (1.0 + math.erf(x / math.sqrt(2.0))) / 2.0


def _redraw_normals(out: np.ndarray, mean: float, std: float, a: float, b: float, generator: Generator | None) -> None:
    low, high = out.dtype.type(a), out.dtype.type(b)
    random.normal_(out, mean, std, generator=generator)
    while (outside := (out < low) | (out > high)).any():
        np.copyto(out, random.normal_(np.empty_like(out), mean, std, generator=generator), where=outside)


def _accept_uniforms(out: np.ndarray, mean: float, std: float, a: float, b: float, generator: Generator | None) -> None:
    """Rejection from uniform candidates: few normal numbers would fall into the interval."""
    peak = -0.5 * ((max(a, min(mean, b)) - mean) / std) ** 2

    def refused(candidates: np.ndarray) -> Any:
        density = candidates - out.dtype.type(mean)
        density /= out.dtype.type(std)
        density *= density
        density *= out.dtype.type(-0.5)
        density -= out.dtype.type(peak)
        drawn = random.uniform_(np.empty_like(out), generator=generator)
        with np.errstate(divide="ignore"):
            return np.log(drawn) > density

    random.uniform_(out, a, b, generator=generator)
    pending = refused(out)
    while pending.any():
        candidates = random.uniform_(np.empty_like(out), a, b, generator=generator)
        np.copyto(out, candidates, where=pending)
        pending &= refused(candidates)


def constant_(tensor: Tensor, val: float) -> Tensor:
    """One value everywhere."""
    _memory(tensor, "constant_").fill(val)
    return tensor


def ones_(tensor: Tensor) -> Tensor:
    """Ones."""
    return constant_(tensor, 1.0)


def zeros_(tensor: Tensor) -> Tensor:
    """Zeros."""
    return constant_(tensor, 0.0)


def eye_(tensor: Tensor) -> Tensor:
    """The identity matrix. ValueError unless two-dimensional."""
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    out = _memory(tensor, "eye_")
    out[...] = np.eye(*out.shape, dtype=out.dtype)
    return tensor


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """A convolution that passes as many channels on unchanged as it can. ValueError unless 3 to 5 dimensions."""
    if tensor.ndim not in (3, 4, 5):
        raise ValueError("Only tensors with 3, 4, or 5 dimensions are supported")
    sizes = tensor.shape
    if sizes[0] % groups != 0:
        raise ValueError("dim 0 must be divisible by groups")
    out = _memory(tensor, "dirac_")
    out.fill(0)
    per_group = sizes[0] // groups
    middle = tuple(size // 2 for size in sizes[2:])
    for group in range(groups):
        for d in range(min(per_group, sizes[1])):
            out[(group * per_group + d, d, *middle)] = 1
    return tensor


def _calculate_fan_in_and_fan_out(tensor: Tensor) -> tuple[int, int]:
    """(connections into one output, out of one input) of a weight (out, in, *kernel)."""
    if tensor.ndim < 2:
        raise ValueError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions")
    field = math.prod(tensor.shape[2:])
    return tensor.shape[1] * field, tensor.shape[0] * field


def _calculate_correct_fan(tensor: Tensor, mode: str) -> int:
    modes = ["fan_in", "fan_out"]
    if mode.lower() not in modes:
        raise ValueError(f"Mode {mode} not supported, please use one of {modes}")
    return _calculate_fan_in_and_fan_out(tensor)[modes.index(mode.lower())]


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Uniform in ±gain √(6 / (fan_in + fan_out)). Source: Glorot and Bengio (2010)."""
    fan_in, fan_out = _calculate_fan_in_and_fan_out(tensor)
    std = gain * math.sqrt(2.0 / float(fan_in + fan_out))
    bound = math.sqrt(3.0) * std
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Normal with deviation gain √(2 / (fan_in + fan_out)). Source: Glorot and Bengio (2010)."""
    fan_in, fan_out = _calculate_fan_in_and_fan_out(tensor)
    return normal_(tensor, 0.0, gain * math.sqrt(2.0 / float(fan_in + fan_out)), generator)


def kaiming_uniform_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Generator | None = None
) -> Tensor:
    """Uniform in ±gain √(3 / fan); `a` is the slope of a leaky ReLU. Source: He et al. (2015)."""
    if 0 in tensor.shape:
        warnings.warn("Initializing zero-element tensors is a no-op", stacklevel=2)
        return tensor
    std = calculate_gain(nonlinearity, a) / math.sqrt(_calculate_correct_fan(tensor, mode))
    bound = math.sqrt(3.0) * std
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Generator | None = None
) -> Tensor:
    """Normal with deviation gain / √fan; `a` is the slope of a leaky ReLU. Source: He et al. (2015)."""
    if 0 in tensor.shape:
        warnings.warn("Initializing zero-element tensors is a no-op", stacklevel=2)
        return tensor
    return normal_(tensor, 0, calculate_gain(nonlinearity, a) / math.sqrt(_calculate_correct_fan(tensor, mode)), generator)


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Generator | None = None) -> Tensor:
    """Orthonormal rows or columns, whichever are fewer, times gain; trailing dimensions count as one. Source: Saxe et al. (2014)."""
    if tensor.ndim < 2:
        raise ValueError("Only tensors with 2 or more dimensions are supported")
    out = _memory(tensor, "orthogonal_")
    if not out.size:
        return tensor
    if out.dtype == np.float16:
        raise NotImplementedError("orthogonal_ is not implemented for float16: fill a float32 tensor, then use .half()")
    rows, columns = out.shape[0], out.size // out.shape[0]
    drawn = random.normal_(np.empty((rows, columns), out.dtype), 0, 1, generator=generator)
    q, r = np.linalg.qr(drawn.T if rows < columns else drawn)
    q *= np.sign(np.diagonal(r))
    out[...] = (q.T if rows < columns else q).reshape(out.shape)
    out *= out.dtype.type(gain)
    return tensor


def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: Generator | None = None) -> Tensor:
    """Normal numbers, and zeros in a fraction of each column. Source: Martens (2010)."""
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    out = _memory(tensor, "sparse_")
    rows, columns = out.shape
    zeros = math.ceil(sparsity * rows)
    random.normal_(out, 0, std, generator=generator)
    for column in range(columns):
        out[random.randperm(rows)[:zeros], column] = 0
    return tensor


def _older(fill: Any) -> Callable[..., Tensor]:
    """The name without underscore, from before PyTorch 0.4."""
    new, old = fill.__name__, fill.__name__[:-1]

    def deprecated(*args: Any, **kwargs: Any) -> Tensor:
        warnings.warn(f"`nn.init.{old}` is now deprecated in favor of `nn.init.{new}`.", FutureWarning, stacklevel=2)
        out: Tensor = fill(*args, **kwargs)
        return out

    deprecated.__name__ = old
    deprecated.__doc__ = f"Deprecated: use {new}."
    return deprecated


uniform, normal, constant, eye, dirac = map(_older, (uniform_, normal_, constant_, eye_, dirac_))
xavier_uniform, xavier_normal, kaiming_uniform, kaiming_normal = map(
    _older, (xavier_uniform_, xavier_normal_, kaiming_uniform_, kaiming_normal_)
)
orthogonal, sparse = map(_older, (orthogonal_, sparse_))
