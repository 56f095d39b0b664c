"""Covariance and correlation. Imports op, dtypes and the families of shapes, sums and products."""

from __future__ import annotations

from ..dtypes import as_dtype
from ..op import Value, composed
from .extremes import clamp
from .linear import matmul
from .pointwise import mul, sqrt
from .reduce import sum
from .scatter import plain
from .shape import reshape, transpose, unsqueeze
from .views import diagonal


def _weights(x: Value, fweights: Value | None, aweights: Value | None) -> Value | None:
    """The product of both kinds of weights, checked."""
    size = x.shape[1]
    for name, w in (("fweights", fweights), ("aweights", aweights)):
        if w is None:
            continue
        if len(w.shape) > 1 or (w.shape[0] if len(w.shape) else 1) != size:
            raise RuntimeError(
                f"cov(): expected {name} to have the same numel as there are observations: got shape {list(w.shape)} for {size}"
            )
        held = plain(w)
        if (held.dtype.kind not in "iu") == (name == "fweights"):
            raise RuntimeError(
                f"cov(): expected {name} to have {'integral' if name == 'fweights' else 'floating point'} dtype: got {held.dtype}"
            )
        if held.size and held.min() < 0:
            raise RuntimeError(f"cov(): {name} cannot be negative: got {held.min()}")
    if fweights is None or aweights is None:
        return fweights if aweights is None else aweights
    return mul(fweights, aweights)


@composed()
def cov(x: Value, *, correction: int = 1, fweights: Value | None = None, aweights: Value | None = None) -> Value:
    """The covariances of variables (rows) over observations (columns): Σ w (x − mean)(x − mean)ᵀ / (Σ w − correction).

    `fweights` counts how often an observation was made, `aweights` says how much it matters. RuntimeError beyond two dimensions.
    """
    rank = len(x.shape)
    if rank > 2:
        raise RuntimeError(f"cov(): expected input to have two or fewer dimensions but got an input with {rank} dimensions")
    if as_dtype(x.dtype).category == 0:
        raise RuntimeError("cov(): bool dtype is not supported for input: use x.float()")
    x = reshape(x, (1, -1)) if rank < 2 else x
    w = _weights(x, fweights, aweights)
    if w is None:
        total, number = sum(x, 1, True) / x.shape[1], max(0, x.shape[1] - correction)
        away = x - total
        out = matmul(away, transpose(away, 0, 1)) / number if number else matmul(away, transpose(away, 0, 1)) * float("nan")
    else:
        all_of = sum(w)
        away = x - sum(mul(x, w), 1, True) / all_of
        less = correction if aweights is None else correction * sum(mul(w, aweights)) / all_of
        out = matmul(mul(away, w), transpose(away, 0, 1)) / clamp(all_of - less, 0)
    return reshape(out, ()) if rank < 2 else out


@composed()
def corrcoef(x: Value) -> Value:
    """The correlations of variables (rows) over observations (columns): covariances over the product of both deviations."""
    rank = len(x.shape)
    if rank > 2:
        raise RuntimeError(f"corrcoef(): expected input to have two or fewer dimensions but got an input with {rank} dimensions")
    c = cov(x)
    if rank < 2:
        return c / c
    s = sqrt(diagonal(c))
    return clamp(c / unsqueeze(s, 1) / unsqueeze(s, 0), -1, 1)
