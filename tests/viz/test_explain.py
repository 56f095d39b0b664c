"""Explanations of single gradient elements: true for every op of the registry, and readable."""

from __future__ import annotations

import math

import numpy as np
import pytest

import autograd_core as ag
import nn.functional as F
from autograd_core import viz
from autograd_core.op import Op, registry
from autograd_core.viz.formula import latex, mathml, read
from tests.samples import CASES, RECORDS, draw, flags, replace

STEP = 1e-6
FLOWING = [(key, i) for key, i in CASES if RECORDS[key][i].grad]


def quick_first(cases, every=1):
    """The first sample of every op, or of every n-th, and the others as slow tests."""
    first = {}
    for key, i in cases:
        first.setdefault(key, i)
    quick = set(list(first.items())[::every])
    return [pytest.param(key, i, marks=() if (key, i) in quick else pytest.mark.slow) for key, i in cases]



def results(value):
    return [v for part in value for v in results(part)] if isinstance(value, (tuple, list)) else [value] if value is not None else []


def loss_of(key, index, rng):
    """(a scalar made of the op's results, again() that computes it anew, the leaves)."""
    sample = RECORDS[key][index]
    args, kwargs = draw(sample, rng)
    wanted, leaves = iter(flags(sample)), []

    def wrap(array):
        t = ag.tensor(array)
        if next(wanted) and array.dtype.kind == "f":
            leaves.append(t.requires_grad_())
        return t

    args, kwargs = replace(args, kwargs, wrap)
    outs = [o for o in results(registry[key](*args, **kwargs)) if o.requires_grad]
    weights = [ag.tensor(rng.standard_normal(o.shape)) for o in outs]

    def again():
        outs = [o for o in results(registry[key](*args, **kwargs)) if o.requires_grad]
        return sum((o * w).sum() for o, w in zip(outs, weights, strict=True))

    return again, leaves


@pytest.mark.parametrize(("key", "index"), quick_first(FLOWING))
def test_terms_add_up_to_the_gradient(key, index, rng):
    """Every step's equation: terms + rest = contribution = what flowed; before + contribution = after = the gradient at last."""
    again, leaves = loss_of(key, index, rng)
    loss = again()
    s = viz.stepper(loss)
    explained = 0
    for moment in s:
        for c in moment.contributions:
            if not c.array.size or c.array.dtype.kind == "c":
                continue
            for at in {None, tuple(int(rng.integers(n)) for n in c.array.shape)}:
                e = moment.explain(at, c.slot)
                assert e.linear, e
                assert e.rule.startswith("∂L/∂")
                assert e.contribution == c.array[e.place]
                assert math.isclose(e.total, e.contribution, rel_tol=1e-9, abs_tol=1e-12)
                if not e.more:
                    assert abs(e.rest) <= 1e-9 * (sum(abs(t.value) for t in e.terms) + 1)
                explained += 1
                assert e.text()
                assert e.latex()
    for leaf in leaves:
        if leaf.array.size and s.run.trace.value_of(leaf) is not None and s.run.trace.value_of(leaf).id in s.run.arrivals:
            last = s.writes(leaf)[-1]
            whole = s.grad_of(leaf)
            np.testing.assert_array_equal(last.after, whole.array)
    assert explained or not any(leaf.array.size for leaf in leaves)


