"""Data: an epoch through the loader."""

from __future__ import annotations

from .row import Row

EPOCH = """
digits = data.TensorDataset(T.randn(60000, 1, 28, 28), T.randint(0, 10, (60000,)))
loader = data.DataLoader(digits, batch_size=64, shuffle=True)
"""

ROWS: list[Row] = [
    Row("data", "an epoch of 60,000 digits in memory, batch 64, shuffled", "for batch in loader: pass", EPOCH),
]
