"""Normalisation: batch, layer, group, instance, RMS and local response. Imports op, the elementwise ops and the kernels.

The gradient of each is a function with its mathematics in ops, which recomputes mean and variance so that second
derivatives reach the input through them, and a fused kernel that takes its place on arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..kernels import norm as kernels
from ..op import Array, Value, composed, op
from .pad import pad_constant
from .pointwise import pow, rsqrt
from .pool import avg_pool
from .reduce import mean, sum
from .shape import reshape

NORM_GRADIENTS = (
    "(rstd · (ĝ − mean(ĝ) − x̂ · mean(ĝ · x̂)), Σ {g} · x̂, Σ {g}), where ĝ = {g} · {w}, x̂ = ({x} − mean) · rstd, rstd = 1 / √(var + {eps})"
)


def per_channel(v: Value, rank: int) -> Value:
    """A (C,) vector in the shape (1, C, 1, ...)."""
    return reshape(v, (1, -1) + (1,) * (rank - 2))


def _normalised(x: Value, dims: tuple[int, ...], eps: float) -> tuple[Value, Value]:
    """(x − mean) / √(variance + eps) over dims, and 1 / √(variance + eps)."""
    centred = x - mean(x, dims, True)
    rstd = rsqrt(mean(centred * centred, dims, True) + eps)
    return centred * rstd, rstd


def _through(g: Value, unit: Value, rstd: Value, dims: tuple[int, ...]) -> Value:
    """The gradient through a normalisation: rstd · (g − mean(g) − unit · mean(g · unit))."""
    return rstd * (g - mean(g, dims, True) - unit * mean(g * unit, dims, True))


def _without_eps(g: Array, x: Array, w: Array | None, mu: Array, rstd: Array, eps: float) -> tuple[Array, Array, Array]:
    return kernels.batch_norm_input(g, x, w, mu, rstd)


@composed(NORM_GRADIENTS, spaces="engine", kernel=_without_eps)
def batch_norm_backward(g: Value, x: Value, w: Value | None, mu: Value, rstd: Value, eps: float) -> tuple[Value, Value, Value]:
    """The gradients of batch normalisation for x, weight and bias."""
    rank = len(x.shape)
    dims = (0, *range(2, rank))
    unit, scale = _normalised(x, dims, eps)
    gw, gb = sum(g * unit, dims), sum(g, dims)
    return _through(g if w is None else g * per_channel(w, rank), unit, scale, dims), gw, gb


@op(
    "({x} − mean) / √(var + {eps}) · {w} + {b}",
    joint=lambda g, x, w, mu, rstd, eps: batch_norm_backward(g, x, w, mu, rstd, eps),
    outputs=("out", "mu", "var"),
    discrete=("mu", "var"),
    aux=("rstd",),
    spaces="engine",
    torch_name="NativeBatchNormBackward",
)
def batch_norm_train(x: Array, w: Array | None, b: Array | None, eps: float) -> tuple[Array, Array, Array, Array]:
    """Batch normalisation with the batch's own mean and variance over all but the channels; also the mean and the unbiased variance."""
    out, mu, rstd, var = kernels.batch_norm_train(x, w, b, eps)
    return out, mu, var, rstd


def _fixed_gradients(g: Array, x: Array, w: Array | None, mu: Array, var: Array, eps: float) -> tuple[Any, ...]:
    return (*kernels.batch_norm_eval_input(g, x, w, mu, var, eps), None, None)


@composed(
    "({g} · {w} · rstd, Σ {g} · ({x} − {mu}) · rstd, Σ {g}, 0, 0), where rstd = 1 / √({var} + {eps})",
    spaces="engine",
    kernel=_fixed_gradients,
)
def batch_norm_fixed_backward(g: Value, x: Value, w: Value | None, mu: Value, var: Value, eps: float) -> tuple[Any, ...]:
    """The gradients of batch normalisation with given statistics for x, weight and bias; these statistics have none."""
    rank = len(x.shape)
    dims = (0, *range(2, rank))
    rstd = per_channel(rsqrt(var + eps), rank)
    unit = (x - per_channel(mu, rank)) * rstd
    return (g if w is None else g * per_channel(w, rank)) * rstd, sum(g * unit, dims), sum(g, dims), None, None


