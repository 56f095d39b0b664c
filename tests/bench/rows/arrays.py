"""Large arrays: elementwise functions, reductions, normalisations, softmax and losses, indexing."""

from __future__ import annotations

import functools

from .row import Row, both_ways

both = functools.partial(both_ways, "arrays")


def million(name: str, out: str) -> list[Row]:
    """An elementwise function of a million numbers."""
    return both(f"{name}, a million numbers", out, "x:1000, 1000")


ROWS: list[Row] = [
    *both("group_norm 8, 16x64x32x30", "F.group_norm(x, 8, w, b)", "x:16, 64, 32, 30;w:64;b:64", wanted="x, w, b"),
    *both("layer_norm, 15625x64", "F.layer_norm(x, (64,), w, b)", "x:15625, 64;w:64;b:64", wanted="x, w, b"),
    *both("softmax, 15625x64", "F.softmax(x, 1)", "x:15625, 64"),
    *both("gather, 1000x1000", "x.gather(1, i)", "x:1000, 1000", "i = T.randint(0, 1000, (1000, 1000))"),
    *both("scatter_add, 1000x1000", "x.scatter_add(1, i, y)", "x:1000, 1000;y:1000, 1000", "i = T.randint(0, 1000, (1000, 1000))"),
    *both("softmax, 256x1000", "F.softmax(x, 1)", "x:256, 1000"),
    *both("log_softmax, 64x10", "F.log_softmax(x, 1)", "x:64, 10"),
    *both("cross_entropy, 256x1000", "F.cross_entropy(x, t)", "x:256, 1000", "t = T.randint(0, 1000, (256,))"),
    *both("layer_norm, 256x512", "F.layer_norm(x, (512,), w, b)", "x:256, 512;w:512;b:512", wanted="x, w, b"),
    *both("batch_norm, 64x32x26x26", "F.batch_norm(x, None, None, w, b, True)", "x:64, 32, 26, 26;w:32;b:32", wanted="x, w, b"),
    *million("add", "x + 1.5"),
    *million("exp", "x.exp()"),
    *million("tanh", "x.tanh()"),
    *million("sigmoid", "x.sigmoid()"),
    *million("relu", "F.relu(x)"),
    *million("gelu", "F.gelu(x)"),
    *million("silu", "F.silu(x)"),
    *million("softplus", "F.softplus(x)"),
    *million("leaky_relu", "F.leaky_relu(x)"),
    *million("glu", "F.glu(x)"),
    *million("erf", "x.erf()"),
    *million("sum", "x.sum()"),
    *million("sum over rows", "x.sum(0)"),
    *million("broadcast mul", "x * x[0]"),
]
