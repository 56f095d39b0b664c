"""The softmax family over one dimension. Imports op, pointwise, reduce, shape and the kernels."""

from __future__ import annotations

import warnings

import numpy as np

from ..frames import user_level
from ..kernels import softmax as kernels
from ..op import Array, Value, alias, composed, op, quiet
from .pointwise import exp
from .reduce import sum
from .shape import wrap_dim


def _floating(x: Array, name: str, dtype: np.dtype | None) -> Array:
    """x in the type of the computation; softmax of integers is not defined without one."""
    if dtype is not None:
        x = x.astype(dtype, copy=False)
    if x.dtype.kind != "f":
        raise NotImplementedError(f'"{name}_lastdim_kernel_impl" not implemented for {x.dtype}: use x.float() or dtype=float32')
    return x


LOOP_FROM = 1024
"""Below this many elements NumPy's passes cost less than a launch."""


def _top(x: Array, dim: int) -> Array:
    """The largest values along dim, kept as a dimension. NumPy takes 5.3 µs for 64 rows of 10 and 1.6 µs for their columns."""
    if x.ndim == 2 and dim == 1 and x.shape[0] > x.shape[1] and x.shape[1] <= 64:
        return np.maximum.reduce(x.T.copy(), 0).reshape(-1, 1)
    return np.maximum.reduce(x, dim, None, None, True)


@quiet
def softmax_array(x: Array, dim: int) -> Array:
    """exp(x − max) / Σ exp(x − max)."""
    if x.size >= LOOP_FROM:
        return kernels.softmax(x, dim)
    if not x.size:
        return x.copy()
    wide = x.astype(np.float32) if x.dtype == np.float16 else x
    out = np.exp(wide - _top(wide, dim))
    out /= np.add.reduce(out, dim, None, None, True)
    return out.astype(x.dtype, copy=False)


@quiet
def log_softmax_array(x: Array, dim: int) -> Array:
    """x − max − log Σ exp(x − max)."""
    if x.size >= LOOP_FROM:
        return kernels.log_softmax(x, dim)
    if not x.size:
        return x.copy()
    wide = x.astype(np.float32) if x.dtype == np.float16 else x
    out = wide - _top(wide, dim)
    out -= np.log(np.add.reduce(np.exp(out), dim, None, None, True))
    return out.astype(x.dtype, copy=False)


def _softmax_input_array(g: Array, out: Array, dim: int) -> Array:
    if out.size >= LOOP_FROM and g.dtype == out.dtype:
        return kernels.softmax_input(g, out, dim)
    gx = g * out
    return gx - out * np.add.reduce(gx, dim, None, None, True)


def _log_softmax_input_array(g: Array, out: Array, dim: int) -> Array:
    if out.size >= LOOP_FROM and g.dtype == out.dtype:
        return kernels.log_softmax_input(g, out, dim)
    return g - np.exp(out) * np.add.reduce(g, dim, None, None, True)


@composed("({g} − Σ {g} · {out}) · {out}", spaces="engine", kernel=_softmax_input_array)
def softmax_input(g: Value, out: Value, dim: int) -> Value:
    """The gradient of softmax for its input."""
    return (g - sum(g * out, dim, True)) * out


@composed("{g} − exp({out}) · Σ {g}", spaces="engine", kernel=_log_softmax_input_array)
def log_softmax_input(g: Value, out: Value, dim: int) -> Value:
    """The gradient of log_softmax for its input."""
    return g - exp(out) * sum(g, dim, True)


@op("softmax({x})", x=lambda g, out, dim: softmax_input(g, out, dim), types="any")
def softmax(x: Array, dim: int, dtype: np.dtype | None = None) -> Array:
    """exp(x) / Σ exp(x) over dim: positive numbers that sum to 1."""
    return softmax_array(_floating(x, "softmax", dtype), wrap_dim(dim, x.ndim))


softmax.sited = True  # the losses that take their own softmax say where this one was


@op("log_softmax({x})", x=lambda g, out, dim: log_softmax_input(g, out, dim), types="any")
def log_softmax(x: Array, dim: int, dtype: np.dtype | None = None) -> Array:
    """log softmax(x) over dim, without the overflow and the loss of digits of its two steps."""
    return log_softmax_array(_floating(x, "log_softmax", dtype), wrap_dim(dim, x.ndim))


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
