"""Logistic regression on two clouds: closures, a learning-rate schedule, early stopping, weights saved and loaded, metrics by hand."""
# ruff: noqa: B007, B023

import copy

import torch
from torch import nn, optim
from torch.utils.data import DataLoader, Dataset, random_split


class Clouds(Dataset):
    def __init__(self, n=120):
        angle = torch.rand(n) * 2 * torch.pi
        self.y = (torch.arange(n) % 2).float()
        self.x = torch.stack([torch.cos(angle), torch.sin(angle)], dim=1) * 0.8 + self.y[:, None] * torch.tensor([1.0, -0.5])

    def __len__(self):
        return len(self.y)

    def __getitem__(self, idx):
        return self.x[idx], self.y[idx]


def evaluate(model, loader, criterion):
    model.eval()
    total, correct, count = 0.0, 0, 0
    with torch.no_grad():
        for xb, yb in loader:
            out = model(xb).squeeze(1)
            total += criterion(out, yb).item() * len(xb)
            correct += ((out > 0) == (yb > 0.5)).sum().item()
            count += len(xb)
    return total / count, correct / count


def main():
    torch.manual_seed(7)
    train_set, val_set = random_split(Clouds(), [90, 30])
    train_loader = DataLoader(train_set, batch_size=16, shuffle=True, drop_last=True)
    val_loader = DataLoader(val_set, batch_size=30)
    model = nn.Sequential(nn.Linear(2, 1))
    criterion = nn.BCEWithLogitsLoss(pos_weight=torch.tensor(1.5))
    optimizer = optim.RMSprop(model.parameters(), lr=0.05, alpha=0.9)
    scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=3, gamma=0.5)
    best, best_state, patience, log = float("inf"), None, 0, []
    for epoch in range(12):
        model.train()
        for xb, yb in train_loader:

            def closure():
                optimizer.zero_grad()
                penalty = sum(p.abs().sum() for p in model.parameters())
                loss = criterion(model(xb).squeeze(1), yb) + 1e-3 * penalty
                loss.backward()
                return loss

            optimizer.step(closure)
        scheduler.step()
        val_loss, accuracy = evaluate(model, val_loader, criterion)
        log.append([val_loss, accuracy, optimizer.param_groups[0]["lr"]])
        if val_loss < best - 1e-4:
            best, best_state, patience = val_loss, copy.deepcopy(model.state_dict()), 0
        else:
            patience += 1
            if patience == 3:
                break
    fresh = nn.Sequential(nn.Linear(2, 1))
    missing = fresh.load_state_dict(best_state)
    again, _ = evaluate(fresh, val_loader, criterion)
    return {"log": log, "best": best, "weight": fresh[0].weight.detach(), "missing": float(len(missing.missing_keys)), "again": again}
