"""One row per example of a module: how it is made, as it is written in a program, and what it is called with.

The rows drive the comparison with PyTorch (tests/parity/test_nn_layers.py). A class or an option without a row fails it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from tests.samples.build import Spec

from . import losses, normal, pointwise, rest, windows

Row = tuple[Any, ...]  # the text that makes the module, and then a Spec or a constant for each argument of its call

ROWS: list[Row] = [*windows.ROWS, *normal.ROWS, *pointwise.ROWS, *rest.ROWS, *losses.ROWS]


class _Names(dict[str, Any]):
    """What a row's text may name: the classes of one library, `tensor` for its arrays, `t` for its functions."""

    def __init__(self, nn: Any, t: Any) -> None:
        super().__init__(t=t, nn=nn, tensor=lambda values: t.tensor(np.asarray(values, np.float32)), inf=float("inf"), true=True)

    def __missing__(self, name: str) -> Any:
        return getattr(self["nn"], name)


def make(text: str, nn: Any, t: Any) -> Any:
    """The module that a row describes, of one library."""
    return eval(text, {"__builtins__": {}}, _Names(nn, t))


def arguments(row: Row, floating: Any, seed: int = 1) -> Iterator[tuple[Any, bool]]:
    """(array or constant, whether it takes a gradient) for each argument of the call."""
    rng = np.random.default_rng(seed)
    for given in row[1:]:
        if isinstance(given, Spec):
            array = given.draw(rng, np.dtype(floating))
            yield array, given.grad and array.dtype.kind == "f"
        else:
            yield given, False


def options(text: str, parameters: Sequence[str]) -> tuple[str, set[str]]:
    """(the class, the parameters that a row's text sets)."""
    call = ast.parse(text, mode="eval").body
    assert isinstance(call, ast.Call)
    assert isinstance(call.func, ast.Name)
    return call.func.id, {*parameters[: len(call.args)], *[str(k.arg) for k in call.keywords]}
