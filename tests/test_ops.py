"""Every op, on every sample of its record: carriers, types, layouts, untouched inputs, first and second derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.op import Op, registry
from autograd_core.tensor import grad
from tests.samples import CASES, RECORDS, draw, flags, replace

PUBLIC = {"torch", "method", "functional", "linalg", "special"}
STEP = 1e-5
DOUBLE = {"float_power"}  # computed in float64 whatever comes in


def outputs(value: Any) -> list[Any]:
    """A result, or the parts of a result, as a list of tensors or arrays."""
    return [v for part in value for v in outputs(part)] if isinstance(value, (tuple, list)) else [value] if value is not None else []


def plain(value: Any) -> Any:
    return value.array if isinstance(value, ag.Tensor) else np.asarray(value)


def tensors(key: str, index: int, rng: np.random.Generator, floating: Any = np.float64) -> tuple[Any, Any, list[Any]]:
    """(args, kwargs, the tensors among them that need gradients)."""
    sample = RECORDS[key][index]
    args, kwargs = draw(sample, rng, floating)
    wanted, leaves = iter(flags(sample)), []

    def wrap(array: np.ndarray) -> Any:
        t = ag.tensor(array)
        if next(wanted) and array.dtype.kind == "f" and sample.grad:
            leaves.append(t.requires_grad_())
        return t

    return *replace(args, kwargs, wrap), leaves


def test_every_public_op_has_a_record():
    public = {key for key, entry in registry.items() if PUBLIC & set(entry.spaces)}
    assert public - set(RECORDS) == set(), "give each of these a record in tests/samples"
    assert set(RECORDS) - public == set(), "these records name no op"


@pytest.mark.parametrize(("key", "index"), CASES)
def test_arrays_and_tensors_agree(key, index, rng):
    args, kwargs = draw(RECORDS[key][index], rng)
    before = [a.copy() for a in _arrays(args, kwargs)]
    on_arrays = outputs(registry[key](*args, **kwargs))
    on_args, on_kwargs = replace(args, kwargs, ag.tensor)
    on_tensors = outputs(registry[key](*on_args, **on_kwargs))
    assert all(isinstance(t, (ag.Tensor, bool)) for t in on_tensors)
    for a, t in zip(on_arrays, on_tensors, strict=True):
        np.testing.assert_array_equal(np.asarray(a), plain(t))
    for a, b in zip(_arrays(args, kwargs), before, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(("key", "index"), [(k, i) for k, i in CASES if RECORDS[k][i].layout])
def test_layout_and_precision_do_not_matter(key, index, rng):
    sample = RECORDS[key][index]
    args, kwargs = draw(sample, rng)
    plain_args, plain_kwargs = replace(args, kwargs, ag.tensor)
    expected = outputs(registry[key](*plain_args, **plain_kwargs))
    strided = replace(args, kwargs, lambda a: ag.from_numpy(_strided(a)))
    for a, b in zip(outputs(registry[key](*strided[0], **strided[1])), expected, strict=True):
        np.testing.assert_allclose(plain(a), plain(b), rtol=1e-12, atol=1e-12)
    single = replace(args, kwargs, lambda a: ag.tensor(a.astype(np.float32) if a.dtype == np.float64 else a))
    for a, b in zip(outputs(registry[key](*single[0], **single[1])), expected, strict=True):
        if plain(a).dtype.kind == "f":
            assert a.array.dtype == (np.float32 if b.array.dtype == np.float64 and key not in DOUBLE else b.array.dtype)
            np.testing.assert_allclose(plain(a), plain(b), rtol=1e-4 * sample.tolerance, atol=1e-4 * sample.tolerance)


@pytest.mark.parametrize(("key", "index"), [(k, i) for k, i in CASES if RECORDS[k][i].grad and RECORDS[k][i].numeric])
def test_first_and_second_derivatives(key, index, rng):
    sample = RECORDS[key][index]
    args, kwargs, leaves = tensors(key, index, rng)
    outs = [o for o in outputs(registry[key](*args, **kwargs)) if o.requires_grad]
    if not outs or not leaves:
        pytest.fail(f"{key} is declared differentiable by its record, but its result needs no gradient")
    weights = [ag.tensor(rng.standard_normal(o.shape)) for o in outs]
    directions = [rng.standard_normal(leaf.shape) for leaf in leaves]

    def slope() -> float:
        return sum(float((o.array * w.array).sum()) for o, w in zip(_again(), weights, strict=True))

    def _again() -> list[Any]:
        return [o for o in outputs(registry[key](*args, **kwargs)) if o.requires_grad]

    def gradients(create: bool) -> list[Any]:
        fresh = _again()
        found = grad(fresh, leaves, weights, create_graph=create, allow_unused=True)
        return [ag.zeros_like(leaf) if g is None else g for g, leaf in zip(found, leaves, strict=True)]

    first = gradients(False)
    for g, leaf in zip(first, leaves, strict=True):
        assert g.shape == leaf.shape
        assert g.dtype == leaf.dtype
    analytic = sum(float((g.array * d).sum()) for g, d in zip(first, directions, strict=True))
    numeric = _central(slope, leaves, directions)
    np.testing.assert_allclose(analytic, numeric, rtol=1e-5, atol=1e-6 * sample.tolerance)
    if not sample.grad2:
        return
    second = gradients(True)
    for a, b in zip(first, second, strict=True):
        np.testing.assert_allclose(a.array, b.array, rtol=1e-9, atol=1e-9)
    seeds = [rng.standard_normal(leaf.shape) for leaf in leaves]
    flowing = [(g, s) for g, s in zip(second, seeds, strict=True) if g.requires_grad]
    analytic = 0.0
    if flowing:
        found = grad([g for g, _ in flowing], leaves, [ag.tensor(s) for _, s in flowing], allow_unused=True)
        analytic = sum(float((g.array * d).sum()) for g, d in zip(found, directions, strict=True) if g is not None)

    def bend() -> float:
        return sum(float((g.array * s).sum()) for g, s in zip(gradients(False), seeds, strict=True))

    np.testing.assert_allclose(analytic, _central(bend, leaves, directions), rtol=1e-4, atol=1e-5 * sample.tolerance)


@pytest.mark.parametrize("key", sorted(k for k, e in registry.items() if isinstance(e, Op) and e.differentiable))
def test_formulas_print(key):
    entry = registry[key]
    for name, text in entry.gradient_formulas().items():
        assert text, name
        assert "0x" not in text
        assert f"{entry.name}_backward(" not in text, "the rule prints no mathematics"
    assert "out = " in entry.__doc__


def _central(value, leaves, directions) -> float:
    ends = []
    for sign in (1, -1):
        for leaf, d in zip(leaves, directions, strict=True):
            leaf.array += sign * STEP * d
        ends.append(value())
        for leaf, d in zip(leaves, directions, strict=True):
            leaf.array -= sign * STEP * d
    return (ends[0] - ends[1]) / (2 * STEP)


def _arrays(args: Any, kwargs: Any) -> list[np.ndarray]:
    found: list[np.ndarray] = []
    replace(args, kwargs, lambda a: found.append(a) or a)
    return found


def _strided(a: np.ndarray) -> np.ndarray:
    """The same values in memory with gaps, and in the other order of dimensions."""
    if not a.ndim:
        return a
    wide = np.zeros(tuple(2 * n for n in a.shape[::-1]), a.dtype)
    view = wide[tuple(slice(None, None, 2) for _ in a.shape)].T
    view[...] = a
    return view
