# Written by `python -m autograd_core.stubs` from the declarations: change those and run it again.
from builtins import bool as _bool, complex as _complex, float as _float, int as _int, type as _type
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np

from .dtypes import dtype as _dtype
from .tensor.base import Size as Size, Tensor as Tensor, device as _device
from . import return_types as _return_types

_Operand: TypeAlias = Tensor | np.ndarray | np.generic | _float

from . import autograd as autograd
from . import linalg as linalg
from . import random as random
from . import special as special
from . import utils as utils
from .autograd import enable_grad as enable_grad
from .autograd import inference_mode as inference_mode
from .autograd import is_grad_enabled as is_grad_enabled
from .autograd import is_inference_mode_enabled as is_inference_mode_enabled
from .autograd import no_grad as no_grad
from .autograd import set_grad_enabled as set_grad_enabled
from .devices import accelerator as accelerator
from .devices import backends as backends
from .devices import cuda as cuda
from .devices import mps as mps
from .devices import xpu as xpu
from .dtypes import bool_ as bool_
from .dtypes import double as double
from .dtypes import dtype as dtype
from .dtypes import finfo as finfo
from .dtypes import float16 as float16
from .dtypes import float32 as float32
from .dtypes import float64 as float64
from .dtypes import get_default_dtype as get_default_dtype
from .dtypes import half as half
from .dtypes import iinfo as iinfo
from .dtypes import int8 as int8
from .dtypes import int16 as int16
from .dtypes import int32 as int32
from .dtypes import int64 as int64
from .dtypes import long as long
from .dtypes import promote_types as promote_types
from .dtypes import set_default_dtype as set_default_dtype
from .dtypes import short as short
from .dtypes import uint8 as uint8
from .dtypes import float_ as float
from .dtypes import int_ as int
from .kernels.threads import get_num_threads as get_num_threads
from .kernels.threads import set_num_threads as set_num_threads
from .printing import get_printoptions as get_printoptions
from .printing import set_printoptions as set_printoptions
from .siblings import NAMES as NAMES
from .tensor import Size as Size
from .tensor import Tensor as Tensor
from .tensor import device as device
from .tensor.create import arange as arange
from .tensor.create import as_tensor as as_tensor
from .tensor.create import asarray as asarray
from .tensor.create import empty as empty
from .tensor.create import empty_like as empty_like
from .tensor.create import eye as eye
from .tensor.create import from_numpy as from_numpy
from .tensor.create import full as full
from .tensor.create import full_like as full_like
from .tensor.create import linspace as linspace
from .tensor.create import logspace as logspace
from .tensor.create import ones as ones
from .tensor.create import ones_like as ones_like
from .tensor.create import scalar_tensor as scalar_tensor
from .tensor.create import tensor as tensor
from .tensor.create import zeros as zeros
from .tensor.create import zeros_like as zeros_like
from .tensor.facts import can_cast as can_cast
from .tensor.facts import is_complex as is_complex
from .tensor.facts import is_floating_point as is_floating_point
from .tensor.facts import is_nonzero as is_nonzero
from .tensor.facts import is_tensor as is_tensor
from .tensor.facts import numel as numel
from .tensor.facts import result_type as result_type
from .tensor.interop import from_dlpack as from_dlpack
from .tensor.random import Generator as Generator
from .tensor.random import bernoulli as bernoulli
from .tensor.random import binomial as binomial
from .tensor.random import default_generator as default_generator
from .tensor.random import get_rng_state as get_rng_state
from .tensor.random import initial_seed as initial_seed
from .tensor.random import manual_seed as manual_seed
from .tensor.random import multinomial as multinomial
from .tensor.random import normal as normal
from .tensor.random import poisson as poisson
from .tensor.random import rand as rand
from .tensor.random import rand_like as rand_like
from .tensor.random import randint as randint
from .tensor.random import randint_like as randint_like
from .tensor.random import randn as randn
from .tensor.random import randn_like as randn_like
from .tensor.random import randperm as randperm
from .tensor.random import seed as seed
from .tensor.random import set_rng_state as set_rng_state
from .dtypes import bool_ as bool
from .serialization import load as load, save as save
import data as data, nn as nn, optim as optim
from . import viz as viz

__version__: str

def abs(input: Tensor) -> Tensor:
    """The absolute value; its gradient at 0 is 0.

    out = |x|

    ∂x = g · sign(x)

    (x is input; g is the gradient of out.)
    """
def abs_(input: Tensor) -> Tensor:
    """`abs` in place."""
def absolute(input: Tensor) -> Tensor:
    """The absolute value; its gradient at 0 is 0.

    out = |x|

    ∂x = g · sign(x)

    (x is input; g is the gradient of out.)
    """
def acos(input: Tensor) -> Tensor:
    """out = acos(x)

    ∂x = −g · 1 / √(1 − x²)

    (x is input; g is the gradient of out.)
    """
def acos_(input: Tensor) -> Tensor:
    """`acos` in place."""
def acosh(input: Tensor) -> Tensor:
    """out = acosh(x)

    ∂x = g · 1 / √(x² − 1)

    (x is input; g is the gradient of out.)
    """
def acosh_(input: Tensor) -> Tensor:
    """`acosh` in place."""
def add(input: Tensor, other: _Operand, *, alpha: _float = 1) -> Tensor:
    """x + alpha · y."""
def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: _float = 1) -> Tensor:
    """x + value · tensor1 / tensor2.

    out = x + value · tensor1 / tensor2

    ∂x = g
    ∂tensor1 = g · value / tensor2
    ∂tensor2 = −g · value · tensor1 / tensor2²

    (x is input; g is the gradient of out.)
    """
