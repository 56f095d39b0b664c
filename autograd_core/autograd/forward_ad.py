"""Forward-mode differentiation with dual tensors: dual_level, make_dual, unpack_dual. Imports tensor and its gradients.

A dual tensor is recorded as any tensor that requires grad; unpacking a result y differentiates uᵀ ∂y/∂x, which is linear in u,
by u: ∂y/∂x · tangent. So every function that has a second derivative has a forward derivative, at the cost of two backward passes.
What PyTorch does not show: duals and their results say `requires_grad`, and nothing is carried on under no_grad.
"""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Any, NamedTuple

import numpy as np

from ..tensor.base import Tensor, wrap
from ..tensor.gradient import grad
from .grad_mode import enable_grad

__all__ = ["UnpackedDualTensor", "dual_level", "enter_dual_level", "exit_dual_level", "make_dual", "unpack_dual"]


class UnpackedDualTensor(NamedTuple):
    """What unpack_dual returns: the values, and the derivative along the tangents, None where nothing depends on a dual tensor."""

    primal: Tensor
    tangent: Tensor | None


class _Level(threading.local):
    duals: list[tuple[Tensor, Tensor]] | None = None  # of the level that is open in this thread
    attached = False  # something of them requires grad by itself


_level = _Level()


def enter_dual_level() -> int:
    """Open a level, for one forward pass. RuntimeError where one is open."""
    if _level.duals is not None:
        raise RuntimeError("Nested forward mode AD is not supported at the moment: leave the open dual_level() first")
    _level.duals, _level.attached = [], False
    return 0


def exit_dual_level(*, level: int | None = None) -> None:
    """Close the level: no tensor has a tangent any more."""
    if _level.duals is None or level not in (None, 0):
        raise RuntimeError(f"Trying to exit a forward AD level that was not the last one that was created: level={level}, none or 0 is open")
    _level.duals = None


class dual_level:  # noqa: N801  PyTorch's name
    """`with dual_level():` around everything that makes, uses and unpacks dual tensors."""

    def __enter__(self) -> int:
        return enter_dual_level()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        exit_dual_level()


def make_dual(tensor: Tensor, tangent: Tensor, *, level: int | None = None) -> Tensor:
    """The tensor with a tangent of its shape, for functions of it to be differentiated along."""
    if _level.duals is None:
        raise RuntimeError(
            "Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first: use dual_level()"
        )
    for name, t in (("primal", tensor), ("tangent", tangent)):
        if not isinstance(t, Tensor):
            raise TypeError(f"make_dual(): argument '{name}' must be Tensor, not {type(t).__name__}")
        if t.array.dtype.kind != "f":
            raise ValueError(f"Expected {name} to be floating point or complex, but got: {t.dtype}")
    if tensor.array.shape != tangent.array.shape:
        raise RuntimeError(
            "Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. "
            f"Tensor is of size {list(tensor.shape)} while the given forward gradient is of size {list(tangent.shape)}."
        )
    if any(tensor is known for known, _ in _level.duals):
        raise RuntimeError("Making a dual Tensor based on a Tensor that already has a forward gradient at the same level 0 is not supported.")
    with enable_grad():
        dual: Tensor = tensor.view_as(tensor) if tensor.requires_grad else tensor.detach().requires_grad_()
    _level.attached |= tensor.requires_grad or tangent.requires_grad
    _level.duals.append((dual, tangent))
    return dual


def unpack_dual(tensor: Tensor, *, level: int | None = None) -> UnpackedDualTensor:
    """(values, ∂tensor/∂x · tangent of x summed over the dual tensors x). Differentiable where a primal or a tangent requires grad."""
    if not isinstance(tensor, Tensor):
        raise TypeError(f"unpack_dual(): argument 'dual' (position 1) must be Tensor, not {type(tensor).__name__}")
    if level not in (None, 0):
        raise RuntimeError(f"Invalid level given to unpack_dual: level={level}, the only level is 0")
    if not _level.duals or not tensor.requires_grad:
        return UnpackedDualTensor(tensor, None)
    tangent = next((t for dual, t in _level.duals if dual is tensor), None)
    if tangent is None:
        tangent = _pushed(tensor, _level.duals)
    return UnpackedDualTensor(tensor if _level.attached or tangent is None else tensor.detach(), tangent)


def _pushed(y: Tensor, duals: list[tuple[Tensor, Tensor]]) -> Tensor | None:
    """Σ ∂y/∂x · tangent, None where y depends on no dual tensor."""
    u = wrap(np.zeros_like(y.array)).requires_grad_()
    with enable_grad():
        pulled: Any = grad([y], [x for x, _ in duals], [u], create_graph=True, allow_unused=True)
        if all(p is None for p in pulled):
            return None
        live = [(p, t.to(p.dtype)) for p, (_, t) in zip(pulled, duals, strict=True) if p is not None and p.requires_grad]
        if not live:
            return wrap(np.zeros_like(y.array))
        (out,) = grad([p for p, _ in live], [u], [t for _, t in live], create_graph=_level.attached, allow_unused=True)
    return wrap(np.zeros_like(y.array)) if out is None else out if _level.attached else out.detach()
