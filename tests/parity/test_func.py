"""autograd_core.func against torch.func: values, nesting, per-sample gradients, kinds of errors (tests/autograd/programs/transforms.py)."""

from __future__ import annotations

import pytest

import autograd_core as ag
from tests.autograd.programs import outcome, same
from tests.autograd.programs.transforms import transforms

torch = pytest.importorskip("torch")


@pytest.mark.parametrize("name", transforms)
def test_program(name: str) -> None:
    ours, theirs = outcome(transforms[name], ag), outcome(transforms[name], torch)
    assert same(ours, theirs), f"here {ours}\nPyTorch {theirs}"
