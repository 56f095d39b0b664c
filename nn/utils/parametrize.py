"""Parametrizations: a tensor of a module becomes a function of other tensors, computed whenever it is read.

Imports Module, its containers and the parameter class.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from typing import Any, TypeVar

import autograd_core as ag
from autograd_core.tensor.base import Tensor

from ..modules.container import ModuleDict, ModuleList
from ..modules.module import Module
from ..parameter import Parameter

__all__ = [
    "ParametrizationList", "cached", "is_parametrized", "register_parametrization", "remove_parametrizations",
    "transfer_parametrizations_and_params", "type_before_parametrizations",
]  # fmt: skip

M = TypeVar("M", bound=Module)


class _Cache:
    """What `cached` keeps: how many blocks are open, and the values computed inside them."""

    depth = 0
    values: dict[tuple[int, str], Tensor] = {}


@contextmanager
def cached() -> Iterator[None]:
    """Inside the block every parametrized tensor is computed once, at its first reading."""
    _Cache.depth += 1
    try:
        yield
    finally:
        _Cache.depth -= 1
        if not _Cache.depth:
            _Cache.values = {}


def _register(module: Module, name: str, x: Tensor) -> None:
    if isinstance(x, Parameter):
        module.register_parameter(name, x)
    else:
        module.register_buffer(name, x)


def _set(original: Tensor, value: Tensor) -> None:
    """Let a tensor have the value and shape of another, in that one's memory."""
    if value is not original:
        original.data = value.detach()


def _same_kind(before: Tensor, after: Any, name: str, what: str) -> None:
    """ValueError unless `after` is a tensor of the dtype and shape of `before`."""
    if not isinstance(after, Tensor):
        raise ValueError(f"A parametrization must return a tensor. Got {type(after).__name__}.")
    for fact in ("dtype", "shape"):
        if getattr(before, fact) != getattr(after, fact):
            raise ValueError(
                f"Registering a parametrization may not change the {fact} of the tensor, unless the `unsafe` flag is enabled.\n"
                f"{name}.{fact}: {getattr(before, fact)}\n{what}.{fact}: {getattr(after, fact)}"
            )


class ParametrizationList(ModuleList):
    """The parametrizations of one tensor, applied one after the other to `original`, or to original0, original1, ...

    `original` is what the right inverses make of the tensor, the last parametrization's first; several tensors if the
    first parametrization's right_inverse returns a sequence. ValueError where dtype or shape would change, unless `unsafe`.
    """

    original: Tensor
    unsafe: bool

    def __init__(self, modules: Sequence[Module], original: Tensor, unsafe: bool = False) -> None:
        if len(modules) == 0:
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        before = original.detach()
        new: Any = original
        with ag.no_grad():
            for module in reversed(list(self)):
                if hasattr(module, "right_inverse"):
                    try:
                        new = module.right_inverse(new)
                    except NotImplementedError:
                        pass  # there is no inverse for some options: the tensor itself is the original
        if not isinstance(new, (Tensor, Sequence)):
            raise ValueError(f"'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got {type(new).__name__}")
        self.is_tensor = isinstance(new, Tensor)
        self.ntensors = 1 if isinstance(new, Tensor) else len(new)
        if isinstance(new, Tensor):
            self._keep_one(original, new)
        else:
            self._keep_all(original, new)
        if not unsafe:
            _same_kind(before, self(), "unparametrized", "parametrized")

    def _keep_one(self, original: Tensor, new: Tensor) -> None:
        if original.dtype != new.dtype:
            raise ValueError(
                "When `right_inverse` outputs one tensor, it may not change the dtype.\n"
                f"original.dtype: {original.dtype}\nright_inverse(original).dtype: {new.dtype}"
            )
        _set(original, new)
        _register(self, "original", original)

    def _keep_all(self, original: Tensor, new: Sequence[Any]) -> None:
        for i, part in enumerate(new):
            if not isinstance(part, Tensor):
                raise ValueError(
                    "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). "
                    f"Got element {i} of the sequence with type {type(part).__name__}."
                )
            kept = Parameter(part, original.requires_grad) if isinstance(original, Parameter) else part
            kept.requires_grad_(original.requires_grad)
            _register(self, f"original{i}", kept)

    def right_inverse(self, value: Tensor) -> None:
        """Set the originals so that the parametrized tensor is `value`. RuntimeError where a parametrization has no right_inverse."""
        new: Any = value
        with ag.no_grad():
            for module in reversed(list(self)):
                if not hasattr(module, "right_inverse"):
                    raise RuntimeError(f"parametrization {type(module).__name__} does not implement right_inverse.")
                new = module.right_inverse(new)
            if self.is_tensor:
                if not isinstance(new, Tensor):
                    raise ValueError(f"`right_inverse` should return a tensor. Got {type(new).__name__}")
                self._assign("original", new)
                return
            if not isinstance(new, Sequence):
                raise ValueError(f"'right_inverse' must return a sequence of tensors. Got {type(new).__name__}.")
            if len(new) != self.ntensors:
                raise ValueError(
                    f"'right_inverse' must return a sequence of tensors of length {self.ntensors}. Got a sequence of length {len(new)}."
                )
            for i, part in enumerate(new):
                self._assign(f"original{i}", part)

    def _assign(self, name: str, value: Any) -> None:
        original = getattr(self, name)
        if not isinstance(value, Tensor):
            raise ValueError(f"'right_inverse' must return a sequence of tensors. Got {type(value).__name__} for `{name}`.")
        if value.dtype != original.dtype:
            raise ValueError(f"The tensor returned by `right_inverse` has dtype {value.dtype} while `{name}` has dtype {original.dtype}")
        _set(original, value)

    def forward(self) -> Any:
        """The parametrized tensor."""
        first, *others = self
        x = first(self.original) if self.is_tensor else first(*(getattr(self, f"original{i}") for i in range(self.ntensors)))
        for module in others:
            x = module(x)
        return x


