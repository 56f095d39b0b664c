"""REINFORCE on a bandit with ten arms: the score function as a loss, a running baseline, and the exact gradient to compare with."""
# ruff: noqa: B007

import torch
from torch import nn


class Policy(nn.Module):
    def __init__(self, n_arms):
        super().__init__()
        self.logits = nn.Parameter(torch.zeros(n_arms))

    def forward(self):
        return torch.log_softmax(self.logits, dim=-1)


def main():
    torch.manual_seed(543)
    means = torch.linspace(-1.0, 1.0, 10)
    policy = Policy(10)
    optimizer = torch.optim.SGD(policy.parameters(), lr=0.2, momentum=0.5)
    baseline = 0.0
    history = []
    for episode in range(60):
        log_probs = policy()
        actions = torch.multinomial(log_probs.exp(), 16, replacement=True)
        rewards = means[actions] + 0.1 * torch.randn(16)
        advantage = rewards - baseline
        baseline = 0.9 * baseline + 0.1 * rewards.mean().item()
        entropy = -(log_probs.exp() * log_probs).sum()
        loss = -(log_probs.gather(0, actions) * advantage).mean() - 0.01 * entropy
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history.append(rewards.mean().item())

    probs = policy().exp()
    expected = (probs * means).sum()
    (exact,) = torch.autograd.grad(expected, policy.logits)
    best = int(torch.argmax(probs))
    return {"history": history, "exact": exact, "probs": probs.detach(), "best": float(best)}
