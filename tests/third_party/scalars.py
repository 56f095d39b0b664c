"""Neurons made of single numbers, as in a first lesson: every weight is a 0-d tensor of its own, the graph is built number by number."""
# ruff: noqa: B905

import random

import torch


class Neuron:
    def __init__(self, nin, nonlin=True):
        self.w = [torch.tensor(random.uniform(-1, 1), requires_grad=True) for _ in range(nin)]
        self.b = torch.tensor(0.0, requires_grad=True)
        self.nonlin = nonlin

    def __call__(self, x):
        act = sum((wi * xi for wi, xi in zip(self.w, x)), self.b)
        return act.relu() if self.nonlin else act

    def parameters(self):
        return self.w + [self.b]


class Layer:
    def __init__(self, nin, nout, **kwargs):
        self.neurons = [Neuron(nin, **kwargs) for _ in range(nout)]

    def __call__(self, x):
        out = [n(x) for n in self.neurons]
        return out[0] if len(out) == 1 else out

    def parameters(self):
        return [p for n in self.neurons for p in n.parameters()]


class MLP:
    def __init__(self, nin, nouts):
        sz = [nin] + nouts
        self.layers = [Layer(sz[i], sz[i + 1], nonlin=i != len(nouts) - 1) for i in range(len(nouts))]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


def main():
    random.seed(1337)
    points = [(random.uniform(-1, 1), random.uniform(-1, 1)) for _ in range(16)]
    labels = [1.0 if x * y > 0 else -1.0 for x, y in points]
    model = MLP(2, [6, 6, 1])
    losses, accuracies = [], []
    for k in range(12):
        scores = [model(p) for p in points]
        data_loss = sum((1 + -yi * si).relu() for yi, si in zip(labels, scores)) * (1.0 / len(points))
        reg_loss = 1e-4 * sum(p * p for p in model.parameters())
        total_loss = data_loss + reg_loss
        for p in model.parameters():
            p.grad = torch.zeros_like(p)
        total_loss.backward()
        learning_rate = 1.0 - 0.9 * k / 12
        for p in model.parameters():
            p.data -= learning_rate * p.grad
        losses.append(total_loss.item())
        accuracies.append(sum(float((yi > 0) == (si.item() > 0)) for yi, si in zip(labels, scores)) / len(points))

    a, b = torch.tensor(-4.0, requires_grad=True), torch.tensor(2.0, requires_grad=True)
    c, d = a + b, a * b + b**3
    c = c + c + 1
    c = c + 1 + c + (-a)
    d = d + d * 2 + (b + a).relu()
    d = d + 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g = g + 10.0 / f
    g.backward()
    return {"losses": losses, "accuracies": accuracies, "g": g.item(), "da": a.grad.item(), "db": b.grad.item()}
