"""Compiled loops of `winograd`: planes turned to a channel per lane, transformed tile by tile, multiplied, transformed back.

Imports NumPy, `jit`, `contract`, `lane_loops`, `vector`, `winograd_maps` and `winograd_vectors`. A block of work is a band of rows of one image, or some
whole images; its transforms stay in the second-level cache between the steps. A tile of a dilated convolution has its
rows and columns a dilation apart. The third dimension, if there is one, is a sum over slices of products, not transformed.
"""

from __future__ import annotations

import functools
from types import SimpleNamespace
from typing import Any

import numpy as np

from .contract import array, contract, integer
from .jit import compiled
from .lane_loops import aligned, apart, cleared, framing, turning
from .vector import lanes
from .winograd_maps import LINES
from .winograd_vectors import fan, fold, moved, products

ROWS = 12
"""Tiles of a panel of products: 12 by 2 sums fill 24 of 32 registers."""

HALF = 8
"""Channels of a panel of the weight's gradient: 8 by 2 sums."""

_STATICS = {
    **{name: integer() for name in ("PD", "PH", "PW")},
    **{name: integer(1) for name in ("KD", "DD", "DH", "DW", "G", "IMAGES", "BAND")},
}


def _fits(high: int, wide: int) -> tuple[str, ...]:
    """What the loops over blocks need of their sizes."""
    results = LINES[high].results
    return (
        "C % G == 0 and O % G == 0 and (KD == 1 or IMAGES == 1)",
        "OD == D + 2 * PD - (KD - 1) * DD and min(OD, OH, OW) >= 1",
        f"OH == H + 2 * PH - {high - 1} * DH and OW == W + 2 * PW - {wide - 1} * DW",
        f"BLOCKS == (N + IMAGES - 1) // IMAGES * ((OH + {results} * DH * BAND - 1) // ({results} * DH * BAND))",
    )


@functools.cache
def weights(dtype: str, high: int, wide: int) -> Any:
    """The loop that transforms kernels of size (any, high, wide)."""
    L = lanes(dtype)
    into, _ = turning(L)
    rows, columns = LINES[high], LINES[wide]
    tile = fan(L, rows.kernel, columns.kernel)
    P, TAPS = rows.places * columns.places, high * wide

    @contract(
        f"blocks == G * B and B == (O + {L - 1}) // {L}",
        w=array(f"G O K {TAPS}", (dtype,)),
        u=array(f"G {P} B K {L}", (dtype,), writes=True),
    )
    @compiled(parallel=True)
    def run(first, last, w, u):  # type: ignore[no-untyped-def]
        """u[g, :, b, k] = G w[g, b·L + lane, k] Gᵀ."""
        O, K, taps = w.shape[1:]
        B = u.shape[2]
        turned = cleared(K * taps * L, w)
        flat, target = w.reshape(-1), u.reshape(-1)
        for block in range(first, last):
            g, b = block // B, block % B
            turned[:] = 0
            into(flat, (g * O + b * L) * K * taps, K * taps, K * taps, min(L, O - b * L), turned, 0)
            for k in range(K):
                tile(turned, k * taps * L, wide * L, L, target, ((g * P * B + b) * K + k) * L, B * K * L)

    return run


@functools.cache
def gradients(dtype: str, high: int, wide: int) -> Any:
    """The loop that transforms sums of products back to kernels of size (any, high, wide)."""
    L = lanes(dtype)
    _, outof = turning(L)
    rows, columns = LINES[high], LINES[wide]
    tile = fold(L, rows.kernel, columns.kernel)
    P, TAPS = rows.places * columns.places, high * wide

    @contract(
        f"blocks == G * B and B == (O + {L - 1}) // {L} and K <= PADDED",
        u=array(f"G {P} B PADDED {L}", (dtype,)),
        w=array(f"G O K {TAPS}", (dtype,), writes=True),
    )
    @compiled(parallel=True)
    def run(first, last, u, w):  # type: ignore[no-untyped-def]
        """w[g, b·L + lane, k] = Gᵀ u[g, :, b, k] G."""
        O, K, taps = w.shape[1:]
        B, padded = u.shape[2], u.shape[3]
        turned, none, bad = aligned(K * taps * L, w), cleared(L, w), cleared(L, w)
        flat, source = w.reshape(-1), u.reshape(-1)
        for block in range(first, last):
            g, b = block // B, block % B
            for k in range(K):
                at = ((g * P * B + b) * padded + k) * L
                tile(source, at, B * padded * L, none, 0, turned, k * taps * L, wide * L, L, bad)
            outof(turned, 0, K * taps, min(L, O - b * L), flat, (g * O + b * L) * K * taps, K * taps)

    return run


