"""Special functions against SciPy, against known values, and against each other."""

from __future__ import annotations

import math

import numpy as np
import pytest

from autograd_core.kernels import special

INF, NAN = np.inf, np.nan
EULER = 0.5772156649015329


def ulps(ours, exact):
    """The largest error in units of the exact value's last place."""
    there = np.isfinite(exact)
    np.testing.assert_array_equal(np.isnan(ours), np.isnan(exact))
    np.testing.assert_array_equal(ours[np.isinf(exact)], exact[np.isinf(exact)])
    return float((np.abs(ours[there] - exact[there]) / np.spacing(np.abs(exact[there]))).max(initial=0))


def spread(low, high, rng, count=4000):
    """Points over an interval, and close to 0 where it has 0 inside."""
    x = rng.uniform(low, high, count)
    near = np.exp(rng.uniform(-40, 0, count // 4)) * rng.choice([-1, 1], count // 4)
    return np.concatenate([x, near[(near > low) & (near < high)]])


# name, SciPy's name, interval, ulps that SciPy and ours may be apart in float64
FUNCTIONS = [
    ("erfcx", "erfcx", 0, 100, 12),
    ("ndtr", "ndtr", -3, 8, 200),
    ("erfinv", "erfinv", -1, 1, 12),
    ("ndtri", "ndtri", 0, 1, 20),
    ("digamma", "digamma", 2, 300, 20),
    ("i0", "i0", -60, 700, 20),
    ("i0e", "i0e", -60, 700, 20),
    ("i1", "i1", -60, 700, 40),
    ("i1e", "i1e", -60, 700, 40),
    ("entr", "entr", 0, 5, 2),
]


@pytest.mark.parametrize("name, theirs, low, high, bound", FUNCTIONS, ids=[f[0] for f in FUNCTIONS])
def test_against_scipy(name, theirs, low, high, bound, rng):
    scipy = pytest.importorskip("scipy.special")
    x = spread(low, high, rng)
    expected = getattr(scipy, theirs)(x)
    assert ulps(getattr(special, name)(x), expected) <= bound
    x32 = x.astype(np.float32)
    ours = getattr(special, name)(x32)
    assert ours.dtype == np.float32
    with np.errstate(over="ignore"):
        expected = getattr(scipy, theirs)(x32.astype(np.float64)).astype(np.float32)
    assert ulps(ours, expected) <= 1


def test_against_the_standard_library(rng):
    x = spread(-6, 26, rng)
    for name, bound in (("erf", 4), ("erfc", 5)):
        expected = np.array([getattr(math, name)(v) for v in x])
        assert ulps(getattr(special, name)(x), expected) <= bound
        assert (
            ulps(getattr(special, name)(x.astype(np.float32)), np.array([getattr(math, name)(v) for v in x.astype(np.float32)], np.float32))
            <= 1
        )
    x = np.concatenate([spread(0, 200, rng), 10.0 ** rng.uniform(2, 300, 500)])
    np.testing.assert_allclose(special.lgamma(x), [math.lgamma(v) for v in x], rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("n", [1, 2, 5, 30])
def test_polygamma_and_zeta_against_scipy(n, rng):
    scipy = pytest.importorskip("scipy.special")
    x = rng.uniform(0.01, 50, 2000)
    np.testing.assert_allclose(special.polygamma(n, x), scipy.polygamma(n, x), rtol=3e-14)
    np.testing.assert_allclose(special.zeta(np.float64(n + 1.5), x), scipy.zeta(n + 1.5, x), rtol=3e-14)


@pytest.mark.parametrize("n", [1, 2, 3, 6])
def test_polygamma_left_of_zero_by_recurrence(n, rng):
    x = rng.uniform(-20, 0, 500)
    x = x[np.abs(x - np.rint(x)) > 1e-3]
    step = (-1.0) ** n * math.factorial(n) / x ** (n + 1)
    ours, scale = special.polygamma(n, x), np.abs(step) + np.abs(special.polygamma(n, x))
    assert (np.abs(special.polygamma(n, x + 1) - ours - step) / scale).max() < 1e-12


def test_lgamma_and_digamma_left_of_zero(rng):
    x = rng.uniform(-20, 0, 2000)
    x = x[np.abs(x - np.rint(x)) > 1e-4]
    np.testing.assert_allclose(special.lgamma(x), [math.lgamma(v) for v in x], rtol=1e-13, atol=3e-14)
    np.testing.assert_allclose(special.digamma(x + 1) - special.digamma(x), 1 / x, rtol=1e-10, atol=1e-11)


VALUES = [
    ("digamma", 1.0, -EULER),
    ("digamma", 0.5, -EULER - 2 * math.log(2)),
    ("digamma", 1.4616321449683622, -9.2412655217294275e-17),
    ("lgamma", 0.5, math.log(math.pi) / 2),
    ("lgamma", 1 + 2.0**-40, -EULER * 2.0**-40 + math.pi**2 / 12 * 2.0**-80),
    ("erfc", 27.0, 5.237048923789255e-319),
    ("erfcx", 1e10, 1e-10 / math.sqrt(math.pi)),
    ("ndtr", -30.0, 4.906713927148187e-198),
    ("log_ndtr", -100.0, -5005.524208694205),
    ("log_ndtr", 8.0, -6.220960574271786e-16),
    ("ndtri", 1e-300, -37.0470962993612),
    ("i0", 0.0, 1.0),
    ("i1", -2.0, -1.5906368546373291),
    ("sinc", 0.5, 2 / math.pi),
    ("sinc", 3.0, 0.0),
    ("sinc", 1e15 + 0.5, 1 / (math.pi * (1e15 + 0.5))),
]


@pytest.mark.parametrize("name, x, expected", VALUES)
def test_known_values(name, x, expected):
    assert special.__dict__[name](np.array([x]))[0] == pytest.approx(expected, rel=1e-14, abs=5e-324)


EDGES = {
    "erf": [(INF, 1), (-INF, -1), (NAN, NAN), (-0.0, -0.0), (5e-324, 5e-324)],
    "erfc": [(INF, 0), (-INF, 2), (NAN, NAN), (1e300, 0)],
    "erfcx": [(INF, 0), (-INF, INF), (-30, INF), (NAN, NAN)],
    "erfinv": [(1, INF), (-1, -INF), (1.0000001, NAN), (-2, NAN), (NAN, NAN), (0, 0)],
    "ndtr": [(INF, 1), (-INF, 0), (NAN, NAN)],
    "log_ndtr": [(INF, 0), (-INF, -INF), (NAN, NAN)],
    "ndtri": [(0, -INF), (1, INF), (-0.1, NAN), (1.1, NAN), (0.5, 0), (NAN, NAN)],
    "lgamma": [(0, INF), (-1, INF), (-1e20, INF), (INF, INF), (-INF, INF), (1, 0), (2, 0), (NAN, NAN)],
    "digamma": [(0.0, -INF), (-0.0, INF), (-3, NAN), (INF, INF), (-INF, NAN), (NAN, NAN)],
    "i0": [(INF, NAN), (-INF, NAN), (NAN, NAN)],
    "i0e": [(INF, 0), (-INF, 0), (NAN, NAN)],
    "i1": [(INF, NAN), (-INF, NAN), (NAN, NAN), (0, 0)],
    "entr": [(0, 0), (-1, -INF), (INF, -INF), (NAN, NAN)],
    "sinc": [(0, 1), (NAN, NAN)],
    "logit": [(0, -INF), (1, INF), (2, NAN), (-1, NAN), (0.5, 0), (NAN, NAN)],
}


@pytest.mark.parametrize("name", EDGES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_edges(name, dtype):
    x, expected = np.array(EDGES[name]).T
    with np.errstate(all="ignore"):
        x = x.astype(dtype)
    out = getattr(special, name)(x)
    np.testing.assert_array_equal(out, np.where(np.abs(expected) == 5e-324, x, expected).astype(dtype))


def test_two_arguments():
    x, y = np.array([0.0, 0.0, 2.0, 1.0, 0.0, NAN]), np.array([0.0, NAN, 3.0, 0.0, INF, 0.0])
    np.testing.assert_allclose(special.xlogy(x, y), [0, NAN, 2 * math.log(3), -INF, 0, NAN])
    np.testing.assert_allclose(special.xlog1py(x, y), [0, NAN, 2 * math.log(4), 0, 0, NAN])
    assert special.xlogy(np.ones((3, 1), np.float32), np.ones(4)).shape == (3, 4)
    zeta = special.zeta(np.array([1.0, 0.5, 2.0, 2.0, 2.0, 2.5]), np.array([3.0, 3.0, 0.0, -2.0, 1.0, -0.5]))
    np.testing.assert_allclose(zeta, [INF, NAN, INF, INF, math.pi**2 / 6, NAN], rtol=1e-15)
    # A sum over 10**15 terms, which is not made term by term.
    assert special.zeta(np.float64(2.0), np.float64(-1e15 - 0.5)) == pytest.approx(math.pi**2, rel=1e-12)


def test_logit_clamps():
    x = np.array([0.0, 0.3, 1.0, NAN])
    np.testing.assert_allclose(special.logit(x, 0.1), [math.log(1 / 9), math.log(3 / 7), math.log(9), NAN])


@pytest.mark.parametrize("dtype, result", [("int64", "float32"), ("bool", "float32"), ("float16", "float16"), ("float64", "float64")])
def test_dtypes(dtype, result):
    x = np.array([1, 0, 1]).astype(dtype)
    for name in ("erf", "digamma", "i0", "sinc"):
        assert getattr(special, name)(x).dtype == result


def test_refusals():
    with pytest.raises(RuntimeError, match="n = -1"):
        special.polygamma(-1, np.ones(2))
    with pytest.raises(RuntimeError, match="real arrays"):
        special.erf(np.ones(2) + 1j)


@pytest.mark.parametrize("name", ["erf", "lgamma", "ndtri", "i1e"])
def test_a_value_does_not_depend_on_its_place(name, rng):
    x = rng.uniform(0.01, 0.99, 30000)
    whole = getattr(special, name)(x)
    np.testing.assert_array_equal(getattr(special, name)(x[7::3]), whole[7::3])
    np.testing.assert_array_equal(getattr(special, name)(x[:10]), whole[:10])
    np.testing.assert_array_equal(getattr(special, name)(x.reshape(100, 300).T), whole.reshape(100, 300).T)
    assert getattr(special, name)(np.float64(x[3])) == whole[3]
