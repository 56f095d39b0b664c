"""Compiled loops of `conv_lanes`: what the taps of a kernel see is put side by side, a channel per lane, and multiplied.

Imports NumPy, `jit`, `contract`, `lane_loops`, `vector` and `winograd_vectors`. x (N, C, H, W), out (N, O, OH, OW). A job is a phase of the
result: its places are SH and SW apart, and it reads its own taps RH and RW apart.
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
from .winograd_vectors import moved, products

ROWS = 12
"""Places of a panel of products: 12 by 2 sums fill 24 of 32 registers."""

HALF = 8
"""Channels of a panel of the weight's gradient: 8 by 2 sums."""

_ANY = ScalarSpec((int, np.integer), None)
_STATICS = {name: integer(1) for name in ("RH", "RW", "SH", "SW", "G", "IMAGES", "BAND", "CHUNK")}
_BLOCKS = "BLOCKS == (N + IMAGES - 1) // IMAGES * (((OH + SH - 1) // SH + BAND - 1) // BAND)"


@functools.cache
def packing(dtype: str) -> Any:
    """The loop that puts weights into the order of the products, with the bias as their last row."""
    L = lanes(dtype)
    into, _ = turning(L)

    @contract(
        f"blocks == G * B and B == (O + {L - 1}) // {L} and ROWS == K + 1 and K >= 1",
        w=array("G O K", (dtype,)),
        bias=array("G O", (dtype,)),
        u=array(f"G B ROWS {L}", (dtype,), writes=True),
    )
    @compiled(parallel=True)
    def run(first, last, w, bias, u):  # type: ignore[no-untyped-def]
        """u[g, b, k, lane] = w[g, b·L + lane, k], zero beyond the outputs; u[g, b, K] = bias."""
        O, K = w.shape[1:]
        B = u.shape[1]
        flat, target = w.reshape(-1), u.reshape(-1)
        for block in range(first, last):
            g, b = block // B, block % B
            count = min(L, O - b * L)
            u[g, b] = 0
            into(flat, (g * O + b * L) * K, K, K, count, target, block * (K + 1) * L)
            for o in range(count):
                u[g, b, K, o] = bias[g, b * L + o]

    return run


@functools.cache
def _gathering(count: int) -> Any:
    """The loop that puts what one tap sees of a frame side by side."""
    move = moved(count)

    @compiled
    def gather(framed, at, broad, down, right, high, wide, v, to):  # type: ignore[no-untyped-def]
        """v[to + (i·wide + j)·count + c] = framed[at + (i·down·broad + j·right)·count + c]."""
        for i in range(high):
            start = at + i * down * broad * count
            for j in range(wide):
                move(framed, start + j * right * count, v, to)
                to += count

    return gather


