"""np.sum(tensor), np.concatenate([...]), np.unique(tensor): NumPy's protocol for its functions, in three tiers.

A function in the table gives a tensor. One that needs no derivative computes on the arrays and gives arrays, and so does
any function on tensors that need no gradient. Anything else raises a TypeError. Imports the files that fill the table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..base import Tensor
from ..inplace import bump
from . import elementwise, parts, products, reductions, shapes
from .table import functions
from .tiers import Unsupported, lost, needs_gradient, operand, plain

__all__ = ["array_function", "elementwise", "parts", "products", "reductions", "shapes"]

# Libraries reach these with a tensor inside and expect an ordinary answer: there is no derivative, or what is made of it is only shown.
WITHOUT_DERIVATIVE = """
    all allclose any argmax argmin argpartition argsort argwhere array2string array_equal array_equiv array_repr array_str
    atleast_1d atleast_2d atleast_3d bincount broadcast_arrays can_cast common_type count_nonzero diag_indices_from digitize
    einsum_path flatnonzero histogram histogram2d histogram_bin_edges histogramdd imag interp intersect1d isclose iscomplex
    iscomplexobj isin isneginf isposinf isreal isrealobj ix_ lexsort linalg.matrix_rank may_share_memory meshgrid min_scalar_type
    nanargmax nanargmin ndim nonzero packbits ravel_multi_index result_type save savetxt savez savez_compressed searchsorted
    setdiff1d setxor1d shape shares_memory size tril_indices_from triu_indices_from union1d unique unique_all unique_counts
    unique_inverse unique_values unpackbits unravel_index
"""
CHANGES_ITS_FIRST_ARGUMENT = "copyto fill_diagonal place put put_along_axis putmask"


def numpy_named(name: str) -> Any:
    """NumPy's function of that name below np, None where this NumPy has none."""
    found: Any = np
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


class Tiers:
    """The tables under NumPy's own function objects; made when the first of them meets a tensor."""

    def __init__(self) -> None:
        self.ours: dict[Any, tuple[Callable[..., Any], tuple[str, ...], frozenset[str]]] = {}
        for name, fn in functions.items():
            code = fn.__code__
            count = code.co_argcount
            self.ours[numpy_named(name)] = fn, code.co_varnames[:count], frozenset(code.co_varnames[: count + code.co_kwonlyargcount])
        self.free = {numpy_named(name) for name in WITHOUT_DERIVATIVE.split()}
        self.changing = {numpy_named(name) for name in CHANGES_ITS_FIRST_ARGUMENT.split()}

    def differentiable(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Our version's result. Unsupported where there is no version, or none for these arguments."""
        if func not in self.ours:
            raise Unsupported("it has no rule")
        fn, positional, names = self.ours[func]
        given = {k: v for k, v in kwargs.items() if v is not np._NoValue and not (v is None and k == "out")}
        beyond = set(given) - (names - {"out"})
        if beyond:
            raise Unsupported(f"its rule does not take {', '.join(sorted(beyond))}=")
        if len(args) > len(positional) and func is not np.einsum:
            raise Unsupported(f"its rule takes {len(positional)} positional arguments: got {len(args)}")
        if "out" in positional and dict(zip(positional, args, strict=False)).get("out") is not None:
            raise Unsupported("its rule does not take out=")
        return fn(*args, **given)


_tiers: list[Tiers] = []


def array_function(self: Tensor, func: Any, types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """NumPy's protocol: what NumPy's functions do when one of their arguments is a tensor."""
    if not _tiers:
        _tiers.append(Tiers())
    tiers = _tiers[0]
    target = kwargs.get("out")
    if isinstance(target, Tensor):
        result = array_function(self, func, types, args, {k: v for k, v in kwargs.items() if k != "out"})
        return target.copy_(operand(result))
    try:
        return tiers.differentiable(func, args, kwargs)
    except Unsupported as reason:
        why = str(reason)
    changed = args[0] if func in tiers.changing and isinstance(args[0], Tensor) else None
    if changed is not None:
        why = "it changes its first argument behind the graph; assign instead, tensor[index] = value"
    # values that go into an array are converted, as by np.asarray; only a tensor that is changed has a history to lose
    loses = func not in tiers.free and (func not in tiers.changing or changed is not None)
    if loses and needs_gradient((*args, *kwargs.values())):
        raise lost(f"{func.__module__}.{func.__name__}".replace("numpy", "np", 1), why)
    result = func(*[plain(a) for a in args], **plain(kwargs))
    if changed is not None:
        bump(changed, func.__name__)
    return result
