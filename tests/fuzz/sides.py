"""The two sides of a call: this library and PyTorch, each with its own tensors and functions of the same names."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

from .bad_calls import Dtype, Raw, T
from .right_calls import is_method

ROOMS = {"functional": "nn.functional", "linalg": "linalg", "special": "special", "autograd": "autograd", "nn": "nn", "optim": "optim"}


class Side:
    """One library: `root` is its main module, `nn` and `optim` its others."""

    def __init__(self, root: str, nn: str, optim: str) -> None:
        self.root = importlib.import_module(root)
        self.modules = {"nn": nn, "nn.functional": nn + ".functional", "optim": optim}

    def function(self, name: str) -> Callable[..., Any]:
        """add, functional.relu, Tensor.view, add_ (the method that works in place)."""
        space, _, short = name.rpartition(".")
        if is_method(name):
            return lambda *args, **kwargs: getattr(args[0], short)(*args[1:], **kwargs)
        where: Any = self.root
        if space:
            room = ROOMS[space]
            where = importlib.import_module(self.modules[room]) if room in self.modules else getattr(self.root, room)
        found: Any = getattr(where, short, None)
        if found is not None:
            return found  # type: ignore[no-any-return]
        return getattr(self.root.Tensor, short)  # type: ignore[no-any-return]

    def make(self, value: Any, made: list[tuple[Any, np.ndarray]]) -> Any:
        """An argument as this side has it; the tensors made, with their values, are appended to `made`."""
        if isinstance(value, T):
            t = self.tensor(value)
            made.append((t, value.array))
            return t
        if isinstance(value, Raw):
            array = value.value.copy()
            made.append((array, value.value))
            return array
        if isinstance(value, Dtype):
            return getattr(self.root, value.name)
        if isinstance(value, (list, tuple)):
            return type(value)(self.make(v, made) for v in value)
        return value

    def tensor(self, t: T) -> Any:
        """A tensor that lies in memory as asked."""
        a = t.array
        if t.layout == "expanded":
            out = self.root.tensor(a[:1]).expand(a.shape)
        elif t.layout == "strided":
            wide = np.zeros((*a.shape[:-1], 2 * a.shape[-1]), a.dtype)
            wide[..., ::2] = a
            out = self.root.from_numpy(wide[..., ::2])
        elif t.layout == "turned":
            out = self.root.from_numpy(np.ascontiguousarray(a.T).T)
        else:
            out = self.root.tensor(a)
        return out.requires_grad_() if t.grad else out

    def plain(self, t: Any) -> np.ndarray:
        """The values of a tensor."""
        return t if isinstance(t, np.ndarray) else t.detach().numpy()  # type: ignore[no-any-return]

    def dtype(self, t: Any) -> str:
        """The name of a tensor's type."""
        return str(t.dtype).rpartition(".")[2]


def ours() -> Side:
    """This library."""
    return Side("autograd_core", "nn", "optim")


def torch() -> Side:
    """PyTorch."""
    return Side("torch", "torch.nn", "torch.optim")
