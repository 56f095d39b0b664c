"""Hooks around the call of a module: before it, after it, and on the gradients of its inputs and outputs.

Imports the graph's Handle and the sibling that puts hooks into the graph. `Hooks` is one of the parts of `Module`.
"""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from autograd_core.graph import Handle

from .gradient_hooks import GradientHooks, hook_last_node

Hook = Callable[..., Any]


class _Global:
    """The hooks that run for every module."""

    forward_pre: OrderedDict[int, Hook] = OrderedDict()
    forward: OrderedDict[int, Hook] = OrderedDict()
    forward_with_kwargs: OrderedDict[int, bool] = OrderedDict()
    forward_always: OrderedDict[int, bool] = OrderedDict()
    backward_pre: OrderedDict[int, Hook] = OrderedDict()
    backward: OrderedDict[int, Hook] = OrderedDict()
    backward_is_full: bool | None = None


forward_pre, forward, backward_pre, backward = _Global.forward_pre, _Global.forward, _Global.backward_pre, _Global.backward

_MIXED = "Cannot use both regular backward hooks and full backward hooks {where}. Please use only one of them."


def register_module_forward_pre_hook(hook: Hook) -> Handle:
    """Call `hook(module, args)` before every call of any module; what it returns, if anything, replaces the arguments."""
    return Handle(forward_pre, hook)


def register_module_forward_hook(hook: Hook, *, with_kwargs: bool = False, always_call: bool = False) -> Handle:
    """Call `hook(module, args, output)` after every call of any module; what it returns, if anything, replaces the output."""
    handle = Handle(forward, hook)
    if with_kwargs:
        _Global.forward_with_kwargs[handle.id] = True
    if always_call:
        _Global.forward_always[handle.id] = True
    return handle


def register_module_full_backward_pre_hook(hook: Hook) -> Handle:
    """Call `hook(module, grad_output)` before the backward pass of any module."""
    return Handle(backward_pre, hook)


def register_module_full_backward_hook(hook: Hook) -> Handle:
    """Call `hook(module, grad_input, grad_output)` when the gradients of any module's inputs are known."""
    return _global_backward(hook, True)


def register_module_backward_hook(hook: Hook) -> Handle:
    """The older kind, which sees only the last operation of a module: prefer register_module_full_backward_hook."""
    return _global_backward(hook, False)


def _global_backward(hook: Hook, full: bool) -> Handle:
    if backward and _Global.backward_is_full is not full:
        raise RuntimeError(_MIXED.format(where="as a global Module hook"))
    _Global.backward_is_full = full
    return Handle(backward, hook)


class Hooks:
    """Everything that runs around a module's call besides its forward."""

    _forward_hooks: OrderedDict[int, Hook]
    _forward_hooks_with_kwargs: OrderedDict[int, bool]
    _forward_hooks_always_called: OrderedDict[int, bool]
    _forward_pre_hooks: OrderedDict[int, Hook]
    _forward_pre_hooks_with_kwargs: OrderedDict[int, bool]
    _backward_hooks: OrderedDict[int, Hook]
    _backward_pre_hooks: OrderedDict[int, Hook]
    _is_full_backward_hook: bool | None

    def register_forward_pre_hook(self, hook: Hook, *, prepend: bool = False, with_kwargs: bool = False) -> Handle:
        """Call `hook(module, args)` before forward; a returned tuple (or single value) replaces the arguments.

        With `with_kwargs` it is `hook(module, args, kwargs)` and returns None or (args, kwargs).
        """
        handle = Handle(self._forward_pre_hooks, hook, prepend)
        if with_kwargs:
            self._forward_pre_hooks_with_kwargs[handle.id] = True
        return handle

    def register_forward_hook(self, hook: Hook, *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False) -> Handle:
        """Call `hook(module, args, output)` after forward; what it returns, if anything, replaces the output.

        With `with_kwargs` it is `hook(module, args, kwargs, output)`; with `always_call` it runs even if forward raised.
        """
        handle = Handle(self._forward_hooks, hook, prepend)
        if with_kwargs:
            self._forward_hooks_with_kwargs[handle.id] = True
        if always_call:
            self._forward_hooks_always_called[handle.id] = True
        return handle

    def register_full_backward_pre_hook(self, hook: Hook, prepend: bool = False) -> Handle:
        """Call `hook(module, grad_output)` before this module's backward pass; a returned tuple replaces grad_output."""
        return Handle(self._backward_pre_hooks, hook, prepend)

    def register_full_backward_hook(self, hook: Hook, prepend: bool = False) -> Handle:
        """Call `hook(module, grad_input, grad_output)` once the gradients of the inputs are known.

        Both are tuples, None for what is no tensor, and in grad_input zeros for tensors that got no gradient; a returned tuple replaces grad_input.
        """
        return self._register_backward(hook, prepend, True)

    def register_backward_hook(self, hook: Hook) -> Handle:
        """The older kind, which sees only the last operation of the module: prefer register_full_backward_hook."""
        return self._register_backward(hook, False, False)

    def _register_backward(self, hook: Hook, prepend: bool, full: bool) -> Handle:
        if self._is_full_backward_hook is (not full):
            raise RuntimeError(_MIXED.format(where="on a single Module"))
        self._is_full_backward_hook = full
        return Handle(self._backward_hooks, hook, prepend)


