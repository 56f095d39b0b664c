"""The update rules on arrays: one pass over parameter, gradient and state in Numba, or NumPy in place without temporaries.

Imports the kernel tools and NumPy. Every rule takes the arrays (parameter first, gradient second), then its numbers; each
has a plain NumPy form that is always right, and a loop that large arrays take.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd_core.kernels.contract import FLOATS, array, contract, number
from autograd_core.kernels.jit import CONTRACT, compiled, enabled

Arrays = Sequence[np.ndarray]
BLOCK = 16384  # elements: five float32 arrays of it stay in a 512 KB cache
LOOP_FROM = 8192  # smaller arrays cost less in NumPy than a launch and its checks


def update(loop: Any, plain: Callable[..., None], arrays: Arrays, numbers: Sequence[float]) -> None:
    """Run one rule on arrays of one shape, by the loop where that pays."""
    p = arrays[0]
    size, kind = p.size, p.dtype
    if size < LOOP_FROM or not p.flags.c_contiguous:
        if not p.ndim:  # operations on 0-d arrays would return numbers instead of filling the array
            arrays = [a.reshape(1) for a in arrays]
        plain(*arrays, *numbers)
        return
    flat = [a.reshape(-1) for a in arrays]
    if kind.name in FLOATS and enabled():
        loop(-(-size // BLOCK), *flat, *map(kind.type, numbers))
        return
    for start in range(0, size, BLOCK):
        plain(*[a[start : start + BLOCK] for a in flat], *numbers)


def _arrays(*names: str) -> dict[str, Any]:
    """The contract of a rule's arrays: all flat, of one length and type; the gradient alone is only read."""
    specs = {"p": array("n", FLOATS, writes=True), "g": array("n", same="p")}
    specs |= {name: array("n", same="p", writes=True) for name in names}
    return specs


def _numbers(*names: str) -> dict[str, Any]:
    return dict.fromkeys(names, number())


_COVERS = f"blocks == (n + {BLOCK - 1}) // {BLOCK}"


def _given(p: np.ndarray, g: np.ndarray, sign: float, decay: float) -> np.ndarray:
    """sign · g + decay · p; g itself where that is all."""
    out: np.ndarray = g
    if decay:
        out = np.multiply(p, decay)
        (np.add if sign == 1 else np.subtract)(out, g, out=out)
    elif sign != 1:
        out = np.negative(g)
    return out


@contract(_COVERS, **_arrays(), **_numbers("sign", "decay", "lr"))
@compiled(parallel=True, fastmath=CONTRACT)
def sgd_loop(lo, hi, p, g, sign, decay, lr):  # type: ignore[no-untyped-def]
    a, b = p[lo * BLOCK : hi * BLOCK], g[lo * BLOCK : hi * BLOCK]
    for i in range(len(a)):
        grad = sign * b[i]
        if decay != 0:
            grad += decay * a[i]
        a[i] -= lr * grad


def sgd_plain(p: np.ndarray, g: np.ndarray, sign: float, decay: float, lr: float) -> None:
    """p −= lr (g + decay p)."""
    if decay:
        p -= lr * _given(p, g, sign, decay)
    else:
        p -= (lr * sign) * g


@contract(_COVERS, **_arrays("m"), **_numbers("sign", "decay", "lr", "momentum", "fresh", "ahead"))
@compiled(parallel=True, fastmath=CONTRACT)
def momentum_loop(lo, hi, p, g, m, sign, decay, lr, momentum, fresh, ahead):  # type: ignore[no-untyped-def]
    a, b, c = p[lo * BLOCK : hi * BLOCK], g[lo * BLOCK : hi * BLOCK], m[lo * BLOCK : hi * BLOCK]
    for i in range(len(a)):
        grad = sign * b[i]
        if decay != 0:
            grad += decay * a[i]
        moved = momentum * c[i] + fresh * grad
        c[i] = moved
        if ahead != 0:
            moved = grad + ahead * moved
        a[i] -= lr * moved


def momentum_plain(
    p: np.ndarray, g: np.ndarray, m: np.ndarray, sign: float, decay: float, lr: float, momentum: float, fresh: float, ahead: float
) -> None:
    """m ← momentum m + fresh g; p −= lr m, or lr (g + ahead m) with Nesterov's look ahead."""
    grad = _given(p, g, sign, decay)
    m *= momentum
    m += grad if fresh == 1 else fresh * grad
    p -= lr * (grad + ahead * m if ahead else m)


