"""Layers with parameters: recurrent ones and those of transformers."""

from __future__ import annotations

from .row import Row, both_ways


def layer(name: str, make: str, shape: str, out: str = "m(x)") -> list[Row]:
    """A layer with parameters, all of which get gradients."""
    return both_ways("layers", name, out, f"x:{shape}", f"m = nn.{make}; p = list(m.parameters())", wanted="x, *p")


ROWS: list[Row] = [
    *layer("LSTM 64-128, 50 steps of 32", "LSTM(64, 128)", "50, 32, 64", "m(x)[0]"),
    *layer("GRU 64-128, 50 steps of 32", "GRU(64, 128)", "50, 32, 64", "m(x)[0]"),
    *layer("GRUCell 64-128, 32", "GRUCell(64, 128)", "32, 64"),
    *layer("transformer layer 128, 16x50", "TransformerEncoderLayer(128, 4, 256, dropout=0.0, batch_first=True)", "16, 50, 128"),
]
