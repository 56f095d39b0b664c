"""Resampling: the deprecated names warn and agree, second derivatives for a grid are refused, impossible targets are told."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.op import registry
from autograd_core.tensor import grad

interpolate = registry["functional.interpolate"]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("upsample", {"mode": "nearest"}),
        ("upsample_nearest", {"mode": "nearest"}),
        ("upsample_bilinear", {"mode": "bilinear", "align_corners": True}),
    ],
)
def test_older_names(name, options):
    x = ag.randn(1, 2, 3, 4)
    with pytest.warns(UserWarning, match=f"{name}` is deprecated"):
        out = registry[f"functional.{name}"](x, (5, 6))
    np.testing.assert_array_equal(out.array, interpolate(x, (5, 6), **options).array)


def test_a_second_derivative_for_the_grid_is_refused():
    x, grid = ag.randn(1, 1, 3, 3, requires_grad=True), ag.zeros(1, 2, 2, 2, requires_grad=True)
    out = registry["functional.grid_sample"](x, grid, align_corners=False)
    (first,) = grad(out.sum(), grid, create_graph=True)
    with pytest.raises(RuntimeError, match="not implemented"):
        grad(first.sum(), x)


@pytest.mark.parametrize(
    ("kwargs", "kind"),
    [
        ({}, ValueError),
        ({"size": 3, "scale_factor": 2.0}, ValueError),
        ({"size": (3, 4, 5)}, ValueError),
        ({"size": 3, "mode": "cubic"}, NotImplementedError),
        ({"size": 3, "mode": "linear"}, NotImplementedError),
        ({"size": 3, "align_corners": True}, ValueError),
        ({"size": 0}, RuntimeError),
    ],
)
def test_impossible_targets(kwargs, kind):
    with pytest.raises(kind):
        interpolate(ag.ones(1, 1, 4, 4), **kwargs)
