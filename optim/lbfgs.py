"""L-BFGS. Imports the base and the line search."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_core.tensor.base import Tensor, wrap

from .checks import check_lr
from .line_search import Point, strong_wolfe
from .optimizer import Optimizer, ParamsT
from .stepping import scalar, unrecorded

__all__ = ["LBFGS"]

_LISTS = ("old_dirs", "old_stps", "ro")


class LBFGS(Optimizer):
    """p ← p − t H g, with the inverse Hessian H built up from the last history_size steps s and changes of the gradient y.

    A step calls its closure up to max_eval times, for max_iter iterations, and takes t = lr, or what a line search for the
    strong Wolfe conditions finds (`line_search_fn="strong_wolfe"`). All parameters are one vector: no groups.
    Source: Nocedal and Wright, Numerical Optimization (2006), algorithm 7.4.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        check_lr(lr)
        defaults = {
            "lr": lr,
            "max_iter": max_iter,
            "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad,
            "tolerance_change": tolerance_change,
            "history_size": history_size,
            "line_search_fn": line_search_fn,
        }
        super().__init__(params, defaults)
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")

    @property
    def _params(self) -> list[Tensor]:
        params: list[Tensor] = self.param_groups[0]["params"]
        return params

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Minimise for up to max_iter iterations; `closure` computes loss and gradients anew. Its first value is returned."""
        if closure is None:
            raise TypeError("LBFGS.step() needs a closure that clears the gradients, computes the loss, calls backward() and returns the loss")

        def evaluated() -> Any:
            with unrecorded(grad=True):
                return closure()

        with unrecorded(), np.errstate(all="ignore"):
            loss = evaluated()
            _Minimisation(self, evaluated, float(loss)).run()
        return loss

    def _gradient(self) -> np.ndarray:
        grads = [np.zeros_like(p.array) if p.grad is None else p.grad.array for p in self._params]
        return np.concatenate(grads, axis=None)

    def _move(self, t: Any, direction: np.ndarray) -> None:
        start = 0
        for p in self._params:
            end = start + p.array.size
            p.array[...] += t * direction[start:end].reshape(p.array.shape)
            start = end
        self._note(self._params)


class _Minimisation:
    """One step's iterations: the state, taken out of its tensors and put back at the end."""

    def __init__(self, owner: LBFGS, closure: Callable[[], Any], loss: float) -> None:
        self.owner, self.closure, self.loss = owner, closure, loss
        self.group = owner.param_groups[0]
        self.lr = scalar(self.group["lr"])
        self.saved = owner.state[owner._params[0]]
        self.saved.setdefault("func_evals", 0)
        self.saved.setdefault("n_iter", 0)
        self.evals = 0
        self.grad = owner._gradient()
        state: dict[str, Any] = {key: _plain(value) for key, value in self.saved.items()}
        self.d: Any
        self.t: Any
        self.before: Any
        self.before_loss: Any
        self.d, self.t, self.before = state.get("d"), state.get("t"), state.get("prev_flat_grad")
        self.changes, self.steps, self.ro = (state.get(key) or [] for key in _LISTS)
        self.scale = state.get("H_diag", 1)
        self.before_loss = state.get("prev_loss")

    def run(self) -> None:
        """Iterate until a limit or a tolerance is reached."""
        group = self.group
        self._count(1)
        if np.abs(self.grad).max() <= group["tolerance_grad"]:
            return
        for i in range(group["max_iter"]):
            self.saved["n_iter"] += 1
            self._direct()
            slope = self.grad.dot(self.d)
            if slope > -group["tolerance_change"] or self._walk(slope, i + 1 == group["max_iter"]):
                break
        self._save()

    def _count(self, evaluations: int) -> None:
        self.evals += evaluations
        self.saved["func_evals"] += evaluations

    def _direct(self) -> None:
        """The direction −H g and the first step length."""
        if self.saved["n_iter"] == 1:
            self.d, self.changes, self.steps, self.ro, self.scale = -self.grad, [], [], [], 1
            self.t = min(1.0, 1.0 / np.abs(self.grad).sum()) * self.lr
        else:
            self._remember(self.grad - self.before, self.d * self.t)
            self.d = self._two_loops()
            self.t = self.lr
        self.before, self.before_loss = self.grad, self.loss

    def _remember(self, y: np.ndarray, s: np.ndarray) -> None:
        curvature = y.dot(s)
        if curvature > 1e-10:
            if len(self.changes) == self.group["history_size"]:
                for kept in (self.changes, self.steps, self.ro):
                    kept.pop(0)
            self.changes.append(y)
            self.steps.append(s)
            self.ro.append(1.0 / curvature)
            self.scale = curvature / y.dot(y)

    def _two_loops(self) -> np.ndarray:
        """−H g, from the newest pair to the oldest and back."""
        pairs = list(zip(self.changes, self.steps, self.ro, strict=True))
        q, shares = -self.grad, []
        for y, s, ro in reversed(pairs):
            shares.append(s.dot(q) * ro)
            q -= shares[-1] * y
        r: np.ndarray = q * self.scale
        for (y, s, ro), share in zip(pairs, reversed(shares), strict=True):
            r += (share - y.dot(r) * ro) * s
        al = self.saved.setdefault("al", [None] * self.group["history_size"])
        al[: len(shares)] = [wrap(np.asarray(share)) for share in reversed(shares)]
        return r

    def _walk(self, slope: Any, last: bool) -> bool:
        """Move along the direction; whether that was the end."""
        group, count = self.group, 0
        if group["line_search_fn"] is not None:
            if group["line_search_fn"] != "strong_wolfe":
                raise RuntimeError(f"only 'strong_wolfe' is supported, but line_search_fn is {group['line_search_fn']!r}")
            count = self._search(slope)
            self.owner._move(self.t, self.d)
        else:
            self.owner._move(self.t, self.d)
            if not last:
                self.loss, self.grad, count = float(self.closure()), self.owner._gradient(), 1
        self._count(count)
        return bool(
            last
            or self.evals >= group["max_eval"]
            or np.abs(self.grad).max() <= group["tolerance_grad"]
            or np.abs(self.d * self.t).max() <= group["tolerance_change"]
            or abs(self.loss - self.before_loss) < group["tolerance_change"]
        )

    def _search(self, slope: Any) -> int:
        start = [p.array.copy() for p in self.owner._params]

        def evaluate(t: Any) -> Point:
            self.owner._move(t, self.d)
            loss, grad = float(self.closure()), self.owner._gradient()
            for p, values in zip(self.owner._params, start, strict=True):
                p.array[...] = values
            return Point(t, loss, grad, grad.dot(self.d))

        here, group = Point(0, self.loss, self.grad, slope), self.group
        tries = group["max_eval"] - self.evals
        found, count = strong_wolfe(evaluate, here, self.t, np.abs(self.d).max(), group["tolerance_change"], tries)
        self.t, self.loss, self.grad = found.t, found.f, found.g
        return count

    def _save(self) -> None:
        new = {
            "d": self.d,
            "t": self.t,
            "old_dirs": self.changes,
            "old_stps": self.steps,
            "ro": self.ro,
            "H_diag": self.scale,
            "prev_flat_grad": self.before,
            "prev_loss": self.before_loss,
        }
        self.saved.update({key: _wrapped(value) for key, value in new.items()})


def _plain(value: Any) -> Any:
    """Tensors of the state as arrays, 0-d ones as scalars."""
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value.array[()] if isinstance(value, Tensor) else value


def _wrapped(value: Any) -> Any:
    if isinstance(value, list):
        return [_wrapped(v) for v in value]
    return wrap(np.asarray(value)) if isinstance(value, (np.ndarray, np.generic)) else value
