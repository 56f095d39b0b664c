"""Convolutions and their transposes. Imports op, shape, pad and the convolution kernels.

Three ops close under differentiation: the convolution, its gradient for the input (which is the transposed
convolution) and its gradient for the weight; the gradient of each is another of the three.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..arguments import must_fit
from ..kernels import conv as kernels
from ..op import Array, Value, composed, op
from .pad import pad_constant
from .reduce import sum
from .shape import permute, reshape, squeeze, unsqueeze

Ints = tuple[int, ...]
Size = int | Sequence[int]


@op(
    "{w} ∗ {x} + {b}",
    x=lambda g, x_shape, w, stride, padding, dilation, groups: conv_input(g, w, x_shape, stride, padding, dilation, groups),
    w=lambda g, x, w_shape, stride, padding, dilation, groups: conv_weight(g, x, w_shape, stride, padding, dilation, groups),
    b=lambda g: conv_bias(g),
    spaces="engine",
)
def convolution(x: Array, w: Array, b: Array | None, stride: Ints, padding: Ints, dilation: Ints, groups: int) -> Array:
    """Cross-correlation: out[n, o, p] = b[o] + Σ_{c, t} w[o, c, t] · x[n, c, p·stride − padding + t·dilation]."""
    return kernels.conv(x, w, b, stride, padding, dilation, groups)


@op(
    "{w} ∗ᵀ {y}",
    y=lambda g, w, stride, padding, dilation, groups: convolution(g, w, None, stride, padding, dilation, groups),
    w=lambda g, y, w_shape, stride, padding, dilation, groups: conv_weight(y, g, w_shape, stride, padding, dilation, groups),
    spaces="engine",
    torch_name="ConvolutionBackward",
)
def conv_input(y: Array, w: Array, shape: Ints, stride: Ints, padding: Ints, dilation: Ints, groups: int) -> Array:
    """The transposed convolution: each y[n, o, p] spread over the places of an input of `shape` that it was computed from."""
    return kernels.conv_input(y, w, shape, stride, padding, dilation, groups)


@op(
    "{y} ⋆ {x}",
    y=lambda g, x, stride, padding, dilation, groups: convolution(x, g, None, stride, padding, dilation, groups),
    x=lambda g, y, x_shape, stride, padding, dilation, groups: conv_input(y, g, x_shape, stride, padding, dilation, groups),
    spaces="engine",
    torch_name="ConvolutionBackwardWeight",
)
def conv_weight(y: Array, x: Array, shape: Ints, stride: Ints, padding: Ints, dilation: Ints, groups: int) -> Array:
    """The correlation of an input with y of the output's shape, at every offset of a kernel of `shape`."""
    return kernels.conv_weight(y, x, shape, stride, padding, dilation, groups)


@composed("Σ {g}", spaces="engine")
def conv_bias(g: Value) -> Value:
    """g summed over everything but the channels."""
    return sum(g, (0, *range(2, len(g.shape))))


def per_dim(value: Size, rank: int, name: str) -> Ints:
    """A static argument as one int per spatial dimension."""
    if isinstance(value, int):
        return (value,) * rank
    values = tuple(value)
    if len(values) == 1:
        return values * rank
    if len(values) != rank:
        raise RuntimeError(
            f"expected {name} to be a single integer value or a list of {rank} values to match the convolution dimensions, but got "
            f"{name}={list(values)}"
        )
    return values


def _batched(x: Value, w: Value, rank: int, name: str) -> tuple[Value, bool]:
    """x with a batch dimension, and whether it had one."""
    if len(w.shape) != rank + 2:
        raise RuntimeError(
            f"{name}: expected a {rank + 2}-dimensional weight (out_channels, in_channels / groups, *kernel), got shape {list(w.shape)}"
        )
    if len(x.shape) not in (rank + 1, rank + 2):
        raise RuntimeError(
            f"Expected {rank + 1}D (unbatched) or {rank + 2}D (batched) input to {name}, but got input of size: {list(x.shape)}"
        )
    return (x, True) if len(x.shape) == rank + 2 else (unsqueeze(x, 0), False)


