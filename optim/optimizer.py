"""Optimizer, the base of all: parameter groups, state, hooks, and what a step does around the update rule.

Imports Tensor and the graph's context. It knows no module: parameters reach it as tensors, by themselves or with names.
"""

from __future__ import annotations

import functools
import warnings
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable
from copy import deepcopy
from itertools import chain
from typing import Any

import numpy as np

from autograd_core.frames import user_mark
from autograd_core.graph import Handle, next_id
from autograd_core.tensor.base import Tensor, wrap

__all__ = ["Optimizer", "ParamsT", "register_optimizer_step_post_hook", "register_optimizer_step_pre_hook", "required"]

Group = dict[str, Any]
State = dict[str, Any]
Hook = Callable[..., Any]
ParamsT = Iterable[Any]


class _Required:
    """The default of an option that every group must give."""

    def __repr__(self) -> str:
        return "<required parameter>"


required = _Required()

_step_pre_hooks: OrderedDict[int, Hook] = OrderedDict()
_step_post_hooks: OrderedDict[int, Hook] = OrderedDict()
_HOOKS = (
    "_optimizer_step_pre_hooks",
    "_optimizer_step_post_hooks",
    "_optimizer_state_dict_pre_hooks",
    "_optimizer_state_dict_post_hooks",
    "_optimizer_load_state_dict_pre_hooks",
    "_optimizer_load_state_dict_post_hooks",
)


def register_optimizer_step_pre_hook(hook: Hook) -> Handle:
    """Call `hook(optimizer, args, kwargs)` before every step of any optimizer."""
    return Handle(_step_pre_hooks, hook)


def register_optimizer_step_post_hook(hook: Hook) -> Handle:
    """Call `hook(optimizer, args, kwargs)` after every step of any optimizer."""
    return Handle(_step_post_hooks, hook)


def _hooked(step: Callable[..., Any]) -> Callable[..., Any]:
    """A class's `step` with the hooks around it; a step that calls its parent's runs them once."""

    @functools.wraps(step)
    def with_hooks(self: Optimizer, *args: Any, **kwargs: Any) -> Any:
        before, after = self._optimizer_step_pre_hooks, self._optimizer_step_post_hooks
        if not (before or after or _step_pre_hooks or _step_post_hooks) or self._stepping:
            return step(self, *args, **kwargs)
        self._stepping = True
        given: tuple[Any, ...] = (self, *args)
        try:
            for hook in [*_step_pre_hooks.values(), *before.values()]:
                changed = hook(self, given, kwargs)
                if changed is not None:
                    if not isinstance(changed, tuple) or len(changed) != 2:
                        raise RuntimeError(f"{step} must return None or a tuple of (new_args, new_kwargs), but got {changed}.")
                    given, kwargs = changed
            out = step(*given, **kwargs)
            for hook in [*after.values(), *_step_post_hooks.values()]:
                hook(self, given, kwargs)
            return out
        finally:
            self._stepping = False

    return with_hooks


