"""Rows of the activations."""

from __future__ import annotations

from tests.samples.build import real

X = real(3, 4, away=(-3.0, -1.0, -0.5, -0.3, 0.0, 0.1, 0.3, 0.5, 0.7, 1.0, 3.0))
WIDE = real(5, 6, low=-8.0, high=8.0, away=(-3.0, 0.0, 3.0, 6.0))

ROWS = [
    ("ReLU()", X),
    ("ReLU(inplace=True)", X),
    ("ReLU6()", WIDE),
    ("ReLU6(True)", WIDE),
    ("LeakyReLU(0.2, True)", X),
    ("RReLU(0.1, 0.4)", X),
    ("RReLU(0.2, 0.3, True)", real(7, 9)),
    ("PReLU()", X),
    ("PReLU(4, init=0.1)", X),
    ("ELU(alpha=0.7)", X),
    ("ELU(1.3, True)", X),
    ("CELU(0.7, True)", X),
    ("SELU()", X),
    ("SELU(True)", X),
    ("GELU()", X),
    ("GELU('tanh')", X),
    ("SiLU()", X),
    ("SiLU(True)", X),
    ("Mish()", X),
    ("Mish(True)", X),
    ("Sigmoid()", X),
    ("Tanh()", X),
    ("LogSigmoid()", WIDE),
    ("Softplus(2.0, 1.5)", X),
    ("Softsign()", X),
    ("Tanhshrink()", X),
    ("Hardtanh(-0.5, 0.7)", X),
    ("Hardtanh(-0.5, 0.7, True)", X),
    ("Hardsigmoid()", WIDE),
    ("Hardsigmoid(True)", WIDE),
    ("Hardswish()", WIDE),
    ("Hardswish(True)", WIDE),
    ("Hardshrink(0.3)", X),
    ("Softshrink(0.3)", X),
    ("Threshold(0.1, 20.0)", X),
    ("Threshold(0.1, 20.0, True)", X),
    ("GLU(0)", real(4, 3)),
    ("Softmax(1)", X),
    ("LogSoftmax(-1)", X),
    ("Softmin(0)", X),
    ("Softmax2d()", real(2, 3, 4, 4)),
]
