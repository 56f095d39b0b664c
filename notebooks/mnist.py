"""Handwritten digits: a convolutional network reads MNIST.

The program of the lecture. Against its PyTorch original only the import lines differ; change them back and it runs there.
`python notebooks/mnist.py --epochs 2` reaches 98.5 % and leaves the weights, the loss curve and a drawn graph in out/.
"""

import argparse
from pathlib import Path

from safetensors.numpy import save_file
from tqdm import tqdm

import autograd_core as torch
import nn
import nn.functional as F
import optim
from data import DataLoader, datasets, transforms
from optim.lr_scheduler import StepLR


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3, 1)
        self.conv2 = nn.Conv2d(32, 64, 3, 1)
        self.dropout1 = nn.Dropout2d(0.25)
        self.dropout2 = nn.Dropout2d(0.5)
        self.fc1 = nn.Linear(9216, 128)
        self.fc2 = nn.Linear(128, 10)

    def forward(self, x):
        x = self.conv1(x)
        x = F.relu(x)
        x = self.conv2(x)
        x = F.relu(x)
        x = F.max_pool2d(x, 2)
        x = self.dropout1(x)
        x = torch.flatten(x, 1)
        x = self.fc1(x)
        x = F.relu(x)
        x = self.dropout2(x)
        x = self.fc2(x)
        output = F.log_softmax(x, dim=1)
        return output


def train(args, model, device, train_loader, optimizer, epoch):
    model.train()
    losses = []
    progress = tqdm(train_loader, desc=f"epoch {epoch}", unit="batch", mininterval=0.5)
    for batch_idx, (data, target) in enumerate(progress):
        data, target = data.to(device), target.to(device)
        optimizer.zero_grad()
        output = model(data)
        loss = F.nll_loss(output, target)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if batch_idx % args.log_interval == 0:
            seen, share = batch_idx * len(data), 100.0 * batch_idx / len(train_loader)
            progress.write(f"Train Epoch: {epoch} [{seen}/{len(train_loader.dataset)} ({share:.0f}%)]\tLoss: {losses[-1]:.6f}")
            if args.dry_run:
                break
    return losses


def test(model, device, test_loader):
    model.eval()
    test_loss = 0
    correct = 0
    with torch.no_grad():
        for data, target in test_loader:
            data, target = data.to(device), target.to(device)
            output = model(data)
            test_loss += F.nll_loss(output, target, reduction="sum").item()  # sum up batch loss
            pred = output.argmax(dim=1, keepdim=True)  # the index of the largest log-probability
            correct += pred.eq(target.view_as(pred)).sum().item()

    count = len(test_loader.dataset)
    test_loss /= count
    print(f"\nTest set: Average loss: {test_loss:.4f}, Accuracy: {correct}/{count} ({100.0 * correct / count:.2f}%)\n")
    return test_loss, correct / count


def arguments(argv=None):
    parser = argparse.ArgumentParser(description="MNIST")
    parser.add_argument("--batch-size", type=int, default=64, metavar="N", help="digits in a training batch (default: 64)")
    parser.add_argument("--test-batch-size", type=int, default=1000, metavar="N", help="digits in a test batch (default: 1000)")
    parser.add_argument("--epochs", type=int, default=14, metavar="N", help="passes over the training digits (default: 14)")
    parser.add_argument("--lr", type=float, default=1.0, metavar="LR", help="learning rate (default: 1.0)")
    parser.add_argument("--gamma", type=float, default=0.7, metavar="M", help="its factor after every epoch (default: 0.7)")
    parser.add_argument("--no-accel", action="store_true", help="do not look for an accelerator")
    parser.add_argument("--dry-run", action="store_true", help="one batch only")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="of the random numbers (default: 1)")
    parser.add_argument("--log-interval", type=int, default=10, metavar="N", help="batches between two lines of the log (default: 10)")
    parser.add_argument("--save-model", action="store_true", help="write the trained weights")
    parser.add_argument("--out", type=Path, default=Path("out"), metavar="DIR", help="where files are written (default: out)")
    return parser.parse_args(argv)


def main(argv=None):
    args = arguments(argv)
    use_accel = not args.no_accel and torch.accelerator.is_available()
    torch.manual_seed(args.seed)
    device = torch.accelerator.current_accelerator() if use_accel else torch.device("cpu")

    train_kwargs = {"batch_size": args.batch_size, "shuffle": True}
    test_kwargs = {"batch_size": args.test_batch_size}
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
    dataset1 = datasets.MNIST("../data", train=True, transform=transform)
    dataset2 = datasets.MNIST("../data", train=False, transform=transform)
    train_loader = DataLoader(dataset1, **train_kwargs)
    test_loader = DataLoader(dataset2, **test_kwargs)

    model = Net().to(device)
    optimizer = optim.Adadelta(model.parameters(), lr=args.lr)
    scheduler = StepLR(optimizer, step_size=1, gamma=args.gamma)

    losses = []
    for epoch in range(1, args.epochs + 1):
        losses += train(args, model, device, train_loader, optimizer, epoch)
        test(model, device, test_loader)
        scheduler.step()
        if args.dry_run:
            break

    if args.save_model:
        keep(args.out, model, losses, test_loader)


def keep(folder, model, losses, test_loader):
    """Write what is worth keeping into a folder: the weights, the loss curve, one loss as a graph and as a page of its gradients; say where."""
    folder.mkdir(parents=True, exist_ok=True)
    names = ("mnist_cnn.safetensors", "mnist_loss.png", "mnist_graph.svg", "mnist_steps.html")
    weights, curve, graph, steps = (folder.resolve() / name for name in names)
    save_file({name: value.numpy() for name, value in model.state_dict().items()}, weights)
    plot(losses, curve)
    draw(model, test_loader, graph, steps)
    print(f"weights     {weights}\nloss curve  {curve}\ngraph       {graph}\ngradients   {steps}  (open it in a browser)")


def plot(losses, path):
    """The loss of every batch, and its running mean over 50 of them."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 4))
    means = [sum(part) / len(part) for part in (losses[max(0, i - 49) : i + 1] for i in range(len(losses)))]
    axes.plot(losses, linewidth=0.5, alpha=0.5, label="batch")
    axes.plot(means, label="mean of 50")
    axes.set(xlabel="batch", ylabel="loss", yscale="log")
    axes.legend()
    figure.savefig(path, dpi=120, bbox_inches="tight")
    pyplot.close(figure)


def draw(model, test_loader, graph, steps):
    """The graph of one loss with every gradient of its backward pass, and the page that steps through them."""
    from autograd_core import viz

    model.zero_grad()
    data, target = (batch[:8] for batch in next(iter(test_loader)))
    with viz.record() as trace:
        loss = F.nll_loss(model(data), target)
        loss.backward(retain_graph=True)
    viz.draw(trace, params=model, title="MNIST: the loss of eight digits").save(graph)
    viz.stepper(loss, params=model).html(steps, title="MNIST: the gradients of eight digits")


if __name__ == "__main__":
    main()
