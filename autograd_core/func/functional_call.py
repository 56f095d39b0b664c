"""Calling a module with other parameters than its own. Knows no Module: anything with named_parameters() will do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..tensor.base import Tensor, wrap

__all__ = ["functional_call", "stack_module_state"]


def functional_call(
    module: Any,
    parameter_and_buffer_dicts: Mapping[str, Tensor] | Sequence[Mapping[str, Tensor]],
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """module(*args, **kwargs) with the given tensors in the places of its parameters and buffers, which are put back afterwards.

    Names are those of named_parameters() and named_buffers(). A tensor that the module holds under several names is
    replaced under all of them when one is given (`tie_weights`). With `strict` every name must be given, and no other.
    """
    given: dict[str, Tensor] = {}
    dicts = [parameter_and_buffer_dicts] if isinstance(parameter_and_buffer_dicts, Mapping) else list(parameter_and_buffer_dicts)
    for part in dicts:
        for name, value in part.items():
            if name in given:
                raise ValueError(f"{name} appears in multiple dictionaries; behavior of functional call is ambiguous")
            given[name] = value
    positional = () if args is None else args if isinstance(args, tuple) else (args,)
    with _replaced(module, given, tie_weights, strict):
        return module(*positional, **(kwargs or {}))


def _named(module: Any) -> dict[str, Any]:
    """All parameters and buffers by name, tied ones under each of their names."""
    found: dict[str, Any] = {}
    for method in ("named_parameters", "named_buffers"):
        every = getattr(module, method, None)
        if every is None:
            continue
        try:
            pairs = every(remove_duplicate=False)
        except TypeError:
            pairs = every()
        found.update(pairs)
    return found


def _owner(module: Any, name: str) -> tuple[Any, str]:
    path, _, last = name.rpartition(".")
    for part in path.split(".") if path else ():
        children = getattr(module, "_modules", None)
        module = children[part] if children is not None and part in children else getattr(module, part)
    return module, last


def _store(owner: Any, name: str) -> dict[str, Any]:
    """The dictionary in which an object keeps a tensor."""
    for place in ("_parameters", "_buffers"):
        store = owner.__dict__.get(place)
        if store is not None and name in store:
            return store  # type: ignore[no-any-return]
    return owner.__dict__  # type: ignore[no-any-return]


@contextmanager
def _replaced(module: Any, given: dict[str, Tensor], tie_weights: bool, strict: bool) -> Iterator[None]:
    own = _named(module)
    unknown = [name for name in given if name not in own]
    if strict:
        missing = [name for name in own if name not in given]
        if unknown or missing:
            raise RuntimeError(f"Error(s) in loading parameters: unexpected key(s) {unknown}, missing key(s) {missing}")
    elif unknown:
        raise AttributeError(f"{type(module).__name__} has no parameter or buffer {unknown[0]!r}; it has {', '.join(own) or 'none'}")
    new = dict(given)
    if tie_weights:
        for name, value in given.items():
            for other, tensor in own.items():
                if tensor is own[name] and new.setdefault(other, value) is not value:
                    raise ValueError(
                        f"functional_call got multiple values for keys {[name, other]}, which are tied. Consider using tie_weights=False"
                    )
    kept = []
    try:
        for name, value in new.items():
            owner, last = _owner(module, name)
            store = _store(owner, last)
            kept.append((store, last, store[last]))
            store[last] = value
        yield
    finally:
        for store, last, value in reversed(kept):
            store[last] = value


def stack_module_state(models: Sequence[Any]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """(parameters, buffers) of several modules of one kind, stacked along a new first dimension: for vmap over an ensemble."""
    if not models:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    if len({type(m) for m in models}) > 1:
        raise RuntimeError("stack_module_state: Expected all models to be of the same class.")

    def stacked(method: str) -> dict[str, Tensor]:
        each = [dict(getattr(m, method)()) for m in models]
        out = {}
        for name, first in each[0].items():
            value = wrap(np.stack([e[name].array for e in each]))
            out[name] = value.requires_grad_() if first.requires_grad else value
        return out

    return stacked("named_parameters"), stacked("named_buffers")