def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: _float = 1) -> Tensor:
    """x + value · tensor1 · tensor2.

    out = x + value · tensor1 · tensor2

    ∂x = g
    ∂tensor1 = g · tensor2 · value
    ∂tensor2 = g · tensor1 · value

    (x is input; g is the gradient of out.)
    """
def allclose(input: Tensor, other: _Operand, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False) -> _bool:
    """Whether all elements are close, as `isclose` says: a Python bool."""
def alpha_dropout(input: Tensor, p: _float = 0.5, training: _bool = False, inplace: _bool = False) -> Tensor:
    """Dropout to SELU's negative saturation, then scaled and shifted so that mean 0 and variance 1 stay."""
def amax(input: Tensor, dim: Any = ..., keepdim: _bool = False) -> Tensor:
    """The largest value over dim; equal values share the gradient evenly.

    out = max(x)

    ∂x = g · [x = out] / Σ [x = out]

    (x is input; g is the gradient of out.)
    """
def amin(input: Tensor, dim: Any = ..., keepdim: _bool = False) -> Tensor:
    """The smallest value over dim; equal values share the gradient evenly.

    out = min(x)

    ∂x = g · [x = out] / Σ [x = out]

    (x is input; g is the gradient of out.)
    """
def angle(input: Tensor) -> Tensor:
    """The angle of x in the complex plane: π for negative numbers, else 0; NaN for NaN.

    out = arg(x)

    ∂x = 0

    (x is input; g is the gradient of out.)
    """
def arccos(input: Tensor) -> Tensor:
    """out = acos(x)

    ∂x = −g · 1 / √(1 − x²)

    (x is input; g is the gradient of out.)
    """
def arccos_(*args: Any, **kwargs: Any) -> Any:
    """`acos` in place."""
def arccosh(input: Tensor) -> Tensor:
    """out = acosh(x)

    ∂x = g · 1 / √(x² − 1)

    (x is input; g is the gradient of out.)
    """
def arccosh_(*args: Any, **kwargs: Any) -> Any:
    """`acosh` in place."""
def arcsin(input: Tensor) -> Tensor:
    """out = asin(x)

    ∂x = g · 1 / √(1 − x²)

    (x is input; g is the gradient of out.)
    """
def arcsin_(*args: Any, **kwargs: Any) -> Any:
    """`asin` in place."""
def arcsinh(input: Tensor) -> Tensor:
    """out = asinh(x)

    ∂x = g · 1 / √(x² + 1)

    (x is input; g is the gradient of out.)
    """
def arcsinh_(*args: Any, **kwargs: Any) -> Any:
    """`asinh` in place."""
def arctan(input: Tensor) -> Tensor:
    """out = atan(x)

    ∂x = g / (x² + 1)

    (x is input; g is the gradient of out.)
    """
def arctan2(input: Tensor, other: _Operand) -> Tensor:
    """out = atan2(x, y)

    ∂x = g · y / (x² + y²)
    ∂y = −g · x / (x² + y²)

    (x is input, y is other; g is the gradient of out.)
    """
def arctan_(*args: Any, **kwargs: Any) -> Any:
    """`atan` in place."""
def arctanh(input: Tensor) -> Tensor:
    """out = atanh(x)

    ∂x = g / (1 − x²)

    (x is input; g is the gradient of out.)
    """
def arctanh_(*args: Any, **kwargs: Any) -> Any:
    """`atanh` in place."""
def asin(input: Tensor) -> Tensor:
    """out = asin(x)

    ∂x = g · 1 / √(1 − x²)

    (x is input; g is the gradient of out.)
    """
def asin_(input: Tensor) -> Tensor:
    """`asin` in place."""
def asinh(input: Tensor) -> Tensor:
    """out = asinh(x)

    ∂x = g · 1 / √(x² + 1)

    (x is input; g is the gradient of out.)
    """
def asinh_(input: Tensor) -> Tensor:
    """`asinh` in place."""
def atan(input: Tensor) -> Tensor:
    """out = atan(x)

    ∂x = g / (x² + 1)

    (x is input; g is the gradient of out.)
    """
def atan2(input: Tensor, other: _Operand) -> Tensor:
    """out = atan2(x, y)

    ∂x = g · y / (x² + y²)
    ∂y = −g · x / (x² + y²)

    (x is input, y is other; g is the gradient of out.)
    """
def atan_(input: Tensor) -> Tensor:
    """`atan` in place."""
def atanh(input: Tensor) -> Tensor:
    """out = atanh(x)

    ∂x = g / (1 − x²)

    (x is input; g is the gradient of out.)
    """
def atanh_(input: Tensor) -> Tensor:
    """`atanh` in place."""
def bitwise_and(input: Tensor, other: _Operand) -> Tensor:
    """x and y, bit by bit.

    out = x ∧ y
    """
def bitwise_left_shift(input: Tensor, other: _Operand) -> Tensor:
    """x · 2^y: the bits of x moved up by y.

    out = x << y
    """
def bitwise_not(input: Tensor) -> Tensor:
    """Every bit of x turned over; of a bool, its opposite.

    out = ¬x
    """
def bitwise_or(input: Tensor, other: _Operand) -> Tensor:
    """x or y, bit by bit.

    out = x ∨ y
    """
def bitwise_right_shift(input: Tensor, other: _Operand) -> Tensor:
    """⌊x / 2^y⌋: the bits of x moved down by y.

    out = x >> y
    """
