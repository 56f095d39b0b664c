"""Compiled loops of `depthwise`: planes a channel per lane, so that a tap is one product of registers whatever the stride.

Imports NumPy, `jit`, `contract`, `lane_loops`, `vector` and `winograd_vectors`. Jobs and shifts as in `conv_lanes_loops`.
"""

from __future__ import annotations

import functools
from types import SimpleNamespace
from typing import Any

import numpy as np

from .contract import ScalarSpec, array, contract, integer
from .jit import compiled
from .lane_loops import aligned, cleared, framing, turning
from .vector import lanes
from .winograd_vectors import channelwise, channelwise_sums

TAPS = 9
"""Taps whose sums are kept at once for the weight's gradient: a 3x3 kernel's."""

_ANY = ScalarSpec((int, np.integer), None)
_REACH = {"LOW": _ANY, "HIGH": _ANY, "LEFT": _ANY, "FAR": _ANY}
_STEPS = {name: integer(1) for name in ("RH", "RW", "BAND", "M")}


@functools.cache
def correlation(dtype: str) -> Any:
    """The loop over bands of rows of registers of channels: out[n, c·M + m] from x[n, c·Q + q] and w."""
    L = lanes(dtype)
    frame, (_, outof) = framing(L), turning(L)
    four, one = channelwise(L, 4), channelwise(L, 1)

    @contract(
        f"CI * M == O * Q and CI % Q == 0 and CB == (CI // Q + {L - 1}) // {L} and J + 1 == STARTS and J == JOBS and S == TAPS * Q",
        "blocks == N * CB * (((OH + SH - 1) // SH + BAND - 1) // BAND)",
        x=array("N CI H W", (dtype,)),
        w=array(f"CB M S {L}", (dtype,)),
        bias=array(f"CB M {L}", (dtype,)),
        out=array("N O OH OW", (dtype,), writes=True),
        down=array("TAPS", ("int64",), at_least="LOW", below="HIGH + 1"),
        right=array("TAPS", ("int64",), at_least="LEFT", below="FAR + 1"),
        begin=array("STARTS", ("int64",), at_least="0", below="TAPS + 1"),
        phase=array("J 2", ("int64",), at_least="0"),
        JOBS=integer(1),
        Q=integer(1),
        SH=integer(1),
        SW=integer(1),
        **_REACH,
        **_STEPS,
    )
    @compiled(parallel=True)
    def run(first, last, x, w, bias, out, down, right, begin, phase, JOBS, Q, SH, SW, LOW, HIGH, LEFT, FAR, RH, RW, BAND, M):  # type: ignore[no-untyped-def]
        CI, H, W = x.shape[1:]
        O, OH, OW = out.shape[1:]
        C, CB, S = CI // Q, w.shape[0], w.shape[2]
        QH, QW = -(-OH // SH), -(-OW // SW)
        bands, tall, left = -(-QH // BAND), (BAND - 1) * RH + HIGH - LOW + 1, max(0, -LEFT)
        broad = max(W + left, (QW - 1) * RW + FAR + left + 1)
        framed, narrow = cleared(Q * tall * broad * L, x), cleared(tall * W * L, x)
        y = aligned(BAND * SH * OW * L, x)
        off = np.empty(S, np.int64)
        for j in range(JOBS):
            mine = begin[j + 1] - begin[j]
            for k in range(Q * mine):
                t = begin[j] + k % mine
                off[begin[j] * Q + k] = ((k // mine * tall + down[t] - LOW) * broad + left + right[t]) * L
        flat, target, weights, starts = x.reshape(-1), out.reshape(-1), w.reshape(-1), bias.reshape(-1)
        for block in range(first, last):
            q0, cb, n = block % bands * BAND, block // bands % CB, block // (bands * CB)
            count, lines = min(L, C - cb * L), min(BAND * SH, OH - q0 * SH)
            for q in range(Q):
                at = (n * CI + cb * L * Q + q) * H * W
                frame(flat, at, Q * H * W, count, q0 * RH + LOW, tall, H, W, left, broad, narrow, framed[q * tall * broad * L :])
            for m in range(M):
                begun = (cb * M + m) * L
                for j in range(JOBS):
                    mine, mark = (begin[j + 1] - begin[j]) * Q, begin[j] * Q
                    wide = -(-(OW - phase[j, 1]) // SW)
                    for i in range(BAND):
                        h = i * SH + phase[j, 0]
                        if h >= lines:
                            continue
                        to, p = (h * OW + phase[j, 1]) * L, 0
                        if mine == 0:
                            for k in range(wide):
                                for c in range(L):
                                    y[np.uint64(to + k * SW * L + c)] = 0
                            continue
                        line = ((cb * M + m) * S + mark) * L
                        while p + 4 <= wide:
                            at = (i * RH * broad + p * RW) * L
                            four(framed, at, off[mark:], mine, RW * L, weights, line, starts, begun, y, to + p * SW * L, SW * L)
                            p += 4
                        while p < wide:
                            at = (i * RH * broad + p * RW) * L
                            one(framed, at, off[mark:], mine, RW * L, weights, line, starts, begun, y, to + p * SW * L, SW * L)
                            p += 1
                start = (n * O + cb * L * M + m) * OH * OW + q0 * SH * OW
                outof(y, 0, lines * OW, count, target, start, M * OH * OW)

    return run


@functools.cache
def weight_sums(dtype: str) -> SimpleNamespace:
    """The loop over parts of the batch and registers of channels: sums[part, c, m, tap] = Σ x[n, c] as the tap sees it · g[n, c·M + m]."""
    L = lanes(dtype)
    frame, (into, _) = framing(L), turning(L)
    line = channelwise_sums(L, TAPS)

    @contract(
        f"blocks == PARTS * CB and O == C * M and CB == (C + {L - 1}) // {L} and S % {TAPS} == 0",
        g=array("N O OH OW", (dtype,)),
        x=array("N C H W", (dtype,)),
        sums=array(f"PARTS CB M S {L}", (dtype,), writes=True),
        down=array("S", ("int64",), at_least="LOW", below="HIGH + 1"),
        right=array("S", ("int64",), at_least="LEFT", below="FAR + 1"),
        **_REACH,
        **_STEPS,
    )
    @compiled(parallel=True)
    def run(first, last, g, x, sums, down, right, LOW, HIGH, LEFT, FAR, RH, RW, BAND, M):  # type: ignore[no-untyped-def]
        N, C, H, W = x.shape
        O, OH, OW = g.shape[1:]
        PARTS, CB, S = sums.shape[0], sums.shape[1], sums.shape[3]
        tall, left = (BAND - 1) * RH + HIGH - LOW + 1, max(0, -LEFT)
        broad = max(W + left, (OW - 1) * RW + FAR + left + 1)
        framed, narrow, grads = cleared(tall * broad * L, x), cleared(tall * W * L, x), cleared(BAND * OW * L, x)
        off = ((down - LOW) * broad + left + right) * L
        flat, source, target = x.reshape(-1), g.reshape(-1), sums.reshape(-1)
        for block in range(first, last):
            part, cb = block // CB, block % CB
            count = min(L, C - cb * L)
            for n in range(N * part // PARTS, N * (part + 1) // PARTS):
                for q0 in range(0, OH, BAND):
                    lines = min(BAND, OH - q0)
                    at = (n * C + cb * L) * H * W
                    frame(flat, at, H * W, count, q0 * RH + LOW, tall, H, W, left, broad, narrow, framed)
                    for m in range(M):
                        at = (n * O + cb * L * M + m) * OH * OW + q0 * OW
                        into(source, at, M * OH * OW, lines * OW, count, grads, 0)
                        for s in range(0, S, TAPS):
                            to = ((block * M + m) * S + s) * L
                            for i in range(lines):
                                line(framed, i * RH * broad * L, off, s, RW * L, grads, i * OW * L, OW, target, to)

    return SimpleNamespace(run=run, lanes=L)
