"""einops on tensors: a backend that einops finds among the subclasses of its own AbstractBackend.

einops is neither imported nor changed: the subclass is made when the user imports einops, or at once if it is there.
Imports the registry and Tensor.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

from ..op import registry
from .base import Tensor
from .create import arange, as_tensor

MODULE = "einops._backends"
_made: list[type] = []  # classes know their subclasses by weak references only


class Operations:
    """What einops asks of a framework, on tensors."""

    framework_name = "autograd_core"

    def is_appropriate_type(self, tensor: Any) -> bool:
        """Whether this backend serves the object."""
        return isinstance(tensor, Tensor)

    def from_numpy(self, x: Any) -> Tensor:
        """A tensor on the array's memory."""
        return as_tensor(x)

    def to_numpy(self, x: Tensor) -> Any:
        """The array, read-only when a gradient is needed."""
        return x.__array__()

    def arange(self, start: int, stop: int) -> Tensor:
        """start, start + 1, ... below stop."""
        return arange(start, stop)

    def transpose(self, x: Any, axes: Sequence[int]) -> Any:
        """The axes in another order."""
        return x.permute(tuple(axes))

    def reduce(self, x: Any, operation: str, axes: Sequence[int]) -> Any:
        """Sum, mean, max, min, prod, any or all over axes. Equal extremes share the gradient."""
        fn = registry[{"max": "amax", "min": "amin"}.get(operation, operation)]
        if operation != "prod":
            return fn(x, tuple(axes))
        for axis in sorted(axes, reverse=True):
            x = fn(x, axis)
        return x

    def stack_on_zeroth_dimension(self, tensors: list[Any]) -> Any:
        """A list of tensors as one."""
        return registry["stack"](tensors)

    def add_axis(self, x: Any, new_position: int) -> Any:
        """An axis of size 1."""
        return x.unsqueeze(new_position)

    def add_axes(self, x: Any, n_axes: int, pos2len: dict[int, int]) -> Any:
        """New axes of given sizes, without copying."""
        for position in sorted(pos2len):
            x = x.unsqueeze(position)
        return x.expand(tuple(pos2len.get(i, -1) for i in range(n_axes)))

    def tile(self, x: Any, repeats: Sequence[int]) -> Any:
        """x laid side by side."""
        return registry["tile"](x, tuple(repeats))

    def concat(self, tensors: Sequence[Any], axis: int) -> Any:
        """Tensors joined along an axis."""
        return registry["cat"](list(tensors), axis)

    def is_float_type(self, x: Tensor) -> bool:
        """Whether a mean can be taken."""
        return x.array.dtype.kind == "f"

    def einsum(self, pattern: str, *x: Any) -> Any:
        """The sum of products that the pattern names."""
        return registry["einsum"](pattern, *x)


def define(module: ModuleType) -> None:
    """Make the subclass of einops' AbstractBackend that einops will find."""
    _made.append(type("AutogradCoreBackend", (Operations, module.AbstractBackend), {"__doc__": Operations.__doc__}))


class Watch:
    """A finder that finds nothing: it sees einops being imported, once, and defines the backend afterwards."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """The spec of einops' backends with a last step added; None for every other module."""
        if name != MODULE:
            return None
        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(name, path)
        if spec is None or spec.loader is None:
            return None
        run = spec.loader.exec_module

        def run_and_define(module: ModuleType) -> None:
            run(module)
            define(module)

        spec.loader.exec_module = run_and_define  # type: ignore[method-assign]
        return spec


def install() -> None:
    """Serve einops now if it is imported, else as soon as it is."""
    if MODULE in sys.modules:
        define(sys.modules[MODULE])
    else:
        sys.meta_path.insert(0, Watch())
