"""The activation functions of torch.nn.functional, with PyTorch's arguments. Imports op, nonlinear and the other ops."""

from __future__ import annotations

import numpy as np

from .. import random
from ..kernels import glu as kernel
from ..op import Array, Value, alias, composed, op
from . import nonlinear
from .comparison import values_of
from .exponential import sigmoid
from .join import cat
from .pointwise import abs
from .shape import getitem, reshape, wrap_dim
from .trigonometry import tanh


@composed(spaces="functional")
def relu(x: Value, inplace: bool = False) -> Value:
    """max(0, x); the gradient at 0 is 0."""
    return nonlinear.relu.in_place(x) if inplace else nonlinear.relu(x)


@composed(spaces="functional")
def relu6(x: Value, inplace: bool = False) -> Value:
    """min(max(0, x), 6)."""
    return nonlinear.hardtanh.in_place(x, 0.0, 6.0) if inplace else nonlinear.hardtanh(x, 0.0, 6.0)


@composed(spaces="torch functional")
def threshold(x: Value, threshold: float, value: float, inplace: bool = False) -> Value:
    """x where it is above the threshold, else the value."""
    return nonlinear.threshold.in_place(x, threshold, value) if inplace else nonlinear.threshold(x, threshold, value)


@composed(spaces="functional")
def leaky_relu(x: Value, negative_slope: float = 0.01, inplace: bool = False) -> Value:
    """x where it is positive, else negative_slope · x."""
    return nonlinear.leaky_relu.in_place(x, negative_slope) if inplace else nonlinear.leaky_relu(x, negative_slope)


@composed(spaces="functional")
def elu(x: Value, alpha: float = 1.0, inplace: bool = False) -> Value:
    """x where it is positive, else α (exp(x) − 1)."""
    return nonlinear.elu.in_place(x, alpha) if inplace else nonlinear.elu(x, alpha)


@composed(spaces="torch functional")
def selu(x: Value, inplace: bool = False) -> Value:
    """λ x where x is positive, else λ α (exp(x) − 1), λ ≈ 1.0507, α ≈ 1.6733 (Klambauer et al. 2017)."""
    return nonlinear.selu.in_place(x) if inplace else nonlinear.selu(x)


@composed(spaces="torch functional")
def celu(x: Value, alpha: float = 1.0, inplace: bool = False) -> Value:
    """x where it is positive, else α (exp(x / α) − 1)."""
    return nonlinear.celu.in_place(x, alpha) if inplace else nonlinear.celu(x, alpha)


@composed(spaces="functional")
def silu(x: Value, inplace: bool = False) -> Value:
    """x σ(x)."""
    return nonlinear.silu.in_place(x) if inplace else nonlinear.silu(x)


@composed(spaces="functional")
def mish(x: Value, inplace: bool = False) -> Value:
    """x tanh(log(1 + exp(x)))."""
    return nonlinear.mish.in_place(x) if inplace else nonlinear.mish(x)


