"""The module paths of torch.nn.modules whose classes stand in files of other names here: `from nn.modules.instancenorm import ...`.

Imports the layers. Each path is a module object of its own, made when this one is imported.
"""

from __future__ import annotations

import sys
import types
from typing import Any

from . import activation, attention, batchnorm, module, rearrange

_PLACES: dict[str, tuple[Any, tuple[str, ...]]] = {
    "instancenorm": (batchnorm, ("_InstanceNorm", "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d")),
    "fold": (rearrange, ("Fold", "Unfold")),
    "pixelshuffle": (rearrange, ("PixelShuffle", "PixelUnshuffle")),
    "channelshuffle": (rearrange, ("ChannelShuffle",)),
}


def _addindent(text: str, spaces: int) -> str:
    """The lines after the first moved to the right: what classes with a repr of their own take from torch.nn.modules.module."""
    return text.replace("\n", "\n" + spaces * " ")


def _install() -> None:
    package = sys.modules[__package__]
    for name, (home, classes) in _PLACES.items():
        path = f"{__package__}.{name}"
        place = types.ModuleType(path, f"{', '.join(classes)}, as in torch.nn.modules.{name}.")
        vars(place).update({c: getattr(home, c) for c in classes}, __all__=[c for c in classes if c[0] != '_'])
        sys.modules[path] = place
        setattr(package, name, place)
    vars(activation)["MultiheadAttention"] = attention.MultiheadAttention
    vars(module)["_addindent"] = _addindent


_install()
