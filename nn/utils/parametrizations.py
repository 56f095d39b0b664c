"""Ready-made parametrizations: orthogonal matrices, spectral norm, weight norm. Imports `parametrize` and Module's kin."""

from __future__ import annotations

from enum import Enum, auto
from typing import Any, TypeVar

import autograd_core as ag
from autograd_core.tensor.base import Tensor

from .. import functional as F
from ..modules.module import Module
from . import parametrize
from .spectral_norm import as_matrix, default_dim
from .weight_norm import normed, norms

__all__ = ["orthogonal", "spectral_norm", "weight_norm"]

M = TypeVar("M", bound=Module)


def _is_orthogonal(Q: Tensor) -> bool:
    n, k = Q.shape[-2:]
    return bool(ag.allclose(Q.mT @ Q, ag.eye(k, dtype=Q.dtype), atol=10.0 * n * ag.finfo(Q.dtype).eps))


def _make_orthogonal(A: Tensor) -> Tensor:
    """The orthogonal factor of A = QR, with the signs that make the diagonal of R positive."""
    X, tau = ag.geqrf(A)
    Q: Tensor = ag.linalg.householder_product(X, tau)
    return Q * X.diagonal(dim1=-2, dim2=-1).sgn().unsqueeze(-2)


class _OrthMaps(Enum):
    matrix_exp = auto()
    cayley = auto()
    householder = auto()


class _Orthogonal(Module):
    """X ↦ an orthogonal matrix: exp(A) or (1 − A/2)⁻¹(1 + A/2) of the skew-symmetric A = X − Xᵀ, or a product of reflections.

    With a trivialization the result is multiplied by a fixed `base`, so that assigning a matrix means moving the base.
    Source: Lezcano-Casado (2019).
    """

    base: Tensor

    def __init__(self, weight: Tensor, orthogonal_map: _OrthMaps, *, use_trivialization: bool = True) -> None:
        super().__init__()
        self.shape = weight.shape
        self.orthogonal_map = orthogonal_map
        if use_trivialization:
            self.register_buffer("base", None)

    def forward(self, X: Tensor) -> Tensor:
        """The orthogonal matrix, or matrices of a batch; of a wide one the rows are orthonormal."""
        transposed = X.shape[-2] < X.shape[-1]
        if transposed:
            X = X.mT
        Q = self._reflected(X) if self.orthogonal_map is _OrthMaps.householder else self._turned(X)
        if hasattr(self, "base"):
            Q = self.base @ Q
        return Q.mT if transposed else Q

    def _turned(self, X: Tensor) -> Tensor:
        n, k = X.shape[-2:]
        X = X.tril()
        if n != k:
            X = ag.cat([X, X.new_zeros(*X.shape[:-2], n, n - k)], dim=-1)
        A = X - X.mT
        if self.orthogonal_map is _OrthMaps.matrix_exp:
            Q = ag.matrix_exp(A)
        else:
            one = ag.eye(n, dtype=A.dtype)
            Q = ag.linalg.solve(one - 0.5 * A, one + 0.5 * A)
        return Q if n == k else Q[..., :k]

    def _reflected(self, X: Tensor) -> Tensor:
        A = X.tril(diagonal=-1)
        tau = 2.0 / (1.0 + (A * A).sum(dim=-2))
        Q: Tensor = ag.linalg.householder_product(A, tau)
        return Q * X.diagonal(dim1=-2, dim2=-1).int().unsqueeze(-2)

    @ag.no_grad()
    def right_inverse(self, Q: Tensor) -> Tensor:
        """An original for an orthogonal Q; what is not orthogonal is projected first. ValueError for another shape."""
        if Q.shape != self.shape:
            raise ValueError(f"Expected a matrix or batch of matrices of shape {self.shape}. Got a tensor of shape {Q.shape}.")
        transposed = Q.shape[-2] < Q.shape[-1]
        start = Q.mT if transposed else Q
        if hasattr(self, "base"):
            self.base = self._based(start)
            minus_one = ag.zeros_like(Q)
            minus_one.diagonal(dim1=-2, dim2=-1).fill_(-1.0)
            return minus_one
        if self.orthogonal_map is not _OrthMaps.householder:
            raise NotImplementedError(
                "It is not possible to assign to the matrix exponential or the Cayley parametrizations when use_trivialization=False."
            )
        A, tau = ag.geqrf(start)
        signs = A.diagonal(dim1=-2, dim2=-1)
        signs.copy_(signs.sign() * ag.where(tau == 0.0, -1.0, 1.0))
        return A.mT if transposed else A

    def _based(self, Q: Tensor) -> Tensor:
        """Q as a square orthogonal matrix, filled up with random columns."""
        n, k = Q.shape[-2:]
        if n == k:
            return Q.clone() if _is_orthogonal(Q) else _make_orthogonal(Q)
        more = ag.randn(*Q.shape[:-2], n, n - k, dtype=Q.dtype)
        return _make_orthogonal(ag.cat([Q, more], dim=-1))


