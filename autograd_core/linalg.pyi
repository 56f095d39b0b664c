# Written by `python -m autograd_core.stubs` from the declarations: change those and run it again.
from builtins import bool as _bool, complex as _complex, float as _float, int as _int, type as _type
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np

from .dtypes import dtype as _dtype
from .tensor.base import Size, Tensor, device as _device
from . import return_types as _return_types

_Operand: TypeAlias = Tensor | np.ndarray | np.generic | _float

