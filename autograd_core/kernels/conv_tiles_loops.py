"""The compiled loops of `conv_tiles`: planes packed with their padding, tiles of sums in registers, weights in the tiles' order.

Imports NumPy, `jit`, `contract`, `rows`, `vector`. A packed plane has its rows one after the other, so that a tap of the kernel is a
shift of the whole plane; what is computed between the rows is dropped.
"""

from __future__ import annotations

import functools
from types import SimpleNamespace

import numpy as np

from .contract import FLOATS, array, contract, flag, integer
from .jit import compiled
from .rows import valid_range
from .vector import lane_sum, lanes, register_bytes, row_products, weighted_rows

TOGETHER = 1024
"""Positions that a tile of the weight's gradient goes through between two visits to memory."""

_PLANES = "FD * FH * FW * DS * HS * PITCH <= LEN"


@contract(
    "blocks == B * C",
    _PLANES,
    x=array("B C D H W", FLOATS),
    packed=array("B C LEN", same="x", writes=True),
    fd=array("FD", ("int64",)),
    fh=array("FH", ("int64",)),
    fw=array("FW", ("int64",)),
    **{name: integer(1) for name in ("SD", "SH", "SW", "DS", "HS", "PITCH")},
)
@compiled(parallel=True)
def pack(first, last, x, packed, fd, fh, fw, SD, SH, SW, DS, HS, PITCH):  # type: ignore[no-untyped-def]
    """packed[b, c] = for every phase the planes of x at coordinates i · S + f, zero where there is no such coordinate."""
    C, D, H, W = x.shape[1:]
    for block in range(first, last):
        plane, flat = x[block // C, block % C], packed[block // C, block % C]
        flat[:] = 0
        phase = -1
        for pd in range(len(fd)):
            dlo, dhi = valid_range(fd[pd], SD, D, DS)
            for ph in range(len(fh)):
                hlo, hhi = valid_range(fh[ph], SH, H, HS)
                for pw in range(len(fw)):
                    phase += 1
                    lo, hi = valid_range(fw[pw], SW, W, PITCH)
                    if lo == hi:
                        continue
                    begin, end = fw[pw] + lo * SW, fw[pw] + (hi - 1) * SW + 1
                    for i in range(dlo, dhi):
                        for j in range(hlo, hhi):
                            at = ((phase * DS + i) * HS + j) * PITCH + lo
                            inner, source = flat[at : at + hi - lo], plane[i * SD + fd[pd], j * SH + fh[ph], begin:end]
                            if SW == 1:
                                for k in range(len(source)):
                                    inner[k] = source[k]
                            elif SW == 2:  # a stride that is known becomes two loads and a shuffle
                                for k in range(len(inner)):
                                    inner[k] = source[2 * k]
                            else:
                                for k in range(len(inner)):
                                    inner[k] = source[k * SW]


@contract(
    "blocks == G * NB and NB * OB >= O and LEN == (R + 1) * OB",
    m=array("G O R", FLOATS),
    b=array("G O", same="m"),
    packed=array("G NB LEN", same="m", writes=True),
    OB=integer(1),
)
@compiled(parallel=True)
def pack_weights(first, last, m, b, packed, OB):  # type: ignore[no-untyped-def]
    """packed[g, i]: the biases of OB outputs, then their weights row by row."""
    O, R = m.shape[1:]
    NB = packed.shape[1]
    for block in range(first, last):
        g, i = block // NB, block % NB
        flat = packed[g, i]
        flat[:] = 0
        for k in range(min(OB, O - i * OB)):
            o = i * OB + k
            flat[k] = b[g, o]
            row, to = m[g, o], flat[OB + k :]
            for r in range(R):
                to[r * OB] = row[r]


@functools.cache
def shape_of_tiles(outs: int) -> tuple[int, int, int]:
    """(outputs, vectors, vectors of the narrow tile) of a tile for so many outputs: up to 24 sums of 32 registers, or 12 of 16.

    Eight outputs at once read the input half as often as four, which leave less undone at 12 or 20 outputs.
    """
    if register_bytes() == 64:
        return (1, 8, 2) if outs == 1 else (8, 3, 1) if outs % 8 == 0 or outs >= 24 else (4, 6, 2)
    return (1, 8, 2) if outs == 1 else (4, 3, 2)


@functools.cache
def correlation(dtype: str, outs: int, vectors: int, narrow: int) -> SimpleNamespace:
    """The loop over bands of rows for tiles of one shape, and by how much it may read and write beyond a band."""
    count = lanes(dtype)
    wide_tile, narrow_tile = weighted_rows(count, outs, vectors), weighted_rows(count, outs, narrow)
    WIDE, NARROW = count * vectors, count * narrow

    @contract(
        "blocks == B * G * QD * BANDS * PARTS and PARTS <= NB and BANDS * ROWS >= QH",
        f"O == G * PER and NB * {outs} >= PER and LEN == (T + 1) * {outs} and T >= 1",
        "(QD - 1) * SD + RD < D and (QH - 1) * SH + RH < H and (QW - 1) * SW + RW < W and QW <= PITCH",
        f"B * G * STEP + SLACK <= SIZE and ROWS * PITCH + {NARROW} <= STRIP",
        x=array("SIZE", (dtype,)),
        off=array("T", ("int64",), at_least="0", below=f"STEP + SLACK - ((QD - 1) * HS + QH) * PITCH - {NARROW} + 1"),
        w=array("G NB LEN", (dtype,)),
        out=array("B O D H W", (dtype,), writes=True),
        **{name: integer() for name in ("STEP", "SLACK", "STRIP", "RD", "RH", "RW")},
        **{name: integer(1) for name in ("PER", "BANDS", "ROWS", "PARTS", "QD", "QH", "QW", "HS", "PITCH", "SD", "SH", "SW")},
    )
    @compiled(parallel=True)
    def run(  # type: ignore[no-untyped-def]
        first, last, x, off, w, out, STEP, SLACK, STRIP, PER, BANDS, ROWS, PARTS, QD, QH, QW, HS, PITCH, SD, SH, SW, RD, RH, RW
    ):
        G = w.shape[0]
        strip = np.empty(outs * STRIP, x.dtype)
        NB, taps = w.shape[1], len(off)
        for block in range(first, last):
            part, rest = block % PARTS, block // PARTS
            band, rest = rest % BANDS, rest // BANDS
            qd, rest = rest % QD, rest // QD
            n, g = rest // G, rest % G
            top = band * ROWS
            rows = min(ROWS, QH - top)
            if rows <= 0:
                continue
            length = (rows - 1) * PITCH + QW
            at = rest * STEP + (qd * HS + top) * PITCH
            for i in range(NB * part // PARTS, NB * (part + 1) // PARTS):
                weights = w[g, i]
                p = 0
                while p + WIDE <= length:
                    wide_tile(x, at + p, off, taps, weights, strip, p, STRIP)
                    p += WIDE
                while p < length:
                    narrow_tile(x, at + p, off, taps, weights, strip, p, STRIP)
                    p += NARROW
                for k in range(min(outs, PER - i * outs)):
                    plane = out[n, g * PER + i * outs + k, qd * SD + RD]
                    for r in range(rows):
                        to, row = plane[(top + r) * SH + RH][RW:], strip[k * STRIP + r * PITCH : k * STRIP + r * PITCH + QW]
                        if SW == 1:
                            to = to[: len(row)]
                            for j in range(len(row)):
                                to[j] = row[j]
                        else:
                            for j in range(len(row)):
                                to[j * SW] = row[j]

    return SimpleNamespace(run=run, beyond=NARROW)


@functools.cache
def weight_products(dtype: str, outs: int, taps: int) -> SimpleNamespace:
    """The loop over tiles of the weight's gradient, and the length that its rows are multiples of."""
    count = lanes(dtype)
    tile, total = row_products(count, outs, taps), lane_sum(count)
    SIZE = outs * taps * count

    @contract(
        f"blocks == G * NB * PARTS and O == G * PER and NB * {outs} >= PER and B >= 1 and LEN >= 1 and LEN % {count} == 0",
        f"T <= PADDED and PADDED % {taps} == 0 and PARTS * {taps} <= PADDED",
        f"B * O * LEN + {outs} * LEN <= GSIZE and B * G * STEP + SLACK <= XSIZE",
        g=array("GSIZE", (dtype,)),
        x=array("XSIZE", (dtype,)),
        off=array("PADDED", ("int64",), at_least="0", below="STEP + SLACK - LEN + 1"),
        out=array("O T", (dtype,), writes=True),
        add=flag(),
        **{name: integer() for name in ("STEP", "SLACK")},
        **{name: integer(1) for name in ("B", "G", "PER", "NB", "PARTS", "LEN")},
    )
    @compiled(parallel=True)
    def run(first, last, g, x, off, out, add, STEP, SLACK, B, G, PER, NB, PARTS, LEN):  # type: ignore[no-untyped-def]
        T, groups = out.shape[1], len(off) // taps
        sums = np.empty((groups // PARTS + 1) * SIZE, g.dtype)
        together = max(1, TOGETHER // LEN)  # images whose rows of g stay in the first-level cache
        for block in range(first, last):
            part, rest = block % PARTS, block // PARTS
            group, i = rest // NB, rest % NB
            o = group * PER + i * outs
            lo, hi = groups * part // PARTS, groups * (part + 1) // PARTS
            sums[:] = 0
            for n in range(0, B, together):
                images = min(together, B - n)
                grads, source = (n * G * PER + o) * LEN, (n * G + group) * STEP
                for k in range(lo, hi):
                    tile(g, grads, LEN, G * PER * LEN, x, source, off, k * taps, G * STEP, images, LEN, sums, (k - lo) * SIZE)
            for a in range(min(outs, PER - i * outs)):
                row = out[o + a]
                for k in range(lo, hi):
                    for t in range(min(taps, T - k * taps)):
                        value = total(sums, (k - lo) * SIZE + (a * taps + t) * count)
                        row[k * taps + t] = row[k * taps + t] + value if add else value

    return SimpleNamespace(run=run, lanes=count)
