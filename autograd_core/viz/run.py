"""Runs a model once for its picture, and leaves it as it was. Imports recorder, trace, random and Tensor."""

from __future__ import annotations

import inspect
from typing import Any

from .. import random as _random
from ..tensor import Tensor
from .recorder import record
from .trace import Trace, names_of


def tensors_in(result: Any) -> list[Tensor]:
    """The tensors in what a model returned, in dictionaries, lists and tuples too."""
    found, stack = [], [result]
    while stack:
        at = stack.pop()
        if isinstance(at, Tensor):
            found.append(at)
        elif isinstance(at, dict):
            stack += reversed(list(at.values()))
        elif isinstance(at, (list, tuple)):
            stack += reversed(at)
    return found


def run_model(model: Any, inputs: tuple[Any, ...]) -> tuple[Trace, list[int]]:
    """(the recording of model(*inputs), ids of its results). Buffers and random numbers are afterwards what they were.

    An error in the model's forward is raised as it is, with a note of what was being drawn.
    """
    if not inputs:
        raise TypeError(f"draw({type(model).__name__}) needs what to run it on: draw(model, x), or draw the loss that it gave")
    buffers = [(b, b.array.copy(), list(b._counter or [])) for _, b in model.named_buffers()] if hasattr(model, "named_buffers") else []
    state = _random.get_rng_state()
    try:
        with record() as trace:
            result = model(*inputs)
    except Exception as error:
        given = ", ".join(f"{type(x).__name__}{list(x.shape)}" if hasattr(x, "shape") else type(x).__name__ for x in inputs)
        error.add_note(f"viz.draw was running {type(model).__name__}({given}) to draw it; the model must run on these inputs first")
        raise
    finally:
        _random.set_rng_state(state)
        for buffer, array, counter in buffers:
            buffer.array[...] = array
            if buffer._counter:
                buffer._counter[:] = counter
    names = list(inspect.signature(model.forward).parameters) if hasattr(model, "forward") else []
    names_of(trace, [(name, x) for name, x in zip(names, inputs, strict=False) if isinstance(x, Tensor)])
    results = [value for value in (trace.value_of(t) for t in tensors_in(result)) if value is not None]
    if not results:
        raise ValueError(f"nothing to draw: {type(model).__name__} returned {type(result).__name__} and ran no operation on tensors")
    return trace, [value.id for value in results]