# the samples whose gradient is defined otherwise than by differences say so themselves
@pytest.mark.parametrize(("key", "index"), quick_first([(k, i) for k, i in FLOWING if RECORDS[k][i].numeric], every=8))
def test_terms_are_the_derivatives(key, index, rng):
    """Of the largest element of each leaf, the whole gradient is that of central differences."""
    again, leaves = loss_of(key, index, rng)
    s = viz.stepper(again()).goto("end")
    for leaf in leaves:
        value = s.run.trace.value_of(leaf)
        if value is None or value.id not in s.run.arrivals or not leaf.array.size:
            continue
        whole = s.grad_of(leaf).array
        at = np.unravel_index(int(np.argmax(np.abs(whole))), whole.shape)
        explained = [s.at(k).explain(at, slot) for k, slot in s.run.arrivals[value.id]]
        total = math.fsum(e.total for e in explained)
        ends = []
        for sign in (1, -1):
            leaf.array[at] += sign * STEP
            ends.append(float(again().array))
            leaf.array[at] -= sign * STEP
        numeric = (ends[0] - ends[1]) / (2 * STEP)
        tolerance = 1e-5 * RECORDS[key][index].tolerance
        np.testing.assert_allclose(total, numeric, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("key", sorted(k for k, e in registry.items() if isinstance(e, Op) and e.differentiable))
def test_rules_as_mathml_and_latex(key):
    import xml.etree.ElementTree as ET

    for text in registry[key].gradient_formulas().values():
        tree = ET.fromstring(mathml(text))
        assert tree.tag == "math"
        assert len(list(tree.iter())) > 1
        shown = latex(text)
        assert shown.count("{") == shown.count("}")


FORMULAS = {
    "g · (1 − out²)": (r"g \cdot \left( 1 - {\mathrm{out}}^{2} \right)", "row"),
    "g / (2 · out)": (r"\frac{g}{2 \cdot \mathrm{out}}", "fraction"),
    "gᵀ @ x": ("{g}^{\\top} x", "row"),
    "[out ≤ 0] ? 0 : g": (r"\left[ \mathrm{out} \le 0 \right] ? 0 : g", "row"),
    "g without the padding": (r"\text{g without the padding}", "words"),
    "−√x": (r"- \sqrt{x}", "row"),
}


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_read(text):
    expected, kind = FORMULAS[text]
    assert read(text).kind == kind
    assert latex(text) == expected


def test_hostile_text_in_a_formula_is_escaped():
    assert "<script" not in mathml("</math><script>alert(1)</script>")


def test_operands_are_named():
    x, w = ag.tensor([[1.0, 2.0]], requires_grad=True), ag.tensor([[3.0, 4.0], [5.0, 6.0]], requires_grad=True)
    s = viz.stepper((x @ w).sum(), params={"x": x, "w": w}).goto("w")
    e = s.explain((1, 0), slot=1)
    assert e.names() == "∂L/∂w[1, 0] += g[0, 0]·x[0, 1]"
    assert e.equation() == "1 · 2 = 2"
    assert s.explain((0, 1), slot=0).equation() == "1 · 5 + 1 · 6 = 11"


REMARKS = {
    "broadcasting": (lambda x: (x * ag.ones(5, 3)).sum(), "mul", "summed over dimension 0"),
    "relu": (lambda x: F.relu(x).sum(), "relu", "cut in 1 of 3 elements"),
    "mean": (lambda x: x.mean(), "mean", "shared equally: 1/3"),
    "sum": (lambda x: x.sum(), "sum", "goes to all 3 elements"),
    "view": (lambda x: x.view(3, 1).sum(), "view", "moved, not changed"),
    "index": (lambda x: x[ag.tensor([0])].sum(), "", "1 of 3 elements receive a gradient"),
    "labels": (lambda x: F.cross_entropy(x.unsqueeze(0), ag.tensor([1])), "log_softmax", "(p − onehot)"),
}


@pytest.mark.parametrize("name", REMARKS)
def test_a_remark_says_what_happened(name):
    make, op, text = REMARKS[name]
    x = ag.tensor([1.0, -2.0, 0.5], requires_grad=True)
    s = viz.stepper(make(x))
    moment = next(m for m in s if m.op == op or (not op and m.k == len(s)))
    assert any(text in note for note in moment.explain().notes), moment.explain().notes


def test_accumulation_says_which_contribution_it_is():
    x = ag.tensor(3.0, requires_grad=True)
    s = viz.stepper(x * x + x).goto("end")
    assert float(s.grad_of(x)) == 7
    assert [w.k for w in s.writes(x)] == [1, 2, 2]
    assert "contribution 3 of 3: 4 + 3 = 7" in s.at(2).explain(slot=1).sum_text()


def test_more_than_eight_terms_leave_a_rest():
    x = ag.tensor(2.0, dtype=ag.float64, requires_grad=True)
    y = ag.tensor(np.arange(1.0, 21.0))
    e = viz.stepper((x * y).sum()).goto("end").explain()
    assert (len(e.terms), e.more, e.contribution) == (8, 12, 210)
    assert math.isclose(e.rest, 210 - sum(range(13, 21)))
    assert "(12 more: 78) = 210" in e.equation()


def test_a_rule_that_is_not_linear_is_shown_whole():
    class Clip(ag.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g.clamp(-0.5, 0.5)

    x = ag.tensor([1.0, 2.0], requires_grad=True)
    s = viz.stepper((Clip.apply(x) * ag.tensor([3.0, 4.0])).sum()).goto("end")
    e = s.explain()
    assert not e.linear
    assert e.contribution == 0.5
    assert "shown whole" in e.notes[-1]


def test_an_index_outside_is_an_error_that_says_the_shape():
    s = viz.stepper(ag.ones(2, 3, requires_grad=True).sum()).step()
    for index in ((2, 0), (0,), "a"):
        with pytest.raises(IndexError, match=r"shape \(2, 3\)"):
            s.explain(index)


def test_terms_that_cancel_are_written_with_the_digits_that_they_need():
    x = ag.tensor(2.0, dtype=ag.float64, requires_grad=True)
    y = ag.tensor([1234.5678, -1234.5123], dtype=ag.float64)
    e = viz.stepper((x * y).sum()).goto("end").explain()
    assert e.equation() == "1 · 1234.5678 + 1 · (−1234.5123) = 0.0555"


def test_a_gradient_of_nothing_says_nothing_about_who_took_part():
    x = ag.ones(3, 4, requires_grad=True)
    s = viz.stepper(x.mean() * 0)
    assert s.goto(2).op == "mean"
    assert not [note for note in s.explain().notes if "no part" in note]


@pytest.mark.parametrize(
    "make, wanted",
    [
        (lambda z: ag.sqrt(z * z).sum(), ["1 · 1 = 1", "1 · ∞ = ∞", "∞ · 0 = NaN"]),
        (lambda z: ag.sqrt(F.linear(z, ag.tensor([[0.0, 0.0], [0.0, 1.0]]))).sum(), ["1 · 1 = 1", "1 · ∞ = ∞", "∞ · 0 = NaN"]),
        (lambda z: ag.sqrt(F.relu(-z)).sum(), ["1 · 1 = 1", "1 · ∞ = ∞", "0 = 0"]),
    ],
)
def test_infinity_times_nothing_is_shown_where_it_happens_and_nowhere_else(make, wanted):
    z = ag.tensor([0.0, 4.0], requires_grad=True)
    s = viz.stepper(make(z))
    for k, equation in enumerate(wanted, 1):
        s.goto(k)
        assert s.explain(0).equation() == equation


def test_what_hooks_make_of_a_gradient_is_told():
    w = ag.tensor([1.0, 2.0], requires_grad=True)
    w.register_hook(lambda g: g * 10)
    s = viz.stepper((w * w).sum())
    s.goto("end")
    assert any("a hook made the gradient 20 of the sum 2" in note for note in s.explain(0).notes)


def test_names_in_printed_explanations_are_inert():
    w = ag.tensor([1.0, 2.0], requires_grad=True)
    s = viz.stepper((w * 2).sum())
    s.goto("end")
    shown = s.explain(0)._replace(target="∂L/∂w\x1b[31m\n[0]").text()
    assert "\x1b" not in shown and "∂L/∂w·[31m·[0]" in shown
