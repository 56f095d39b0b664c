"""Orthogonal polynomials of degree n, by their three-term recurrences. Imports op.

n may differ from element to element; a negative one gives 0. As in PyTorch they have no gradients.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..op import Array, op, quiet

MOST = 100_000
Step = Callable[[int, Any, Any, Any], Any]


def recur(x: Array, n: Array, second: Array, step: Step) -> Array:
    """P_n(x) with P_0 = 1, P_1 = second, and P_(k+1) = step(k, x, P_(k−1), P_k)."""
    degree = np.trunc(n)
    last = int(np.max(degree, initial=0, where=np.isfinite(degree)))
    if last > MOST:
        raise RuntimeError(f"a polynomial of degree {last} takes as many steps: the most is {MOST}")
    before, now = np.ones_like(x), second
    out = np.where(np.isnan(degree), np.nan, np.where(degree < 0, 0, before)).astype(x.dtype)
    for k in range(1, last + 1):
        out = np.where(degree >= k, now, out)
        before, now = now, step(k, x, before, now)
    return out


def _chebyshev(k: int, x: Any, before: Any, now: Any) -> Any:
    return 2 * x * now - before


def _hermite_h(k: int, x: Any, before: Any, now: Any) -> Any:
    return 2 * x * now - 2 * k * before


def _hermite_he(k: int, x: Any, before: Any, now: Any) -> Any:
    return x * now - k * before


def _laguerre(k: int, x: Any, before: Any, now: Any) -> Any:
    return ((2 * k + 1 - x) * now - k * before) / (k + 1)


def _legendre(k: int, x: Any, before: Any, now: Any) -> Any:
    return ((2 * k + 1) * x * now - k * before) / (k + 1)


# name -> (letter, P_1(x), step); the shifted ones take 2 x − 1
FAMILIES: dict[str, tuple[str, Callable[[Any], Any], Step]] = {
    "chebyshev_polynomial_t": ("T", lambda x: x, _chebyshev),
    "chebyshev_polynomial_u": ("U", lambda x: 2 * x, _chebyshev),
    "chebyshev_polynomial_v": ("V", lambda x: 2 * x - 1, _chebyshev),
    "chebyshev_polynomial_w": ("W", lambda x: 2 * x + 1, _chebyshev),
    "hermite_polynomial_h": ("H", lambda x: 2 * x, _hermite_h),
    "hermite_polynomial_he": ("He", lambda x: x, _hermite_he),
    "laguerre_polynomial_l": ("L", lambda x: 1 - x, _laguerre),
    "legendre_polynomial_p": ("P", lambda x: x, _legendre),
}


def _declare(name: str, letter: str, first: Callable[[Any], Any], step: Step, shifted: bool) -> Any:
    @quiet
    def polynomial(x: Array, n: Array | float) -> Array:
        u, degree = np.broadcast_arrays(2 * x - 1 if shifted else x, np.asarray(n))
        return recur(u, degree, first(u), step)

    polynomial.__doc__ = f"The polynomial {letter}_n of {'2 x − 1' if shifted else 'x'}; 0 for a negative n."
    return op(polynomial, letter + ("*" if shifted else "") + "_{n}({x})", name=name, types="float", spaces="special")


for _name, (_letter, _first, _step) in FAMILIES.items():
    _declare(_name, _letter, _first, _step, False)
    if _letter in "TUVW":
        _declare("shifted_" + _name, _letter, _first, _step, True)
