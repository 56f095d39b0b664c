"""Whole graphs and steps of training: what the overhead of recording, the kernels and the optimizers come to together."""

from __future__ import annotations

from . import networks
from .row import Row

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
READS = """
def reads(x):
    total = 0
    for t in range(len(x)):
        total = total + x[t] * x[t]
    return total
x = T.randn(500, 64, requires_grad=True)
"""
PENALTY = """
def step():
    x.grad = None
    model.zero_grad()
    g, = T.autograd.grad(model(x).sum(), x, create_graph=True)
    ((g.norm(2, 1) - 1) ** 2).mean().backward()
model = nn.Sequential(nn.Linear(64, 128), nn.Tanh(), nn.Linear(128, 128), nn.Tanh(), nn.Linear(128, 1))
x = T.randn(64, 64, requires_grad=True)
"""
# A graph of Cora's size: 2708 papers with 1433 words, 5278 citations in both directions and a loop at each paper.
GCN = """
T.manual_seed(0)
pairs = T.randint(0, 2708, (2, 5278)); loops = T.arange(2708)
source, target = T.cat([pairs[0], pairs[1], loops]), T.cat([pairs[1], pairs[0], loops])
degree = T.zeros(2708).index_add(0, target, T.ones(len(target)))
weight = ((degree[source] * degree[target]) ** -0.5)[:, None]
def layer(x, w):
    h = x @ w
    return T.zeros(2708, h.shape[1]).index_add(0, target, h[source] * weight)
x = (T.rand(2708, 1433) < 0.0127).float(); w = T.randn(1433, 16, requires_grad=True)
v = T.randn(16, 7, requires_grad=True)
"""

ROWS: list[Row] = [
    Row("graphs", "10,000 scalar nodes, forward", "chain(x)", CHAIN),
    Row("graphs", "10,000 scalar nodes, backward", "y.backward(retain_graph=True)", CHAIN + "y = chain(x)"),
    Row("graphs", "100 recurrent cells, forward and backward", "cells(h).sum().backward()", CELLS),
    Row("graphs", "500 reads x[t], forward and backward", "reads(x).sum().backward()", READS),
    Row("graphs", "gradient penalty of an MLP 64-128-128-1, batch 64", "step()", PENALTY, "both"),
    Row("graphs", "GCN layer 1433-16 on Cora's size, forward", "layer(x, w.detach())", GCN, "both"),
    Row("graphs", "GCN layer 1433-16 on Cora's size, forward and backward", "layer(x, w).sum().backward()", GCN, "both"),
    Row("graphs", "GCN 1433-16-7 on Cora's size, forward and backward", "layer(layer(x, w).relu(), v).sum().backward()", GCN, "both"),
    Row("training steps", "MLP 2-16-16-1, batch 8", "step()", networks.TINY_STEP),
    Row("training steps", "MLP 784-256-128-10, batch 64", "step()", networks.DIGITS_STEP, "both"),
    Row("training steps", "MNIST network, batch 64", "step()", networks.MNIST_STEP, "both"),
    Row("training steps", "LeNet, batch 4", "step()", networks.LENET_4, "both"),
    Row("training steps", "LeNet, batch 64", "step()", networks.LENET_64, "both"),
    Row("training steps", "cats and dogs 150x150x3, batch 20", "step()", networks.PETS_STEP, "both"),
    Row("training steps", "ResNet-18 32x32, batch 32", "step()", networks.RESNET_STEP, "both"),
    Row("training steps", "character GPT, 4 layers of 128, 12x64", "step()", networks.GPT_STEP, "both"),
    Row("training steps", "character LSTM, 2 layers of 128, 32x50", "step()", networks.LETTERS_STEP, "both"),
]
