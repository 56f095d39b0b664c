# Written by `python -m autograd_core.stubs` from the declarations: change those and run it again.
from builtins import bool as _bool, complex as _complex, float as _float, int as _int, type as _type
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np

from .dtypes import dtype as _dtype
from .tensor.base import Size as Size, Tensor as Tensor, device as _device
from . import return_types as _return_types

_Operand: TypeAlias = Tensor | np.ndarray | np.generic | _float

from math import e as e
from math import inf as inf
from math import nan as nan
from math import pi as pi
from . import autograd as autograd
from . import cuda as cuda
from . import linalg as linalg
from . import random as random
from . import special as special
from . import utils as utils
from . import version as version
from .autograd import enable_grad as enable_grad
from .autograd import inference_mode as inference_mode
from .autograd import is_anomaly_check_nan_enabled as is_anomaly_check_nan_enabled
from .autograd import is_anomaly_enabled as is_anomaly_enabled
from .autograd import is_grad_enabled as is_grad_enabled
from .autograd import is_inference_mode_enabled as is_inference_mode_enabled
from .autograd import no_grad as no_grad
from .autograd import set_grad_enabled as set_grad_enabled
from .devices import accelerator as accelerator
from .devices import backends as backends
from .devices import cpu as cpu
from .devices import mps as mps
from .devices import xpu as xpu
from .dtypes import bfloat16 as bfloat16
from .dtypes import bool_ as bool_
from .dtypes import cdouble as cdouble
from .dtypes import cfloat as cfloat
from .dtypes import chalf as chalf
from .dtypes import complex32 as complex32
from .dtypes import complex64 as complex64
from .dtypes import complex128 as complex128
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
from .dtypes import uint16 as uint16
from .dtypes import uint32 as uint32
from .dtypes import uint64 as uint64
from .dtypes import float_ as float
from .dtypes import int_ as int
from .kernels.precision import get_float32_matmul_precision as get_float32_matmul_precision
from .kernels.precision import set_float32_matmul_precision as set_float32_matmul_precision
from .kernels.threads import get_num_threads as get_num_threads
from .kernels.threads import set_num_threads as set_num_threads
from .printing import get_printoptions as get_printoptions
from .printing import set_printoptions as set_printoptions
from .settings import are_deterministic_algorithms_enabled as are_deterministic_algorithms_enabled
from .settings import channels_last as channels_last
from .settings import channels_last_3d as channels_last_3d
from .settings import contiguous_format as contiguous_format
from .settings import get_num_interop_threads as get_num_interop_threads
from .settings import preserve_format as preserve_format
from .settings import set_default_device as set_default_device
from .settings import set_num_interop_threads as set_num_interop_threads
from .settings import strided as strided
from .settings import use_deterministic_algorithms as use_deterministic_algorithms
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
from .tensor.create import tril_indices as tril_indices
from .tensor.create import triu_indices as triu_indices
from .tensor.create import zeros as zeros
from .tensor.create import zeros_like as zeros_like
from .tensor.facts import can_cast as can_cast
from .tensor.facts import detach as detach
from .tensor.facts import get_default_device as get_default_device
from .tensor.facts import is_complex as is_complex
from .tensor.facts import is_floating_point as is_floating_point
from .tensor.facts import is_inference as is_inference
from .tensor.facts import is_nonzero as is_nonzero
from .tensor.facts import is_same_size as is_same_size
from .tensor.facts import is_signed as is_signed
from .tensor.facts import is_tensor as is_tensor
from .tensor.facts import numel as numel
from .tensor.facts import result_type as result_type
from .tensor.facts import typename as typename
from .tensor.interop import from_dlpack as from_dlpack
from .tensor.legacy import BoolTensor as BoolTensor
from .tensor.legacy import ByteTensor as ByteTensor
from .tensor.legacy import CharTensor as CharTensor
from .tensor.legacy import DoubleTensor as DoubleTensor
from .tensor.legacy import FloatTensor as FloatTensor
from .tensor.legacy import HalfTensor as HalfTensor
from .tensor.legacy import IntTensor as IntTensor
from .tensor.legacy import LongTensor as LongTensor
from .tensor.legacy import ShortTensor as ShortTensor
from .tensor.legacy import set_default_tensor_type as set_default_tensor_type
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
from .tensor.rarer import as_strided_ as as_strided_
from .tensor.rarer import detach_ as detach_
from .tensor.rarer import empty_strided as empty_strided
from .tensor.rarer import fill as fill
from .tensor.rarer import fill_ as fill_
from .tensor.rarer import frombuffer as frombuffer
from .tensor.rarer import get_device as get_device
from .tensor.rarer import is_conj as is_conj
from .tensor.rarer import is_neg as is_neg
from .tensor.rarer import range as range
from .tensor.rarer import resize_as_ as resize_as_
from .tensor.rarer import zero_ as zero_
from .tensor.storage import TypedStorage as TypedStorage
from .tensor.storage import UntypedStorage as UntypedStorage
from .tensor.windows import bartlett_window as bartlett_window
from .tensor.windows import blackman_window as blackman_window
from .tensor.windows import hamming_window as hamming_window
from .tensor.windows import hann_window as hann_window
from .tensor.windows import kaiser_window as kaiser_window
from .dtypes import bool_ as bool
import data as data, nn as nn, optim as optim
from . import func as func, return_types as return_types, viz as viz
from .serialization import load as load, save as save

__version__: str
newaxis: None

def abs(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The absolute value; its gradient at 0 is 0.

    out = |x|

    ∂x = g · sign(x)

    (x is input; g is the gradient of out.)
    """
def abs_(input: Tensor) -> Tensor:
    """`abs` in place."""
def absolute(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The absolute value; its gradient at 0 is 0.

    out = |x|

    ∂x = g · sign(x)

    (x is input; g is the gradient of out.)
    """
def acos(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = acos(x)

    ∂x = −g / √(1 − x²)

    (x is input; g is the gradient of out.)
    """
def acos_(input: Tensor) -> Tensor:
    """`acos` in place."""
def acosh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = acosh(x)

    ∂x = g / √(x² − 1)

    (x is input; g is the gradient of out.)
    """
def acosh_(input: Tensor) -> Tensor:
    """`acosh` in place."""
def adaptive_avg_pool1d(input: Tensor, output_size: Any) -> Tensor:
    """Means over output_size windows that cover L evenly."""
def add(input: Tensor, other: _Operand, *, alpha: _float = 1, out: Tensor | None = None) -> Tensor:
    """x + alpha · y."""
def addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: _float = 1, alpha: _float = 1, out: Tensor | None = None) -> Tensor:
    """beta · x + alpha · Σ batch1[i] @ batch2[i]; x broadcasts.

    out = beta · x + alpha · Σ batch1 @ batch2

    ∂x = g · beta
    ∂batch1 = g · alpha @ batch2ᵀ
    ∂batch2 = batch1ᵀ @ g · alpha

    (x is input; g is the gradient of out.)
    """
def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: _float = 1, out: Tensor | None = None) -> Tensor:
    """x + value · tensor1 / tensor2.

    out = x + value · tensor1 / tensor2

    ∂x = g
    ∂tensor1 = g · value / tensor2
    ∂tensor2 = −g · value · tensor1 / tensor2²

    (x is input; g is the gradient of out.)
    """
def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: _float = 1, out: Tensor | None = None) -> Tensor:
    """x + value · tensor1 · tensor2.

    out = x + value · tensor1 · tensor2

    ∂x = g
    ∂tensor1 = g · tensor2 · value
    ∂tensor2 = g · tensor1 · value

    (x is input; g is the gradient of out.)
    """
def addmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: _float = 1, alpha: _float = 1, out: Tensor | None = None) -> Tensor:
    """beta · x + alpha · mat1 @ mat2 for two matrices; x broadcasts.

    out = beta · x + alpha · mat1 @ mat2

    ∂x = g · beta
    ∂mat1 = g · alpha @ mat2ᵀ
    ∂mat2 = mat1ᵀ @ g · alpha

    (x is input; g is the gradient of out.)
    """
def addmv(input: Tensor, mat: Tensor, vec: Tensor, *, beta: _float = 1, alpha: _float = 1, out: Tensor | None = None) -> Tensor:
    """beta · x + alpha · mat @ vec; x broadcasts.

    out = beta · x + alpha · mat @ vec

    ∂x = g · beta
    ∂mat = g · alpha @ vecᵀ
    ∂vec = matᵀ @ g · alpha

    (x is input; g is the gradient of out.)
    """
