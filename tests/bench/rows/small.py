"""Ten floats: what recording an op costs, forward and with the backward pass."""

from __future__ import annotations

from .row import Row

TEN = "x, y = T.randn(10, requires_grad=True), T.randn(10, requires_grad=True)"
SQUARES = "x, y = T.randn(3, 3, requires_grad=True), T.randn(3, 3, requires_grad=True)"
TWO_ROWS = "x = T.randn(2, 5).requires_grad_(); i = T.tensor([1, 3]); w, b = T.ones(5, requires_grad=True), T.zeros(5, requires_grad=True)"
# name, statement, setup
ON_TEN_FLOATS = [
    ("add", "x + y", TEN),
    ("sub", "x - y", TEN),
    ("mul", "x * y", TEN),
    ("mul by a number", "x * 2.0", TEN),
    ("div", "x / y", TEN),
    ("pow 2", "x ** 2", TEN),
    ("tanh", "x.tanh()", TEN),
    ("exp", "x.exp()", TEN),
    ("relu", "F.relu(x)", TEN),
    ("matmul 3x3", "x @ y", SQUARES),
    ("linear 3x3", "F.linear(x, y)", SQUARES),
    ("sum", "x.sum()", TEN),
    ("mean", "x.mean()", TEN),
    ("max", "x.max()", TEN),
    ("softmax", "x.softmax(0)", TEN),
    ("x[3]", "x[3]", TEN),
    ("x[2:5]", "x[2:5]", TEN),
    ("reshape", "x.reshape(2, 5)", TEN),
    ("transpose", "x.t()", SQUARES),
    ("cat", "T.cat([x, y])", TEN),
    ("where", "T.where(m, x, y)", TEN + "; m = T.arange(10) > 4"),
    ("sigmoid", "x.sigmoid()", TEN),
    ("silu", "F.silu(x)", TEN),
    ("gelu", "F.gelu(x)", TEN),
    ("log_softmax 2x5", "F.log_softmax(x, 1)", TWO_ROWS),
    ("cross_entropy 2x5", "F.cross_entropy(x, i)", TWO_ROWS),
    ("mse_loss", "F.mse_loss(x, y)", TEN),
    ("layer_norm 2x5", "F.layer_norm(x, (5,), w, b)", TWO_ROWS),
    ("batch_norm 2x5", "F.batch_norm(x, None, None, w, b, True)", TWO_ROWS),
    ("embedding 3x3", "F.embedding(i, x)", SQUARES + "; i = T.tensor([1, 2])"),
    ("x[indices]", "x[i]", TEN + "; i = T.tensor([1, 3, 5])"),
    ("gather 2x5", "x.gather(1, i[:, None])", TWO_ROWS),
    ("masked_fill", "x.masked_fill(m, 0.0)", TEN + "; m = T.arange(10) > 4"),
    ("clamp", "x.clamp(-1.0, 1.0)", TEN),
    ("max 2x5, dim 1", "x.max(1).values", TWO_ROWS),
    ("var 2x5, dim 1", "x.var(1)", TWO_ROWS),
    ("dropout", "F.dropout(x, 0.5)", TEN),
    ("stack", "T.stack([x, y])", TEN),
    ("chunk", "x.chunk(2)[0]", TEN),
]

ROWS: list[Row] = [
    *[Row("ten floats, forward", *row) for row in ON_TEN_FLOATS],
    *[Row("ten floats, forward and backward", n, f"({s}).backward(g)", f"{u}; g = T.ones_like({s})") for n, s, u in ON_TEN_FLOATS],
]
