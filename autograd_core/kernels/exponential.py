"""exp as compiled scalar functions that vectorise, for other kernels to call inside their loops.

Imports `jit`. Numba's own np.exp is scalar: 2.3 ns an element against 0.2 to 0.4 ns here in float32.
"""

from __future__ import annotations

import numpy as np

from .jit import CONTRACT, compiled

__all__ = ["decay32", "decay64", "exp32", "exp64"]

LOG2_E = 1.4426950408889634
LN2_HIGH_32 = 0.693145751953125
LN2_LOW_32 = 1.4286068203094172e-06
LN2_HIGH_64 = 0.6931471805598903
LN2_LOW_64 = 5.497923018708371e-14

# 1.5 * 2**23 and 1.5 * 2**52: adding one rounds to an integer and leaves that integer in the low bits.
ROUND_32 = 12582912.0
ROUND_64 = 6755399441055744.0
ROUND_BITS_32 = 0x4B400000
ROUND_BITS_64 = 0x4338000000000000

# exp is a normal number down to here.
LOWEST_32 = -87.33654
LOWEST_64 = -708.396418532264


@compiled(fastmath=CONTRACT)
def exp32(y):  # type: ignore[no-untyped-def]
    """exp(y) of a float32: error below 1.1 ulp, NaN and infinity as np.exp."""
    # The bounds are where the result is 0 and inf; NaN passes both comparisons.
    y = np.float32(-104.0) if y < np.float32(-104.0) else y
    y = np.float32(89.0) if y > np.float32(89.0) else y
    t = y * np.float32(LOG2_E) + np.float32(ROUND_32)
    n = t - np.float32(ROUND_32)
    r = (y - n * np.float32(LN2_HIGH_32)) - n * np.float32(LN2_LOW_32)
    q = np.float32(0.0013933643522487942) * r + np.float32(0.008363175565468195)
    q = q * r + np.float32(0.041666464976127526)
    q = q * r + np.float32(0.16666577003160282)
    q = q * r + np.float32(0.5000000013462218)
    p = (q * (r * r) + r) + np.float32(1.0)
    # 2**n as two factors: one alone could not reach the subnormals or the overflow.
    k = np.int32(np.float32(t).view(np.int32) - np.int32(ROUND_BITS_32))
    half = np.int32(k >> np.int32(1))
    rest = np.int32(k - half)
    low = np.int32((half + np.int32(127)) << np.int32(23)).view(np.float32)
    high = np.int32((rest + np.int32(127)) << np.int32(23)).view(np.float32)
    return p * low * high


@compiled(fastmath=CONTRACT)
def exp64(y):  # type: ignore[no-untyped-def]
    """exp(y) of a float64: error below 1.1 ulp, NaN and infinity as np.exp."""
    y = -746.0 if y < -746.0 else y
    y = 710.0 if y > 710.0 else y
    t = y * LOG2_E + ROUND_64
    n = t - ROUND_64
    r = (y - n * LN2_HIGH_64) - n * LN2_LOW_64
    q = 2.510520706464424e-08 * r + 2.762007691611333e-07
    q = q * r + 2.755725542387984e-06
    q = q * r + 2.4801521319879672e-05
    q = q * r + 0.00019841269874802173
    q = q * r + 0.0013888888917198588
    q = q * r + 0.008333333333326141
    q = q * r + 0.04166666666662416
    q = q * r + 0.1666666666666667
    q = q * r + 0.5000000000000001
    p = (q * (r * r) + r) + 1.0
    k = np.float64(t).view(np.int64) - np.int64(ROUND_BITS_64)
    half = k >> np.int64(1)
    rest = k - half
    low = np.int64((half + np.int64(1023)) << np.int64(52)).view(np.float64)
    high = np.int64((rest + np.int64(1023)) << np.int64(52)).view(np.float64)
    return p * low * high


@compiled(fastmath=CONTRACT)
def decay32(y):  # type: ignore[no-untyped-def]
    """exp(y) of a float32 y <= 0, with 0 in place of subnormal results: 6 operations fewer than exp32."""
    t = y * np.float32(LOG2_E) + np.float32(ROUND_32)
    n = t - np.float32(ROUND_32)
    r = (y - n * np.float32(LN2_HIGH_32)) - n * np.float32(LN2_LOW_32)
    q = np.float32(0.0013933643522487942) * r + np.float32(0.008363175565468195)
    q = q * r + np.float32(0.041666464976127526)
    q = q * r + np.float32(0.16666577003160282)
    q = q * r + np.float32(0.5000000013462218)
    p = (q * (r * r) + r) + np.float32(1.0)
    # n goes straight into p's exponent: the shift drops all of t's bits but those of n.
    bits = np.int32(np.float32(p).view(np.int32) + np.int32(np.float32(t).view(np.int32) << np.int32(23)))
    normal = np.int32(bits).view(np.float32)
    return np.float32(0.0) if y < np.float32(LOWEST_32) else normal if y == y else y


@compiled(fastmath=CONTRACT)
def decay64(y):  # type: ignore[no-untyped-def]
    """exp(y) of a float64 y <= 0, with 0 in place of subnormal results."""
    t = y * LOG2_E + ROUND_64
    n = t - ROUND_64
    r = (y - n * LN2_HIGH_64) - n * LN2_LOW_64
    q = 2.510520706464424e-08 * r + 2.762007691611333e-07
    q = q * r + 2.755725542387984e-06
    q = q * r + 2.4801521319879672e-05
    q = q * r + 0.00019841269874802173
    q = q * r + 0.0013888888917198588
    q = q * r + 0.008333333333326141
    q = q * r + 0.04166666666662416
    q = q * r + 0.1666666666666667
    q = q * r + 0.5000000000000001
    p = (q * (r * r) + r) + 1.0
    bits = np.float64(p).view(np.int64) + (np.float64(t).view(np.int64) << np.int64(52))
    normal = np.int64(bits).view(np.float64)
    return 0.0 if y < LOWEST_64 else normal if y == y else y
