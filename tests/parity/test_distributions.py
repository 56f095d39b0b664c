"""Distributions against torch.distributions: draws, log probabilities, gradients, facts, printed form, divergences and refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import distributions

torch = pytest.importorskip("torch")

# expressions of the library t, its distributions d, and two leaves: a any numbers, s numbers in (0, 1)
MADE = [
    ("d.Categorical(logits=a)", (4,)), ("d.Categorical(logits=a)", (2, 3, 5)), ("d.Categorical(s)", (3, 4)), ("d.Categorical(probs=s)", (5,)),
    ("d.Bernoulli(s)", (2, 3)), ("d.Bernoulli(logits=a)", (3,)), ("d.Normal(a, s)", (3, 4)), ("d.Normal(a, s)", (17,)), ("d.Normal(a, 2)", (2,)),
    ("d.Normal(a, s[0])", (2, 3)), ("d.Uniform(a, a + s)", (3,)), ("d.Independent(d.Normal(a, s), 1)", (3, 4)), ("d.Normal(0.0, s)", ()),
    ("d.Independent(d.Normal(a, s), 0)", (3,)), ("d.Independent(d.Bernoulli(s), 2)", (3, 2)),
]  # fmt: skip
PAIRS = [
    ("d.Normal(a, s)", "d.Normal(s, 1.0)"), ("d.Categorical(logits=a)", "d.Categorical(s)"), ("d.Bernoulli(s)", "d.Bernoulli(logits=a)"),
    ("d.Uniform(a, a + s)", "d.Uniform(a - 1, a + 3)"), ("d.Uniform(a, a + s)", "d.Uniform(a + 0.01, a + 3)"),
    ("d.Categorical(t.tensor([0.5, 0.5, 0.0]))", "d.Categorical(t.tensor([0.0, 0.5, 0.5]))"), ("d.Normal(a, s)", "d.Uniform(a, a + 1)"),
    ("d.Independent(d.Normal(a, s), 1)", "d.Independent(d.Normal(s, s), 1)"),
]  # fmt: skip
REFUSED = [
    "d.Normal(0.0, -1.0)", "d.Normal(0.0, 1.0).log_prob(3.0)", "d.Normal('a', 1.0)", "d.Normal(t.tensor(float('nan')), 1.0)",
    "d.Normal(t.zeros(3), t.ones(3)).log_prob(t.zeros(2))", "d.Normal(t.zeros(3), t.ones(2))", "d.Categorical()", "d.Categorical(t.tensor([-1.0, 2.0]))",
    "d.Categorical(logits=t.tensor(1.0))", "d.Categorical(t.ones(3)).log_prob(t.tensor(5))", "d.Categorical(t.ones(3)).log_prob(t.tensor(1.5))",
    "d.Categorical(t.ones(3)).rsample()", "d.Categorical(t.zeros(3))", "d.Categorical(t.ones(2, 3)).log_prob(t.tensor([0, 1, 2]))",
    "d.Bernoulli(1.5)", "d.Bernoulli(0.5).log_prob(t.tensor(2.0))", "d.Bernoulli(probs=0.5, logits=0.5)", "d.Uniform(1.0, 0.0)",
    "d.Uniform(0.0, 1.0).log_prob(t.tensor(3.0))", "d.Independent(d.Normal(0.0, 1.0), 1)", "d.Distribution.set_default_validate_args(3)",
    "d.kl_divergence(d.Normal(0.0, 1.0), d.Bernoulli(0.5))",
]  # fmt: skip


def both(shape: tuple[int, ...]) -> list[dict[str, Any]]:
    rng = np.random.default_rng(0)
    a, s = rng.standard_normal(shape).astype("float32"), rng.uniform(0.1, 0.9, shape).astype("float32")
    return [
        {"t": t, "d": d, "a": t.tensor(a, requires_grad=True), "s": t.tensor(s, requires_grad=True)}
        for t, d in ((ag, distributions), (torch, torch.distributions))
    ]


def facts(names: dict[str, Any], text: str) -> list[Any]:
    t, made = names["t"], eval(text, names)
    t.manual_seed(5)
    seen: list[Any] = [repr(made), tuple(made.batch_shape), tuple(made.event_shape), made.has_rsample]
    total = made.entropy().sum() + 0 * (names["a"].sum() + names["s"].sum())
    for shape in ((), (3,), (2, 3)):
        drawn = made.sample(shape)
        seen += [drawn, drawn.requires_grad, made.log_prob(drawn)]
        total = total + seen[-1].sum()
        if made.has_rsample:
            seen.append(made.rsample(shape))
            total = total + made.log_prob(seen[-1]).sum()
    total.backward()
    seen += [getattr(made, name) for name in ("mean", "variance", "stddev")]
    seen += [made.entropy(), made.perplexity(), names["a"].grad, names["s"].grad]
    wider = made.expand((2, *made.batch_shape))
    return [*seen, wider.sample(), wider.log_prob(wider.sample()), repr(made)]


def same(ours: Any, theirs: Any) -> None:
    if not hasattr(theirs, "detach"):
        assert ours == theirs
        return
    assert str(ours.dtype) == str(theirs.dtype)
    np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("text, shape", MADE)
def test_draws_probabilities_and_gradients(text: str, shape: tuple[int, ...]) -> None:
    for mine, other in zip(*(facts(names, text) for names in both(shape)), strict=True):
        same(mine, other)


@pytest.mark.parametrize("p, q", PAIRS)
def test_divergences(p: str, q: str) -> None:
    same(*(names["d"].kl_divergence(eval(p, names), eval(q, names)) for names in both((2, 3))))


@pytest.mark.parametrize("text", REFUSED)
def test_refusals(text: str) -> None:
    kinds = []
    for names in both((2,)):
        with pytest.raises((ValueError, RuntimeError)) as caught:
            eval(text, names)
        kinds.append(caught.type)
    assert kinds[0] is kinds[1]


def test_distribution_functions_and_supports() -> None:
    for text in (
        "d.Normal(a, s).cdf(s)", "d.Normal(a, s).icdf(s)", "d.Uniform(a, a + s).cdf(a + 0.1)", "d.Categorical(s).enumerate_support()",
        "d.Categorical(s).mode", "d.Bernoulli(s).enumerate_support(False)", "d.Bernoulli(t.tensor([0.5, 0.6, 0.1])).mode",
        "d.Categorical(t.ones(2, 3)).log_prob(t.tensor(1))", "d.Normal(0.0, 1.0, validate_args=False).log_prob(t.tensor(float('nan')))",
        "d.Categorical(t.ones(3), validate_args=False).log_prob(t.tensor([0, 2]))",
    ):  # fmt: skip
        same(*(eval(text, names) for names in both((2, 3))))
