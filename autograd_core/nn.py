"""`autograd_core.nn` is the package `nn`: the very same module object."""

import sys

from .siblings import sibling

sys.modules[__name__] = sibling("nn")
