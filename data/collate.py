"""From a list of samples to one batch: the default collation, and the conversion used without batching.

Imports autograd_core and, inside the package, nothing.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, MutableMapping, MutableSequence, Sequence
from typing import Any

import numpy as np

import autograd_core as ag

CollateMap = dict[Any, Callable[..., Any]]


def _holds_numbers(array: np.ndarray) -> bool:
    return array.dtype.kind not in "SaUO"


def _like_mapping(source: Mapping[Any, Any], items: dict[Any, Any]) -> Any:
    """``items`` in a mapping of ``source``'s kind, with its other attributes; a dict where that kind cannot be made."""
    try:
        if isinstance(source, MutableMapping):
            made = copy.copy(source)
            made.update(items)
            return made
        return type(source)(items)  # type: ignore[call-arg]
    except TypeError:
        return items


def _like_sequence(source: Sequence[Any], items: list[Any]) -> Any:
    """``items`` in a sequence of ``source``'s kind; a list where that kind cannot be made."""
    try:
        if isinstance(source, MutableSequence):
            made = copy.copy(source)
            for i, item in enumerate(items):
                made[i] = item
            return made
        return type(source)(items)  # type: ignore[call-arg]
    except TypeError:
        return items


def _is_namedtuple(value: Any) -> bool:
    return isinstance(value, tuple) and hasattr(value, "_fields")


def default_convert(data: Any) -> Any:
    """NumPy arrays and scalars inside ``data`` become tensors, everything else stays. A plain tuple becomes a list, as in PyTorch."""
    if isinstance(data, ag.Tensor | str | bytes):
        return data
    if isinstance(data, np.ndarray | np.generic):
        return ag.as_tensor(data) if _holds_numbers(np.asarray(data)) else data
    if isinstance(data, Mapping):
        return _like_mapping(data, {key: default_convert(data[key]) for key in data})
    if _is_namedtuple(data):
        return type(data)(*(default_convert(item) for item in data))
    if isinstance(data, tuple):
        return [default_convert(item) for item in data]
    if isinstance(data, Sequence):
        return _like_sequence(data, [default_convert(item) for item in data])
    return data


def collate(batch: Sequence[Any], *, collate_fn_map: CollateMap | None = None) -> Any:
    """Put samples together, going into mappings and sequences.

    ``collate_fn_map`` says what to do with an element type: its own type first, then the first entry it is an instance of.

    Raises:
        RuntimeError: sequences of unequal length.
        TypeError: an element that no rule covers.
    """
    first = batch[0]
    rule = _rule_for(first, collate_fn_map or {})
    if rule is not None:
        return rule(batch, collate_fn_map=collate_fn_map)
    if isinstance(first, Mapping):
        return _like_mapping(first, {key: collate([sample[key] for sample in batch], collate_fn_map=collate_fn_map) for key in first})
    if not isinstance(first, Sequence):
        raise TypeError(_uncollatable(type(first)))
    if not _is_namedtuple(first):
        _require_one_length(batch)
    columns = [collate(column, collate_fn_map=collate_fn_map) for column in zip(*batch, strict=False)]
    if _is_namedtuple(first):
        return type(first)(*columns)
    return columns if isinstance(first, tuple) else _like_sequence(first, columns)


def _rule_for(element: Any, rules: CollateMap) -> Callable[..., Any] | None:
    exact = rules.get(type(element))
    if exact is not None:
        return exact
    return next((rule for kind, rule in rules.items() if isinstance(element, kind)), None)


def _require_one_length(batch: Iterable[Any]) -> None:
    lengths = [len(sample) for sample in batch]
    if len(set(lengths)) > 1:
        odd = next(i for i, length in enumerate(lengths) if length != lengths[0])
        raise RuntimeError(
            f"each sample of a batch must have the same length: sample 0 has {lengths[0]}, sample {odd} has {lengths[odd]}; "
            "pad the samples, or give the loader a collate_fn"
        )


def _uncollatable(kind: Any) -> str:
    return (
        f"default_collate: samples may hold tensors, NumPy arrays, numbers, strings, dicts and sequences, got {kind}; "
        "convert them in the dataset (for images: transform=transforms.ToTensor()), or give the loader a collate_fn"
    )


def collate_tensor_fn(batch: Sequence[ag.Tensor], *, collate_fn_map: CollateMap | None = None) -> ag.Tensor:
    """Stack along a new first dimension."""
    shapes = [tuple(tensor.shape) for tensor in batch]
    if any(shape != shapes[0] for shape in shapes):
        odd = next(i for i, shape in enumerate(shapes) if shape != shapes[0])
        raise RuntimeError(
            f"a batch needs samples of one shape: sample 0 has {shapes[0]}, sample {odd} has {shapes[odd]}; "
            "resize or pad the samples in the dataset, or give the loader a collate_fn"
        )
    return ag.stack(list(batch), 0)


def collate_numpy_array_fn(batch: Sequence[np.ndarray], *, collate_fn_map: CollateMap | None = None) -> Any:
    """Arrays of numbers stack like tensors."""
    if not _holds_numbers(batch[0]):
        raise TypeError(_uncollatable(f"an array of dtype {batch[0].dtype}"))
    return collate([ag.as_tensor(array) for array in batch], collate_fn_map=collate_fn_map)


def collate_numpy_scalar_fn(batch: Sequence[np.generic], *, collate_fn_map: CollateMap | None = None) -> ag.Tensor:
    """NumPy numbers keep their dtype."""
    return ag.as_tensor(np.asarray(batch))


def collate_float_fn(batch: Sequence[float], *, collate_fn_map: CollateMap | None = None) -> ag.Tensor:
    """Python floats become float64, as in PyTorch."""
    return ag.tensor(list(batch), dtype=ag.float64)


def collate_int_fn(batch: Sequence[int], *, collate_fn_map: CollateMap | None = None) -> ag.Tensor:
    """Python ints become int64, bools bool."""
    return ag.tensor(list(batch))


def collate_str_fn(batch: Any, *, collate_fn_map: CollateMap | None = None) -> Any:
    """Text stays a list."""
    return batch


# The order matters: np.float64 is also a float, and must be met as a NumPy number first.
default_collate_fn_map: CollateMap = {
    ag.Tensor: collate_tensor_fn,
    np.ndarray: collate_numpy_array_fn,
    (np.bool_, np.number, np.object_): collate_numpy_scalar_fn,
    float: collate_float_fn,
    int: collate_int_fn,
    str: collate_str_fn,
    bytes: collate_str_fn,
}
_as_shipped = dict(default_collate_fn_map)


def default_collate(batch: Sequence[Any]) -> Any:
    """Samples to a batch with a new first dimension: tensors, arrays and numbers stack, dicts and sequences are gone into.

    A tuple gives a list. ``default_collate_fn_map`` may be extended with rules for further types.
    """
    return collate(batch, collate_fn_map=default_collate_fn_map)


def is_default(collate_fn: Callable[..., Any]) -> bool:
    """Whether ``collate_fn`` is ``default_collate`` with the rules as shipped, so that whole-batch reading may replace it."""
    return collate_fn is default_collate and default_collate_fn_map == _as_shipped
