"""The programs that the drawings are tested on."""

from __future__ import annotations

import math

import autograd_core as ag
import nn
import nn.functional as F
from autograd_core import viz


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.out = (nn.Linear(width, width) for _ in range(4))

    def forward(self, x):
        n, t, c = x.shape
        q, k, v = (layer(x).view(n, t, self.heads, c // self.heads).transpose(1, 2) for layer in (self.query, self.key, self.value))
        scores = (q @ k.transpose(-2, -1)) / math.sqrt(c // self.heads)
        return self.out((scores.softmax(-1) @ v).transpose(1, 2).reshape(n, t, c))


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.ln1, self.ln2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attn = Attention(width, heads)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x):
        x = x + self.attn(self.ln1(x))
        return x + self.mlp(self.ln2(x))


class Transformer(nn.Module):
    def __init__(self, depth, width=8, heads=2, words=11):
        super().__init__()
        self.embed = nn.Embedding(words, width)
        self.blocks = nn.ModuleList([Block(width, heads) for _ in range(depth)])
        self.head = nn.Linear(width, words)

    def forward(self, x):
        x = self.embed(x)
        for block in self.blocks:
            x = block(x)
        return self.head(x)


class Steps(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.LSTMCell(3, 4)
        self.out = nn.Linear(4, 2)

    def forward(self, x):
        state = None
        for t in range(len(x)):
            state = self.cell(x[t], state)
        return self.out(state[0])


def mlp(depth=3, width=5, act=nn.Sigmoid):
    ag.manual_seed(0)
    return nn.Sequential(*[layer for _ in range(depth) for layer in (nn.Linear(width, width), act())], nn.Linear(width, 1))


def convnet():
    ag.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(0.5), nn.Linear(27, 4))


def transformer(depth=4):
    ag.manual_seed(0)
    model = Transformer(depth)
    x = ag.randint(0, 11, (2, 3))
    return model, lambda: F.cross_entropy(model(x).view(-1, 11), ag.zeros(6, dtype=ag.int64))


def steps(count=6):
    ag.manual_seed(0)
    model = Steps()
    x = ag.randn(count, 2, 3)
    return model, lambda: model(x).square().mean()


def numbers():
    """A small graph of numbers, one leaf used twice."""
    a, b, c = (ag.tensor(v, dtype=ag.float64, requires_grad=True) for v in (2.0, -3.0, 10.0))
    return {"a": a, "b": b, "c": c}, lambda: ((a * b + c) * a).tanh()


def network():
    """A small graph with a branch that joins again, a reused leaf and a number."""
    w = ag.randn(3, 3, requires_grad=True)
    s = ag.tensor(2.0, requires_grad=True)
    x = ag.randn(4, 3)

    def loss():
        h = (x @ w).tanh()
        return ((h @ w + h) * s).square().mean()

    return {"w": w, "s": s}, loss


def recorded(make, **options):
    """(the trace of a forward and a backward pass, the loss)."""
    with viz.record(**options) as trace:
        loss = make()
        loss.backward()
    return trace, loss


PROGRAMS = {
    "network": lambda: network()[1],
    "numbers": lambda: numbers()[1],
    "mlp": lambda: (lambda model: lambda: model(ag.ones(4, 5)).square().mean())(mlp()),
    "convnet": lambda: (lambda model: lambda: model(ag.ones(2, 1, 8, 8)).square().mean())(convnet()),
    "transformer": lambda: transformer()[1],
    "steps": lambda: steps()[1],
}
