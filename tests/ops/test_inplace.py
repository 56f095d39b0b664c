"""Every function that works in place leaves what its other form returns."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.op import registry
from tests.samples import RECORDS, draw

TWINS = sorted(key for key in RECORDS if "." not in key and hasattr(ag.Tensor, key + "_") and getattr(registry[key], "inplace", False))


def tensors(value):
    return ag.tensor(value) if isinstance(value, np.ndarray) else value


@pytest.mark.parametrize("key", TWINS)
def test_in_place_leaves_what_the_other_form_returns(key, rng):
    for sample in RECORDS[key]:
        args, kwargs = draw(sample, rng, np.float32)
        x, *rest = map(tensors, args)
        named = {k: tensors(v) for k, v in kwargs.items()}
        if not isinstance(x, ag.Tensor):
            continue
        expected = getattr(x, key)(*rest, **named)
        expected = expected if isinstance(expected, ag.Tensor) else expected[0]
        if expected.shape == x.shape and expected.dtype == x.dtype:
            changed = x.clone()
            assert getattr(changed, key + "_")(*rest, **named) is changed
            np.testing.assert_array_equal(changed.array, expected.array)
