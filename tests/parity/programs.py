"""Runs a program on both sides, statement by statement, and holds what each gives, prints, warns of and raises against the other."""

from __future__ import annotations

import ast
import contextlib
import io
import math
import re
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

import autograd_core as ag
import nn
import optim


@dataclass
class Outcome:
    """What one statement did."""

    line: str
    value: Any
    error: Exception | None
    printed: str
    warned: set[str]


def described(v: Any, root: Any) -> Any:
    """A value as both sides can show it: tensors by type, shape, strides, history and numbers."""
    if isinstance(v, root.Tensor):
        step = None if v.grad_fn is None else type(v.grad_fn).__name__
        return "Tensor", str(v.dtype), tuple(v.shape), v.stride(), v.requires_grad, step, v.detach().double().tolist()
    if isinstance(v, (list, tuple)):
        return type(v).__name__, [described(part, root) for part in v]
    if isinstance(v, dict):
        return "dict", [(k, described(part, root)) for k, part in v.items()]
    if isinstance(v, np.ndarray):
        return "array", str(v.dtype), v.shape, v.tolist()
    if isinstance(v, float):
        return v
    return type(v).__name__, re.sub(r"0x[0-9a-f]+", "0x", repr(v)).replace("autograd_core", "torch")


def run(program: str, root: Any) -> list[Outcome]:
    """Every statement of a program; one that raises does not end it."""
    names = {"torch": root, "np": np, "math": math}
    names |= (
        {"nn": torch.nn, "F": torch.nn.functional, "optim": torch.optim}
        if root is torch
        else {"nn": nn, "F": nn.functional, "optim": optim}
    )
    root.manual_seed(0)
    out = []
    for statement in ast.parse(program).body:
        value = error = None
        with warnings.catch_warnings(record=True) as heard, contextlib.redirect_stdout(io.StringIO()) as printed:
            warnings.simplefilter("always")
            try:
                if isinstance(statement, ast.Expr):
                    value = described(eval(compile(ast.Expression(statement.value), "<program>", "eval"), names), root)
                else:
                    exec(compile(ast.Module([statement], []), "<program>", "exec"), names)
            except Exception as raised:
                error = raised
        text = printed.getvalue().replace("autograd_core", "torch")
        out.append(Outcome(ast.unparse(statement), value, error, text, {w.category.__name__ for w in heard}))
    return out


def close(a: Any, b: Any) -> bool:
    """Equal, numbers up to rounding."""
    if isinstance(a, float) and isinstance(b, (float, int)):
        return a == b or (a != a and b != b) or abs(a - b) <= 2e-6 * max(1.0, abs(a), abs(b))
    if isinstance(a, (list, tuple)) and type(a) is type(b):
        return len(a) == len(b) and all(map(close, a, b))
    return bool(a == b)


def kinds(error: Exception | None) -> set[str]:
    """What an `except` clause may call an error."""
    return {"none"} if error is None else {kind.__name__ for kind in type(error).__mro__}


def compare(program: str) -> None:
    """AssertionError with the line where the two part."""
    for ours, theirs in zip(run(program, ag), run(program, torch), strict=True):
        assert "none" if theirs.error is None else type(theirs.error).__name__ in kinds(ours.error), (ours.line, ours.error, theirs.error)
        assert (ours.error is None) == (theirs.error is None), (ours.line, ours.error, theirs.error)
        assert close(ours.value, theirs.value), (ours.line, ours.value, theirs.value)
        assert ours.printed == theirs.printed, ours.line
        assert ours.warned == theirs.warned, (ours.line, ours.warned, theirs.warned)
