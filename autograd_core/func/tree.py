"""Nested containers of values: tuples, named tuples, lists and dictionaries taken apart and put together. Imports nothing of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple


class Spec(NamedTuple):
    """The shape of a container; a leaf has kind None."""

    kind: type | None
    keys: tuple[Any, ...]
    parts: tuple[Spec, ...]

    @property
    def leaves(self) -> int:
        """The number of leaves."""
        return 1 if self.kind is None else sum(part.leaves for part in self.parts)

    def __repr__(self) -> str:
        if self.kind is None:
            return "*"
        inside = (
            ", ".join(f"{k!r}: {p!r}" for k, p in zip(self.keys, self.parts, strict=True))
            if self.keys
            else ", ".join(map(repr, self.parts))
        )
        return f"{self.kind.__name__}({inside})"


LEAF = Spec(None, (), ())


def children(tree: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]] | None:
    """(keys, values) of a container, None for a leaf."""
    if isinstance(tree, dict):
        return tuple(tree), tuple(tree.values())
    if isinstance(tree, (tuple, list)):
        return (), tuple(tree)
    return None


def flatten(tree: Any) -> tuple[list[Any], Spec]:
    """(the leaves in order, how they were nested)."""
    found = children(tree)
    if found is None:
        return [tree], LEAF
    leaves, specs = [], []
    for part in found[1]:
        inner, spec = flatten(part)
        leaves += inner
        specs.append(spec)
    return leaves, Spec(type(tree), found[0], tuple(specs))


def unflatten(leaves: Any, spec: Spec) -> Any:
    """The container from its leaves."""
    return _build(iter(leaves), spec)


def _build(leaves: Iterator[Any], spec: Spec) -> Any:
    if spec.kind is None:
        return next(leaves)
    parts = [_build(leaves, part) for part in spec.parts]
    if issubclass(spec.kind, dict):
        return spec.kind(zip(spec.keys, parts, strict=True))
    make: Callable[[list[Any]], Any] = getattr(spec.kind, "_make", spec.kind)  # a named tuple takes its fields through _make
    return make(parts)


def tree_map(fn: Callable[[Any], Any], tree: Any) -> Any:
    """The same nesting with fn applied to every leaf."""
    leaves, spec = flatten(tree)
    return unflatten([fn(leaf) for leaf in leaves], spec)


def spread_over(value: Any, spec: Spec) -> list[Any] | None:
    """A value given for a whole container, or nested as it is, as a list with one entry for each leaf; None if it does not fit."""
    if spec.kind is None:
        return None if isinstance(value, (tuple, list, dict)) else [value]
    found = children(value)
    if found is None:
        return [value] * spec.leaves
    keys, parts = found
    if keys and set(keys) == set(spec.keys):
        parts = tuple(value[k] for k in spec.keys)
    elif keys != spec.keys or len(parts) != len(spec.parts):
        return None
    out: list[Any] = []
    for part, inner in zip(parts, spec.parts, strict=True):
        entries = spread_over(part, inner)
        if entries is None:
            return None
        out += entries
    return out