@functools.cache
def _reading(count: int, high: int, wide: int) -> Any:
    """(transform of the patches of x, transform of the tiles of a gradient) of one plane of `count` channels."""
    rows, columns = LINES[high], LINES[wide]
    patch, tile = fan(count, rows.input, columns.input), fan(count, rows.output, columns.output)
    MH, MW = rows.results, columns.results

    @compiled
    def patches(framed, broad, DH, DW, BAND, across, v, to, step):  # type: ignore[no-untyped-def]
        for a in range(BAND * DH):
            for b in range(across * DW):
                h, w = a // DH * MH * DH + a % DH, b // DW * MW * DW + b % DW
                patch(framed, (h * broad + w) * count, DH * broad * count, DW * count, v, to, step)
                to += count

    @compiled
    def tiles(framed, broad, DH, DW, BAND, across, v, to, step):  # type: ignore[no-untyped-def]
        for a in range(BAND * DH):
            for b in range(across * DW):
                h, w = a // DH * MH * DH + a % DH, b // DW * MW * DW + b % DW
                tile(framed, (h * broad + w) * count, DH * broad * count, DW * count, v, to, step)
                to += count

    return patches, tiles


@functools.cache
def _writing(count: int, high: int, wide: int) -> Any:
    """The transform back to rows of one plane of `count` channels, what hangs over its edges left out."""
    rows, columns = LINES[high], LINES[wide]
    tile, move = fold(count, rows.output, columns.output), moved(count)
    MH, MW = rows.results, columns.results

    @compiled
    def results(m, at, step, bias, first, y, corner, lines, OW, DH, DW, BAND, across, bad):  # type: ignore[no-untyped-def]
        for a in range(BAND * DH):
            for b in range(across * DW):
                h, w = a // DH * MH * DH + a % DH, b // DW * MW * DW + b % DW
                inside = h + (MH - 1) * DH < lines and w + (MW - 1) * DW < OW
                if inside:
                    tile(m, at, step, bias, first, y, (h * OW + w) * count, DH * OW * count, DW * count, bad)
                elif h < lines and w < OW:
                    tile(m, at, step, bias, first, corner, 0, MW * count, count, bad)
                    for i in range(MH):
                        for j in range(MW):
                            if h + i * DH < lines and w + j * DW < OW:
                                move(corner, (i * MW + j) * count, y, ((h + i * DH) * OW + w + j * DW) * count)
                at += count

    return results