@op(
    "({x} − {mu}) / √({var} + {eps}) · {w} + {b}",
    joint=lambda g, x, w, mu, var, eps: batch_norm_fixed_backward(g, x, w, mu, var, eps),
    spaces="engine",
    torch_name="NativeBatchNormBackward",
)
def batch_norm_fixed(x: Array, w: Array | None, b: Array | None, mu: Array, var: Array, eps: float) -> Array:
    """Batch normalisation with given mean and variance, which receive no gradient."""
    return kernels.batch_norm_eval(x, w, b, mu, var, eps)


@composed(spaces="functional")
def batch_norm(
    x: Value,
    running_mean: Value | None,
    running_var: Value | None,
    weight: Value | None = None,
    bias: Value | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Value:
    """Normalise each channel of (N, C, ...): with the batch's statistics when training (which then move the running ones), else "
    "with the running ones."""
    shape = x.shape
    if len(shape) < 2:
        raise RuntimeError(f"batch_norm expects an input of at least 2 dimensions (N, C, ...), got shape {list(shape)}")
    _fits("running_mean", running_mean, shape[1])
    _fits("weight", weight, shape[1])
    _fits("bias", bias, shape[1])
    if not training:
        if running_mean is None or running_var is None:
            raise RuntimeError("Expected running_mean and running_var to be defined when training=False")
        return batch_norm_fixed(x, weight, bias, running_mean, running_var, eps)
    count = 1
    for n in (shape[0], *shape[2:]):
        count *= n
    if count == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {list(shape)}")
    if eps <= 0.0:
        raise ValueError(f"batch_norm eps must be positive during training, but got {eps}: use the default, 1e-5")
    out, mu, var = batch_norm_train(x, weight, bias, eps)
    if running_mean is not None and running_var is not None:
        _move(running_mean, mu, momentum)
        _move(running_var, var, momentum)
    return out


def _fits(name: str, v: Value | None, channels: int) -> None:
    if v is not None and v.shape != (channels,):
        raise RuntimeError(
            f"{name} should contain {channels} elements not {v.shape[0] if len(v.shape) else 1}: the input has {channels} channels"
        )


def _move(running: Value, batch: Value, momentum: float) -> None:
    """running ← (1 − momentum) · running + momentum · batch, in place and outside the graph."""
    old = running.detach() if hasattr(running, "detach") else running
    new = batch.detach() if hasattr(batch, "detach") else batch
    old *= 1 - momentum
    old += momentum * new


def _layer_gradients(
    g: Array, x: Array, w: Array | None, mu: Array, rstd: Array, normalized_shape: tuple[int, ...], eps: float
) -> tuple[Array, Array, Array]:
    return kernels.layer_norm_input(g, x, tuple(normalized_shape), w, mu, rstd)


@composed(NORM_GRADIENTS, spaces="engine", kernel=_layer_gradients)
def layer_norm_backward(
    g: Value, x: Value, w: Value | None, mu: Value, rstd: Value, normalized_shape: tuple[int, ...], eps: float
) -> tuple[Value, Value, Value]:
    """The gradients of layer normalisation for x, weight and bias."""
    total, rank = len(x.shape), len(normalized_shape)
    dims, lead = tuple(range(total - rank, total)), tuple(range(total - rank))
    unit, scale = _normalised(x, dims, eps)
    gw, gb = (sum(g * unit, lead), sum(g, lead)) if lead else (g * unit, g)
    return _through(g if w is None else g * w, unit, scale, dims), gw, gb


@op(
    "({x} − mean) / √(var + {eps}) · {weight} + {bias}",
    joint=lambda g, x, weight, mu, rstd, normalized_shape, eps: layer_norm_backward(g, x, weight, mu, rstd, normalized_shape, eps),
    aux=("mu", "rstd"),
    spaces="torch functional",
    torch_name="NativeLayerNormBackward",
)
def layer_norm(
    x: Array, normalized_shape: Sequence[int], weight: Array | None = None, bias: Array | None = None, eps: float = 1e-5
) -> tuple[Array, Array, Array]:
    """Normalise over the trailing dimensions normalized_shape, then scale and shift elementwise."""
    try:
        return kernels.layer_norm(x, tuple(normalized_shape), weight, bias, eps)
    except RuntimeError:
        _trailing(x, tuple(normalized_shape), weight, bias)
        raise


def _trailing(x: Array, wanted: tuple[int, ...], weight: Array | None, bias: Array | None = None) -> None:
    """PyTorch's errors for shapes that do not fit."""
    if not wanted:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got normalized_shape = []"
        )
    for name, v in (("weight", weight), ("bias", bias)):
        if v is not None and v.shape != wanted:
            raise RuntimeError(
                f"Expected {name} to be of same shape as normalized_shape, but got {name} of shape {list(v.shape)} and "
                f"normalized_shape = {list(wanted)}"
            )
    if x.shape[-len(wanted) :] != wanted:
        raise RuntimeError(
            f"Given normalized_shape={list(wanted)}, expected input with shape [*, {str(list(wanted))[1:-1]}], but got input of "
            f"size{list(x.shape)}"
        )


