"""Comparisons, logic, tests for special values, and the choice between two values. Imports op and kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..kernels.select import select
from ..op import Array, Value, alias, composed, op, quiet, registry


def like(ufunc: np.ufunc) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The kernel stands in the place of a NumPy function: the same operands, and `out`."""

    def mark(fn: Callable[..., Any]) -> Callable[..., Any]:
        fn.ufunc = ufunc  # type: ignore[attr-defined]
        return fn

    return mark


def misfit(name: str, *arrays: Any) -> RuntimeError:
    """PyTorch's error for shapes that do not broadcast."""
    shapes = [np.shape(a) for a in arrays]
    rank = max(len(s) for s in shapes)
    for d in range(1, rank + 1):
        sizes = [s[-d] for s in shapes if len(s) >= d and s[-d] != 1]
        if any(n != sizes[0] for n in sizes[1:]):
            other = next(n for n in sizes if n != sizes[0])
            return RuntimeError(
                f"The size of tensor a ({sizes[0]}) must match the size of tensor b ({other}) at non-singleton dimension {rank - d}: "
                f"{name} got shapes {', '.join(str(list(s)) for s in shapes)}; sizes must be equal, or 1, counted from the right"
            )
    return RuntimeError(f"{name} cannot run on shapes {', '.join(str(list(s)) for s in shapes)}")


def broadcasting(fn: Callable[..., Any]) -> Callable[..., Any]:
    """The kernel with PyTorch's error for shapes that do not broadcast, and without NumPy's warnings."""
    run = quiet(fn)

    def checked(*args: Any, **kwargs: Any) -> Any:
        try:
            return run(*args, **kwargs)
        except ValueError:
            raise misfit(fn.__name__, *[a for a in args if isinstance(a, np.ndarray)]) from None

    checked.__name__, checked.__doc__ = fn.__name__, fn.__doc__
    checked.ufunc = fn  # type: ignore[attr-defined]
    return checked


@op("0", types="any", spaces="engine")
def flat(x: Array) -> Array:
    """Zeros like x: the gradient of a step."""
    return np.zeros_like(x)


eq = op(np.equal, "[{x} = {y}]", name="eq", types="promote", operator="eq", inplace=True)
ne = op(np.not_equal, "[{x} ≠ {y}]", name="ne", types="promote", operator="ne", inplace=True)
lt = op(np.less, "[{x} < {y}]", name="lt", types="promote", operator="lt", inplace=True)
le = op(np.less_equal, "[{x} ≤ {y}]", name="le", types="promote", operator="le", inplace=True)
gt = op(np.greater, "[{x} > {y}]", name="gt", types="promote", operator="gt", inplace=True)
ge = op(np.greater_equal, "[{x} ≥ {y}]", name="ge", types="promote", operator="ge", inplace=True)
for _entry, _name in [(ne, "not_equal"), (lt, "less"), (le, "less_equal"), (gt, "greater"), (ge, "greater_equal")]:
    alias(_entry, _name)
logical_and = op(np.logical_and, "{x} ∧ {y}", types="any", inplace=True)
logical_or = op(np.logical_or, "{x} ∨ {y}", types="any", inplace=True)
logical_xor = op(np.logical_xor, "{x} ⊻ {y}", types="any", inplace=True)
logical_not = op(np.logical_not, "¬{x}", types="any", inplace=True)
isnan = op(np.isnan, "isnan({x})", types="any")
isfinite = op(np.isfinite, "isfinite({x})", types="any")
isinf = op(np.isinf, "isinf({x})", types="any")


@op("isposinf({x})", types="any")
def isposinf(x: Array) -> Array:
    """Whether x is +∞."""
    return np.equal(x, np.inf) if x.dtype.kind == "f" else np.zeros(x.shape, bool)


@op("isneginf({x})", types="any")
def isneginf(x: Array) -> Array:
    """Whether x is −∞."""
    return np.equal(x, -np.inf) if x.dtype.kind == "f" else np.zeros(x.shape, bool)


@op("isreal({x})", types="any")
def isreal(x: Array) -> Array:
    """Whether x has no imaginary part: always, for there are no complex types."""
    return np.ones(x.shape, bool)


@op("signbit({x})", types="any")
def signbit(x: Array) -> Array:
    """Whether the sign bit of x is set: negative numbers and −0.0."""
    return np.signbit(x) if x.dtype.kind == "f" else np.less(x, 0)


