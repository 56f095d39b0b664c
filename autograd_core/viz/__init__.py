"""Pictures of recorded computations, and steps through their gradients. Only reads: the same graph, ids and `.grad` before and after."""

from .drawing import Drawing, draw, make_dot
from .notebook import install as _install
from .recorder import record
from .stepping import Stepper, stepper
from .trace import Trace

_install()

__all__ = ["Drawing", "Stepper", "Trace", "draw", "make_dot", "record", "stepper"]