def _group_gradients(g: Array, x: Array, w: Array | None, mu: Array, rstd: Array, groups: int, eps: float) -> tuple[Array, Array, Array]:
    return kernels.group_norm_input(g, x, groups, w, mu, rstd)


@composed(NORM_GRADIENTS, spaces="engine", kernel=_group_gradients)
def group_norm_backward(g: Value, x: Value, w: Value | None, mu: Value, rstd: Value, groups: int, eps: float) -> tuple[Value, Value, Value]:
    """The gradients of group normalisation for x, weight and bias."""
    shape, rank = x.shape, len(x.shape)
    grouped = (shape[0], groups, -1)
    unit, scale = _normalised(reshape(x, grouped), (2,), eps)
    inner = reshape(g if w is None else g * per_channel(w, rank), grouped)
    dims = (0, *range(2, rank))
    return reshape(_through(inner, unit, scale, (2,)), tuple(shape)), sum(g * reshape(unit, tuple(shape)), dims), sum(g, dims)


@op(
    "({x} − mean) / √(var + {eps}) · {w} + {b}",
    joint=lambda g, x, w, mu, rstd, groups, eps: group_norm_backward(g, x, w, mu, rstd, groups, eps),
    aux=("mu", "rstd"),
    spaces="engine",
    torch_name="NativeGroupNormBackward",
)
def group_norm_over(x: Array, w: Array | None, b: Array | None, groups: int, eps: float) -> tuple[Array, Array, Array]:
    """Normalisation of each image over groups of channels."""
    return kernels.group_norm(x, groups, w, b, eps)


@composed(spaces="torch functional")
def group_norm(x: Value, num_groups: int, weight: Value | None = None, bias: Value | None = None, eps: float = 1e-5) -> Value:
    """Normalise each image of (N, C, ...) over num_groups groups of channels, then scale and shift each channel."""
    if len(x.shape) < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {len(x.shape)}")
    if num_groups <= 0 or x.shape[1] % num_groups:
        raise RuntimeError(
            f"Expected number of channels in input to be divisible by num_groups, but got input of shape {list(x.shape)} and "
            f"num_groups={num_groups}"
        )
    _fits("weight", weight, x.shape[1])
    _fits("bias", bias, x.shape[1])
    return group_norm_over(x, weight, bias, num_groups, eps)