def _check_channels(x: Value, w: Value, groups: int, channels: int) -> None:
    if groups <= 0:
        raise RuntimeError(f"non-positive groups is not supported: got groups={groups}")
    if w.shape[0] < groups or not w.shape[1]:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be at least {groups} at dimension 0 and 1 at dimension 1, but got weight of size "
            f"{list(w.shape)} instead"
        )
    if x.shape[1] == channels:
        return
    hint = ""
    if x.shape[-1] == channels:
        order = (0, len(x.shape) - 1, *range(1, len(x.shape) - 1))
        hint = f"; x looks channels-last: use x.permute{order} for a batch, x.permute{tuple(d - 1 for d in order[1:])} for one image"
    raise RuntimeError(
        f"Given groups={groups}, weight of size {list(w.shape)}, expected input{list(x.shape)} to have {channels} channels, but "
        f"got {x.shape[1]} channels "
        f"instead{hint}"
    )


def _check_bias(x: Value, w: Value, b: Value | None, channels: int) -> None:
    if b is None:
        return
    if tuple(b.shape) != (channels,):
        raise RuntimeError(
            f"Given weight of size {list(w.shape)}, expected bias to be 1-dimensional with {channels} elements, but got bias of size "
            f"{list(b.shape)} instead"
        )
    if b.dtype != x.dtype:
        raise RuntimeError(f"Input type ({x.dtype}) and bias type ({b.dtype}) should be the same: use bias.to({x.dtype})")


def _conv(x: Value, w: Value, b: Value | None, stride: Size, padding: Size | str, dilation: Size, groups: int, rank: int) -> Value:
    name = f"conv{rank}d"
    x, had_batch = _batched(x, w, rank, name)
    _check_channels(x, w, groups, w.shape[1] * groups)
    _check_bias(x, w, b, w.shape[0])
    steps, gaps = per_dim(stride, rank, "stride"), per_dim(dilation, rank, "dilation")
    if isinstance(padding, str):
        x, around = _named_padding(x, padding, tuple(w.shape[2:]), steps, gaps, rank)
    else:
        around = per_dim(padding, rank, "padding")
    out = convolution(x, w, b, steps, around, gaps, groups)
    return out if had_batch else squeeze(out, 0)


