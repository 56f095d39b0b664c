"""Layers with parameters: recurrent ones, those of transformers, embeddings and dropout."""

from __future__ import annotations

import functools

from .row import Row, both_ways

both = functools.partial(both_ways, "layers")
ENCODER = "TransformerEncoderLayer(128, 4, 256, dropout=0.0, batch_first=True)"


def layer(name: str, make: str, shape: str, out: str = "m(x)") -> list[Row]:
    """A layer with parameters, all of which get gradients."""
    return both(name, out, f"x:{shape}", f"m = nn.{make}; p = list(m.parameters())", wanted="x, *p")


def embedding(rows: int, width: int) -> list[Row]:
    """Rows out of a table, and the gradient of the table."""
    return both(f"embedding, 64x64 of {rows}x{width}", "F.embedding(i, x)", f"x:{rows}, {width}", f"i = T.randint(0, {rows}, (64, 64))")


ROWS: list[Row] = [
    *layer("RNN 64-128, 50 steps of 32", "RNN(64, 128)", "50, 32, 64", "m(x)[0]"),
    *layer("LSTM 64-128, 50 steps of 32", "LSTM(64, 128)", "50, 32, 64", "m(x)[0]"),
    *layer("LSTM 32-64, two layers both ways, 20 steps of 16", "LSTM(32, 64, 2, bidirectional=True)", "20, 16, 32", "m(x)[0]"),
    *layer("GRU 64-128, 50 steps of 32", "GRU(64, 128)", "50, 32, 64", "m(x)[0]"),
    *layer("LSTMCell 64-128, 32", "LSTMCell(64, 128)", "32, 64", "m(x)[0]"),
    *layer("GRUCell 64-128, 32", "GRUCell(64, 128)", "32, 64"),
    *layer("transformer layer 128, 16x50", ENCODER, "16, 50, 128"),
    *layer("attention 128 in 4 heads, 16x50", "MultiheadAttention(128, 4, batch_first=True)", "16, 50, 128", "m(x, x, x)[0]"),
    *both("causal attention, 12x4x64x32", "F.scaled_dot_product_attention(x, x, x, is_causal=True)", "x:12, 4, 64, 32"),
    *embedding(1000, 64),
    *embedding(50000, 128),
    *both("dropout, a million numbers", "F.dropout(x, 0.5)", "x:1000, 1000"),
]
