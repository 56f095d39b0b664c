"""The module as a tree: parameters, buffers and children as attributes, and every way of listing and finding them.

Imports the parameter classes. `Tree` is one of the parts that `Module` is made of.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from autograd_core.graph import Handle
from autograd_core.tensor.base import Tensor

from ..parameter import Buffer, Parameter, plain
from .errors import did_you_mean
from .overlooked import Members

T = TypeVar("T", bound="Tree")
Hook = Callable[..., Any]

# hook(module, name, value) of every registration anywhere: may return what is registered instead
on_parameter: OrderedDict[int, Hook] = OrderedDict()
on_buffer: OrderedDict[int, Hook] = OrderedDict()
on_module: OrderedDict[int, Hook] = OrderedDict()


def register_module_parameter_registration_hook(hook: Hook) -> Handle:
    """Call `hook(module, name, param)` whenever any module registers a parameter; what it returns, if anything, is registered."""
    return Handle(on_parameter, hook)


def register_module_buffer_registration_hook(hook: Hook) -> Handle:
    """Call `hook(module, name, buffer)` whenever any module registers a buffer; what it returns, if anything, is registered."""
    return Handle(on_buffer, hook)


def register_module_module_registration_hook(hook: Hook) -> Handle:
    """Call `hook(module, name, submodule)` whenever any module registers a child; what it returns, if anything, is registered."""
    return Handle(on_module, hook)


def _asked(hooks: OrderedDict[int, Hook], module: Any, name: str, value: Any) -> Any:
    for hook in hooks.values():
        changed = hook(module, name, value)
        if changed is not None:
            value = changed
    return value


class Tree:
    """The attributes that are parameters, buffers and modules, in the order in which they were assigned."""

    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, Any]
    _non_persistent_buffers_set: set[str]
    training: bool

    # attributes

    def __getattr__(self, name: str) -> Any:
        own = self.__dict__
        if "_parameters" in own:
            table: Any = own["_parameters"]
            if name in table:
                return table[name]
            table = own["_modules"]
            if name in table:
                return table[name]
            table = own["_buffers"]
            if name in table:
                return table[name]
        raise _no_attribute(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        own = self.__dict__
        params = own.get("_parameters")
        if isinstance(value, Parameter):
            if params is None:
                raise _too_early(self, "parameters")
            _forget(self, name, "_parameters")
            self.register_parameter(name, value)
        elif params is not None and name in params:
            if value is not None:
                raise TypeError(
                    f"cannot assign '{_kind(value)}' as parameter '{name}' (nn.Parameter or None expected): "
                    f"wrap it, nn.Parameter(value), or change the values under no_grad() with {name}.copy_(value)"
                )
            self.register_parameter(name, value)
        elif isinstance(value, Tree) or (params is not None and name in own["_modules"]):
            self._set_module(name, value)
        elif isinstance(value, Buffer) or (params is not None and name in own["_buffers"]):
            self._set_buffer(name, value)
        else:
            object.__setattr__(self, name, value)

    def _set_module(self, name: str, value: Any) -> None:
        if "_modules" not in self.__dict__:
            raise _too_early(self, "module")
        if isinstance(value, Tree):
            _forget(self, name, "_modules")
        elif value is not None:
            raise TypeError(
                f"cannot assign '{_kind(value)}' as child module '{name}' (nn.Module or None expected): delete it first with del"
            )
        self._modules[name] = _asked(on_module, self, name, value)

    def _set_buffer(self, name: str, value: Any) -> None:
        if value is not None and not isinstance(value, Tensor):
            raise TypeError(f"cannot assign '{_kind(value)}' as buffer '{name}' (nn.Buffer, Tensor or None expected)")
        persistent = value.persistent if isinstance(value, Buffer) else name not in self._non_persistent_buffers_set  # type: ignore[attr-defined]
        if isinstance(value, Buffer) and "_buffers" in self.__dict__ and name not in self._buffers:
            _forget(self, name, "_buffers")
        self.register_buffer(name, value, persistent)

    def __delattr__(self, name: str) -> None:
        for table in (self._parameters, self._buffers, self._modules):
            if name in table:
                del table[name]
                self._non_persistent_buffers_set.discard(name)
                return
        object.__delattr__(self, name)

    def __dir__(self) -> list[str]:
        names = {*dir(type(self)), *self.__dict__, *self._parameters, *self._modules, *self._buffers}
        return sorted(name for name in names if not name[0].isdigit())

    # registration

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter under a name. None keeps the name and is left out of the state_dict.

        KeyError for a name that is taken, empty or dotted; TypeError for what is no Parameter; ValueError for a non-leaf.
        """
        if "_parameters" not in self.__dict__:
            raise _too_early(self, "parameter")
        self._check_name("parameter", name, self._parameters)
        if param is not None:
            if not isinstance(param, Parameter):
                raise TypeError(
                    f"cannot assign '{_kind(param)}' object to parameter '{name}' (nn.Parameter or None required): wrap it, "
                    "nn.Parameter(tensor)"
                )
            if not plain(param):
                raise ValueError(
                    f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must be created explicitly. To express "
                    f"'{name}' as a "
                    "function of another Tensor, compute the value in the forward() method."
                )
            param = _asked(on_parameter, self, name, param)
        self._parameters[name] = param

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor that is part of the module's state but not trained; the state_dict holds it if `persistent`."""
        if "_buffers" not in self.__dict__:
            raise _too_early(self, "buffer")
        self._check_name("buffer", name, self._buffers)
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(f"cannot assign '{_kind(tensor)}' object to buffer '{name}' (Tensor or None required)")
        self._buffers[name] = _asked(on_buffer, self, name, tensor)
        if persistent:
            self._non_persistent_buffers_set.discard(name)
        else:
            self._non_persistent_buffers_set.add(name)

    def add_module(self, name: str, module: Any) -> None:
        """Add a child module under a name. TypeError for what is no Module, KeyError for a name that is taken, empty or dotted."""
        if module is not None and not isinstance(module, Tree):
            raise TypeError(f"{_kind(module)} is not a Module subclass")
        self._check_name("module", name, self._modules)
        self._modules[name] = _asked(on_module, self, name, module)

    def register_module(self, name: str, module: Any) -> None:
        """Another name of `add_module`."""
        self.add_module(name, module)

    def _check_name(self, what: str, name: str, table: dict[str, Any]) -> None:
        if not isinstance(name, str):
            raise TypeError(f"{what} name should be a string. Got {_kind(name)}")
        if name not in table and _has(self, name):
            raise KeyError(f"attribute '{name}' already exists")
        if "." in name:
            raise KeyError(f'{what} name can\'t contain ".", got: {name}')
        if name == "":
            raise KeyError(f'{what} name can\'t be empty string ""')

    # walking

    def children(self) -> Iterator[Any]:
        """The direct child modules, each once."""
        return (module for _, module in self.named_children())

    def named_children(self) -> Iterator[tuple[str, Any]]:
        """(name, module) of the direct children, each module once."""
        seen = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def modules(self, remove_duplicate: bool = True) -> Iterator[Any]:
        """This module and everything below it, each once unless `remove_duplicate` is False."""
        return (module for _, module in self.named_modules(remove_duplicate=remove_duplicate))

    def named_modules(self, memo: set[Any] | None = None, prefix: str = "", remove_duplicate: bool = True) -> Iterator[tuple[str, Any]]:
        """(dotted name, module) of this module, under `prefix`, and of everything below it, depth first."""
        memo = set() if memo is None else memo
        stack: list[tuple[str, Any]] = [(prefix, self)]
        while stack:
            name, module = stack.pop()
            if module in memo:
                continue
            if remove_duplicate:
                memo.add(module)
            yield name, module
            below = [(f"{name}.{child}" if name else child, m) for child, m in module._modules.items() if m is not None]
            stack.extend(reversed(below))

    def _named_members(
        self, get_members: Callable[[Any], Any], prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Any]]:
        memo = set()
        modules = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate) if recurse else iter([(prefix, self)])
        for above, module in modules:
            for name, value in get_members(module):
                if value is None or value in memo:
                    continue
                if remove_duplicate:
                    memo.add(value)
                yield (f"{above}.{name}" if above else name), value

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """Every parameter, each once: what an optimizer takes."""
        return Members((param for _, param in self._named_parameters("", recurse, True)), self)

    def named_parameters(self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True) -> Iterator[tuple[str, Parameter]]:
        """(dotted name, parameter) of every parameter."""
        return Members(self._named_parameters(prefix, recurse, remove_duplicate), self)

    def _named_parameters(self, prefix: str, recurse: bool, remove_duplicate: bool) -> Iterator[tuple[str, Parameter]]:
        return self._named_members(lambda module: module._parameters.items(), prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """Every buffer, each once."""
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    def named_buffers(self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True) -> Iterator[tuple[str, Tensor]]:
        """(dotted name, buffer) of every buffer."""
        return self._named_members(lambda module: module._buffers.items(), prefix, recurse, remove_duplicate)

    # finding

    def get_submodule(self, target: str) -> Any:
        """The module with a dotted name, this one for "". AttributeError with the nearest name when there is none."""
        module: Any = self
        for part in target.split(".") if target else ():
            if not isinstance(module, Tree) or not _has(module, part):
                raise AttributeError(f"{type(module).__name__} has no attribute `{part}`{did_you_mean(part, module._modules)}")
            module = getattr(module, part)
            if not isinstance(module, Tree):
                raise AttributeError(f"`{part}` is not an nn.Module")
        return module

    def set_submodule(self, target: str, module: Any, strict: bool = False) -> None:
        """Put a module in the place of the dotted name; with `strict` only where there is one already."""
        if target == "":
            raise ValueError("Cannot set the submodule without a target name!")
        if not isinstance(module, Tree):
            raise ValueError(f"`module` is not an nn.Module, found {type(module)}")
        above, _, name = target.rpartition(".")
        parent = self.get_submodule(above)
        if strict and not _has(parent, name):
            raise AttributeError(f"{type(parent).__name__} has no attribute `{name}`{did_you_mean(name, parent._modules)}")
        if _has(parent, name) and not isinstance(getattr(parent, name), Tree):
            raise AttributeError(f"`{name}` is not an nn.Module")
        setattr(parent, name, module)

    def get_parameter(self, target: str) -> Parameter:
        """The parameter with a dotted name. AttributeError when there is none."""
        found: Parameter = self._get_member(target, "_parameters", "is not an nn.Parameter")
        return found

    def get_buffer(self, target: str) -> Tensor:
        """The buffer with a dotted name. AttributeError when there is none."""
        found: Tensor = self._get_member(target, "_buffers", "is not a buffer")
        return found

    def _get_member(self, target: str, table: str, complaint: str) -> Any:
        above, _, name = target.rpartition(".")
        parent = self.get_submodule(above)
        if not _has(parent, name):
            raise AttributeError(f"{type(parent).__name__} has no attribute `{name}`{did_you_mean(name, getattr(parent, table))}")
        found = getattr(parent, name)
        if getattr(parent, table).get(name) is not found and not isinstance(found, Parameter if table == "_parameters" else Buffer):
            raise AttributeError(f"`{name}` {complaint}")
        return found


def _kind(value: Any) -> str:
    kind = type(value)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def _has(module: Any, name: Any) -> bool:
    """`hasattr` without the search for a similar name."""
    own = module.__dict__
    if name in own or any(name in own[table] for table in ("_parameters", "_buffers", "_modules")):
        return True
    return hasattr(type(module), name)


def _forget(module: Any, name: str, kept: str) -> None:
    """Take a name out of every table but one, before it is registered there."""
    own = module.__dict__
    own.pop(name, None)
    for table in ("_parameters", "_buffers", "_modules"):
        if table != kept:
            own[table].pop(name, None)
    own["_non_persistent_buffers_set"].discard(name)


def _too_early(module: Any, what: str) -> AttributeError:
    name = type(module).__name__
    return AttributeError(f"cannot assign {what} before Module.__init__() call: let {name}.__init__ begin with super().__init__()")


def _no_attribute(module: Any, name: str) -> AttributeError:
    kind = type(module)
    message = f"'{kind.__name__}' object has no attribute '{name}'"
    if "_parameters" not in module.__dict__:
        if not name.startswith("__") and not hasattr(kind, name):
            message += f": {kind.__name__}.__init__ has not called super().__init__() yet"
    elif not name.startswith("_"):
        message += did_you_mean(name, (n for n in dir(module) if not n.startswith("_")))
    # Python would append its own guess to ours; a name of its own keeps it from searching
    return AttributeError(message, name=name, obj=object())