@functools.cache
def correlation(dtype: str) -> Any:
    """The loop over blocks of images or bands of rows."""
    L = lanes(dtype)
    frame, gather, (_, outof) = framing(L), _gathering(L), turning(L)
    move = moved(L)
    pair, single = products(L, ROWS, 2, L, True), products(L, ROWS, 1, L, True)

    @contract(
        f"blocks == BLOCKS and C % G == 0 and O % G == 0 and B == (O // G + {L - 1}) // {L} and J == JOBS and STARTS == J + 1",
        _BLOCKS,
        f"SIZE == G * B * (TAPS * (C // G) + J) * {L}",
        x=array("N C H W", (dtype,)),
        u=array("SIZE", (dtype,)),
        out=array("N O OH OW", (dtype,), writes=True),
        down=array("TAPS", ("int64",), at_least="LOW", below="HIGH + 1"),
        right=array("TAPS", ("int64",), at_least="LEFT", below="FAR + 1"),
        begin=array("STARTS", ("int64",), at_least="0", below="TAPS + 1"),
        phase=array("J 2", ("int64",), at_least="0"),
        JOBS=integer(1),
        BLOCKS=integer(1),
        B=integer(1),
        LOW=_ANY,
        HIGH=_ANY,
        LEFT=_ANY,
        FAR=_ANY,
        **_STATICS,
    )
    @compiled(parallel=True)
    def run(  # type: ignore[no-untyped-def]
        first, last, x, u, out, down, right, begin, phase, JOBS, BLOCKS, B, LOW, HIGH, LEFT, FAR, RH, RW, SH, SW, G, IMAGES, BAND, CHUNK
    ):
        C, H, W = x.shape[1:]
        N, O, OH, OW = out.shape
        per_in, per_out, CB = C // G, O // G, -(-(C // G) // L)
        QH, QW = -(-OH // SH), -(-OW // SW)
        bands, tall = -(-QH // BAND), (BAND - 1) * RH + HIGH - LOW + 1
        left = max(0, -LEFT)
        broad = max(W + left, (QW - 1) * RW + FAR + left + 1)
        TP = -(-IMAGES * BAND * QW // ROWS) * ROWS
        taps = 0
        for j in range(JOBS):
            taps = max(taps, begin[j + 1] - begin[j])
        framed, narrow = cleared(IMAGES * CB * tall * broad * L, x), cleared(tall * W * L, x)
        v, m = aligned(taps * CHUNK * TP * L, x), aligned(B * TP * L, x)
        plain = JOBS == 1 and SH == 1 and SW == 1
        y = aligned(1 if plain else IMAGES * B * BAND * SH * OW * L, x)
        off = np.empty(taps * CHUNK * L, np.int64)
        flat, target = x.reshape(-1), out.reshape(-1)
        for block in range(first, last):
            q0, n0 = block % bands * BAND, block // bands * IMAGES
            images, lines = min(IMAGES, N - n0), min(BAND * SH, OH - q0 * SH)
            for g in range(G):
                for i in range(images * CB):
                    at = ((n0 + i // CB) * C + g * per_in + i % CB * L) * H * W
                    count = min(L, per_in - i % CB * L)
                    frame(flat, at, H * W, count, q0 * RH + LOW, tall, H, W, left, broad, narrow, framed[i * tall * broad * L :])
                base = 0
                for j in range(JOBS):
                    mine = begin[j + 1] - begin[j]
                    K, rows = mine * per_in + 1, images * BAND * QW
                    for k in range(mine * CHUNK * L):
                        off[k] = (k % mine * CHUNK + k // mine // L) * TP * L + k // mine % L
                    for b in range(B):  # the sums begin with the bias
                        for t in range(-(-rows // ROWS) * ROWS):
                            move(u, base + ((g * B + b) * K + K - 1) * L, m, (b * TP + t) * L)
                    for c0 in range(0, CB if mine else 0, CHUNK):
                        chunk = min(CHUNK, CB - c0)
                        for i in range(images * chunk * mine):
                            n, c, t = i // (chunk * mine), i // mine % chunk, i % mine
                            row, column = down[begin[j] + t] - LOW, left + right[begin[j] + t]
                            start = (((n * CB + c0 + c) * tall + row) * broad + column) * L
                            gather(framed, start, broad, RH, RW, BAND, QW, v, ((t * CHUNK + c) * TP + n * BAND * QW) * L)
                        steps = min(chunk * L, per_in - c0 * L) * mine
                        for b in range(0, B, 2):
                            line = base + ((g * B + b) * K + c0 * L * mine) * L
                            for t in range(0, rows, ROWS):
                                if b + 1 < B:
                                    pair(v, t * L, off, steps, u, line, L, K * L, m, (b * TP + t) * L, L, TP * L)
                                else:
                                    single(v, t * L, off, steps, u, line, L, K * L, m, (b * TP + t) * L, L, TP * L)
                    base += G * B * K * L
                    if plain:
                        continue
                    for i in range(images * B):
                        n, b = i // B, i % B
                        for q in range(BAND):
                            h = q * SH + phase[j, 0]
                            if h >= lines:
                                continue
                            for p in range(QW):
                                w = p * SW + phase[j, 1]
                                if w < OW:
                                    move(m, (b * TP + (n * BAND + q) * QW + p) * L, y, ((i * BAND * SH + h) * OW + w) * L)
                for i in range(images * B):
                    n, b = i // B, i % B
                    start = ((n0 + n) * O + g * per_out + b * L) * OH * OW + q0 * SH * OW
                    count = min(L, per_out - b * L)
                    if plain:
                        outof(m, (b * TP + n * BAND * QW) * L, lines * OW, count, target, start, OH * OW)
                    else:
                        outof(y, i * BAND * SH * OW * L, lines * OW, count, target, start, OH * OW)

    return run


@functools.cache
def weight_products(dtype: str) -> SimpleNamespace:
    """The loops of the weight's gradient: sums of products by parts, and their order as weights."""
    L = lanes(dtype)
    frame, gather, (into, outof) = framing(L), _gathering(L), turning(L)
    half = min(HALF, L)
    pair, single = products(L, half, 2, 1, True), products(L, half, 1, 1, True)

    @contract(
        f"blocks == PARTS and C % G == 0 and O % G == 0 and B == (O // G + {L - 1}) // {L} and SH == 1 and SW == 1",
        f"K == (C // G + {L - 1}) // {L} * {L} * TAPS and TAPS >= 1",
        _BLOCKS,
        g=array("N O OH OW", (dtype,)),
        x=array("N C H W", (dtype,)),
        sums=array(f"PARTS G B K {L}", (dtype,), writes=True),
        down=array("TAPS", ("int64",), at_least="LOW", below="HIGH + 1"),
        right=array("TAPS", ("int64",), at_least="LEFT", below="FAR + 1"),
        BLOCKS=integer(1),
        LOW=_ANY,
        HIGH=_ANY,
        LEFT=_ANY,
        FAR=_ANY,
        **_STATICS,
    )
    @compiled(parallel=True)
    def run(first, last, g, x, sums, down, right, BLOCKS, LOW, HIGH, LEFT, FAR, RH, RW, SH, SW, G, IMAGES, BAND, CHUNK):  # type: ignore[no-untyped-def]
        """sums[part, group, b, (c, tap)] += Σ over places of x[c] as the tap sees it · g[b], over the blocks of a part."""
        N, C, H, W = x.shape
        O, OH, OW = g.shape[1:]
        PARTS, B, K = sums.shape[0], sums.shape[2], sums.shape[3]
        per_in, per_out, CB, taps = C // G, O // G, -(-(C // G) // L), len(down)
        bands, tall, left = -(-OH // BAND), (BAND - 1) * RH + HIGH - LOW + 1, max(0, -LEFT)
        broad = max(W + left, (OW - 1) * RW + FAR + left + 1)
        T = IMAGES * BAND * OW
        framed, narrow = cleared(tall * broad * L, x), cleared(tall * W * L, x)
        v, m = aligned(taps * CHUNK * T * L, x), cleared(B * T * L, x)
        off = np.arange(T) * L
        flat, grads, target = x.reshape(-1), g.reshape(-1), sums.reshape(-1)
        for part in range(first, last):
            for block in range(BLOCKS * part // PARTS, BLOCKS * (part + 1) // PARTS):
                q0, n0 = block % bands * BAND, block // bands * IMAGES
                images, lines = min(IMAGES, N - n0), min(BAND, OH - q0)
                for group in range(G):
                    for i in range(images * B):
                        n, b = i // B, i % B
                        at = ((n0 + n) * O + group * per_out + b * L) * OH * OW + q0 * OW
                        into(grads, at, OH * OW, lines * OW, min(L, per_out - b * L), m, (b * T + n * lines * OW) * L)
                    for c0 in range(0, CB, CHUNK):
                        chunk = min(CHUNK, CB - c0)
                        for i in range(images * chunk):
                            n, cb = i // chunk, c0 + i % chunk
                            at = ((n0 + n) * C + group * per_in + cb * L) * H * W
                            frame(flat, at, H * W, min(L, per_in - cb * L), q0 * RH + LOW, tall, H, W, left, broad, narrow, framed)
                            for t in range(taps):
                                start, to = ((down[t] - LOW) * broad + left + right[t]) * L, (t * CHUNK + i % chunk) * T + n * lines * OW
                                gather(framed, start, broad, RH, RW, lines, OW, v, to * L)
                        for i in range(taps * chunk * (L // half)):
                            t, c = i % taps, i // taps * half
                            if c0 * L + c >= per_in:
                                continue
                            for b in range(0, B, 2):
                                at, count = (t * CHUNK + c // L) * T * L + c % L, images * lines * OW
                                to = (((part * G + group) * B + b) * K + (c0 * L + c) * taps + t) * L
                                if b + 1 < B:
                                    pair(v, at, off, count, m, b * T * L, L, T * L, target, to, taps * L, K * L)
                                else:
                                    single(v, at, off, count, m, b * T * L, L, T * L, target, to, taps * L, K * L)

    @contract(
        f"blocks == G * B and B == (O + {L - 1}) // {L} and K <= PADDED",
        sums=array(f"PARTS G B PADDED {L}", (dtype,)),
        w=array("G O K", (dtype,), writes=True),
    )
    @compiled(parallel=True)
    def total(first, last, sums, w):  # type: ignore[no-untyped-def]
        """w[g, b·L + lane, k] = Σ over parts of sums[part, g, b, k, lane]."""
        O, K = w.shape[1:]
        PARTS, G, B, padded = sums.shape[:4]
        row = aligned(K * L, w)
        source, flat = sums.reshape(-1), w.reshape(-1)
        for block in range(first, last):
            row[:] = 0
            for part in range(PARTS):
                add = source[(part * G * B + block) * padded * L :][: len(row)]
                for i in range(len(row)):
                    row[i] += add[i]
            g, b = block // B, block % B
            outof(row, 0, K, min(L, O - b * L), flat, (g * O + b * L) * K, K)

    return SimpleNamespace(run=run, total=total, lanes=L)
