"""np.clip, np.diff, np.convolve, np.zeros_like, ...: NumPy's functions of elements and their neighbours on tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..base import wrap
from .table import flat, functions, numpy_function
from .tiers import Unsupported, alike, operand, rule


@numpy_function("around", "round")
def around(a: Any, decimals: int = 0) -> Any:
    return rule("round")(operand(a), decimals=decimals)


@numpy_function("nan_to_num")
def nan_to_num(x: Any, copy: bool = True, nan: float = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    if not copy:
        raise Unsupported("copy=False changes its operand in place")
    return rule("nan_to_num")(operand(x), nan, posinf, neginf)


@numpy_function("diff")
def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    ends = {k: operand(v) for k, v in (("prepend", prepend), ("append", append)) if v is not None}
    return rule("diff")(operand(a), n, axis, **ends)


@numpy_function("ediff1d")
def ediff1d(ary: Any) -> Any:
    x = flat(ary)
    return x[1:] - x[:-1]


@numpy_function("convolve")
def convolve(a: Any, v: Any, mode: str = "full") -> Any:
    x, w = alike(a, v)
    if x.array.ndim != 1 or w.array.ndim != 1 or not x.array.size or not w.array.size:
        raise ValueError(f"convolve takes two 1-d sequences that are not empty: got shapes {x.array.shape} and {w.array.shape}")
    if w.array.size > x.array.size:
        x, w = w, x
    n, m = x.array.size, w.array.size
    full = rule("conv1d")(x.reshape(1, 1, n), rule("flip")(w, (0,)).reshape(1, 1, m), padding=m - 1)[0, 0]
    start, count = {"full": (0, n + m - 1), "same": ((m - 1) // 2, n), "valid": (m - 1, n - m + 1)}[mode]
    return full[start : start + count]


@numpy_function("correlate")
def correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    if mode == "same" and operand(v).array.size > operand(a).array.size:
        raise Unsupported("mode 'same' has a rule where the second operand is not the longer one")
    return convolve(a, rule("flip")(operand(v), (0,)), mode)


@numpy_function("polyval")
def polyval(p: Any, x: Any) -> Any:
    p, x = alike(p, x)
    out = x * 0
    for coefficient in p:
        out = out * x + coefficient
    return out


@numpy_function("vander")
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    out = rule("linalg.vander")(operand(x), N=N)
    return out if increasing else rule("flip")(out, (1,))


@numpy_function("linspace")
def linspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True) -> Any:
    start, stop = alike(start, stop)
    steps = np.arange(num, dtype=start.array.dtype) / max(num - 1 if endpoint else num, 1)
    steps = steps.reshape(-1, *(1,) * max(start.array.ndim, stop.array.ndim))
    return start + (stop - start) * wrap(steps)


functions.update(
    {
        "copy": lambda a, order="K", subok=False: operand(a).clone(),
        "astype": lambda x, dtype, /, *, copy=True: operand(x).to(dtype),
        "real": lambda val: operand(val),
        "real_if_close": lambda a, tol=100: operand(a),
        "fix": lambda x: rule("trunc")(operand(x)),
        "sinc": lambda x: rule("sinc")(operand(x)),
        "i0": lambda x: rule("i0")(operand(x)),
    }
)


def _like(fill: Callable[..., Any]) -> Callable[..., Any]:
    def like(a: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None) -> Any:
        return wrap(fill(operand(a).array, None if dtype is None else np.dtype(dtype), order, subok, shape))

    return like


@numpy_function("full_like")
def full_like(a: Any, fill_value: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None) -> Any:
    made = _like(np.zeros_like)(a, dtype, order, subok, shape)
    return made + operand(fill_value).to(made.dtype)


functions.update({"zeros_like": _like(np.zeros_like), "ones_like": _like(np.ones_like), "empty_like": _like(np.empty_like)})
