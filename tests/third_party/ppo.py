"""Proximal policy optimisation on a walk along a line: a shared trunk, clipped ratios, generalised advantages, gradients of unit norm."""

import torch
from torch import nn, optim
from torch.distributions import Categorical

STEPS, GAMMA, LAMBDA = 48, 0.99, 0.95


class ActorCritic(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(2, 16), nn.Tanh())
        self.actor, self.critic = nn.Linear(16, 3), nn.Linear(16, 1)
        for layer, gain in ((self.trunk[0], 2**0.5), (self.actor, 0.01), (self.critic, 1.0)):
            nn.init.orthogonal_(layer.weight, gain)
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        h = self.trunk(x)
        return Categorical(logits=self.actor(h)), self.critic(h).squeeze(-1)


def walk(state, action):
    place, goal = state.tolist()
    place = max(-2.0, min(2.0, place + 0.25 * (action - 1)))
    return torch.tensor([place, goal]), 1.0 - abs(place - goal)


def main():
    torch.manual_seed(11)
    model = ActorCritic()
    optimizer = optim.Adam(model.parameters(), lr=5e-3, eps=1e-5)
    scheduler = optim.lr_scheduler.LambdaLR(optimizer, lambda update: 1 - update / 10)
    losses, rewards_seen, entropies = [], [], []
    for update in range(4):
        state = torch.tensor([0.0, 1.0 if update % 2 else -1.0])
        states, actions, log_probs, values, rewards = [], [], [], [], []
        for _ in range(STEPS):
            with torch.no_grad():
                policy, value = model(state)
                action = policy.sample()
            states.append(state)
            actions.append(action)
            log_probs.append(policy.log_prob(action))
            values.append(value)
            state, reward = walk(state, action.item())
            rewards.append(reward)
        with torch.no_grad():
            following = model(state)[1]
        advantages, running = torch.zeros(STEPS), 0.0
        for t in reversed(range(STEPS)):
            delta = rewards[t] + GAMMA * following - values[t]
            advantages[t] = running = delta + GAMMA * LAMBDA * running
            following = values[t]
        states, actions, log_probs = torch.stack(states), torch.stack(actions), torch.stack(log_probs)
        returns = advantages + torch.stack(values)
        for _ in range(3):
            for rows in torch.randperm(STEPS).split(16):
                policy, value = model(states[rows])
                ratio = (policy.log_prob(actions[rows]) - log_probs[rows]).exp()
                chosen = advantages[rows]
                chosen = (chosen - chosen.mean()) / (chosen.std() + 1e-8)
                gain = torch.min(chosen * ratio, chosen * ratio.clamp(0.8, 1.2)).mean()
                loss = -gain + 0.5 * (value - returns[rows]).pow(2).mean() - 0.01 * policy.entropy().mean()
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(model.parameters(), 0.5)
                optimizer.step()
                losses.append(loss.item())
        scheduler.step()
        rewards_seen.append(sum(rewards) / STEPS)
        entropies.append(policy.entropy().mean().item())
    return {"losses": losses, "rewards": rewards_seen, "entropies": entropies, "policy": model(states[:3])[0].probs.detach()}
