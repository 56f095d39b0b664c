"""Pictures of recorded computations. Only reads: the same graph, ids and reference counts before and after a drawing."""

from .drawing import Drawing, draw, make_dot
from .notebook import install as _install
from .recorder import record
from .trace import Trace

_install()

__all__ = ["Drawing", "Trace", "draw", "make_dot", "record"]
