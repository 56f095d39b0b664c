"""Samples of the special functions."""

from __future__ import annotations

from .build import Sample, call, positive, unary

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
    "special.zeta": [Sample((positive(3, 4, low=1.5, grad=False), positive(4)))],
}