def call_with_hooks(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """`forward` between the hooks of a module and the global ones."""
    state = _Hooked(module, args, kwargs)
    try:
        return state.run()
    except Exception:
        state.run_always_called()
        raise


class _Hooked:
    """One call with hooks: its arguments and result as the hooks have changed them so far."""

    def __init__(self, module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.module, self.args, self.kwargs = module, args, kwargs
        self.result: Any = None
        self.called: set[int] = set()

    def run(self) -> Any:
        module = self.module
        for key, hook in [*forward_pre.items(), *module._forward_pre_hooks.items()]:
            self.before(key, hook)
        pre = [*backward_pre.values(), *module._backward_pre_hooks.values()]
        full = self.backward_hooks(True)
        gradients = GradientHooks(module, full, pre) if full or pre else None
        if gradients is not None:
            self.args = gradients.inputs(self.args)
        self.result = module.forward(*self.args, **self.kwargs)
        for key, hook in [*forward.items(), *module._forward_hooks.items()]:
            self.called.add(key)
            self.after(key, hook)
        if gradients is not None:
            if not _tensors(self.result):
                warnings.warn(
                    "For backward hooks to be called, module output should be a Tensor or a tuple of Tensors but received "
                    f"{type(self.result)}",
                    stacklevel=5,
                )
            self.result = gradients.outputs(self.result)
        for hook in self.backward_hooks(False):
            hook_last_node(module, hook, self.result)
        return self.result

    def backward_hooks(self, full: bool) -> list[Hook]:
        module = self.module
        shared = list(backward.values()) if backward and _Global.backward_is_full is full else []
        return shared + (list(module._backward_hooks.values()) if module._is_full_backward_hook is full else [])

    def before(self, key: int, hook: Hook) -> None:
        if key in self.module._forward_pre_hooks_with_kwargs:
            changed = hook(self.module, self.args, self.kwargs)
            if changed is None:
                return
            if not isinstance(changed, tuple) or len(changed) != 2:
                raise RuntimeError(f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {changed}.")
            self.args, self.kwargs = changed
            return
        changed = hook(self.module, self.args)
        if changed is not None:
            self.args = changed if isinstance(changed, tuple) else (changed,)

    def after(self, key: int, hook: Hook) -> None:
        if key in self.module._forward_hooks_with_kwargs or key in _Global.forward_with_kwargs:
            changed = hook(self.module, self.args, self.kwargs, self.result)
        else:
            changed = hook(self.module, self.args, self.result)
        if changed is not None:
            self.result = changed

    def run_always_called(self) -> None:
        """After an error: the hooks that asked to be called even then, and have not been."""
        always = {**_Global.forward_always, **self.module._forward_hooks_always_called}
        for key, hook in [*forward.items(), *self.module._forward_hooks.items()]:
            if key in always and key not in self.called:
                try:
                    self.after(key, hook)
                except Exception as error:
                    kind = "global module" if key in forward else "module"
                    warnings.warn(
                        f"{kind} forward hook with ``always_call=True`` raised an exception that was silenced as another error was raised "
                        "in "
                        f"forward: {error}",
                        stacklevel=5,
                    )


def _tensors(result: Any) -> bool:
    return isinstance(result, tuple) or hasattr(result, "grad_fn")
