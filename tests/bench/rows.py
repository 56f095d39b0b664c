"""What is raced: one line a row. Each is Python text that runs under both libraries, with T, nn, F, optim and data naming theirs."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """A statement to time after a setup that is not. `threads` is "one" for rows of overhead, "both" for one thread and all."""

    group: str
    name: str
    statement: str
    setup: str = ""
    threads: str = "one"


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

CHAIN = """
def chain(y):
    for i in range(5000):
        y = y * 1.0001 + 0.0001
    return y
x = T.tensor(1.0, requires_grad=True)
"""
CELLS = """
def cells(h):
    for i in range(100):
        h = T.tanh(h @ w + b)
    return h
h = T.randn(8, 16); w = T.randn(16, 16, requires_grad=True); b = T.zeros(16, requires_grad=True)
"""
MNIST = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 32, 3, 1), nn.Conv2d(32, 64, 3, 1)
        self.dropout1, self.dropout2 = nn.Dropout(0.25), nn.Dropout(0.5)
        self.fc1, self.fc2 = nn.Linear(9216, 128), nn.Linear(128, 10)

    def forward(self, x):
        x = F.relu(self.conv2(F.relu(self.conv1(x))))
        x = self.dropout1(F.max_pool2d(x, 2))
        x = self.dropout2(F.relu(self.fc1(T.flatten(x, 1))))
        return F.log_softmax(self.fc2(x), dim=1)

def step():
    optimizer.zero_grad()
    loss = F.nll_loss(model(x), target)
    loss.backward()
    optimizer.step()
    return loss

model = Net()
optimizer = optim.Adadelta(model.parameters(), lr=1.0)
x, target = T.randn(64, 1, 28, 28), T.randint(0, 10, (64,))
"""
MLP = """
def step():
    optimizer.zero_grad()
    loss = F.mse_loss(model(x), target)
    loss.backward()
    optimizer.step()

model = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = optim.SGD(model.parameters(), lr=0.1)
x, target = T.randn(8, 2), T.randn(8, 1)
"""
EPOCH = """
digits = data.TensorDataset(T.randn(60000, 1, 28, 28), T.randint(0, 10, (60000,)))
loader = data.DataLoader(digits, batch_size=64, shuffle=True)
"""


def in_groups(rows: list[Row]) -> list[Row]:
    """The rows of a group one after the other."""
    groups = list(dict.fromkeys(r.group for r in rows))
    return sorted(rows, key=lambda r: groups.index(r.group))


def both_ways(name: str, out: str, shapes: str, more: str = "", wanted: str = "x") -> list[Row]:
    """A heavy row: forward without recording, and forward with backward, on one thread and on all."""
    setup = "; ".join(
        [*(f"{v} = T.randn({s}, requires_grad=True)" for v, s in (pair.split(":") for pair in shapes.split(";"))), *filter(None, [more])]
    )
    quiet = setup.replace(", requires_grad=True", "")
    backward = f"T.autograd.grad({out}, [{wanted}], g)"
    return [
        Row("kernels, forward", name, out, quiet, "both"),
        Row("kernels, forward and backward", name, backward, f"{setup}; g = T.ones_like({out})", "both"),
    ]


def million(name: str, out: str) -> list[Row]:
    """An elementwise function of a million numbers."""
    return both_ways(f"{name}, a million numbers", out, "x:1000, 1000")


def conv(name: str, x: str, w: str, more: str = "", function: str = "conv2d") -> list[Row]:
    """A convolution with the gradients of its input and its weight."""
    return both_ways(
        f"conv {name}, {x.replace(', ', 'x')} by {w.replace(', ', 'x')}", f"F.{function}(x, w{more})", f"x:{x};w:{w}", wanted="x, w"
    )


def layer(name: str, make: str, shape: str, out: str = "m(x)") -> list[Row]:
    """A layer with parameters, all of which get gradients."""
    return both_ways(name, out, f"x:{shape}", f"m = nn.{make}; p = list(m.parameters())", wanted="x, *p")


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


def square(n: int) -> list[Row]:
    """The product of two n × n matrices."""
    return both_ways(f"matmul {n}", "x @ y", f"x:{n}, {n};y:{n}, {n}", wanted="x, y")


