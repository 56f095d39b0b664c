"""Rules that follow the gradient or its sign: SGD, momentum, ASGD, Rprop.

Imports the kernel tools and NumPy.
"""

from __future__ import annotations

import numpy as np

from autograd_core.kernels.contract import contract
from autograd_core.kernels.jit import CONTRACT, compiled

from .run import BLOCK, COVERS, Rule, declared, given, given_one, numbers


@contract(COVERS, **declared(), **numbers("sign", "decay", "lr"))
@compiled(parallel=True, fastmath=CONTRACT)
def sgd_loop(lo, hi, p, g, sign, decay, lr):  # type: ignore[no-untyped-def]
    a, b = p[lo * BLOCK : hi * BLOCK], g[lo * BLOCK : hi * BLOCK]
    for i in range(len(a)):
        grad = given_one(a[i], b[i], sign, decay)
        a[i] -= lr * grad


def sgd_plain(p: np.ndarray, g: np.ndarray, sign: float, decay: float, lr: float) -> None:
    """p −= lr (g + decay p)."""
    if decay:
        p -= lr * given(p, g, sign, decay)
    else:
        p -= (lr * sign) * g


@contract(COVERS, **declared("m"), **numbers("sign", "decay", "lr", "momentum", "fresh", "ahead"))
@compiled(parallel=True, fastmath=CONTRACT)
def momentum_loop(lo, hi, p, g, m, sign, decay, lr, momentum, fresh, ahead):  # type: ignore[no-untyped-def]
    a, b, c = p[lo * BLOCK : hi * BLOCK], g[lo * BLOCK : hi * BLOCK], m[lo * BLOCK : hi * BLOCK]
    for i in range(len(a)):
        grad = given_one(a[i], b[i], sign, decay)
        moved = momentum * c[i] + fresh * grad
        c[i] = moved
        if ahead != 0:
            moved = grad + ahead * moved
        a[i] -= lr * moved


def momentum_plain(
    p: np.ndarray, g: np.ndarray, m: np.ndarray, sign: float, decay: float, lr: float, momentum: float, fresh: float, ahead: float
) -> None:
    """m ← momentum m + fresh g; p −= lr m, or lr (g + ahead m) with Nesterov's look ahead."""
    grad = given(p, g, sign, decay)
    m *= momentum
    m += grad if fresh == 1 else fresh * grad
    p -= lr * (grad + ahead * m if ahead else m)


@contract(COVERS, **declared("mean"), **numbers("sign", "decay", "keep", "eta", "mu"))
@compiled(parallel=True, fastmath=CONTRACT)
def asgd_loop(lo, hi, p, g, mean, sign, decay, keep, eta, mu):  # type: ignore[no-untyped-def]
    a, b, c = p[lo * BLOCK : hi * BLOCK], g[lo * BLOCK : hi * BLOCK], mean[lo * BLOCK : hi * BLOCK]
    for i in range(len(a)):
        grad = given_one(a[i], b[i], sign, decay)
        a[i] = keep * a[i] - eta * grad
        c[i] = a[i] if mu == 1 else c[i] + mu * (a[i] - c[i])


def asgd_plain(
    p: np.ndarray, g: np.ndarray, mean: np.ndarray, sign: float, decay: float, keep: float, eta: float, mu: float
) -> None:
    """p ← keep p − η g; the running mean follows by the share μ, and is p itself while μ is 1."""
    step = given(p, g, sign, decay) * eta
    p *= keep
    p -= step
    if mu == 1:
        mean[...] = p
    else:
        np.subtract(p, mean, out=step)
        step *= mu
        mean += step


@contract(COVERS, **declared("before", "size"), **numbers("sign", "down", "up", "floor", "ceiling"))
@compiled(parallel=True, fastmath=CONTRACT)
def rprop_loop(lo, hi, p, g, before, size, sign, down, up, floor, ceiling):  # type: ignore[no-untyped-def]
    a, b = p[lo * BLOCK : hi * BLOCK], g[lo * BLOCK : hi * BLOCK]
    c, d = before[lo * BLOCK : hi * BLOCK], size[lo * BLOCK : hi * BLOCK]
    zero = sign - sign
    for i in range(len(a)):
        grad = sign * b[i]
        turn = grad * c[i]
        step = d[i]
        if turn > 0:
            step *= up
        elif turn < 0:
            step *= down
            grad = zero
        elif turn != 0:
            step = turn
        step = floor if step < floor else ceiling if step > ceiling else step
        d[i] = step
        c[i] = grad
        a[i] -= step * np.sign(grad)


def rprop_plain(
    p: np.ndarray, g: np.ndarray, before: np.ndarray, size: np.ndarray, sign: float, down: float, up: float, floor: float, ceiling: float
) -> None:
    """Where the gradient keeps its sign the step grows by `up`; where it turns, it shrinks by `down` and the gradient counts as 0."""
    grad = given(p, g, sign, 0.0)
    turn = grad * before
    size *= np.where(turn > 0, up, np.where(turn < 0, down, np.where(turn == 0, 1.0, turn))).astype(size.dtype)
    np.clip(size, floor, ceiling, out=size)
    before[...] = np.where(turn < 0, 0.0, grad)
    p -= np.sign(before) * size


SGD = Rule(sgd_loop, sgd_plain)
MOMENTUM = Rule(momentum_loop, momentum_plain)
ASGD = Rule(asgd_loop, asgd_plain)
RPROP = Rule(rprop_loop, rprop_plain, long=True)
