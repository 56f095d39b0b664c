"""What NumPy's functions and ufuncs on tensors have in common: which operands lose a gradient, and the refusal that says so.

Imports the registry, the graph's state and Tensor.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ...graph import thread
from ...op import Declared, registry
from ..base import Tensor, node_of
from ..create import as_tensor


class Unsupported(Exception):
    """There is no rule for this call: an op that is missing, or an argument that it does not have. The text says which."""


def rule(key: str) -> Declared:
    """The op of that name. Unsupported where there is none."""
    found = registry.get(key)
    if found is None:
        space, _, name = key.rpartition(".")
        found = registry.get(name)  # torch.det and torch.linalg.det are one op
        if found is None or space not in found.spaces:
            raise Unsupported(f"there is no op {key!r}")
    return found


def operand(value: Any) -> Tensor:
    """A tensor as it is; an array, number or sequence as a tensor that needs no gradient."""
    return value if isinstance(value, Tensor) else as_tensor(value)


def alike(*values: Any) -> list[Tensor]:
    """Operands as tensors of one dtype, the one that NumPy would compute in; gradients pass through the conversion."""
    tensors = [operand(v) for v in values]
    kind = np.result_type(*[t.array.dtype for t in tensors])
    return [t if t.array.dtype == kind else t.to(kind) for t in tensors]


def plain(value: Any) -> Any:
    """Arrays in place of tensors, looking into sequences and dictionaries."""
    if isinstance(value, Tensor):
        return value.array
    if type(value) in (list, tuple):
        return type(value)(plain(v) for v in value)
    if type(value) is dict:
        return {k: plain(v) for k, v in value.items()}
    return value


def needs_gradient(values: Iterable[Any]) -> bool:
    """Whether a gradient would be lost by computing on the arrays of these operands."""
    return thread.context.grad and _any_node(values)


def _any_node(values: Iterable[Any]) -> bool:
    return any((isinstance(v, Tensor) and node_of(v) is not None) or (type(v) in (list, tuple) and _any_node(v)) for v in values)


def lost(name: str, why: str = "it has no rule") -> TypeError:
    """The refusal to lose a gradient in silence."""
    return TypeError(
        f"{name} would lose the gradient of a tensor that requires one: {why}. "
        "Call it on tensor.detach(), or compute with operations of autograd_core."
    )
