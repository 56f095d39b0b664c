"""Samples of the special functions."""

from __future__ import annotations

from autograd_core.ops.polynomials import FAMILIES

from .build import Sample, call, fixed, no_grad, positive, real, unary

RECORDS = {
    "erf": unary(),
    "erfc": unary(),
    "erfinv": unary(-0.9, 0.9),
    "lgamma": unary(0.3, 4),
    "digamma": unary(0.3, 4),
    "polygamma": [call(n, positive(3, 4, low=0.5)) for n in (0, 1, 2, 3)],
    "mvlgamma": [call(positive(3, 4, low=1.2), 3), call(positive(3), 1)],
    "i0": unary(away=(0,)),
    "special.erfcx": unary(),
    "special.ndtr": unary(),
    "special.ndtri": unary(0.1, 0.9),
    "special.log_ndtr": unary(),
    "special.i0e": unary(away=(0,)),
    "special.i1": unary(away=(0,)),
    "special.i1e": unary(away=(0,)),
    "special.entr": unary(0.1, 3),
    "igamma": [call(positive(3, 4, grad=False), positive(4)), call(positive(5, low=5, high=50, grad=False), positive(5, low=5, high=50))],
    "igammac": [call(positive(3, 4, grad=False), positive(4)), call(positive(5, low=5, high=50, grad=False), positive(5, low=5, high=50))],
    "special.spherical_bessel_j0": unary(0.2, 6, grad=False),
    **{
        f"special.{name}": [no_grad(real(3, 4, low=-1.5, high=1.5), n) for n in (0, 1, 5, -1)] + [no_grad(real(3, 4), fixed([0, 1, 3, 7]))]
        for name in FAMILIES
    },
    **{f"special.shifted_{name}": [no_grad(real(3, 4, low=-0.5, high=1.5), 4)] for name in FAMILIES if "chebyshev" in name},
    "special.zeta": [Sample((positive(3, 4, low=1.5, grad=False), positive(4)))],
}
