# Written by `python -m autograd_core.stubs` from the declarations: change those and run it again.
from typing import NamedTuple

from .tensor.base import Tensor

class frexp(NamedTuple):
    mantissa: Tensor
    exponent: Tensor