def _tensor_of(module: Module, name: str) -> Tensor:
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    return weight


def orthogonal(module: M, name: str = "weight", orthogonal_map: str | None = None, *, use_trivialization: bool = True) -> M:
    """Let a matrix, or each of a batch, be orthogonal: by "matrix_exp" (default if square), "cayley" or "householder".

    ValueError for what is no tensor of two dimensions or more, and for another map.
    """
    weight = _tensor_of(module, name)
    if weight.ndim < 2:
        raise ValueError(f"Expected a matrix or batch of matrices. Got a tensor of {weight.ndim} dimensions.")
    if orthogonal_map is None:
        orthogonal_map = "matrix_exp" if weight.shape[-2] == weight.shape[-1] else "householder"
    if not isinstance(orthogonal_map, str):
        raise TypeError(f"orthogonal_map must be a string, not {type(orthogonal_map).__name__}")
    if orthogonal_map not in _OrthMaps.__members__:
        raise ValueError(f'orthogonal_map has to be one of "matrix_exp", "cayley", "householder". Got: {orthogonal_map}')
    made = _Orthogonal(weight, _OrthMaps[orthogonal_map], use_trivialization=use_trivialization)
    parametrize.register_parametrization(module, name, made, unsafe=True)
    return module


class _WeightNorm(Module):
    """(g, v) ↦ g v / ‖v‖. Source: Salimans and Kingma (2016)."""

    def __init__(self, dim: int | None = 0) -> None:
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g: Tensor, weight_v: Tensor) -> Tensor:
        """The weight."""
        return normed(weight_v, weight_g, self.dim)

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        """The lengths of a weight, and the weight itself as the direction."""
        return norms(weight, self.dim), weight


def weight_norm(module: M, name: str = "weight", dim: int | None = 0) -> M:
    """Let a tensor be g v / ‖v‖ with a length for every slice of `dim` (one for all if None): original0 and original1.

    States that were saved by the older nn.utils.weight_norm load too.
    """
    parametrize.register_parametrization(module, name, _WeightNorm(dim), unsafe=True)

    def rename(state_dict: Any, prefix: str, *rest: Any) -> None:
        old = [f"{prefix}{name}{end}" for end in ("_g", "_v")]
        if all(key in state_dict for key in old):
            for i, key in enumerate(old):
                state_dict[f"{prefix}parametrizations.{name}.original{i}"] = state_dict.pop(key)

    module._register_load_state_dict_pre_hook(rename)
    return module


class _SpectralNorm(Module):
    """W ↦ W / σ with σ = uᵀ W v, improved by a power iteration at every reading in training. Source: Miyato et al. (2018)."""

    _u: Tensor
    _v: Tensor

    def __init__(self, weight: Tensor, n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        super().__init__()
        ndim = weight.ndim
        if dim >= ndim or dim < -ndim:
            raise IndexError(f"Dimension out of range (expected to be in range of [-{ndim}, {ndim - 1}] but got {dim})")
        if n_power_iterations <= 0:
            raise ValueError(f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}")
        self.dim = dim % ndim
        self.eps = eps
        if ndim > 1:
            self.n_power_iterations = n_power_iterations
            matrix = as_matrix(weight, self.dim)
            u, v = (matrix.new_empty(size).normal_(0, 1) for size in matrix.shape)
            self.register_buffer("_u", F.normalize(u, dim=0, eps=eps))
            self.register_buffer("_v", F.normalize(v, dim=0, eps=eps))
            self._power_method(matrix, 15)

    @ag.no_grad()
    def _power_method(self, matrix: Tensor, times: int) -> None:
        for _ in range(times):
            self._u.copy_(F.normalize(ag.mv(matrix, self._v), dim=0, eps=self.eps))
            self._v.copy_(F.normalize(ag.mv(matrix.t(), self._u), dim=0, eps=self.eps))

    def forward(self, weight: Tensor) -> Tensor:
        """The weight divided by its largest singular value; a vector by its length."""
        out: Tensor
        if weight.ndim == 1:
            out = F.normalize(weight, dim=0, eps=self.eps)
            return out
        matrix = as_matrix(weight, self.dim)
        if self.training:
            self._power_method(matrix, self.n_power_iterations)
        # copies: the next forward changes the buffers, backward needs these
        out = weight / ag.dot(self._u.clone(), ag.mv(matrix, self._v.clone()))
        return out

    def right_inverse(self, value: Tensor) -> Tensor:
        """The value itself: it may have any norm."""
        return value


def spectral_norm(module: M, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None) -> M:
    """Let a tensor be divided by its largest singular value, as a matrix whose rows are `dim` (the outputs by default)."""
    weight = _tensor_of(module, name)
    made = _SpectralNorm(weight, n_power_iterations, default_dim(module) if dim is None else dim, eps)
    parametrize.register_parametrization(module, name, made)
    return module
