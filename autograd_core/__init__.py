"""Reverse-mode automatic differentiation on NumPy and Numba, with the PyTorch API.

`import autograd_core as ag` stands where `import torch` stood. The names of the ops come from their declarations.
"""

from __future__ import annotations

import importlib
from math import e, inf, nan, pi
from typing import Any

from . import autograd, cuda, linalg, random, special, utils, version
from . import op as _op
from .arguments import did_you_mean as _did_you_mean
from .autograd import (
    enable_grad,
    inference_mode,
    is_anomaly_check_nan_enabled,
    is_anomaly_enabled,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from .devices import _C, accelerator, backends, cpu, mps, xpu
from .dtypes import (
    bfloat16,
    bool_,
    cdouble,
    cfloat,
    chalf,
    complex32,
    complex64,
    complex128,
    double,
    dtype,
    finfo,
    float16,
    float32,
    float64,
    get_default_dtype,
    half,
    iinfo,
    int8,
    int16,
    int32,
    int64,
    long,
    promote_types,
    set_default_dtype,
    short,
    uint8,
    uint16,
    uint32,
    uint64,
)
from .dtypes import float_ as float
from .dtypes import int_ as int
from .kernels.precision import get_float32_matmul_precision, set_float32_matmul_precision
from .kernels.threads import get_num_threads, set_num_threads
from .printing import get_printoptions, set_printoptions
from .settings import (
    are_deterministic_algorithms_enabled,
    channels_last,
    channels_last_3d,
    contiguous_format,
    get_num_interop_threads,
    preserve_format,
    set_default_device,
    set_num_interop_threads,
    strided,
    use_deterministic_algorithms,
)
from .siblings import NAMES
from .tensor import Size, Tensor, device
from .tensor.create import (
    arange,
    as_tensor,
    asarray,
    empty,
    empty_like,
    eye,
    from_numpy,
    full,
    full_like,
    linspace,
    logspace,
    ones,
    ones_like,
    scalar_tensor,
    tensor,
    tril_indices,
    triu_indices,
    zeros,
    zeros_like,
)
from .tensor.facts import (
    can_cast,
    detach,
    get_default_device,
    is_complex,
    is_floating_point,
    is_inference,
    is_nonzero,
    is_same_size,
    is_signed,
    is_tensor,
    numel,
    result_type,
    typename,
)
from .tensor.interop import from_dlpack
from .tensor.legacy import (
    BoolTensor,
    ByteTensor,
    CharTensor,
    DoubleTensor,
    FloatTensor,
    HalfTensor,
    IntTensor,
    LongTensor,
    ShortTensor,
    set_default_tensor_type,
)
from .tensor.random import (
    Generator,
    bernoulli,
    binomial,
    default_generator,
    get_rng_state,
    initial_seed,
    manual_seed,
    multinomial,
    normal,
    poisson,
    rand,
    rand_like,
    randint,
    randint_like,
    randn,
    randn_like,
    randperm,
    seed,
    set_rng_state,
)
from .tensor.rarer import (
    as_strided_,
    detach_,
    empty_strided,
    fill,
    fill_,
    frombuffer,
    get_device,
    is_conj,
    is_neg,
    range,
    resize_as_,
    zero_,
)
from .tensor.storage import TypedStorage, UntypedStorage
from .tensor.windows import bartlett_window, blackman_window, hamming_window, hann_window, kaiser_window

__version__ = version.__version__
bool = bool_
newaxis = None
globals().update(_op.declared("torch"))


_MODULES = {
    *NAMES, "amp", "compiler", "distributed", "distributions", "fft", "func", "futures", "hub", "jit", "multiprocessing", "return_types",
    "testing", "viz",
}  # fmt: skip
# name -> the module that has it, imported when the name is first read
_LATE = {
    "save": "serialization", "load": "serialization", "vmap": "func", "compile": "compiler", "autocast": "amp",
    "is_autocast_enabled": "amp", "is_autocast_available": "amp", "GradScaler": "amp",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _LATE:
        return getattr(importlib.import_module(f"{__name__}.{_LATE[name]}"), name)
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    hint = _did_you_mean(name, [n for n in globals() if not n.startswith("_")])
    # without `obj` Python adds no suggestion of its own
    raise AttributeError(f"module 'autograd_core' has no attribute {name!r}{hint}", name=name, obj=object())
