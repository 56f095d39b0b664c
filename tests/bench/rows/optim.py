"""Steps of optimizers, and clipping, on one large tensor and on many small ones."""

from __future__ import annotations

from .row import Row

SIZES = {
    "a million numbers": "[T.zeros(1000, 1000, requires_grad=True)]",
    "200 of 10x10": "[T.zeros(10, 10, requires_grad=True) for _ in range(200)]",
}


def on_both(name: str, statement: str, more: str = "") -> list[Row]:
    """A row for each of the sizes."""
    grads = "for p in ps: p.grad = T.randn_like(p)"
    return [Row("optimizers", f"{name}, {size}", statement, f"ps = {params}\n{grads}\n{more}", "both") for size, params in SIZES.items()]


def stepping(name: str, make: str) -> list[Row]:
    """A step of an optimizer."""
    return on_both(name, "o.step()", f"o = optim.{make}")


ROWS: list[Row] = [
    *stepping("SGD", "SGD(ps, lr=0.1)"),
    *stepping("SGD with momentum", "SGD(ps, lr=0.1, momentum=0.9)"),
    *stepping("Adam", "Adam(ps)"),
    *stepping("AdamW", "AdamW(ps)"),
    *stepping("Adadelta", "Adadelta(ps)"),
    *stepping("RMSprop", "RMSprop(ps)"),
    *on_both("clip_grad_norm_", "nn.utils.clip_grad_norm_(ps, 1.0)"),
    *on_both("clip_grad_value_", "nn.utils.clip_grad_value_(ps, 1.0)"),
]
