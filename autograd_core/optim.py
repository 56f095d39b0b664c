"""`autograd_core.optim` is the package `optim`: the very same module object."""

import sys

from .siblings import sibling

sys.modules[__name__] = sibling("optim")
