"""Steps of optimizers."""

from __future__ import annotations

from .row import Row


def stepping(name: str, make: str) -> list[Row]:
    """One step of an optimizer on a large parameter, and on many small ones."""
    grads = "for p in ps: p.grad = T.randn_like(p)"
    return [
        Row("optimizers", f"{name}, {what}", "o.step()", f"ps = {params}\n{grads}\no = optim.{make}", "both")
        for what, params in (
            ("a million numbers", "[T.zeros(1000, 1000, requires_grad=True)]"),
            ("200 of 10x10", "[T.zeros(10, 10, requires_grad=True) for _ in range(200)]"),
        )
    ]


ROWS: list[Row] = [
    *stepping("SGD with momentum", "SGD(ps, lr=0.1, momentum=0.9)"),
    *stepping("Adam", "Adam(ps)"),
    *stepping("AdamW", "AdamW(ps)"),
]
