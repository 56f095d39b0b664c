"""Whole graphs and training steps of networks."""

from __future__ import annotations

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

ROWS: list[Row] = [
    Row("graphs", "10,000 scalar nodes, forward", "chain(x)", CHAIN),
    Row("graphs", "10,000 scalar nodes, backward", "y.backward(retain_graph=True)", CHAIN + "y = chain(x)"),
    Row("graphs", "100 recurrent cells, forward and backward", "cells(h).sum().backward()", CELLS),
    Row("training steps", "MLP 2-16-16-1, batch 8", "step()", MLP),
    Row("training steps", "MNIST network, batch 64", "step()", MNIST, "both"),
]