@contract(_COVERS, **_arrays("square", "delta"), **_numbers("sign", "decay", "lr", "rho", "rest", "eps"))
@compiled(parallel=True, fastmath=CONTRACT)
def adadelta_loop(lo, hi, p, g, square, delta, sign, decay, lr, rho, rest, eps):  # type: ignore[no-untyped-def]
    a, b = p[lo * BLOCK : hi * BLOCK], g[lo * BLOCK : hi * BLOCK]
    s, d = square[lo * BLOCK : hi * BLOCK], delta[lo * BLOCK : hi * BLOCK]
    for i in range(len(a)):
        grad = sign * b[i]
        if decay != 0:
            grad += decay * a[i]
        s[i] = rho * s[i] + rest * grad * grad
        step = np.sqrt(d[i] + eps) / np.sqrt(s[i] + eps) * grad
        d[i] = rho * d[i] + rest * step * step
        a[i] -= lr * step


def adadelta_plain(
    p: np.ndarray,
    g: np.ndarray,
    square: np.ndarray,
    delta: np.ndarray,
    sign: float,
    decay: float,
    lr: float,
    rho: float,
    rest: float,
    eps: float,
) -> None:
    """s ← ρ s + (1 − ρ) g²; step = √(d + ε) / √(s + ε) · g; d ← ρ d + (1 − ρ) step²; p −= lr step."""
    grad = _given(p, g, sign, decay)
    work = np.multiply(grad, grad)
    work *= rest
    square *= rho
    square += work
    step = np.add(delta, eps)
    np.sqrt(step, out=step)
    np.add(square, eps, out=work)
    np.sqrt(work, out=work)
    step /= work
    step *= grad
    np.multiply(step, step, out=work)
    work *= rest
    delta *= rho
    delta += work
    step *= lr
    p -= step


@contract(_COVERS, **_arrays("mean", "square"), **_numbers("sign", "decay", "keep", "size", "fresh", "beta", "rest", "root", "eps"))
@compiled(parallel=True, fastmath=CONTRACT)
def adam_loop(lo, hi, p, g, mean, square, sign, decay, keep, size, fresh, beta, rest, root, eps):  # type: ignore[no-untyped-def]
    a, b = p[lo * BLOCK : hi * BLOCK], g[lo * BLOCK : hi * BLOCK]
    m, s = mean[lo * BLOCK : hi * BLOCK], square[lo * BLOCK : hi * BLOCK]
    for i in range(len(a)):
        grad = sign * b[i]
        if decay != 0:
            grad += decay * a[i]
        m[i] += fresh * (grad - m[i])
        s[i] = beta * s[i] + rest * grad * grad
        a[i] = keep * a[i] - size * m[i] / (np.sqrt(s[i]) / root + eps)


@contract(_COVERS, **_arrays("mean", "square", "most"), **_numbers("sign", "decay", "keep", "size", "fresh", "beta", "rest", "root", "eps"))
@compiled(parallel=True, fastmath=CONTRACT)
def amsgrad_loop(lo, hi, p, g, mean, square, most, sign, decay, keep, size, fresh, beta, rest, root, eps):  # type: ignore[no-untyped-def]
    a, b = p[lo * BLOCK : hi * BLOCK], g[lo * BLOCK : hi * BLOCK]
    m, s, t = mean[lo * BLOCK : hi * BLOCK], square[lo * BLOCK : hi * BLOCK], most[lo * BLOCK : hi * BLOCK]
    for i in range(len(a)):
        grad = sign * b[i]
        if decay != 0:
            grad += decay * a[i]
        m[i] += fresh * (grad - m[i])
        s[i] = beta * s[i] + rest * grad * grad
        top = s[i] if not s[i] < t[i] else t[i]
        t[i] = top
        a[i] = keep * a[i] - size * m[i] / (np.sqrt(top) / root + eps)


