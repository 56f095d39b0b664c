# Written by `python -m autograd_core.stubs` from the declarations: change those and run it again.
from builtins import bool as _bool, complex as _complex, float as _float, int as _int, type as _type
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np

from ..dtypes import dtype as _dtype
from ..tensor.base import Size, Tensor, device as _device
from .. import return_types as _return_types

_Operand: TypeAlias = Tensor | np.ndarray | np.generic | _float

class DeclaredMethods:
    """The methods, operators and in-place twins of Tensor that its modules and the op registry give it."""

    @property
    def T(self) -> Tensor: ...
    def __abs__(self) -> Tensor: ...
    def __add__(self, other: _Operand) -> Tensor: ...
    def __and__(self, other: _Operand) -> Tensor: ...
    def __array__(self, dtype: Any = None, copy: _bool | None = None) -> np.ndarray:
        """NumPy's conversion: shares memory, read-only when a gradient is needed, so that it cannot be changed behind the graph."""
    def __array_function__(self, func: Any, types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """NumPy's protocol: what NumPy's functions do when one of their arguments is a tensor."""
    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, out: tuple[Any, ...] | None = None, **kwargs: Any) -> Any:
        """NumPy's protocol: np.tanh(tensor), np.maximum(0, tensor), np.add.reduce(tensor), `array += tensor`."""
    def __copy__(self) -> Tensor:
        """A leaf that shares the memory, as copy.copy gives in PyTorch."""
    def __deepcopy__(self, memo: dict[_int, Any]) -> Tensor:
        """A leaf with its own memory, gradient and attributes. RuntimeError for a tensor with a history."""
    def __dlpack__(self, *, stream: Any = None, max_version: tuple[_int, _int] | None = None, dl_device: tuple[_int, _int] | None = None, copy: _bool | None = None) -> Any:
        """A DLPack capsule of the memory, read-only when a gradient is needed. BufferError where the consumer cannot take that."""
    def __dlpack_device__(self) -> tuple[_int, _int]: ...
    def __eq__(self, other: object) -> Tensor: ...  # type: ignore[override]
    def __floordiv__(self, other: _Operand) -> Tensor: ...
    def __ge__(self, other: _Operand) -> Tensor: ...
    def __getitem__(self, index: Any) -> Tensor:
        """x[index]: a view for ints, slices, None and Ellipsis; a copy where a tensor, array, list or mask takes part."""
    def __gt__(self, other: _Operand) -> Tensor: ...
    def __iadd__(self, other: _Operand) -> Tensor: ...
    def __iand__(self, other: _Operand) -> Tensor: ...
    def __ifloordiv__(self, other: _Operand) -> Tensor: ...
    def __ilshift__(self, other: _Operand) -> Tensor: ...
    def __imod__(self, other: _Operand) -> Tensor: ...
    def __imul__(self, other: _Operand) -> Tensor: ...
    def __invert__(self) -> Tensor: ...
    def __ior__(self, other: _Operand) -> Tensor: ...
    def __ipow__(self, other: _Operand) -> Tensor: ...
    def __irshift__(self, other: _Operand) -> Tensor: ...
    def __isub__(self, other: _Operand) -> Tensor: ...
    def __itruediv__(self, other: _Operand) -> Tensor: ...
    def __ixor__(self, other: _Operand) -> Tensor: ...
    def __le__(self, other: _Operand) -> Tensor: ...
    def __lshift__(self, other: _Operand) -> Tensor: ...
    def __lt__(self, other: _Operand) -> Tensor: ...
    def __matmul__(self, other: _Operand) -> Tensor: ...
    def __mod__(self, other: _Operand) -> Tensor: ...
    def __mul__(self, other: _Operand) -> Tensor: ...
    def __ne__(self, other: object) -> Tensor: ...  # type: ignore[override]
    def __neg__(self) -> Tensor: ...
    def __or__(self, other: _Operand) -> Tensor: ...
    def __pos__(self) -> Tensor: ...
    def __pow__(self, other: _Operand) -> Tensor: ...
    def __radd__(self, other: _Operand) -> Tensor: ...
    def __rand__(self, other: _Operand) -> Tensor: ...
    def __reduce_ex__(self, protocol: Any) -> Any:  # type: ignore[override]
        """Pickle the values, whether a gradient is needed, and the user's own attributes; not the history."""
    def __reversed__(self) -> Any:
        """reversed(tensor): turned round along its first dimension."""
    def __rfloordiv__(self, other: _Operand) -> Tensor: ...
    def __rlshift__(self, other: _Operand) -> Tensor: ...
    def __rmatmul__(self, other: _Operand) -> Tensor: ...
    def __rmod__(self, other: _Operand) -> Tensor: ...
    def __rmul__(self, other: _Operand) -> Tensor: ...
    def __ror__(self, other: _Operand) -> Tensor: ...
    def __round__(self, ndigits: _int | None = None) -> Any:
        """round(tensor, ndigits): every element rounded, half to even."""
    def __rpow__(self, other: _Operand) -> Tensor: ...
    def __rrshift__(self, other: _Operand) -> Tensor: ...
    def __rshift__(self, other: _Operand) -> Tensor: ...
    def __rsub__(self, other: _Operand) -> Tensor: ...
    def __rtruediv__(self, other: _Operand) -> Tensor: ...
    def __rxor__(self, other: _Operand) -> Tensor: ...
    def __setitem__(self, index: Any, value: Any) -> None:
        """x[index] = value, recorded: gradients flow to the value and to what was not overwritten."""
    def __sub__(self, other: _Operand) -> Tensor: ...
    def __truediv__(self, other: _Operand) -> Tensor: ...
    def __xor__(self, other: _Operand) -> Tensor: ...
    def abs(self) -> Tensor:
        """The absolute value; its gradient at 0 is 0.

        out = |x|

        ∂x = g · sign(x)

        (x is input; g is the gradient of out.)
        """
    def abs_(self) -> Tensor:
        """`abs` in place."""
    def absolute(self) -> Tensor:
        """The absolute value; its gradient at 0 is 0.

        out = |x|

        ∂x = g · sign(x)

        (x is input; g is the gradient of out.)
        """
    def absolute_(self) -> Tensor:
        """`abs` in place."""
    def acos(self) -> Tensor:
        """out = acos(x)

        ∂x = −g · 1 / √(1 − x²)

        (x is input; g is the gradient of out.)
        """
    def acos_(self) -> Tensor:
        """`acos` in place."""
    def acosh(self) -> Tensor:
        """out = acosh(x)

        ∂x = g · 1 / √(x² − 1)

        (x is input; g is the gradient of out.)
        """
    def acosh_(self) -> Tensor:
        """`acosh` in place."""
    def add(self, other: _Operand, *, alpha: _float = 1) -> Tensor:
        """x + alpha · y."""
    def add_(self, other: _Operand, *, alpha: _float = 1) -> Tensor:
        """`add` in place."""
    def addcdiv(self, tensor1: Tensor, tensor2: Tensor, *, value: _float = 1) -> Tensor:
        """x + value · tensor1 / tensor2.

        out = x + value · tensor1 / tensor2

        ∂x = g
        ∂tensor1 = g · value / tensor2
        ∂tensor2 = −g · value · tensor1 / tensor2²

        (x is input; g is the gradient of out.)
        """
    def addcdiv_(self, tensor1: Tensor, tensor2: Tensor, *, value: _float = 1) -> Tensor:
        """`addcdiv` in place."""
    def addcmul(self, tensor1: Tensor, tensor2: Tensor, *, value: _float = 1) -> Tensor:
        """x + value · tensor1 · tensor2.

        out = x + value · tensor1 · tensor2

        ∂x = g
        ∂tensor1 = g · tensor2 · value
        ∂tensor2 = g · tensor1 · value

        (x is input; g is the gradient of out.)
        """
    def addcmul_(self, tensor1: Tensor, tensor2: Tensor, *, value: _float = 1) -> Tensor:
        """`addcmul` in place."""
    def allclose(self, other: _Operand, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False) -> _bool:
        """Whether all elements are close, as `isclose` says: a Python bool."""
    def amax(self, dim: Any = ..., keepdim: _bool = False) -> Tensor:
        """The largest value over dim; equal values share the gradient evenly.

        out = max(x)

        ∂x = g · [x = out] / Σ [x = out]

        (x is input; g is the gradient of out.)
        """
    def amin(self, dim: Any = ..., keepdim: _bool = False) -> Tensor:
        """The smallest value over dim; equal values share the gradient evenly.

        out = min(x)

        ∂x = g · [x = out] / Σ [x = out]

        (x is input; g is the gradient of out.)
        """
    def angle(self) -> Tensor:
        """The angle of x in the complex plane: π for negative numbers, else 0; NaN for NaN.

        out = arg(x)

        ∂x = 0

        (x is input; g is the gradient of out.)
        """
    def arccos(self) -> Tensor:
        """out = acos(x)

        ∂x = −g · 1 / √(1 − x²)

        (x is input; g is the gradient of out.)
        """
    def arccos_(self) -> Tensor:
        """`acos` in place."""
    def arccosh(self) -> Tensor:
        """out = acosh(x)

        ∂x = g · 1 / √(x² − 1)

        (x is input; g is the gradient of out.)
        """
    def arccosh_(self) -> Tensor:
        """`acosh` in place."""
    def arcsin(self) -> Tensor:
        """out = asin(x)

        ∂x = g · 1 / √(1 − x²)

        (x is input; g is the gradient of out.)
        """
    def arcsin_(self) -> Tensor:
        """`asin` in place."""
    def arcsinh(self) -> Tensor:
        """out = asinh(x)

        ∂x = g · 1 / √(x² + 1)

        (x is input; g is the gradient of out.)
        """
    def arcsinh_(self) -> Tensor:
        """`asinh` in place."""
    def arctan(self) -> Tensor:
        """out = atan(x)

        ∂x = g / (x² + 1)

        (x is input; g is the gradient of out.)
        """
    def arctan2(self, other: _Operand) -> Tensor:
        """out = atan2(x, y)

        ∂x = g · y / (x² + y²)
        ∂y = −g · x / (x² + y²)

        (x is input, y is other; g is the gradient of out.)
        """
    def arctan2_(self, other: _Operand) -> Tensor:
        """`atan2` in place."""
    def arctan_(self) -> Tensor:
        """`atan` in place."""
    def arctanh(self) -> Tensor:
        """out = atanh(x)

        ∂x = g / (1 − x²)

        (x is input; g is the gradient of out.)
        """
    def arctanh_(self) -> Tensor:
        """`atanh` in place."""
    def as_integer_ratio(self) -> tuple[_int, _int]:
        """The value of a tensor with one element as a ratio: what the statistics module computes with."""
    def asin(self) -> Tensor:
        """out = asin(x)

        ∂x = g · 1 / √(1 − x²)

        (x is input; g is the gradient of out.)
        """
    def asin_(self) -> Tensor:
        """`asin` in place."""
    def asinh(self) -> Tensor:
        """out = asinh(x)

        ∂x = g · 1 / √(x² + 1)

        (x is input; g is the gradient of out.)
        """
    def asinh_(self) -> Tensor:
        """`asinh` in place."""
    def atan(self) -> Tensor:
        """out = atan(x)

        ∂x = g / (x² + 1)

        (x is input; g is the gradient of out.)
        """
    def atan2(self, other: _Operand) -> Tensor:
        """out = atan2(x, y)

        ∂x = g · y / (x² + y²)
        ∂y = −g · x / (x² + y²)

        (x is input, y is other; g is the gradient of out.)
        """
    def atan2_(self, other: _Operand) -> Tensor:
        """`atan2` in place."""
    def atan_(self) -> Tensor:
        """`atan` in place."""
    def atanh(self) -> Tensor:
        """out = atanh(x)

        ∂x = g / (1 − x²)

        (x is input; g is the gradient of out.)
        """
    def atanh_(self) -> Tensor:
        """`atanh` in place."""
    def backward(self, gradient: Any = None, retain_graph: _bool | None = None, create_graph: _bool = False, inputs: Any = None) -> None:
        """Accumulate into the leaves' `.grad` the gradient of this scalar, or of this tensor weighted by `gradient`."""
    def bernoulli(self, p: _float | None = None, *, generator: Any = None) -> Tensor:
        """1 with the probability that stands in `input` (or p), else 0, in input's type."""
    def bernoulli_(self, *args: Any, generator: Any = None, **named: Any) -> Tensor:
        """Fill with random numbers in place; the tensor's history ends here."""
    def bitwise_and(self, other: _Operand) -> Tensor:
        """x and y, bit by bit.

        out = x ∧ y
        """
    def bitwise_and_(self, other: _Operand) -> Tensor:
        """`bitwise_and` in place."""
    def bitwise_left_shift(self, other: _Operand) -> Tensor:
        """x · 2^y: the bits of x moved up by y.

        out = x << y
        """
    def bitwise_left_shift_(self, other: _Operand) -> Tensor:
        """`bitwise_left_shift` in place."""
    def bitwise_not(self) -> Tensor:
        """Every bit of x turned over; of a bool, its opposite.

        out = ¬x
        """
    def bitwise_not_(self) -> Tensor:
        """`bitwise_not` in place."""
    def bitwise_or(self, other: _Operand) -> Tensor:
        """x or y, bit by bit.

        out = x ∨ y
        """
    def bitwise_or_(self, other: _Operand) -> Tensor:
        """`bitwise_or` in place."""
    def bitwise_right_shift(self, other: _Operand) -> Tensor:
        """⌊x / 2^y⌋: the bits of x moved down by y.

        out = x >> y
        """
    def bitwise_right_shift_(self, other: _Operand) -> Tensor:
        """`bitwise_right_shift` in place."""
    def bitwise_xor(self, other: _Operand) -> Tensor:
        """Either x or y, bit by bit.

        out = x ⊻ y
        """
    def bitwise_xor_(self, other: _Operand) -> Tensor:
        """`bitwise_xor` in place."""
    def bool(self, memory_format: Any = None) -> Tensor:
        """This tensor as bool."""
    def byte(self, memory_format: Any = None) -> Tensor:
        """This tensor as uint8."""
    def cauchy_(self, *args: Any, generator: Any = None, **named: Any) -> Tensor:
        """Fill with random numbers in place; the tensor's history ends here."""
    def ceil(self) -> Tensor:
        """The smallest integer not below x.

        out = ⌈x⌉

        ∂x = 0

        (x is input; g is the gradient of out.)
        """
    def ceil_(self) -> Tensor:
        """`ceil` in place."""
    def char(self, memory_format: Any = None) -> Tensor:
        """This tensor as int8."""
    def clamp(self, min: _Operand | None = None, max: _Operand | None = None) -> Tensor:
        """x held between min and max, numbers or tensors; the gradient passes on the edges too. NaN stays NaN."""
    def clamp_(self, min: _Operand | None = None, max: _Operand | None = None) -> Tensor:
        """`clamp` in place."""
    def clamp_max(self, max: _Operand) -> Tensor:
        """x, or max where that is smaller."""
    def clamp_max_(self, max: _Operand) -> Tensor:
        """`clamp_max` in place."""
    def clamp_min(self, min: _Operand) -> Tensor:
        """x, or min where that is larger."""
    def clamp_min_(self, min: _Operand) -> Tensor:
        """`clamp_min` in place."""
    def clip(self, min: _Operand | None = None, max: _Operand | None = None) -> Tensor:
        """x held between min and max, numbers or tensors; the gradient passes on the edges too. NaN stays NaN."""
    def clip_(self, min: _Operand | None = None, max: _Operand | None = None) -> Tensor:
        """`clamp` in place."""
    def clone(self, *, memory_format: Any = None) -> Tensor:
        """A copy that gradients pass through.

        out = clone(x)

        ∂x = g

        (x is input; g is the gradient of out.)
        """
    def conj(self) -> Tensor:
        """x itself, for there are no complex numbers here."""
    def conj_physical(self) -> Tensor:
        """x itself: the conjugate of a real number."""
    def conj_physical_(self) -> Tensor:
        """`conj_physical` in place."""
    def contiguous(self, memory_format: Any = None) -> Tensor:
        """Itself if contiguous, else a contiguous copy."""
    def copy_(self, src: Any, non_blocking: _bool = False) -> Tensor:
        """Take over the values of `src`, broadcast and cast; gradients flow to `src`."""
    def copysign(self, other: _Operand) -> Tensor:
        """|x| with the sign of y.

        out = |x| · sign(y)

        ∂x = [x = 0] ? 0 : g · out / x
        ∂y = 0

        (x is input, y is other; g is the gradient of out.)
        """
    def copysign_(self, other: _Operand) -> Tensor:
        """`copysign` in place."""
    def cos(self) -> Tensor:
        """out = cos(x)

        ∂x = −g · sin(x)

        (x is input; g is the gradient of out.)
        """
    def cos_(self) -> Tensor:
        """`cos` in place."""
    def cosh(self) -> Tensor:
        """out = cosh(x)

        ∂x = g · sinh(x)

        (x is input; g is the gradient of out.)
        """
    def cosh_(self) -> Tensor:
        """`cosh` in place."""
    def cpu(self, memory_format: Any = None) -> Tensor: ...
    def cuda(self, *args: Any, **kwargs: Any) -> Tensor:
        """There is none: AssertionError, as PyTorch's build without CUDA raises."""
    def data_ptr(self) -> _int: ...
    def deg2rad(self) -> Tensor:
        """Degrees as radians.

        out = π / 180 · x

        ∂x = g · 0.0174533

        (x is input; g is the gradient of out.)
        """
    def deg2rad_(self) -> Tensor:
        """`deg2rad` in place."""
    def digamma(self) -> Tensor:
        """The derivative of lgamma: NaN at negative integers, -inf at 0 and inf at -0.

        out = ψ(x)

        ∂x = g · ψ⁽1⁾(x)

        (x is input; g is the gradient of out.)
        """
    def digamma_(self) -> Tensor:
        """`digamma` in place."""
    def dim(self) -> _int: ...
    def div(self, other: _Operand, *, rounding_mode: str | None = None) -> Tensor:
        """x / y; with rounding_mode "floor" or "trunc" the rounded quotient, in the inputs' common type."""
    def div_(self, other: _Operand, *, rounding_mode: str | None = None) -> Tensor:
        """`div` in place."""
    def divide(self, other: _Operand, *, rounding_mode: str | None = None) -> Tensor:
        """x / y; with rounding_mode "floor" or "trunc" the rounded quotient, in the inputs' common type."""
    def divide_(self, other: _Operand, *, rounding_mode: str | None = None) -> Tensor:
        """`div` in place."""
    def double(self, memory_format: Any = None) -> Tensor:
        """This tensor as float64."""
    def element_size(self) -> _int: ...
    def eq(self, other: _Operand) -> Tensor:
        """out = [x = y]"""
    def eq_(self, other: _Operand) -> Tensor:
        """`eq` in place."""
    def equal(self, other: _Operand) -> _bool:
        """Whether two tensors have the same shape and the same elements: a Python bool. NaN differs from itself."""
    def erf(self) -> Tensor:
        """2/√π ∫₀ˣ exp(-t²) dt.

        out = erf(x)

        ∂x = g · 1.12838 · exp(−x²)

        (x is input; g is the gradient of out.)
        """
    def erf_(self) -> Tensor:
        """`erf` in place."""
    def erfc(self) -> Tensor:
        """1 - erf(x), accurate far to the right.

        out = erfc(x)

        ∂x = g · -1.12838 · exp(−x²)

        (x is input; g is the gradient of out.)
        """
    def erfc_(self) -> Tensor:
        """`erfc` in place."""
    def erfinv(self) -> Tensor:
        """The inverse of erf: ±inf at ±1, NaN beyond.

        out = erf⁻¹(x)

        ∂x = g · exp(out²) / 1.12838

        (x is input; g is the gradient of out.)
        """
    def erfinv_(self) -> Tensor:
        """`erfinv` in place."""
    def exp(self) -> Tensor:
        """out = exp(x)

        ∂x = g · out

        (x is input; g is the gradient of out.)
        """
    def exp2(self) -> Tensor:
        """out = 2^x

        ∂x = g · out · 0.693147

        (x is input; g is the gradient of out.)
        """
    def exp2_(self) -> Tensor:
        """`exp2` in place."""
    def exp_(self) -> Tensor:
        """`exp` in place."""
    def expand(self, *sizes: Any) -> Tensor:
        """Broadcast to a larger shape without copying; -1 keeps a size."""
    def expand_as(self, other: Any) -> Tensor: ...
    def expm1(self) -> Tensor:
        """out = exp(x) − 1

        ∂x = g · (out + 1)

        (x is input; g is the gradient of out.)
        """
    def expm1_(self) -> Tensor:
        """`expm1` in place."""
    def exponential_(self, *args: Any, generator: Any = None, **named: Any) -> Tensor:
        """Fill with random numbers in place; the tensor's history ends here."""
    def fill_(self, value: Any) -> Tensor:
        """Set every element to a value."""
    def fix(self) -> Tensor:
        """x without its fraction.

        out = trunc(x)

        ∂x = 0

        (x is input; g is the gradient of out.)
        """
    def fix_(self) -> Tensor:
        """`trunc` in place."""
    def flatten(self, start_dim: _int = 0, end_dim: _int = -1) -> Tensor:
        """The dimensions start_dim to end_dim as one."""
    def float(self, memory_format: Any = None) -> Tensor:
        """This tensor as float32."""
    def float_power(self, other: _Operand) -> Tensor:
        """x to the power y, computed in float64."""
    def float_power_(self, other: _Operand) -> Tensor:
        """`float_power` in place."""
    def floor(self) -> Tensor:
        """The largest integer not above x.

        out = ⌊x⌋

        ∂x = 0

        (x is input; g is the gradient of out.)
        """
    def floor_(self) -> Tensor:
        """`floor` in place."""
    def floor_divide(self, other: _Operand) -> Tensor:
        """⌊x / y⌋ in the inputs' common type.

        out = ⌊x / y⌋

        ∂x = 0
        ∂y = 0

        (x is input, y is other; g is the gradient of out.)
        """
    def floor_divide_(self, other: _Operand) -> Tensor:
        """`floor_divide` in place."""
    def fmax(self, other: _Operand) -> Tensor:
        """out = max(x, y)

        ∂x = [x ≥ y] ∨ isnan(y) ? g : 0
        ∂y = [x ≥ y] ∨ isnan(y) ? 0 : g

        (x is input, y is other; g is the gradient of out.)
        """
    def fmin(self, other: _Operand) -> Tensor:
        """out = min(x, y)

        ∂x = [x ≤ y] ∨ isnan(y) ? g : 0
        ∂y = [x ≤ y] ∨ isnan(y) ? 0 : g

        (x is input, y is other; g is the gradient of out.)
        """
    def fmod(self, other: _Operand) -> Tensor:
        """x − trunc(x / y) · y: the remainder with x's sign.

        out = fmod(x, y)

        ∂x = g
        ∂y = −g · trunc(x / y)

        (x is input, y is other; g is the gradient of out.)
        """
    def fmod_(self, other: _Operand) -> Tensor:
        """`fmod` in place."""
    def frac(self) -> Tensor:
        """The part of x behind the point, with x's sign.

        out = x − trunc(x)

        ∂x = g

        (x is input; g is the gradient of out.)
        """
    def frac_(self) -> Tensor:
        """`frac` in place."""
    def frexp(self) -> _return_types.frexp:
        """(mantissa, exponent) with x = mantissa · 2^exponent and the mantissa in [½, 1).

        out = frexp(x)

        ∂x = g / 2^exponent

        (x is input; g is the gradient of out.)
        """
    def gcd(self, other: _Operand) -> Tensor:
        """The greatest common divisor.

        out = gcd(x, y)
        """
    def gcd_(self, other: _Operand) -> Tensor:
        """`gcd` in place."""
    def ge(self, other: _Operand) -> Tensor:
        """out = [x ≥ y]"""
    def ge_(self, other: _Operand) -> Tensor:
        """`ge` in place."""
    def geometric_(self, *args: Any, generator: Any = None, **named: Any) -> Tensor:
        """Fill with random numbers in place; the tensor's history ends here."""
    def get_device(self) -> _int: ...
    def greater(self, other: _Operand) -> Tensor:
        """out = [x > y]"""
    def greater_(self, other: _Operand) -> Tensor:
        """`gt` in place."""
    def greater_equal(self, other: _Operand) -> Tensor:
        """out = [x ≥ y]"""
    def greater_equal_(self, other: _Operand) -> Tensor:
        """`ge` in place."""
    def gt(self, other: _Operand) -> Tensor:
        """out = [x > y]"""
    def gt_(self, other: _Operand) -> Tensor:
        """`gt` in place."""
    def half(self, memory_format: Any = None) -> Tensor:
        """This tensor as float16."""
    def hardshrink(self, lambd: _float = 0.5) -> Tensor:
        """x where |x| > λ, else 0."""
    def heaviside(self, other: Tensor) -> Tensor:
        """1 where x is positive, y where it is 0, else 0.

        out = [x > 0] + y · [x = 0]

        ∂x = 0
        ∂y = [x = 0] ? g : 0

        (x is input, y is other; g is the gradient of out.)
        """
    def heaviside_(self, other: Tensor) -> Tensor:
        """`heaviside` in place."""
    def hypot(self, other: _Operand) -> Tensor:
        """out = √(x² + y²)

        ∂x = g · x / out
        ∂y = g · y / out

        (x is input, y is other; g is the gradient of out.)
        """
    def hypot_(self, other: _Operand) -> Tensor:
        """`hypot` in place."""
    def i0(self) -> Tensor:
        """The modified Bessel function I₀(x).

        out = I₀(x)

        ∂x = g · I₁(x)

        (x is input; g is the gradient of out.)
        """
    def i0_(self) -> Tensor:
        """`i0` in place."""
    def int(self, memory_format: Any = None) -> Tensor:
        """This tensor as int32."""
    def is_complex(self) -> _bool: ...
    def is_contiguous(self, memory_format: Any = None) -> _bool:
        """Whether the elements lie in row-major order without gaps."""
    @property
    def is_cuda(self) -> _bool: ...
    def is_floating_point(self) -> _bool: ...
    def is_inference(self) -> _bool: ...
    @property
    def is_mps(self) -> _bool: ...
    def is_pinned(self, device: Any = None) -> _bool: ...
    @property
    def is_quantized(self) -> _bool: ...
    def is_signed(self) -> _bool: ...
    @property
    def is_sparse(self) -> _bool: ...
    def isclose(self, other: _Operand, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False) -> Tensor:
        """Whether |x − y| ≤ atol + rtol · |y|, or both are the same infinity, or (with equal_nan) both NaN.

        out = [|x − y| ≤ atol + rtol · |y|]
        """
    def isfinite(self) -> Tensor:
        """out = isfinite(x)"""
    def isinf(self) -> Tensor:
        """out = isinf(x)"""
    def isnan(self) -> Tensor:
        """out = isnan(x)"""
    def isneginf(self) -> Tensor:
        """Whether x is −∞.

        out = isneginf(x)
        """
    def isposinf(self) -> Tensor:
        """Whether x is +∞.

        out = isposinf(x)
        """
    def isreal(self) -> Tensor:
        """Whether x has no imaginary part: always, for there are no complex types.

        out = isreal(x)
        """
    @property
    def itemsize(self) -> _int: ...
    @property
    def layout(self) -> str: ...
    def lcm(self, other: _Operand) -> Tensor:
        """The least common multiple.

        out = lcm(x, y)
        """
    def lcm_(self, other: _Operand) -> Tensor:
        """`lcm` in place."""
    def ldexp(self, other: _Operand) -> Tensor:
        """x · 2^y.

        out = x · 2^y

        ∂x = g · 2^y
        ∂y = g · out · 0.693147

        (x is input, y is other; g is the gradient of out.)
        """
    def ldexp_(self, other: _Operand) -> Tensor:
        """`ldexp` in place."""
    def le(self, other: _Operand) -> Tensor:
        """out = [x ≤ y]"""
    def le_(self, other: _Operand) -> Tensor:
        """`le` in place."""
    def lerp(self, end: Tensor, weight: _Operand) -> Tensor:
        """From x at weight 0 to end at weight 1 on a straight line; exact at both ends.

        out = x + weight · (end − x)

        ∂x = g · (1 − weight)
        ∂end = g · weight
        ∂weight = g · (end − x)

        (x is input; g is the gradient of out.)
        """
    def lerp_(self, end: Tensor, weight: _Operand) -> Tensor:
        """`lerp` in place."""
    def less(self, other: _Operand) -> Tensor:
        """out = [x < y]"""
    def less_(self, other: _Operand) -> Tensor:
        """`lt` in place."""
    def less_equal(self, other: _Operand) -> Tensor:
        """out = [x ≤ y]"""
    def less_equal_(self, other: _Operand) -> Tensor:
        """`le` in place."""
    def lgamma(self) -> Tensor:
        """log |Γ(x)|: inf at 0, -1, -2, ...

        out = log |Γ(x)|

        ∂x = g · ψ(x)

        (x is input; g is the gradient of out.)
        """
    def lgamma_(self) -> Tensor:
        """`lgamma` in place."""
    def log(self) -> Tensor:
        """out = log(x)

        ∂x = g / x

        (x is input; g is the gradient of out.)
        """
    def log10(self) -> Tensor:
        """out = log₁₀(x)

        ∂x = g / (x · 2.30259)

        (x is input; g is the gradient of out.)
        """
    def log10_(self) -> Tensor:
        """`log10` in place."""
    def log1p(self) -> Tensor:
        """out = log(1 + x)

        ∂x = g / (1 + x)

        (x is input; g is the gradient of out.)
        """
    def log1p_(self) -> Tensor:
        """`log1p` in place."""
    def log2(self) -> Tensor:
        """out = log₂(x)

        ∂x = g / (x · 0.693147)

        (x is input; g is the gradient of out.)
        """
    def log2_(self) -> Tensor:
        """`log2` in place."""
    def log_(self) -> Tensor:
        """`log` in place."""
    def log_normal_(self, *args: Any, generator: Any = None, **named: Any) -> Tensor:
        """Fill with random numbers in place; the tensor's history ends here."""
    def log_softmax(self, dim: _int, dtype: _dtype | None = None) -> Tensor:
        """log softmax(x) over dim, without the overflow and the loss of digits of its two steps.

        out = log_softmax(x)

        ∂x = g − exp(out) · Σ g

        (x is input; g is the gradient of out.)
        """
    def logaddexp(self, other: _Operand) -> Tensor:
        """out = log(exp(x) + exp(y))

        ∂x = g / (1 + exp(y − x))
        ∂y = g / (1 + exp(x − y))

        (x is input, y is other; g is the gradient of out.)
        """
    def logaddexp2(self, other: _Operand) -> Tensor:
        """out = log₂(2^x + 2^y)

        ∂x = g / (1 + 2^(y − x))
        ∂y = g / (1 + 2^(x − y))

        (x is input, y is other; g is the gradient of out.)
        """
    def logical_and(self, other: _Operand) -> Tensor:
        """out = x ∧ y"""
    def logical_and_(self, other: _Operand) -> Tensor:
        """`logical_and` in place."""
    def logical_not(self) -> Tensor:
        """out = ¬x"""
    def logical_not_(self) -> Tensor:
        """`logical_not` in place."""
    def logical_or(self, other: _Operand) -> Tensor:
        """out = x ∨ y"""
    def logical_or_(self, other: _Operand) -> Tensor:
        """`logical_or` in place."""
    def logical_xor(self, other: _Operand) -> Tensor:
        """out = x ⊻ y"""
    def logical_xor_(self, other: _Operand) -> Tensor:
        """`logical_xor` in place."""
    def logit(self, eps: _float | None = None) -> Tensor:
        """log(x / (1 − x)), the inverse of the sigmoid; eps holds x in [eps, 1 − eps].

        out = log(x / (1 − x))

        ∂x = ¬[0 ≤ x ≤ 1 − 0] ? nan : g / (x · (1 − x))

        (x is input; g is the gradient of out.)
        """
    def logit_(self, eps: _float | None = None) -> Tensor:
        """`logit` in place."""
    def long(self, memory_format: Any = None) -> Tensor:
        """This tensor as int64."""
    def lt(self, other: _Operand) -> Tensor:
        """out = [x < y]"""
    def lt_(self, other: _Operand) -> Tensor:
        """`lt` in place."""
    @property
    def mT(self) -> Tensor: ...
    def matmul(self, other: Tensor) -> Tensor:
        """The matrix product: 1-d · 1-d is the dot product, more than two dimensions are batches and broadcast.

        out = x @ y

        ∂x = matmul_backward(g, x_shape, y)
        ∂y = matmul_backward(g, x, y_shape)

        (x is input, y is other; g is the gradient of out.)
        """
    def maximum(self, other: _Operand) -> Tensor:
        """out = max(x, y)

        ∂x = g · ¬[x < y] / (1 + [x = y])
        ∂y = g · ¬[y < x] / (1 + [x = y])

        (x is input, y is other; g is the gradient of out.)
        """
    def mean(self, dim: Any = None, keepdim: _bool = False, *, dtype: _dtype | None = None) -> Tensor:
        """The mean over dim (all dimensions by default).

        out = mean(x)

        ∂x = mean_backward(g, x_shape, dim, keepdim)

        (x is input; g is the gradient of out.)
        """
    def minimum(self, other: _Operand) -> Tensor:
        """out = min(x, y)

        ∂x = g · ¬[x > y] / (1 + [x = y])
        ∂y = g · ¬[y > x] / (1 + [x = y])

        (x is input, y is other; g is the gradient of out.)
        """
    def mul(self, other: _Operand) -> Tensor:
        """out = x · y

        ∂x = g · y
        ∂y = g · x

        (x is input, y is other; g is the gradient of out.)
        """
    def mul_(self, other: _Operand) -> Tensor:
        """`mul` in place."""
    def multinomial(self, num_samples: _int, replacement: _bool = False, *, generator: Any = None) -> Tensor:
        """num_samples indices drawn from each row of weights."""
    def multiply(self, other: _Operand) -> Tensor:
        """out = x · y

        ∂x = g · y
        ∂y = g · x

        (x is input, y is other; g is the gradient of out.)
        """
    def multiply_(self, other: _Operand) -> Tensor:
        """`mul` in place."""
    def mvlgamma(self, p: _int) -> Tensor:
        """log of the multivariate gamma function of dimension p: p (p − 1) / 4 · log π + Σ lgamma(x − i / 2), i from 0 to p − 1."""
    def mvlgamma_(self, p: _int) -> Tensor:
        """`mvlgamma` in place."""
    names: None
    def nan_to_num(self, nan: _float | None = None, posinf: _float | None = None, neginf: _float | None = None) -> Tensor:
        """x with NaN replaced by 0 and ±∞ by the largest and smallest finite number, or by what is given.

        out = nan_to_num(x)

        ∂x = isfinite(x) ? g : 0

        (x is input; g is the gradient of out.)
        """
    def nan_to_num_(self, nan: _float | None = None, posinf: _float | None = None, neginf: _float | None = None) -> Tensor:
        """`nan_to_num` in place."""
    @property
    def nbytes(self) -> _int: ...
    def ndimension(self) -> _int: ...
    def ne(self, other: _Operand) -> Tensor:
        """out = [x ≠ y]"""
    def ne_(self, other: _Operand) -> Tensor:
        """`ne` in place."""
    def neg(self) -> Tensor:
        """−x.

        out = −x

        ∂x = −g

        (x is input; g is the gradient of out.)
        """
    def neg_(self) -> Tensor:
        """`neg` in place."""
    def negative(self) -> Tensor:
        """−x.

        out = −x

        ∂x = −g

        (x is input; g is the gradient of out.)
        """
    def negative_(self) -> Tensor:
        """`neg` in place."""
    def nelement(self) -> _int: ...
    def new_empty(self, *size: Any, dtype: Any = None, device: Any = None, requires_grad: _bool = False, **named: Any) -> Tensor:
        """A tensor of a shape whose values are not set. In this tensor's type."""
    def new_full(self, *size: Any, dtype: Any = None, device: Any = None, requires_grad: _bool = False, **named: Any) -> Tensor:
        """A shape filled with one value, whose type decides the dtype unless given. In this tensor's type."""
    def new_ones(self, *size: Any, dtype: Any = None, device: Any = None, requires_grad: _bool = False, **named: Any) -> Tensor:
        """Ones of a shape. In this tensor's type."""
    def new_tensor(self, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: _bool = False) -> Tensor:
        """A new leaf with a copy of the data, in this tensor's type unless given."""
    def new_zeros(self, *size: Any, dtype: Any = None, device: Any = None, requires_grad: _bool = False, **named: Any) -> Tensor:
        """Zeros of a shape. In this tensor's type."""
    def nextafter(self, other: _Operand) -> Tensor:
        """out = nextafter(x, y)"""
    def nextafter_(self, other: _Operand) -> Tensor:
        """`nextafter` in place."""
    def normal_(self, *args: Any, generator: Any = None, **named: Any) -> Tensor:
        """Fill with random numbers in place; the tensor's history ends here."""
    def not_equal(self, other: _Operand) -> Tensor:
        """out = [x ≠ y]"""
    def not_equal_(self, other: _Operand) -> Tensor:
        """`ne` in place."""
    def numel(self) -> _int: ...
    @property
    def output_nr(self) -> _int: ...
    def permute(self, *dims: Any) -> Tensor:
        """The dimensions in another order."""
    def pin_memory(self, device: Any = None) -> Tensor: ...
    def polygamma(self, n: _int) -> Tensor:
        """The n-th derivative of digamma."""
    def polygamma_(self, n: _int) -> Tensor:
        """`polygamma_method` in place."""
    def positive(self) -> Tensor:
        """x itself. RuntimeError for truth values."""
    def pow(self, other: _Operand) -> Tensor:
        """x to the power y. RuntimeError for integers to a negative number; by element such powers are 0 (±1 for ±1).

        out = x^y

        ∂x = g · y · x^(y − 1)
        ∂y = g · out · log(x)

        (x is input, y is other; g is the gradient of out.)
        """
    def pow_(self, other: _Operand) -> Tensor:
        """`pow` in place."""
    def prelu(self, weight: _Operand) -> Tensor:
        """x where it is positive, else weight · x; weight has one number, or one for each channel (dimension 1) of x."""
    def rad2deg(self) -> Tensor:
        """Radians as degrees.

        out = 180 / π · x

        ∂x = g · 57.2958

        (x is input; g is the gradient of out.)
        """
    def rad2deg_(self) -> Tensor:
        """`rad2deg` in place."""
    def random_(self, *args: Any, generator: Any = None, **named: Any) -> Tensor:
        """Fill with random numbers in place; the tensor's history ends here."""
    def real(self) -> Tensor:
        """x itself, for there are no complex numbers here."""
    def reciprocal(self) -> Tensor:
        """1 / x.

        out = 1 / x

        ∂x = −g · out²

        (x is input; g is the gradient of out.)
        """
    def reciprocal_(self) -> Tensor:
        """`reciprocal` in place."""
    def relu(self) -> Tensor:
        """max(0, x); the gradient at 0 is 0. NaN stays NaN.

        out = max(0, x)

        ∂x = [out ≤ 0] ? 0 : g

        (x is input; g is the gradient of out.)
        """
    def relu_(self) -> Tensor:
        """`relu` in place."""
    def remainder(self, other: _Operand) -> Tensor:
        """x − ⌊x / y⌋ · y: the remainder with y's sign.

        out = x mod y

        ∂x = g
        ∂y = −g · ⌊x / y⌋

        (x is input, y is other; g is the gradient of out.)
        """
    def remainder_(self, other: _Operand) -> Tensor:
        """`remainder` in place."""
    def reshape(self, *shape: _int | Sequence[_int]) -> Tensor:
        """x with the same elements in another shape: a view where the strides allow it, else a copy. One size may be -1.

        out = x

        ∂x = reshape_backward(g, x_shape)

        (x is input; g is the gradient of out.)
        """
    def resolve_conj(self) -> Tensor:
        """x itself, for there are no complex numbers here."""
    def resolve_neg(self) -> Tensor:
        """x itself, for there are no complex numbers here."""
    def round(self, *, decimals: _int = 0) -> Tensor:
        """The nearest integer, halves to the even one; with `decimals` the nearest multiple of 10^−decimals.

        out = round(x)

        ∂x = 0

        (x is input; g is the gradient of out.)
        """
    def round_(self, *, decimals: _int = 0) -> Tensor:
        """`round` in place."""
    def rsqrt(self) -> Tensor:
        """1 / √x.

        out = 1 / √x

        ∂x = -0.5 · g · out² · out

        (x is input; g is the gradient of out.)
        """
    def rsqrt_(self) -> Tensor:
        """`rsqrt` in place."""
    def sgn(self) -> Tensor:
        """−1, 0 or 1; 0 for NaN, as in PyTorch.

        out = sign(x)

        ∂x = 0

        (x is input; g is the gradient of out.)
        """
    def sgn_(self) -> Tensor:
        """`sgn` in place."""
    def short(self, memory_format: Any = None) -> Tensor:
        """This tensor as int16."""
    def sigmoid(self) -> Tensor:
        """1 / (1 + exp(−x)); exp only ever sees a negative number, so nothing overflows.

        out = σ(x)

        ∂x = g · (1 − out) · out

        (x is input; g is the gradient of out.)
        """
    def sigmoid_(self) -> Tensor:
        """`sigmoid` in place."""
    def sign(self) -> Tensor:
        """−1, 0 or 1; 0 for NaN, as in PyTorch.

        out = sign(x)

        ∂x = 0

        (x is input; g is the gradient of out.)
        """
    def sign_(self) -> Tensor:
        """`sign` in place."""
    def signbit(self) -> Tensor:
        """Whether the sign bit of x is set: negative numbers and −0.0.

        out = signbit(x)
        """
    def sin(self) -> Tensor:
        """out = sin(x)

        ∂x = g · cos(x)

        (x is input; g is the gradient of out.)
        """
    def sin_(self) -> Tensor:
        """`sin` in place."""
    def sinc(self) -> Tensor:
        """sin(πx) / (πx), and 1 at 0.

        out = sin(π · x) / (π · x)

        ∂x = g · (cos(π · x) − sinc(x)) / x

        (x is input; g is the gradient of out.)
        """
    def sinc_(self) -> Tensor:
        """`sinc` in place."""
    def sinh(self) -> Tensor:
        """out = sinh(x)

        ∂x = g · cosh(x)

        (x is input; g is the gradient of out.)
        """
    def sinh_(self) -> Tensor:
        """`sinh` in place."""
    def size(self, dim: _int | None = None) -> Any:
        """The shape, or one of its sizes."""
    def softmax(self, dim: _int, dtype: _dtype | None = None) -> Tensor:
        """exp(x) / Σ exp(x) over dim: positive numbers that sum to 1.

        out = softmax(x)

        ∂x = (g − Σ g · out) · out

        (x is input; g is the gradient of out.)
        """
    def sqrt(self) -> Tensor:
        """out = √x

        ∂x = g / (2 · out)

        (x is input; g is the gradient of out.)
        """
    def sqrt_(self) -> Tensor:
        """`sqrt` in place."""
    def square(self) -> Tensor:
        """x².

        out = x²

        ∂x = g · 2 · x

        (x is input; g is the gradient of out.)
        """
    def square_(self) -> Tensor:
        """`square` in place."""
    def squeeze(self, dim: Any = None) -> Tensor:
        """x without its dimensions of size 1, or only without those in dim.

        out = x

        ∂x = squeeze_backward(g, x_shape)

        (x is input; g is the gradient of out.)
        """
    def storage_offset(self) -> _int: ...
    def stride(self, dim: _int | None = None) -> Any:
        """How many elements lie between neighbours along each dimension."""
    def sub(self, other: _Operand, *, alpha: _float = 1) -> Tensor:
        """x − alpha · y."""
    def sub_(self, other: _Operand, *, alpha: _float = 1) -> Tensor:
        """`sub` in place."""
    def subtract(self, other: _Operand, *, alpha: _float = 1) -> Tensor:
        """x − alpha · y."""
    def subtract_(self, other: _Operand, *, alpha: _float = 1) -> Tensor:
        """`sub` in place."""
    def sum(self, dim: Any = None, keepdim: _bool = False, *, dtype: _dtype | None = None) -> Tensor:
        """The sum over dim (all dimensions by default); integers and bools are summed as int64.

        out = Σ x

        ∂x = sum_backward(g, x_shape, dim, keepdim)

        (x is input; g is the gradient of out.)
        """
    def t(self) -> Tensor:
        """The transpose of a matrix; a vector stays as it is."""
    def tan(self) -> Tensor:
        """out = tan(x)

        ∂x = g · (1 + out²)

        (x is input; g is the gradient of out.)
        """
    def tan_(self) -> Tensor:
        """`tan` in place."""
    def tanh(self) -> Tensor:
        """out = tanh(x)

        ∂x = g · (1 − out²)

        (x is input; g is the gradient of out.)
        """
    def tanh_(self) -> Tensor:
        """`tanh` in place."""
    def to(self, *args: Any, dtype: Any = None, device: Any = None, copy: _bool = False, non_blocking: _bool = False, memory_format: Any = None) -> Tensor:
        """This tensor in another dtype; `to("cpu")` is itself. Accepts a dtype, a device, another tensor, or both."""
    def to_numpy(self, dtype: Any = None, copy: _bool = False, na_value: Any = None) -> np.ndarray:
        """The array, as pandas and matplotlib ask for it: read-only when a gradient is needed."""
    def transpose(self, dim0: _int, dim1: _int) -> Tensor:
        """x with two dimensions exchanged.

        out = xᵀ

        ∂x = gᵀ

        (x is input; g is the gradient of out.)
        """
    def true_divide(self, other: _Operand, *, rounding_mode: str | None = None) -> Tensor:
        """x / y; with rounding_mode "floor" or "trunc" the rounded quotient, in the inputs' common type."""
    def true_divide_(self, other: _Operand, *, rounding_mode: str | None = None) -> Tensor:
        """`div` in place."""
    def trunc(self) -> Tensor:
        """x without its fraction.

        out = trunc(x)

        ∂x = 0

        (x is input; g is the gradient of out.)
        """
    def trunc_(self) -> Tensor:
        """`trunc` in place."""
    def type(self, dtype: Any = None, non_blocking: _bool = False) -> Any:
        """The name of the tensor's type, or the tensor in another dtype."""
    def type_as(self, other: Any) -> Tensor: ...
    def uniform_(self, *args: Any, generator: Any = None, **named: Any) -> Tensor:
        """Fill with random numbers in place; the tensor's history ends here."""
    def unsqueeze(self, dim: _int) -> Tensor:
        """x with a dimension of size 1 inserted at dim.

        out = x

        ∂x = unsqueeze_backward(g, x_shape)

        (x is input; g is the gradient of out.)
        """
    def where(self, condition: Tensor, other: _Operand) -> Tensor:
        """x where the condition holds, y elsewhere."""
    def xlogy(self, other: _Operand) -> Tensor:
        """x · log y, and 0 where x is 0 unless y is NaN.

        out = x · log(y)

        ∂x = g · ([x = 0] ∧ [y ≤ 0] ? 0 : log(y))
        ∂y = g · x / y

        (x is input, y is other; g is the gradient of out.)
        """
    def xlogy_(self, other: _Operand) -> Tensor:
        """`xlogy` in place."""
    def zero_(self) -> Tensor:
        """Set every element to 0."""
