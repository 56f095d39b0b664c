"""Random programs of views and changes in place, drawn from a seed: the same program on PyTorch and here."""

from __future__ import annotations

import random
from typing import Any

VIEWS = ("slice", "int", "transpose", "flat", "unsqueeze", "expand_read", "narrow_twice", "detach")
CHANGES = ("add_", "mul_number", "mul_other", "copy_", "setitem", "zero_part", "exp_", "add_leaf", "sub_self", "mask", "row_from_row")


def steps(seed: int, count: int = 12) -> list[tuple[str, tuple[float, ...]]]:
    """The program: names of steps, each with numbers in [0, 1) from which it takes its choices."""
    rng = random.Random(seed)
    kinds = ["view"] * 4 + ["change"] * 5 + ["use"] * 3
    out = []
    for _ in range(count):
        kind = rng.choice(kinds)
        name = rng.choice(VIEWS) if kind == "view" else rng.choice(CHANGES) if kind == "change" else "use"
        out.append((name, tuple(rng.random() for _ in range(6))))
    return out


def run(T: Any, seed: int) -> list[Any]:
    """(all values, the gradients of the leaves)."""
    x = (T.arange(12.0).reshape(4, 3) / 10 + 0.1).requires_grad_()
    w = T.tensor([0.5, -1.0, 2.0], requires_grad=True)
    pool, used = [x * 1.0, (x + w)], []
    for name, r in steps(seed):
        target = pool[int(r[0] * len(pool))]
        other = pool[int(r[1] * len(pool))]
        step(T, name, r, target, other, w, pool, used)
    total = w.sum() * 0 + x.sum() * 0
    for k, t in enumerate(pool + used):
        total = total + (t * t).sum() * (0.1 * k + 0.3)
    total.backward()
    return [*pool, *used, x.grad, w.grad]


def step(T: Any, name: str, r: Any, t: Any, other: Any, w: Any, pool: list[Any], used: list[Any]) -> None:
    """One step of a program; what does not fit the shapes does nothing."""
    n = t.shape[0] if t.dim() else 0
    same = tuple(other.shape) == tuple(t.shape)
    if name == "slice" and n > 1:
        pool.append(t[int(r[2] * (n - 1)) : None : 1 + int(r[3] * 2)])
    elif name == "int" and t.dim() > 1:
        pool.append(t[int(r[2] * n)])
    elif name == "transpose" and t.dim() == 2:
        pool.append(t.t())
    elif name == "flat" and t.is_contiguous():
        pool.append(t.view(-1))
    elif name == "unsqueeze":
        pool.append(t.unsqueeze(int(r[2] * 2) if t.dim() else 0))
    elif name == "expand_read" and t.dim() < 3:
        used.append(t.unsqueeze(0).expand(2, *t.shape) * 1.5)
    elif name == "narrow_twice" and n > 2:
        pool.append(t[1:][: n - 2])
    elif name == "detach":
        used.append(t.detach() * 2)
    elif name == "add_":
        t.add_(r[2])
    elif name == "mul_number":
        t.mul_(r[2] + 0.5)
    elif name == "mul_other" and same:
        t.mul_(other.clone())
    elif name == "copy_" and same:
        t.copy_(other.clone() * 0.9)
    elif name == "setitem" and n:
        t[int(r[2] * n)] = r[3]
    elif name == "zero_part" and n > 1:
        t[: n // 2].mul_(0.0)
    elif name == "exp_":
        t.mul_(0.1).exp_()
    elif name == "add_leaf" and t.dim() and t.shape[-1] == 3:
        t.add_(w * r[2])
    elif name == "sub_self":
        t.sub_(t.clone() * 0.25)
    elif name == "mask" and t.dim() == 2:
        t[:, T.tensor([True] * (t.shape[1] - 1) + [False])] = r[2]
    elif name == "row_from_row" and n > 1:
        t[0] = t[n - 1] * 0.7
    elif name == "use":
        used.append((t * 1.3).tanh() if r[2] < 0.5 else t.sum() * t.sum())