def bitwise_xor(input: Tensor, other: _Operand) -> Tensor:
    """Either x or y, bit by bit.

    out = x ⊻ y
    """
def cat(tensors: Sequence[Tensor], dim: _int = 0) -> Tensor:
    """The tensors joined along an existing dimension; their other sizes must be equal. Empty 1-d tensors are skipped.

    out = cat(xs)

    ∂xs = cat_backward(g, xs_shapes, dim)

    (xs is tensors; g is the gradient of out.)
    """
def ceil(input: Tensor) -> Tensor:
    """The smallest integer not below x.

    out = ⌈x⌉

    ∂x = 0

    (x is input; g is the gradient of out.)
    """
def ceil_(input: Tensor) -> Tensor:
    """`ceil` in place."""
def celu(input: Tensor, alpha: _float = 1.0, inplace: _bool = False) -> Tensor:
    """x where it is positive, else α (exp(x / α) − 1)."""
def celu_(input: Tensor, alpha: _float = 1.0, inplace: _bool = False) -> Tensor:
    """`celu` in place."""
def channel_shuffle(input: Tensor, groups: _int) -> Tensor:
    """The channels of (N, C, ...) dealt out of `groups` piles. Zhang et al. 2018."""
def clamp(input: Tensor, min: _Operand | None = None, max: _Operand | None = None) -> Tensor:
    """x held between min and max, numbers or tensors; the gradient passes on the edges too. NaN stays NaN."""
def clamp_(input: Tensor, min: _Operand | None = None, max: _Operand | None = None) -> Tensor:
    """`clamp` in place."""
def clamp_max(input: Tensor, max: _Operand) -> Tensor:
    """x, or max where that is smaller."""
def clamp_max_(input: Tensor, max: _Operand) -> Tensor:
    """`clamp_max` in place."""
def clamp_min(input: Tensor, min: _Operand) -> Tensor:
    """x, or min where that is larger."""
def clamp_min_(input: Tensor, min: _Operand) -> Tensor:
    """`clamp_min` in place."""
def clip(input: Tensor, min: _Operand | None = None, max: _Operand | None = None) -> Tensor:
    """x held between min and max, numbers or tensors; the gradient passes on the edges too. NaN stays NaN."""
def clip_(*args: Any, **kwargs: Any) -> Any:
    """`clamp` in place."""
def clone(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """A copy that gradients pass through.

    out = clone(x)

    ∂x = g

    (x is input; g is the gradient of out.)
    """
def conj(input: Tensor) -> Tensor:
    """x itself, for there are no complex numbers here."""
def conj_physical(input: Tensor) -> Tensor:
    """x itself: the conjugate of a real number."""
def conj_physical_(input: Tensor) -> Tensor:
    """`conj_physical` in place."""
def conv1d(input: Tensor, weight: _Operand, bias: Tensor | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] | str = 0, dilation: _int | Sequence[_int] = 1, groups: _int = 1) -> Tensor:
    """Cross-correlation over x (N, C, L) with weight (O, C/groups, K); padding may be 'same' or 'valid'."""
def conv2d(input: Tensor, weight: _Operand, bias: Tensor | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] | str = 0, dilation: _int | Sequence[_int] = 1, groups: _int = 1) -> Tensor:
    """Cross-correlation over x (N, C, H, W) with weight (O, C/groups, K, L); padding may be 'same' or 'valid'."""
def conv3d(input: Tensor, weight: _Operand, bias: Tensor | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] | str = 0, dilation: _int | Sequence[_int] = 1, groups: _int = 1) -> Tensor:
    """Cross-correlation over x (N, C, D, H, W) with weight (O, C/groups, J, K, L); padding may be 'same' or 'valid'."""
def conv_transpose1d(input: Tensor, weight: _Operand, bias: Tensor | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] = 0, output_padding: _int | Sequence[_int] = 0, groups: _int = 1, dilation: _int | Sequence[_int] = 1) -> Tensor:
    """The transpose of conv1d: x (N, C, L), weight (C, O/groups, K)."""
def conv_transpose2d(input: Tensor, weight: _Operand, bias: Tensor | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] = 0, output_padding: _int | Sequence[_int] = 0, groups: _int = 1, dilation: _int | Sequence[_int] = 1) -> Tensor:
    """The transpose of conv2d: x (N, C, H, W), weight (C, O/groups, K, L)."""
def conv_transpose3d(input: Tensor, weight: _Operand, bias: Tensor | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] = 0, output_padding: _int | Sequence[_int] = 0, groups: _int = 1, dilation: _int | Sequence[_int] = 1) -> Tensor:
    """The transpose of conv3d: x (N, C, D, H, W), weight (C, O/groups, J, K, L)."""
def copysign(input: Tensor, other: _Operand) -> Tensor:
    """|x| with the sign of y.

    out = |x| · sign(y)

    ∂x = [x = 0] ? 0 : g · out / x
    ∂y = 0

    (x is input, y is other; g is the gradient of out.)
    """
def cos(input: Tensor) -> Tensor:
    """out = cos(x)

    ∂x = −g · sin(x)

    (x is input; g is the gradient of out.)
    """
def cos_(input: Tensor) -> Tensor:
    """`cos` in place."""
def cosh(input: Tensor) -> Tensor:
    """out = cosh(x)

    ∂x = g · sinh(x)

    (x is input; g is the gradient of out.)
    """
def cosh_(input: Tensor) -> Tensor:
    """`cosh` in place."""
def cosine_similarity(x1: Tensor, x2: Tensor, dim: _int = 1, eps: _float = 1e-08) -> Tensor:
    """x1 · x2 / (max(‖x1‖, eps) · max(‖x2‖, eps)) over dim."""
