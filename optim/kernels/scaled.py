"""Rules whose step is the gradient over the root of a mean of its squares: Adagrad, Adadelta, RMSprop.

Imports the kernel tools and NumPy.
"""

from __future__ import annotations

import numpy as np

from autograd_core.kernels.contract import contract
from autograd_core.kernels.jit import CONTRACT, compiled

from .run import BLOCK, COVERS, Rule, declared, given, given_one, numbers


@contract(COVERS, **declared("square", "delta"), **numbers("sign", "decay", "lr", "rho", "rest", "eps"))
@compiled(parallel=True, fastmath=CONTRACT)
def adadelta_loop(lo, hi, p, g, square, delta, sign, decay, lr, rho, rest, eps):  # type: ignore[no-untyped-def]
    a, b = p[lo * BLOCK : hi * BLOCK], g[lo * BLOCK : hi * BLOCK]
    s, d = square[lo * BLOCK : hi * BLOCK], delta[lo * BLOCK : hi * BLOCK]
    for i in range(len(a)):
        grad = given_one(a[i], b[i], sign, decay)
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
    grad = given(p, g, sign, decay)
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


@contract(COVERS, **declared("total"), **numbers("sign", "decay", "lr", "eps"))
@compiled(parallel=True, fastmath=CONTRACT)
def adagrad_loop(lo, hi, p, g, total, sign, decay, lr, eps):  # type: ignore[no-untyped-def]
    a, b, s = p[lo * BLOCK : hi * BLOCK], g[lo * BLOCK : hi * BLOCK], total[lo * BLOCK : hi * BLOCK]
    for i in range(len(a)):
        grad = given_one(a[i], b[i], sign, decay)
        s[i] += grad * grad
        a[i] -= lr * grad / (np.sqrt(s[i]) + eps)


def adagrad_plain(p: np.ndarray, g: np.ndarray, total: np.ndarray, sign: float, decay: float, lr: float, eps: float) -> None:
    """s ← s + g²; p −= lr g / (√s + ε)."""
    grad = given(p, g, sign, decay)
    work = np.multiply(grad, grad)
    total += work
    np.sqrt(total, out=work)
    work += eps
    np.divide(grad, work, out=work)
    work *= lr
    p -= work


@contract(COVERS, **declared("square", "mean", "buffer"), **numbers("sign", "decay", "lr", "alpha", "rest", "eps", "centre", "momentum"))
@compiled(parallel=True, fastmath=CONTRACT)
def rmsprop_loop(lo, hi, p, g, square, mean, buffer, sign, decay, lr, alpha, rest, eps, centre, momentum):  # type: ignore[no-untyped-def]
    a, b, s = p[lo * BLOCK : hi * BLOCK], g[lo * BLOCK : hi * BLOCK], square[lo * BLOCK : hi * BLOCK]
    c, m = mean[lo * BLOCK : hi * BLOCK], buffer[lo * BLOCK : hi * BLOCK]
    for i in range(len(a)):
        grad = given_one(a[i], b[i], sign, decay)
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
    grad = given(p, g, sign, decay)
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


ADADELTA = Rule(adadelta_loop, adadelta_plain, long=True)
ADAGRAD = Rule(adagrad_loop, adagrad_plain)
RMSPROP = Rule(rmsprop_loop, rmsprop_plain, long=True)
