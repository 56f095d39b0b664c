"""Gives Tensor its methods, operators and in-place twins, read off the op registry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..op import Composed, Declared, Op, declared, registry
from . import inplace
from .base import Tensor
from .record import compile_recorder, elementwise

# what PyTorch takes for number ∘ tensor: our name, the name of its step
STEPS = {"sub": ("rsub", None), "div": ("div", "MulBackward")}
REFLECTED = {"add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor", "lshift", "rshift"}


def method_of(entry: Declared) -> Callable[..., Any]:
    """A declared function as a method."""
    if isinstance(entry, Op):
        reading: Callable[..., Any] = entry.reading(Tensor)

        def method(*args: Any, **kwargs: Any) -> Any:
            out = reading(*args, **kwargs)
            return out if out is not NotImplemented else entry(*args, **kwargs)

        if len(entry.inputs) != 2 or entry.static_names:
            method = reading  # only two-operand readings decline
    else:
        assert isinstance(entry, Composed)
        composed = entry

        def method(*args: Any, **kwargs: Any) -> Any:
            written = composed.written
            written.__qualname__ = method.__qualname__
            for name, known in list(vars(Tensor).items()):
                if known is method:  # from now on without this step
                    setattr(Tensor, name, written)
            return written(*args, **kwargs)

    method.__name__ = entry.name
    method.__qualname__ = f"Tensor.{entry.name}"
    return method


def reflected(entry: Declared, reading: Callable[..., Any]) -> Callable[..., Any]:
    """other ∘ self, for Python's right-hand operators: there `other` is a number most often."""
    if not (isinstance(entry, Op) and elementwise(entry)):
        return lambda self, other: reading(other, self)
    op, turned = object.__new__(Op), reading
    op.__dict__.update(entry.__dict__)  # the same op under the name that PyTorch gives its step
    op.name, op.torch_name = STEPS.get(entry.name, (entry.name, entry.torch_name))

    def first(self: Tensor, other: Any) -> Any:
        nonlocal turned
        if turned is reading:
            turned = compile_recorder(op, number_first=True)
            setattr(Tensor, f"__r{op.operator}__", lambda self, other: turned(other, self))
        return turned(other, self)

    return first


def install() -> None:
    """Add everything that the registry declares for tensors; what the class already defines stays."""
    own = set(Tensor.__dict__)
    for entry in registry.values():
        if getattr(entry, "inplace", False) and isinstance(entry, (Op, Composed)):
            entry.in_place = inplace.twin(entry)
    for name, entry in declared("method"):
        if name not in own:
            setattr(Tensor, name, method_of(entry))
        if getattr(entry, "inplace", False):
            setattr(Tensor, name + "_", entry.in_place)
    for name in ("squeeze", "unsqueeze", "t", "transpose", "swapaxes", "swapdims", "as_strided"):
        setattr(Tensor, name + "_", inplace.view_twin(registry[name]))
    for entry in registry.values():
        operator = getattr(entry, "operator", None)
        if not operator:
            continue
        reading = entry.reading(Tensor) if isinstance(entry, Op) else method_of(entry)
        setattr(Tensor, f"__{operator}__", reading)
        if operator in REFLECTED:
            setattr(Tensor, f"__r{operator}__", reflected(entry, reading))
            twin = getattr(Tensor, entry.name + "_", None)
            if twin is not None:
                setattr(Tensor, f"__i{operator}__", twin)