def deg2rad(input: Tensor) -> Tensor:
    """Degrees as radians.

    out = π / 180 · x

    ∂x = g · 0.0174533

    (x is input; g is the gradient of out.)
    """
def deg2rad_(input: Tensor) -> Tensor:
    """`deg2rad` in place."""
def digamma(input: Tensor) -> Tensor:
    """The derivative of lgamma: NaN at negative integers, -inf at 0 and inf at -0.

    out = ψ(x)

    ∂x = g · ψ⁽1⁾(x)

    (x is input; g is the gradient of out.)
    """
def div(input: Tensor, other: _Operand, *, rounding_mode: str | None = None) -> Tensor:
    """x / y; with rounding_mode "floor" or "trunc" the rounded quotient, in the inputs' common type."""
def divide(input: Tensor, other: _Operand, *, rounding_mode: str | None = None) -> Tensor:
    """x / y; with rounding_mode "floor" or "trunc" the rounded quotient, in the inputs' common type."""
def dropout(input: Tensor, p: _float = 0.5, training: _bool = True, inplace: _bool = False) -> Tensor:
    """Each element 0 with probability p, else scaled by 1/(1−p), so that the mean stays; the identity when not training."""
def eq(input: Tensor, other: _Operand) -> Tensor:
    """out = [x = y]"""
def equal(input: Tensor, other: _Operand) -> _bool:
    """Whether two tensors have the same shape and the same elements: a Python bool. NaN differs from itself."""
def erf(input: Tensor) -> Tensor:
    """2/√π ∫₀ˣ exp(-t²) dt.

    out = erf(x)

    ∂x = g · 1.12838 · exp(−x²)

    (x is input; g is the gradient of out.)
    """
def erf_(input: Tensor) -> Tensor:
    """`erf` in place."""
def erfc(input: Tensor) -> Tensor:
    """1 - erf(x), accurate far to the right.

    out = erfc(x)

    ∂x = g · -1.12838 · exp(−x²)

    (x is input; g is the gradient of out.)
    """
def erfc_(input: Tensor) -> Tensor:
    """`erfc` in place."""
def erfinv(input: Tensor) -> Tensor:
    """The inverse of erf: ±inf at ±1, NaN beyond.

    out = erf⁻¹(x)

    ∂x = g · exp(out²) / 1.12838

    (x is input; g is the gradient of out.)
    """
def exp(input: Tensor) -> Tensor:
    """out = exp(x)

    ∂x = g · out

    (x is input; g is the gradient of out.)
    """
def exp2(input: Tensor) -> Tensor:
    """out = 2^x

    ∂x = g · out · 0.693147

    (x is input; g is the gradient of out.)
    """
def exp2_(input: Tensor) -> Tensor:
    """`exp2` in place."""
def exp_(input: Tensor) -> Tensor:
    """`exp` in place."""
def expm1(input: Tensor) -> Tensor:
    """out = exp(x) − 1

    ∂x = g · (out + 1)

    (x is input; g is the gradient of out.)
    """
def expm1_(input: Tensor) -> Tensor:
    """`expm1` in place."""
def feature_alpha_dropout(input: Tensor, p: _float = 0.5, training: _bool = False, inplace: _bool = False) -> Tensor:
    """Alpha dropout of whole channels."""
def fix(input: Tensor) -> Tensor:
    """x without its fraction.

    out = trunc(x)

    ∂x = 0

    (x is input; g is the gradient of out.)
    """
def fix_(*args: Any, **kwargs: Any) -> Any:
    """`trunc` in place."""
def flatten(input: Tensor, start_dim: _int = 0, end_dim: _int = -1) -> Tensor:
    """The dimensions start_dim to end_dim as one."""
def float_power(input: Tensor, other: _Operand) -> Tensor:
    """x to the power y, computed in float64."""
def floor(input: Tensor) -> Tensor:
    """The largest integer not above x.

    out = ⌊x⌋

    ∂x = 0

    (x is input; g is the gradient of out.)
    """
def floor_(input: Tensor) -> Tensor:
    """`floor` in place."""
def floor_divide(input: Tensor, other: _Operand) -> Tensor:
    """⌊x / y⌋ in the inputs' common type.

    out = ⌊x / y⌋

    ∂x = 0
    ∂y = 0

    (x is input, y is other; g is the gradient of out.)
    """
def fmax(input: Tensor, other: _Operand) -> Tensor:
    """out = max(x, y)

    ∂x = [x ≥ y] ∨ isnan(y) ? g : 0
    ∂y = [x ≥ y] ∨ isnan(y) ? 0 : g

    (x is input, y is other; g is the gradient of out.)
    """
def fmin(input: Tensor, other: _Operand) -> Tensor:
    """out = min(x, y)

    ∂x = [x ≤ y] ∨ isnan(y) ? g : 0
    ∂y = [x ≤ y] ∨ isnan(y) ? 0 : g

    (x is input, y is other; g is the gradient of out.)
    """
def fmod(input: Tensor, other: _Operand) -> Tensor:
    """x − trunc(x / y) · y: the remainder with x's sign.

    out = fmod(x, y)

    ∂x = g
    ∂y = −g · trunc(x / y)

    (x is input, y is other; g is the gradient of out.)
    """
def frac(input: Tensor) -> Tensor:
    """The part of x behind the point, with x's sign.

    out = x − trunc(x)

    ∂x = g

    (x is input; g is the gradient of out.)
    """
def frac_(input: Tensor) -> Tensor:
    """`frac` in place."""
