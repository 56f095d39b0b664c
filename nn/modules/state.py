"""state_dict and load_state_dict: a module's parameters and persistent buffers by dotted name.

Imports Tensor and the parameter classes. `State` is one of the parts that `Module` is made of.
"""

from __future__ import annotations

import difflib
import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from autograd_core.graph import Handle, thread
from autograd_core.tensor.base import Tensor, wrap

from ..parameter import Parameter, is_lazy

Hook = Callable[..., Any]
EXTRA = "_extra_state"
_PREFIXES = ("module.", "_orig_mod.")  # what wrappers put before every key


class _IncompatibleKeys(NamedTuple):
    missing_keys: list[str]
    unexpected_keys: list[str]


class Keys(_IncompatibleKeys):
    """What load_state_dict found missing and unexpected."""

    __slots__ = ()

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"_IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"

    __str__ = __repr__


class _Bound:
    """A hook that is given its module first. Holds it weakly only through the module's own dictionary: it is part of it."""

    def __init__(self, hook: Hook, module: Any) -> None:
        self.hook, self.module = hook, module

    def __call__(self, *args: Any) -> Any:
        return self.hook(self.module, *args)


class State:
    """What a module saves and how it is loaded."""

    _version = 1
    _parameters: dict[str, Any]
    _buffers: dict[str, Any]
    _modules: dict[str, Any]
    _non_persistent_buffers_set: set[str]
    _state_dict_hooks: OrderedDict[int, Hook]
    _state_dict_pre_hooks: OrderedDict[int, Hook]
    _load_state_dict_pre_hooks: OrderedDict[int, Hook]
    _load_state_dict_post_hooks: OrderedDict[int, Hook]

    # saving

    def state_dict(self, *args: Any, destination: Any = None, prefix: str = "", keep_vars: bool = False) -> Any:
        """An ordered dictionary name -> tensor of all parameters and persistent buffers, sharing their memory.

        The tensors are detached unless `keep_vars`; `prefix` goes before every name; `destination` is filled and returned.
        """
        if args:
            warnings.warn(
                "Positional args are being deprecated, use kwargs instead: destination=, prefix=, keep_vars=", FutureWarning, stacklevel=2
            )
            destination, prefix, keep_vars = [*args, *[destination, prefix, keep_vars][len(args) :]]
        if destination is None:
            destination = OrderedDict()
            destination._metadata = OrderedDict()
        local_metadata = {"version": self._version}
        if hasattr(destination, "_metadata"):
            destination._metadata[prefix[:-1]] = local_metadata
        for hook in self._state_dict_pre_hooks.values():
            hook(self, prefix, keep_vars)
        self._save_to_state_dict(destination, prefix, keep_vars)
        for name, module in self._modules.items():
            if module is not None:
                module.state_dict(destination=destination, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
        for hook in self._state_dict_hooks.values():
            changed = hook(self, destination, prefix, local_metadata)
            if getattr(hook, "_from_public_api", False):
                if changed is not None:
                    raise RuntimeError("state_dict post-hook must return None")
            elif changed is not None:
                destination = changed
        return destination

    def _save_to_state_dict(self, destination: Any, prefix: str, keep_vars: bool) -> None:
        """Put this module's own tensors into `destination`, not those of its children."""
        for name, value in self._own_state().items():
            destination[prefix + name] = value if keep_vars else value.detach()
        if type(self).get_extra_state is not State.get_extra_state:
            destination[prefix + EXTRA] = self.get_extra_state()

    def _own_state(self) -> dict[str, Tensor]:
        hidden = self._non_persistent_buffers_set
        own = {**self._parameters, **{name: b for name, b in self._buffers.items() if name not in hidden}}
        return {name: value for name, value in own.items() if value is not None}

    def get_extra_state(self) -> Any:
        """What else goes into the state_dict, for modules that define this and `set_extra_state`."""
        raise RuntimeError("Reached a code path in Module.get_extra_state() that should never be called: define it in your class")

    def set_extra_state(self, state: Any) -> None:
        """Take over what `get_extra_state` returned when the state was saved."""
        raise RuntimeError("Reached a code path in Module.set_extra_state() that should never be called: define it in your class")

    # loading

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False) -> Keys:
        """Copy tensors (or arrays) by name into parameters and buffers; (missing_keys, unexpected_keys) is returned.

        With `strict` any missing or unexpected key is a RuntimeError; a wrong shape always is. `assign` puts the given
        tensors in the place of the module's own instead of copying.
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
        keys, errors = Keys([], []), list[str]()
        metadata = getattr(state_dict, "_metadata", None)
        given = OrderedDict(state_dict)
        if metadata is not None:
            given._metadata = metadata  # type: ignore[attr-defined]
        _load(self, given, "", metadata, assign, keys, errors)
        if strict:
            errors[:0] = _complaints(keys)
        if errors:
            raise RuntimeError(f"Error(s) in loading state_dict for {type(self).__name__}:\n\t" + "\n\t".join(errors))
        return keys

    def _load_from_state_dict(
        self,
        state_dict: Any,
        prefix: str,
        local_metadata: dict[str, Any],
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        """Take this module's own tensors out of `state_dict`, not those of its children; complaints go into the lists."""
        for hook in self._load_state_dict_pre_hooks.values():
            hook(state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)
        own = self._own_state()
        assign = local_metadata.get("assign_to_params_buffers", False)
        for name, value in own.items():
            key = prefix + name
            if key in state_dict:
                self._load_one(name, key, value, state_dict[key], assign, error_msgs)
            elif strict:
                missing_keys.append(key)
        extra = prefix + EXTRA
        if type(self).set_extra_state is not State.set_extra_state:
            if extra in state_dict:
                self.set_extra_state(state_dict[extra])
            elif strict:
                missing_keys.append(extra)
        elif strict and extra in state_dict:
            unexpected_keys.append(extra)
        if strict:
            unexpected_keys += _unexpected(state_dict, prefix, self._modules, own)

    def _load_one(self, name: str, key: str, value: Any, given: Any, assign: bool, error_msgs: list[str]) -> None:
        if hasattr(given, "__array__") and not isinstance(given, Tensor):
            given = wrap(np.asarray(given))  # an array, as safetensors and PyTorch's numpy() give it
        if not isinstance(given, Tensor):
            error_msgs.append(
                f'While copying the parameter named "{key}", expected Tensor or Tensor-like object from checkpoint but received '
                f"{type(given)}"
            )
            return
        if not is_lazy(value):
            if value.array.ndim == 0 and given.array.shape == (1,):
                given = given[0]
            if given.shape != value.shape:
                error_msgs.append(
                    f"size mismatch for {key}: copying a param with shape {given.shape} from checkpoint, the shape in current model is "
                    f"{value.shape}."
                )
                return
        context = thread.context
        before, context.grad = context.grad, False
        try:
            if assign:
                setattr(self, name, _adopted(value, given))
            else:
                value.copy_(given)
        except Exception as error:
            error_msgs.append(
                f'While copying the parameter named "{key}", whose dimensions in the model are {value.shape} and whose dimensions in the '
                "checkpoint "
                f"are {given.shape}, an exception occurred : {error.args}."
            )
        finally:
            context.grad = before

    # hooks

    def register_state_dict_pre_hook(self, hook: Hook) -> Handle:
        """Call `hook(module, prefix, keep_vars)` before state_dict collects."""
        return Handle(self._state_dict_pre_hooks, hook)

    def register_state_dict_post_hook(self, hook: Hook) -> Handle:
        """Call `hook(module, state_dict, prefix, local_metadata)` after state_dict has collected; it changes the dictionary in place."""
        hook._from_public_api = True  # type: ignore[attr-defined]
        return Handle(self._state_dict_hooks, hook)

    def _register_state_dict_hook(self, hook: Hook) -> Handle:
        if getattr(hook, "_from_public_api", False):
            raise RuntimeError(
                "Cannot register the same function as the state dict post hook that was previously registered via "
                "register_state_dict_post_hook"
            )
        return Handle(self._state_dict_hooks, hook)

    def register_load_state_dict_pre_hook(self, hook: Hook) -> Handle:
        """Call `hook(module, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)` before loading."""
        return self._register_load_state_dict_pre_hook(hook, with_module=True)

    def _register_load_state_dict_pre_hook(self, hook: Hook, with_module: bool = False) -> Handle:
        return Handle(self._load_state_dict_pre_hooks, _Bound(hook, self) if with_module else hook)

    def register_load_state_dict_post_hook(self, hook: Hook) -> Handle:
        """Call `hook(module, incompatible_keys)` after loading; it may change the two lists in place."""
        return Handle(self._load_state_dict_post_hooks, hook)


