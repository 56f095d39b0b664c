"""The update rules on arrays: one pass over parameter, gradient and state in Numba, or NumPy in place without temporaries.

Imports the kernel tools and NumPy. `run` takes the updates of a whole step at once.
"""

from .adaptive import ADAM, ADAMAX, AMSGRAD
from .descent import ASGD, MOMENTUM, RPROP, SGD
from .run import BLOCK, LOOP_FROM, Job, Rule, run
from .scaled import ADADELTA, ADAGRAD, RMSPROP

__all__ = [
    "ADADELTA", "ADAGRAD", "ADAM", "ADAMAX", "AMSGRAD", "ASGD", "BLOCK", "LOOP_FROM", "MOMENTUM", "RMSPROP", "RPROP", "SGD", "Job",
    "Rule", "run",
]  # fmt: skip