@op(
    "{condition} ? {x} : {y}",
    x=lambda g, condition: where(condition, g, 0.0),
    y=lambda g, condition: where(condition, 0.0, g),
    types="promote",
    spaces="engine",
    name="where",
)
def where(condition: Array, x: Array | float, y: Array | float) -> Array:
    """x where the condition holds, y elsewhere; all three are broadcast together."""
    if type(condition) is np.ndarray and condition.dtype.char != "?":
        if condition.dtype != np.uint8:
            raise RuntimeError(
                f"where expected condition to be a boolean tensor, but got a tensor with dtype {condition.dtype}: use condition != 0"
            )
        condition = condition.astype(bool)
    try:
        return select(condition, x, y)
    except ValueError:
        raise misfit("where", condition, x, y) from None


@composed(name="where", spaces="torch")
def where_public(condition: Value, x: Value = None, y: Value = None) -> Value:
    """x where the condition holds, y elsewhere, all broadcast together; where(condition) alone gives the indices at which it holds."""
    if x is None and y is None:
        return registry["nonzero"](condition, as_tuple=True)
    if x is None or y is None:
        raise TypeError("where() takes a condition alone, or a condition and two values: where(condition, input, other)")
    return where(condition, x, y)


@composed(name="where_method", spaces="engine")
def where_method(x: Value, condition: Value, y: Value) -> Value:
    """x where the condition holds, y elsewhere."""
    return where(condition, x, y)


alias(where_method, "method.where")


def _close(x: Array, y: Array, rtol: float, atol: float, equal_nan: bool) -> Array:
    if x.dtype != y.dtype:
        raise RuntimeError(f"{x.dtype} did not match {y.dtype}: isclose compares tensors of one dtype, convert one with .to(dtype)")
    if rtol < 0 or atol < 0:
        raise RuntimeError(f"rtol and atol must be greater than or equal to zero, but got rtol={rtol} and atol={atol}")
    if x.dtype.kind == "b":
        return x == y
    close = x == y
    if equal_nan and x.dtype.kind == "f":
        close |= np.isnan(x) & np.isnan(y)
    if rtol == 0 and atol == 0:
        return close
    if x.dtype.kind in "iu":
        x, y = x.astype(np.float64), y.astype(np.float64)
    distance = np.abs(x - y)
    return close | (np.isfinite(distance) & (distance <= atol + np.abs(rtol * y)))


@op("[|{x} − {y}| ≤ {atol} + {rtol} · |{y}|]", types="any")
@broadcasting
def isclose(x: Array, y: Array, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Array:
    """Whether |x − y| ≤ atol + rtol · |y|, or both are the same infinity, or (with equal_nan) both NaN."""
    return _close(x, y, rtol, atol, equal_nan)


@composed()
def allclose(x: Value, y: Value, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> bool:
    """Whether all elements are close, as `isclose` says: a Python bool."""
    return bool(values_of(isclose(x, y, rtol, atol, equal_nan)).all())


def values_of(value: Any) -> Any:
    """The numbers of an argument that is only read, whatever carries it."""
    return getattr(value, "array", value)


@composed()
def equal(x: Value, y: Value) -> bool:
    """Whether two tensors have the same shape and the same elements: a Python bool. NaN differs from itself."""
    a, b = values_of(x), values_of(y)
    if not isinstance(a, np.ndarray) or not isinstance(b, np.ndarray):
        raise TypeError(f"equal(): both arguments must be Tensors, got {type(x).__name__} and {type(y).__name__}")
    return a.shape == b.shape and bool((a == b).all())


@op("[{elements} ∈ {test_elements}]", types="any", spaces="torch")
def isin(elements: Array | float, test_elements: Array | float, *, assume_unique: bool = False, invert: bool = False) -> Array:
    """For each element whether it is one of the test elements (is none of them, with invert). One of the two may be a number."""
    if not isinstance(elements, np.ndarray) and not isinstance(test_elements, np.ndarray):
        raise TypeError("isin(): one of elements and test_elements must be a Tensor")
    values, among = np.asarray(elements), np.asarray(test_elements)
    for array in (values, among):
        if array.dtype.kind == "b":
            raise RuntimeError("Unsupported input type encountered for isin(): Bool; convert with .long()")
    return np.isin(values, among, assume_unique, invert)