def addmv_(input: Tensor, mat: Tensor, vec: Tensor, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
    """`addmv` in place."""
def addr(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: _float = 1, alpha: _float = 1, out: Tensor | None = None) -> Tensor:
    """beta · x + alpha · vec1 ⊗ vec2; x broadcasts.

    out = beta · x + alpha · vec1 ⊗ vec2

    ∂x = g · beta
    ∂vec1 = g · alpha @ vec2
    ∂vec2 = (g · alpha)ᵀ @ vec1

    (x is input; g is the gradient of out.)
    """
def adjoint(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The transposed matrices of the last two dimensions. RuntimeError for a vector."""
def all(input: Tensor, dim: Any = None, keepdim: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """Whether every element over dim is true (not 0).

    out = ∀ x
    """
def allclose(input: Tensor, other: _Operand, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False, *, out: Tensor | None = None) -> _bool:
    """Whether all elements are close, as `isclose` says: a Python bool."""
def alpha_dropout(input: Tensor, p: _float = 0.5, training: _bool = False, inplace: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """Dropout to SELU's negative saturation, then scaled and shifted so that mean 0 and variance 1 stay."""
def amax(input: Tensor, dim: Any = ..., keepdim: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """The largest value over dim; equal values share the gradient evenly. NaN wins.

    out = max(x)

    ∂x = g · [x = out] / Σ [x = out]

    (x is input; g is the gradient of out.)
    """
def amin(input: Tensor, dim: Any = ..., keepdim: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """The smallest value over dim; equal values share the gradient evenly. NaN wins.

    out = min(x)

    ∂x = g · [x = out] / Σ [x = out]

    (x is input; g is the gradient of out.)
    """
def aminmax(input: Tensor, *, dim: _int | None = None, keepdim: _bool = False, out: Sequence[Tensor] | None = None) -> _return_types.aminmax:
    """(min, max) over one dimension, or of all elements.

    out = (min(x), max(x))

    ∂(x) = (g[0] · [x = min] / Σ [x = min] + g[1] · [x = max] / Σ [x = max])

    (x is input; g is the gradient of out.)
    """
def angle(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The angle of x in the complex plane: π for negative numbers, else 0; NaN for NaN.

    out = arg(x)

    ∂x = 0

    (x is input; g is the gradient of out.)
    """
def any(input: Tensor, dim: Any = None, keepdim: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """Whether some element over dim is true (not 0).

    out = ∃ x
    """
def arccos(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = acos(x)

    ∂x = −g / √(1 − x²)

    (x is input; g is the gradient of out.)
    """
def arccos_(input: Tensor) -> Tensor:
    """`acos` in place."""
def arccosh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = acosh(x)

    ∂x = g / √(x² − 1)

    (x is input; g is the gradient of out.)
    """
def arccosh_(input: Tensor) -> Tensor:
    """`acosh` in place."""
def arcsin(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = asin(x)

    ∂x = g / √(1 − x²)

    (x is input; g is the gradient of out.)
    """
def arcsin_(input: Tensor) -> Tensor:
    """`asin` in place."""
def arcsinh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = asinh(x)

    ∂x = g / √(x² + 1)

    (x is input; g is the gradient of out.)
    """
def arcsinh_(input: Tensor) -> Tensor:
    """`asinh` in place."""
def arctan(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = atan(x)

    ∂x = g / (x² + 1)

    (x is input; g is the gradient of out.)
    """
def arctan2(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """out = atan2(x, y)

    ∂x = g · y / (x² + y²)
    ∂y = −g · x / (x² + y²)

    (x is input, y is other; g is the gradient of out.)
    """
def arctan_(input: Tensor) -> Tensor:
    """`atan` in place."""
def arctanh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = atanh(x)

    ∂x = g / (1 − x²)

    (x is input; g is the gradient of out.)
    """
def arctanh_(input: Tensor) -> Tensor:
    """`atanh` in place."""
def argmax(input: Tensor, dim: _int | None = None, keepdim: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """Where the largest element along dim first stands; without dim counted through all elements.

    out = argmax(x)
    """
def argmin(input: Tensor, dim: _int | None = None, keepdim: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """Where the smallest element along dim first stands; without dim counted through all elements.

    out = argmin(x)
    """
def argsort(input: Tensor, dim: _int = -1, descending: _bool = False, stable: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """Where the elements along dim stand, in their order. Always stable.

    out = argsort(x)
    """
def argwhere(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The positions of what is not 0, one a row."""
def as_strided(input: Tensor, size: Any, stride: Any, storage_offset: _int | None = None, *, out: Tensor | None = None) -> Tensor:
    """A view of x's memory with any sizes and strides, counted in elements from storage_offset (x's own by default).

    RuntimeError where the view would leave that memory.
    """
def as_strided_scatter(input: Tensor, src: Tensor, size: Any, stride: Any, storage_offset: _int | None = None, *, out: Tensor | None = None) -> Tensor:
    """A copy of x with src where `as_strided` of the copy would look. RuntimeError unless src has that size."""
def asin(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = asin(x)

    ∂x = g / √(1 − x²)

    (x is input; g is the gradient of out.)
    """
def asin_(input: Tensor) -> Tensor:
    """`asin` in place."""
def asinh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = asinh(x)

    ∂x = g / √(x² + 1)

    (x is input; g is the gradient of out.)
    """
def asinh_(input: Tensor) -> Tensor:
    """`asinh` in place."""
def atan(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = atan(x)

    ∂x = g / (x² + 1)

    (x is input; g is the gradient of out.)
    """
def atan2(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """out = atan2(x, y)

    ∂x = g · y / (x² + y²)
    ∂y = −g · x / (x² + y²)

    (x is input, y is other; g is the gradient of out.)
    """
def atan_(input: Tensor) -> Tensor:
    """`atan` in place."""
def atanh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = atanh(x)

    ∂x = g / (1 − x²)

    (x is input; g is the gradient of out.)
    """
def atanh_(input: Tensor) -> Tensor:
    """`atanh` in place."""
def atleast_1d(*xs: Tensor) -> Any:
    """0-d tensors as (1,); the others as they are. Several tensors give a tuple."""
def atleast_2d(*xs: Tensor) -> Any:
    """0-d tensors as (1, 1), vectors as rows (1, n)."""
def atleast_3d(*xs: Tensor) -> Any:
    """0-d tensors as (1, 1, 1), vectors as (1, n, 1), matrices as (n, m, 1)."""
def avg_pool1d(input: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, ceil_mode: _bool = False, count_include_pad: _bool = True) -> Tensor:
    """The mean over windows of (N, C, L)."""
def baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: _float = 1, alpha: _float = 1, out: Tensor | None = None) -> Tensor:
    """beta · x[i] + alpha · batch1[i] @ batch2[i]; x broadcasts.

    out = beta · x + alpha · batch1 @ batch2

    ∂x = g · beta
    ∂batch1 = g · alpha @ batch2ᵀ
    ∂batch2 = batch1ᵀ @ g · alpha

    (x is input; g is the gradient of out.)
    """
def bilinear(x1: Tensor, x2: Tensor, weight: _Operand, bias: Tensor | None = None) -> Tensor:
    """x1ᵀ W_o x2 + b_o for every output o: x1 (..., in1), x2 (..., in2), weight (out, in1, in2)."""
def bincount(input: Tensor, weights: Tensor | None = None, minlength: _int = 0, *, out: Tensor | None = None) -> Tensor:
    """How often each of 0, 1, ... occurs in a vector of integers, or the sum of its weights.

    out = count(x)
    """
def bitwise_and(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """x and y, bit by bit.

    out = x ∧ y
    """
def bitwise_left_shift(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """x · 2^y: the bits of x moved up by y.

    out = x << y
    """
def bitwise_not(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Every bit of x turned over; of a bool, its opposite.

    out = ¬x
    """
def bitwise_or(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """x or y, bit by bit.

    out = x ∨ y
    """
def bitwise_right_shift(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """⌊x / 2^y⌋: the bits of x moved down by y.

    out = x >> y
    """
def bitwise_xor(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """Either x or y, bit by bit.

    out = x ⊻ y
    """
def block_diag(*xs: Tensor) -> Tensor:
    """Matrices (vectors count as rows, numbers as 1 × 1) along the diagonal of one, zeros elsewhere."""
def bmm(input: Tensor, mat2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The products of two batches of matrices, (b, n, m) @ (b, m, p). RuntimeError for anything but three dimensions.

    out = x @ mat2

    ∂x = g @ mat2ᵀ
    ∂mat2 = xᵀ @ g

    (x is input; g is the gradient of out.)
    """
def broadcast_shapes(*shapes: Any) -> Size:
    """The shape that tensors of these shapes broadcast to. RuntimeError where they do not."""
def broadcast_tensors(*xs: Tensor) -> tuple[Tensor, ...]:
    """Every tensor broadcast to their common shape, without copying. RuntimeError where the shapes do not fit."""
def broadcast_to(input: Tensor, size: Sequence[_int], *, out: Tensor | None = None) -> Tensor:
    """x broadcast to a shape without copying."""
def bucketize(input: Tensor, boundaries: Tensor, *, out_int32: _bool = False, right: _bool = False, out: Tensor | None = None) -> Tensor:
    """Which of the intervals between sorted boundaries each element falls into; right=True: they are closed on the left."""
def cartesian_prod(*xs: Tensor) -> Tensor:
    """All combinations of one element from each vector, one a row."""
def cat(tensors: Sequence[Tensor], dim: _int = 0, *, out: Tensor | None = None) -> Tensor:
    """The tensors joined along an existing dimension; their other sizes must be equal. Empty 1-d tensors are skipped.

    out = cat(xs)

    ∂xs = parts of g

    (xs is tensors; g is the gradient of out.)
    """
def cdist(x1: Tensor, x2: Tensor, p: _float = 2.0, compute_mode: Any = 'use_mm_for_euclid_dist_if_necessary', *, out: Tensor | None = None) -> Tensor:
    """The p-norm distances between the rows of (..., n, d) and (..., m, d), as (..., n, m); batches broadcast.

    Beyond 25 rows the Euclidean distance goes through a matrix product, unless compute_mode is "donot_use_mm_for_euclid_dist".
    """
def ceil(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The smallest integer not below x.

    out = ⌈x⌉

    ∂x = 0

    (x is input; g is the gradient of out.)
    """
def ceil_(input: Tensor) -> Tensor:
    """`ceil` in place."""
def celu(input: Tensor, alpha: _float = 1.0, inplace: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """x where it is positive, else α (exp(x / α) − 1)."""
def celu_(input: Tensor, alpha: _float = 1.0, inplace: _bool = False) -> Tensor:
    """`celu` in place."""
def chain_matmul(*matrices: Tensor) -> Tensor:
    """The product of several matrices in the cheapest order."""
def channel_shuffle(input: Tensor, groups: _int, *, out: Tensor | None = None) -> Tensor:
    """The channels of (N, C, ...) dealt out of `groups` piles. Zhang et al. 2018."""
def cholesky(input: Tensor, upper: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """`linalg.cholesky` under its old name."""
def cholesky_inverse(L: Tensor, upper: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """A⁻¹, given the Cholesky factor L of A."""
def cholesky_solve(B: Tensor, L: Tensor, upper: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """X with A X = B, given the Cholesky factor L of A."""
def chunk(input: Tensor, chunks: _int, dim: _int = 0, *, out: Tensor | None = None) -> tuple[Tensor, ...]:
    """At most `chunks` views of x cut along dim, all of one size but for the last."""
def clamp(input: Tensor, min: _Operand | None = None, max: _Operand | None = None, *, out: Tensor | None = None) -> Tensor:
    """x held between min and max, numbers or tensors; the gradient passes on the edges too. NaN stays NaN."""
def clamp_(input: Tensor, min: _Operand | None = None, max: _Operand | None = None) -> Tensor:
    """`clamp` in place."""
def clamp_max(input: Tensor, max: _Operand, *, out: Tensor | None = None) -> Tensor:
    """x, or max where that is smaller."""
def clamp_max_(input: Tensor, max: _Operand) -> Tensor:
    """`clamp_max` in place."""
def clamp_min(input: Tensor, min: _Operand, *, out: Tensor | None = None) -> Tensor:
    """x, or min where that is larger."""
def clamp_min_(input: Tensor, min: _Operand) -> Tensor:
    """`clamp_min` in place."""
def clip(input: Tensor, min: _Operand | None = None, max: _Operand | None = None, *, out: Tensor | None = None) -> Tensor:
    """x held between min and max, numbers or tensors; the gradient passes on the edges too. NaN stays NaN."""
def clip_(input: Tensor, min: _Operand | None = None, max: _Operand | None = None) -> Tensor:
    """`clamp` in place."""
def clone(input: Tensor, *, memory_format: Any = None, out: Tensor | None = None) -> Tensor:
    """A copy that gradients pass through.

    out = clone(x)

    ∂x = g

    (x is input; g is the gradient of out.)
    """
def column_stack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """The tensors side by side; vectors and numbers count as columns."""
def combinations(input: Tensor, r: _int = 2, with_replacement: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """All choices of r elements of a vector, one a row, in the order of itertools."""
def concat(tensors: Sequence[Tensor], dim: _int = 0, *, out: Tensor | None = None) -> Tensor:
    """The tensors joined along an existing dimension; their other sizes must be equal. Empty 1-d tensors are skipped.

    out = cat(xs)

    ∂xs = parts of g

    (xs is tensors; g is the gradient of out.)
    """
def concatenate(tensors: Sequence[Tensor], dim: _int = 0, *, out: Tensor | None = None) -> Tensor:
    """The tensors joined along an existing dimension; their other sizes must be equal. Empty 1-d tensors are skipped.

    out = cat(xs)

    ∂xs = parts of g

    (xs is tensors; g is the gradient of out.)
    """
def conj(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """x itself, for there are no complex numbers here."""
def conj_physical(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """x itself: the conjugate of a real number."""
def conj_physical_(input: Tensor) -> Tensor:
    """`conj_physical` in place."""
def conv1d(input: Tensor, weight: _Operand, bias: Tensor | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] | str = 0, dilation: _int | Sequence[_int] = 1, groups: _int = 1, *, out: Tensor | None = None) -> Tensor:
    """Cross-correlation over x (N, C, L) with weight (O, C/groups, K); padding may be 'same' or 'valid'."""
def conv2d(input: Tensor, weight: _Operand, bias: Tensor | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] | str = 0, dilation: _int | Sequence[_int] = 1, groups: _int = 1, *, out: Tensor | None = None) -> Tensor:
    """Cross-correlation over x (N, C, H, W) with weight (O, C/groups, K, L); padding may be 'same' or 'valid'."""
def conv3d(input: Tensor, weight: _Operand, bias: Tensor | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] | str = 0, dilation: _int | Sequence[_int] = 1, groups: _int = 1, *, out: Tensor | None = None) -> Tensor:
    """Cross-correlation over x (N, C, D, H, W) with weight (O, C/groups, J, K, L); padding may be 'same' or 'valid'."""
def conv_tbc(input: Tensor, weight: _Operand, bias: Tensor, pad: _int = 0, *, out: Tensor | None = None) -> Tensor:
    """conv1d with the time first: x (T, N, C), weight (K, C, O), bias (O) to (T', N, O)."""
def conv_transpose1d(input: Tensor, weight: _Operand, bias: Tensor | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] = 0, output_padding: _int | Sequence[_int] = 0, groups: _int = 1, dilation: _int | Sequence[_int] = 1, *, out: Tensor | None = None) -> Tensor:
    """The transpose of conv1d: x (N, C, L), weight (C, O/groups, K)."""
def conv_transpose2d(input: Tensor, weight: _Operand, bias: Tensor | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] = 0, output_padding: _int | Sequence[_int] = 0, groups: _int = 1, dilation: _int | Sequence[_int] = 1, *, out: Tensor | None = None) -> Tensor:
    """The transpose of conv2d: x (N, C, H, W), weight (C, O/groups, K, L)."""
def conv_transpose3d(input: Tensor, weight: _Operand, bias: Tensor | None = None, stride: _int | Sequence[_int] = 1, padding: _int | Sequence[_int] = 0, output_padding: _int | Sequence[_int] = 0, groups: _int = 1, dilation: _int | Sequence[_int] = 1, *, out: Tensor | None = None) -> Tensor:
    """The transpose of conv3d: x (N, C, D, H, W), weight (C, O/groups, J, K, L)."""
def copysign(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """|x| with the sign of y.

    out = |x| · sign(y)

    ∂x = [x = 0] ? 0 : g · out / x
    ∂y = 0

    (x is input, y is other; g is the gradient of out.)
    """
def corrcoef(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The correlations of variables (rows) over observations (columns): covariances over the product of both deviations."""
def cos(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = cos(x)

    ∂x = −g · sin(x)

    (x is input; g is the gradient of out.)
    """
def cos_(input: Tensor) -> Tensor:
    """`cos` in place."""
def cosh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = cosh(x)

    ∂x = g · sinh(x)

    (x is input; g is the gradient of out.)
    """
def cosh_(input: Tensor) -> Tensor:
    """`cosh` in place."""
def cosine_similarity(x1: Tensor, x2: Tensor, dim: _int = 1, eps: _float = 1e-08, *, out: Tensor | None = None) -> Tensor:
    """x1 · x2 / (max(‖x1‖, eps) · max(‖x2‖, eps)) over dim of their common shape."""
def count_nonzero(input: Tensor, dim: Any = None, *, out: Tensor | None = None) -> Tensor:
    """How many elements over dim are not 0.

    out = #x ≠ 0
    """
def cov(input: Tensor, *, correction: _int = 1, fweights: Tensor | None = None, aweights: Tensor | None = None, out: Tensor | None = None) -> Tensor:
    """The covariances of variables (rows) over observations (columns): Σ w (x − mean)(x − mean)ᵀ / (Σ w − correction).

    `fweights` counts how often an observation was made, `aweights` says how much it matters. RuntimeError beyond two dimensions.
    """
def cross(input: Tensor, other: _Operand, dim: _int | None = None, *, out: Tensor | None = None) -> Tensor:
    """The vector product along dim, which has size 3 in both; without dim along the first dimension of size 3."""
def cummax(input: Tensor, dim: _int, *, out: Sequence[Tensor] | None = None) -> _return_types.cummax:
    """The largest element up to each one along dim, and where it last stood.

    out = cummax(x)

    ∂x = g at [indices]

    (x is input; g is the gradient of out.)
    """
def cummin(input: Tensor, dim: _int, *, out: Sequence[Tensor] | None = None) -> _return_types.cummin:
    """The smallest element up to each one along dim, and where it last stood.

    out = cummin(x)

    ∂x = g at [indices]

    (x is input; g is the gradient of out.)
    """
def cumprod(input: Tensor, dim: _int, *, dtype: Any = None, out: Tensor | None = None) -> Tensor:
    """The products of the elements up to each one along dim; integers and bools are multiplied as int64.

    out = cumprod(x)

    ∂x = Σ_{j ≥ i} g · out / x

    (x is input; g is the gradient of out.)
    """
def cumsum(input: Tensor, dim: _int, *, dtype: Any = None, out: Tensor | None = None) -> Tensor:
    """The sums of the elements up to each one along dim; integers and bools are summed as int64.

    out = cumsum(x)

    ∂x = Σ_{j ≥ i} g

    (x is input; g is the gradient of out.)
    """
def cumulative_trapezoid(other: Tensor, input: _Operand | None = None, *, dx: _float = 1.0, dim: _int = -1, out: Tensor | None = None) -> Tensor:
    """The running integral of samples y along dim by the trapezoidal rule."""
def deg2rad(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Degrees as radians.

    out = π / 180 · x

    ∂x = π / 180 · g

    (x is input; g is the gradient of out.)
    """
def deg2rad_(input: Tensor) -> Tensor:
    """`deg2rad` in place."""
def det(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The determinants of square matrices.

    out = det A

    ∂A = g · out · A⁻ᵀ

    (; g is the gradient of out.)
    """
def diag(input: Tensor, diagonal: _int = 0, *, out: Tensor | None = None) -> Tensor:
    """A vector as the diagonal of a matrix, or the diagonal of a matrix as a vector (a copy)."""
def diag_embed(input: Tensor, offset: _int = 0, dim1: _int = -2, dim2: _int = -1, *, out: Tensor | None = None) -> Tensor:
    """The last dimension of x as a diagonal of two new dimensions dim1 and dim2, zeros elsewhere.

    out = diag(x)

    ∂x = diagonal(g)

    (x is input; g is the gradient of out.)
    """
def diagflat(input: Tensor, offset: _int = 0, *, out: Tensor | None = None) -> Tensor:
    """All elements of x as the diagonal of a matrix."""
def diagonal(input: Tensor, offset: _int = 0, dim1: _int = 0, dim2: _int = 1) -> Tensor:
    """The elements x[i, i + offset] of two dimensions, as a last dimension: a view. RuntimeError when they are one.

    out = diagonal(x)

    ∂x = diag(g)

    (x is input; g is the gradient of out.)
    """
def diagonal_scatter(input: Tensor, src: Tensor, offset: _int = 0, dim1: _int = 0, dim2: _int = 1, *, out: Tensor | None = None) -> Tensor:
    """A copy of x with src on a diagonal. RuntimeError unless src has the diagonal's shape.

    out = x with part ← src

    ∂x = g with part ← 0
    ∂src = diagonal(g)

    (x is input; g is the gradient of out.)
    """
def diff(input: Tensor, n: _int = 1, dim: _int = -1, prepend: Tensor | None = None, append: Tensor | None = None, *, out: Tensor | None = None) -> Tensor:
    """x[i + 1] − x[i] along dim, n times over; `prepend` and `append` are joined to x first. Bools: whether neighbours differ."""
def digamma(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The derivative of lgamma: NaN at negative integers, -inf at 0 and inf at -0.

    out = ψ(x)

    ∂x = g · ψ⁽¹⁾(x)

    (x is input; g is the gradient of out.)
    """
def dist(input: Tensor, other: _Operand, p: _float = 2, *, out: Tensor | None = None) -> Tensor:
    """The p-norm of x − y over all elements."""
def div(input: Tensor, other: _Operand, *, rounding_mode: str | None = None, out: Tensor | None = None) -> Tensor:
    """x / y; with rounding_mode "floor" or "trunc" the rounded quotient, in the inputs' common type."""
def divide(input: Tensor, other: _Operand, *, rounding_mode: str | None = None, out: Tensor | None = None) -> Tensor:
    """x / y; with rounding_mode "floor" or "trunc" the rounded quotient, in the inputs' common type."""
def dot(input: Tensor, tensor: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Σ x y of two vectors of equal length.

    out = x · tensor

    ∂x = g · tensor
    ∂tensor = g · x

    (x is input; g is the gradient of out.)
    """
def dropout(input: Tensor, p: _float = 0.5, training: _bool = True, inplace: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """Each element 0 with probability p, else scaled by 1/(1−p), so that the mean stays; the identity when not training."""
def dsplit(input: Tensor, indices_or_sections: Any, *, out: Tensor | None = None) -> tuple[Tensor, ...]:
    """x cut along dimension 2 into equal parts or at indices."""
def dstack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """The tensors joined along dimension 2; matrices are given one."""
def einsum(*args: Any) -> Tensor:
    """Σ of products: einsum("bik,bkj->bij", x, y), einsum("...ii->...i", x), or with lists of numbers, einsum(x, [0, 1], y, [1, 2], [0, 2]).

    A label that two operands share multiplies them along it, one that the output lacks is summed, one repeated in an operand
    takes its diagonal, `...` stands for the other dimensions, size 1 broadcasts. Without "->" the output has the labels that
    occur once, in alphabetical order.
    """
def eq(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """out = [x = y]"""
def equal(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> _bool:
    """Whether two tensors have the same shape and the same elements: a Python bool. NaN differs from itself."""
def erf(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """2 / √π times the integral of exp(−t²) from 0 to x.

    out = erf(x)

    ∂x = g · 2 / √π · exp(−x²)

    (x is input; g is the gradient of out.)
    """
def erf_(input: Tensor) -> Tensor:
    """`erf` in place."""
def erfc(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """1 − erf(x), without the loss of digits for large x.

    out = erfc(x)

    ∂x = −g · 2 / √π · exp(−x²)

    (x is input; g is the gradient of out.)
    """
def erfc_(input: Tensor) -> Tensor:
    """`erfc` in place."""
def erfinv(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse of erf: ±inf at ±1, NaN beyond.

    out = erf⁻¹(x)

    ∂x = g · √π / 2 · exp(out²)

    (x is input; g is the gradient of out.)
    """
def exp(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = exp(x)

    ∂x = g · out

    (x is input; g is the gradient of out.)
    """
def exp2(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = 2^x

    ∂x = g · out · log(2)

    (x is input; g is the gradient of out.)
    """
def exp2_(input: Tensor) -> Tensor:
    """`exp2` in place."""
def exp_(input: Tensor) -> Tensor:
    """`exp` in place."""
def expm1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = exp(x) − 1

    ∂x = g · (out + 1)

    (x is input; g is the gradient of out.)
    """
def expm1_(input: Tensor) -> Tensor:
    """`expm1` in place."""
def feature_alpha_dropout(input: Tensor, p: _float = 0.5, training: _bool = False, inplace: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """Alpha dropout of whole channels."""
def fix(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """x without its fraction.

    out = trunc(x)

    ∂x = 0

    (x is input; g is the gradient of out.)
    """
def fix_(input: Tensor) -> Tensor:
    """`trunc` in place."""
def flatten(input: Tensor, start_dim: _int = 0, end_dim: _int = -1) -> Tensor:
    """The dimensions start_dim to end_dim as one. RuntimeError when they stand in the wrong order.

    out = x

    ∂x = g

    (x is input; g is the gradient of out.)
    """
def flip(input: Tensor, dims: _int | Sequence[_int], *, out: Tensor | None = None) -> Tensor:
    """x with the order of elements reversed along dims. IndexError out of range, RuntimeError if repeated.

    out = flip(x)

    ∂x = flip(g)

    (x is input; g is the gradient of out.)
    """
def fliplr(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """x with its columns reversed. RuntimeError for fewer than two dimensions."""
def flipud(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """x with its rows reversed. RuntimeError for a 0-d tensor."""
def float_power(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """x to the power y, computed in float64."""
def floor(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The largest integer not above x.

    out = ⌊x⌋

    ∂x = 0

    (x is input; g is the gradient of out.)
    """
def floor_(input: Tensor) -> Tensor:
    """`floor` in place."""
def floor_divide(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """⌊x / y⌋ in the inputs' common type.

    out = ⌊x / y⌋

    ∂x = 0
    ∂y = 0

    (x is input, y is other; g is the gradient of out.)
    """
def fmax(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """out = max(x, y)

    ∂x = [x ≥ y] ∨ isnan(y) ? g : 0
    ∂y = [x ≥ y] ∨ isnan(y) ? 0 : g

    (x is input, y is other; g is the gradient of out.)
    """
def fmin(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """out = min(x, y)

    ∂x = [x ≤ y] ∨ isnan(y) ? g : 0
    ∂y = [x ≤ y] ∨ isnan(y) ? 0 : g

    (x is input, y is other; g is the gradient of out.)
    """
def fmod(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """x − trunc(x / y) · y: the remainder with x's sign.

    out = fmod(x, y)

    ∂x = g
    ∂y = −g · trunc(x / y)

    (x is input, y is other; g is the gradient of out.)
    """
def frac(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The part of x behind the point, with x's sign.

    out = x − trunc(x)

    ∂x = g

    (x is input; g is the gradient of out.)
    """
def frac_(input: Tensor) -> Tensor:
    """`frac` in place."""
def frexp(input: Tensor, *, out: Sequence[Tensor] | None = None) -> _return_types.frexp:
    """(mantissa, exponent) with x = mantissa · 2^exponent and the mantissa in [½, 1).

    out = frexp(x)

    ∂x = g / 2^exponent

    (x is input; g is the gradient of out.)
    """
def frobenius_norm(input: Tensor, dim: Any = ..., keepdim: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """√Σ x² over dim."""
def gather(input: Tensor, dim: _int, index: Tensor, *, sparse_grad: _bool = False, out: Tensor | None = None) -> Tensor:
    """out[i][j] = x[index[i][j]][j] for dim 0, and so on: one element of x along dim for each element of index.

        index has as many dimensions as x and is no larger than x apart from dim. RuntimeError for positions out of range.

    out = x[index]

    ∂x = g at [index]

    (x is input; g is the gradient of out.)
    """
def gcd(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """The greatest common divisor.

    out = gcd(x, y)
    """
def gcd_(input: Tensor, other: _Operand) -> Tensor:
    """`gcd` in place."""
def ge(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """out = [x ≥ y]"""
def geqrf(input: Tensor, *, out: Sequence[Tensor] | None = None) -> _return_types.geqrf:
    """(R above the diagonal and the reflectors below it, their factors): LAPACK's raw QR.

    out = qr(x)
    """
def ger(input: Tensor, vec2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """All products x[i] vec2[j] of two vectors.

    out = x ⊗ vec2

    ∂x = g @ vec2
    ∂vec2 = gᵀ @ x

    (x is input; g is the gradient of out.)
    """
def gradient(input: Tensor, *, spacing: Any = 1, dim: Any = None, edge_order: _int = 1, out: Tensor | None = None) -> tuple[Tensor, ...]:
    """The derivative of samples along each dim by central differences, second order inside and of edge_order at the ends.

    `spacing`: a number, one number for each dim, or the coordinates along each dim (1-d tensors).
    """
def greater(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """out = [x > y]"""
def greater_equal(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """out = [x ≥ y]"""
def group_norm(input: Tensor, num_groups: _int, weight: _Operand | None = None, bias: Tensor | None = None, eps: _float = 1e-05, *, out: Tensor | None = None) -> Tensor:
    """Normalise each image of (N, C, ...) over num_groups groups of channels, then scale and shift each channel."""
def gru(input: Tensor, hx: Any, params: Any, has_biases: Any, num_layers: Any, dropout: Any, train: Any, bidirectional: Any, batch_first: Any, *, out: Tensor | None = None) -> tuple[Tensor, ...]:
    """(out, last h) of a network of GRU layers, with the arguments of `rnn_tanh`."""
def gru_cell(input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None, b_hh: Tensor | None = None, *, out: Tensor | None = None) -> Tensor:
    """The state after one step of a GRU on x (N, in)."""
def gt(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """out = [x > y]"""
def hardshrink(input: Tensor, lambd: _float = 0.5, *, out: Tensor | None = None) -> Tensor:
    """x where |x| > λ, else 0."""
def heaviside(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """1 where x is positive, y where it is 0, else 0.

    out = [x > 0] + y · [x = 0]

    ∂x = 0
    ∂y = [x = 0] ? g : 0

    (x is input, y is other; g is the gradient of out.)
    """
def histc(input: Tensor, bins: _int = 100, min: _float = 0, max: _float = 0, *, out: Tensor | None = None) -> Tensor:
    """How many elements fall into each of equal bins between min and max (of the data, when both are 0).

    out = histogram(x)
    """
def histogram(input: Tensor, bins: Any, *, range: Any = None, weight: _Operand | None = None, density: _bool = False, out: Tensor | None = None) -> Any:
    """(hist, bin_edges): the elements counted (or weighed) between edges, given as a vector or as a number of equal bins."""
def histogramdd(input: Tensor, bins: Any, *, range: Any = None, weight: _Operand | None = None, density: _bool = False, out: Tensor | None = None) -> Any:
    """(hist, bin_edges): points, the last dimension being their coordinates, counted in cells.

    `bins`: a number of equal ones for all coordinates or for each, or the edges along each; `range`: lower and upper ends.
    """
def hsplit(input: Tensor, indices_or_sections: Any, *, out: Tensor | None = None) -> tuple[Tensor, ...]:
    """x cut along dimension 1 (a vector along 0) into equal parts or at indices."""
def hstack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """The tensors joined side by side: along dimension 1, vectors along 0."""
def hypot(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """out = √(x² + y²)

    ∂x = g · x / out
    ∂y = g · y / out

    (x is input, y is other; g is the gradient of out.)
    """
def i0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function I₀(x).

    out = I₀(x)

    ∂x = g · I₁(x)

    (x is input; g is the gradient of out.)
    """
def i0_(input: Tensor) -> Tensor:
    """`i0` in place."""
def igamma(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """P(a, x) = ∫ t^(a−1) exp(−t) dt from 0 to x, divided by Γ(a): NaN for negative arguments.

    out = P(x, y)

    ∂y = g · y^(x − 1) · exp(−y) / Γ(x)

    (x is input, y is other; g is the gradient of out.)
    """
def igammac(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """Q(a, x) = 1 − P(a, x), without cancellation.

    out = Q(x, y)

    ∂y = −(g · y^(x − 1) · exp(−y) / Γ(x))

    (x is input, y is other; g is the gradient of out.)
    """
def index_add(input: Tensor, dim: _int, index: Tensor, source: Tensor, *, alpha: _float = 1, out: Tensor | None = None) -> Tensor:
    """x with alpha times the slices of source added at the positions of a vector.

    out = x[index] += alpha · source

    ∂x = g
    ∂source = g[index] · alpha

    (x is input; g is the gradient of out.)
    """
def index_copy(input: Tensor, dim: _int, index: Tensor, source: Tensor, *, out: Tensor | None = None) -> Tensor:
    """x with the slices of source written at the positions of a vector.

    out = x[index] ← source

    ∂x = g[index] ← 0
    ∂source = g[index]

    (x is input; g is the gradient of out.)
    """
def index_fill(input: Tensor, dim: _int, index: Tensor, value: Any, *, out: Tensor | None = None) -> Tensor:
    """x with a number (or 0-d tensor) written at the slices along dim at the positions of a vector; negative ones count from the end."""
def index_put(input: Tensor, indices: Sequence[Any], values: _Operand, accumulate: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """x with values, broadcast to x[indices], written (or added) there. IndexError out of range, RuntimeError for other types."""
def index_put_(input: Tensor, indices: Sequence[Any], values: _Operand, accumulate: _bool = False) -> Tensor:
    """`index_put` in place."""
def index_reduce(input: Tensor, dim: _int, index: Tensor, source: Tensor, reduce: str, *, include_self: _bool = True, out: Tensor | None = None) -> Tensor:
    """x with the prod, mean, amax or amin of the slices of source that a vector of positions sends to each slice.

    out = reduce(x, source at index)

    ∂x = g · ∂reduce / ∂x
    ∂source = g · ∂reduce / ∂source

    (x is input; g is the gradient of out.)
    """
def index_select(input: Tensor, dim: _int, index: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The slices of x along dim at the positions of a vector. IndexError out of range.

    out = x[index]

    ∂x = g at [index]

    (x is input; g is the gradient of out.)
    """
def inner(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """Σ x y over the last dimension of both, for all pairs of the others; with a number, the product."""
def inverse(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverses of square matrices. LinAlgError for a singular one.

    out = A⁻¹

    ∂A = −(outᵀ @ g @ outᵀ)

    (; g is the gradient of out.)
    """
def isclose(input: Tensor, other: _Operand, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """Whether |x − y| ≤ atol + rtol · |y|, or both are the same infinity, or (with equal_nan) both NaN.

    out = [|x − y| ≤ atol + rtol · |y|]
    """
def isfinite(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = isfinite(x)"""
def isin(elements: _Operand, test_elements: _Operand, *, assume_unique: _bool = False, invert: _bool = False, out: Tensor | None = None) -> Tensor:
    """For each element whether it is one of the test elements (is none of them, with invert). One of the two may be a number.

    out = [elements ∈ test_elements]
    """
def isinf(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = isinf(x)"""
def isnan(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = isnan(x)"""
def isneginf(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Whether x is −∞.

    out = isneginf(x)
    """
def isposinf(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Whether x is +∞.

    out = isposinf(x)
    """
def isreal(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Whether x has no imaginary part: always, for there are no complex types.

    out = isreal(x)
    """
def kron(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """The Kronecker product: every element of x times the whole of y."""
def kthvalue(input: Tensor, k: _int, dim: _int = -1, keepdim: _bool = False, *, out: Sequence[Tensor] | None = None) -> _return_types.kthvalue:
    """The kth smallest element along dim, counted from 1, and where it stands.

    out = kth of x

    ∂x = g at indices

    (x is input; g is the gradient of out.)
    """
def layer_norm(input: Tensor, normalized_shape: Sequence[_int], weight: Tensor | None = None, bias: Tensor | None = None, eps: _float = 1e-05, *, out: Tensor | None = None) -> Tensor:
    """Normalise over the trailing dimensions normalized_shape, then scale and shift elementwise.

    out = (x − mean) / √(var + eps) · weight + bias

    ∂(x, weight, bias) = (rstd · (ĝ − mean(ĝ) − x̂ · mean(ĝ · x̂)), Σ g · x̂, Σ g), where ĝ = g · weight, x̂ = (x − mean) · rstd, rstd = 1 / √(var + eps)

    (x is input; g is the gradient of out.)
    """
def lcm(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """The least common multiple.

    out = lcm(x, y)
    """
def lcm_(input: Tensor, other: _Operand) -> Tensor:
    """`lcm` in place."""
def ldexp(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """x · 2^y.

    out = x · 2^y

    ∂x = g · 2^y
    ∂y = g · out · log(2)

    (x is input, y is other; g is the gradient of out.)
    """
def ldexp_(input: Tensor, other: _Operand) -> Tensor:
    """`ldexp` in place."""
def le(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """out = [x ≤ y]"""
def lerp(input: Tensor, end: Tensor, weight: _Operand, *, out: Tensor | None = None) -> Tensor:
    """From x at weight 0 to end at weight 1 on a straight line; exact at both ends.

    out = x + weight · (end − x)

    ∂x = g · (1 − weight)
    ∂end = g · weight
    ∂weight = g · (end − x)

    (x is input; g is the gradient of out.)
    """
def less(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """out = [x < y]"""
def less_equal(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """out = [x ≤ y]"""
def lgamma(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """log |Γ(x)|: inf at 0, -1, -2, ...

    out = log |Γ(x)|

    ∂x = g · ψ(x)

    (x is input; g is the gradient of out.)
    """
def log(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = log(x)

    ∂x = g / x

    (x is input; g is the gradient of out.)
    """
def log10(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = log₁₀(x)

    ∂x = g / (x · log(10))

    (x is input; g is the gradient of out.)
    """
def log10_(input: Tensor) -> Tensor:
    """`log10` in place."""
def log1p(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = log(1 + x)

    ∂x = g / (1 + x)

    (x is input; g is the gradient of out.)
    """
def log1p_(input: Tensor) -> Tensor:
    """`log1p` in place."""
def log2(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = log₂(x)

    ∂x = g / (x · log(2))

    (x is input; g is the gradient of out.)
    """
def log2_(input: Tensor) -> Tensor:
    """`log2` in place."""
def log_(input: Tensor) -> Tensor:
    """`log` in place."""
def log_softmax(input: Tensor, dim: _int, dtype: _dtype | None = None, *, out: Tensor | None = None) -> Tensor:
    """log softmax(x) over dim, without the overflow and the loss of digits of its two steps.

    out = log_softmax(x)

    ∂x = g − exp(out) · Σ g

    (x is input; g is the gradient of out.)
    """
def logaddexp(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """out = log(exp(x) + exp(y))

    ∂x = g / (1 + exp(y − x))
    ∂y = g / (1 + exp(x − y))

    (x is input, y is other; g is the gradient of out.)
    """
def logaddexp2(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """out = log₂(2^x + 2^y)

    ∂x = g / (1 + 2^(y − x))
    ∂y = g / (1 + 2^(x − y))

    (x is input, y is other; g is the gradient of out.)
    """
def logcumsumexp(input: Tensor, dim: _int, *, out: Tensor | None = None) -> Tensor:
    """log Σ exp(x) over the elements up to each one along dim.

    out = logcumsumexp(x)

    ∂x = exp(x) · Σ_{j ≥ i} g · exp(−out)

    (x is input; g is the gradient of out.)
    """
def logdet(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """log det A: NaN where the determinant is negative, −inf where it is 0."""
def logical_and(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """out = x ∧ y"""
def logical_not(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = ¬x"""
def logical_or(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """out = x ∨ y"""
def logical_xor(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """out = x ⊻ y"""
def logit(input: Tensor, eps: _float | None = None, *, out: Tensor | None = None) -> Tensor:
    """log(x / (1 − x)), the inverse of the sigmoid; eps holds x in [eps, 1 − eps].

    out = log(x / (1 − x))

    ∂x = ¬[0 ≤ x ≤ 1 − 0] ? nan : g / (x · (1 − x))

    (x is input; g is the gradient of out.)
    """
def logit_(input: Tensor, eps: _float | None = None) -> Tensor:
    """`logit` in place."""
def logsumexp(input: Tensor, dim: Any, keepdim: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """log Σ exp(x) over dim, with the largest x taken out so that nothing overflows.

    out = log Σ exp(x)

    ∂x = g · exp(x − out)

    (x is input; g is the gradient of out.)
    """
def lstm(input: Tensor, hx: Any, params: Any, has_biases: Any, num_layers: Any, dropout: Any, train: Any, bidirectional: Any, batch_first: Any, *, out: Tensor | None = None) -> tuple[Tensor, ...]:
    """(out, last h, last c) of a network of LSTM layers, with the arguments of `rnn_tanh`; hx is (h, c)."""
def lstm_cell(input: Tensor, hx: Sequence[Tensor], w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None, b_hh: Tensor | None = None, *, out: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """(h, c) after one step of an LSTM on x (N, in) from hx = (h, c)."""
def lt(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """out = [x < y]"""
def lu(input: Tensor, pivot: _bool = True, get_infos: _bool = False, *, out: Tensor | None = None) -> Any:
    """(LU, pivots) or (LU, pivots, info): `linalg.lu_factor` under its old name."""
def lu_solve(input: Tensor, LU_data: Tensor, LU_pivots: Tensor, *, out: Tensor | None = None) -> Tensor:
    """`linalg.lu_solve` under its old name."""
def lu_unpack(LU_data: Tensor, LU_pivots: Tensor, unpack_data: _bool = True, unpack_pivots: _bool = True, *, out: Sequence[Tensor] | None = None) -> _return_types.lu_unpack:
    """(P, L, U) of a packed factorisation.

    out = unpack(LU_data)

    ∂LU_data = tril(g[−2]) + triu(g[−1])

    (; g is the gradient of out.)
    """
def masked_fill(input: Tensor, mask: Tensor, value: _Operand, *, out: Tensor | None = None) -> Tensor:
    """x with a number (or 0-d tensor) where the mask is true; x and mask broadcast.

    out = mask ? value : x

    ∂x = mask ? 0 : g
    ∂value = mask ? g : 0

    (x is input; g is the gradient of out.)
    """
def masked_scatter(input: Tensor, mask: Tensor, source: Tensor, *, out: Tensor | None = None) -> Tensor:
    """x with the elements of source, in their order, where the mask is true; x and mask broadcast.

    out = mask ? source : x

    ∂x = mask ? 0 : g
    ∂source = g[mask]

    (x is input; g is the gradient of out.)
    """
def masked_select(input: Tensor, mask: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The elements of x where the mask is true, in one dimension; x and mask broadcast."""
def matmul(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The matrix product: 1-d · 1-d is the dot product, more than two dimensions are batches and broadcast.

    out = x @ y

    ∂x = g @ yᵀ
    ∂y = xᵀ @ g

    (x is input, y is other; g is the gradient of out.)
    """
def matrix_exp(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Σ Aᵏ / k! of square matrices.

    out = exp(A)

    ∂A = upper right of exp [[Aᵀ, g], [0, Aᵀ]]

    (; g is the gradient of out.)
    """
def matrix_power(A: Tensor, n: _int, *, out: Tensor | None = None) -> Tensor:
    """A @ A @ ... n times, by squaring; a negative n takes the inverse. RuntimeError unless the matrices are square."""
def max(input: Tensor, dim: Any = None, keepdim: _bool = False, *, other: Any = None, out: Tensor | None = None) -> Tensor:
    """The largest element of all, or (values, indices) along dim, or the elementwise maximum with another tensor."""
def max_pool1d(input: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: _bool = False) -> Tensor:
    """The maximum over windows of (N, C, L); stride defaults to the window. With return_indices also its place."""
def max_pool2d(input: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: _bool = False) -> Tensor:
    """The maximum over windows of (N, C, H, W); stride defaults to the window. With return_indices also its place."""
def max_pool3d(input: Tensor, kernel_size: _int | Sequence[_int], stride: _int | Sequence[_int] | None = None, padding: _int | Sequence[_int] = 0, dilation: _int | Sequence[_int] = 1, ceil_mode: _bool = False, return_indices: _bool = False) -> Tensor:
    """The maximum over windows of (N, C, D, H, W); stride defaults to the window. With return_indices also its place."""
def maximum(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """out = max(x, y)

    ∂x = g · ¬[x < y] / (1 + [x = y])
    ∂y = g · ¬[y < x] / (1 + [x = y])

    (x is input, y is other; g is the gradient of out.)
    """
def mean(input: Tensor, dim: Any = None, keepdim: _bool = False, *, dtype: Any = None, out: Tensor | None = None) -> Tensor:
    """The mean over dim (all dimensions by default). RuntimeError for integers: convert with .float().

    out = mean(x)

    ∂x = g / n

    (x is input; g is the gradient of out.)
    """
def median(input: Tensor, dim: _int | None = None, keepdim: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """The lower median of all elements, or (values, indices) along dim. NaN where one occurs."""
def meshgrid(*xs: Tensor, indexing: str = 'ij') -> tuple[Tensor, ...]:
    """Vectors as the coordinates of a grid: result i varies along dimension i only, as x[i] does. "xy" exchanges the first two.

    The results are expanded views: clone one before changing it in place.
    """
def min(input: Tensor, dim: Any = None, keepdim: _bool = False, *, other: Any = None, out: Tensor | None = None) -> Tensor:
    """The smallest element of all, or (values, indices) along dim, or the elementwise minimum with another tensor."""
def minimum(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """out = min(x, y)

    ∂x = g · ¬[x > y] / (1 + [x = y])
    ∂y = g · ¬[y > x] / (1 + [x = y])

    (x is input, y is other; g is the gradient of out.)
    """
def mm(input: Tensor, mat2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The product of two matrices. RuntimeError for anything but two dimensions.

    out = x @ mat2

    ∂x = g @ mat2ᵀ
    ∂mat2 = xᵀ @ g

    (x is input; g is the gradient of out.)
    """
def mode(input: Tensor, dim: _int = -1, keepdim: _bool = False, *, out: Sequence[Tensor] | None = None) -> _return_types.mode:
    """The most frequent element along dim, the smallest of several, and where it last stands.

    out = mode(x)

    ∂x = g at indices

    (x is input; g is the gradient of out.)
    """
def moveaxis(input: Tensor, source: Any, destination: Any, *, out: Tensor | None = None) -> Tensor:
    """x with the dimensions `source` moved to the places `destination`; the others keep their order."""
def movedim(input: Tensor, source: Any, destination: Any, *, out: Tensor | None = None) -> Tensor:
    """x with the dimensions `source` moved to the places `destination`; the others keep their order."""
def msort(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The elements along the first dimension in order."""
def mul(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """out = x · y

    ∂x = g · y
    ∂y = g · x

    (x is input, y is other; g is the gradient of out.)
    """
def multiply(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """out = x · y

    ∂x = g · y
    ∂y = g · x

    (x is input, y is other; g is the gradient of out.)
    """
def mv(input: Tensor, vec: Tensor, *, out: Tensor | None = None) -> Tensor:
    """A matrix times a vector.

    out = x @ vec

    ∂x = g @ vecᵀ
    ∂vec = xᵀ @ g

    (x is input; g is the gradient of out.)
    """
def mvlgamma(input: Tensor, p: _int, *, out: Tensor | None = None) -> Tensor:
    """log of the multivariate gamma function of dimension p: p (p − 1) / 4 · log π + Σ lgamma(x − i / 2), i from 0 to p − 1."""
def nan_to_num(input: Tensor, nan: _float | None = None, posinf: _float | None = None, neginf: _float | None = None, *, out: Tensor | None = None) -> Tensor:
    """x with NaN replaced by 0 and ±∞ by the largest and smallest finite number, or by what is given.

    out = nan_to_num(x)

    ∂x = isfinite(x) ? g : 0

    (x is input; g is the gradient of out.)
    """
def nan_to_num_(input: Tensor, nan: _float | None = None, posinf: _float | None = None, neginf: _float | None = None) -> Tensor:
    """`nan_to_num` in place."""
def nanmean(input: Tensor, dim: Any = None, keepdim: _bool = False, *, dtype: Any = None, out: Tensor | None = None) -> Tensor:
    """The mean over dim of what is not NaN. RuntimeError for integers."""
def nanmedian(input: Tensor, dim: _int | None = None, keepdim: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """`median` of what is not NaN."""
def nanquantile(input: Tensor, q: Any, dim: _int | None = None, keepdim: _bool = False, *, interpolation: str = 'linear', out: Tensor | None = None) -> Tensor:
    """`quantile` of what is not NaN."""
def nansum(input: Tensor, dim: Any = None, keepdim: _bool = False, *, dtype: Any = None, out: Tensor | None = None) -> Tensor:
    """The sum over dim with NaN counted as 0.

    out = Σ x

    ∂x = isnan(x) ? 0 : g

    (x is input; g is the gradient of out.)
    """
def narrow(input: Tensor, dim: _int, start: Any, length: _int, *, out: Tensor | None = None) -> Tensor:
    """`length` positions of a dimension from `start` on: a view. IndexError for the start, RuntimeError for the length out of range."""
def narrow_copy(input: Tensor, dim: _int, start: _int, length: _int, *, out: Tensor | None = None) -> Tensor:
    """`narrow` with memory of its own."""
def native_channel_shuffle(input: Tensor, groups: _int, *, out: Tensor | None = None) -> Tensor:
    """channel_shuffle under the name of PyTorch's kernel."""
def ne(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """out = [x ≠ y]"""
def neg(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """−x.

    out = −x

    ∂x = −g

    (x is input; g is the gradient of out.)
    """
def neg_(input: Tensor) -> Tensor:
    """`neg` in place."""
def negative(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """−x.

    out = −x

    ∂x = −g

    (x is input; g is the gradient of out.)
    """
def negative_(input: Tensor) -> Tensor:
    """`neg` in place."""
def nextafter(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """out = nextafter(x, y)"""
def nonzero(input: Tensor, *, as_tuple: _bool = False, out: Tensor | None = None) -> Tensor:
    """The positions of what is not 0, one a row; as_tuple: one tensor for each dimension, as an index takes them."""
def nonzero_static(input: Tensor, *, size: _int, fill_value: _int = -1, out: Tensor | None = None) -> Tensor:
    """The first `size` positions of what is not 0, one a row, filled up with fill_value.

    out = x ≠ 0 at
    """
def norm(input: Tensor, p: Any = 'fro', dim: Any = None, keepdim: _bool = False, dtype: Any = None, *, out: Tensor | None = None) -> Tensor:
    """The p-norm over dim (all elements by default); "nuc" is the sum of the singular values of matrices."""
def not_equal(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """out = [x ≠ y]"""
def nuclear_norm(input: Tensor, dim: Any = ..., keepdim: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """The sum of the singular values."""
def orgqr(A: Tensor, tau: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The first columns of H₁ H₂ ..., the reflections whose vectors stand below A's diagonal."""
def ormqr(input: Tensor, tau: Tensor, other: _Operand, left: _bool = True, transpose: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """Q y (left=False: y Q; transpose: with Qᵀ), Q being the whole product of the reflections in x and tau."""
def outer(input: Tensor, vec2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """All products x[i] vec2[j] of two vectors.

    out = x ⊗ vec2

    ∂x = g @ vec2
    ∂vec2 = gᵀ @ x

    (x is input; g is the gradient of out.)
    """
def pairwise_distance(x1: Tensor, x2: Tensor, p: _float = 2.0, eps: _float = 1e-06, keepdim: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """The p-norm of x1 − x2 + eps over the last dimension."""
def pdist(input: Tensor, p: _float = 2.0, *, out: Tensor | None = None) -> Tensor:
    """The p-norm distances between all pairs of rows i < j of a matrix."""
def permute(input: Tensor, dims: _int | Sequence[_int]) -> Tensor:
    """x with its dimensions in another order: out.shape[i] = x.shape[dims[i]]. RuntimeError unless each is named once.

    out = xᵀ

    ∂x = gᵀ

    (x is input; g is the gradient of out.)
    """
def pinverse(input: Tensor, rcond: _float = 1e-15, *, out: Tensor | None = None) -> Tensor:
    """`linalg.pinv` under its old name."""
def pixel_shuffle(input: Tensor, upscale_factor: _int, *, out: Tensor | None = None) -> Tensor:
    """(*, C·r², H, W) to (*, C, H·r, W·r): channels become the places of finer pixels. Shi et al. 2016."""
def pixel_unshuffle(input: Tensor, downscale_factor: _int, *, out: Tensor | None = None) -> Tensor:
    """The inverse of pixel_shuffle: (*, C, H·r, W·r) to (*, C·r², H, W)."""
def polygamma(n: _int, input: _Operand, *, out: Tensor | None = None) -> Tensor:
    """The n-th derivative of digamma ψ. RuntimeError for a negative n.

    out = ψ⁽n⁾(x)

    ∂x = g · ψ⁽n + 1⁾(x)

    (x is input; g is the gradient of out.)
    """
def positive(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """x itself. RuntimeError for truth values."""
def pow(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """x to the power y. RuntimeError for integers to a negative number; by element such powers are 0 (±1 for ±1).

    out = x^y

    ∂x = g · y · x^(y − 1)
    ∂y = g · out · log(x)

    (x is input, y is other; g is the gradient of out.)
    """
def prelu(input: Tensor, weight: _Operand, *, out: Tensor | None = None) -> Tensor:
    """x where it is positive, else weight · x; weight has one number, or one for each channel (dimension 1) of x."""
def prod(input: Tensor, dim: _int | None = None, keepdim: _bool = False, *, dtype: Any = None, out: Tensor | None = None) -> Tensor:
    """The product over one dimension, or of all elements; integers and bools are multiplied as int64.

    out = Π x

    ∂x = g · out / x

    (x is input; g is the gradient of out.)
    """
def put(input: Tensor, index: Tensor, source: Tensor, accumulate: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """x with source written (or added) at positions counted through x in row-major order.

    out = x[index] ← source

    ∂x = g[index] ← 0
    ∂source = g[index]

    (x is input; g is the gradient of out.)
    """
def qr(input: Tensor, some: _bool = True, *, out: Tensor | None = None) -> Any:
    """`linalg.qr` under its old name."""
def quantile(input: Tensor, q: Any, dim: _int | None = None, keepdim: _bool = False, *, interpolation: str = 'linear', out: Tensor | None = None) -> Tensor:
    """The q-quantiles along dim (of all elements by default): q a number or a vector, which becomes the first dimension."""
def rad2deg(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Radians as degrees.

    out = 180 / π · x

    ∂x = 180 / π · g

    (x is input; g is the gradient of out.)
    """
def rad2deg_(input: Tensor) -> Tensor:
    """`rad2deg` in place."""
def ravel(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """All elements in one dimension."""
def real(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """x itself, for there are no complex numbers here."""
def reciprocal(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """1 / x.

    out = 1 / x

    ∂x = −g · out²

    (x is input; g is the gradient of out.)
    """
def reciprocal_(input: Tensor) -> Tensor:
    """`reciprocal` in place."""
def relu(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """max(0, x); the gradient at 0 is 0. NaN stays NaN.

    out = max(0, x)

    ∂x = [out ≤ 0] ? 0 : g

    (x is input; g is the gradient of out.)
    """
def relu_(input: Tensor) -> Tensor:
    """`relu` in place."""
def remainder(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """x − ⌊x / y⌋ · y: the remainder with y's sign.

    out = x mod y

    ∂x = g
    ∂y = −g · ⌊x / y⌋

    (x is input, y is other; g is the gradient of out.)
    """
def renorm(input: Tensor, p: _float, dim: _int, maxnorm: _float, *, out: Tensor | None = None) -> Tensor:
    """x with each slice along dim scaled down so that its p-norm is at most maxnorm."""
def repeat_interleave(input: Tensor, repeats: Any = None, dim: _int | None = None, *, output_size: _int | None = None, out: Tensor | None = None) -> Tensor:
    """Each element of x along dim repeated, all equally often or as `repeats` (a tensor) says; without dim x is flattened.

    With one argument, x holds the counts and the result the positions 0, 1, ... each as often as counted.
    """
def reshape(input: Tensor, shape: _int | Sequence[_int]) -> Tensor:
    """x with the same elements in another shape: a view where the strides allow it, else a copy. One size may be -1.

    out = x

    ∂x = g

    (x is input; g is the gradient of out.)
    """
def resolve_conj(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """x itself, for there are no complex numbers here."""
def resolve_neg(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """x itself, for there are no complex numbers here."""
def rms_norm(input: Tensor, normalized_shape: Sequence[_int], weight: _Operand | None = None, eps: _float | None = None, *, out: Tensor | None = None) -> Tensor:
    """x / √(mean(x²) + eps) over the trailing dimensions normalized_shape, then scaled; eps defaults to the type's epsilon."""
def rnn_relu(input: Tensor, hx: Any, params: Any, has_biases: Any, num_layers: Any, dropout: Any, train: Any, bidirectional: Any, batch_first: Any, *, out: Tensor | None = None) -> tuple[Tensor, ...]:
    """`rnn_tanh` with relu."""
def rnn_relu_cell(input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None, b_hh: Tensor | None = None, *, out: Tensor | None = None) -> Tensor:
    """relu(w_ih x + b_ih + w_hh h + b_hh) for x (N, in), h (N, hidden)."""
def rnn_tanh(input: Tensor, hx: Any, params: Any, has_biases: Any, num_layers: Any, dropout: Any, train: Any, bidirectional: Any, batch_first: Any, *, out: Tensor | None = None) -> tuple[Tensor, ...]:
    """(out, last h) of a network of tanh layers on x (T, N, in), or (N, T, in) with batch_first; hx is (layers · directions, N, hidden).

    For packed sequences the arguments are (data, batch_sizes, hx, params, has_biases, num_layers, dropout, train, bidirectional).
    """
def rnn_tanh_cell(input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None, b_hh: Tensor | None = None, *, out: Tensor | None = None) -> Tensor:
    """tanh(w_ih x + b_ih + w_hh h + b_hh) for x (N, in), h (N, hidden)."""
def roll(input: Tensor, shifts: Any, dims: Any = None, *, out: Tensor | None = None) -> Tensor:
    """x with its elements moved on by `shifts` along `dims`, those that leave at the end coming in at the start.

        Without dims all elements are rolled as one row. RuntimeError unless there are as many shifts as dims.

    out = roll(x)

    ∂x = roll(g)

    (x is input; g is the gradient of out.)
    """
def rot90(input: Tensor, k: _int = 1, dims: Sequence[_int] = ..., *, out: Tensor | None = None) -> Tensor:
    """x turned k times by 90 degrees in the plane of two dims, from the first towards the second."""
def round(input: Tensor, *, decimals: _int = 0, out: Tensor | None = None) -> Tensor:
    """The nearest integer, halves to the even one; with `decimals` the nearest multiple of 10^−decimals.

    out = round(x)

    ∂x = 0

    (x is input; g is the gradient of out.)
    """
def round_(input: Tensor, *, decimals: _int = 0) -> Tensor:
    """`round` in place."""
def row_stack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """The tensors joined below each other; vectors count as rows."""
def rrelu(input: Tensor, lower: _float = 0.125, upper: _float = 0.3333333333333333, training: _bool = False, inplace: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """x where it is positive, else a · x: a drawn from [lower, upper) for each element when training, else their mean."""
def rrelu_(input: Tensor, lower: _float = 0.125, upper: _float = 0.3333333333333333, training: _bool = False, inplace: _bool = False) -> Tensor:
    """`rrelu` in place."""
def rsqrt(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """1 / √x.

    out = 1 / √x

    ∂x = −½ · g · out³

    (x is input; g is the gradient of out.)
    """
def rsqrt_(input: Tensor) -> Tensor:
    """`rsqrt` in place."""
def rsub(input: Tensor, other: _Operand, *, alpha: _float = 1, out: Tensor | None = None) -> Tensor:
    """y − alpha · x."""
def scatter(input: Tensor, dim: _int, index: Tensor, src: Any = None, *, value: Any = None, reduce: str | None = None, out: Tensor | None = None) -> Tensor:
    """x with src (a tensor or a number) written at out[index[i][j]][j] for dim 0, and so on.

    index is no larger than src, nor than x apart from dim. Where positions repeat, the last one stays.
    """
def scatter_add(input: Tensor, dim: _int, index: Tensor, src: Tensor, *, out: Tensor | None = None) -> Tensor:
    """x with src added at out[index[i][j]][j] for dim 0, and so on; what meets at one place adds up.

    out = x[index] += src

    ∂x = g
    ∂src = g[index]

    (x is input; g is the gradient of out.)
    """
def scatter_reduce(input: Tensor, dim: _int, index: Tensor, src: Tensor, reduce: str, *, include_self: _bool = True, out: Tensor | None = None) -> Tensor:
    """x with the sum, prod, mean, amax or amin of what src sends to each place; include_self counts x itself in.

    out = reduce(x, src at index)

    ∂x = g · ∂reduce / ∂x
    ∂src = (g · ∂reduce / ∂src)

    (x is input; g is the gradient of out.)
    """
def searchsorted(sorted_sequence: Tensor, values: _Operand, *, out_int32: _bool = False, right: _bool = False, side: str | None = None, sorter: Tensor | None = None, out: Tensor | None = None) -> Tensor:
    """Where each value would be inserted into a sorted sequence (row by row, when it has rows) to keep it sorted.

        On ties before the equal ones, with right=True behind them. `sorter` is the order that sorts the sequence.

    out = place of values in sorted_sequence
    """
def select(input: Tensor, dim: _int, index: _int) -> Tensor:
    """x at one position of a dimension, which goes: a view. IndexError out of range.

    out = x[index]

    ∂x = g at [index]

    (x is input; g is the gradient of out.)
    """
def select_scatter(input: Tensor, src: Tensor, dim: _int, index: _int, *, out: Tensor | None = None) -> Tensor:
    """A copy of x with src at one position of a dimension. RuntimeError unless src has the part's shape.

    out = x with part ← src

    ∂x = g with part ← 0
    ∂src = g[index]

    (x is input; g is the gradient of out.)
    """
def selu(input: Tensor, inplace: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """λ x where x is positive, else λ α (exp(x) − 1), λ ≈ 1.0507, α ≈ 1.6733 (Klambauer et al. 2017)."""
def selu_(input: Tensor, inplace: _bool = False) -> Tensor:
    """`selu` in place."""
def sgn(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """−1, 0 or 1; 0 for NaN, as in PyTorch.

    out = sign(x)

    ∂x = 0

    (x is input; g is the gradient of out.)
    """
def sigmoid(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """1 / (1 + exp(−x)); an overflow of exp gives the 0 that is right.

    out = σ(x)

    ∂x = g · (1 − out) · out

    (x is input; g is the gradient of out.)
    """
def sigmoid_(input: Tensor) -> Tensor:
    """`sigmoid` in place."""
def sign(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """−1, 0 or 1; 0 for NaN, as in PyTorch.

    out = sign(x)

    ∂x = 0

    (x is input; g is the gradient of out.)
    """
def signbit(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Whether the sign bit of x is set: negative numbers and −0.0.

    out = signbit(x)
    """
def sin(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = sin(x)

    ∂x = g · cos(x)

    (x is input; g is the gradient of out.)
    """
def sin_(input: Tensor) -> Tensor:
    """`sin` in place."""
def sinc(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """sin(πx) / (πx), and 1 at 0.

    out = sin(π · x) / (π · x)

    ∂x = g · (cos(π · x) − sinc(x)) / x

    (x is input; g is the gradient of out.)
    """
def sinc_(input: Tensor) -> Tensor:
    """`sinc` in place."""
def sinh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = sinh(x)

    ∂x = g · cosh(x)

    (x is input; g is the gradient of out.)
    """
def sinh_(input: Tensor) -> Tensor:
    """`sinh` in place."""
def slice_scatter(input: Tensor, src: Tensor, dim: _int = 0, start: _int | None = None, end: _int | None = None, step: _int = 1, *, out: Tensor | None = None) -> Tensor:
    """A copy of x with src at a slice of a dimension. RuntimeError unless src has the part's shape.

    out = x with part ← src

    ∂x = g with part ← 0
    ∂src = g[None:None:step]

    (x is input; g is the gradient of out.)
    """
def slogdet(A: Tensor, *, out: Sequence[Tensor] | None = None) -> _return_types.slogdet:
    """(sign, log |det A|) of square matrices: (0, −inf) for a singular one.

    out = log |det A|

    ∂A = g[1] · (A⁻¹)ᵀ

    (; g is the gradient of out.)
    """
def softmax(input: Tensor, dim: _int, dtype: _dtype | None = None, *, out: Tensor | None = None) -> Tensor:
    """exp(x) / Σ exp(x) over dim: positive numbers that sum to 1.

    out = softmax(x)

    ∂x = (g − Σ g · out) · out

    (x is input; g is the gradient of out.)
    """
def sort(input: Tensor, dim: _int = -1, descending: _bool = False, stable: _bool = False, *, out: Sequence[Tensor] | None = None) -> _return_types.sort:
    """The elements along dim in order, and where each stood. Always stable.

    out = sort(x)

    ∂x = g at indices

    (x is input; g is the gradient of out.)
    """
def split(input: Tensor, split_size_or_sections: Any, dim: _int = 0, *, out: Tensor | None = None) -> tuple[Tensor, ...]:
    """Views of x cut along dim, of one size (the last may be smaller) or of the sizes in a list, which must add up."""
def split_with_sizes(input: Tensor, split_sizes: Sequence[_int], dim: _int = 0, *, out: Tensor | None = None) -> tuple[Tensor, ...]:
    """Views of x cut along dim into the given sizes, which must add up to its size."""
def sqrt(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = √x

    ∂x = g / (2 · out)

    (x is input; g is the gradient of out.)
    """
def sqrt_(input: Tensor) -> Tensor:
    """`sqrt` in place."""
def square(input: Tensor, *, out: Tensor | None = None) -> Tensor:
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

    ∂x = g

    (x is input; g is the gradient of out.)
    """
def stack(tensors: Sequence[Tensor], dim: _int = 0, *, out: Tensor | None = None) -> Tensor:
    """The tensors, all of one shape, joined along a new dimension.

    out = stack(xs)

    ∂xs = parts of g

    (xs is tensors; g is the gradient of out.)
    """
def std(input: Tensor, dim: Any = None, unbiased: _bool | None = None, keepdim: _bool = False, *, correction: _float | None = None, out: Tensor | None = None) -> Tensor:
    """The standard deviation over dim, with n − correction in the denominator (1 unless unbiased=False or given)."""
def std_mean(input: Tensor, dim: Any = None, unbiased: _bool | None = None, keepdim: _bool = False, *, correction: _float | None = None, out: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """(standard deviation, mean) over dim."""
def sub(input: Tensor, other: _Operand, *, alpha: _float = 1, out: Tensor | None = None) -> Tensor:
    """x − alpha · y."""
def subtract(input: Tensor, other: _Operand, *, alpha: _float = 1, out: Tensor | None = None) -> Tensor:
    """x − alpha · y."""
def sum(input: Tensor, dim: Any = None, keepdim: _bool = False, *, dtype: Any = None, out: Tensor | None = None) -> Tensor:
    """The sum over dim (all dimensions by default); integers and bools are summed as int64.

    out = Σ x

    ∂x = g

    (x is input; g is the gradient of out.)
    """
def svd(input: Tensor, some: _bool = True, compute_uv: _bool = True, *, out: Tensor | None = None) -> Any:
    """(U, S, V) with x = U diag(S) Vᵀ: `linalg.svd` under its old name and with V instead of its transpose."""
def swapaxes(input: Tensor, axis0: _int, axis1: _int, *, out: Tensor | None = None) -> Tensor:
    """`transpose` under NumPy's name."""
def swapdims(input: Tensor, dim0: _int, dim1: _int, *, out: Tensor | None = None) -> Tensor:
    """`transpose` under another name."""
def t(input: Tensor) -> Tensor:
    """The transpose of a matrix; a vector stays as it is. RuntimeError beyond two dimensions.

    out = xᵀ

    ∂x = gᵀ

    (x is input; g is the gradient of out.)
    """
def take(input: Tensor, index: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The elements of x, counted through in row-major order, at the positions of index."""
def take_along_dim(input: Tensor, indices: Tensor, dim: _int | None = None, *, out: Tensor | None = None) -> Tensor:
    """The elements of x along dim at the positions of indices, the other dimensions broadcast; without dim x is counted through."""
def tan(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = tan(x)

    ∂x = g · (1 + out²)

    (x is input; g is the gradient of out.)
    """
def tan_(input: Tensor) -> Tensor:
    """`tan` in place."""
def tanh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """out = tanh(x)

    ∂x = g · (1 − out²)

    (x is input; g is the gradient of out.)
    """
def tanh_(input: Tensor) -> Tensor:
    """`tanh` in place."""
def tensor_split(input: Tensor, indices_or_sections: Any = None, dim: _int = 0, *, indices: Any = None, sections: Any = None, out: Tensor | None = None) -> tuple[Tensor, ...]:
    """Views of x cut along dim into so many parts of almost equal size, or at the given indices."""
def tensordot(input: Tensor, other: _Operand, dims: Any = 2, *, out: Tensor | None = None) -> Tensor:
    """Σ x y over pairs of dimensions: the last `dims` of x with the first of y, or those that two lists name."""
def threshold(input: Tensor, threshold: _float, value: _float, inplace: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """x where it is above the threshold, else the value."""
def threshold_(input: Tensor, threshold: _float, value: _float, inplace: _bool = False) -> Tensor:
    """`threshold` in place."""
def tile(input: Tensor, dims: _int | Sequence[_int], *, out: Tensor | None = None) -> Tensor:
    """x laid out dims[i] times along each dimension; missing leading numbers count as 1.

    out = tile(x)

    ∂x = Σ blocks(g)

    (x is input; g is the gradient of out.)
    """
def topk(input: Tensor, k: _int, dim: _int = -1, largest: _bool = True, sorted: _bool = True, *, out: Sequence[Tensor] | None = None) -> _return_types.topk:
    """The k largest (or smallest) elements along dim in order, and where they stand. RuntimeError for too many.

    out = top k of x

    ∂x = g at indices

    (x is input; g is the gradient of out.)
    """
def trace(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The sum of a matrix's diagonal. RuntimeError unless there are two dimensions.

    out = tr(x)

    ∂x = diag(g)

    (x is input; g is the gradient of out.)
    """
def transpose(input: Tensor, dim0: _int | Sequence[_int], dim1: _int | None = None) -> Tensor:
    """x with two dimensions exchanged; NumPy's form, transpose(x, order), takes an order of all dimensions.

    out = xᵀ

    ∂x = gᵀ

    (x is input; g is the gradient of out.)
    """
def trapezoid(other: Tensor, input: _Operand | None = None, *, dx: _float = 1.0, dim: _int = -1, out: Tensor | None = None) -> Tensor:
    """The integral of samples y along dim by the trapezoidal rule, at points x or dx apart."""
def trapz(other: Tensor, input: _Operand | None = None, *, dx: _float = 1.0, dim: _int = -1, out: Tensor | None = None) -> Tensor:
    """The integral of samples y along dim by the trapezoidal rule, at points x or dx apart."""
def triangular_solve(input: Tensor, A: Tensor, upper: _bool = True, transpose: _bool = False, unitriangular: _bool = False, *, out: Sequence[Tensor] | None = None) -> _return_types.triangular_solve:
    """(solution, copy of A): `linalg.solve_triangular` under its old name.

    out = tri(A)⁻¹ @ x

    ∂(x, A) = (A⁻ᵀ g[0], −tri(A⁻ᵀ g[0] solutionᵀ))

    (x is input; g is the gradient of out.)
    """
def tril(input: Tensor, diagonal: _int = 0, *, out: Tensor | None = None) -> Tensor:
    """The matrices in the last two dimensions with zeros above a diagonal.

    out = tril(x)

    ∂x = tril(g)

    (x is input; g is the gradient of out.)
    """
def triu(input: Tensor, diagonal: _int = 0, *, out: Tensor | None = None) -> Tensor:
    """The matrices in the last two dimensions with zeros below a diagonal.

    out = triu(x)

    ∂x = triu(g)

    (x is input; g is the gradient of out.)
    """
def true_divide(input: Tensor, other: _Operand, *, rounding_mode: str | None = None, out: Tensor | None = None) -> Tensor:
    """x / y; with rounding_mode "floor" or "trunc" the rounded quotient, in the inputs' common type."""
def trunc(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """x without its fraction.

    out = trunc(x)

    ∂x = 0

    (x is input; g is the gradient of out.)
    """
def trunc_(input: Tensor) -> Tensor:
    """`trunc` in place."""
def unbind(input: Tensor, dim: _int = 0, *, out: Tensor | None = None) -> tuple[Tensor, ...]:
    """The views x[0], x[1], ... along a dimension."""
def unflatten(input: Tensor, dim: _int, sizes: Sequence[_int], *, out: Tensor | None = None) -> Tensor:
    """One dimension as several, of the given sizes; one of them may be -1. RuntimeError unless they multiply to its size."""
def unique(input: Tensor, sorted: _bool = True, return_inverse: _bool = False, return_counts: _bool = False, dim: _int | None = None, *, out: Tensor | None = None) -> Any:
    """The distinct values, or slices along dim, always sorted; with their inverse and counts on request. Each NaN is its own."""
def unique_consecutive(input: Tensor, return_inverse: _bool = False, return_counts: _bool = False, dim: _int | None = None, *, out: Tensor | None = None) -> Any:
    """x without the values, or slices along dim, that repeat the one before."""
def unravel_index(indices: Tensor, shape: Any, *, out: Tensor | None = None) -> tuple[Tensor, ...]:
    """Positions counted through a shape in row-major order as one index tensor for each dimension."""
def unsafe_chunk(input: Tensor, chunks: _int, dim: _int = 0, *, out: Tensor | None = None) -> tuple[Tensor, ...]:
    """At most `chunks` views of x cut along dim, all of one size but for the last."""
def unsafe_split(input: Tensor, split_size_or_sections: Any, dim: _int = 0, *, out: Tensor | None = None) -> tuple[Tensor, ...]:
    """Views of x cut along dim, of one size (the last may be smaller) or of the sizes in a list, which must add up."""
def unsafe_split_with_sizes(input: Tensor, split_sizes: Sequence[_int], dim: _int = 0, *, out: Tensor | None = None) -> tuple[Tensor, ...]:
    """Views of x cut along dim into the given sizes, which must add up to its size."""
def unsqueeze(input: Tensor, dim: _int) -> Tensor:
    """x with a dimension of size 1 inserted at dim.

    out = x

    ∂x = g

    (x is input; g is the gradient of out.)
    """
def vander(input: Tensor, N: _int | None = None, increasing: _bool = False, *, out: Tensor | None = None) -> Tensor:
    """The powers N−1 .. 0 (increasing: 0 .. N−1) of each element of a vector, in a new last dimension."""
def var(input: Tensor, dim: Any = None, unbiased: _bool | None = None, keepdim: _bool = False, *, correction: _float | None = None, out: Tensor | None = None) -> Tensor:
    """The variance over dim, with n − correction in the denominator (1 unless unbiased=False or given)."""
def var_mean(input: Tensor, dim: Any = None, unbiased: _bool | None = None, keepdim: _bool = False, *, correction: _float | None = None, out: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """(variance, mean) over dim."""
def vdot(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """`dot`: there are no complex numbers to conjugate."""
def vsplit(input: Tensor, indices_or_sections: Any, *, out: Tensor | None = None) -> tuple[Tensor, ...]:
    """x cut along dimension 0 into equal parts or at indices."""
def vstack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """The tensors joined below each other; vectors count as rows."""
def where(condition: Tensor, input: _Operand | None = None, other: _Operand | None = None, *, out: Tensor | None = None) -> Tensor:
    """x where the condition holds, y elsewhere, all broadcast together; where(condition) alone gives the indices at which it holds."""
def xlogy(input: Tensor, other: _Operand, *, out: Tensor | None = None) -> Tensor:
    """x · log y, and 0 where x is 0 unless y is NaN.

    out = x · log(y)

    ∂x = g · ([x = 0] ∧ [y ≤ 0] ? 0 : log(y))
    ∂y = g · x / y

    (x is input, y is other; g is the gradient of out.)
    """
def xlogy_(input: Tensor, other: _Operand) -> Tensor:
    """`xlogy` in place."""
