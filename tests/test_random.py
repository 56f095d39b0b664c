"""The random functions by themselves: known numbers, states, both kinds of loops, errors, threads.

That the numbers are PyTorch's for every type and size is tested in tests/parity/test_random_stream.py.
"""

from __future__ import annotations

import copy
import gc
import os
import pickle
import subprocess
import sys
import threading
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd_core import random as ar
from autograd_core.kernels import jit
from autograd_core.random import arithmetic, compiled, sequential

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def plain_states(monkeypatch):
    """States as this layer makes them; the Tensor layer has them wrapped."""
    monkeypatch.setattr(ar.Generator, "present", staticmethod(lambda state: state))


@pytest.fixture
def numba_loops(monkeypatch):
    """The compiled loops from the first element on."""
    if pytest.importorskip("numba").config.DISABLE_JIT or os.environ.get("AUTOGRAD_CORE_KERNELS") == "numpy":
        pytest.skip("compiled loops are switched off")
    monkeypatch.setattr(compiled._Switch, "off", False)
    monkeypatch.setattr(compiled._Switch, "limit", 0)
    assert compiled.loops(1) is not None


@pytest.fixture(params=["numpy", "numba"])
def loops(request, monkeypatch):
    """NumPy alone, or the compiled loops."""
    if request.param == "numba":
        request.getfixturevalue("numba_loops")
    else:
        monkeypatch.setattr(compiled._Switch, "off", True)
    return request.param