@composed(spaces="functional")
def instance_norm(
    x: Value,
    running_mean: Value | None = None,
    running_var: Value | None = None,
    weight: Value | None = None,
    bias: Value | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Value:
    """Normalise each channel of each image of (N, C, ...) by itself."""
    if not use_input_stats:
        return batch_norm(x, running_mean, running_var, weight, bias, False, momentum, eps)
    shape = x.shape
    count = 1
    for n in shape[2:]:
        count *= n
    if count == 1:
        raise ValueError(f"Expected more than 1 spatial element when training, got input size {list(shape)}")
    one_row = reshape(x, (1, shape[0] * shape[1], *shape[2:]))
    out, mu, var = batch_norm_train(one_row, None, None, eps)
    if running_mean is not None and running_var is not None:
        _move(running_mean, mean(reshape(mu, (shape[0], shape[1])), 0), momentum)
        _move(running_var, mean(reshape(var, (shape[0], shape[1])), 0), momentum)
    out = reshape(out, tuple(shape))
    if weight is not None:
        out = out * per_channel(weight, len(shape))
    return out if bias is None else out + per_channel(bias, len(shape))


def _rms_gradients(
    g: Array, x: Array, w: Array | None, rstd: Array, normalized_shape: tuple[int, ...], eps: float | None
) -> tuple[Array, Array]:
    return kernels.rms_norm_input(g, x, normalized_shape, w, rstd)


@composed(
    "(r · (ĝ − x̂ · mean(ĝ · x̂)), Σ {g} · x̂), where ĝ = {g} · {w}, x̂ = {x} · r, r = 1 / √(mean({x}²) + {eps})",
    spaces="engine",
    kernel=_rms_gradients,
)
def rms_norm_backward(
    g: Value, x: Value, w: Value | None, rstd: Value, normalized_shape: tuple[int, ...], eps: float | None
) -> tuple[Value, Value]:
    """The gradients of RMS normalisation for x and weight."""
    total, rank = len(x.shape), len(normalized_shape)
    dims, lead = tuple(range(total - rank, total)), tuple(range(total - rank))
    scale = rsqrt(mean(x * x, dims, True) + (_epsilon(x) if eps is None else eps))
    unit, inner = x * scale, g if w is None else g * w
    return scale * (inner - unit * mean(inner * unit, dims, True)), sum(g * unit, lead) if lead else g * unit


def _epsilon(x: Value) -> float:
    array: Any = getattr(x, "array", x)
    return float(np.finfo(array.dtype).eps)


@op(
    "{x} / √(mean({x}²) + {eps}) · {w}",
    joint=lambda g, x, w, rstd, normalized_shape, eps: rms_norm_backward(g, x, w, rstd, normalized_shape, eps),
    aux=("rstd",),
    spaces="engine",
)
def rms_norm_over(x: Array, w: Array | None, normalized_shape: tuple[int, ...], eps: float | None) -> tuple[Array, Array]:
    """RMS normalisation over the trailing dimensions."""
    if x.ndim < len(normalized_shape):
        raise ValueError(
            f"rms_norm: input of shape {list(x.shape)} must have at least the {len(normalized_shape)} dimensions of {list(normalized_shape)}"
        )
    try:
        return kernels.rms_norm(x, normalized_shape, w, eps)
    except RuntimeError:
        _trailing(x, normalized_shape, w)
        raise


@composed(spaces="torch functional")
def rms_norm(x: Value, normalized_shape: Sequence[int], weight: Value | None = None, eps: float | None = None) -> Value:
    """x / √(mean(x²) + eps) over the trailing dimensions normalized_shape, then scaled; eps defaults to the type's epsilon."""
    wanted = normalized_shape if type(normalized_shape) is tuple else (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    return rms_norm_over(x, weight, wanted, eps)


@composed(spaces="functional")
def local_response_norm(x: Value, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Value:
    """x / (k + alpha · mean of x² over `size` neighbouring channels)^beta."""
    rank = len(x.shape)
    if rank < 3:
        raise ValueError(f"Expected 3D or higher dimensionality input (got {rank} dimensions)")
    if 0 in x.shape:
        return x
    shape: Any = x.shape
    squares = reshape(x * x, (shape[0], 1, shape[1], -1))
    around = pad_constant(squares, ((0, 0), (0, 0), (size // 2, (size - 1) // 2), (0, 0)))
    means = avg_pool(around, (size, 1), (1, 1), (0, 0), False, True, None)
    return x / pow(reshape(means, tuple(shape)) * alpha + k, beta)
