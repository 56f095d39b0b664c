"""PyTorch's `torch.linalg`: the functions that the ops declare for it."""

from .op import declared

globals().update(declared("linalg"))
__all__ = [name for name, _ in declared("linalg")]