# The first numbers of PyTorch's CPU generator after manual_seed(0).
KNOWN = {
    "rand": (lambda g: ar.rand((3,), generator=g), [0.49625658988952637, 0.7682217955589294, 0.08847743272781372]),
    "rand64": (lambda g: ar.rand((2,), np.float64, generator=g), [0.9700530018065531, 0.707819864399788]),
    "randn": (lambda g: ar.randn((3,), generator=g), [1.5409960746765137, -0.293428897857666, -2.1787893772125244]),
    "randn 16": (lambda g: ar.randn((16,), generator=g)[:3], [-1.1258398294448853, -1.152360200881958, -0.2505785822868347]),
    "randint": (lambda g: ar.randint(0, 100, (5,), generator=g), [44, 39, 33, 60, 63]),
    "randperm": (lambda g: ar.randperm(8, generator=g), [4, 0, 7, 3, 2, 5, 1, 6]),
    "bernoulli": (lambda g: ar.bernoulli(0.5, (8,), generator=g), [0, 0, 1, 0, 0, 0, 1, 1]),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_numbers(name, loops):
    draw, expected = KNOWN[name]
    assert draw(ar.Generator().manual_seed(0)).tolist() == expected


DRAWS = {
    "rand": lambda n, g: ar.rand((n,), generator=g),
    "rand16": lambda n, g: ar.rand((n,), "float16", generator=g),
    "uniform": lambda n, g: ar.uniform((n,), -0.3, 11.7, generator=g),
    "uniform64": lambda n, g: ar.uniform((n,), -0.3, 11.7, "float64", generator=g),
    "randn": lambda n, g: ar.randn((n,), generator=g),
    "normal": lambda n, g: ar.normal(0.3, 1.7, (n,), generator=g),
    "normal64": lambda n, g: ar.normal(0.3, 1.7, (n,), "float64", generator=g),
    "log_normal": lambda n, g: ar.log_normal((n,), 0.3, 1.7, generator=g),
    "exponential": lambda n, g: ar.exponential((n,), 0.7, "float64", generator=g),
    "cauchy": lambda n, g: ar.cauchy((n,), 0.7, 1.3, "float64", generator=g),
    "geometric": lambda n, g: ar.geometric((n,), 0.01, "int64", generator=g),
    "randint": lambda n, g: ar.randint(-7, 1234567, (n,), generator=g),
    "randint wide": lambda n, g: ar.randint(-7, 2**61 + 12345, (n,), generator=g),
    "random_": lambda n, g: ar.random_(np.empty(n, np.int64), generator=g),
    "randperm": lambda n, g: ar.randperm(n, generator=g),
    "bernoulli": lambda n, g: ar.bernoulli(0.37, (n,), generator=g),
    "dropout": lambda n, g: ar.dropout_mask((n,), 0.37, generator=g),
    "multinomial": lambda n, g: ar.multinomial(np.linspace(1, 2, n + 1), max(n // 3, 1), generator=g),
    "poisson": lambda n, g: ar.poisson(np.linspace(0, 20, n), generator=g),
    "gamma": lambda n, g: ar.gamma(np.linspace(0, 3, n), generator=g),
    "binomial": lambda n, g: ar.binomial(np.full(n, 40.0), np.linspace(0, 1, n), generator=g),
    "dirichlet": lambda n, g: ar.dirichlet(np.linspace(0.1, 3, 2 * n).reshape(n, 2), generator=g),
}


def both_ways(draw, n, seed, monkeypatch):
    results = []
    for off in (True, False):
        monkeypatch.setattr(compiled._Switch, "off", off)
        g = ar.Generator().manual_seed(seed)
        results.append((draw(n, g).tobytes(), draw(n, g).tobytes(), g.get_state().tobytes()))
    return results


@pytest.mark.parametrize("name", DRAWS)
def test_numba_changes_no_bit(name, numba_loops, monkeypatch):
    for n in (0, 1, 2, 15, 16, 17, 623, 625, 5000, 40001 if name not in ("poisson", "gamma", "binomial", "dirichlet") else 3000):
        for seed in (0, 7):
            plain, fast = both_ways(DRAWS[name], n, seed, monkeypatch)
            assert plain == fast


def test_the_bits_of_a_multiply_add():
    rng = np.random.default_rng(0)
    a, b, c = (rng.standard_normal(20000) * 2.0 ** rng.integers(-30, 30, 20000) for _ in range(3))
    c[:5000] = -(a[:5000] * b[:5000])  # the sum is the product's rounding error
    exact = [round_once(x, y, z) for x, y, z in zip(a.tolist(), b.tolist(), c.tolist(), strict=True)]
    assert arithmetic.fma64(a, b, c).tolist() == exact


def round_once(a, b, c):
    return float(Fraction(a) * Fraction(b) + Fraction(c))


def test_the_bits_of_a_single_multiply_add_at_ties():
    """Sums beside the middle of two floats, but so near that the double is the middle: rounding twice goes to the even one."""
    below = np.float32(1 + 2**-15), np.float32(2.0**-24 * (1 - 2**-15))  # their product is 2**-24 (1 - 2**-30)
    above = np.float32(1 + 2**-12), np.float32(2.0**-24 * (1 - 4095 * 2**-24))  # 2**-24 (1 + 2**-36)
    cases = [(sign * a, b, sign * c) for a, b in (below, above) for c in (1.0, 1 + 2**-23, 1.5, 3.0) for sign in (1, -1)]
    a, b, c = (np.array(column, np.float32) for column in zip(*cases, strict=True))
    assert arithmetic.fma32(a, b, c).tolist() == [single(*map(float, case)) for case in cases]
    assert arithmetic.fma32(a, b, c).tolist() != (a.astype(np.float64) * b + c).astype(np.float32).tolist()


def single(a, b, c):
    """a b + c rounded to float32 once, by way of the two neighbouring floats."""
    total = Fraction(a) * Fraction(b) + Fraction(c)
    guess = np.float32(float(total))
    around = [np.nextafter(guess, np.float32(-np.inf)), guess, np.nextafter(guess, np.float32(np.inf))]
    return float(min(around, key=lambda x: (abs(Fraction(float(x)) - total), int(x.view(np.int32)) & 1)))


@given(st.integers(-(2**63), 2**64 - 1), st.integers(0, 1300), st.integers(0, 3))
@settings(max_examples=40)
def test_states_return(seed, draws, normals):
    g = ar.Generator().manual_seed(seed)
    assert g.initial_seed() == seed % 2**64
    g.engine.words(draws)
    ar.randn((normals,), generator=g)
    twins = [g.clone_state(), copy.deepcopy(g), copy.copy(g), pickle.loads(pickle.dumps(g)), ar.Generator()]
    twins[-1].set_state(g.get_state())
    expected = ar.randn((5,), generator=g).tolist(), g.initial_seed()
    for twin in twins:
        assert (ar.randn((5,), generator=twin).tolist(), twin.initial_seed()) == expected


def test_a_generator_is_itself():
    g = ar.Generator()
    assert g == g and g != g.clone_state() and len({g, g.clone_state()}) == 2
    assert ar.Generator("cpu").initial_seed() == ar.Generator(None).initial_seed() == 67280421310721
    assert g.manual_seed(5) is g
    assert repr(g).startswith("<autograd_core.Generator device=cpu seed=5 at 0x")
    assert g.seed() == g.initial_seed() != ar.Generator().seed()


def test_a_view_of_the_state_outlives_its_generator():
    key = ar.Generator().manual_seed(1).engine.key
    first = key[:2].tolist()
    gc.collect()
    blocks = [np.zeros(625, np.uint32) for _ in range(100)]
    assert key[:2].tolist() == first == [1, 1812433254]
    assert len(blocks) == 100


def test_the_default_generator():
    assert ar.manual_seed(3) is ar.default_generator
    assert ar.initial_seed() == 3
    first, state = ar.rand((4,)), ar.get_rng_state()
    assert state.shape == (5056,) and state.dtype == np.uint8
    second = ar.rand((4,))
    ar.set_rng_state(state)
    assert ar.rand((4,)).tolist() == second.tolist() != first.tolist()
    assert ar.manual_seed("3") and ar.rand((4,)).tolist() == first.tolist()
    assert ar.seed() == ar.initial_seed()


def test_fork_rng():
    ar.manual_seed(3)
    ar.randn((1,))
    state = ar.get_rng_state()
    with ar.fork_rng():
        ar.rand((10,))
    assert (ar.get_rng_state() == state).all()
    with pytest.raises(ZeroDivisionError), ar.fork_rng(devices=[]):
        ar.manual_seed(4)
        1 / 0
    assert (ar.get_rng_state() == state).all()
    with ar.fork_rng(enabled=False):
        ar.rand((10,))
    assert (ar.get_rng_state() != state).any()


def test_a_state_may_come_wrapped(monkeypatch):
    class Wrapped:
        def __init__(self, array):
            self.array = array

        def numpy(self):
            return self.array

    monkeypatch.setattr(ar.Generator, "present", staticmethod(Wrapped))
    g = ar.Generator().manual_seed(9)
    state = g.get_state()
    assert isinstance(state, Wrapped)
    expected = ar.rand((3,), generator=g).tolist()
    g.set_state(state)
    assert ar.rand((3,), generator=pickle.loads(pickle.dumps(g.clone_state()))).tolist() == expected


def test_threads_share_a_generator(loops):
    """Every number is handed out once: four threads' draws are a rearrangement of one thread's."""
    g, drawn = ar.Generator().manual_seed(6), []

    def work():
        for _ in range(50):
            drawn.append(ar.rand((700,), np.float64, generator=g))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = ar.rand((4 * 50 * 700,), np.float64, generator=g.manual_seed(6))
    assert np.array_equal(np.sort(np.concatenate(drawn)), np.sort(expected))


MOMENTS = {
    "rand": (lambda n, g: ar.rand((n,), generator=g), 1 / 2, 1 / 12),
    "uniform": (lambda n, g: ar.uniform((n,), -1, 3, generator=g), 1, 16 / 12),
    "randn": (lambda n, g: ar.randn((n,), generator=g), 0, 1),
    "normal": (lambda n, g: ar.normal(np.full(n, 2.0), 3.0, generator=g), 2, 9),
    "exponential": (lambda n, g: ar.exponential((n,), 2.0, generator=g), 1 / 2, 1 / 4),
    "geometric": (lambda n, g: ar.geometric((n,), 0.25, generator=g), 4, 12),
    "bernoulli": (lambda n, g: ar.bernoulli(0.3, (n,), generator=g), 0.3, 0.21),
    "dropout": (lambda n, g: ar.dropout_mask((n,), 0.3, generator=g), 0.7, 0.21),
    "randint": (lambda n, g: ar.randint(0, 10, (n,), generator=g), 4.5, 99 / 12),
    "poisson": (lambda n, g: ar.poisson(np.full(n, 12.5), generator=g), 12.5, 12.5),
    "gamma": (lambda n, g: ar.gamma(np.full(n, 0.5), generator=g), 0.5, 0.5),
    "binomial": (lambda n, g: ar.binomial(np.full(n, 40.0), np.full(n, 0.6), generator=g), 24, 9.6),
    "dirichlet": (lambda n, g: ar.dirichlet(np.full((n, 2), 1.0), generator=g)[:, 0], 1 / 2, 1 / 12),
    "multinomial": (lambda n, g: ar.multinomial(np.array([1.0, 3.0]), n, True, generator=g), 3 / 4, 3 / 16),
}


@pytest.mark.parametrize("name", MOMENTS)
def test_mean_and_variance(name, loops):
    draw, mean, variance = MOMENTS[name]
    n = 20000
    x = draw(n, ar.Generator().manual_seed(1)).astype(np.float64)
    assert abs(x.mean() - mean) < 5 * (variance / n) ** 0.5
    assert abs(x.var() / variance - 1) < 0.15


def test_a_permutation_holds_each_number_once(loops):
    for n in (0, 1, 2, 1000):
        assert sorted(ar.randperm(n).tolist()) == list(range(n))


def test_the_inside_out_shuffle():
    values = np.empty(6, np.int64)
    sequential.insert(values, np.array([0, 1, 0]), 0)
    sequential.insert(values, np.array([3, 2, 0]), 3)
    assert values.tolist() == [5, 1, 4, 3, 0, 2]


def test_without_replacement_takes_no_index_twice():
    rows = ar.multinomial(np.ones((5, 9), np.float32), 9)
    assert np.sort(rows, axis=1).tolist() == [list(range(9))] * 5
    assert set(ar.multinomial(np.array([0.0, 1, 0, 2]), 2).tolist()) == {1, 3}


@pytest.mark.parametrize("view", [lambda x: x.T, lambda x: x[::2], lambda x: x[:, 1:3], lambda x: x[::-1]])
def test_fills_leave_the_rest_alone(view):
    x = np.full((6, 7), 9.0, np.float32)
    assert (view(ar.rand((6, 7))).shape) == view(x).shape
    ar.uniform_(view(x))
    assert (view(x) < 1).all()
    assert (x == 9).sum() == x.size - view(x).size


def test_an_empty_array_draws_nothing():
    g = ar.Generator()
    state = g.get_state()
    for draw in (ar.rand, ar.randn, ar.log_normal, ar.exponential, ar.cauchy, ar.dropout_mask):
        assert draw((0, 3), generator=g).shape == (0, 3)
    ar.randint(0, 5, (0,), generator=g), ar.bernoulli(np.empty(0), generator=g), ar.poisson(np.empty(0), generator=g)
    assert (g.get_state() == state).all()


def floats(*values):
    return np.array(values, np.float64)


ERRORS = [
    (RuntimeError, "expected an int, got float", lambda: ar.Generator().manual_seed(1.5)),
    (RuntimeError, "got bool", lambda: ar.Generator().manual_seed(True)),
    (ValueError, r"\[-2\*\*63, 2\*\*64\), got 18446744073709551616", lambda: ar.manual_seed(2**64)),
    (ValueError, "got -9223372036854775809", lambda: ar.manual_seed(-(2**63) - 1)),
    (ValueError, "invalid literal", lambda: ar.manual_seed("x")),
    (RuntimeError, "expected device 'cpu', got 'cuda'", lambda: ar.Generator("cuda")),
    (RuntimeError, "got the accelerator 0", lambda: ar.Generator(0)),
    (TypeError, "expected a device, got list", lambda: ar.Generator([])),
    (TypeError, "expected a uint8 array or tensor, got list", lambda: ar.Generator().set_state([1])),
    (TypeError, "got float64", lambda: ar.Generator().set_state(floats(1.0))),
    (RuntimeError, "5056 bytes, got 4", lambda: ar.Generator().set_state(np.zeros(4, np.uint8))),
    (RuntimeError, "Invalid mt19937 state", lambda: ar.Generator().set_state(np.zeros(5056, np.uint8))),
    (RuntimeError, "Invalid mt19937 state", lambda: ar.Generator().set_state(np.full(5056, 255, np.uint8))),
    (RuntimeError, "does not use offset", lambda: ar.Generator().get_offset()),
    (RuntimeError, "does not use offset", lambda: ar.Generator().set_offset(1)),
    (TypeError, "must be an autograd_core.Generator or None, got int", lambda: ar.rand((2,), generator=5)),
    (TypeError, "tuple of ints for the shape, got 2.5", lambda: ar.rand(2.5)),
    (TypeError, r"got \('a',\)", lambda: ar.rand(("a",))),
    (RuntimeError, r"\(2, -1\) with a negative dimension", lambda: ar.rand((2, -1))),
    (NotImplementedError, "expected a floating type, got int64", lambda: ar.rand((2,), np.int64)),
    (NotImplementedError, "got int64", lambda: ar.randn((2,), np.int64)),
    (TypeError, "expected a NumPy array, got list", lambda: ar.uniform_([0.0])),
    (RuntimeError, "low=3.0 > high=1.0", lambda: ar.uniform((2,), 3, 1)),
    (RuntimeError, "low=nan", lambda: ar.uniform((2,), np.nan, 1)),
    (RuntimeError, "high=inf", lambda: ar.uniform((2,), 0, np.inf)),
    (RuntimeError, "high=70000.0", lambda: ar.uniform((2,), 0, 70000, "float16")),
    (RuntimeError, "exceeds what float32 can hold", lambda: ar.uniform((2,), -3e38, 3e38)),
    (TypeError, "a number for low, got str", lambda: ar.uniform((2,), "a")),
    (RuntimeError, "std >= 0, got std=-1.0", lambda: ar.normal(0, -1, (2,))),
    (RuntimeError, "std=nan", lambda: ar.normal_(np.empty(2), 0, np.nan)),
    (RuntimeError, "every std >= 0, got -1.0", lambda: ar.normal(0.0, floats(1, -1))),
    (RuntimeError, r"shape \(3,\) and std of shape \(2,\)", lambda: ar.normal(np.zeros(3), np.ones(2))),
    (TypeError, "without a shape", lambda: ar.normal(0.0, 1.0)),
    (RuntimeError, "std > 0, got std=0.0", lambda: ar.log_normal((2,), 0, 0)),
    (NotImplementedError, "got int32", lambda: ar.log_normal_(np.empty(2, np.int32))),
    (RuntimeError, "lambd > 0, got lambd=0.0", lambda: ar.exponential((2,), 0)),
    (RuntimeError, "floating type, got int64", lambda: ar.exponential_(np.empty(2, np.int64))),
    (RuntimeError, r"\(0, 1\), got p=1.0", lambda: ar.geometric((2,), 1)),
    (NotImplementedError, "got bool", lambda: ar.geometric((2,), 0.5, np.bool_)),
    (RuntimeError, "sigma > 0, got sigma=0.0", lambda: ar.cauchy((2,), 0, 0)),
    (RuntimeError, "floating type, got int32", lambda: ar.cauchy_(np.empty(2, np.int32))),
    (RuntimeError, r"p in \[0, 1\], got p=1.5", lambda: ar.bernoulli(1.5, (2,))),
    (RuntimeError, r"every p in \[0, 1\], got 1.5", lambda: ar.bernoulli(floats(0.5, 1.5))),
    (RuntimeError, "got nan", lambda: ar.bernoulli(floats(np.nan))),
    (RuntimeError, r"shape \(2,\) for an output of shape \(3,\)", lambda: ar.bernoulli_(np.empty(3), floats(0.5, 0.5))),
    (NotImplementedError, "got int64", lambda: ar.bernoulli(np.array([1, 0]))),
    (TypeError, "without a shape", lambda: ar.bernoulli(0.5)),
    (ValueError, "between 0 and 1, but got 1.5", lambda: ar.dropout_mask((2,), 1.5)),
    (RuntimeError, "low=5 >= high=5", lambda: ar.randint(5, 5, (2,))),
    (RuntimeError, "high - 1=299, out of bounds for uint8", lambda: ar.randint(0, 300, (2,), np.uint8)),
    (RuntimeError, "low=-1, out of bounds for uint8", lambda: ar.randint(-1, 200, (2,), np.uint8)),
    (RuntimeError, "out of bounds for bool", lambda: ar.randint(0, 3, (2,), np.bool_)),
    (RuntimeError, "out of bounds for float16", lambda: ar.randint(0, 70000, (2,), np.float16)),
    (RuntimeError, "out of bounds for int8", lambda: ar.random_(np.empty(2, np.int8), 500, None)),
    (RuntimeError, "found no float32", lambda: ar.random_(np.empty(2, np.float32), 2**25, None)),
    (ValueError, "got 9223372036854775808", lambda: ar.randint(0, 2**63, (2,))),
    (TypeError, "an int for high, got float", lambda: ar.randint(0, 2.5, (2,))),
    (TypeError, "at most low and high", lambda: ar.random_(np.empty(2), 1, 2, 3)),
    (TypeError, "fills a NumPy array, got list", lambda: ar.random_([1])),
    (RuntimeError, "integer, floating or boolean type", lambda: ar.randint(0, 10, (2,), np.complex64)),
    (NotImplementedError, "got uint16", lambda: ar.random_(np.empty(2, np.uint16))),
    (RuntimeError, "without an end", lambda: ar.random_(np.empty(2, np.int32), -(2**63), None)),
    (RuntimeError, "n >= 0, got n=-1", lambda: ar.randperm(-1)),
    (TypeError, "an int for n, got float", lambda: ar.randperm(2.5)),
    (TypeError, "got bool", lambda: ar.randperm(True)),
    (RuntimeError, "counts to 2049 only", lambda: ar.randperm(3000, np.float16)),
    (RuntimeError, "counts to 127 only", lambda: ar.randperm(200, np.int8)),
    (NotImplementedError, "got bool", lambda: ar.randperm(5, np.bool_)),
    (RuntimeError, "rates >= 0, got -1.0", lambda: ar.poisson(floats(1, -1))),
    (RuntimeError, "got nan", lambda: ar.poisson(floats(np.nan))),
    (NotImplementedError, "got int64", lambda: ar.poisson(np.array([1]))),
    (NotImplementedError, "got float16", lambda: ar.gamma(np.ones(1, np.float16))),
    (RuntimeError, "got a scalar", lambda: ar.dirichlet(np.array(1.0))),
    (ValueError, "floating array for count, got int64", lambda: ar.binomial(np.array([10]), floats(0.5))),
    (RuntimeError, "one type, got float64 and float32", lambda: ar.binomial(floats(10), np.ones(1, np.float32))),
    (RuntimeError, "must broadcast", lambda: ar.binomial(floats(1, 2), floats(0.1, 0.2, 0.3))),
    (RuntimeError, "3 of 2 weights without replacement", lambda: ar.multinomial(floats(0.5, 0.5), 3)),
    (RuntimeError, "num_samples > 0, got 0", lambda: ar.multinomial(floats(0.5, 0.5), 0)),
    (RuntimeError, "all zero", lambda: ar.multinomial(floats(0, 0), 1)),
    (RuntimeError, "all zero", lambda: ar.multinomial(np.ones((2, 0)), 2, True)),
    (RuntimeError, "a negative one", lambda: ar.multinomial(floats(-1, 2), 1)),
    (RuntimeError, "a NaN", lambda: ar.multinomial(floats(np.nan, 2), 2, True)),
    (RuntimeError, "an inf", lambda: ar.multinomial(floats(np.inf, 2), 2, True)),
    (RuntimeError, "floating weights, got int64", lambda: ar.multinomial(np.array([1, 2]), 1)),
    (RuntimeError, r"got shape \(\)", lambda: ar.multinomial(np.array(1.0), 1)),
    (RuntimeError, r"got shape \(2, 2, 2\)", lambda: ar.multinomial(np.ones((2, 2, 2)), 1)),
    (TypeError, "an int for num_samples, got float", lambda: ar.multinomial(np.ones(4), 2.5)),
    (TypeError, "a NumPy array of weights, got list", lambda: ar.multinomial([1.0], 1)),
    (ValueError, "read-only", lambda: ar.uniform_(np.broadcast_to(np.zeros(1), (3,)))),
    (TypeError, "native byte order", lambda: ar.random_(np.zeros(2, ">i4"), 3)),
    (RuntimeError, "expanded array", lambda: ar.uniform_(np.lib.stride_tricks.as_strided(np.zeros(1), (3,), (0,)))),
]


@pytest.mark.parametrize(("kind", "text", "call"), ERRORS, ids=range(len(ERRORS)))
def test_errors(kind, text, call):
    with pytest.raises(kind, match=text) as caught:
        call()
    assert type(caught.value) is kind


def test_bounds_that_a_float_cannot_tell_apart_are_warned_about():
    with pytest.warns(UserWarning, match=r"float32 holds every integer only up to 2\*\*24"):
        ar.randint(0, 2**25, (3,), np.float32)


def run(program, **environment):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


SUM = "import sys; from autograd_core import random as ar; g = ar.Generator()\nfor _ in range(200): x = ar.randn((100_000,), generator=g)\n"


@pytest.mark.slow
def test_numba_is_loaded_by_work_and_kept_out_on_demand(numba_loops):
    says = SUM + "print(float(x.sum()), 'numba' in sys.modules)"
    loaded, plain, disabled = run(says), run(says, AUTOGRAD_CORE_KERNELS="numpy"), run(says, NUMBA_DISABLE_JIT="1")
    assert loaded[0] == plain[0] == disabled[0]
    assert (loaded[1], plain[1]) == ("True", "False")
    few = "import sys; from autograd_core import random as ar; ar.randn((1000,)); ar.randperm(1000); print('numba' in sys.modules)"
    assert run(few) == ["False"]


def test_a_compiler_from_above(numba_loops, monkeypatch):
    """`configure` takes the jit that the kernels use; where that is off, so are the loops."""
    for name in ("jit", "enabled", "loops"):
        monkeypatch.setattr(compiled._Switch, name, getattr(compiled._Switch, name))
    ar.configure(jit=jit.compiled, enabled=jit.enabled)
    g = ar.Generator().manual_seed(4)
    fast = ar.rand((1000,), generator=g)
    assert isinstance(compiled._Switch.loops.fill_floats, jit.Kernel)
    with jit.numpy_only():
        assert compiled.loops(10**12) is None
        assert ar.rand((1000,), generator=g.manual_seed(4)).tolist() == fast.tolist()


@pytest.mark.parametrize("n", [1, 10, 32, 33])
@pytest.mark.parametrize("p", [0.5, 0.1, 0.9999, 1e-9])
def test_few_dropped_elements_come_from_the_same_stream(n, p):
    """The mask of few elements is what their doubles say, and the stream stands where it would."""
    ar.manual_seed(3)
    mask, following = ar.dropout_mask((n,), p), ar.rand((2,))
    ar.manual_seed(3)
    expected, then = ar.bernoulli_(np.empty(n, bool), 1 - p), ar.rand((2,))
    np.testing.assert_array_equal(mask, expected)
    np.testing.assert_array_equal(following, then)
