"""A step between forward and backward: the graph that saved the old values says what changed them, and where."""

from __future__ import annotations

import pytest

import autograd_core as ag
import nn
import optim


@pytest.mark.parametrize("kind", [optim.SGD, optim.Adam, optim.AdamW, optim.RMSprop, optim.Adadelta])
def test_backward_after_a_step_names_the_line(kind):
    model = nn.Linear(2, 1)
    optimizer = kind(model.parameters(), lr=0.1)
    x = ag.ones(1, 2).requires_grad_()
    loss = model(x).sum()
    loss.backward(retain_graph=True)
    optimizer.step()
    with pytest.raises(RuntimeError, match=rf"{kind.__name__}\.step\(\) changed afterwards at .*test_steps_between\.py:\d+"):
        loss.backward()
