"""`autograd_core.utils.data` is the package `data`, with its modules: the very same objects."""

import sys

from ..siblings import sibling

_package = sibling("data")
for _key, _module in list(sys.modules.items()):
    if _key.startswith(_package.__name__ + "."):
        sys.modules[__name__ + _key[len(_package.__name__) :]] = _module
sys.modules[__name__] = _package
