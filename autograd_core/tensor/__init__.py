"""Tensor, the carrier on which ops record. Stands above ops and engine; its methods come from the op registry."""

from __future__ import annotations

from typing import Any

from .. import ops  # noqa: F401  declaring is importing
from . import conversion, create, given_out, indexing, interop, methods, random, rarer, record
from .base import Size, Tensor, device, wrap
from .gradient import backward, grad

__all__ = ["Size", "Tensor", "backward", "device", "grad", "record", "wrap"]


def _backward(self: Tensor, gradient: Any = None, retain_graph: bool | None = None, create_graph: bool = False, inputs: Any = None) -> None:
    """Accumulate into the leaves' `.grad` the gradient of this scalar, or of this tensor weighted by `gradient`."""
    backward(self, None if gradient is None else (gradient,), retain_graph, create_graph, inputs)


for _name, _method in {"backward": _backward, "__getitem__": indexing.read_item, "__setitem__": indexing.write_item}.items():
    setattr(Tensor, _name, _method)
conversion.install()
create.install()
interop.install()
random.install()
methods.install()
rarer.install()
given_out.install()