@functools.cache
def correlation(dtype: str, high: int, wide: int) -> SimpleNamespace:
    """The loop over blocks of a convolution with kernels of size (any, high, wide)."""
    L = lanes(dtype)
    _, outof = turning(L)
    frame, (patches, _), results = framing(L), _reading(L, high, wide), _writing(L, high, wide)
    pair, single = products(L, ROWS, 2, L, False), products(L, ROWS, 1, L, False)
    rows, columns = LINES[high], LINES[wide]
    P, MH, MW = rows.places * columns.places, rows.results, columns.results

    @contract(
        f"blocks == BLOCKS and B == (O // G + {L - 1}) // {L} and K == C // G * KD",
        *_fits(high, wide),
        x=array("N C D H W", (dtype,)),
        u=array(f"G {P} B K {L}", (dtype,)),
        bias=array(f"G B {L}", (dtype,)),
        out=array("N O OD OH OW", (dtype,), writes=True),
        spoilt=array("BLOCKS", ("int64",), writes=True),
        **_STATICS,
    )
    @compiled(parallel=True)
    def run(first, last, x, u, bias, out, spoilt, KD, PD, PH, PW, DD, DH, DW, G, IMAGES, BAND):  # type: ignore[no-untyped-def]
        """spoilt[block] says whether a result is not finite: infinity and NaN spread over their tile, and to a corner of it."""
        N, C, D, H, W = x.shape
        O, OD, OH, OW = out.shape[1:]
        B, K = u.shape[2], u.shape[3]
        per_in, per_out, CB = C // G, O // G, -(-(C // G) // L)
        across, bands, slices = -(-OW // (MW * DW)), -(-OH // (MH * DH * BAND)), D + 2 * PD
        per_slice = BAND * DH * DW * across
        most = -(-IMAGES * slices * per_slice // ROWS) * ROWS
        reach = most + (KD - 1) * DD * per_slice
        v_step, m_step = apart(CB * reach * L, L), apart(B * most * L, L)
        tall, broad = (MH * BAND + high - 1) * DH, MW * DW * across + (wide - 1) * DW
        framed, narrow = cleared(tall * max(broad, W + 2 * PW) * L, x), cleared(tall * W * L, x)
        v, m = aligned(P * v_step, x), aligned(P * m_step, x)
        y, corner, bad = aligned(MH * DH * BAND * OW * L, x), aligned(MH * MW * L, x), aligned(L, x)
        off = np.empty(K, np.int64)
        for k in range(K):
            c = k // KD
            off[k] = (c // L * reach + k % KD * DD * per_slice) * L + c % L
        flat, kernels, starts, target = x.reshape(-1), u.reshape(-1), bias.reshape(-1), out.reshape(-1)
        for block in range(first, last):
            top, n0 = block % bands * MH * DH * BAND, block // bands * IMAGES
            images, lines = min(IMAGES, N - n0), min(MH * DH * BAND, OH - top)
            bad[:] = 0
            for g in range(G):
                for i in range(images * CB * slices):
                    n, cb, s = i // (CB * slices), i // slices % CB, i % slices
                    at = (((n0 + n) * C + g * per_in + cb * L) * D + s - PD) * H * W
                    inside = H if PD <= s < PD + D else 0
                    frame(flat, at, D * H * W, min(L, per_in - cb * L), top - PH, tall, inside, W, PW, broad, narrow, framed)
                    patches(framed, broad, DH, DW, BAND, across, v, (cb * reach + (n * slices + s) * per_slice) * L, v_step)
                for p in range(P):
                    for b in range(0, B, 2):
                        line = ((g * P + p) * B + b) * K * L
                        for t in range(0, images * slices * per_slice, ROWS):
                            to = p * m_step + (b * most + t) * L
                            if b + 1 < B:
                                pair(v, p * v_step + t * L, off, K, kernels, line, L, K * L, m, to, L, most * L)
                            else:
                                single(v, p * v_step + t * L, off, K, kernels, line, L, K * L, m, to, L, most * L)
                for i in range(images * B * OD):
                    n, ob, s = i // (B * OD), i // OD % B, i % OD
                    at = (ob * most + (n * slices + s) * per_slice) * L
                    results(m, at, m_step, starts, (g * B + ob) * L, y, corner, lines, OW, DH, DW, BAND, across, bad)
                    plane = ((n0 + n) * O + g * per_out + ob * L) * OD + s
                    outof(y, 0, lines * OW, min(L, per_out - ob * L), target, (plane * OH + top) * OW, OD * OH * OW)
            total = bad[0]
            for i in range(1, L):
                total += bad[i]
            spoilt[block] = total != 0

    return SimpleNamespace(run=run, lanes=L)


@functools.cache
def weight_products(dtype: str, high: int, wide: int) -> SimpleNamespace:
    """The loop over blocks of the gradient for kernels of size (any, high, wide)."""
    L = lanes(dtype)
    frame, (patches, tiles) = framing(L), _reading(L, high, wide)
    half = min(HALF, L)
    pair, single = products(L, half, 2, 1, True), products(L, half, 1, 1, True)
    rows, columns = LINES[high], LINES[wide]
    P, MH, MW = rows.places * columns.places, rows.results, columns.results

    @contract(
        f"blocks == PARTS and B == (O // G + {L - 1}) // {L} and K == (C // G + {L - 1}) // {L} * {L} * KD and BLOCKS >= 1",
        *_fits(high, wide),
        g=array("N O OD OH OW", (dtype,)),
        x=array("N C D H W", (dtype,)),
        sums=array(f"PARTS G {P} B K {L}", (dtype,), writes=True),
        BLOCKS=integer(1),
        **_STATICS,
    )
    @compiled(parallel=True)
    def run(first, last, g, x, sums, BLOCKS, KD, PD, PH, PW, DD, DH, DW, G, IMAGES, BAND):  # type: ignore[no-untyped-def]
        """sums[part, :, :, b, (c, d)] += Σ over tiles of (Bᵀ x B)[c] · (A g Aᵀ)[b], over the blocks of a part."""
        N, C, D, H, W = x.shape
        O, OD, OH, OW = g.shape[1:]
        PARTS, B, K = sums.shape[0], sums.shape[3], sums.shape[4]
        per_in, per_out, CB = C // G, O // G, -(-(C // G) // L)
        across, bands, slices = -(-OW // (MW * DW)), -(-OH // (MH * DH * BAND)), D + 2 * PD
        per_slice = BAND * DH * DW * across
        most = IMAGES * OD * per_slice
        reach = most + (slices - OD) * per_slice
        v_step, m_step = apart(CB * reach * L, L), apart(B * most * L, L)
        tall, broad = (MH * BAND + high - 1) * DH, MW * DW * across + (wide - 1) * DW
        framed, narrow = cleared(tall * max(broad, W + 2 * PW) * L, x), cleared(tall * max(W, OW) * L, x)
        edged = cleared(MH * DH * BAND * MW * DW * across * L, x)
        v, m = aligned(P * v_step, x), aligned(P * m_step, x)
        off = np.arange(most) * L
        flat, grads, target = x.reshape(-1), g.reshape(-1), sums.reshape(-1)
        for part in range(first, last):
            for block in range(BLOCKS * part // PARTS, BLOCKS * (part + 1) // PARTS):
                top, n0 = block % bands * MH * DH * BAND, block // bands * IMAGES
                images = min(IMAGES, N - n0)
                for group in range(G):
                    for i in range(images * CB * slices):
                        n, cb, s = i // (CB * slices), i // slices % CB, i % slices
                        at = (((n0 + n) * C + group * per_in + cb * L) * D + s - PD) * H * W
                        inside = H if PD <= s < PD + D else 0
                        frame(flat, at, D * H * W, min(L, per_in - cb * L), top - PH, tall, inside, W, PW, broad, narrow, framed)
                        patches(framed, broad, DH, DW, BAND, across, v, (cb * reach + (n * slices + s) * per_slice) * L, v_step)
                    for i in range(images * B * OD):
                        n, ob, s = i // (B * OD), i // OD % B, i % OD
                        at = (((n0 + n) * O + group * per_out + ob * L) * OD + s) * OH * OW
                        lines = MH * DH * BAND
                        frame(grads, at, OD * OH * OW, min(L, per_out - ob * L), top, lines, OH, OW, 0, MW * DW * across, narrow, edged)
                        tiles(edged, MW * DW * across, DH, DW, BAND, across, m, (ob * most + (n * OD + s) * per_slice) * L, m_step)
                    for p in range(P):
                        for i in range(KD * CB * (L // half)):
                            d, c = i % KD, i // KD * half
                            if c >= per_in:
                                continue
                            at = p * v_step + (c // L * reach + d * DD * per_slice) * L + c % L
                            for b in range(0, B, 2):
                                to = ((((part * G + group) * P + p) * B + b) * K + c * KD + d) * L
                                count = images * OD * per_slice
                                if b + 1 < B:
                                    pair(v, at, off, count, m, p * m_step + b * most * L, L, most * L, target, to, KD * L, K * L)
                                else:
                                    single(v, at, off, count, m, p * m_step + b * most * L, L, most * L, target, to, KD * L, K * L)

    return SimpleNamespace(run=run, lanes=L)
