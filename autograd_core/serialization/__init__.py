"""save and load. Files are safetensors with a checksum on every part; PyTorch's checkpoints, .npz and .npy are read as well.

Nothing in a file is ever executed. Imports Tensor. The format: the metadata entry `autograd_core` of a file is
`autograd_core.2 <checksum of the header> {"root": the structure, "arrays": {name: its checksum, or how it is cut from another}}
end of autograd_core.2`, on one line.
"""

from __future__ import annotations

from .reading import load
from .writing import save

__all__ = ["load", "save"]