def frexp(input: Tensor) -> _return_types.frexp:
    """(mantissa, exponent) with x = mantissa · 2^exponent and the mantissa in [½, 1).

    out = frexp(x)

    ∂x = g / 2^exponent

    (x is input; g is the gradient of out.)
    """
def gcd(input: Tensor, other: _Operand) -> Tensor:
    """The greatest common divisor.

    out = gcd(x, y)
    """
def gcd_(input: Tensor, other: _Operand) -> Tensor:
    """`gcd` in place."""
def ge(input: Tensor, other: _Operand) -> Tensor:
    """out = [x ≥ y]"""
def greater(input: Tensor, other: _Operand) -> Tensor:
    """out = [x > y]"""
def greater_equal(input: Tensor, other: _Operand) -> Tensor:
    """out = [x ≥ y]"""
def group_norm(input: Tensor, num_groups: _int, weight: _Operand | None = None, bias: Tensor | None = None, eps: _float = 1e-05) -> Tensor:
    """Normalise each image of (N, C, ...) over num_groups groups of channels, then scale and shift each channel."""
def gt(input: Tensor, other: _Operand) -> Tensor:
    """out = [x > y]"""
def hardshrink(input: Tensor, lambd: _float = 0.5) -> Tensor:
    """x where |x| > λ, else 0."""
def heaviside(input: Tensor, other: Tensor) -> Tensor:
    """1 where x is positive, y where it is 0, else 0.

    out = [x > 0] + y · [x = 0]

    ∂x = 0
    ∂y = [x = 0] ? g : 0

    (x is input, y is other; g is the gradient of out.)
    """
def hypot(input: Tensor, other: _Operand) -> Tensor:
    """out = √(x² + y²)

    ∂x = g · x / out
    ∂y = g · y / out

    (x is input, y is other; g is the gradient of out.)
    """
def i0(input: Tensor) -> Tensor:
    """The modified Bessel function I₀(x).

    out = I₀(x)

    ∂x = g · I₁(x)

    (x is input; g is the gradient of out.)
    """
def i0_(input: Tensor) -> Tensor:
    """`i0` in place."""
def isclose(input: Tensor, other: _Operand, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False) -> Tensor:
    """Whether |x − y| ≤ atol + rtol · |y|, or both are the same infinity, or (with equal_nan) both NaN.

    out = [|x − y| ≤ atol + rtol · |y|]
    """
def isfinite(input: Tensor) -> Tensor:
    """out = isfinite(x)"""
def isin(elements: _Operand, test_elements: _Operand, *, assume_unique: _bool = False, invert: _bool = False) -> Tensor:
    """For each element whether it is one of the test elements (is none of them, with invert). One of the two may be a number.

    out = [elements ∈ test_elements]
    """
def isinf(input: Tensor) -> Tensor:
    """out = isinf(x)"""
def isnan(input: Tensor) -> Tensor:
    """out = isnan(x)"""
def isneginf(input: Tensor) -> Tensor:
    """Whether x is −∞.

    out = isneginf(x)
    """
def isposinf(input: Tensor) -> Tensor:
    """Whether x is +∞.

    out = isposinf(x)
    """
def isreal(input: Tensor) -> Tensor:
    """Whether x has no imaginary part: always, for there are no complex types.

    out = isreal(x)
    """
def layer_norm(input: Tensor, normalized_shape: Sequence[_int], weight: _Operand | None = None, bias: Tensor | None = None, eps: _float = 1e-05) -> Tensor:
    """Normalise over the trailing dimensions normalized_shape, then scale and shift elementwise."""
def lcm(input: Tensor, other: _Operand) -> Tensor:
    """The least common multiple.

    out = lcm(x, y)
    """
def lcm_(input: Tensor, other: _Operand) -> Tensor:
    """`lcm` in place."""
def ldexp(input: Tensor, other: _Operand) -> Tensor:
    """x · 2^y.

    out = x · 2^y

    ∂x = g · 2^y
    ∂y = g · out · 0.693147

    (x is input, y is other; g is the gradient of out.)
    """
def ldexp_(input: Tensor, other: _Operand) -> Tensor:
    """`ldexp` in place."""
def le(input: Tensor, other: _Operand) -> Tensor:
    """out = [x ≤ y]"""
def lerp(input: Tensor, end: Tensor, weight: _Operand) -> Tensor:
    """From x at weight 0 to end at weight 1 on a straight line; exact at both ends.

    out = x + weight · (end − x)

    ∂x = g · (1 − weight)
    ∂end = g · weight
    ∂weight = g · (end − x)

    (x is input; g is the gradient of out.)
    """
def less(input: Tensor, other: _Operand) -> Tensor:
    """out = [x < y]"""
def less_equal(input: Tensor, other: _Operand) -> Tensor:
    """out = [x ≤ y]"""
def lgamma(input: Tensor) -> Tensor:
    """log |Γ(x)|: inf at 0, -1, -2, ...

    out = log |Γ(x)|

    ∂x = g · ψ(x)

    (x is input; g is the gradient of out.)
    """
def log(input: Tensor) -> Tensor:
    """out = log(x)

    ∂x = g / x

    (x is input; g is the gradient of out.)
    """
def log10(input: Tensor) -> Tensor:
    """out = log₁₀(x)

    ∂x = g / (x · 2.30259)

    (x is input; g is the gradient of out.)
    """
def log10_(input: Tensor) -> Tensor:
    """`log10` in place."""
def log1p(input: Tensor) -> Tensor:
    """out = log(1 + x)

    ∂x = g / (1 + x)

    (x is input; g is the gradient of out.)
    """
