"""NumPy's functions on tensors: those with a rule differentiate, those without a derivative give arrays, the rest refuse.

The two protocols are `array_ufunc` and `array_function`. Imports Tensor, its casts and the op registry.
"""

from .functions import array_function
from .ufuncs import array_ufunc

__all__ = ["array_function", "array_ufunc"]
