"""Samples of exponentials, logarithms, circular and hyperbolic functions."""

from __future__ import annotations

from .build import binary, call, no_grad, positive, real, unary

RECORDS = {
    "exp": unary(),
    "exp2": unary(),
    "expm1": unary(),
    "log": unary(0.2, 3),
    "log2": unary(0.2, 3),
    "log10": unary(0.2, 3),
    "log1p": unary(-0.8, 3),
    "sigmoid": unary(-8, 8),
    "logit": [*unary(0.1, 0.9), call(real(7, low=-0.5, high=1.5, away=(0.2, 0.8)), 0.2), no_grad(real(5, low=0.1, high=0.9), eps=0.3)],
    "logaddexp": binary(),
    "logaddexp2": binary(),
    "xlogy": [*binary(y=positive), call(real(3), 2.0), call(2, positive(3))],
    "special.xlog1py": [*binary(y=positive), call(real(3), 2.0)],
    "sin": unary(),
    "cos": unary(),
    "tan": unary(-1.4, 1.4),
    "asin": unary(-0.9, 0.9),
    "acos": unary(-0.9, 0.9),
    "atan": unary(),
    "sinh": unary(),
    "cosh": unary(),
    "tanh": unary(),
    "asinh": unary(),
    "acosh": unary(1.2, 3),
    "atanh": unary(-0.9, 0.9),
    "atan2": binary(y=positive),
    "hypot": binary(y=positive),
    "deg2rad": unary(-180, 180),
    "rad2deg": unary(),
    "sinc": unary(away=(0,), low=-2.9, high=2.9),
}