def _named_padding(x: Value, padding: str, kernel: Ints, steps: Ints, gaps: Ints, rank: int) -> tuple[Value, Ints]:
    """'valid' or 'same' in numbers; an odd total puts the extra element on the high side."""
    if padding == "valid":
        return x, (0,) * rank
    if padding != "same":
        raise RuntimeError(f"Invalid padding string: {padding!r}, expected one of 'valid', 'same' or numbers")
    if any(s != 1 for s in steps):
        raise RuntimeError(f"padding='same' is not supported for strided convolutions: got stride={list(steps)}")
    total = [d * (k - 1) for d, k in zip(gaps, kernel, strict=True)]
    if any(t % 2 for t in total):
        x = pad_constant(x, ((0, 0), (0, 0), *((0, t % 2) for t in total)))
    return x, tuple(t // 2 for t in total)


def _conv_transpose(
    x: Value, w: Value, b: Value | None, stride: Size, padding: Size, output_padding: Size, groups: int, dilation: Size, rank: int
) -> Value:
    name = f"conv_transpose{rank}d"
    x, had_batch = _batched(x, w, rank, name)
    _check_channels(x, w, groups, w.shape[0])
    _check_bias(x, w, b, w.shape[1] * groups)
    steps, around, gaps = per_dim(stride, rank, "stride"), per_dim(padding, rank, "padding"), per_dim(dilation, rank, "dilation")
    extra = per_dim(output_padding, rank, "output_padding")
    for e, s, d in zip(extra, steps, gaps, strict=True):
        if e < 0 or e >= max(s, d):
            raise RuntimeError(
                f"output padding must be smaller than either stride or dilation, but got output_padding={list(extra)}, stride={list(steps)}"
            )
    sizes = [
        (n - 1) * s - 2 * p + d * (k - 1) + e + 1
        for n, s, p, d, k, e in zip(x.shape[2:], steps, around, gaps, w.shape[2:], extra, strict=True)
    ]
    if any(n <= 0 for n in sizes):
        raise RuntimeError(
            f"Given input size per channel: {list(x.shape[2:])}. Calculated output size per channel: {sizes}. Output size is too small"
        )
    must_fit(name, (x.shape[0], w.shape[1] * groups, *sizes))
    if any(e >= s for e, s in zip(extra, steps, strict=True)):  # a dilation allows more than a step: steps from places that hold 0
        x = pad_constant(x, ((0, 0), (0, 0), *[(0, e // s) for e, s in zip(extra, steps, strict=True)]))
    out = conv_input(x, w, (x.shape[0], w.shape[1] * groups, *sizes), steps, around, gaps, groups)
    if b is not None:
        out = out + reshape(b, (-1,) + (1,) * rank)
    return out if had_batch else squeeze(out, 0)


@composed(spaces="torch functional")
def conv1d(
    x: Value, weight: Value, bias: Value | None = None, stride: Size = 1, padding: Size | str = 0, dilation: Size = 1, groups: int = 1
) -> Value:
    """Cross-correlation over x (N, C, L) with weight (O, C/groups, K); padding may be 'same' or 'valid'."""
    return _conv(x, weight, bias, stride, padding, dilation, groups, 1)


@composed(spaces="torch functional")
def conv2d(
    x: Value, weight: Value, bias: Value | None = None, stride: Size = 1, padding: Size | str = 0, dilation: Size = 1, groups: int = 1
) -> Value:
    """Cross-correlation over x (N, C, H, W) with weight (O, C/groups, K, L); padding may be 'same' or 'valid'."""
    return _conv(x, weight, bias, stride, padding, dilation, groups, 2)


@composed(spaces="torch functional")
def conv3d(
    x: Value, weight: Value, bias: Value | None = None, stride: Size = 1, padding: Size | str = 0, dilation: Size = 1, groups: int = 1
) -> Value:
    """Cross-correlation over x (N, C, D, H, W) with weight (O, C/groups, J, K, L); padding may be 'same' or 'valid'."""
    return _conv(x, weight, bias, stride, padding, dilation, groups, 3)


@composed(spaces="torch functional")
def conv_transpose1d(
    x: Value,
    weight: Value,
    bias: Value | None = None,
    stride: Size = 1,
    padding: Size = 0,
    output_padding: Size = 0,
    groups: int = 1,
    dilation: Size = 1,
) -> Value:
    """The transpose of conv1d: x (N, C, L), weight (C, O/groups, K)."""
    return _conv_transpose(x, weight, bias, stride, padding, output_padding, groups, dilation, 1)


@composed(spaces="torch functional")
def conv_transpose2d(
    x: Value,
    weight: Value,
    bias: Value | None = None,
    stride: Size = 1,
    padding: Size = 0,
    output_padding: Size = 0,
    groups: int = 1,
    dilation: Size = 1,
) -> Value:
    """The transpose of conv2d: x (N, C, H, W), weight (C, O/groups, K, L)."""
    return _conv_transpose(x, weight, bias, stride, padding, output_padding, groups, dilation, 2)


@composed(spaces="torch functional")
def conv_transpose3d(
    x: Value,
    weight: Value,
    bias: Value | None = None,
    stride: Size = 1,
    padding: Size = 0,
    output_padding: Size = 0,
    groups: int = 1,
    dilation: Size = 1,
) -> Value:
    """The transpose of conv3d: x (N, C, D, H, W), weight (C, O/groups, J, K, L)."""
    return _conv_transpose(x, weight, bias, stride, padding, output_padding, groups, dilation, 3)


@composed(spaces="torch functional")
def conv_tbc(x: Value, weight: Value, bias: Value, pad: int = 0) -> Value:
    """conv1d with the time first: x (T, N, C), weight (K, C, O), bias (O) to (T', N, O)."""
    for name, value, rank in (("input", x, 3), ("weight", weight, 3), ("bias", bias, 1)):
        if len(value.shape) != rank:
            raise RuntimeError(f"conv_tbc: {name} must have {rank} dimensions (x: (T, N, C), weight: (K, C, O), bias: (O)), got {list(value.shape)}")
    return permute(conv1d(permute(x, (1, 2, 0)), permute(weight, (2, 1, 0)), bias, 1, pad), (2, 0, 1))