@composed(spaces="functional")
def hardtanh(x: Value, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Value:
    """x held in [min_val, max_val]; the gradient on the edges is 0."""
    return nonlinear.hardtanh.in_place(x, min_val, max_val) if inplace else nonlinear.hardtanh(x, min_val, max_val)


@composed(spaces="functional")
def hardsigmoid(x: Value, inplace: bool = False) -> Value:
    """min(max(x + 3, 0), 6) / 6."""
    return nonlinear.hardsigmoid.in_place(x) if inplace else nonlinear.hardsigmoid(x)


@composed(spaces="functional")
def hardswish(x: Value, inplace: bool = False) -> Value:
    """x · min(max(x + 3, 0), 6) / 6."""
    return nonlinear.hardswish.in_place(x) if inplace else nonlinear.hardswish(x)


for _entry in (relu, threshold, leaky_relu, elu, selu, celu, hardtanh):
    alias(_entry, "functional." + _entry.name + "_")
for _entry in (threshold, selu, celu):
    alias(_entry, "torch." + _entry.name + "_")


@composed(spaces="functional")
def gelu(x: Value, approximate: str = "none") -> Value:
    """x Φ(x), Φ the normal distribution function; approximate="tanh" takes ½ x (1 + tanh(√(2/π) (x + 0.044715 x³)))."""
    if approximate == "none":
        return nonlinear.gelu(x)
    if approximate == "tanh":
        return nonlinear.gelu_tanh(x)
    raise RuntimeError(f"approximate argument must be either none or tanh: got {approximate!r}")


@composed(spaces="functional")
def softplus(x: Value, beta: float = 1, threshold: float = 20) -> Value:
    """log(1 + exp(βx)) / β, and x itself where βx is above the threshold."""
    return nonlinear.softplus(x, beta, threshold)


@composed(spaces="functional")
def softsign(x: Value) -> Value:
    """x / (1 + |x|)."""
    return x / (abs(x) + 1)


@composed(spaces="functional")
def tanhshrink(x: Value) -> Value:
    """x − tanh(x)."""
    return x - tanh(x)


@composed(spaces="functional")
def softshrink(x: Value, lambd: float = 0.5) -> Value:
    """x − λ above λ, x + λ below −λ, 0 between. RuntimeError for a negative λ."""
    if lambd < 0:
        raise RuntimeError(f"lambda must be greater or equal to 0, but found to be {lambd}")
    return nonlinear.softshrink(x, lambd)


@composed(spaces="torch method functional")
def hardshrink(x: Value, lambd: float = 0.5) -> Value:
    """x where |x| > λ, else 0."""
    return nonlinear.hardshrink(x, lambd)


@composed(spaces="functional")
def logsigmoid(x: Value) -> Value:
    """log σ(x)."""
    return nonlinear.logsigmoid(x)


@composed(spaces="torch method functional")
def prelu(x: Value, weight: Value) -> Value:
    """x where it is positive, else weight · x; weight has one number, or one for each channel (dimension 1) of x."""
    if len(weight.shape) > 1:
        raise RuntimeError(f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {len(weight.shape)}")
    if x.dtype != weight.dtype:
        raise RuntimeError(f"prelu: Type promoting not supported. Got {x.dtype} and {weight.dtype}: convert one with .to(dtype)")
    count = weight.shape[0] if len(weight.shape) else 1
    if count == 1:
        return nonlinear.prelu(x, reshape(weight, ()) if not len(x.shape) else weight)
    if not len(x.shape):
        raise RuntimeError("prelu: Not allow zero-dim input tensor with a weight for each channel")
    channels = x.shape[1] if len(x.shape) > 1 else 1
    if channels != count:
        raise RuntimeError(
            f"Mismatch of parameter numbers and input channel size. Found parameter numbers = {count} and channel size = {channels}."
        )
    return nonlinear.prelu(x, reshape(weight, (-1,) + (1,) * (len(x.shape) - 2)))


@composed(spaces="torch functional")
def rrelu(x: Value, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False, inplace: bool = False) -> Value:
    """x where it is positive, else a · x: a drawn from [lower, upper) for each element when training, else their mean."""
    if not training:
        return leaky_relu(x, (lower + upper) / 2, inplace)
    if lower > upper:
        raise RuntimeError(f"Lower bound should be less than or equal to the upper bound: got {lower} and {upper}")
    values = values_of(x)
    slopes = np.ones(values.shape, values.dtype)
    low = values <= 0
    slopes[low] = random.uniform((int(low.sum()),), lower, upper, np.float64)
    return nonlinear.rrelu.in_place(x, slopes) if inplace else nonlinear.rrelu(x, slopes)


alias(rrelu, "functional.rrelu_", "torch.rrelu_")


def _halves(x: Value, dim: int) -> tuple[Value, Value]:
    before, half = (slice(None),) * dim, x.shape[dim] // 2
    return getitem(x, (*before, slice(0, half))), getitem(x, (*before, slice(half, None)))


@op("glu({x})", x=lambda g, x, dim: gated_input(g, x, dim), types="any", spaces="engine", name="glu", torch_name="GluBackward")
def gated(x: Array, dim: int) -> Array:
    """a · σ(b) for the two halves a, b of x along dim."""
    nonlinear.floating(x, "glu")
    return kernel.glu(x, dim)


@composed("[{g} · σ(b), {g} · a · σ(b) · (1 − σ(b))]", spaces="engine", kernel=kernel.glu_input)
def gated_input(g: Value, x: Value, dim: int) -> Value:
    """The gradient of the gated linear unit, for its halves a and b."""
    a, b = _halves(x, dim)
    s = sigmoid(b)
    return cat([g * s, g * a * (s * (1 - s))], dim)


@composed(spaces="functional")
def glu(x: Value, dim: int = -1) -> Value:
    """a · σ(b) for the two halves a, b of x along dim."""
    rank = len(x.shape)
    if not rank:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    d = wrap_dim(dim, rank)
    size = x.shape[d]
    if size % 2:
        raise RuntimeError(f"Halving dimension must be even, but dimension {d} is size {size}")
    return gated(x, d)
