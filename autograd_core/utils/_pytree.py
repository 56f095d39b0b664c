"""`torch.utils._pytree`: nested containers taken apart and put together. Imports func's trees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..func.tree import LEAF, Spec, children, unflatten

__all__ = [
    "LeafSpec", "TreeSpec", "tree_all", "tree_any", "tree_flatten", "tree_is_leaf", "tree_iter", "tree_leaves", "tree_map", "tree_map_",
    "tree_map_only", "tree_structure", "tree_unflatten",
]  # fmt: skip

PyTree = Any
TreeSpec = Spec
IsLeaf = Callable[[Any], bool] | None


def LeafSpec() -> Spec:
    """The structure of a single leaf."""
    return LEAF


def tree_is_leaf(tree: PyTree, is_leaf: IsLeaf = None) -> bool:
    """Whether a value is no container, or is one that `is_leaf` accepts as a leaf."""
    return (is_leaf is not None and is_leaf(tree)) or children(tree) is None


def tree_flatten(tree: PyTree, is_leaf: IsLeaf = None) -> tuple[list[Any], Spec]:
    """(the leaves from left to right, how they were nested)."""
    found = None if is_leaf is not None and is_leaf(tree) else children(tree)
    if found is None:
        return [tree], LEAF
    leaves: list[Any] = []
    parts = []
    for part in found[1]:
        inner, spec = tree_flatten(part, is_leaf)
        leaves += inner
        parts.append(spec)
    return leaves, Spec(type(tree), found[0], tuple(parts))


def tree_unflatten(leaves: Any, treespec: Spec) -> PyTree:
    """The nesting `treespec` with these leaves. ValueError for another number of them."""
    given = list(leaves)
    if len(given) != treespec.leaves:
        raise ValueError(f"tree_unflatten: {len(given)} leaves do not fit a structure of {treespec.leaves}: {treespec}")
    return unflatten(given, treespec)


def tree_leaves(tree: PyTree, is_leaf: IsLeaf = None) -> list[Any]:
    """The leaves from left to right."""
    return tree_flatten(tree, is_leaf)[0]


def tree_iter(tree: PyTree, is_leaf: IsLeaf = None) -> Iterator[Any]:
    """The leaves one after another."""
    return iter(tree_leaves(tree, is_leaf))


def tree_structure(tree: PyTree, is_leaf: IsLeaf = None) -> Spec:
    """How the leaves are nested."""
    return tree_flatten(tree, is_leaf)[1]


def tree_map(func: Callable[..., Any], tree: PyTree, *rests: PyTree, is_leaf: IsLeaf = None) -> PyTree:
    """The same nesting with func(leaf, and those at its place in `rests`). ValueError where their nesting differs."""
    leaves, spec = tree_flatten(tree, is_leaf)
    others = [tree_flatten(rest, is_leaf) for rest in rests]
    for _, other in others:
        if other != spec:
            raise ValueError(f"tree_map: the trees are nested differently: {spec} and {other}")
    return unflatten([func(*row) for row in zip(leaves, *(o[0] for o in others), strict=True)], spec)


def tree_map_(func: Callable[..., Any], tree: PyTree, *rests: PyTree, is_leaf: IsLeaf = None) -> PyTree:
    """Call func on every leaf; returns the tree as it is."""
    tree_map(func, tree, *rests, is_leaf=is_leaf)
    return tree


def tree_map_only(kind: Any, func: Callable[..., Any], tree: PyTree, is_leaf: IsLeaf = None) -> PyTree:
    """tree_map on the leaves of a type (or several, or those that a function accepts); the others stay."""
    fits = kind if callable(kind) and not isinstance(kind, type) else lambda leaf: isinstance(leaf, kind)
    return tree_map(lambda leaf: func(leaf) if fits(leaf) else leaf, tree, is_leaf=is_leaf)


def tree_all(pred: Callable[[Any], bool], tree: PyTree, is_leaf: IsLeaf = None) -> bool:
    """Whether every leaf satisfies a condition."""
    return all(map(pred, tree_leaves(tree, is_leaf)))


def tree_any(pred: Callable[[Any], bool], tree: PyTree, is_leaf: IsLeaf = None) -> bool:
    """Whether one leaf satisfies a condition."""
    return any(map(pred, tree_leaves(tree, is_leaf)))
