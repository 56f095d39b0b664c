# Written by `python -m autograd_core.stubs` from the declarations: change those and run it again.
from typing import NamedTuple

from .tensor.base import Tensor

class aminmax(NamedTuple):
    min: Tensor
    max: Tensor

class frexp(NamedTuple):
    mantissa: Tensor
    exponent: Tensor

class cummax(NamedTuple):
    values: Tensor
    indices: Tensor

class cummin(NamedTuple):
    values: Tensor
    indices: Tensor

class triangular_solve(NamedTuple):
    solution: Tensor
    cloned_coefficient: Tensor

class geqrf(NamedTuple):
    a: Tensor
    tau: Tensor

class lu_unpack(NamedTuple):
    P: Tensor
    L: Tensor
    U: Tensor

class slogdet(NamedTuple):
    sign: Tensor
    logabsdet: Tensor

class sort(NamedTuple):
    values: Tensor
    indices: Tensor

class topk(NamedTuple):
    values: Tensor
    indices: Tensor

class kthvalue(NamedTuple):
    values: Tensor
    indices: Tensor

class mode(NamedTuple):
    values: Tensor
    indices: Tensor