def _load(module: Any, given: Any, prefix: str, metadata: Any, assign: bool, keys: Keys, errors: list[str]) -> None:
    local = {} if metadata is None else metadata.get(prefix[:-1], {})
    if assign:
        local = {**local, "assign_to_params_buffers": True}
    module._load_from_state_dict(given, prefix, local, True, keys.missing_keys, keys.unexpected_keys, errors)
    for name, child in module._modules.items():
        if child is not None:
            below = f"{prefix}{name}."
            _load(child, OrderedDict((k, v) for k, v in given.items() if k.startswith(below)), below, metadata, assign, keys, errors)
    for hook in module._load_state_dict_post_hooks.values():
        if hook(module, keys) is not None:
            raise AssertionError(
                "Hooks registered with ``register_load_state_dict_post_hook`` are not expected to return new values, if "
                "incompatible_keys need to be "
                "modified, it should be done inplace."
            )


def _adopted(value: Any, given: Tensor) -> Tensor:
    """The given tensor as what takes the place of a parameter or buffer."""
    if not isinstance(value, Parameter):
        return given
    if not isinstance(given, Parameter):
        return Parameter(given, value.requires_grad)
    given.requires_grad_(value.requires_grad)
    return given


def _unexpected(given: Iterable[str], prefix: str, modules: Mapping[str, Any], own: Mapping[str, Any]) -> list[str]:
    found = []
    for key in given:
        if key.startswith(prefix) and key != prefix + EXTRA:
            head, dot, _ = key[len(prefix) :].partition(".")
            if head not in (modules if dot else own):
                found.append(key)
    return found


def _complaints(keys: Keys) -> list[str]:
    missing, unexpected = keys
    said = []
    if missing:
        said.append("Missing key(s) in state_dict: {}. ".format(", ".join(f'"{key}"' for key in missing)))
    if unexpected:
        said.append("Unexpected key(s) in state_dict: {}. ".format(", ".join(f'"{key}"' for key in unexpected)))
    for prefix in _PREFIXES:
        if unexpected and all(key.startswith(prefix) for key in unexpected):
            unwrapped = f'{{k.removeprefix("{prefix}"): v for k, v in ...}}'
            return [*said, f'Every unexpected key begins with "{prefix}", which a wrapper put there: load {unwrapped}']
    for key in unexpected[:5]:
        near = difflib.get_close_matches(key, missing, 1, 0.7)
        if near:
            said.append(f'Did you mean "{near[0]}" where the state_dict has "{key}"?')
    return said