class Optimizer:
    """Base class of optimizers: subclass it, call `super().__init__(params, defaults)`, and define `step`.

    `params` is an iterable of tensors, of (name, tensor) pairs, or of groups: dictionaries with "params" and options of
    their own. ValueError for an empty list or a non-leaf, TypeError for what is no tensor.
    """

    defaults: dict[str, Any]
    state: defaultdict[Any, State]
    param_groups: list[Group]
    _optimizer_step_pre_hooks: OrderedDict[int, Hook]
    _optimizer_step_post_hooks: OrderedDict[int, Hook]
    _optimizer_state_dict_pre_hooks: OrderedDict[int, Hook]
    _optimizer_state_dict_post_hooks: OrderedDict[int, Hook]
    _optimizer_load_state_dict_pre_hooks: OrderedDict[int, Hook]
    _optimizer_load_state_dict_post_hooks: OrderedDict[int, Hook]
    _stepping = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "step" in cls.__dict__:
            cls.step = _hooked(cls.__dict__["step"])  # type: ignore[method-assign]

    def __init__(self, params: ParamsT, defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        for name in _HOOKS:
            setattr(self, name, OrderedDict())
        if isinstance(params, Tensor):
            raise TypeError(
                f"params argument given to the optimizer should be an iterable of Tensors or dicts, but got {type(params).__name__}: put "
                "it in a list"
            )
        if not isinstance(params, Iterable):
            raise TypeError(f"'{type(params).__name__}' object is not iterable: params should be tensors or dicts{_hint(params)}")
        self.state = defaultdict(dict)
        self.param_groups = []
        given = list(params)
        if not given:
            why = getattr(params, "why_empty", None)
            raise ValueError("optimizer got an empty parameter list" + (f": {why()}" if why is not None else ""))
        groups = given if isinstance(given[0], dict) else [{"params": given}]
        for group in groups:
            self.add_param_group(group)

    def __getstate__(self) -> dict[str, Any]:
        return {"defaults": self.defaults, "state": self.state, "param_groups": self.param_groups}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        for name in _HOOKS:
            self.__dict__.setdefault(name, OrderedDict())
        for group in self.param_groups:
            for name, value in self.defaults.items():
                group.setdefault(name, value)

    def __repr__(self) -> str:
        text = ""
        for i, group in enumerate(self.param_groups):
            options = [f"    {key}: {group[key]}\n" for key in sorted(group) if key != "params"]
            text += f"\nParameter Group {i}\n" + "".join(options)
        return f"{type(self).__name__} ({text})"

    # groups

    def add_param_group(self, param_group: Group) -> None:
        """Add parameters with options of their own; what the group does not say comes from the defaults."""
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        params = param_group["params"]
        if isinstance(params, set):
            raise TypeError(
                "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets will change "
                "between runs. "
                "Please use a list instead."
            )
        members = [params] if isinstance(params, Tensor) else list(params)
        names = [member[0] for member in members if isinstance(member, tuple)]
        if names and len(names) != len(members):
            raise ValueError("all optimizer params should be with/without names. Some param names are missing")
        tensors = [member[1] if isinstance(member, tuple) else member for member in members]
        param_group["params"] = tensors
        if names:
            param_group["param_names"] = names
        for tensor in tensors:
            self._check(tensor)
        for name, default in self.defaults.items():
            if default is required and name not in param_group:
                raise ValueError(f"parameter group didn't specify a value of required optimization parameter {name}")
            param_group.setdefault(name, default)
        if param_group.get("differentiable"):
            raise NotImplementedError(
                "differentiable=True is not supported: steps change arrays in place. Write the update with tensor operations."
            )
        self._check_group(param_group, tensors)
        self.param_groups.append(param_group)

    def _check(self, tensor: Any) -> None:
        if not isinstance(tensor, Tensor):
            raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {type(tensor).__name__}{_hint(tensor)}")
        if not tensor.is_leaf and not tensor.retains_grad:
            raise ValueError(
                f"can't optimize a non-leaf Tensor: this one of shape {list(tensor.shape)} was computed by {tensor.grad_fn!r}; give the "
                "tensors that "
                "it was computed from, or detach() it and set requires_grad"
            )

    def _check_group(self, param_group: Group, tensors: list[Tensor]) -> None:
        if len(tensors) != len(set(tensors)):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters; in future, this will cause an error",
                UserWarning,
                stacklevel=4,
            )
        known: set[Tensor] = set()
        for group in self.param_groups:
            known.update(group["params"])
            if ("param_names" in param_group) != ("param_names" in group):
                kind = "with names" if "param_names" in param_group else "without names"
                raise ValueError(f"all optimizer param groups should be with/without names. cannot add param group {kind} to the optimizer")
        if not known.isdisjoint(tensors):
            raise ValueError("some parameters appear in more than one parameter group")

    # stepping

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change the parameters by their gradients; `closure` computes the loss anew and is returned its value."""
        raise NotImplementedError(f"{type(self).__name__} must define step()")

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Drop the gradients, or set them to zeros."""
        for group in self.param_groups:
            for p in group["params"]:
                cell = p._cell
                if cell is None or cell.grad is None:
                    continue
                if set_to_none:
                    cell.grad = None
                else:
                    cell.grad.detach_().zero_()

    def _note(self, changed: list[Tensor]) -> None:
        """Count the changes, so that a graph which saved an old value says so."""
        name, mark = f"{type(self).__name__}.step()", user_mark()
        for p in changed:
            counter = p._counter
            if counter is not None:
                counter[0] = next_id()
                counter[1] += 1
                counter[2], counter[3] = name, mark

    # saving and loading

    def state_dict(self) -> dict[str, Any]:
        """{"state": number of a parameter -> its state, "param_groups": the options, with numbers for parameters}."""
        for hook in self._optimizer_state_dict_pre_hooks.values():
            hook(self)
        numbers: dict[int, int] = {}
        groups, start = [], 0
        for group in self.param_groups:
            for i, p in enumerate(group["params"], start):
                numbers.setdefault(id(p), i)
            packed = {key: value for key, value in group.items() if key != "params"}
            packed["params"] = [numbers[id(p)] for p in group["params"]]
            groups.append(packed)
            start += len(group["params"])
        state = {(numbers[id(key)] if isinstance(key, Tensor) else key): value for key, value in self.state.items()}
        out: dict[str, Any] = {"state": state, "param_groups": groups}
        for hook in self._optimizer_state_dict_post_hooks.values():
            changed = hook(self, out)
            if changed is not None:
                out = changed
        return out

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` returned, here or in PyTorch. ValueError when the groups do not match."""
        state_dict = state_dict.copy()
        for hook in self._optimizer_load_state_dict_pre_hooks.values():
            changed = hook(self, state_dict)
            if changed is not None:
                state_dict = changed
        saved = deepcopy(state_dict["param_groups"])
        own = self.param_groups
        if len(own) != len(saved):
            raise ValueError(f"loaded state dict has a different number of parameter groups: {len(saved)}, the optimizer has {len(own)}")
        for mine, theirs in zip(own, saved, strict=True):
            if len(mine["params"]) != len(theirs["params"]):
                raise ValueError(
                    "loaded state dict contains a parameter group that doesn't match the size of optimizer's group: "
                    f"{len(theirs['params'])} parameters, the optimizer's has {len(mine['params'])}"
                )
        numbers = chain.from_iterable(group["params"] for group in saved)
        tensors = dict(zip(numbers, chain.from_iterable(group["params"] for group in own), strict=True))
        state: defaultdict[Any, State] = defaultdict(dict)
        for key, value in state_dict["state"].items():
            if key in tensors:
                state[tensors[key]] = _fitted(tensors[key], value, None)
            else:
                state[key] = value
        for mine, theirs in zip(own, saved, strict=True):
            theirs["params"] = mine["params"]
            if "param_names" in mine:
                theirs.setdefault("param_names", mine["param_names"])
        self.__setstate__({"state": state, "param_groups": saved})
        for hook in self._optimizer_load_state_dict_post_hooks.values():
            hook(self)

    # hooks

    def register_step_pre_hook(self, hook: Hook) -> Handle:
        """Call `hook(optimizer, args, kwargs)` before a step; a returned (args, kwargs) replaces them."""
        return Handle(self._optimizer_step_pre_hooks, hook)

    def register_step_post_hook(self, hook: Hook) -> Handle:
        """Call `hook(optimizer, args, kwargs)` after a step."""
        return Handle(self._optimizer_step_post_hooks, hook)

    def register_state_dict_pre_hook(self, hook: Hook, prepend: bool = False) -> Handle:
        """Call `hook(optimizer)` before state_dict collects."""
        return Handle(self._optimizer_state_dict_pre_hooks, hook, prepend)

    def register_state_dict_post_hook(self, hook: Hook, prepend: bool = False) -> Handle:
        """Call `hook(optimizer, state_dict)` after state_dict has collected; a returned dictionary replaces it."""
        return Handle(self._optimizer_state_dict_post_hooks, hook, prepend)

    def register_load_state_dict_pre_hook(self, hook: Hook, prepend: bool = False) -> Handle:
        """Call `hook(optimizer, state_dict)` before loading; a returned dictionary replaces it."""
        return Handle(self._optimizer_load_state_dict_pre_hooks, hook, prepend)

    def register_load_state_dict_post_hook(self, hook: Hook, prepend: bool = False) -> Handle:
        """Call `hook(optimizer)` after loading."""
        return Handle(self._optimizer_load_state_dict_post_hooks, hook, prepend)


def _hint(given: Any) -> str:
    return ": pass its parameters()" if callable(getattr(given, "parameters", None)) else ""


def _fitted(param: Tensor, value: Any, key: str | None) -> Any:
    """A loaded value in the type of its parameter; step counts keep their own. Foreign arrays become tensors."""
    if isinstance(value, dict):
        return {k: _fitted(param, v, k) for k, v in value.items()}
    if hasattr(value, "__array__"):
        array = value.array if isinstance(value, Tensor) else np.asarray(value)
        kind = param.array.dtype if key != "step" and param.array.dtype.kind == "f" else array.dtype
        return wrap(np.array(array, kind))
    if isinstance(value, (list, tuple)):
        return type(value)(_fitted(param, v, None) for v in value)
    return value
