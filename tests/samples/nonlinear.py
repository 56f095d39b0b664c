"""Samples of the activation functions."""

from __future__ import annotations

from .build import call, distinct, no_grad, positive, real, unary

RECORDS = {
    "relu": unary(away=(0,)),
    "functional.relu": unary(away=(0,)),
    "functional.relu6": unary(-2, 8, away=(0, 6)),
    "threshold": [call(real(3, 4, away=(0.5,)), 0.5, -2.0), call(real(away=(0.5,)), 0.5, 1.0)],
    "functional.leaky_relu": [
        *unary(away=(0,)),
        call(real(5, away=(0,)), 0.3),
        call(real(5, away=(0,)), -0.5),
        call(real(5, away=(0,)), 1.5),
    ],
    "functional.elu": [*unary(away=(0,)), call(real(5, away=(0,)), 0.7)],
    "selu": unary(away=(0,)),
    "celu": [*unary(away=(0,)), call(real(5, away=(0,)), 0.7)],
    "functional.gelu": [*unary(), *[call(*s.args, approximate="tanh") for s in unary()]],
    "functional.silu": unary(-6, 6),
    "functional.mish": unary(-6, 6),
    "functional.softplus": [*unary(-6, 6), call(real(7, away=(0.5,)), 4.0, 2.0)],
    "functional.softsign": unary(away=(0,)),
    "functional.tanhshrink": unary(),
    "functional.softshrink": [*unary(away=(-0.5, 0.5)), call(real(7, away=(-1, 1)), 1.0)],
    "hardshrink": [*unary(away=(-0.5, 0.5)), call(real(7, away=(-1, 1)), 1.0)],
    "functional.hardtanh": [*unary(away=(-1, 1)), call(real(7, away=(-0.5, 1.5)), -0.5, 1.5)],
    "functional.hardsigmoid": unary(-5, 5, away=(-3, 3)),
    "functional.hardswish": unary(-5, 5, away=(-3, 3)),
    "functional.logsigmoid": unary(-6, 6),
    "prelu": [
        call(real(3, 4, away=(0,)), positive(4)),
        call(real(2, 3, 2, 2, away=(0,)), real(3)),
        call(real(3, 4, away=(0,)), real(1)),
        call(real(away=(0,)), real(1)),
        call(real(3, 4, away=(0,)), real()),
    ],
    "rrelu": [call(real(3, 4, away=(0,))), call(real(3, away=(0,)), 0.1, 0.5)],
    "functional.glu": [call(real(3, 4)), call(real(4, 3), 0), call(real(2, 6, 2), 1), no_grad(real(0, 2))],
    "pairwise_distance": [
        call(real(3, 4), real(3, 4)),
        call(real(3, 4), real(4), 1.0),
        call(distinct(3, 4), real(3, 4), float("inf")),
        call(real(3, 4), real(3, 4), 3.0, 1e-6, True),
    ],
    "cosine_similarity": [call(real(3, 4), real(3, 4)), call(real(2, 3, 4), real(3, 4), dim=-1), call(real(3, 4), real(3, 1), 0)],
    "functional.normalize": [call(real(3, 4)), call(real(3, 4), 1.0, 0), call(distinct(3, 4), float("inf")), call(real(5), 3.0, 0)],
}
