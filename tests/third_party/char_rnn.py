"""A character RNN cell by hand: one matrix per arrow, backpropagation through time, gradients clipped by value, text sampled."""
# ruff: noqa: B007, B905

import torch

TEXT = "the quick brown fox jumps over the lazy dog. the dog sleeps. "


def main():
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(42)
    chars = sorted(set(TEXT))
    stoi = {c: i for i, c in enumerate(chars)}
    vocab, hidden, seq_length, lr = len(chars), 24, 12, 0.1

    Wxh = (torch.randn(hidden, vocab) * 0.05).requires_grad_()
    Whh = (torch.randn(hidden, hidden) * 0.05).requires_grad_()
    Why = (torch.randn(vocab, hidden) * 0.05).requires_grad_()
    bh = torch.zeros(hidden, 1, requires_grad=True)
    by = torch.zeros(vocab, 1, requires_grad=True)
    params = [Wxh, Whh, Why, bh, by]
    memory = [torch.zeros_like(p) for p in params]

    def loss_fn(inputs, targets, h):
        loss = 0
        for i, t in zip(inputs, targets):
            x = torch.zeros((vocab, 1))
            x[i] = 1
            h = torch.tanh(Wxh @ x + Whh @ h + bh)
            y = Why @ h + by
            p = torch.exp(y) / torch.exp(y).sum()
            loss += -torch.log(p[t, 0])
        return loss, h

    losses = []
    h = torch.zeros(hidden, 1)
    position = 0
    for step in range(40):
        if position + seq_length + 1 >= len(TEXT):
            h, position = torch.zeros(hidden, 1), 0
        inputs = [stoi[c] for c in TEXT[position : position + seq_length]]
        targets = [stoi[c] for c in TEXT[position + 1 : position + seq_length + 1]]
        loss, h = loss_fn(inputs, targets, h.detach())
        loss.backward()
        losses.append(loss.item())
        with torch.no_grad():
            for p, m in zip(params, memory):
                p.grad.clamp_(-5, 5)
                m += p.grad * p.grad
                p -= lr * p.grad / torch.sqrt(m + 1e-8)
                p.grad.zero_()
        position += seq_length

    with torch.no_grad():
        h, ix, sample = torch.zeros(hidden, 1), stoi["t"], []
        for _ in range(10):
            x = torch.zeros(vocab, 1)
            x[ix, 0] = 1.0
            h = torch.tanh(Wxh.mm(x) + Whh.mm(h) + bh)
            p = torch.softmax((Why.mm(h) + by).view(-1), dim=0)
            ix = torch.multinomial(p, num_samples=1).item()
            sample.append(float(ix))
    torch.set_default_dtype(torch.float32)
    return {"losses": losses, "sample": sample, "Whh": Whh.detach()}
