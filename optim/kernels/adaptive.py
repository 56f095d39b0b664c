"""Rules of Adam's family: running means of the gradient and of its square or size.

Imports the kernel tools and NumPy.
"""

from __future__ import annotations

import numpy as np

from autograd_core.kernels.contract import contract
from autograd_core.kernels.jit import CONTRACT, compiled

from .run import BLOCK, COVERS, Rule, declared, given, given_one, numbers

_NUMBERS = numbers("sign", "decay", "keep", "now", "size", "fresh", "beta", "rest", "root", "eps")


@contract(COVERS, **declared("mean", "square"), **_NUMBERS)
@compiled(parallel=True, fastmath=CONTRACT)
def adam_loop(lo, hi, p, g, mean, square, sign, decay, keep, now, size, fresh, beta, rest, root, eps):  # type: ignore[no-untyped-def]
    a, b = p[lo * BLOCK : hi * BLOCK], g[lo * BLOCK : hi * BLOCK]
    m, s = mean[lo * BLOCK : hi * BLOCK], square[lo * BLOCK : hi * BLOCK]
    for i in range(len(a)):
        grad = given_one(a[i], b[i], sign, decay)
        m[i] += fresh * (grad - m[i])
        s[i] = beta * s[i] + rest * grad * grad
        step = size * m[i]
        if now != 0:
            step += now * grad
        if root != 0:
            step /= np.sqrt(s[i]) / root + eps
        a[i] = keep * a[i] - step


@contract(COVERS, **declared("mean", "square", "most"), **_NUMBERS)
@compiled(parallel=True, fastmath=CONTRACT)
def amsgrad_loop(lo, hi, p, g, mean, square, most, sign, decay, keep, now, size, fresh, beta, rest, root, eps):  # type: ignore[no-untyped-def]
    a, b = p[lo * BLOCK : hi * BLOCK], g[lo * BLOCK : hi * BLOCK]
    m, s, t = mean[lo * BLOCK : hi * BLOCK], square[lo * BLOCK : hi * BLOCK], most[lo * BLOCK : hi * BLOCK]
    for i in range(len(a)):
        grad = given_one(a[i], b[i], sign, decay)
        m[i] += fresh * (grad - m[i])
        s[i] = beta * s[i] + rest * grad * grad
        top = s[i] if not s[i] < t[i] else t[i]
        t[i] = top
        a[i] = keep * a[i] - size * m[i] / (np.sqrt(top) / root + eps)


def amsgrad_plain(
    p: np.ndarray, g: np.ndarray, mean: np.ndarray, square: np.ndarray, most: np.ndarray | None, sign: float, decay: float,
    keep: float, now: float, size: float, fresh: float, beta: float, rest: float, root: float, eps: float,
) -> None:  # fmt: skip
    """m ← m + (1 − β₁)(g − m); s ← β₂ s + (1 − β₂) g²; p ← keep p − (now g + size m) / (√s / root + ε).

    With `most` the largest s so far takes its place; root = 0 leaves the division out.
    """
    grad = given(p, g, sign, decay)
    work = np.subtract(grad, mean)
    work *= fresh
    mean += work
    np.multiply(grad, grad, out=work)
    work *= rest
    square *= beta
    square += work
    if most is not None:
        np.maximum(most, square, out=most)
    step = mean * size
    if now:
        step += np.multiply(grad, now, out=work)
    if root:
        np.sqrt(square if most is None else most, out=work)
        work /= root
        work += eps
        step /= work
    if keep != 1:
        p *= keep
    p -= step


def adam_plain(p: np.ndarray, g: np.ndarray, mean: np.ndarray, square: np.ndarray, *numbers: float) -> None:
    """`amsgrad_plain` without the maximum."""
    amsgrad_plain(p, g, mean, square, None, *numbers)


@contract(COVERS, **declared("mean", "most"), **numbers("sign", "decay", "size", "fresh", "beta", "eps"))
@compiled(parallel=True, fastmath=CONTRACT)
def adamax_loop(lo, hi, p, g, mean, most, sign, decay, size, fresh, beta, eps):  # type: ignore[no-untyped-def]
    a, b = p[lo * BLOCK : hi * BLOCK], g[lo * BLOCK : hi * BLOCK]
    m, t = mean[lo * BLOCK : hi * BLOCK], most[lo * BLOCK : hi * BLOCK]
    for i in range(len(a)):
        grad = given_one(a[i], b[i], sign, decay)
        m[i] += fresh * (grad - m[i])
        now, before = np.abs(grad) + eps, beta * t[i]
        top = before if before > now or before != before else now
        t[i] = top
        a[i] -= size * m[i] / top


def adamax_plain(
    p: np.ndarray, g: np.ndarray, mean: np.ndarray, most: np.ndarray,
    sign: float, decay: float, size: float, fresh: float, beta: float, eps: float,
) -> None:  # fmt: skip
    """m ← m + (1 − β₁)(g − m); u ← max(β₂ u, |g| + ε); p −= size m / u."""
    grad = given(p, g, sign, decay)
    work = np.subtract(grad, mean)
    work *= fresh
    mean += work
    np.abs(grad, out=work)
    work += eps
    most *= beta
    np.maximum(most, work, out=most)
    np.divide(mean, most, out=work)
    work *= size
    p -= work


ADAM = Rule(adam_loop, adam_plain, long=True)
AMSGRAD = Rule(amsgrad_loop, amsgrad_plain, long=True)
ADAMAX = Rule(adamax_loop, adamax_plain, long=True)
