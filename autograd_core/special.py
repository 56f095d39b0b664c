"""PyTorch's `torch.special`: the functions that the ops declare for it."""

from .op import declared

globals().update(declared("special"))
__all__ = [name for name, _ in declared("special")]
