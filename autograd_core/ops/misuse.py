"""Warnings about programs that run and are seldom meant, read off the graph a few steps back. Imports frames and graph.

The softmax that feeds a loss which takes its own softmax trains, slowly and badly, and nothing else says so.
"""

from __future__ import annotations

import warnings
from typing import Any

from ..frames import user_level, user_site
from ..graph import Leaf

_STEPS = 8  # operations between the squashing and the loss that still count as "then"
_MOVES = frozenset(
    {
        "reshape", "view", "flatten", "unflatten", "squeeze", "unsqueeze", "transpose", "t", "permute", "movedim", "clone", "contiguous",
        "getitem", "slice", "select", "narrow", "cast", "index_select", "swapaxes", "expand", "copied", "unbind", "split", "chunk",
    }
)  # fmt: skip


def made_by(x: Any, name: str) -> Any:
    """The node of the op `name` that made x, seen through what only moves values; None where something else made it."""
    node = getattr(x, "_node", None)
    if node is None or type(node) is Leaf:
        return None
    for _ in range(_STEPS):
        node = getattr(node, "source", node)  # one output of several
        if node is None or node.op is None:
            return None
        if node.op.name == name:
            return node
        if node.op.name not in _MOVES:
            return None
        node = next((p for p in node.parents if p is not None), None)
    return None


def warn_squashed(x: Any, by: str, loss: str, why: str, fix: str) -> None:
    """Warn where the input of a loss went through an op that the loss applies itself, or that it does not expect."""
    node = made_by(x, by)
    if node is not None:
        where = f" at {node.site}" if node.site else ""
        warnings.warn(f"{loss} at {user_site()} got the output of {by}{where}: {why}. {fix}", UserWarning, stacklevel=user_level())
