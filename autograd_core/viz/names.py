"""The users' names of tensors: of parameters, of what they drew, of variables at the top level of their file. Imports frames, trace and Tensor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..frames import user_frame
from ..tensor.base import Tensor
from .trace import Trace, names_of


def name_values(trace: Trace, params: Any) -> None:
    """Name the values of a trace: by `params`, else by the modules that ran, then by the caller's own variables."""
    modules = modules_in(trace)
    if params is not None:
        names_of(trace, list(pairs_of(params)))
    else:
        for module in modules:
            names_of(trace, [(name, p) for name, p in module.named_parameters() if isinstance(p, Tensor)])
    names_of(trace, list(variables()))


def pairs_of(params: Any) -> Iterator[tuple[str, Tensor]]:
    """(name, tensor) of a module, a mapping or pairs. TypeError for anything else."""
    if hasattr(params, "named_parameters"):
        params = params.named_parameters()
    elif isinstance(params, Mapping):
        params = params.items()
    try:
        pairs = [(str(name), tensor) for name, tensor in params]
    except (TypeError, ValueError):
        raise TypeError(f"params names tensors: give a module, a dictionary or (name, tensor) pairs, not {type(params).__name__}") from None
    tensors = [(name, tensor) for name, tensor in pairs if isinstance(tensor, Tensor)]
    if pairs and not tensors:
        raise TypeError(f"params names tensors: {pairs[0][0]!r} is given {type(pairs[0][1]).__name__}")
    yield from tensors


def modules_in(trace: Trace) -> list[Any]:
    """The outermost modules that ran, each once, as far as they still exist. Every call learns its path on the way, which outlives the module."""
    found: dict[int, Any] = {}
    seen: set[int] = set()
    for record in trace.records:
        call = record.scope
        if call is None or id(call) in seen:
            continue
        seen.add(id(call))
        getattr(call, "path", None)
        while getattr(call, "outer", None) is not None:
            call = call.outer
        module = getattr(call, "module", lambda: None)()
        if module is not None and hasattr(module, "named_parameters"):
            found.setdefault(id(module), module)
    return list(found.values())


def model_names(trace: Trace) -> dict[int, str]:
    """id -> the variable's name of each outermost module, where more than one ran."""
    models = modules_in(trace)
    names = {id(value): name for name, value in globals_of_caller() if not name.startswith("_")} if len(models) > 1 else {}
    return {id(model): names[id(model)] for model in models if id(model) in names}


def variables() -> Iterator[tuple[str, Tensor]]:
    """The tensors among the variables of the caller's file."""
    return ((name, value) for name, value in globals_of_caller() if isinstance(value, Tensor) and not name.startswith("_"))


def globals_of_caller() -> list[tuple[str, Any]]:
    """The variables of the caller's file, when it is the file's top level that calls.

    Inside a function Python would have to copy the local variables into a dictionary that outlives the call.
    """
    frame, _ = user_frame()
    if frame is None or frame.f_code.co_name != "<module>":
        return []
    return list(frame.f_globals.items())
