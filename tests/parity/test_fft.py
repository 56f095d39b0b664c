"""Frequencies and shifts beside PyTorch's."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag

torch = pytest.importorskip("torch")


@pytest.mark.parametrize("name", ["fftfreq", "rfftfreq"])
@pytest.mark.parametrize("n, options", [(1, {}), (7, {}), (8, {"d": 0.25}), (5, {"dtype": "float64"})])
def test_frequencies(name, n, options):
    made = [getattr(m.fft, name)(n, **{k: getattr(m, v) if k == "dtype" else v for k, v in options.items()}) for m in (ag, torch)]
    assert repr(made[0]) == repr(made[1])


@pytest.mark.parametrize("name", ["fftshift", "ifftshift"])
@pytest.mark.parametrize("dim", [None, 0, -1, (0, 2)])
def test_shifts(name, dim):
    x = np.random.default_rng(0).standard_normal((3, 4, 5))
    ours, theirs = (m.tensor(x, requires_grad=True) for m in (ag, torch))
    a, b = getattr(ag.fft, name)(ours, dim), getattr(torch.fft, name)(theirs, dim)
    a.pow(2).sum().backward()
    b.pow(2).sum().backward()
    np.testing.assert_array_equal(a.detach(), b.detach())
    np.testing.assert_array_equal(ours.grad, theirs.grad)


def test_errors():
    for m in (ag, torch):
        with pytest.raises(IndexError):
            m.fft.fftshift(m.ones(3), 4)
        with pytest.raises(RuntimeError):
            m.fft.fftshift(m.ones(3), ())
        with pytest.raises(TypeError):
            m.fft.fftshift([1.0])
