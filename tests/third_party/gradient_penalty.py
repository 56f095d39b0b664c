"""A critic with a gradient penalty (a loss on gradients), a straight-through estimator as a custom Function, and tensor hooks."""

import torch
import torch.nn as nn
from torch.autograd import Function, grad


class Quantize(Function):
    @staticmethod
    def forward(ctx, x, levels):
        ctx.save_for_backward(x)
        ctx.levels = levels
        return torch.round(x * levels) / levels

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * (x.abs() <= 1).float(), None


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(nn.Linear(3, 16), nn.LeakyReLU(0.2), nn.Linear(16, 16), nn.Softplus(), nn.Linear(16, 1))

    def forward(self, x):
        return self.main(x).view(-1)


def gradient_penalty(critic, real, fake):
    alpha = torch.rand(real.size(0), 1).expand_as(real)
    mixed = (alpha * real + (1 - alpha) * fake).requires_grad_(True)
    score = critic(mixed)
    gradients = grad(outputs=score, inputs=mixed, grad_outputs=torch.ones_like(score), create_graph=True, retain_graph=True)[0]
    return ((gradients.norm(2, dim=1) - 1) ** 2).mean()


def main():
    torch.manual_seed(3)
    critic, generator = Critic(), nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 3))
    opt_c = torch.optim.Adam(critic.parameters(), lr=1e-2, betas=(0.5, 0.9))
    opt_g = torch.optim.Adam(generator.parameters(), lr=1e-2, betas=(0.5, 0.9))
    seen = []
    generator[2].weight.register_hook(lambda g: seen.append(g.abs().max().item()))
    history = []
    for step in range(12):
        real = torch.randn(8, 3) * 0.5 + 1.0
        fake = Quantize.apply(generator(torch.randn(8, 2)), 4)
        loss_c = critic(fake.detach()).mean() - critic(real).mean() + 10 * gradient_penalty(critic, real, fake.detach())
        opt_c.zero_grad()
        loss_c.backward()
        opt_c.step()
        if step % 2:
            loss_g = -critic(fake).mean()
            opt_g.zero_grad()
            loss_g.backward()
            opt_g.step()
        history.append(loss_c.item())
    x = torch.tensor([0.3, -0.7], dtype=torch.float64, requires_grad=True)
    hessian = torch.autograd.functional.hessian(lambda v: (v.prod() * v.exp()).sum(), x)
    return {"history": history, "seen": seen, "hessian": hessian, "weight": critic.main[0].weight.detach()}