def _copied(self: Any, memo: dict[int, Any]) -> Any:
    replica = memo[id(self)] = self.__new__(self.__class__)
    replica.__dict__ = deepcopy(self.__dict__, memo)
    return replica


def _no_pickle(self: Any) -> Any:
    raise RuntimeError("Serialization of parametrized modules is only supported through state_dict(): save that instead of the module.")


def _own_class(module: Module) -> None:
    """Give one module a class of its own, for the properties that read its parametrized tensors."""
    cls = module.__class__
    names: dict[str, Any] = {"__getstate__": _no_pickle}
    if not hasattr(cls, "__deepcopy__"):
        names["__deepcopy__"] = _copied
    module.__class__ = type(f"Parametrized{cls.__name__}", (cls,), names)


def _add_property(module: Module, name: str) -> None:
    def read(self: Any) -> Any:
        parametrization = self.parametrizations[name]
        if not _Cache.depth:
            return parametrization()
        key = (id(self), name)
        value = _Cache.values.get(key)
        if value is None:
            value = _Cache.values[key] = parametrization()
        return value

    def write(self: Any, value: Tensor) -> None:
        self.parametrizations[name].right_inverse(value)

    setattr(type(module), name, property(read, write))


def register_parametrization(module: M, tensor_name: str, parametrization: Module, *, unsafe: bool = False) -> M:
    """Let module.tensor_name be parametrization(original), with the original in module.parametrizations.tensor_name.

    Further ones are applied on top. Assigning to the tensor goes through `right_inverse`, if the parametrization has that
    method. ValueError for an unknown name, and where dtype or shape would change unless `unsafe`.
    """
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        if not unsafe:
            _check_another(module, tensor_name, parametrization)
        chain: Any = module.parametrizations[tensor_name]
        chain.append(parametrization)
        chain.unsafe |= unsafe
        return module
    if tensor_name not in module._buffers and tensor_name not in module._parameters:
        known = ", ".join([*module._parameters, *module._buffers]) or "none"
        raise ValueError(
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element with name '{tensor_name}': it has {known}"
        )
    chain = ParametrizationList([parametrization], getattr(module, tensor_name), unsafe=unsafe)
    delattr(module, tensor_name)
    if not is_parametrized(module):
        _own_class(module)
        module.parametrizations = ModuleDict()
    _add_property(module, tensor_name)
    module.parametrizations[tensor_name] = chain
    return module


def _check_another(module: Module, name: str, parametrization: Module) -> None:
    """ValueError where one more parametrization would change dtype or shape, forwards or back."""
    before = getattr(module, name)
    after = parametrization(before)
    _same_kind(before, after, f"module.{name}", f"parametrization(module.{name})")
    if hasattr(parametrization, "right_inverse"):
        try:
            back = parametrization.right_inverse(after)
        except NotImplementedError:
            return
        if not isinstance(back, Tensor):
            raise ValueError(f"parametrization.right_inverse must return a tensor. Got: {type(back).__name__}")
        _same_kind(before, back, f"module.{name}", "what parametrization.right_inverse returned")


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether a module has parametrizations, or one on a tensor."""
    chains = getattr(module, "__dict__", {}).get("_modules", {}).get("parametrizations")
    if not isinstance(chains, ModuleDict):
        return False
    return len(chains) > 0 if tensor_name is None else tensor_name in chains


def remove_parametrizations(module: M, tensor_name: str, leave_parametrized: bool = True) -> M:
    """Make the tensor an ordinary one again, with its parametrized value, or its original one.

    ValueError where there is no parametrization, or for the original of several tensors.
    """
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    chain: Any = module.parametrizations[tensor_name]
    if chain.is_tensor:
        original = chain.original
        if leave_parametrized:
            with ag.no_grad():
                _set(original, getattr(module, tensor_name))
    elif leave_parametrized:
        value = getattr(module, tensor_name)
        original = Parameter(value.detach()) if value.requires_grad else value
    else:
        raise ValueError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a sequence of tensors."
        )
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    _register(module, tensor_name, original)
    if not is_parametrized(module):
        delattr(module, "parametrizations")
        module.__class__ = type(module).__bases__[0]
    return module


def type_before_parametrizations(module: Module) -> type:
    """The class of a module as it was before parametrizations gave it one of its own."""
    return type(module).__bases__[0] if is_parametrized(module) else type(module)


def transfer_parametrizations_and_params(from_module: Module, to_module: M, tensor_name: str | None = None) -> M:
    """Give one module the parametrizations of another, with the same originals, of one tensor or of all."""
    if not is_parametrized(from_module):
        return to_module
    chains: Any = from_module.parametrizations
    for name in chains if tensor_name is None else [tensor_name]:
        if not hasattr(to_module, name):
            setattr(to_module, name, Parameter(getattr(from_module, name).detach()))
        for parametrization in chains[name]:
            register_parametrization(to_module, name, parametrization)
        new = to_module.parametrizations[name]
        for original in [key for key in (*chains[name]._parameters, *chains[name]._buffers) if key.startswith("original")]:
            setattr(new, original, getattr(chains[name], original))
    return to_module
