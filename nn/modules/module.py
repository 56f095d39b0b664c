"""Module, the base of all layers and models: what happens when it is called, its modes, its printed form.

Its other parts stand beside it: the tree of attributes, hooks, state_dict, conversion. Imports those and the thread's context.
"""

from __future__ import annotations

import inspect
from collections import OrderedDict
from typing import Any, TypeVar
from weakref import ref

from autograd_core.graph import thread

from .conversion import Conversion
from .errors import did_you_mean, explain
from .hooks import (
    Hooks,
    backward,
    backward_pre,
    call_with_hooks,
    forward,
    forward_pre,
    register_module_backward_hook,
    register_module_forward_hook,
    register_module_forward_pre_hook,
    register_module_full_backward_hook,
    register_module_full_backward_pre_hook,
)
from .overlooked import notice
from .scope import Call
from .state import State
from .tree import (
    Tree,
    register_module_buffer_registration_hook,
    register_module_module_registration_hook,
    register_module_parameter_registration_hook,
)

__all__ = [
    "Module",
    "register_module_backward_hook",
    "register_module_buffer_registration_hook",
    "register_module_forward_hook",
    "register_module_forward_pre_hook",
    "register_module_full_backward_hook",
    "register_module_full_backward_pre_hook",
    "register_module_module_registration_hook",
    "register_module_parameter_registration_hook",
]

M = TypeVar("M", bound="Module")
_new = object.__new__
_HOOKS = (
    "_backward_pre_hooks",
    "_backward_hooks",
    "_forward_hooks",
    "_forward_hooks_with_kwargs",
    "_forward_hooks_always_called",
    "_forward_pre_hooks",
    "_forward_pre_hooks_with_kwargs",
    "_state_dict_hooks",
    "_state_dict_pre_hooks",
    "_load_state_dict_pre_hooks",
    "_load_state_dict_post_hooks",
)


class Module(Tree, Hooks, State, Conversion):
    """The base class of every layer and model: subclass it, assign parameters and modules in `__init__`, compute in `forward`.

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(4, 2)

        def forward(self, x):
            return self.fc(x)
    """

    call_super_init = False
    dump_patches = False
    _noticed = False

    def __new__(cls: type[M], *args: Any, **kwargs: Any) -> M:
        if kwargs:
            _check_keywords(cls, kwargs)
        return _new(cls)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if not self.call_super_init:
            if kwargs:
                raise TypeError(f"{type(self).__name__}.__init__() got an unexpected keyword argument '{next(iter(kwargs))}'")
            if args:
                raise TypeError(f"{type(self).__name__}.__init__() takes 1 positional argument but {len(args) + 1} were given")
        own = self.__dict__
        own["training"] = True
        own["_parameters"] = {}
        own["_buffers"] = {}
        own["_non_persistent_buffers_set"] = set()
        for name in _HOOKS:
            own[name] = OrderedDict()
        own["_is_full_backward_hook"] = None
        own["_modules"] = {}
        if self.call_super_init:
            super().__init__(*args, **kwargs)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes: every subclass defines it."""
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        context = thread.context
        outer = context.scope
        call = _new(Call)
        call.module = ref(self)
        call.kind = self.__class__
        call.outer = outer
        call._path = None
        context.scope = call
        try:
            if outer is None and not self._noticed:
                notice(self)
            if (
                self._forward_hooks
                or self._forward_pre_hooks
                or self._backward_hooks
                or self._backward_pre_hooks
                or forward
                or forward_pre
                or backward
                or backward_pre
            ):
                return call_with_hooks(self, args, kwargs)
            return self.forward(*args, **kwargs)
        except Exception as error:
            explain(self, call, error, args, kwargs)
            raise
        finally:
            context.scope = outer

    def _call_impl(self, *args: Any, **kwargs: Any) -> Any:
        """The call itself, under the name that some programs use."""
        return Module.__call__(self, *args, **kwargs)

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: the kernels are compiled already. PyTorch compiles `forward` here, with the same results."""

    def _diagnose(self, error: Exception, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str | None:
        """What this layer has to say about an error in its forward: given, expected, the fix. None: the error says it all."""
        return None

    # modes

    def train(self: M, mode: bool = True) -> M:
        """Put this module and everything below it into training mode (dropout drops, batch norm uses the batch)."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self: M) -> M:
        """The opposite of `train`."""
        return self.train(False)

    def requires_grad_(self: M, requires_grad: bool = True) -> M:
        """Start or stop the training of every parameter."""
        for param in self.parameters():
            param.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Drop every parameter's gradient, or set it to zeros."""
        for param in self.parameters():
            if param.grad is not None:
                if set_to_none:
                    param.grad = None
                else:
                    param.grad.detach_().zero_()

    # printing, copying

    def _get_name(self) -> str:
        return type(self).__name__

    def extra_repr(self) -> str:
        """What stands in the parentheses of the printed form: subclasses say their arguments."""
        return ""

    def __repr__(self) -> str:
        extra = self.extra_repr()
        extra_lines = extra.split("\n") if extra else []
        child_lines = [f"({name}): " + repr(module).replace("\n", "\n  ") for name, module in self._modules.items()]
        if not extra_lines and not child_lines:
            return f"{self._get_name()}()"
        if len(extra_lines) == 1 and not child_lines:
            return f"{self._get_name()}({extra_lines[0]})"
        return f"{self._get_name()}(\n  " + "\n  ".join(extra_lines + child_lines) + "\n)"

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__.copy()

    def __setstate__(self, state: dict[str, Any]) -> None:
        own = self.__dict__
        own.update(state)
        for name in _HOOKS:
            own.setdefault(name, OrderedDict())
        own.setdefault("_non_persistent_buffers_set", set())
        own.setdefault("_is_full_backward_hook", None)


def _check_keywords(cls: type, kwargs: dict[str, Any]) -> None:
    """TypeError with the nearest name for a misspelt keyword."""
    parameters = inspect.signature(cls.__init__).parameters  # type: ignore[misc]
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return
    for name in kwargs:
        if name not in parameters:
            known = [p for p in parameters if p != "self"]
            hint = did_you_mean(name, known) or f": it takes {', '.join(known)}"
            raise TypeError(f"{cls.__name__}.__init__() got an unexpected keyword argument '{name}'{hint}")