def log1p_(input: Tensor) -> Tensor:
    """`log1p` in place."""
def log2(input: Tensor) -> Tensor:
    """out = log₂(x)

    ∂x = g / (x · 0.693147)

    (x is input; g is the gradient of out.)
    """
def log2_(input: Tensor) -> Tensor:
    """`log2` in place."""
def log_(input: Tensor) -> Tensor:
    """`log` in place."""
def log_softmax(input: Tensor, dim: _int, dtype: _dtype | None = None) -> Tensor:
    """log softmax(x) over dim, without the overflow and the loss of digits of its two steps.

    out = log_softmax(x)

    ∂x = g − exp(out) · Σ g

    (x is input; g is the gradient of out.)
    """
def logaddexp(input: Tensor, other: _Operand) -> Tensor:
    """out = log(exp(x) + exp(y))

    ∂x = g / (1 + exp(y − x))
    ∂y = g / (1 + exp(x − y))

    (x is input, y is other; g is the gradient of out.)
    """
def logaddexp2(input: Tensor, other: _Operand) -> Tensor:
    """out = log₂(2^x + 2^y)

    ∂x = g / (1 + 2^(y − x))
    ∂y = g / (1 + 2^(x − y))

    (x is input, y is other; g is the gradient of out.)
    """
def logical_and(input: Tensor, other: _Operand) -> Tensor:
    """out = x ∧ y"""
def logical_not(input: Tensor) -> Tensor:
    """out = ¬x"""
def logical_or(input: Tensor, other: _Operand) -> Tensor:
    """out = x ∨ y"""
def logical_xor(input: Tensor, other: _Operand) -> Tensor:
    """out = x ⊻ y"""
def logit(input: Tensor, eps: _float | None = None) -> Tensor:
    """log(x / (1 − x)), the inverse of the sigmoid; eps holds x in [eps, 1 − eps].

    out = log(x / (1 − x))

    ∂x = ¬[0 ≤ x ≤ 1 − 0] ? nan : g / (x · (1 − x))

    (x is input; g is the gradient of out.)
    """
def logit_(input: Tensor, eps: _float | None = None) -> Tensor:
    """`logit` in place."""
def lt(input: Tensor, other: _Operand) -> Tensor:
    """out = [x < y]"""
def matmul(input: Tensor, other: Tensor) -> Tensor:
    """The matrix product: 1-d · 1-d is the dot product, more than two dimensions are batches and broadcast.

    out = x @ y

    ∂x = matmul_backward(g, x_shape, y)
    ∂y = matmul_backward(g, x, y_shape)

    (x is input, y is other; g is the gradient of out.)
    """
def maximum(input: Tensor, other: _Operand) -> Tensor:
    """out = max(x, y)

    ∂x = g · ¬[x < y] / (1 + [x = y])
    ∂y = g · ¬[y < x] / (1 + [x = y])

    (x is input, y is other; g is the gradient of out.)
    """
def mean(input: Tensor, dim: Any = None, keepdim: _bool = False, *, dtype: _dtype | None = None) -> Tensor:
    """The mean over dim (all dimensions by default).

    out = mean(x)

    ∂x = mean_backward(g, x_shape, dim, keepdim)

    (x is input; g is the gradient of out.)
    """
def minimum(input: Tensor, other: _Operand) -> Tensor:
    """out = min(x, y)

    ∂x = g · ¬[x > y] / (1 + [x = y])
    ∂y = g · ¬[y > x] / (1 + [x = y])

    (x is input, y is other; g is the gradient of out.)
    """
def mul(input: Tensor, other: _Operand) -> Tensor:
    """out = x · y

    ∂x = g · y
    ∂y = g · x

    (x is input, y is other; g is the gradient of out.)
    """
def multiply(input: Tensor, other: _Operand) -> Tensor:
    """out = x · y

    ∂x = g · y
    ∂y = g · x

    (x is input, y is other; g is the gradient of out.)
    """
def mvlgamma(input: Tensor, p: _int) -> Tensor:
    """log of the multivariate gamma function of dimension p: p (p − 1) / 4 · log π + Σ lgamma(x − i / 2), i from 0 to p − 1."""
def nan_to_num(input: Tensor, nan: _float | None = None, posinf: _float | None = None, neginf: _float | None = None) -> Tensor:
    """x with NaN replaced by 0 and ±∞ by the largest and smallest finite number, or by what is given.

    out = nan_to_num(x)

    ∂x = isfinite(x) ? g : 0

    (x is input; g is the gradient of out.)
    """
def nan_to_num_(input: Tensor, nan: _float | None = None, posinf: _float | None = None, neginf: _float | None = None) -> Tensor:
    """`nan_to_num` in place."""
def ne(input: Tensor, other: _Operand) -> Tensor:
    """out = [x ≠ y]"""
def neg(input: Tensor) -> Tensor:
    """−x.

    out = −x

    ∂x = −g

    (x is input; g is the gradient of out.)
    """
def neg_(input: Tensor) -> Tensor:
    """`neg` in place."""
def negative(input: Tensor) -> Tensor:
    """−x.

    out = −x

    ∂x = −g

    (x is input; g is the gradient of out.)
    """
def negative_(*args: Any, **kwargs: Any) -> Any:
    """`neg` in place."""
def nextafter(input: Tensor, other: _Operand) -> Tensor:
    """out = nextafter(x, y)"""
def not_equal(input: Tensor, other: _Operand) -> Tensor:
    """out = [x ≠ y]"""