def amsgrad_plain(
    p: np.ndarray, g: np.ndarray, mean: np.ndarray, square: np.ndarray, most: np.ndarray | None,
    sign: float, decay: float, keep: float, size: float, fresh: float, beta: float, rest: float, root: float, eps: float,
) -> None:  # fmt: skip
    """m ← m + (1 − β₁)(g − m); s ← β₂ s + (1 − β₂) g²; p ← keep p − size m / (√s / root + ε), with the largest s so far if `most`."""
    grad = _given(p, g, sign, decay)
    work = np.subtract(grad, mean)
    work *= fresh
    mean += work
    np.multiply(grad, grad, out=work)
    work *= rest
    square *= beta
    square += work
    if most is not None:
        np.maximum(most, square, out=most)
    np.sqrt(square if most is None else most, out=work)
    work /= root
    work += eps
    np.divide(mean, work, out=work)
    work *= size
    if keep != 1:
        p *= keep
    p -= work


def adam_plain(p: np.ndarray, g: np.ndarray, mean: np.ndarray, square: np.ndarray, *numbers: float) -> None:
    """`amsgrad_plain` without the maximum."""
    amsgrad_plain(p, g, mean, square, None, *numbers)


@contract(_COVERS, **_arrays("total"), **_numbers("sign", "decay", "lr", "eps"))
@compiled(parallel=True, fastmath=CONTRACT)
def adagrad_loop(lo, hi, p, g, total, sign, decay, lr, eps):  # type: ignore[no-untyped-def]
    a, b, s = p[lo * BLOCK : hi * BLOCK], g[lo * BLOCK : hi * BLOCK], total[lo * BLOCK : hi * BLOCK]
    for i in range(len(a)):
        grad = sign * b[i]
        if decay != 0:
            grad += decay * a[i]
        s[i] += grad * grad
        a[i] -= lr * grad / (np.sqrt(s[i]) + eps)


def adagrad_plain(p: np.ndarray, g: np.ndarray, total: np.ndarray, sign: float, decay: float, lr: float, eps: float) -> None:
    """s ← s + g²; p −= lr g / (√s + ε)."""
    grad = _given(p, g, sign, decay)
    work = np.multiply(grad, grad)
    total += work
    np.sqrt(total, out=work)
    work += eps
    np.divide(grad, work, out=work)
    work *= lr
    p -= work


@contract(_COVERS, **_arrays("square", "mean", "buffer"), **_numbers("sign", "decay", "lr", "alpha", "rest", "eps", "centre", "momentum"))
@compiled(parallel=True, fastmath=CONTRACT)
def rmsprop_loop(lo, hi, p, g, square, mean, buffer, sign, decay, lr, alpha, rest, eps, centre, momentum):  # type: ignore[no-untyped-def]
    a, b, s = p[lo * BLOCK : hi * BLOCK], g[lo * BLOCK : hi * BLOCK], square[lo * BLOCK : hi * BLOCK]
    c, m = mean[lo * BLOCK : hi * BLOCK], buffer[lo * BLOCK : hi * BLOCK]
    for i in range(len(a)):
        grad = sign * b[i]
        if decay != 0:
            grad += decay * a[i]
        spread = alpha * s[i] + rest * grad * grad
        s[i] = spread
        if centre != 0:
            c[i] += rest * (grad - c[i])
            spread -= c[i] * c[i]
        step = grad / (np.sqrt(spread) + eps)
        if momentum != 0:
            step += momentum * m[i]
            m[i] = step
        a[i] -= lr * step


def rmsprop_plain(
    p: np.ndarray, g: np.ndarray, square: np.ndarray, mean: np.ndarray, buffer: np.ndarray,
    sign: float, decay: float, lr: float, alpha: float, rest: float, eps: float, centre: float, momentum: float,
) -> None:  # fmt: skip
    """s ← α s + (1 − α) g²; step = g / (√s + ε), with s less the squared mean gradient if centred; p −= lr step, or its momentum.

    `mean` and `buffer` are touched only where `centre` and `momentum` ask for them.
    """
    grad = _given(p, g, sign, decay)
    work = np.multiply(grad, grad)
    work *= rest
    square *= alpha
    square += work
    if centre:
        np.subtract(grad, mean, out=work)
        work *= rest
        mean += work
        np.multiply(mean, mean, out=work)
        np.subtract(square, work, out=work)
        np.sqrt(work, out=work)
    else:
        np.sqrt(square, out=work)
    work += eps
    np.divide(grad, work, out=work)
    if momentum:
        buffer *= momentum
        buffer += work
        np.multiply(buffer, lr, out=work)
    else:
        work *= lr
    p -= work
