"""Reads a recorded graph into plain records: what the drawings show. Only reads; imports graph, engine and Tensor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..engine import order_of
from ..graph import Leaf, Node, Output
from ..tensor import Tensor
from ..tensor.base import node_of


@dataclass
class Chip:
    """A leaf that stands on the op that uses it: a parameter or an input that requires a gradient."""

    name: str
    shape: tuple[int, ...]
    grad: float | None  # root mean square of its gradient, None before backward()
    value: float | None = None  # of a scalar


@dataclass
class Box:
    """One operation."""

    id: int
    op: str
    family: str
    scope: str
    shape: tuple[int, ...]
    dtype: str
    inputs: list[int]
    chips: list[Chip] = field(default_factory=list)
    formula: str = ""
    detail: str = ""


@dataclass
class Graph:
    """The operations that made some tensors, in the order in which they ran."""

    boxes: list[Box]
    outputs: list[int]

    @property
    def edges(self) -> list[tuple[int, int]]:
        """(id of the maker, id of the user) of every value that flows."""
        return [(source, box.id) for box in self.boxes for source in box.inputs]


def read(tensors: Tensor | Sequence[Tensor], params: Any = None) -> Graph:
    """The graph that made the tensors. `params` names the leaves: a mapping, (name, tensor) pairs, or anything with named_parameters()."""
    roots = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    for t in roots:
        if not isinstance(t, Tensor):
            raise TypeError(f"draw takes Tensors: got {type(t).__name__}; call the model on an input and draw the result")
    nodes = [node_of(t) for t in roots]
    if all(n is None or type(n) is Leaf for n in nodes):
        raise ValueError(
            "nothing to draw: no operation was recorded. Was the tensor made under no_grad(), or from tensors without requires_grad=True?"
        )
    names = _names(params)
    order, _, _ = order_of(n for n in nodes if n is not None)
    boxes = [_box(node, names) for node in reversed(order) if type(node) is Node]
    return Graph(boxes, [_maker(n).id for n in nodes if n is not None and type(n) is not Leaf])


def _maker(node: Any) -> Any:
    return node.source if type(node) is Output else node


def _names(params: Any) -> dict[Any, str]:
    """leaf -> the user's name for it."""
    if params is None:
        return {}
    if hasattr(params, "named_parameters"):
        params = dict(params.named_parameters())
    pairs = params.items() if isinstance(params, Mapping) else params
    return {node_of(t): name for name, t in pairs if isinstance(t, Tensor) and type(node_of(t)) is Leaf}


def _box(node: Node, names: dict[Any, str]) -> Box:
    chips = [_chip(p, names) for p in node.parents if type(p) is Leaf]
    inputs = [_maker(p).id for p in node.parents if p is not None and type(p) is not Leaf]
    shape = node.shape
    if shape and isinstance(shape[0], tuple):
        shape = shape[0]
    kind = node.dtype[0] if isinstance(node.dtype, tuple) else node.dtype
    scope = getattr(node.scope, "path", node.scope)
    return Box(
        node.id, node.op.name, node.op.family, str(scope() if callable(scope) else scope or ""), tuple(shape), str(kind), inputs, chips,
        node.op.formula, _detail(node),
    )  # fmt: skip


def _detail(node: Node) -> str:
    """The arguments that tell one call from another, in short."""
    shown = []
    for name, value in node.attributes.items():
        if (
            value is None
            or isinstance(value, (np.ndarray, list))
            or (isinstance(value, tuple) and len(value) > 4)
            or name in ("shape", "size")
        ):
            continue
        if isinstance(value, (bool, int, float, str)) or (isinstance(value, tuple) and all(isinstance(v, int) for v in value)):
            shown.append(f"{name}={value}")
    return ", ".join(shown[:3])


def _chip(leaf: Leaf, names: dict[Any, str]) -> Chip:
    grad = None
    if leaf.grad is not None:
        g = leaf.grad.array
        grad = float(np.sqrt(np.mean(np.square(g.astype(np.float64))))) if g.size else 0.0
    tensor = leaf.tensor()
    value = float(tensor.array) if tensor is not None and tensor.array.ndim == 0 else None
    return Chip(names.get(leaf, ""), leaf.shape, grad, value)
