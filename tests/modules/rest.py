"""Rows of the linear layers, containers, reshapes and distances."""

from __future__ import annotations

from tests.samples.build import ints, real

ROWS = [
    ("Identity(54, unused=1)", real(2, 3)),
    ("Linear(5, 3)", real(4, 5)),
    ("Linear(5, 3, False)", real(2, 4, 5)),
    ("Linear(5, 3)", real(5)),
    ("LazyLinear(3)", real(4, 5)),
    ("LazyLinear(3, bias=False)", real(5)),
    ("Bilinear(4, 3, 5)", real(6, 4), real(6, 3)),
    ("Bilinear(4, 3, 5, False)", real(2, 2, 4), real(2, 2, 3)),
    ("Flatten()", real(2, 3, 4)),
    ("Flatten(0, 1)", real(2, 3, 4)),
    ("Unflatten(1, (2, 3))", real(4, 6)),
    ("Sequential(Linear(4, 3), ReLU(), Linear(3, 2))", real(5, 4)),
    ("DataParallel(Linear(4, 3), device_ids=None, output_device=None, dim=0)", real(5, 4)),
    ("PairwiseDistance()", real(5, 4), real(5, 4)),
    ("PairwiseDistance(1.0, 1e-3, True)", real(5, 4), real(5, 4)),
    ("CosineSimilarity()", real(5, 4), real(5, 4)),
    ("CosineSimilarity(0, 1e-3)", real(5, 4), real(5, 4)),
    ("CosineSimilarity()", real(4), real(2, 5, 4)),
    ("CosineSimilarity(-1)", ints(5, 4), real(5, 4)),
    ("Embedding(10, 4)", ints(2, 3, low=0, high=10)),
    ("Embedding(10, 4, -2)", ints(2, 5, low=0, high=10)),
    ("Embedding(10, 4, max_norm=1.0, norm_type=1.0)", ints(2, 3, low=0, high=10)),
]
