"""The stepper: the same gradients whichever way the cursor came, breakpoints, flags, what if, and nothing changed by looking."""

from __future__ import annotations

import gc
import math
import re

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core import viz
from autograd_core.viz import rewalk
from autograd_core.viz.stats import Stats
from tests.viz.models import PROGRAMS, mlp, network, numbers, transformer


def leaves_of(s):
    return [v for v in s.run.trace.values if v.role == "parameter" and v.id in s.run.arrivals]


def state(s):
    """Everything that the cursor's place says, to the bit."""
    waiting = [(p.value, p.arrived, p.array.shape, p.array.tobytes()) for p in s.frontier]
    leaves = [(v.id, None if (g := s.grad_of(v.id)) is None else g.array.tobytes()) for v in leaves_of(s)]
    return s.k, tuple(waiting), tuple(leaves), s.now.text()


@pytest.mark.parametrize("name", PROGRAMS)
def test_gradients_at_the_end_are_those_of_backward(name):
    loss = PROGRAMS[name]()()
    s = viz.stepper(loss).goto("end")
    loss.backward()
    for value in leaves_of(s):
        assert np.array_equal(s.grad_of(value.id).array, value.leaf().grad.array)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_place_is_the_same_however_it_was_reached(name, rng):
    s = viz.stepper(PROGRAMS[name]()())
    places = sorted({0, 1, len(s) // 2, len(s) - 1, len(s)} | {int(k) for k in rng.integers(0, len(s), 6)})
    first = {}
    for k in places:
        s.goto(0).step(k)
        first[k] = state(s)
    for k in places:
        assert state(s.goto(k)) == first[k]
        s.goto("start").step(k)
        assert state(s.back(k).step(k)) == first[k]
    moves = (s.step, s.back, s.over, s.out, lambda: s.goto(int(rng.integers(0, len(s) + 1))))
    for _ in range(1000):
        moves[int(rng.integers(len(moves)))]()
    assert state(s) == state(viz.Stepper(s.run).goto(s.k))


def test_the_same_when_the_values_did_not_fit_the_budget():
    whole = viz.stepper(loss := PROGRAMS["convnet"]()())
    small = viz.stepper(loss, budget=2000)
    assert small.run.budget.dropped
    assert "over budget" in small.to_json()["budget"]
    for k in [*range(len(whole) + 1), *range(len(whole), -1, -1)]:
        assert state(small.goto(k))[:3] == state(whole.goto(k))[:3]
        if k:
            assert repr(small.explain()) == repr(whole.explain())


def test_going_back_beyond_the_budget_does_not_start_from_the_seed(monkeypatch):
    x = ag.ones(50, requires_grad=True)
    y = x
    for _ in range(200):
        y = (y * 1.5).tanh()
    s = viz.stepper(y.sum(), budget=16_000)
    taken, walk = [], rewalk.walk

    def counted(*args, **kwargs):
        for found in walk(*args, **kwargs):
            taken.append(found[0])
            yield found

    monkeypatch.setattr(rewalk, "walk", counted)
    s.goto("end").explain()
    for _ in range(50):
        s.back().explain()
    assert len(taken) < 2000  # 936; 4,136 from the seed each time


def test_looking_changes_nothing():
    model = mlp()
    x = ag.ones(4, 5)
    hidden = model[0](x)
    hidden.retain_grad()
    loss = model[1:](hidden).square().mean()
    loss.backward(retain_graph=True)
    grads = [p.grad.array.copy() for p in model.parameters()] + [hidden.grad.array.copy()]
    random = ag.get_rng_state().array.copy()
    node, order = loss.grad_fn, []
    while node is not None:
        order.append((node.id, node.saved, node.hooks, node.parents))
        node = next((n for n in node.parents if hasattr(n, "op") and n.op is not None), None)
    s = viz.stepper(loss)
    for m in s:
        m.text(), m.explain(), s.frontier, s.flags
    s.check(), s.why(model[0].weight), s.goto(2).inject(ag.ones(s.upstream.shape)), s.to_json()
    for before, p in zip(grads, [*model.parameters(), hidden], strict=True):
        assert np.array_equal(before, p.grad.array)
    assert np.array_equal(random, ag.get_rng_state().array)
    node = loss.grad_fn
    for i, saved, hooks, parents in order:
        assert (node.id, node.hooks, node.parents) == (i, hooks, parents)
        assert node.saved is saved
        node = next((n for n in node.parents if hasattr(n, "op") and n.op is not None), None)
    loss.backward()
    for before, p in zip(grads, [*model.parameters(), hidden], strict=True):
        np.testing.assert_array_equal(2 * before, p.grad.array)


def test_it_goes_on_after_the_graph_was_freed():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    loss = x.exp().sum()
    s = viz.stepper(loss)
    loss.backward()
    assert s.goto("end").explain((1,)).contribution == x.grad.array[1]


def test_a_graph_dies_with_its_stepper():
    gc.collect()
    gc.disable()
    try:
        x = ag.ones(3, requires_grad=True)
        y = x.exp()
        import weakref

        node = weakref.ref(y.grad_fn)
        s = viz.stepper(y.sum())
        s.goto("end").explain()
        del y, s
        assert node() is None
    finally:
        gc.enable()


def test_hooks_take_part_and_are_not_called_for_looking():
    calls = []
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    y = x * 3
    y.register_hook(lambda g: calls.append(1) or g * 10)
    s = viz.stepper(y.sum())
    assert calls == [1]
    assert s.goto("end").grad_of(x).tolist() == [30.0, 30.0]
    s.explain()
    assert calls == [1]


def test_over_and_out_go_by_module_calls():
    _model, make = transformer(2)
    s = viz.stepper(make())
    block = next(k for k in range(len(s)) if "blocks.1" in s.at(k + 1).modules and "blocks.1" not in s.at(k).modules)
    s.goto(block).over()
    assert s.module.startswith("blocks.1")
    assert "blocks.1" not in s.at(s.k + 1).modules
    s.goto(block).step()
    inside = s.now.modules
    s.out()
    assert s.k == len(s) or s.at(s.k + 1).modules != inside
    modules = viz.stepper(make(), granularity="module")
    places = [m.k for m in modules]
    assert places[-1] == len(modules)
    assert len(places) < len(modules)
    for k in reversed(places[:-1]):
        assert modules.back().k == k


@pytest.mark.parametrize("name", ["numbers", "network"])
def test_element_by_element(name):
    whole = viz.stepper(loss := PROGRAMS[name]()())
    s = viz.stepper(loss, granularity="scalar")
    leaf = leaves_of(s)[0]
    counts = [sum(c.array.size for c in m.contributions) for m in whole]
    seen = []
    for m in s:
        seen.append((s.k, s.element))
        e = s.explain()
        assert e.contribution == m.contributions[[c.slot for c in m.contributions].index(m.element.slot)].array[m.element.place]
        g = s.grad_of(leaf.id)
        if s.element == counts[s.k - 1]:  # the whole operation has gone on
            assert (g is None) == (whole.grad_of(leaf.id, s.k) is None)
            assert g is None or np.array_equal(g.array, whole.grad_of(leaf.id, s.k).array)
    assert seen == [(k, e) for k, n in enumerate(counts, 1) for e in range(1, n + 1)]
    for place in seen[-2::-1]:
        assert ((s.back().k, s.element)) == place
    assert s.back().k == 0
    assert s.step(2).over().element == counts[s.k - 1]
    assert s.goto("end").element == counts[-1]
    assert s.goto(1).step().k == 2


def test_too_many_elements_to_step_through():
    loss = (ag.ones(200, 200, requires_grad=True) * 2).sum()
    with pytest.raises(ValueError, match=r"80,000 elements, more than 20,000; most of them, 40,000, in step 1 \(sum\)"):
        viz.stepper(loss, granularity="scalar")


def test_goto_knows_numbers_names_nodes_and_tensors():
    params, loss = network()
    root = loss()
    s = viz.stepper(root, params=params)
    assert s.goto(-1).k == len(s)
    assert s.goto("w").k == s.writes(params["w"])[-1].k == s.goto(params["w"]).k
    assert s.goto(root.grad_fn).k == 1
    net = mlp()
    model = viz.stepper(net(ag.ones(4, 5)).sum())
    assert model.goto("2.weight").module == "2"
    for wrong, error, text in (("2.weigth", ValueError, "2.weight"), (99, IndexError, "this pass has"), (1.5, TypeError, "step number")):
        with pytest.raises(error, match=text):
            model.goto(wrong)


BREAKS = {
    "op": {"op": "sigmoid"},
    "module": {"module": "2*"},
    "param": {"param": "0.weight"},
    "above": {"above": 0.5},
    "below": {"below": 1e-3},
    "when": {"when": lambda m: m.k % 3 == 0},
    "op and module": {"op": "linear", "module": "4"},
}


@pytest.mark.parametrize("name", BREAKS)
def test_breakpoints_stop_both_ways(name):
    def fits(m):
        arrays = [c.array for c in m.contributions] + [m.upstream.array]
        stats = [Stats.of(a) for a in arrays]
        return {
            "op": m.op == "sigmoid", "module": m.module == "2", "param": any(c.name == "0.weight" for c in m.contributions),
            "above": any(t.absmax > 0.5 for t in stats), "below": any(t.rms < 1e-3 for t in stats), "when": m.k % 3 == 0,
            "op and module": m.op == "linear" and m.module == "4",
        }[name]  # fmt: skip

    model = mlp()
    s = viz.stepper(model(ag.ones(4, 5)).square().mean())
    expected = [m.k for m in s if fits(m)]
    assert expected
    s.goto(0)
    s.break_on(**BREAKS[name])
    found = []
    while s.cont().k < len(s):
        found.append(s.k)
    assert [k for k in expected if k < len(s)] == found
    back = []
    while s.rcont().k:
        back.append(s.k)
    assert back == found[::-1]
    s.clear(1)
    assert s.cont().k == len(s)


WRONG = {
    "an op that is not there": ({"op": "sigmoyd"}, ValueError, "sigmoid"),
    "a module that is not there": ({"module": "encoder.*"}, ValueError, "would never stop"),
    "a parameter that is not there": ({"param": "0.wieght"}, ValueError, "0.weight"),
    "no condition": ({}, ValueError, "needs a condition"),
    "a limit that is none": ({"above": "high"}, TypeError, "takes a number"),
    "when that cannot be called": ({"when": 3}, TypeError, "a function of a moment"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_breakpoint_that_would_never_stop_is_refused(name):
    given, error, text = WRONG[name]
    model = mlp()
    s = viz.stepper(model(ag.ones(4, 5)).sum())
    with pytest.raises(error, match=re.escape(text)):
        s.break_on(**given)
    assert s.breakpoints == []


def test_writes_and_frontier_follow_a_gradient():
    a, b, c = (t for t in numbers()[0].values())
    loss = ((a * b + c) * a).tanh()
    s = viz.stepper(loss, params={"a": a, "b": b, "c": c})
    written = s.writes(a)
    assert len(written) == 2
    assert written[0].before is None
    np.testing.assert_array_equal(written[1].before + written[1].contribution, written[1].after)
    assert s.last_write(a) is None
    assert s.goto("end").last_write(a).k == written[1].k
    s.goto(written[0].k)
    waiting = {p.name: (p.arrived, p.expected, p.leaf) for p in s.frontier}
    assert waiting["a"] == (1, 2, True)
    assert sum(not leaf for _, _, leaf in waiting.values()) == 1


def test_the_seed_waits_before_the_first_step():
    s = viz.stepper(network()[1]())
    assert [float(p.array) for p in s.frontier] == [1.0]
    assert s.op == "seed"
    with pytest.raises(ValueError, match="step"):
        s.explain()


def sigmoids(depth, act=nn.Sigmoid, width=8):
    ag.manual_seed(0)
    return nn.Sequential(*[layer for _ in range(depth) for layer in (nn.Linear(width, width), act())], nn.Linear(width, 1))


def test_vanishing_gradients_are_flagged_with_their_cause():
    model = sigmoids(20)
    s = viz.stepper(model(ag.randn(16, 8)).square().mean())
    (flag,) = s.flags
    assert flag.kind == "vanishing"
    assert "sigmoid did it" in flag.text
    sizes = [(m.k, Stats.of(m.upstream.array).l2) for m in s if m.op == "linear"]
    assert flag.k == next(k for k, size in sizes if size < 1e-3 * sizes[0][1])
    assert s.at(flag.k).module in flag.text


def test_exploding_gradients_are_flagged():
    ag.manual_seed(0)
    w = np.linalg.qr(np.random.default_rng(0).standard_normal((6, 6)))[0] * 1.5  # every singular value, and the spectral radius, is 1.5
    w = ag.tensor(w.astype(np.float32), requires_grad=True)
    h = ag.randn(4, 6)
    for _ in range(30):
        h = h @ w
    flags = viz.stepper(h.sum(), params={"w": w}).flags
    assert [f.kind for f in flags] == ["exploding"]
    assert "matmul did it: its gain is 1.5" in flags[0].text


def test_a_healthy_network_has_no_flag():
    class Residual(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(16, 16), nn.Linear(16, 16)
            nn.init.kaiming_normal_(self.a.weight)
            nn.init.zeros_(self.b.weight)

        def forward(self, x):
            return x + self.b(self.a(x).relu())

    ag.manual_seed(0)
    model = nn.Sequential(*[Residual() for _ in range(10)], nn.Linear(16, 1))
    assert viz.stepper(model(ag.randn(8, 16)).square().mean()).flags == []


def test_nan_is_flagged_where_it_is_born_and_breakpoints_find_it():
    x = ag.tensor([4.0, 0.0], requires_grad=True)
    with viz.record():
        y = x.sqrt()
        loss = ag.where(x > 1, y, ag.zeros(2)).sum()
    s = viz.stepper(loss)
    born = next(f for f in s.flags if f.kind == "nan")
    assert s.at(born.k).op == "sqrt"
    s.break_on(nan=True)
    assert s.cont().k == born.k
    assert s.explain().place == (1,)
    assert math.isnan(s.explain().contribution)
    assert "x.sqrt()" in s.source.text


def test_twice_the_gradient_is_twice_everything_below():
    s = viz.stepper(PROGRAMS["transformer"]()())
    before = state(s.goto("end"))
    for k in (0, 3, len(s) // 2):
        s.goto(k)
        branch = s.inject(2 * s.upstream)
        assert branch.parent is s
        below = [m.k for m in branch] or [k]
        assert below[-1] == len(s)
        for difference in s.diff(branch):
            assert difference.ratio in (None, 1.0) or math.isclose(difference.ratio, 2.0, rel_tol=1e-6) or k, difference
        if k == 0:
            for value in leaves_of(s):
                np.testing.assert_array_equal(branch.grad_of(value.id).array, 2 * s.grad_of(value.id, -1).array)
    assert state(s.goto("end")) == before
    with pytest.raises(ValueError, match="of shape"):
        s.goto(3).inject(np.ones((7, 7, 7)))


def test_check_finds_the_right_rule_right_and_a_wrong_one_wrong():
    with viz.record() as trace:
        loss = PROGRAMS["mlp"]()()
    s = viz.stepper(loss)
    assert s.run.trace.records is trace.records
    for m in s:
        for c in m.contributions:
            assert s.check(c.slot), m
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    with viz.record() as trace:
        y = x.tanh()
        loss = y.sum()
    y.grad_fn.register_hook(lambda inputs, outputs: (inputs[0] * 0.5,))
    found = viz.stepper(loss).goto("end").check()
    assert not found
    assert math.isclose(found.difference, 2 * found.rule, rel_tol=1e-4)
    assert trace.records


def test_why_multiplies_the_derivatives_of_one_way():
    x = ag.tensor([0.5, 2.0], dtype=ag.float64, requires_grad=True)
    path = viz.stepper((x.exp() * 3).sum(), params={"x": x}).why(x, 1)
    assert [h.op for h in path.hops][-1] == "sum"
    assert math.isclose(path.product, 3 * math.exp(2))
    assert math.isclose(path.gradient, path.product)
    assert "∂L/∂x[1]" in repr(path)


def test_lines_of_the_source_are_known_in_a_recording():
    x = ag.ones(3, requires_grad=True)
    with viz.record():
        y = x.exp()  # first
        loss = y.sum()  # second
    s = viz.stepper(loss)
    assert [m.source.text.partition("# ")[2] for m in s] == ["second", "first"]
    assert viz.stepper(x.exp().sum()).step().source is None


ERRORS = {
    "no tensor": (lambda: viz.stepper(3.0), TypeError, "takes a Tensor"),
    "detached": (lambda: viz.stepper(ag.ones(1, requires_grad=True).sum().detach()), ValueError, "detached"),
    "a leaf": (lambda: viz.stepper(ag.ones((), requires_grad=True)), ValueError, "nothing to step through"),
    "no scalar": (lambda: viz.stepper(ag.ones(2, requires_grad=True) * 2), RuntimeError, "scalar"),
    "granularity": (lambda: viz.stepper(ag.ones(2, requires_grad=True).sum(), granularity="bit"), ValueError, "'module'"),
    "budget": (lambda: viz.stepper(ag.ones(2, requires_grad=True).sum(), budget="lots"), ValueError, "budget"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_teach(name):
    make, error, text = ERRORS[name]
    with pytest.raises(error, match=text):
        make()


def test_a_freed_graph_says_what_to_do():
    loss = ag.ones(2, requires_grad=True).exp().sum()
    loss.backward()
    with pytest.raises(RuntimeError, match="make it first"):
        viz.stepper(loss)


def test_a_saved_value_changed_in_place_names_both():
    x = ag.ones(2, requires_grad=True)
    y = x.exp()
    loss = (y * y).sum()
    with ag.no_grad():
        y.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        viz.stepper(loss)


def test_tensors_outside_of_the_pass_are_refused():
    s = viz.stepper(ag.ones(2, requires_grad=True).sum())
    for t, text in ((ag.ones(2), "does not require grad"), (ag.ones(2, requires_grad=True), "does not depend on it")):
        with pytest.raises(ValueError, match=text):
            s.grad_of(t)


@pytest.mark.parametrize("live", [False, True])
def test_a_custom_function_is_a_step_like_any_other(live):
    class Square(ag.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, g):
            return 2 * g * ctx.saved_tensors[0]

    x = ag.tensor([1.0, 3.0], requires_grad=True)
    with viz.record() as trace:
        loss = (Square.apply(x * 3) * 2).sum()
    if not live:
        del trace
    s = viz.stepper(loss)
    (moment,) = (m for m in s if m.op == "Square")
    assert moment.explain().equation() == "2 · 18 = 36"
    assert s.grad_of(x).tolist() == [36.0, 108.0]


def test_numbers_that_have_changed_since_are_not_shown():
    w = ag.tensor([2.0, 3.0], requires_grad=True)
    s = viz.stepper((w * w).sum()).goto("end")
    assert s.explain((1,)).equation() == "1 · 3 = 3"
    with ag.no_grad():
        w.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        s.explain((1,))
    assert s.grad_of(w).tolist() == [4.0, 6.0]
