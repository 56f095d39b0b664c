"""np.tanh(tensor), np.add.reduce(tensor), scipy.special.erf(tensor): NumPy's and SciPy's ufuncs as ops on tensors.

A ufunc with a rule gives a tensor. One without computes on the arrays and gives arrays, and raises a TypeError where
that would lose a gradient. Imports the registry and what stands beside it in this package.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from ..base import Tensor
from ..inplace import bump
from .tiers import Unsupported, alike, lost, needs_gradient, operand, plain, rule

# NumPy's ufuncs whose name is not the op's
NUMPY = {
    "absolute": "abs", "arccos": "acos", "arccosh": "acosh", "arcsin": "asin", "arcsinh": "asinh", "arctan": "atan", "arctan2": "atan2",
    "arctanh": "atanh", "bitwise_invert": "bitwise_not", "degrees": "rad2deg", "divide": "div", "equal": "eq", "greater": "gt",
    "greater_equal": "ge", "invert": "bitwise_not", "left_shift": "bitwise_left_shift", "less": "lt", "less_equal": "le",
    "mod": "remainder", "multiply": "mul", "negative": "neg", "not_equal": "ne", "power": "pow", "radians": "deg2rad",
    "right_shift": "bitwise_right_shift", "rint": "round", "subtract": "sub", "true_divide": "div",
}  # fmt: skip
# SciPy's; found by name, and held against scipy.special itself, so that SciPy need not be there
SCIPY = {
    "digamma": "digamma", "entr": "special.entr", "erf": "erf", "erfc": "erfc", "erfcx": "special.erfcx", "erfinv": "erfinv",
    "exp2": "exp2", "expit": "sigmoid", "expm1": "expm1", "gammaln": "lgamma", "i0": "i0", "i0e": "special.i0e", "i1": "special.i1",
    "i1e": "special.i1e", "log1p": "log1p", "log_expit": "functional.logsigmoid", "log_ndtr": "special.log_ndtr", "logit": "logit",
    "ndtr": "special.ndtr", "ndtri": "special.ndtri", "psi": "digamma", "round": "round", "xlog1py": "special.xlog1py",
    "xlogy": "xlogy",
}  # fmt: skip
REDUCED = {
    "add": "sum", "multiply": "prod", "maximum": "amax", "minimum": "amin", "logical_and": "all", "logical_or": "any",
    "logaddexp": "logsumexp",
}  # fmt: skip
ACCUMULATED = {
    "add": "cumsum", "multiply": "cumprod", "maximum": "cummax", "minimum": "cummin", "logaddexp": "logcumsumexp",
}  # fmt: skip
NUMBERS = (Tensor, np.ndarray, np.generic, bool, int, float, list, tuple)

_known: dict[np.ufunc, Callable[..., Any]] = {}


def _matmul(a: Any, b: Any) -> Any:
    return rule("matmul")(*alike(a, b))


def _matvec(a: Any, b: Any) -> Any:
    a, b = alike(a, b)
    return _matmul(a, b[..., None])[..., 0]


def _vecmat(a: Any, b: Any) -> Any:
    a, b = alike(a, b)
    return _matmul(a[..., None, :], b)[..., 0, :]


SPECIAL: dict[str, Callable[..., Any]] = {
    "matmul": _matmul,
    "matvec": _matvec,
    "vecmat": _vecmat,
    "vecdot": lambda a, b: rule("sum")(operand(a) * operand(b), -1),
    "divmod": lambda a, b: (rule("floor_divide")(a, b), rule("remainder")(a, b)),
    "modf": lambda x: (rule("frac")(x), rule("trunc")(x)),
    "fabs": lambda x: rule("abs")(x),
    "conjugate": lambda x: operand(x),
    "positive": lambda x: operand(x),
}


def _called(key: str) -> Callable[..., Any]:
    return lambda *inputs: rule(key)(*[v if isinstance(v, (Tensor, bool, int, float)) else operand(v) for v in inputs])


def of_ufunc(ufunc: np.ufunc) -> Callable[..., Any]:
    """What runs a ufunc on tensors. Unsupported where nothing does."""
    found = _known.get(ufunc)
    if found is None:
        name = ufunc.__name__
        scipy = sys.modules.get("scipy.special")
        if getattr(np, name, None) is ufunc:
            found = SPECIAL[name] if name in SPECIAL else _called(rule(NUMPY.get(name, name)).key)
        elif name in SCIPY and getattr(scipy, name, None) is ufunc:
            found = _called(rule(SCIPY[name]).key)
        else:
            raise Unsupported(f"there is no op for {name!r}")
        _known[ufunc] = found
    return found


def _call(ufunc: np.ufunc, inputs: tuple[Any, ...], dtype: Any = None, **more: Any) -> Any:
    ours = of_ufunc(ufunc)
    if more or not all(isinstance(v, NUMBERS) for v in inputs):
        raise Unsupported(f"it takes tensors, arrays, numbers and dtype=: got {[type(v).__name__ for v in inputs]} and {sorted(more)}")
    return ours(*(inputs if dtype is None else [operand(v).to(dtype) for v in inputs]))


def _reduce(ufunc: np.ufunc, inputs: tuple[Any, ...], axis: Any = 0, dtype: Any = None, keepdims: bool = False, **more: Any) -> Any:
    x = operand(inputs[0])
    if ufunc.__name__ not in REDUCED or more or axis == () or not x.array.ndim:
        raise Unsupported("only sums, products, extremes and logical reductions over axis have rules")
    if dtype is not None:
        x = x.to(dtype)
    axes = tuple(range(x.array.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    fn = rule(REDUCED[ufunc.__name__])
    if fn.name != "prod":
        return fn(x, axes, keepdims)
    for axis in sorted((a % x.array.ndim for a in axes), reverse=True):
        x = fn(x, axis, keepdims)
    return x


def _accumulate(ufunc: np.ufunc, inputs: tuple[Any, ...], axis: int = 0, dtype: Any = None, **more: Any) -> Any:
    if ufunc.__name__ not in ACCUMULATED or more:
        raise Unsupported("only running sums, products and extremes have rules")
    x = operand(inputs[0])
    out = rule(ACCUMULATED[ufunc.__name__])(x if dtype is None else x.to(dtype), axis)
    return out[0] if isinstance(out, tuple) else out


def _outer(ufunc: np.ufunc, inputs: tuple[Any, ...], **more: Any) -> Any:
    a, b = operand(inputs[0]), operand(inputs[1])
    return _call(ufunc, (rule("reshape")(a, (*a.array.shape, *(1,) * b.array.ndim)), b), **more)


METHODS: dict[str, Callable[..., Any]] = {"__call__": _call, "reduce": _reduce, "accumulate": _accumulate, "outer": _outer}


def array_ufunc(self: Tensor, ufunc: np.ufunc, method: str, *inputs: Any, out: tuple[Any, ...] | None = None, **kwargs: Any) -> Any:
    """NumPy's protocol: np.tanh(tensor), np.maximum(0, tensor), np.add.reduce(tensor), `array += tensor`."""
    target = None if out is None else out[0]
    why = (
        "it writes into an array, which records nothing" if out is not None else "it changes its operand in place" if method == "at" else ""
    )
    if (out is None or (len(out) == 1 and isinstance(target, Tensor))) and method in METHODS:
        try:
            result = METHODS[method](ufunc, inputs, **kwargs)
            return result if target is None else target.copy_(result)
        except Unsupported as reason:
            why = str(reason)
    if needs_gradient((*inputs, *(out or ()), *kwargs.values())):
        raise lost(f"np.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}"), why or f"{method} has no rule")
    if out is not None:
        kwargs["out"] = tuple(plain(o) for o in out)
    result = getattr(ufunc, method)(*[plain(v) for v in inputs], **plain(kwargs))
    for changed in out or inputs[: method == "at"]:
        if isinstance(changed, Tensor):
            bump(changed, ufunc.__name__)
    return target if isinstance(target, Tensor) else result
