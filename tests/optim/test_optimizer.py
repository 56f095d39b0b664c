"""The optimizer base: groups, hooks, gradients, and what a step tells the graph."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import optim
from autograd_core.kernels.jit import numpy_only
from optim import kernels
from optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook, required

ELEMENTWISE = [
    optim.SGD, optim.Adam, optim.AdamW, optim.Adadelta, optim.Adagrad, optim.RMSprop, optim.Adamax, optim.NAdam, optim.RAdam, optim.ASGD,
]  # fmt: skip
ALL = [*ELEMENTWISE, optim.Rprop, optim.Adafactor, optim.SparseAdam]
FOREACH = [kind for kind in ALL if kind is not optim.SparseAdam]


def leaf(*values: float) -> Any:
    return ag.tensor(values or (1.0, 2.0), requires_grad=True)


def with_grad(p: Any) -> Any:
    p.grad = ag.ones_like(p)
    return p


def test_groups_have_options_of_their_own_and_names() -> None:
    a, b, c = leaf(), leaf(), leaf()
    o = optim.SGD([{"params": a}, {"params": [b], "lr": 1.0}], lr=0.5)
    o.add_param_group({"params": (p for p in [c]), "momentum": 0.1})
    assert [(g["lr"], g["momentum"], len(g["params"])) for g in o.param_groups] == [(0.5, 0, 1), (1.0, 0, 1), (0.5, 0.1, 1)]
    named = optim.SGD([("a", a), ("b", b)], lr=0.5)
    assert named.param_groups[0]["param_names"] == ["a", "b"] and named.param_groups[0]["params"] == [a, b]
    assert named.state_dict()["param_groups"][0]["param_names"] == ["a", "b"]


def test_the_same_parameter_twice_is_a_warning_or_an_error() -> None:
    a = leaf()
    with pytest.warns(UserWarning, match="duplicate parameters"):
        optim.SGD([a, a])
    with pytest.raises(ValueError, match="more than one parameter group"):
        optim.SGD([{"params": [a]}, {"params": [a]}])


def test_a_required_option_must_be_given() -> None:
    class Plain(optim.Optimizer):
        def step(self, closure: Any = None) -> None:
            for group in self.param_groups:
                for p in group["params"]:
                    p.data.add_(p.grad, alpha=-group["lr"])

    with pytest.raises(ValueError, match="required optimization parameter lr"):
        Plain([leaf()], {"lr": required})
    p = with_grad(leaf(1.0))
    Plain([{"params": [p], "lr": 0.25}], {"lr": required}).step()
    assert p.item() == 0.75


def test_zero_grad_drops_or_clears() -> None:
    p = with_grad(leaf())
    o, grad = optim.SGD([p]), p.grad
    o.zero_grad(set_to_none=False)
    assert p.grad is grad and grad.tolist() == [0, 0]
    o.zero_grad()
    assert p.grad is None
    o.step()  # nothing to do
    assert p.tolist() == [1, 2]


def test_hooks_surround_a_step() -> None:
    seen = list[str]()
    o = optim.SGD([with_grad(leaf())], lr=1.0)
    o.register_step_pre_hook(lambda opt, args, kwargs: seen.append("before"))
    o.register_step_post_hook(lambda opt, args, kwargs: seen.append("after"))
    handles = [
        register_optimizer_step_pre_hook(lambda *_: seen.append("global before")),
        register_optimizer_step_post_hook(lambda *_: seen.append("global after")),
    ]
    o.step()
    for handle in handles:
        handle.remove()
    o.step()
    assert seen == ["global before", "before", "after", "global after", "before", "after"]
    o.register_step_pre_hook(lambda *_: 3)
    with pytest.raises(RuntimeError, match="must return None or a tuple"):
        o.step()


def test_hooks_of_a_step_that_calls_its_parents_run_once() -> None:
    class Twice(optim.SGD):
        def step(self, closure: Any = None) -> Any:
            super().step()
            return super().step()

    seen = list[int]()
    o = Twice([with_grad(leaf(1.0))], lr=0.25)
    o.register_step_post_hook(lambda *_: seen.append(1))
    o.step()
    assert seen == [1] and o.param_groups[0]["params"][0].item() == 0.5


def test_state_hooks() -> None:
    o = optim.Adam([with_grad(leaf())])
    o.step()
    o.register_state_dict_post_hook(lambda opt, state: {**state, "note": 1})
    o.register_load_state_dict_pre_hook(lambda opt, state: {**state, "param_groups": [{**state["param_groups"][0], "lr": 7.0}]})
    seen = list[str]()
    o.register_state_dict_pre_hook(lambda opt: seen.append("saving"))
    o.register_load_state_dict_post_hook(lambda opt: seen.append("loaded"))
    o.load_state_dict(o.state_dict())
    assert seen == ["saving", "loaded"] and o.param_groups[0]["lr"] == 7.0


def test_a_step_is_noticed_by_a_graph_that_saved_the_old_values() -> None:
    p = leaf()
    loss = (p * p).sum()
    with_grad(p)
    optim.SGD([p], lr=0.1).step()
    with pytest.raises(RuntimeError, match=r"SGD.step\(\).*test_optimizer.py"):
        loss.backward()
    assert p._version == 1


@pytest.mark.parametrize("kind", ALL)
def test_steps_change_parameters_in_place_and_need_no_gradients(kind: Any) -> None:
    p = with_grad(leaf())
    memory = p.array
    o = kind([p], lr=0.1)
    for _ in range(3):
        o.step()
    assert p.array is memory and p.is_leaf and p.requires_grad and p.tolist() != [1, 2]
    assert all(not t.requires_grad for t in o.state[p].values() if isinstance(t, ag.Tensor))


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("twin", [copy.deepcopy, lambda pair: pickle.loads(pickle.dumps(pair))])
def test_copies_go_on_alike(kind: Any, twin: Any) -> None:
    p = ag.nn.Parameter(ag.tensor([1.0, 2.0]))
    o = kind([p], lr=0.1)
    with_grad(p)
    o.step()
    q, twin_o = twin((p, o))
    assert twin_o.param_groups[0]["params"][0] is q
    for param, opt in ((p, o), (q, twin_o)):
        with_grad(param)
        opt.step()
    assert p.tolist() == q.tolist()


def test_differentiable_steps_are_refused_clearly() -> None:
    with pytest.raises(NotImplementedError, match="differentiable=True is not supported"):
        optim.Adam([leaf()], differentiable=True)


    with pytest.raises(NotImplementedError, match="differentiable=True is not supported"):
        optim.Adam([{"params": [leaf()], "differentiable": True}])


def test_a_module_in_the_place_of_its_parameters_is_told_apart() -> None:
    for given in (ag.nn.Linear(2, 2), [ag.nn.Linear(2, 2)], ag.nn.Sequential(ag.nn.Linear(2, 2))):
        with pytest.raises(TypeError, match=r"pass its parameters\(\)"):
            optim.SGD(given, lr=0.1)
    with pytest.raises(TypeError, match="lr should be a number"):
        optim.SGD([leaf()], lr="0.1")  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", FOREACH)
def test_options_that_only_matter_on_other_hardware_are_accepted(kind: Any) -> None:
    p, q = with_grad(leaf()), with_grad(leaf())
    kind([p], lr=0.1).step()
    kind([q], lr=0.1, foreach=True).step()
    assert p.tolist() == q.tolist()


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("layout", ["contiguous", "transposed", "strided"])
def test_loops_numpy_and_every_layout_agree(kind: Any, layout: str) -> None:
    """The same numbers whatever path runs and however the memory lies."""

    def run(layout: str, dtype: Any, compiled: bool) -> np.ndarray:
        rng = np.random.default_rng(0)
        start, gradient = rng.standard_normal((120, 90)), rng.standard_normal((120, 90))
        made = {
            "contiguous": lambda a: a.copy(),
            "transposed": lambda a: np.asfortranarray(a),
            "strided": lambda a: np.repeat(a, 2, axis=1)[:, ::2],
        }[layout]
        p = ag.from_numpy(made(start.astype(dtype))).requires_grad_()
        decay = {} if kind in (optim.Rprop, optim.SparseAdam) else {"weight_decay": 0.1}
        o = kind([p], lr=0.1, maximize=True, **decay)
        for _ in range(3):
            p.grad = ag.from_numpy(made(gradient.astype(dtype)))
            if compiled:
                o.step()
            else:
                with numpy_only():
                    o.step()
        return p.detach().numpy()

    assert kernels.LOOP_FROM < 120 * 90
    reference = run("contiguous", np.float64, compiled=False)
    np.testing.assert_allclose(run(layout, np.float64, compiled=True), reference, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(run(layout, np.float32, compiled=True), reference, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", ELEMENTWISE)
def test_nan_and_overflow_pass_in_silence(kind: Any) -> None:
    p = leaf(1.0, 1e38, 2.0)
    p.grad = ag.tensor([float("nan"), 1e38, float("inf")])
    o = kind([p], lr=10.0)
    o.step()
    o.step()
    assert np.isnan(p.detach().numpy()[0])


@pytest.mark.parametrize("kind", [optim.SGD, optim.Adadelta, optim.Adagrad])
def test_half_precision(kind: Any) -> None:
    p, q = leaf(1.0, -2.0), ag.tensor([1.0, -2.0], dtype=ag.float16, requires_grad=True)
    for param in (p, q):
        with_grad(param)
        o = kind([param], lr=0.1)
        o.step()
    np.testing.assert_allclose(q.detach().numpy(), p.detach().numpy(), rtol=2e-3)


def test_steps_reach_the_minimum_of_a_parabola() -> None:
    for kind, lr in ((optim.SGD, 0.1), (optim.Adam, 0.1), (optim.AdamW, 0.1), (optim.RMSprop, 0.02), (optim.Adagrad, 0.5)):
        p = leaf(3.0, -2.0)
        o = kind([p], lr=lr)
        for _ in range(200):
            o.zero_grad()
            ((p - 1) * (p - 1)).sum().backward()
            o.step()
        np.testing.assert_allclose(p.detach().numpy(), 1.0, atol=0.05)


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("compiled", [True, False])
def test_many_small_parameters_step_as_one_by_one(kind: Any, compiled: bool) -> None:
    """They are updated end to end; what has no gradient, another shape or another type stays apart."""
    rng = np.random.default_rng(0)
    shapes = [(3, 4), (), (7,), (0,), (2, 1, 5), (0, 3)] * 3 + [(5000,), (100, 90), (6000,), (7000,)]
    starts = [np.asarray(rng.standard_normal(s), np.float32 if i % 3 else np.float64) for i, s in enumerate(shapes)]
    grads = [np.asarray(rng.standard_normal(s), a.dtype) for s, a in zip(shapes, starts, strict=True)]

    def run(together: bool) -> list[np.ndarray]:
        params = [ag.tensor(a, requires_grad=True) for a in starts]
        optimizers = [kind(params, lr=0.1)] if together else [kind([p], lr=0.1) for p in params]
        for step in range(3):
            for i, (p, g) in enumerate(zip(params, grads, strict=True)):
                p.grad = None if i == step else ag.tensor(g * (step - 0.5))
            for o in optimizers:
                o.step()
        return [p.detach().numpy() for p in params]

    if compiled:
        whole = run(together=True)
    else:
        with numpy_only():
            whole = run(together=True)
    for a, b in zip(whole, run(together=False), strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-6, atol=1e-6)


@pytest.mark.parametrize("kind", [optim.Adam, optim.RMSprop])
def test_parameters_that_share_memory_step_one_after_the_other(kind: Any) -> None:
    memory = ag.tensor([1.0, 2.0])

    def run(views: int) -> list[float]:
        values = memory.clone()
        params = [values.detach().requires_grad_() for _ in range(views)]
        o = kind(params, lr=0.1)
        for p in params:
            p.grad = ag.ones_like(p)
        o.step()
        return values.tolist()

    once, five = run(1), run(5)
    np.testing.assert_allclose(1 - np.array(five), 5 * (1 - np.array(once)) - 4 * (1 - np.array([1.0, 2.0])), rtol=1e-5)


def test_a_state_of_the_wrong_shape_is_an_error_and_not_a_crash() -> None:
    params = [with_grad(leaf(*np.arange(3000.0))) for _ in range(6)]
    o = optim.Adam(params)
    o.step()
    o.state[params[2]]["exp_avg"] = ag.zeros(7)
    with pytest.raises((RuntimeError, ValueError)):
        o.step()


def test_numbers_saved_as_plain_ones_become_tensors() -> None:
    p = with_grad(leaf())
    o = optim.NAdam([p])
    o.step()
    o.state[p]["step"], o.state[p]["mu_product"] = 3, 0.5
    o.step()
    assert o.state[p]["step"].item() == 4 and 0 < o.state[p]["mu_product"].item() < 0.5


def test_rows_without_gradients_keep_their_running_means() -> None:
    p = ag.ones(3, 2).requires_grad_()
    o = optim.SparseAdam([p], lr=0.1)
    p.grad = ag.tensor([[1.0, 0.0], [0.0, 0.0], [0.0, 2.0]])
    o.step()
    p.grad = ag.tensor([[0.0, 0.0], [0.0, 0.0], [0.0, 2.0]])
    o.step()
    assert p.tolist()[1] == [1, 1] and p.tolist()[0][0] == pytest.approx(0.9) and p.tolist()[2][1] == pytest.approx(0.8, abs=1e-3)
    assert o.state[p]["exp_avg"][0].tolist() == pytest.approx([0.1, 0]) and o.state[p]["step"] == 2


def test_muon_steps_by_orthogonal_matrices_and_takes_nothing_but_matrices() -> None:
    p = ag.zeros(4, 6).requires_grad_()
    p.grad = ag.tensor(np.random.default_rng(0).standard_normal((4, 6)).astype(np.float32))
    optim.Muon([p], lr=1.0, weight_decay=0.0, ns_steps=30, ns_coefficients=(1.5, -0.5, 0.0)).step()
    np.testing.assert_allclose(p.detach().numpy() @ p.detach().numpy().T, np.eye(4), atol=0.05)
    with pytest.raises(ValueError, match=r"2D.*AdamW"):
        optim.Muon([leaf()])
    p.grad = ag.ones(4, 6)
    with pytest.raises(ValueError, match="less than 100"):
        optim.Muon([p], ns_steps=100).step()


def test_lbfgs_reaches_the_bottom_of_a_valley() -> None:
    p = leaf(-1.2, 1.0)
    o = optim.LBFGS([p], line_search_fn="strong_wolfe", max_iter=60)
    versions = p._version

    def closure() -> Any:
        o.zero_grad()
        loss = (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2
        loss.backward()
        return loss

    o.step(closure)
    np.testing.assert_allclose(p.detach().numpy(), 1.0, atol=1e-3)
    assert p._version > versions and o.state_dict()["state"][0]["n_iter"] < 60
    with pytest.raises(TypeError, match="closure"):
        o.step()


def test_the_gradient_may_be_recorded_in_the_closure_only() -> None:
    p = leaf()
    for kind in (optim.SGD, optim.Adafactor, optim.LBFGS):

        def closure() -> Any:
            assert ag.is_grad_enabled()
            p.grad = None
            loss = (p * p).sum()
            loss.backward()
            return loss

        with ag.no_grad():
            kind([p], lr=0.1).step(closure)
            assert not ag.is_grad_enabled()


def test_the_average_is_found_by_name_and_survives_pickling() -> None:
    model = ag.nn.Linear(2, 1)
    average = optim.swa_utils.AveragedModel(model)
    average.update_parameters(model)
    twin = pickle.loads(pickle.dumps(average))
    assert twin.n_averaged.item() == 1 and type(twin) is optim.swa_utils.AveragedModel
    assert "AveragedModel" in dir(optim.swa_utils)
    with pytest.raises(AttributeError, match="AverageModel"):
        optim.swa_utils.AverageModel
