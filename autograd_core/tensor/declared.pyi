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
    def H(self) -> Tensor:
        """The transpose of a matrix: there are no complex numbers to conjugate."""
    @property
    def T(self) -> Tensor:
        """The dimensions in reverse order: a view."""
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
    def __div__(self, other: Any) -> Tensor: ...
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
    def __rdiv__(self, other: Any) -> Tensor: ...
    def __reduce_ex__(self, protocol: Any) -> Any:
        """Pickle the values, whether a gradient is needed, and the user's own attributes; not the history."""
    def __reversed__(self) -> Tensor:
        """reversed(tensor): turned round along its first dimension."""
    def __rfloordiv__(self, other: _Operand) -> Tensor: ...
    def __rlshift__(self, other: _Operand) -> Tensor: ...
    def __rmatmul__(self, other: _Operand) -> Tensor: ...
    def __rmod__(self, other: _Operand) -> Tensor: ...
    def __rmul__(self, other: _Operand) -> Tensor: ...
    def __ror__(self, other: _Operand) -> Tensor: ...
    def __round__(self, ndigits: _int | None = None) -> Tensor:
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

        ∂x = −g / √(1 − x²)

        (x is input; g is the gradient of out.)
        """
    def acos_(self) -> Tensor:
        """`acos` in place."""
    def acosh(self) -> Tensor:
        """out = acosh(x)

        ∂x = g / √(x² − 1)

        (x is input; g is the gradient of out.)
        """
    def acosh_(self) -> Tensor:
        """`acosh` in place."""
    def add(self, other: _Operand, *, alpha: _float = 1) -> Tensor:
        """x + alpha · y."""
    def add_(self, other: _Operand, *, alpha: _float = 1) -> Tensor:
        """`add` in place."""
    def addbmm(self, batch1: Tensor, batch2: Tensor, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
        """beta · x + alpha · Σ batch1[i] @ batch2[i]; x broadcasts.

        out = beta · x + alpha · Σ batch1 @ batch2

        ∂x = g · beta
        ∂batch1 = g · alpha @ batch2ᵀ
        ∂batch2 = batch1ᵀ @ g · alpha

        (x is input; g is the gradient of out.)
        """
    def addbmm_(self, batch1: Tensor, batch2: Tensor, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
        """`addbmm` in place."""
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
    def addmm(self, mat1: Tensor, mat2: Tensor, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
        """beta · x + alpha · mat1 @ mat2 for two matrices; x broadcasts.

        out = beta · x + alpha · mat1 @ mat2

        ∂x = g · beta
        ∂mat1 = g · alpha @ mat2ᵀ
        ∂mat2 = mat1ᵀ @ g · alpha

        (x is input; g is the gradient of out.)
        """
    def addmm_(self, mat1: Tensor, mat2: Tensor, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
        """`addmm` in place."""
    def addmv(self, mat: Tensor, vec: Tensor, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
        """beta · x + alpha · mat @ vec; x broadcasts.

        out = beta · x + alpha · mat @ vec

        ∂x = g · beta
        ∂mat = g · alpha @ vecᵀ
        ∂vec = matᵀ @ g · alpha

        (x is input; g is the gradient of out.)
        """
    def addmv_(self, mat: Tensor, vec: Tensor, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
        """`addmv` in place."""
    def addr(self, vec1: Tensor, vec2: Tensor, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
        """beta · x + alpha · vec1 ⊗ vec2; x broadcasts.

        out = beta · x + alpha · vec1 ⊗ vec2

        ∂x = g · beta
        ∂vec1 = g · alpha @ vec2
        ∂vec2 = (g · alpha)ᵀ @ vec1

        (x is input; g is the gradient of out.)
        """
    def addr_(self, vec1: Tensor, vec2: Tensor, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
        """`addr` in place."""
    def adjoint(self) -> Tensor:
        """The transposed matrices of the last two dimensions. RuntimeError for a vector."""
    def all(self, dim: Any = None, keepdim: _bool = False) -> Tensor:
        """Whether every element over dim is true (not 0).

        out = ∀ x
        """
    def allclose(self, other: _Operand, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False) -> _bool:
        """Whether all elements are close, as `isclose` says: a Python bool."""
    def amax(self, dim: Any = ..., keepdim: _bool = False) -> Tensor:
        """The largest value over dim; equal values share the gradient evenly. NaN wins.

        out = max(x)

        ∂x = g · [x = out] / Σ [x = out]

        (x is input; g is the gradient of out.)
        """
    def amin(self, dim: Any = ..., keepdim: _bool = False) -> Tensor:
        """The smallest value over dim; equal values share the gradient evenly. NaN wins.

        out = min(x)

        ∂x = g · [x = out] / Σ [x = out]

        (x is input; g is the gradient of out.)
        """
    def aminmax(self, *, dim: _int | None = None, keepdim: _bool = False) -> _return_types.aminmax:
        """(min, max) over one dimension, or of all elements.

        out = (min(x), max(x))

        ∂(x) = (g[0] · [x = min] / Σ [x = min] + g[1] · [x = max] / Σ [x = max])

        (x is input; g is the gradient of out.)
        """
    def angle(self) -> Tensor:
        """The angle of x in the complex plane: π for negative numbers, else 0; NaN for NaN.

        out = arg(x)

        ∂x = 0

        (x is input; g is the gradient of out.)
        """
    def any(self, dim: Any = None, keepdim: _bool = False) -> Tensor:
        """Whether some element over dim is true (not 0).

        out = ∃ x
        """
    def apply_(self, callable: Any) -> Tensor:
        """Every element through a Python function, in place: slow. TypeError for what cannot be called."""
    def arccos(self) -> Tensor:
        """out = acos(x)

        ∂x = −g / √(1 − x²)

        (x is input; g is the gradient of out.)
        """
    def arccos_(self) -> Tensor:
        """`acos` in place."""
    def arccosh(self) -> Tensor:
        """out = acosh(x)

        ∂x = g / √(x² − 1)

        (x is input; g is the gradient of out.)
        """
    def arccosh_(self) -> Tensor:
        """`acosh` in place."""
    def arcsin(self) -> Tensor:
        """out = asin(x)

        ∂x = g / √(1 − x²)

        (x is input; g is the gradient of out.)
        """
    def arcsin_(self) -> Tensor:
        """`asin` in place."""
    def arcsinh(self) -> Tensor:
        """out = asinh(x)

        ∂x = g / √(x² + 1)

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
    def argmax(self, dim: _int | None = None, keepdim: _bool = False) -> Tensor:
        """Where the largest element along dim first stands; without dim counted through all elements.

        out = argmax(x)
        """
    def argmin(self, dim: _int | None = None, keepdim: _bool = False) -> Tensor:
        """Where the smallest element along dim first stands; without dim counted through all elements.

        out = argmin(x)
        """
    def argsort(self, dim: _int = -1, descending: _bool = False, stable: _bool = False) -> Tensor:
        """Where the elements along dim stand, in their order. Always stable.

        out = argsort(x)
        """
    def argwhere(self) -> Tensor:
        """The positions of what is not 0, one a row."""
    def as_integer_ratio(self) -> tuple[_int, _int]:
        """The value of a tensor with one element as a ratio: what the statistics module computes with."""
    def as_strided(self, size: Any, stride: Any, storage_offset: _int | None = None) -> Tensor:
        """A view of x's memory with any sizes and strides, counted in elements from storage_offset (x's own by default).

        RuntimeError where the view would leave that memory.
        """
    def as_strided_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`as_strided` in place: another shape over the same memory."""
    def as_strided_scatter(self, src: Tensor, size: Any, stride: Any, storage_offset: _int | None = None) -> Tensor:
        """A copy of x with src where `as_strided` of the copy would look. RuntimeError unless src has that size."""
    def asin(self) -> Tensor:
        """out = asin(x)

        ∂x = g / √(1 − x²)

        (x is input; g is the gradient of out.)
        """
    def asin_(self) -> Tensor:
        """`asin` in place."""
    def asinh(self) -> Tensor:
        """out = asinh(x)

        ∂x = g / √(x² + 1)

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
    def baddbmm(self, batch1: Tensor, batch2: Tensor, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
        """beta · x[i] + alpha · batch1[i] @ batch2[i]; x broadcasts.

        out = beta · x + alpha · batch1 @ batch2

        ∂x = g · beta
        ∂batch1 = g · alpha @ batch2ᵀ
        ∂batch2 = batch1ᵀ @ g · alpha

        (x is input; g is the gradient of out.)
        """
    def baddbmm_(self, batch1: Tensor, batch2: Tensor, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
        """`baddbmm` in place."""
    def bernoulli(self, p: _float | None = None, *, generator: Any = None) -> Tensor:
        """1 with the probability that stands in `input` (or p), else 0, in input's type."""
    def bernoulli_(self, *args: Any, generator: Any = None, **named: Any) -> Tensor:
        """Fill with random numbers in place; the tensor's history ends here."""
    def bincount(self, weights: Tensor | None = None, minlength: _int = 0) -> Tensor:
        """How often each of 0, 1, ... occurs in a vector of integers, or the sum of its weights.

        out = count(x)
        """
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
    def bmm(self, mat2: Tensor) -> Tensor:
        """The products of two batches of matrices, (b, n, m) @ (b, m, p). RuntimeError for anything but three dimensions.

        out = x @ mat2

        ∂x = g @ mat2ᵀ
        ∂mat2 = xᵀ @ g

        (x is input; g is the gradient of out.)
        """
    def bool(self, memory_format: Any = None) -> Tensor:
        """This tensor as bool."""
    def broadcast_to(self, size: Sequence[_int]) -> Tensor:
        """x broadcast to a shape without copying."""
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
    def cholesky(self, upper: _bool = False) -> Tensor:
        """`linalg.cholesky` under its old name."""
    def cholesky_inverse(self, upper: _bool = False) -> Tensor:
        """A⁻¹, given the Cholesky factor L of A."""
    def cholesky_solve(self, L: Tensor, upper: _bool = False) -> Tensor:
        """X with A X = B, given the Cholesky factor L of A."""
    def chunk(self, chunks: _int, dim: _int = 0) -> tuple[Tensor, ...]:
        """At most `chunks` views of x cut along dim, all of one size but for the last."""
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
    def combinations(self, r: _int = 2, with_replacement: _bool = False) -> Tensor:
        """All choices of r elements of a vector, one a row, in the order of itertools."""
    def conj(self) -> Tensor:
        """x itself, for there are no complex numbers here."""
    def conj_physical(self) -> Tensor:
        """x itself: the conjugate of a real number."""
    def conj_physical_(self) -> Tensor:
        """`conj_physical` in place."""
    def const_data_ptr(self) -> Any: ...
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
    def corrcoef(self) -> Tensor:
        """The correlations of variables (rows) over observations (columns): covariances over the product of both deviations."""
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
    def count_nonzero(self, dim: Any = None) -> Tensor:
        """How many elements over dim are not 0.

        out = #x ≠ 0
        """
    def cov(self, *, correction: _int = 1, fweights: Tensor | None = None, aweights: Tensor | None = None) -> Tensor:
        """The covariances of variables (rows) over observations (columns): Σ w (x − mean)(x − mean)ᵀ / (Σ w − correction).

        `fweights` counts how often an observation was made, `aweights` says how much it matters. RuntimeError beyond two dimensions.
        """
    def cpu(self, memory_format: Any = None) -> Tensor: ...
    def cross(self, other: _Operand, dim: _int | None = None) -> Tensor:
        """The vector product along dim, which has size 3 in both; without dim along the first dimension of size 3."""
    def cuda(self, *args: Any, **kwargs: Any) -> Tensor:
        """There is none: AssertionError, as PyTorch's build without CUDA raises."""
    def cummax(self, dim: _int) -> _return_types.cummax:
        """The largest element up to each one along dim, and where it last stood.

        out = cummax(x)

        ∂x = g at [indices]

        (x is input; g is the gradient of out.)
        """
    def cummin(self, dim: _int) -> _return_types.cummin:
        """The smallest element up to each one along dim, and where it last stood.

        out = cummin(x)

        ∂x = g at [indices]

        (x is input; g is the gradient of out.)
        """
    def cumprod(self, dim: _int, *, dtype: Any = None) -> Tensor:
        """The products of the elements up to each one along dim; integers and bools are multiplied as int64.

        out = cumprod(x)

        ∂x = Σ_{j ≥ i} g · out / x

        (x is input; g is the gradient of out.)
        """
    def cumprod_(self, dim: _int, *, dtype: Any = None) -> Tensor:
        """`cumprod` in place."""
    def cumsum(self, dim: _int, *, dtype: Any = None) -> Tensor:
        """The sums of the elements up to each one along dim; integers and bools are summed as int64.

        out = cumsum(x)

        ∂x = Σ_{j ≥ i} g

        (x is input; g is the gradient of out.)
        """
    def cumsum_(self, dim: _int, *, dtype: Any = None) -> Tensor:
        """`cumsum` in place."""
    def data_ptr(self) -> _int: ...
    def deg2rad(self) -> Tensor:
        """Degrees as radians.

        out = π / 180 · x

        ∂x = π / 180 · g

        (x is input; g is the gradient of out.)
        """
    def deg2rad_(self) -> Tensor:
        """`deg2rad` in place."""
    def dense_dim(self) -> Any: ...
    def det(self) -> Tensor:
        """The determinants of square matrices.

        out = det A

        ∂A = g · out · A⁻ᵀ

        (; g is the gradient of out.)
        """
    def diag(self, diagonal: _int = 0) -> Tensor:
        """A vector as the diagonal of a matrix, or the diagonal of a matrix as a vector (a copy)."""
    def diag_embed(self, offset: _int = 0, dim1: _int = -2, dim2: _int = -1) -> Tensor:
        """The last dimension of x as a diagonal of two new dimensions dim1 and dim2, zeros elsewhere.

        out = diag(x)

        ∂x = diagonal(g)

        (x is input; g is the gradient of out.)
        """
    def diagflat(self, offset: _int = 0) -> Tensor:
        """All elements of x as the diagonal of a matrix."""
    def diagonal(self, offset: _int = 0, dim1: _int = 0, dim2: _int = 1) -> Tensor:
        """The elements x[i, i + offset] of two dimensions, as a last dimension: a view. RuntimeError when they are one.

        out = diagonal(x)

        ∂x = diag(g)

        (x is input; g is the gradient of out.)
        """
    def diagonal_scatter(self, src: Tensor, offset: _int = 0, dim1: _int = 0, dim2: _int = 1) -> Tensor:
        """A copy of x with src on a diagonal. RuntimeError unless src has the diagonal's shape.

        out = x with part ← src

        ∂x = g with part ← 0
        ∂src = diagonal(g)

        (x is input; g is the gradient of out.)
        """
    def diff(self, n: _int = 1, dim: _int = -1, prepend: Tensor | None = None, append: Tensor | None = None) -> Tensor:
        """x[i + 1] − x[i] along dim, n times over; `prepend` and `append` are joined to x first. Bools: whether neighbours differ."""
    def digamma(self) -> Tensor:
        """The derivative of lgamma: NaN at negative integers, -inf at 0 and inf at -0.

        out = ψ(x)

        ∂x = g · ψ⁽¹⁾(x)

        (x is input; g is the gradient of out.)
        """
    def digamma_(self) -> Tensor:
        """`digamma` in place."""
    def dim(self) -> _int: ...
    def dist(self, other: _Operand, p: _float = 2) -> Tensor:
        """The p-norm of x − y over all elements."""
    def div(self, other: _Operand, *, rounding_mode: str | None = None) -> Tensor:
        """x / y; with rounding_mode "floor" or "trunc" the rounded quotient, in the inputs' common type."""
    def div_(self, other: _Operand, *, rounding_mode: str | None = None) -> Tensor:
        """`div` in place."""
    def divide(self, other: _Operand, *, rounding_mode: str | None = None) -> Tensor:
        """x / y; with rounding_mode "floor" or "trunc" the rounded quotient, in the inputs' common type."""
    def divide_(self, other: _Operand, *, rounding_mode: str | None = None) -> Tensor:
        """`div` in place."""
    def dot(self, tensor: Any) -> Tensor:
        """Σ x y of two vectors. With more dimensions NumPy's dot, W.dot(x) = W @ x, where PyTorch refuses."""
    def double(self, memory_format: Any = None) -> Tensor:
        """This tensor as float64."""
    def dsplit(self, indices_or_sections: Any) -> tuple[Tensor, ...]:
        """x cut along dimension 2 into equal parts or at indices."""
    def element_size(self) -> _int: ...
    def eq(self, other: _Operand) -> Tensor:
        """out = [x = y]"""
    def eq_(self, other: _Operand) -> Tensor:
        """`eq` in place."""
    def equal(self, other: _Operand) -> _bool:
        """Whether two tensors have the same shape and the same elements: a Python bool. NaN differs from itself."""
    def erf(self) -> Tensor:
        """2 / √π times the integral of exp(−t²) from 0 to x.

        out = erf(x)

        ∂x = g · 2 / √π · exp(−x²)

        (x is input; g is the gradient of out.)
        """
    def erf_(self) -> Tensor:
        """`erf` in place."""
    def erfc(self) -> Tensor:
        """1 − erf(x), without the loss of digits for large x.

        out = erfc(x)

        ∂x = −g · 2 / √π · exp(−x²)

        (x is input; g is the gradient of out.)
        """
    def erfc_(self) -> Tensor:
        """`erfc` in place."""
    def erfinv(self) -> Tensor:
        """The inverse of erf: ±inf at ±1, NaN beyond.

        out = erf⁻¹(x)

        ∂x = g · √π / 2 · exp(out²)

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

        ∂x = g · out · log(2)

        (x is input; g is the gradient of out.)
        """
    def exp2_(self) -> Tensor:
        """`exp2` in place."""
    def exp_(self) -> Tensor:
        """`exp` in place."""
    def expand(self, *size: _int | Sequence[_int]) -> Tensor:
        """x broadcast to a larger shape without copying; -1 keeps a size. RuntimeError where a size is neither 1 nor the target.

        out = x

        ∂x = Σ g

        (x is input; g is the gradient of out.)
        """
    def expand_as(self, other: _Operand) -> Tensor:
        """x broadcast to the shape of y without copying."""
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
    def fill_diagonal_(self, fill_value: _float, wrap: _bool = False) -> Tensor:
        """Set the main diagonal to a value; with `wrap` it starts again below a tall matrix's foot."""
    def fix(self) -> Tensor:
        """x without its fraction.

        out = trunc(x)

        ∂x = 0

        (x is input; g is the gradient of out.)
        """
    def fix_(self) -> Tensor:
        """`trunc` in place."""
    def flatten(self, start_dim: _int = 0, end_dim: _int = -1) -> Tensor:
        """The dimensions start_dim to end_dim as one. RuntimeError when they stand in the wrong order.

        out = x

        ∂x = g

        (x is input; g is the gradient of out.)
        """
    def flip(self, *dims: _int | Sequence[_int]) -> Tensor:
        """x with the order of elements reversed along dims. IndexError out of range, RuntimeError if repeated.

        out = flip(x)

        ∂x = flip(g)

        (x is input; g is the gradient of out.)
        """
    def fliplr(self) -> Tensor:
        """x with its columns reversed. RuntimeError for fewer than two dimensions."""
    def flipud(self) -> Tensor:
        """x with its rows reversed. RuntimeError for a 0-d tensor."""
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
    def gather(self, dim: _int, index: Tensor, *, sparse_grad: _bool = False) -> Tensor:
        """out[i][j] = x[index[i][j]][j] for dim 0, and so on: one element of x along dim for each element of index.

            index has as many dimensions as x and is no larger than x apart from dim. RuntimeError for positions out of range.

        out = x[index]

        ∂x = g at [index]

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
    def geqrf(self) -> _return_types.geqrf:
        """(R above the diagonal and the reflectors below it, their factors): LAPACK's raw QR.

        out = qr(x)
        """
    def ger(self, vec2: Tensor) -> Tensor:
        """All products x[i] vec2[j] of two vectors.

        out = x ⊗ vec2

        ∂x = g @ vec2
        ∂vec2 = gᵀ @ x

        (x is input; g is the gradient of out.)
        """
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
    def histc(self, bins: _int = 100, min: _float = 0, max: _float = 0) -> Tensor:
        """How many elements fall into each of equal bins between min and max (of the data, when both are 0).

        out = histogram(x)
        """
    def histogram(self, bins: Any, *, range: Any = None, weight: _Operand | None = None, density: _bool = False) -> Any:
        """(hist, bin_edges): the elements counted (or weighed) between edges, given as a vector or as a number of equal bins."""
    def hsplit(self, indices_or_sections: Any) -> tuple[Tensor, ...]:
        """x cut along dimension 1 (a vector along 0) into equal parts or at indices."""
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
    def igamma(self, other: _Operand) -> Tensor:
        """P(a, x) = ∫ t^(a−1) exp(−t) dt from 0 to x, divided by Γ(a): NaN for negative arguments.

        out = P(x, y)

        ∂y = g · y^(x − 1) · exp(−y) / Γ(x)

        (x is input, y is other; g is the gradient of out.)
        """
    def igamma_(self, other: _Operand) -> Tensor:
        """`igamma` in place."""
    def igammac(self, other: _Operand) -> Tensor:
        """Q(a, x) = 1 − P(a, x), without cancellation.

        out = Q(x, y)

        ∂y = −(g · y^(x − 1) · exp(−y) / Γ(x))

        (x is input, y is other; g is the gradient of out.)
        """
    def igammac_(self, other: _Operand) -> Tensor:
        """`igammac` in place."""
    def index_add(self, dim: _int, index: Tensor, source: Tensor, *, alpha: _float = 1) -> Tensor:
        """x with alpha times the slices of source added at the positions of a vector.

        out = x[index] += alpha · source

        ∂x = g
        ∂source = g[index] · alpha

        (x is input; g is the gradient of out.)
        """
    def index_add_(self, dim: _int, index: Tensor, source: Tensor, *, alpha: _float = 1) -> Tensor:
        """`index_add` in place."""
    def index_copy(self, dim: _int, index: Tensor, source: Tensor) -> Tensor:
        """x with the slices of source written at the positions of a vector.

        out = x[index] ← source

        ∂x = g[index] ← 0
        ∂source = g[index]

        (x is input; g is the gradient of out.)
        """
    def index_copy_(self, dim: _int, index: Tensor, source: Tensor) -> Tensor:
        """`index_copy` in place."""
    def index_fill(self, dim: _int, index: Tensor, value: Any) -> Tensor:
        """x with a number (or 0-d tensor) written at the slices along dim at the positions of a vector; negative ones count from the end."""
    def index_fill_(self, dim: _int, index: Tensor, value: Any) -> Tensor:
        """`index_fill` in place."""
    def index_put(self, indices: Sequence[Any], values: _Operand, accumulate: _bool = False) -> Tensor:
        """x with values, broadcast to x[indices], written (or added) there. IndexError out of range, RuntimeError for other types."""
    def index_put_(self, indices: Sequence[Any], values: _Operand, accumulate: _bool = False) -> Tensor:
        """`index_put` in place."""
    def index_reduce(self, dim: _int, index: Tensor, source: Tensor, reduce: str, *, include_self: _bool = True) -> Tensor:
        """x with the prod, mean, amax or amin of the slices of source that a vector of positions sends to each slice.

        out = reduce(x, source at index)

        ∂x = g · ∂reduce / ∂x
        ∂source = g · ∂reduce / ∂source

        (x is input; g is the gradient of out.)
        """
    def index_reduce_(self, dim: _int, index: Tensor, source: Tensor, reduce: str, *, include_self: _bool = True) -> Tensor:
        """`index_reduce` in place."""
    def index_select(self, dim: _int, index: Tensor) -> Tensor:
        """The slices of x along dim at the positions of a vector. IndexError out of range.

        out = x[index]

        ∂x = g at [index]

        (x is input; g is the gradient of out.)
        """
    def inner(self, other: _Operand) -> Tensor:
        """Σ x y over the last dimension of both, for all pairs of the others; with a number, the product."""
    def int(self, memory_format: Any = None) -> Tensor:
        """This tensor as int32."""
    def inverse(self) -> Tensor:
        """The inverses of square matrices. LinAlgError for a singular one.

        out = A⁻¹

        ∂A = −(outᵀ @ g @ outᵀ)

        (; g is the gradient of out.)
        """
    def is_coalesced(self) -> Any: ...
    def is_complex(self) -> _bool: ...
    def is_conj(self) -> _bool:
        """Whether a conjugation is pending: never, for there are no complex numbers."""
    def is_contiguous(self, memory_format: Any = None) -> _bool:
        """Whether the elements lie in row-major order without gaps."""
    @property
    def is_cpu(self) -> _bool: ...
    @property
    def is_cuda(self) -> _bool: ...
    @property
    def is_distributed(self) -> Any: ...
    def is_floating_point(self) -> _bool: ...
    def is_inference(self) -> _bool: ...
    @property
    def is_ipu(self) -> Any: ...
    @property
    def is_maia(self) -> Any: ...
    @property
    def is_meta(self) -> _bool: ...
    @property
    def is_mkldnn(self) -> Any: ...
    @property
    def is_mps(self) -> _bool: ...
    @property
    def is_mtia(self) -> Any: ...
    def is_neg(self) -> _bool:
        """Whether a negation is pending: never."""
    @property
    def is_nested(self) -> Any: ...
    def is_nonzero(self) -> _bool: ...
    def is_pinned(self, device: Any = None) -> _bool: ...
    @property
    def is_quantized(self) -> _bool: ...
    def is_same_size(self, other: Any) -> _bool: ...
    def is_set_to(self, tensor: Tensor) -> _bool:
        """Whether both are the same memory in the same shape."""
    def is_shared(self) -> _bool: ...
    def is_signed(self) -> _bool: ...
    @property
    def is_sparse(self) -> _bool: ...
    @property
    def is_sparse_csr(self) -> Any: ...
    @property
    def is_vulkan(self) -> Any: ...
    @property
    def is_xla(self) -> Any: ...
    @property
    def is_xpu(self) -> _bool: ...
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
    def kron(self, other: _Operand) -> Tensor:
        """The Kronecker product: every element of x times the whole of y."""
    def kthvalue(self, k: _int, dim: _int = -1, keepdim: _bool = False) -> _return_types.kthvalue:
        """The kth smallest element along dim, counted from 1, and where it stands.

        out = kth of x

        ∂x = g at indices

        (x is input; g is the gradient of out.)
        """
    @property
    def layout(self) -> Any: ...
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
        ∂y = g · out · log(2)

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

        ∂x = g / (x · log(10))

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

        ∂x = g / (x · log(2))

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
    def logcumsumexp(self, dim: _int) -> Tensor:
        """log Σ exp(x) over the elements up to each one along dim.

        out = logcumsumexp(x)

        ∂x = exp(x) · Σ_{j ≥ i} g · exp(−out)

        (x is input; g is the gradient of out.)
        """
    def logdet(self) -> Tensor:
        """log det A: NaN where the determinant is negative, −inf where it is 0."""
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
    def logsumexp(self, dim: Any, keepdim: _bool = False) -> Tensor:
        """log Σ exp(x) over dim, with the largest x taken out so that nothing overflows.

        out = log Σ exp(x)

        ∂x = g · exp(x − out)

        (x is input; g is the gradient of out.)
        """
    def long(self, memory_format: Any = None) -> Tensor:
        """This tensor as int64."""
    def lt(self, other: _Operand) -> Tensor:
        """out = [x < y]"""
    def lt_(self, other: _Operand) -> Tensor:
        """`lt` in place."""
    def lu(self, pivot: _bool = True, get_infos: _bool = False) -> Any:
        """(LU, pivots) or (LU, pivots, info): `linalg.lu_factor` under its old name."""
    def lu_solve(self, LU_data: Tensor, LU_pivots: Tensor) -> Tensor:
        """`linalg.lu_solve` under its old name."""
    @property
    def mH(self) -> Tensor:
        """The transposed matrices of the last two dimensions: a view. RuntimeError for fewer."""
    @property
    def mT(self) -> Tensor:
        """The transposed matrices of the last two dimensions: a view. RuntimeError for fewer."""
    def map_(self, tensor: Tensor, callable: Any) -> Tensor:
        """f(own element, the other's), in place: slow."""
    def masked_fill(self, mask: Tensor, value: _Operand) -> Tensor:
        """x with a number (or 0-d tensor) where the mask is true; x and mask broadcast.

        out = mask ? value : x

        ∂x = mask ? 0 : g
        ∂value = mask ? g : 0

        (x is input; g is the gradient of out.)
        """
    def masked_fill_(self, mask: Tensor, value: _Operand) -> Tensor:
        """`masked_fill` in place."""
    def masked_scatter(self, mask: Tensor, source: Tensor) -> Tensor:
        """x with the elements of source, in their order, where the mask is true; x and mask broadcast.

        out = mask ? source : x

        ∂x = mask ? 0 : g
        ∂source = g[mask]

        (x is input; g is the gradient of out.)
        """
    def masked_scatter_(self, mask: Tensor, source: Tensor) -> Tensor:
        """`masked_scatter` in place."""
    def masked_select(self, mask: Tensor) -> Tensor:
        """The elements of x where the mask is true, in one dimension; x and mask broadcast."""
    def matmul(self, other: Tensor) -> Tensor:
        """The matrix product: 1-d · 1-d is the dot product, more than two dimensions are batches and broadcast.

        out = x @ y

        ∂x = g @ yᵀ
        ∂y = xᵀ @ g

        (x is input, y is other; g is the gradient of out.)
        """
    def matrix_exp(self) -> Tensor:
        """Σ Aᵏ / k! of square matrices.

        out = exp(A)

        ∂A = upper right of exp [[Aᵀ, g], [0, Aᵀ]]

        (; g is the gradient of out.)
        """
    def matrix_power(self, n: _int) -> Tensor:
        """A @ A @ ... n times, by squaring; a negative n takes the inverse. RuntimeError unless the matrices are square."""
    def max(self, dim: Any = None, keepdim: _bool = False, *, other: Any = None) -> Tensor:
        """The largest element of all, or (values, indices) along dim, or the elementwise maximum with another tensor."""
    def maximum(self, other: _Operand) -> Tensor:
        """out = max(x, y)

        ∂x = g · ¬[x < y] / (1 + [x = y])
        ∂y = g · ¬[y < x] / (1 + [x = y])

        (x is input, y is other; g is the gradient of out.)
        """
    def mean(self, dim: Any = None, keepdim: _bool = False, *, dtype: Any = None) -> Tensor:
        """The mean over dim (all dimensions by default). RuntimeError for integers: convert with .float().

        out = mean(x)

        ∂x = g / n

        (x is input; g is the gradient of out.)
        """
    def median(self, dim: _int | None = None, keepdim: _bool = False) -> Tensor:
        """The lower median of all elements, or (values, indices) along dim. NaN where one occurs."""
    def min(self, dim: Any = None, keepdim: _bool = False, *, other: Any = None) -> Tensor:
        """The smallest element of all, or (values, indices) along dim, or the elementwise minimum with another tensor."""
    def minimum(self, other: _Operand) -> Tensor:
        """out = min(x, y)

        ∂x = g · ¬[x > y] / (1 + [x = y])
        ∂y = g · ¬[y > x] / (1 + [x = y])

        (x is input, y is other; g is the gradient of out.)
        """
    def mm(self, mat2: Tensor) -> Tensor:
        """The product of two matrices. RuntimeError for anything but two dimensions.

        out = x @ mat2

        ∂x = g @ mat2ᵀ
        ∂mat2 = xᵀ @ g

        (x is input; g is the gradient of out.)
        """
    def mode(self, dim: _int = -1, keepdim: _bool = False) -> _return_types.mode:
        """The most frequent element along dim, the smallest of several, and where it last stands.

        out = mode(x)

        ∂x = g at indices

        (x is input; g is the gradient of out.)
        """
    def moveaxis(self, source: Any, destination: Any) -> Tensor:
        """x with the dimensions `source` moved to the places `destination`; the others keep their order."""
    def movedim(self, source: Any, destination: Any) -> Tensor:
        """x with the dimensions `source` moved to the places `destination`; the others keep their order."""
    def msort(self) -> Tensor:
        """The elements along the first dimension in order."""
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
    def mv(self, vec: Tensor) -> Tensor:
        """A matrix times a vector.

        out = x @ vec

        ∂x = g @ vecᵀ
        ∂vec = xᵀ @ g

        (x is input; g is the gradient of out.)
        """
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
    def nanmean(self, dim: Any = None, keepdim: _bool = False, *, dtype: Any = None) -> Tensor:
        """The mean over dim of what is not NaN. RuntimeError for integers."""
    def nanmedian(self, dim: _int | None = None, keepdim: _bool = False) -> Tensor:
        """`median` of what is not NaN."""
    def nanquantile(self, q: Any, dim: _int | None = None, keepdim: _bool = False, *, interpolation: str = 'linear') -> Tensor:
        """`quantile` of what is not NaN."""
    def nansum(self, dim: Any = None, keepdim: _bool = False, *, dtype: Any = None) -> Tensor:
        """The sum over dim with NaN counted as 0.

        out = Σ x

        ∂x = isnan(x) ? 0 : g

        (x is input; g is the gradient of out.)
        """
    def narrow(self, dim: _int, start: Any, length: _int) -> Tensor:
        """`length` positions of a dimension from `start` on: a view. IndexError for the start, RuntimeError for the length out of range."""
    def narrow_copy(self, dim: _int, start: _int, length: _int) -> Tensor:
        """`narrow` with memory of its own."""
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
    def new(self, *data: Any, device: Any = None) -> Tensor:
        """A tensor of this one's dtype: of sizes, or of data."""
    def new_empty(self, *size: Any, dtype: Any = None, device: Any = None, requires_grad: _bool = False, **named: Any) -> Tensor:
        """A tensor of a shape whose values are not set. In this tensor's type."""
    def new_empty_strided(self, size: Any, stride: Any, *, dtype: Any = None, device: Any = None, requires_grad: _bool = False) -> Tensor:
        """`empty_strided` in this tensor's type."""
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
    def nonzero(self, *, as_tuple: _bool = False) -> Tensor:
        """The positions of what is not 0, one a row; as_tuple: one tensor for each dimension, as an index takes them."""
    def nonzero_static(self, *, size: _int, fill_value: _int = -1) -> Tensor:
        """The first `size` positions of what is not 0, one a row, filled up with fill_value.

        out = x ≠ 0 at
        """
    def norm(self, p: Any = 'fro', dim: Any = None, keepdim: _bool = False, dtype: Any = None) -> Tensor:
        """The p-norm over dim (all elements by default); "nuc" is the sum of the singular values of matrices."""
    def normal_(self, *args: Any, generator: Any = None, **named: Any) -> Tensor:
        """Fill with random numbers in place; the tensor's history ends here."""
    def not_equal(self, other: _Operand) -> Tensor:
        """out = [x ≠ y]"""
    def not_equal_(self, other: _Operand) -> Tensor:
        """`ne` in place."""
    def numel(self) -> _int: ...
    def orgqr(self, tau: Tensor) -> Tensor:
        """The first columns of H₁ H₂ ..., the reflections whose vectors stand below A's diagonal."""
    def ormqr(self, tau: Tensor, other: _Operand, left: _bool = True, transpose: _bool = False) -> Tensor:
        """Q y (left=False: y Q; transpose: with Qᵀ), Q being the whole product of the reflections in x and tau."""
    def outer(self, vec2: Tensor) -> Tensor:
        """All products x[i] vec2[j] of two vectors.

        out = x ⊗ vec2

        ∂x = g @ vec2
        ∂vec2 = gᵀ @ x

        (x is input; g is the gradient of out.)
        """
    @property
    def output_nr(self) -> _int: ...
    def permute(self, *dims: _int | Sequence[_int]) -> Tensor:
        """x with its dimensions in another order: out.shape[i] = x.shape[dims[i]]. RuntimeError unless each is named once.

        out = xᵀ

        ∂x = gᵀ

        (x is input; g is the gradient of out.)
        """
    def pin_memory(self, device: Any = None) -> Tensor: ...
    def pinverse(self, rcond: _float = 1e-15) -> Tensor:
        """`linalg.pinv` under its old name."""
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
    def prod(self, dim: _int | None = None, keepdim: _bool = False, *, dtype: Any = None) -> Tensor:
        """The product over one dimension, or of all elements; integers and bools are multiplied as int64.

        out = Π x

        ∂x = g · out / x

        (x is input; g is the gradient of out.)
        """
    def put(self, index: Tensor, source: Tensor, accumulate: _bool = False) -> Tensor:
        """x with source written (or added) at positions counted through x in row-major order.

        out = x[index] ← source

        ∂x = g[index] ← 0
        ∂source = g[index]

        (x is input; g is the gradient of out.)
        """
    def put_(self, index: Tensor, source: Tensor, accumulate: _bool = False) -> Tensor:
        """`put` in place."""
    def qr(self, some: _bool = True) -> Any:
        """`linalg.qr` under its old name."""
    def quantile(self, q: Any, dim: _int | None = None, keepdim: _bool = False, *, interpolation: str = 'linear') -> Tensor:
        """The q-quantiles along dim (of all elements by default): q a number or a vector, which becomes the first dimension."""
    def rad2deg(self) -> Tensor:
        """Radians as degrees.

        out = 180 / π · x

        ∂x = 180 / π · g

        (x is input; g is the gradient of out.)
        """
    def rad2deg_(self) -> Tensor:
        """`rad2deg` in place."""
    def random_(self, *args: Any, generator: Any = None, **named: Any) -> Tensor:
        """Fill with random numbers in place; the tensor's history ends here."""
    def ravel(self) -> Tensor:
        """All elements in one dimension."""
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
    def renorm(self, p: _float, dim: _int, maxnorm: _float) -> Tensor:
        """x with each slice along dim scaled down so that its p-norm is at most maxnorm."""
    def renorm_(self, p: _float, dim: _int, maxnorm: _float) -> Tensor:
        """`renorm` in place."""
    def repeat(self, *repeats: _int | Sequence[_int]) -> Tensor:
        """x laid out repeats[i] times along each dimension; more repeats than dimensions add leading ones.

        out = repeat(x)

        ∂x = Σ blocks(g)

        (x is input; g is the gradient of out.)
        """
    def repeat_interleave(self, repeats: Any = None, dim: _int | None = None, *, output_size: _int | None = None) -> Tensor:
        """Each element of x along dim repeated, all equally often or as `repeats` (a tensor) says; without dim x is flattened.

        With one argument, x holds the counts and the result the positions 0, 1, ... each as often as counted.
        """
    def reshape(self, *shape: _int | Sequence[_int]) -> Tensor:
        """x with the same elements in another shape: a view where the strides allow it, else a copy. One size may be -1.

        out = x

        ∂x = g

        (x is input; g is the gradient of out.)
        """
    def reshape_as(self, other: _Operand) -> Tensor:
        """x in the shape of y."""
    def resize_(self, *sizes: Any, memory_format: Any = None) -> Tensor:
        """Another shape in place: the first elements stay, new ones are not set. RuntimeError when gradients are recorded."""
    def resize_as_(self, the_template: Tensor, memory_format: Any = None) -> Tensor:
        """`resize_` to the shape of another tensor."""
    def resolve_conj(self) -> Tensor:
        """x itself, for there are no complex numbers here."""
    def resolve_neg(self) -> Tensor:
        """x itself, for there are no complex numbers here."""
    def roll(self, shifts: Any, dims: Any = None) -> Tensor:
        """x with its elements moved on by `shifts` along `dims`, those that leave at the end coming in at the start.

            Without dims all elements are rolled as one row. RuntimeError unless there are as many shifts as dims.

        out = roll(x)

        ∂x = roll(g)

        (x is input; g is the gradient of out.)
        """
    def rot90(self, k: _int = 1, dims: Sequence[_int] = ...) -> Tensor:
        """x turned k times by 90 degrees in the plane of two dims, from the first towards the second."""
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

        ∂x = −½ · g · out³

        (x is input; g is the gradient of out.)
        """
    def rsqrt_(self) -> Tensor:
        """`rsqrt` in place."""
    def scatter(self, dim: _int, index: Tensor, src: Any = None, *, value: Any = None, reduce: str | None = None) -> Tensor:
        """x with src (a tensor or a number) written at out[index[i][j]][j] for dim 0, and so on.

        index is no larger than src, nor than x apart from dim. Where positions repeat, the last one stays.
        """
    def scatter_(self, dim: _int, index: Tensor, src: Any = None, *, value: Any = None, reduce: str | None = None) -> Tensor:
        """`scatter` in place."""
    def scatter_add(self, dim: _int, index: Tensor, src: Tensor) -> Tensor:
        """x with src added at out[index[i][j]][j] for dim 0, and so on; what meets at one place adds up.

        out = x[index] += src

        ∂x = g
        ∂src = g[index]

        (x is input; g is the gradient of out.)
        """
    def scatter_add_(self, dim: _int, index: Tensor, src: Tensor) -> Tensor:
        """`scatter_add` in place."""
    def scatter_reduce(self, dim: _int, index: Tensor, src: Tensor, reduce: str, *, include_self: _bool = True) -> Tensor:
        """x with the sum, prod, mean, amax or amin of what src sends to each place; include_self counts x itself in.

        out = reduce(x, src at index)

        ∂x = g · ∂reduce / ∂x
        ∂src = (g · ∂reduce / ∂src)

        (x is input; g is the gradient of out.)
        """
    def scatter_reduce_(self, dim: _int, index: Tensor, src: Tensor, reduce: str, *, include_self: _bool = True) -> Tensor:
        """`scatter_reduce` in place."""
    def searchsorted(self, values: _Operand, *, out_int32: _bool = False, right: _bool = False, side: str | None = None, sorter: Tensor | None = None) -> Tensor:
        """Where each value would be inserted into a sorted sequence (row by row, when it has rows) to keep it sorted.

            On ties before the equal ones, with right=True behind them. `sorter` is the order that sorts the sequence.

        out = place of values in sorted_sequence
        """
    def select(self, dim: _int, index: _int) -> Tensor:
        """x at one position of a dimension, which goes: a view. IndexError out of range.

        out = x[index]

        ∂x = g at [index]

        (x is input; g is the gradient of out.)
        """
    def select_scatter(self, src: Tensor, dim: _int, index: _int) -> Tensor:
        """A copy of x with src at one position of a dimension. RuntimeError unless src has the part's shape.

        out = x with part ← src

        ∂x = g with part ← 0
        ∂src = g[index]

        (x is input; g is the gradient of out.)
        """
    def set_(self, source: Tensor | None = None) -> Tensor:
        """Take over the memory and the shape of another tensor of this type; without one, become empty. RuntimeError for other types."""
    def sgn(self) -> Tensor:
        """−1, 0 or 1; 0 for NaN, as in PyTorch.

        out = sign(x)

        ∂x = 0

        (x is input; g is the gradient of out.)
        """
    def sgn_(self) -> Tensor:
        """`sgn` in place."""
    def share_memory_(self) -> Tensor: ...
    def short(self, memory_format: Any = None) -> Tensor:
        """This tensor as int16."""
    def sigmoid(self) -> Tensor:
        """1 / (1 + exp(−x)); an overflow of exp gives the 0 that is right.

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
    def slice_scatter(self, src: Tensor, dim: _int = 0, start: _int | None = None, end: _int | None = None, step: _int = 1) -> Tensor:
        """A copy of x with src at a slice of a dimension. RuntimeError unless src has the part's shape.

        out = x with part ← src

        ∂x = g with part ← 0
        ∂src = g[None:None:step]

        (x is input; g is the gradient of out.)
        """
    def slogdet(self) -> _return_types.slogdet:
        """(sign, log |det A|) of square matrices: (0, −inf) for a singular one.

        out = log |det A|

        ∂A = g[1] · (A⁻¹)ᵀ

        (; g is the gradient of out.)
        """
    def softmax(self, dim: _int, dtype: _dtype | None = None) -> Tensor:
        """exp(x) / Σ exp(x) over dim: positive numbers that sum to 1.

        out = softmax(x)

        ∂x = (g − Σ g · out) · out

        (x is input; g is the gradient of out.)
        """
    def sort(self, dim: _int = -1, descending: _bool = False, stable: _bool = False) -> _return_types.sort:
        """The elements along dim in order, and where each stood. Always stable.

        out = sort(x)

        ∂x = g at indices

        (x is input; g is the gradient of out.)
        """
    def sparse_dim(self) -> Any: ...
    def split(self, split_size_or_sections: Any, dim: _int = 0) -> tuple[Tensor, ...]:
        """Views of x cut along dim, of one size (the last may be smaller) or of the sizes in a list, which must add up."""
    def split_with_sizes(self, split_sizes: Sequence[_int], dim: _int = 0) -> tuple[Tensor, ...]:
        """Views of x cut along dim into the given sizes, which must add up to its size."""
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

        ∂x = g

        (x is input; g is the gradient of out.)
        """
    def squeeze_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`squeeze` in place: another shape over the same memory."""
    def std(self, dim: Any = None, unbiased: _bool | None = None, keepdim: _bool = False, *, correction: _float | None = None) -> Tensor:
        """The standard deviation over dim, with n − correction in the denominator (1 unless unbiased=False or given)."""
    def storage(self) -> Any: ...
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
    def sum(self, dim: Any = None, keepdim: _bool = False, *, dtype: Any = None) -> Tensor:
        """The sum over dim (all dimensions by default); integers and bools are summed as int64.

        out = Σ x

        ∂x = g

        (x is input; g is the gradient of out.)
        """
    def sum_to_size(self) -> Tensor:
        """x summed so that it has the given shape, from which it could have been broadcast. RuntimeError where it could not."""
    def svd(self, some: _bool = True, compute_uv: _bool = True) -> Any:
        """(U, S, V) with x = U diag(S) Vᵀ: `linalg.svd` under its old name and with V instead of its transpose."""
    def swapaxes(self, axis0: _int, axis1: _int) -> Tensor:
        """`transpose` under NumPy's name."""
    def swapaxes_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`swapaxes` in place: another shape over the same memory."""
    def swapdims(self, dim0: _int, dim1: _int) -> Tensor:
        """`transpose` under another name."""
    def swapdims_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`swapdims` in place: another shape over the same memory."""
    def t(self) -> Tensor:
        """The transpose of a matrix; a vector stays as it is. RuntimeError beyond two dimensions.

        out = xᵀ

        ∂x = gᵀ

        (x is input; g is the gradient of out.)
        """
    def t_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`t` in place: another shape over the same memory."""
    def take(self, index: Tensor) -> Tensor:
        """The elements of x, counted through in row-major order, at the positions of index."""
    def take_along_dim(self, indices: Tensor, dim: _int | None = None) -> Tensor:
        """The elements of x along dim at the positions of indices, the other dimensions broadcast; without dim x is counted through."""
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
    def tensor_split(self, indices_or_sections: Any = None, dim: _int = 0, *, indices: Any = None, sections: Any = None) -> tuple[Tensor, ...]:
        """Views of x cut along dim into so many parts of almost equal size, or at the given indices."""
    def tile(self, *dims: _int | Sequence[_int]) -> Tensor:
        """x laid out dims[i] times along each dimension; missing leading numbers count as 1.

        out = tile(x)

        ∂x = Σ blocks(g)

        (x is input; g is the gradient of out.)
        """
    def to(self, *args: Any, dtype: Any = None, device: Any = None, copy: _bool = False, non_blocking: _bool = False, memory_format: Any = None) -> Tensor:
        """This tensor in another dtype; `to("cpu")` is itself. Accepts a dtype, a device, another tensor, or both."""
    def to_dense(self, dtype: Any = None) -> Any: ...
    def to_numpy(self, dtype: Any = None, copy: _bool = False, na_value: Any = None) -> np.ndarray:
        """The array, as pandas and matplotlib ask for it: read-only when a gradient is needed."""
    def topk(self, k: _int, dim: _int = -1, largest: _bool = True, sorted: _bool = True) -> _return_types.topk:
        """The k largest (or smallest) elements along dim in order, and where they stand. RuntimeError for too many.

        out = top k of x

        ∂x = g at indices

        (x is input; g is the gradient of out.)
        """
    def trace(self) -> Tensor:
        """The sum of a matrix's diagonal. RuntimeError unless there are two dimensions.

        out = tr(x)

        ∂x = diag(g)

        (x is input; g is the gradient of out.)
        """
    def transpose(self, dim0: _int | Sequence[_int], dim1: _int | None = None) -> Tensor:
        """x with two dimensions exchanged; NumPy's form, transpose(x, order), takes an order of all dimensions.

        out = xᵀ

        ∂x = gᵀ

        (x is input; g is the gradient of out.)
        """
    def transpose_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`transpose` in place: another shape over the same memory."""
    def triangular_solve(self, A: Tensor, upper: _bool = True, transpose: _bool = False, unitriangular: _bool = False) -> _return_types.triangular_solve:
        """(solution, copy of A): `linalg.solve_triangular` under its old name.

        out = tri(A)⁻¹ @ x

        ∂(x, A) = (A⁻ᵀ g[0], −tri(A⁻ᵀ g[0] solutionᵀ))

        (x is input; g is the gradient of out.)
        """
    def tril(self, diagonal: _int = 0) -> Tensor:
        """The matrices in the last two dimensions with zeros above a diagonal.

        out = tril(x)

        ∂x = tril(g)

        (x is input; g is the gradient of out.)
        """
    def tril_(self, diagonal: _int = 0) -> Tensor:
        """`tril` in place."""
    def triu(self, diagonal: _int = 0) -> Tensor:
        """The matrices in the last two dimensions with zeros below a diagonal.

        out = triu(x)

        ∂x = triu(g)

        (x is input; g is the gradient of out.)
        """
    def triu_(self, diagonal: _int = 0) -> Tensor:
        """`triu` in place."""
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
    def unbind(self, dim: _int = 0) -> tuple[Tensor, ...]:
        """The views x[0], x[1], ... along a dimension."""
    def unflatten(self, dim: _int, sizes: Sequence[_int]) -> Tensor:
        """One dimension as several, of the given sizes; one of them may be -1. RuntimeError unless they multiply to its size."""
    def unfold(self, dimension: _int, size: _int, step: _int) -> Tensor:
        """Windows of `size` elements, every `step`, along one dimension; the window's elements are the new last dimension. A view.

        out = windows(x)

        ∂x = Σ windows(g)

        (x is input; g is the gradient of out.)
        """
    def uniform_(self, *args: Any, generator: Any = None, **named: Any) -> Tensor:
        """Fill with random numbers in place; the tensor's history ends here."""
    def unique(self, sorted: _bool = True, return_inverse: _bool = False, return_counts: _bool = False, dim: _int | None = None) -> Any:
        """The distinct values, or slices along dim, always sorted; with their inverse and counts on request. Each NaN is its own."""
    def unique_consecutive(self, return_inverse: _bool = False, return_counts: _bool = False, dim: _int | None = None) -> Any:
        """x without the values, or slices along dim, that repeat the one before."""
    def unsafe_chunk(self, chunks: _int, dim: _int = 0) -> tuple[Tensor, ...]:
        """At most `chunks` views of x cut along dim, all of one size but for the last."""
    def unsafe_split(self, split_size_or_sections: Any, dim: _int = 0) -> tuple[Tensor, ...]:
        """Views of x cut along dim, of one size (the last may be smaller) or of the sizes in a list, which must add up."""
    def unsafe_split_with_sizes(self, split_sizes: Sequence[_int], dim: _int = 0) -> tuple[Tensor, ...]:
        """Views of x cut along dim into the given sizes, which must add up to its size."""
    def unsqueeze(self, dim: _int) -> Tensor:
        """x with a dimension of size 1 inserted at dim.

        out = x

        ∂x = g

        (x is input; g is the gradient of out.)
        """
    def unsqueeze_(self, *args: Any, **kwargs: Any) -> Tensor:
        """`unsqueeze` in place: another shape over the same memory."""
    def untyped_storage(self) -> Any: ...
    def var(self, dim: Any = None, unbiased: _bool | None = None, keepdim: _bool = False, *, correction: _float | None = None) -> Tensor:
        """The variance over dim, with n − correction in the denominator (1 unless unbiased=False or given)."""
    def vdot(self, other: _Operand) -> Tensor:
        """`dot`: there are no complex numbers to conjugate."""
    def view(self, *size: _int | Sequence[_int]) -> Tensor:
        """x in another shape, always a view. RuntimeError where the strides do not allow one: use reshape.

        out = x

        ∂x = g

        (x is input; g is the gradient of out.)
        """
    def view_as(self, other: _Operand) -> Tensor:
        """x in the shape of y, sharing memory."""
    def vsplit(self, indices_or_sections: Any) -> tuple[Tensor, ...]:
        """x cut along dimension 0 into equal parts or at indices."""
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
