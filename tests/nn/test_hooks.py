"""Hooks around a module's call and in its gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn.modules import module as registry


def net() -> nn.Sequential:
    return nn.Sequential(nn.Linear(3, 2), nn.Tanh())


def test_forward_hooks_change_arguments_and_result() -> None:
    m = nn.Identity()
    m.register_forward_pre_hook(lambda module, args: args[0] + 1)
    m.register_forward_pre_hook(lambda module, args, kwargs: ((args[0] * 10,), kwargs), with_kwargs=True)
    m.register_forward_hook(lambda module, args, out: out + args[0])
    m.register_forward_hook(lambda module, args, kwargs, out: -out, with_kwargs=True)
    assert m(ag.tensor([1.0])).tolist() == [-40]


def test_prepended_hooks_run_first_and_removed_ones_not_at_all() -> None:
    m, seen = nn.Identity(), list[str]()
    m.register_forward_hook(lambda *_: seen.append("second"))
    m.register_forward_hook(lambda *_: seen.append("first"), prepend=True)
    with m.register_forward_hook(lambda *_: seen.append("third")):
        m(1)
    m(1)
    assert seen == ["first", "second", "third", "first", "second"]


def test_a_pre_hook_that_returns_nonsense_is_an_error() -> None:
    m = nn.Identity()
    m.register_forward_pre_hook(lambda module, args, kwargs: 3, with_kwargs=True)
    with pytest.raises(RuntimeError, match="must return None or a tuple"):
        m(1)


def test_always_called_hooks_run_after_errors_and_their_own_errors_are_said() -> None:
    m, seen = nn.Linear(2, 2), list[Any]()
    m.register_forward_hook(lambda module, args, out: seen.append("skipped"))
    m.register_forward_hook(lambda module, args, out: seen.append(out), always_call=True)
    m.register_forward_hook(lambda module, args, out: 1 / 0, always_call=True)
    with pytest.warns(UserWarning, match="silenced"), pytest.raises(RuntimeError, match="in_features=2"):
        m(ag.ones(1, 3))
    assert seen == [None]


def test_global_hooks_come_before_the_modules_own() -> None:
    m, seen = net(), list[str]()
    m[0].register_forward_hook(lambda *_: seen.append("own"))
    handles = [
        registry.register_module_forward_pre_hook(lambda module, args: seen.append("before " + type(module).__name__)),
        registry.register_module_forward_hook(lambda module, args, out: seen.append("after " + type(module).__name__)),
    ]
    try:
        m(ag.ones(1, 3))
    finally:
        for handle in handles:
            handle.remove()
    assert seen == ["before Sequential", "before Linear", "after Linear", "own", "before Tanh", "after Tanh", "after Sequential"]
    m(ag.ones(1, 3))
    assert seen[7:] == ["own"]


def test_full_backward_hooks_see_and_change_the_gradients() -> None:
    m, seen = nn.Linear(3, 2), dict[str, Any]()
    x = ag.ones(4, 3, requires_grad=True)
    m(x).sum().backward()
    plain = x.grad.numpy().copy()
    x.grad = None
    m.register_full_backward_pre_hook(lambda module, g: (g[0] * 2,))
    m.register_full_backward_hook(lambda module, gi, go: seen.update(gi=gi, go=go) or (gi[0] * 10,))
    m(x).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), plain * 20, rtol=1e-6)
    assert seen["go"][0].tolist() == [[2, 2]] * 4 and len(seen["gi"]) == 1
    np.testing.assert_allclose(seen["gi"][0].numpy(), plain * 2, rtol=1e-6)


class Pair(nn.Module):
    def forward(self, a: Any, b: Any, k: int) -> Any:
        return a * b * k, a + 1


def test_gradients_of_several_inputs_and_outputs_keep_their_places() -> None:
    m, seen = Pair(), list[Any]()
    m.register_full_backward_hook(lambda module, gi, go: seen.append((gi, go)))
    a, b = ag.tensor([2.0], requires_grad=True), ag.tensor([3.0], requires_grad=True)
    product, _ = m(a, b, 5)
    product.sum().backward()
    (gi, go) = seen[0]
    assert [None if g is None else g.tolist() for g in gi] == [[15], [10], None]
    assert [None if g is None else g.tolist() for g in go] == [[1], None]
    assert a.grad.tolist() == [15] and b.grad.tolist() == [10]


def test_a_hook_must_return_as_many_gradients_as_there_are() -> None:
    m = nn.Identity()
    m.register_full_backward_hook(lambda module, gi, go: (gi[0], gi[0]))
    with pytest.raises(RuntimeError, match="invalid number of grad_input, got 2, but expected 1"):
        m(ag.ones(1, requires_grad=True)).sum().backward()


def test_without_inputs_that_need_gradients_the_hook_runs_with_a_warning() -> None:
    m, seen = nn.Linear(2, 1), list[Any]()
    m.register_full_backward_hook(lambda module, gi, go: seen.append((gi, go[0].tolist())))
    with pytest.warns(UserWarning, match="no inputs require gradients"):
        m(ag.ones(1, 2)).sum().backward()
    assert seen == [((None,), [[1]])] and m.weight.grad is not None


def test_hooks_record_themselves_under_create_graph() -> None:
    m = nn.Tanh()
    m.register_full_backward_hook(lambda module, gi, go: (gi[0] * gi[0],))
    x = ag.tensor([0.3], requires_grad=True, dtype=ag.float64)
    (g,) = ag.autograd.grad(m(x).sum(), x, create_graph=True)
    (gg,) = ag.autograd.grad(g.sum(), x)
    t = np.tanh(0.3)
    assert g.item() == pytest.approx((1 - t * t) ** 2) and gg.item() == pytest.approx(2 * (1 - t * t) * -2 * t * (1 - t * t))


def test_the_older_hook_sees_the_last_operation_and_does_not_mix_with_the_full_one() -> None:
    m, seen = nn.Linear(2, 1), list[Any]()
    m.register_backward_hook(lambda module, gi, go: seen.append(go[0].tolist()))
    m(ag.ones(1, 2)).sum().backward()
    assert seen == [[[1]]]
    with pytest.raises(RuntimeError, match="Cannot use both"):
        m.register_full_backward_hook(lambda *_: None)


def test_global_backward_hooks() -> None:
    seen = list[str]()
    handle = registry.register_module_full_backward_hook(lambda module, gi, go: seen.append(type(module).__name__))
    try:
        net()(ag.ones(1, 3, requires_grad=True)).sum().backward()
    finally:
        handle.remove()
    assert seen == ["Tanh", "Linear", "Sequential"]


def test_a_change_in_place_behind_a_hooked_layer() -> None:
    def gradient(hooked: bool) -> Any:
        layer = nn.Linear(3, 2)
        layer.load_state_dict({"weight": ag.tensor([[1.0, 2, 3], [-1, -2, -3]]), "bias": ag.zeros(2)})
        if hooked:
            layer.register_full_backward_hook(lambda module, gi, go: None)
        x = ag.ones(1, 3, requires_grad=True)
        nn.Sequential(layer, nn.ReLU(inplace=True))(x).sum().backward()
        return x.grad.tolist()

    assert gradient(True) == gradient(False) == [[1, 2, 3]]


def test_without_recording_hooks_stay_out_of_the_graph() -> None:
    m, seen = nn.Linear(2, 1), list[Any]()
    m.register_full_backward_hook(lambda module, gi, go: seen.append(go))
    with ag.no_grad():
        out = m(ag.ones(1, 2, requires_grad=True))
    assert not out.requires_grad and seen == []
