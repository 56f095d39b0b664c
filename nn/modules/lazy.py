"""Layers that learn their input's size from the first input: the mixin that lazy layers share.

Imports the lazy parameters.
"""

from __future__ import annotations

import itertools
from typing import Any

from ..parameter import is_lazy

__all__ = ["LazyModuleMixin"]


class LazyModuleMixin:
    """Stands before a layer class: its parameters have no shape until the first call, which runs `initialize_parameters`.

    After that call the module is of the class `cls_to_become`.
    """

    cls_to_become: type | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        module: Any = self
        module._load_hook = module._register_load_state_dict_pre_hook(_Take(self))
        module._initialize_hook = module.register_forward_pre_hook(_infer, with_kwargs=True)

    def initialize_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Give the parameters their shapes, from the arguments of the first call."""
        raise NotImplementedError(f"initialize_parameters is not implemented for {type(self).__name__}")

    def has_uninitialized_params(self) -> bool:
        """Whether any parameter or buffer has no shape yet."""
        module: Any = self
        return any(is_lazy(t) for t in itertools.chain(module._parameters.values(), module._buffers.values()))

    def _save_to_state_dict(self, destination: Any, prefix: str, keep_vars: bool) -> None:
        module: Any = self
        for name, value in module._own_state().items():
            destination[prefix + name] = value if is_lazy(value) or keep_vars else value.detach()


class _Take:
    """Before loading: a parameter without shape takes that of the one it is loaded from."""

    def __init__(self, module: Any) -> None:
        self.module = module

    def __call__(self, state_dict: Any, prefix: str, *ignored: Any) -> None:
        for name, value in self.module._own_state().items():
            given = state_dict.get(prefix + name)
            if given is not None and is_lazy(value) and not is_lazy(given):
                value.materialize(given.shape)


def _infer(module: Any, args: Any, kwargs: Any) -> None:
    """The forward pre-hook: initialise, then become the ordinary class."""
    module.initialize_parameters(*args, **kwargs)
    if module.has_uninitialized_params():
        raise RuntimeError(
            f"module {type(module).__name__} has not been fully initialized: its initialize_parameters leaves parameters without a shape"
        )
    module._initialize_hook.remove()
    module._load_hook.remove()
    del module.__dict__["_initialize_hook"], module.__dict__["_load_hook"]
    if module.cls_to_become is not None:
        module.__class__ = module.cls_to_become
