"""Modules whose parameters are not initialised. Imports Module and the generator's state."""

from __future__ import annotations

import inspect
from typing import Any

import autograd_core as ag

from ..modules.module import Module

__all__ = ["skip_init"]


def skip_init(module_cls: Any, *args: Any, **kwargs: Any) -> Any:
    """module_cls(*args, **kwargs) without drawing random numbers: what the parameters hold is not defined.

    RuntimeError for what is no Module class, or one that takes no `device`.
    """
    if not issubclass(module_cls, Module):
        raise RuntimeError(f"Expected a Module; got {module_cls}")
    if "device" not in inspect.signature(module_cls).parameters:
        raise RuntimeError(f"Module must support a 'device' arg to skip initialization: {module_cls.__name__} does not")
    state = ag.get_rng_state()
    try:
        return module_cls(*args, **kwargs)
    finally:
        ag.set_rng_state(state)
