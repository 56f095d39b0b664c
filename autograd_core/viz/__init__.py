"""Pictures of recorded computations. Only reads: the same graph, ids and reference counts before and after a drawing."""

from .drawing import Drawing, draw, make_dot

__all__ = ["Drawing", "draw", "make_dot"]