ROWS: list[Row] = in_groups([
    *[Row("ten floats, forward", *row) for row in ON_TEN_FLOATS],
    *[Row("ten floats, forward and backward", n, f"({s}).backward(g)", f"{u}; g = T.ones_like({s})") for n, s, u in ON_TEN_FLOATS],
    Row("graphs", "10,000 scalar nodes, forward", "chain(x)", CHAIN),
    Row("graphs", "10,000 scalar nodes, backward", "y.backward(retain_graph=True)", CHAIN + "y = chain(x)"),
    Row("graphs", "100 recurrent cells, forward and backward", "cells(h).sum().backward()", CELLS),
    Row("training steps", "MLP 2-16-16-1, batch 8", "step()", MLP),
    Row("training steps", "MNIST network, batch 64", "step()", MNIST, "both"),
    Row("data", "an epoch of 60,000 digits in memory, batch 64, shuffled", "for batch in loader: pass", EPOCH),
    *square(64),
    *square(256),
    *square(512),
    *both_ways("conv 3x3, 64x32x26x26 to 64", "F.conv2d(x, w)", "x:64, 32, 26, 26;w:64, 32, 3, 3", wanted="x, w"),
    *both_ways("conv 3x3, 64x1x28x28 to 32", "F.conv2d(x, w)", "x:64, 1, 28, 28;w:32, 1, 3, 3", wanted="w"),
    *both_ways(
        "conv 5x5 stride 2, 16x8x32x32 to 16", "F.conv2d(x, w, stride=2, padding=2)", "x:16, 8, 32, 32;w:16, 8, 5, 5", wanted="x, w"
    ),
    *both_ways("depthwise 3x3, 16x32x28x28", "F.conv2d(x, w, padding=1, groups=32)", "x:16, 32, 28, 28;w:32, 1, 3, 3", wanted="x, w"),
    *conv("5x5", "16, 32, 28, 28", "64, 32, 5, 5", ", padding=2"),
    *conv("5x5", "64, 1, 28, 28", "6, 1, 5, 5", ", padding=2"),
    *conv("7x7 stride 2", "4, 3, 112, 112", "64, 3, 7, 7", ", stride=2, padding=3"),
    *conv("3x3 stride 2", "8, 64, 28, 28", "128, 64, 3, 3", ", stride=2, padding=1"),
    *conv("1x1", "16, 64, 28, 28", "128, 64, 1, 1"),
    *conv("4x4 stride 4", "8, 3, 64, 64", "64, 3, 4, 4", ", stride=4"),
    *conv("depthwise stride 2", "8, 64, 28, 28", "64, 1, 3, 3", ", stride=2, padding=1, groups=64"),
    *conv("in 4 groups", "8, 64, 28, 28", "64, 16, 3, 3", ", padding=1, groups=4"),
    *conv("dilated", "8, 32, 28, 28", "32, 32, 3, 3", ", padding=2, dilation=2"),
    *conv("1-d", "16, 32, 256", "64, 32, 5", ", padding=2", "conv1d"),
    *conv("3-d", "2, 8, 16, 16, 16", "16, 8, 3, 3, 3", ", padding=1", "conv3d"),
    *conv("transposed", "8, 64, 14, 14", "64, 32, 4, 4", ", stride=2, padding=1", "conv_transpose2d"),
    *conv("tiny", "1, 1, 8, 8", "4, 1, 3, 3", ", padding=1"),
    *both_ways("max_pool2d 3 stride 2, 16x64x16x61", "F.max_pool2d(x, 3, 2, 1)", "x:16, 64, 16, 61"),
    *both_ways("adaptive_avg_pool2d 1, 64x256x8x8", "F.adaptive_avg_pool2d(x, 1)", "x:64, 256, 8, 8"),
    *both_ways("group_norm 8, 16x64x32x30", "F.group_norm(x, 8, w, b)", "x:16, 64, 32, 30;w:64;b:64", wanted="x, w, b"),
    *both_ways("layer_norm, 15625x64", "F.layer_norm(x, (64,), w, b)", "x:15625, 64;w:64;b:64", wanted="x, w, b"),
    *both_ways("softmax, 15625x64", "F.softmax(x, 1)", "x:15625, 64"),
    *both_ways("upsample nearest 2, 16x64x15x15", "F.interpolate(x, scale_factor=2)", "x:16, 64, 15, 15"),
    *layer("LSTM 64-128, 50 steps of 32", "LSTM(64, 128)", "50, 32, 64", "m(x)[0]"),
    *layer("GRU 64-128, 50 steps of 32", "GRU(64, 128)", "50, 32, 64", "m(x)[0]"),
    *layer("GRUCell 64-128, 32", "GRUCell(64, 128)", "32, 64"),
    *layer("transformer layer 128, 16x50", "TransformerEncoderLayer(128, 4, 256, dropout=0.0, batch_first=True)", "16, 50, 128"),
    *both_ways("embedding, 64x64 of 50000x128", "F.embedding(i, x)", "x:50000, 128", "i = T.randint(0, 50000, (64, 64))"),
    *both_ways("gather, 1000x1000", "x.gather(1, i)", "x:1000, 1000", "i = T.randint(0, 1000, (1000, 1000))"),
    *both_ways("scatter_add, 1000x1000", "x.scatter_add(1, i, y)", "x:1000, 1000;y:1000, 1000", "i = T.randint(0, 1000, (1000, 1000))"),
    *both_ways("max_pool2d 2, 64x64x24x24", "F.max_pool2d(x, 2)", "x:64, 64, 24, 24"),
    *both_ways("avg_pool2d 2, 64x64x24x24", "F.avg_pool2d(x, 2)", "x:64, 64, 24, 24"),
    *both_ways("softmax, 256x1000", "F.softmax(x, 1)", "x:256, 1000"),
    *both_ways("log_softmax, 64x10", "F.log_softmax(x, 1)", "x:64, 10"),
    *both_ways("cross_entropy, 256x1000", "F.cross_entropy(x, t)", "x:256, 1000", "t = T.randint(0, 1000, (256,))"),
    *both_ways("layer_norm, 256x512", "F.layer_norm(x, (512,), w, b)", "x:256, 512;w:512;b:512", wanted="x, w, b"),
    *both_ways("batch_norm, 64x32x26x26", "F.batch_norm(x, None, None, w, b, True)", "x:64, 32, 26, 26;w:32;b:32", wanted="x, w, b"),
    *both_ways("embedding, 64x64 of 1000x64", "F.embedding(i, x)", "x:1000, 64", "i = T.randint(0, 1000, (64, 64))"),
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
    *stepping("SGD with momentum", "SGD(ps, lr=0.1, momentum=0.9)"),
    *stepping("Adam", "Adam(ps)"),
    *stepping("AdamW", "AdamW(ps)"),
])  # fmt: skip
