"""Samples of comparisons, logic, choices, bits and divisors."""

from __future__ import annotations

from .build import binary, bools, call, fixed, ints, no_grad, real, unary

SPECIAL = no_grad(fixed([0.0, -0.0, 1.5, float("inf"), -float("inf"), float("nan")]))
SHIFTS = [no_grad(ints(3, 4, low=0), ints(4, low=0, high=5)), no_grad(ints(4), 2)]
COUNTS = [no_grad(ints(3, 4), ints(4, low=1)), no_grad(fixed([12, 18, 0, -6, 0]), fixed([18, 12, 5, 4, 0]))]
BITS = [no_grad(ints(3, 4), ints(4)), no_grad(bools(3), bools(3)), no_grad(ints(3), 6)]
RECORDS = {
    **{name: [*binary(grad=False), no_grad(ints(3, 4), 1), no_grad(real(3), 0.5)] for name in ("eq", "ne", "lt", "le", "gt", "ge")},
    "logical_and": [no_grad(bools(3, 4), bools(4)), no_grad(real(3), real(3))],
    "logical_or": [no_grad(bools(3, 4), bools(4)), no_grad(ints(3), ints(3))],
    "logical_xor": [no_grad(bools(3, 4), bools(4)), no_grad(ints(3), ints(3))],
    "logical_not": [no_grad(bools(3, 4)), no_grad(real(3))],
    **{name: [*unary(grad=False), SPECIAL] for name in ("isnan", "isfinite", "isinf", "isposinf", "isneginf", "isreal", "signbit")},
    "where": [
        call(bools(3, 4), real(3, 4), real(4)),
        call(bools(4), real(3, 1), 2.0),
        call(bools(4), 1, real(4)),
        no_grad(bools(3), 1, 2),
        no_grad(bools(3), 1.5, 2),
    ],
    "isclose": [
        no_grad(real(5), real(5), atol=1.0),
        no_grad(fixed([1.0, 1.0, float("nan")]), fixed([1.0 + 1e-6, 2.0, float("nan")]), equal_nan=True),
    ],
    "allclose": [no_grad(real(5), real(5), atol=10.0), no_grad(real(5), real(5))],
    "equal": [no_grad(real(5), real(5)), no_grad(fixed([1, 2]), fixed([1, 2])), no_grad(real(2), real(3))],
    "isin": [no_grad(ints(3, 4), ints(5)), no_grad(ints(3, 4), ints(5), invert=True), no_grad(ints(6), 2)],
    "bitwise_and": BITS,
    "bitwise_or": BITS,
    "bitwise_xor": BITS,
    "bitwise_not": [no_grad(ints(3, 4)), no_grad(bools(3))],
    "bitwise_left_shift": SHIFTS,
    "bitwise_right_shift": SHIFTS,
    "gcd": COUNTS,
    "lcm": COUNTS,
}
