"""testing.assert_close beside PyTorch's: what passes, what fails, and with which words."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
import autograd_core.testing

torch = pytest.importorskip("torch")

PAIRS = {
    "floats": lambda m: (m.tensor([1.0, 2, 3]), m.tensor([1.0, 2, 4])),
    "near": lambda m: (m.tensor([1.0, 2, 3]), m.tensor([1.0, 2, 3.000001])),
    "integers": lambda m: (m.tensor([1, 2, 3]), m.tensor([1, 2, 4])),
    "bytes": lambda m: (m.tensor([1, 2], dtype=m.uint8), m.tensor([1, 3], dtype=m.uint8)),
    "bools": lambda m: (m.tensor([True, False]), m.tensor([True, True])),
    "numbers": lambda m: (1.0, 2.0),
    "whole numbers": lambda m: (1, 2),
    "kinds of numbers": lambda m: (1, 1.0),
    "truths": lambda m: (True, False),
    "lists": lambda m: ([m.tensor(1.0), m.tensor(2.0)], [m.tensor(1.0), m.tensor(3.0)]),
    "lengths": lambda m: ([1, 2], [1]),
    "mappings": lambda m: ({"a": 1.0, "b": 2}, {"a": 1.0, "b": 3}),
    "keys": lambda m: ({"a": 1}, {"b": 1}),
    "shapes": lambda m: (m.tensor([1.0]), m.tensor([1.0, 2])),
    "types": lambda m: (m.tensor([1.0]), m.tensor([1.0], dtype=m.float64)),
    "one element": lambda m: (m.tensor(1.0), m.tensor(1.1)),
    "matrices": lambda m: (m.arange(12.0).reshape(3, 4), m.zeros(3, 4)),
    "infinity": lambda m: (m.tensor([float("inf")]), m.tensor([1.0])),
    "nan": lambda m: (m.tensor([float("nan"), 1]), m.tensor([float("nan"), 1])),
    "arrays": lambda m: (np.ones(3), np.zeros(3)),
    "nothing": lambda m: (None, None),
    "nothing and something": lambda m: (None, 1),
    "words": lambda m: ("a", "b"),
    "tensor and number": lambda m: (m.tensor([1.0]), 1.0),
    "strides": lambda m: (m.zeros(2, 3).t(), m.zeros(3, 2)),
}
OPTIONS = [
    {}, {"rtol": 0.1, "atol": 0.2}, {"equal_nan": True}, {"check_dtype": False}, {"check_stride": True, "msg": "told"},
    {"msg": lambda text: f"<{text}>"}, {"rtol": 0, "atol": 0},
]  # fmt: skip


def outcome(m, make, options):
    try:
        m.testing.assert_close(*make(m), **options)
    except AssertionError as error:
        return str(error)
    except (TypeError, ValueError) as error:
        return type(error)
    return "close"


@pytest.mark.parametrize("options", OPTIONS, ids=lambda o: ",".join(o) or "plain")
@pytest.mark.parametrize("make", PAIRS.values(), ids=PAIRS.keys())
def test_same_words(make, options):
    assert outcome(ag, make, options) == outcome(torch, make, options)