def pairwise_distance(x1: Tensor, x2: Tensor, p: _float = 2.0, eps: _float = 1e-06, keepdim: _bool = False) -> Tensor:
    """The p-norm of x1 − x2 + eps over the last dimension."""
def pixel_shuffle(input: Tensor, upscale_factor: _int) -> Tensor:
    """(*, C·r², H, W) to (*, C, H·r, W·r): channels become the places of finer pixels. Shi et al. 2016."""
def pixel_unshuffle(input: Tensor, downscale_factor: _int) -> Tensor:
    """The inverse of pixel_shuffle: (*, C, H·r, W·r) to (*, C·r², H, W)."""
def polygamma(n: _int, input: _Operand) -> Tensor:
    """The n-th derivative of digamma ψ. RuntimeError for a negative n.

    out = ψ⁽n⁾(x)

    ∂x = g · ψ⁽n + 1⁾(x)

    (x is input; g is the gradient of out.)
    """
def positive(input: Tensor) -> Tensor:
    """x itself. RuntimeError for truth values."""
def pow(input: Tensor, other: _Operand) -> Tensor:
    """x to the power y. RuntimeError for integers to a negative number; by element such powers are 0 (±1 for ±1).

    out = x^y

    ∂x = g · y · x^(y − 1)
    ∂y = g · out · log(x)

    (x is input, y is other; g is the gradient of out.)
    """
def prelu(input: Tensor, weight: _Operand) -> Tensor:
    """x where it is positive, else weight · x; weight has one number, or one for each channel (dimension 1) of x."""
def rad2deg(input: Tensor) -> Tensor:
    """Radians as degrees.

    out = 180 / π · x

    ∂x = g · 57.2958

    (x is input; g is the gradient of out.)
    """
def rad2deg_(input: Tensor) -> Tensor:
    """`rad2deg` in place."""
def real(input: Tensor) -> Tensor:
    """x itself, for there are no complex numbers here."""
def reciprocal(input: Tensor) -> Tensor:
    """1 / x.

    out = 1 / x

    ∂x = −g · out²

    (x is input; g is the gradient of out.)
    """
def reciprocal_(input: Tensor) -> Tensor:
    """`reciprocal` in place."""
def relu(input: Tensor) -> Tensor:
    """max(0, x); the gradient at 0 is 0. NaN stays NaN.

    out = max(0, x)

    ∂x = [out ≤ 0] ? 0 : g

    (x is input; g is the gradient of out.)
    """
def relu_(input: Tensor) -> Tensor:
    """`relu` in place."""
def remainder(input: Tensor, other: _Operand) -> Tensor:
    """x − ⌊x / y⌋ · y: the remainder with y's sign.

    out = x mod y

    ∂x = g
    ∂y = −g · ⌊x / y⌋

    (x is input, y is other; g is the gradient of out.)
    """
def reshape(input: Tensor, *shape: _int | Sequence[_int]) -> Tensor:
    """x with the same elements in another shape: a view where the strides allow it, else a copy. One size may be -1.

    out = x

    ∂x = reshape_backward(g, x_shape)

    (x is input; g is the gradient of out.)
    """
def resolve_conj(input: Tensor) -> Tensor:
    """x itself, for there are no complex numbers here."""
def resolve_neg(input: Tensor) -> Tensor:
    """x itself, for there are no complex numbers here."""
def rms_norm(input: Tensor, normalized_shape: Sequence[_int], weight: _Operand | None = None, eps: _float | None = None) -> Tensor:
    """x / √(mean(x²) + eps) over the trailing dimensions normalized_shape, then scaled; eps defaults to the type's epsilon."""
def round(input: Tensor, *, decimals: _int = 0) -> Tensor:
    """The nearest integer, halves to the even one; with `decimals` the nearest multiple of 10^−decimals.

    out = round(x)

    ∂x = 0

    (x is input; g is the gradient of out.)
    """
def round_(input: Tensor, *, decimals: _int = 0) -> Tensor:
    """`round` in place."""
def rrelu(input: Tensor, lower: _float = 0.125, upper: _float = 0.3333333333333333, training: _bool = False, inplace: _bool = False) -> Tensor:
    """x where it is positive, else a · x: a drawn from [lower, upper) for each element when training, else their mean."""
def rrelu_(input: Tensor, lower: _float = 0.125, upper: _float = 0.3333333333333333, training: _bool = False, inplace: _bool = False) -> Tensor:
    """`rrelu` in place."""
def rsqrt(input: Tensor) -> Tensor:
    """1 / √x.

    out = 1 / √x

    ∂x = -0.5 · g · out² · out

    (x is input; g is the gradient of out.)
    """
def rsqrt_(input: Tensor) -> Tensor:
    """`rsqrt` in place."""
def rsub(input: Tensor, other: _Operand, *, alpha: _float = 1) -> Tensor:
    """y − alpha · x."""
def selu(input: Tensor, inplace: _bool = False) -> Tensor:
    """λ x where x is positive, else λ α (exp(x) − 1), λ ≈ 1.0507, α ≈ 1.6733 (Klambauer et al. 2017)."""
def selu_(input: Tensor, inplace: _bool = False) -> Tensor:
    """`selu` in place."""
def sgn(input: Tensor) -> Tensor:
    """−1, 0 or 1; 0 for NaN, as in PyTorch.

    out = sign(x)

    ∂x = 0

    (x is input; g is the gradient of out.)
    """
def sigmoid(input: Tensor) -> Tensor:
    """1 / (1 + exp(−x)); exp only ever sees a negative number, so nothing overflows.

    out = σ(x)

    ∂x = g · (1 − out) · out

    (x is input; g is the gradient of out.)
    """
