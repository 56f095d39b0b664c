"""Dropout: what is kept is scaled so that the mean stays, whole channels go together, wrong probabilities are refused."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.op import registry

FORMS = {
    "dropout": ((1000, 40), ()),
    "functional.dropout1d": ((1000, 40, 3), (2,)),
    "functional.dropout2d": ((400, 40, 3, 2), (2, 3)),
    "functional.dropout3d": ((200, 40, 2, 3, 2), (2, 3, 4)),
}


@pytest.mark.parametrize("key", FORMS)
@pytest.mark.parametrize("p", [0.2, 0.5])
def test_kept_values_are_scaled_and_dropped_together(key, p):
    shape, spatial = FORMS[key]
    x = ag.ones(shape, requires_grad=True)
    out = registry[key](x, p, True)
    values = out.array
    np.testing.assert_allclose(np.unique(values), [0, 1 / (1 - p)], rtol=1e-6)
    assert abs((values == 0).mean() - p) < 0.02
    if spatial:
        assert (values.max(spatial) == values.min(spatial)).all()
    out.sum().backward()
    np.testing.assert_array_equal(x.grad.array, values)


@pytest.mark.parametrize("key", ["alpha_dropout", "feature_alpha_dropout"])
def test_alpha_dropout_keeps_mean_and_variance(key):
    x = ag.randn(400, 300)
    out = registry[key](x, 0.3, True).array
    assert abs(out.mean()) < 0.02
    assert abs(out.std() - 1) < 0.02


@pytest.mark.parametrize("key", [*FORMS, "alpha_dropout"])
@pytest.mark.parametrize("p", [-0.1, 1.5])
def test_impossible_probability(key, p):
    with pytest.raises(ValueError, match="probability has to be between 0 and 1"):
        registry[key](ag.ones(FORMS.get(key, ((2, 2),))[0]), p, True)


@pytest.mark.parametrize("key", [*FORMS, "alpha_dropout"])
def test_a_probability_is_a_number(key):
    with pytest.raises(TypeError, match="'p' must be float, not str 'half'"):
        registry[key](ag.ones(FORMS.get(key, ((2, 2),))[0]), "half", True)


def test_in_place_and_same_seed():
    ag.manual_seed(3)
    a = registry["dropout"](ag.ones(50), 0.5, True)
    ag.manual_seed(3)
    b = ag.ones(50)
    assert registry["dropout"](b, 0.5, True, True) is b
    np.testing.assert_array_equal(a.array, b.array)


def test_two_dimensional_input_of_dropout2d_warns_and_drops_elements():
    with pytest.warns(UserWarning, match="2-D input to dropout2d"):
        out = registry["functional.dropout2d"](ag.ones(200, 200), 0.5, True)
    assert abs((out.array == 0).mean() - 0.5) < 0.05
