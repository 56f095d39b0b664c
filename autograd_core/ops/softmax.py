"""The softmax family over one dimension. Imports op, pointwise, reduce, shape and the kernels."""

from __future__ import annotations

import warnings

import numpy as np

from ..frames import user_level
from ..kernels import softmax as kernels
from ..op import Array, Value, alias, composed, op
from .pointwise import exp
from .reduce import sum


def _floating(x: Array, name: str, dtype: np.dtype | None) -> Array:
    """x in the type of the computation; softmax of integers is not defined without one."""
    if dtype is not None:
        x = x.astype(dtype, copy=False)
    elif x.dtype.char in "fd":
        return x
    if x.dtype.kind != "f":
        raise NotImplementedError(f'"{name}_lastdim_kernel_impl" not implemented for {x.dtype}: use x.float() or dtype=float32')
    return x


@composed("({g} − Σ {g} · {out}) · {out}", spaces="engine", kernel=kernels.softmax_input)
def softmax_input(g: Value, out: Value, dim: int) -> Value:
    """The gradient of softmax for its input."""
    return (g - sum(g * out, dim, True)) * out


@composed("{g} − exp({out}) · Σ {g}", spaces="engine", kernel=kernels.log_softmax_input)
def log_softmax_input(g: Value, out: Value, dim: int) -> Value:
    """The gradient of log_softmax for its input."""
    return g - exp(out) * sum(g, dim, True)


@op("softmax({x})", x=lambda g, out, dim: softmax_input(g, out, dim), types="any")
def softmax(x: Array, dim: int, dtype: np.dtype | None = None) -> Array:
    """exp(x) / Σ exp(x) over dim: positive numbers that sum to 1."""
    return kernels.softmax(_floating(x, "softmax", dtype), dim)


softmax.sited = True  # the losses that take their own softmax say where this one was


@op("log_softmax({x})", x=lambda g, out, dim: log_softmax_input(g, out, dim), types="any")
def log_softmax(x: Array, dim: int, dtype: np.dtype | None = None) -> Array:
    """log softmax(x) over dim, without the overflow and the loss of digits of its two steps."""
    return kernels.log_softmax(_floating(x, "log_softmax", dtype), dim)


def _implicit_dim(name: str, rank: int) -> int:
    """PyTorch's old choice where no dim is given."""
    dim = 0 if rank in (0, 1, 3) else 1
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument: "
        f"for {rank} dimensions dim={dim} was taken",
        UserWarning,
        stacklevel=user_level(),
    )
    return dim


@composed(name="softmax", spaces="functional")
def softmax_functional(x: Value, dim: int | None = None, _stacklevel: int = 3, dtype: np.dtype | None = None) -> Value:
    """exp(x) / Σ exp(x) over dim: positive numbers that sum to 1."""
    return softmax(x, _implicit_dim("softmax", len(x.shape)) if dim is None else dim, dtype)


@composed(name="log_softmax", spaces="functional")
def log_softmax_functional(x: Value, dim: int | None = None, _stacklevel: int = 3, dtype: np.dtype | None = None) -> Value:
    """log softmax(x) over dim, without the overflow and the loss of digits of its two steps."""
    return log_softmax(x, _implicit_dim("log_softmax", len(x.shape)) if dim is None else dim, dtype)


@composed(spaces="functional")
def softmin(x: Value, dim: int | None = None, _stacklevel: int = 3, dtype: np.dtype | None = None) -> Value:
    """softmax(−x) over dim."""
    return softmax(-x, _implicit_dim("softmin", len(x.shape)) if dim is None else dim, dtype)


alias(softmax, "special.softmax")
alias(log_softmax, "special.log_softmax")