def sigmoid_(input: Tensor) -> Tensor:
    """`sigmoid` in place."""
def sign(input: Tensor) -> Tensor:
    """−1, 0 or 1; 0 for NaN, as in PyTorch.

    out = sign(x)

    ∂x = 0

    (x is input; g is the gradient of out.)
    """
def signbit(input: Tensor) -> Tensor:
    """Whether the sign bit of x is set: negative numbers and −0.0.

    out = signbit(x)
    """
def sin(input: Tensor) -> Tensor:
    """out = sin(x)

    ∂x = g · cos(x)

    (x is input; g is the gradient of out.)
    """
def sin_(input: Tensor) -> Tensor:
    """`sin` in place."""
def sinc(input: Tensor) -> Tensor:
    """sin(πx) / (πx), and 1 at 0.

    out = sin(π · x) / (π · x)

    ∂x = g · (cos(π · x) − sinc(x)) / x

    (x is input; g is the gradient of out.)
    """
def sinc_(input: Tensor) -> Tensor:
    """`sinc` in place."""
def sinh(input: Tensor) -> Tensor:
    """out = sinh(x)

    ∂x = g · cosh(x)

    (x is input; g is the gradient of out.)
    """
def sinh_(input: Tensor) -> Tensor:
    """`sinh` in place."""
def softmax(input: Tensor, dim: _int, dtype: _dtype | None = None) -> Tensor:
    """exp(x) / Σ exp(x) over dim: positive numbers that sum to 1.

    out = softmax(x)

    ∂x = (g − Σ g · out) · out

    (x is input; g is the gradient of out.)
    """
def sqrt(input: Tensor) -> Tensor:
    """out = √x

    ∂x = g / (2 · out)

    (x is input; g is the gradient of out.)
    """
def sqrt_(input: Tensor) -> Tensor:
    """`sqrt` in place."""
def square(input: Tensor) -> Tensor:
    """x².

    out = x²

    ∂x = g · 2 · x

    (x is input; g is the gradient of out.)
    """
def square_(input: Tensor) -> Tensor:
    """`square` in place."""
def squeeze(input: Tensor, dim: Any = None) -> Tensor:
    """x without its dimensions of size 1, or only without those in dim.

    out = x

    ∂x = squeeze_backward(g, x_shape)

    (x is input; g is the gradient of out.)
    """
def stack(tensors: Sequence[Tensor], dim: _int = 0) -> Tensor:
    """The tensors, all of one shape, joined along a new dimension."""
def sub(input: Tensor, other: _Operand, *, alpha: _float = 1) -> Tensor:
    """x − alpha · y."""
def subtract(input: Tensor, other: _Operand, *, alpha: _float = 1) -> Tensor:
    """x − alpha · y."""
def sum(input: Tensor, dim: Any = None, keepdim: _bool = False, *, dtype: _dtype | None = None) -> Tensor:
    """The sum over dim (all dimensions by default); integers and bools are summed as int64.

    out = Σ x

    ∂x = sum_backward(g, x_shape, dim, keepdim)

    (x is input; g is the gradient of out.)
    """
def t(input: Tensor) -> Tensor:
    """The transpose of a matrix; a vector stays as it is."""
def tan(input: Tensor) -> Tensor:
    """out = tan(x)

    ∂x = g · (1 + out²)

    (x is input; g is the gradient of out.)
    """
def tan_(input: Tensor) -> Tensor:
    """`tan` in place."""
def tanh(input: Tensor) -> Tensor:
    """out = tanh(x)

    ∂x = g · (1 − out²)

    (x is input; g is the gradient of out.)
    """
def tanh_(input: Tensor) -> Tensor:
    """`tanh` in place."""
def threshold(input: Tensor, threshold: _float, value: _float, inplace: _bool = False) -> Tensor:
    """x where it is above the threshold, else the value."""
def threshold_(input: Tensor, threshold: _float, value: _float, inplace: _bool = False) -> Tensor:
    """`threshold` in place."""
def transpose(input: Tensor, dim0: _int, dim1: _int) -> Tensor:
    """x with two dimensions exchanged.

    out = xᵀ

    ∂x = gᵀ

    (x is input; g is the gradient of out.)
    """
def true_divide(input: Tensor, other: _Operand, *, rounding_mode: str | None = None) -> Tensor:
    """x / y; with rounding_mode "floor" or "trunc" the rounded quotient, in the inputs' common type."""
def trunc(input: Tensor) -> Tensor:
    """x without its fraction.

    out = trunc(x)

    ∂x = 0

    (x is input; g is the gradient of out.)
    """
def trunc_(input: Tensor) -> Tensor:
    """`trunc` in place."""
def unsqueeze(input: Tensor, dim: _int) -> Tensor:
    """x with a dimension of size 1 inserted at dim.

    out = x

    ∂x = unsqueeze_backward(g, x_shape)

    (x is input; g is the gradient of out.)
    """
def where(condition: Tensor, input: _Operand = None, other: _Operand = None) -> Tensor:
    """x where the condition holds, y elsewhere, all broadcast together; where(condition) alone gives the indices at which it holds."""
def xlogy(input: Tensor, other: _Operand) -> Tensor:
    """x · log y, and 0 where x is 0 unless y is NaN.

    out = x · log(y)

    ∂x = g · ([x = 0] ∧ [y ≤ 0] ? 0 : log(y))
    ∂y = g · x / y

    (x is input, y is other; g is the gradient of out.)
    """
def xlogy_(input: Tensor, other: _Operand) -> Tensor:
    """`xlogy` in place."""
