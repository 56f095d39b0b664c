"""Every op against PyTorch, on every sample of its record: values, shapes, types, first and second derivatives."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import autograd_core as ag  # noqa: E402
from autograd_core.op import registry  # noqa: E402
from autograd_core.tensor import grad  # noqa: E402
from tests.samples import CASES, RECORDS, draw, flags, replace  # noqa: E402

SPACES = {"": torch, "functional": torch.nn.functional, "linalg": torch.linalg, "special": torch.special}
TOLERANCE = {np.dtype(np.float16): 5e-3, np.dtype(np.float32): 2e-5, np.dtype(np.float64): 1e-9}
TYPES = ["float16", "float32", "float64", "int64", "int32", "uint8", "bool"]


def theirs(key: str) -> Any:
    """PyTorch's function of this name, or its method."""
    space, _, name = key.rpartition(".")
    found = getattr(SPACES[space], name, None)
    found = found if found is not None else getattr(torch.Tensor, name)

    def quietly(*args: Any, **kwargs: Any) -> Any:
        with warnings.catch_warnings():  # deprecations, which PyTorch tells once a process
            warnings.simplefilter("ignore")
            return found(*args, **kwargs)

    return quietly


def outputs(value: Any) -> list[Any]:
    return [v for part in value for v in outputs(part)] if isinstance(value, (tuple, list)) else [value] if value is not None else []


def both(key: str, index: int, rng: np.random.Generator, floating: Any) -> tuple[Any, Any, Any, Any]:
    """(our results, PyTorch's, our leaves, PyTorch's)."""
    sample = RECORDS[key][index]
    args, kwargs = draw(sample, rng, floating)
    leaves: tuple[list[Any], list[Any]] = ([], [])
    results = []
    for side, (fn, make) in enumerate([(registry[key], ag.tensor), (theirs(key), torch.tensor)]):
        wanted = iter(flags(sample))

        def wrap(array: np.ndarray, side: int = side, make: Any = make, wanted: Any = wanted) -> Any:
            t = make(array)
            if next(wanted) and array.dtype.kind == "f" and sample.grad:
                leaves[side].append(t.requires_grad_())
            return t

        a, k = replace(args, kwargs, wrap)
        results.append([r for r in outputs(fn(*a, **k)) if r is not None])
    return results[0], results[1], leaves[0], leaves[1]


def same(ours: Any, other: Any, scale: float = 1.0, what: str = "value") -> None:
    if not isinstance(other, torch.Tensor):
        assert ours == other
        return
    expected = other.detach().numpy(force=True)
    assert tuple(ours.shape) == tuple(other.shape), what
    assert ours.array.dtype == expected.dtype, what
    tolerance = TOLERANCE.get(expected.dtype, 0) * scale
    np.testing.assert_allclose(ours.array, expected, rtol=tolerance, atol=tolerance, err_msg=what)


@pytest.mark.parametrize(("key", "index"), [(k, i) for k, i in CASES if RECORDS[k][i].parity])
@pytest.mark.parametrize("floating", ["float32", "float64"])
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
def test_values_and_derivatives(key, index, floating, rng):
    sample = RECORDS[key][index]
    ours, other, our_leaves, their_leaves = both(key, index, rng, floating)
    assert len(ours) == len(other)
    for a, b in zip(ours, other, strict=True):
        same(a, b, sample.tolerance)
    if not sample.grad:
        return
    flowing = [(a, b) for a, b in zip(ours, other, strict=True) if isinstance(b, torch.Tensor) and b.requires_grad]
    assert [a.requires_grad for a, _ in flowing] == [True] * len(flowing)
    weights = [rng.standard_normal(a.shape).astype(floating) for a, _ in flowing]
    first = grad([a for a, _ in flowing], our_leaves, [ag.tensor(w) for w in weights], create_graph=True, allow_unused=True)
    truth = torch.autograd.grad(
        [b for _, b in flowing], their_leaves, [torch.tensor(w) for w in weights], create_graph=True, allow_unused=True
    )
    pairs = [(a, b) for a, b in zip(first, truth, strict=True) if b is not None]
    for a, b in pairs:
        same(a, b, 20 * sample.tolerance, "gradient")
    if floating == "float32" or not sample.grad2:
        return
    seeds = [rng.standard_normal(a.shape) for a, _ in pairs]
    both_ways = [(a, b, s) for (a, b), s in zip(pairs, seeds, strict=True) if b.requires_grad]
    if not both_ways:
        return
    moving = [(a, s) for a, _, s in both_ways if a.requires_grad]
    second = grad([a for a, _ in moving], our_leaves, [ag.tensor(s) for _, s in moving], allow_unused=True) if moving else ()
    try:
        truth2 = torch.autograd.grad(
            [b for _, b, _ in both_ways], their_leaves, [torch.tensor(s) for _, _, s in both_ways], allow_unused=True
        )
    except RuntimeError as error:
        assert "is not implemented" in str(error)
        return  # PyTorch stops at first derivatives here; ours are held against finite differences in tests/test_ops.py
    for a, b in zip(second or [None] * len(truth2), truth2, strict=True):
        if b is not None and a is not None:
            same(a, b, 100 * sample.tolerance, "second derivative")
        elif b is not None:
            np.testing.assert_allclose(b.numpy(force=True), 0, atol=1e-9)


@pytest.mark.parametrize("key", sorted(k for k in RECORDS if any(s.parity for s in RECORDS[k])))
@pytest.mark.parametrize("kind", TYPES)
def test_types(key, kind, rng):
    """Each op on inputs of each type: PyTorch's result type, or an exception of PyTorch's type."""
    sample = next(s for s in RECORDS[key] if s.parity)
    args, kwargs = draw(sample, rng)

    def cast(array: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            return np.asarray(np.abs(array * 3)).astype(kind) if array.dtype == np.float64 else array

    args, kwargs = replace(args, kwargs, cast)
    results: list[Any] = []
    for fn, make in [(registry[key], ag.tensor), (theirs(key), torch.tensor)]:
        a, k = replace(args, kwargs, make)
        try:
            results.append(outputs(fn(*a, **k)))
        except Exception as error:
            results.append(error)
    ours, other = results
    if isinstance(other, Exception):
        if "not implemented for" in str(other) or "not support" in str(other):
            return  # PyTorch lacks the kernel on a CPU: ours may have it
        assert isinstance(ours, Exception), f"PyTorch raises {type(other).__name__}: {other}"
        assert isinstance(ours, type(other)) or isinstance(other, type(ours)), (ours, other)
        return
    if isinstance(ours, Exception):
        raise ours
    for a, b in zip(ours, other, strict=True):
        if isinstance(b, torch.Tensor) and kind != "float16":
            same(a, b, 5 * sample.tolerance)
        elif isinstance(b, torch.Tensor):
            assert a.array.dtype == b.numpy().dtype
