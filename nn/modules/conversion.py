"""Moving a module's tensors to another type, and its device: always the CPU.

Imports Tensor. `Conversion` is one of the parts that `Module` is made of.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

import autograd_core as ag
from autograd_core import dtypes
from autograd_core.graph import thread
from autograd_core.tensor.base import Tensor, wrap

from ..parameter import is_lazy

C = TypeVar("C", bound="Conversion")
Change = Callable[[Tensor], Tensor]


class Conversion:
    """`to` and its kin: they change the module in place and return it."""

    _parameters: dict[str, Any]
    _buffers: dict[str, Any]
    _modules: dict[str, Any]

    def _apply(self: C, fn: Change, recurse: bool = True) -> C:
        """Replace the memory of every parameter, gradient and buffer by what `fn` makes of it; parameters stay the same objects."""
        if recurse:
            for child in self._modules.values():
                if child is not None:
                    child._apply(fn)
        context = thread.context
        before, context.grad = context.grad, False
        try:
            for param in self._parameters.values():
                if param is not None:
                    _convert(param, fn)
            for name, buffer in self._buffers.items():
                if is_lazy(buffer):
                    buffer.array = fn(wrap(buffer.array)).array
                elif buffer is not None:
                    self._buffers[name] = fn(buffer)
        finally:
            context.grad = before
        return self

    def apply(self: C, fn: Callable[[Any], None]) -> C:
        """Call `fn` on every module below this one and then on this one: the way to initialise weights."""
        for child in self._modules.values():
            if child is not None:
                child.apply(fn)
        fn(self)
        return self

    def to(self: C, *args: Any, **kwargs: Any) -> C:
        """`to(dtype)`, `to(device)`, `to(device, dtype)`, `to(tensor)`: floating parameters and buffers in another type.

        Integer buffers keep theirs. TypeError unless the type is floating, RuntimeError for a device that is not the CPU.
        """
        dtype = _wanted(args, kwargs)
        if dtype is None:
            return self
        if not dtype.is_floating_point:
            raise TypeError(f"nn.Module.to only accepts floating point or complex dtypes, but got desired dtype={dtype}")
        return self._apply(lambda t: t.to(dtype) if t.is_floating_point() else t)

    def type(self: C, dst_type: Any) -> C:
        """Every parameter and buffer in a type, integers too."""
        return self._apply(lambda t: t.type(dst_type))

    def float(self: C) -> C:
        """Floating parameters and buffers as float32."""
        return self.to(ag.float32)

    def double(self: C) -> C:
        """Floating parameters and buffers as float64."""
        return self.to(ag.float64)

    def half(self: C) -> C:
        """Floating parameters and buffers as float16."""
        return self.to(ag.float16)

    def bfloat16(self: C) -> C:
        """There is no such type here: TypeError."""
        raise TypeError("bfloat16 does not exist here, NumPy has no such type: use .half(), or stay in float32")

    def cpu(self: C) -> C:
        """Itself: everything is on the CPU."""
        return self

    def cuda(self: C, device: Any = None) -> C:
        """There is none: AssertionError, as PyTorch's build without CUDA raises."""
        raise AssertionError("autograd_core has no CUDA: it runs on the CPU; leave .cuda() out or use .to('cpu')")

    def share_memory(self: C) -> C:
        """Every parameter and buffer in memory that processes forked from this one share with it."""
        return self._apply(_shared)

    def to_empty(self: C, *, device: Any, recurse: bool = True) -> C:
        """Every parameter and buffer with new memory whose values are not set."""
        ag.device("cpu" if device is None else device)
        return self._apply(lambda t: ag.empty_like(t), recurse)


def _shared(t: Tensor) -> Tensor:
    memory = np.frombuffer(mmap.mmap(-1, max(t.array.nbytes, 1)), t.array.dtype, t.array.size).reshape(t.array.shape)
    memory[...] = t.array
    return wrap(memory)


def _convert(param: Any, fn: Change) -> None:
    grad = param.grad
    changed = fn(param)
    if changed is not param:
        if changed.array.dtype != param.array.dtype:
            param.grad = None
        param.data = changed
    if grad is not None and not is_lazy(param):
        param.grad = fn(grad)


def _wanted(args: tuple[Any, ...], kwargs: dict[str, Any]) -> dtypes.dtype | None:
    """The dtype among the arguments of `to`; the device among them is checked to be the CPU."""
    unknown = set(kwargs) - {"device", "dtype", "tensor", "non_blocking", "memory_format"}
    if unknown:
        raise TypeError(
            f"to() got an unexpected keyword argument {sorted(unknown)[0]!r}: it takes device, dtype, tensor, non_blocking, memory_format"
        )
    dtype = kwargs.get("dtype")
    device = kwargs.get("device")
    for value in (*args, kwargs.get("tensor")):
        if isinstance(value, Tensor):
            dtype = value.dtype
        elif isinstance(value, (dtypes.dtype, np.dtype)) or (isinstance(value, type) and value is not bool):
            dtype = value
        elif value is not None and not isinstance(value, bool):
            device = value
    if device is not None:
        ag.device(device)
    return None if dtype is None else dtypes.as_dtype(dtype)
