"""The recording: every operation and every step of backward, values as they were, gradients to the bit, a hard budget, exact lines."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core import viz
from autograd_core.graph import thread
from autograd_core.kernels.summary import summary
from autograd_core.viz.stats import Stats
from autograd_core.viz.trace import live
from tests.viz.models import PROGRAMS, convnet, network, numbers, recorded


@pytest.mark.parametrize("name", PROGRAMS)
def test_gradients_from_the_events_are_those_of_backward(name):
    make = PROGRAMS[name]()
    trace, loss = recorded(make)
    leaves = [v for v in trace.values if v.role == "parameter"]
    assert leaves
    for value in leaves:
        leaf = value.leaf()
        mine = trace.gradient(value.id)
        assert mine is not None
        assert np.array_equal(mine, leaf.grad.array), value.name
    assert trace.values[trace.roots[0]].kept.array == loss.array


@pytest.mark.parametrize("name", PROGRAMS)
def test_records_are_in_program_order_and_know_their_makers(name):
    trace, _ = recorded(PROGRAMS[name]())
    for i, record in enumerate(trace.records):
        assert record.id == i
        for v in record.inputs:
            assert v is None or trace.values[v].maker is None or trace.values[v].maker < i
        assert all(trace.values[v].maker == i for v in record.outputs)
    assert [e.id for e in trace.events] == list(range(len(trace.events)))


def test_every_step_of_backward_is_an_event():
    trace, loss = recorded(numbers()[1])
    names = [trace.records[e.record].name for e in trace.events]
    assert names == ["tanh", "mul", "add", "mul"]
    _, second, _, last = trace.events
    a = second.parts[1][0]
    assert [part[:2] for part in second.parts] == [(trace.records[1].outputs[0], 0), (a, 0)]
    assert last.parts[0][:2] == (a, 1)  # the second contribution to a
    assert trace.arrivals(a, second.id)[0][:2] == (second.id, 1)
    assert trace.gradient(a, second.id) == second.parts[1][2].array
    assert len(trace.arrivals(a)) == 2
    del loss


def test_looking_while_it_records_changes_nothing():
    def run(look):
        w = ag.ones(2, requires_grad=True)
        with viz.record() as trace:
            for i in range(3):
                y = (w * 2.0 + 1.0).tanh()
                look(trace)
                loss = (y * y).sum()
                if look is not quietly:
                    assert viz.stepper(loss, params={"w": w}).goto("end").grad_of(w) is not None
                loss.backward()
                look(trace)
                with ag.no_grad():
                    w.add_(float(i + 1))
        data = trace.to_json()
        return [[{k: v for k, v in row.items() if k not in ("line", "name")} for row in data[part]] for part in ("records", "values", "events")]

    def quietly(trace):
        pass

    def looking(trace):
        assert [r.id for r in trace.records] == list(range(len(trace.records)))
        assert len(trace.values) > len(trace.records)
        assert [e.id for e in trace.events] == list(range(len(trace.events)))

    assert run(quietly) == run(looking)


def test_a_parameter_keeps_its_name_when_it_changes():
    w = ag.ones(2, requires_grad=True)
    with viz.record() as trace:
        (w * 1.0).sum()
        trace.value_of(w).name = "w"
        with ag.no_grad():
            w.add_(5.0)
        (w * 1.0).sum()
    assert [v.name for v in trace.values if v.role == "parameter"][-1] == "w"
    assert len([v for v in trace.values if v.name == "w"]) >= 2


def test_two_passes_are_told_apart():
    tensors, make = numbers()
    with viz.record() as trace:
        make().backward()
        first = trace.gradient(trace.value_of(tensors["a"]).id).copy()
        make().backward()
    assert trace.passes == [0, 4]
    assert trace.gradient(trace.value_of(tensors["a"]).id) == first  # of the last pass alone
    assert tensors["a"].grad.item() == pytest.approx(2 * first.item())


def test_what_flowed_stays_as_it_was():
    """A second backward pass adds into .grad; the recorded gradients do not move."""
    w = ag.ones(3, requires_grad=True)
    with viz.record() as trace:
        (w * 2.0).sum().backward()
        kept = trace.gradient(trace.value_of(w).id).copy()
        (w * 2.0).sum().backward()
    assert np.array_equal(trace.events[1].parts[0][2].array, kept)
    assert np.array_equal(w.grad.array, kept * 2)


def test_changes_in_place_are_versions():
    x = ag.zeros(3)
    with viz.record() as trace:
        y = x + 1.0
        before = trace.value_of(y)
        y.mul_(3.0)
        y.add_(1.0)
        z = y * 2.0
    assert np.array_equal(before.kept.array, [1, 1, 1])
    last = trace.records[-1]
    assert np.array_equal(trace.values[last.inputs[0]].kept.array, [4, 4, 4])
    assert trace.values[last.inputs[0]].version == 2
    assert np.array_equal(trace.value_of(z).kept.array, [8, 8, 8])


def test_a_parameter_is_read_anew_after_a_step():
    w = ag.ones(2, requires_grad=True)
    with viz.record() as trace:
        (w * 1.0).sum().backward()
        with ag.no_grad():
            w.add_(5.0)
        (w * 1.0).sum()
    seen = [trace.values[r.inputs[0]].kept.array[0] for r in trace.records if r.name == "mul"]
    assert seen == [1, 6]


def test_source_lines():
    with viz.record() as trace:
        x = ag.ones(2, requires_grad=True)
        y = x * 2.0; z = y.exp()  # noqa: E702
        nn.Linear(2, 2)(z)
    here = sys._getframe().f_lineno
    assert {r.name: r.line for r in trace.records} == {
        "mul": (__file__, here - 2), "exp": (__file__, here - 2), "linear": (__file__, here - 1)
    }  # fmt: skip


@pytest.mark.parametrize("limit", [0, 2000, "64KB"])
def test_the_budget_is_hard(limit):
    make = PROGRAMS["transformer"]()
    trace, _ = recorded(make, budget=limit)
    held = sum(v.kept.array.nbytes for v in trace.values if v.kept is not None and v.kept.array is not None)
    held += sum(p[2].array.nbytes for e in trace.events for p in e.parts if p is not None and p[2].array is not None)
    assert trace.budget.used <= trace.budget.limit
    assert held <= 2 * max(trace.budget.limit, 1)  # a gradient that goes on is held once and counted at each place
    assert all(v.kept.stats.size == v.kept.stats.size for v in trace.values if v.kept is not None)
    if limit != "64KB":
        assert trace.budget.dropped
        assert "statistics only" in viz.draw(trace).svg()


@pytest.mark.parametrize("wrong", ["many", "12 PB", -1, None, "1e3MB", [], True])
def test_a_budget_that_is_none(wrong):
    with pytest.raises(ValueError, match="budget is a number of bytes"):
        viz.record(budget=wrong)


def test_recordings_nest_and_end():
    assert thread.context.watch is None
    with viz.record() as outer:
        x = ag.ones(2) + 1
        with viz.record() as inner:
            y = x * 2
        y + 1
    assert thread.context.watch is None
    assert [r.name for r in outer.records] == ["add", "mul", "add"]
    assert [r.name for r in inner.records] == ["mul"]


def test_anomaly_mode_goes_on_inside():
    x = ag.tensor([1.0, 3.0], requires_grad=True)
    with viz.record() as trace, pytest.raises(RuntimeError, match="sqrt"), ag.autograd.detect_anomaly():
        ag.sqrt(ag.sqrt(x - 2)).sum().backward()
    assert [r.name for r in trace.records][:3] == ["sub", "sqrt", "sqrt"]


def test_reading_a_graph_needs_no_recording():
    tensors, make = network()
    loss = make()
    trace = viz.Trace.of(loss)
    assert [r.name for r in trace.records] == ["matmul", "tanh", "matmul", "add", "mul", "square", "mean"]
    assert trace.value_of(tensors["w"]).shape == (3, 3)
    assert trace.gradient(0) is None
    with pytest.raises(TypeError, match="Tensors"):
        viz.Trace.of(3)


def test_a_graph_from_before_is_taken_in():
    tensors, make = network()
    loss = make()
    with viz.record() as trace:
        loss.backward()
    assert len(trace.records) == len(trace.events) == 7
    assert np.array_equal(trace.gradient(trace.value_of(tensors["s"]).id), tensors["s"].grad.array)


def test_higher_derivatives_are_marked():
    x = ag.tensor(2.0, requires_grad=True)
    with viz.record() as trace:
        y = x.exp() * x
        (g,) = ag.autograd.grad(y, x, create_graph=True)
        g.backward()
    assert [r.inside for r in trace.records][:2] == [False, False]
    assert any(r.inside for r in trace.records)
    assert trace.passes[1:]


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("size", [0, 1, 7, 4096, 70001])
def test_statistics(kind, size):
    rng = np.random.default_rng(size)
    x = (rng.standard_normal(size) * 10.0 ** rng.integers(-14, 8, size)).astype(kind)
    if size > 5:
        x[1], x[2], x[3], x[4] = np.nan, np.inf, -np.inf, 0
    good = x[np.isfinite(x)].astype(np.float64)
    least, greatest, mean, std, l2, zeros, nans, infs, bins = summary(x)
    if good.size:
        assert (least, greatest) == (good.min(), good.max())
        np.testing.assert_allclose([mean, std, l2], [good.mean(), good.std(), np.linalg.norm(good)], rtol=1e-6, atol=1e-12)
    assert (zeros, nans, infs) == ((good == 0).sum(), np.isnan(x).sum(), np.isinf(x).sum())
    assert bins.sum() + zeros + nans + infs == size
    filled = np.abs(good[good != 0])
    edges = 2.0 ** (-40 + 4 * np.arange(1, 16))
    assert np.array_equal(bins, np.bincount(np.searchsorted(edges, filled, side="right"), minlength=16))


def test_samples_and_thumbnails():
    s = Stats.of(np.arange(12.0).reshape(3, 4))
    assert s.samples == (0, 2, 4, 6, 8, 11)
    assert s.thumbnail.shape == (3, 4)
    wide = Stats.of(np.ones((2, 100, 64), np.float32))
    assert wide.thumbnail.shape == (32, 32)
    assert np.array_equal(wide.thumbnail, np.ones((32, 32)))
    assert Stats.of(np.array(["a"])).size == 1


def test_recording_a_model_in_training_does_not_change_it():
    model = convnet()
    model.train()
    x = ag.ones(2, 1, 8, 8)
    before = {k: v.numpy().copy() for k, v in model.state_dict().items()}
    state = ag.get_rng_state().numpy().copy()
    viz.draw(model, x)
    assert all(np.array_equal(before[k], v.numpy()) for k, v in model.state_dict().items())
    assert np.array_equal(state, ag.get_rng_state().numpy())


def test_a_recording_as_json():
    trace, _ = recorded(numbers()[1])
    data = json.loads(json.dumps(trace.to_json(), allow_nan=False))
    assert data["schema"] == 1
    assert [r["op"] for r in data["records"]] == ["mul", "add", "mul", "tanh"]
    assert len(data["events"]) == 4
    assert data["values"][0]["stats"]["min"] == 2.0


def test_a_change_of_a_part_is_a_new_value_of_the_whole():
    w = ag.ones(4, requires_grad=True)
    with viz.record() as trace:
        base = w * 1.0
        base[1:3].mul_(3.0)
        (base * base).sum().backward()
    whole = trace.values[trace.records[-1].inputs[0]]
    square = trace.records[trace.values[whole.id].maker]
    assert np.array_equal(trace.values[square.inputs[0]].kept.array, [1, 3, 3, 1])
    assert np.array_equal(trace.gradient(trace.value_of(w).id), w.grad.array)


def test_a_recording_lives_as_long_as_the_graph_that_it_saw():
    before = len(live)
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    with viz.record():
        loss = (x * 3).sum()
        loss.backward()
    assert "grad 1.0" in viz.draw(loss).text() and len(live) == before + 1
    del loss
    assert len(live) == before
