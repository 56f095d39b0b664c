"""The classic beginner's mistakes: each raises, or warns, and the text says what was given, what was expected, and the fix.

Modules add their path to these; that is tested in tests/nn/test_errors.py.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import Any

import pytest

import autograd_core as ag
import nn
import nn.functional as F
import optim


def leaf(*shape: int) -> ag.Tensor:
    return ag.ones(shape, requires_grad=True)


def labels(*values: int) -> ag.Tensor:
    return ag.tensor(values)


def twice() -> None:
    loss = (leaf(3) * leaf(3)).sum()
    loss.backward()
    loss.backward()


def saved_and_changed() -> None:
    y = leaf(3).exp()
    y.add_(1)
    y.sum().backward()


def image_net() -> nn.Module:
    return nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(64, 10))


# mistake: (what the user wrote, the exception, what its text must say)
RAISES: dict[str, tuple[Callable[[], Any], type[Exception], tuple[str, ...]]] = {
    "wrong in_features": (
        lambda: nn.Sequential(nn.Identity(), nn.Linear(64, 10))(ag.zeros(4, 128)),
        RuntimeError,
        ("1: Linear(in_features=64)", "(4, 128)", "in_features=128", "LazyLinear(10)"),
    ),
    "wrong flatten after a convolution": (lambda: image_net()(ag.zeros(4, 3, 32, 32)), RuntimeError, ("(4, 7200)", "7200 = 8 x 30 x 30", "Conv2d")),
    "channels-last image": (lambda: nn.Conv2d(3, 8, 3)(ag.zeros(32, 32, 3)), RuntimeError, ("channels-last (32, 32, 3)", "x.permute(2, 0, 1)")),
    "label too large": (
        lambda: F.cross_entropy(ag.zeros(4, 3), labels(0, 1, 3, 2)),
        IndexError,
        ("Target 3 is out of bounds", "target[2]", "3 classes", "start at 0"),
    ),
    "negative label": (lambda: F.nll_loss(ag.zeros(2, 3), labels(0, -1)), IndexError, ("-1", "target[1]", "[2, 3]", "ignore_index is -100")),
    "labels as floats": (lambda: F.cross_entropy(ag.zeros(2, 3), ag.zeros(2)), RuntimeError, ("[2, 3]", "float32 [2]", "target.long()")),
    "labels in a column": (lambda: F.cross_entropy(ag.zeros(4, 3), ag.zeros(4, 1).long()), RuntimeError, ("[4]", "[4, 1]")),
    "batches of two sizes": (lambda: F.cross_entropy(ag.zeros(4, 3), labels(0, 1)), ValueError, ("(4)", "(2)", "[4, 3]")),
    "backward of a vector": (lambda: (leaf(3) * 2).backward(), RuntimeError, ("shape [3]", ".sum()", ".mean()", "gradient=")),
    "backward without gradients": (lambda: ag.ones(()).backward(), RuntimeError, ("requires_grad=True", "no_grad()")),
    "backward of a detached tensor": (lambda: leaf(3).detach().sum().backward(), RuntimeError, ("does not require grad", "requires_grad=True")),
    "backward twice": (twice, RuntimeError, ("a second time", "MulBackward0", "retain_graph=True")),
    "changed what backward needs": (saved_and_changed, RuntimeError, ("ExpBackward0", "add_", "test_teaching_errors.py", "clone()")),
    "leaf changed in place": (lambda: leaf(3).add_(1), RuntimeError, ("add_", "shape [3]", "no_grad()")),
    "view of a leaf changed in place": (lambda: leaf(3, 3)[0].zero_(), RuntimeError, ("a view of a leaf", "no_grad()", "clone()")),
    "numpy() with a gradient": (lambda: leaf(3).numpy(), RuntimeError, ("requires grad", "detach().numpy()")),
    "integers with a gradient": (lambda: ag.tensor([1, 2], requires_grad=True), RuntimeError, ("int64", "floating", "float32")),
    "integers that start to need a gradient": (lambda: ag.tensor([1]).requires_grad_(), RuntimeError, ("int64", ".float()")),
    "the gradient of an unused input": (lambda: ag.autograd.grad(leaf(3).sum(), leaf(2)), RuntimeError, ("[2]", "allow_unused=True")),
    "cuda": (lambda: leaf(3).cuda(), AssertionError, ("CPU", ".cuda()")),
    "to cuda": (lambda: leaf(3).to("cuda"), RuntimeError, ("'cuda'", "'cpu'")),
    "device=cuda": (lambda: ag.zeros(3, device="cuda:0"), RuntimeError, ("'cuda:0'", "'cpu'")),
    "matrix sizes": (lambda: ag.zeros(2, 3) @ ag.zeros(4, 5), RuntimeError, ("(2x3 and 4x5)", "3", "must equal")),
    "matrix types": (lambda: ag.zeros(2, 3) @ ag.zeros(3, 2).double(), RuntimeError, ("input: float32", "other: float64", "other.to(float32)")),
    "weights of another type": (lambda: F.linear(ag.zeros(2, 3).double(), ag.zeros(4, 3)), RuntimeError, ("float64", "weight: float32", "input.to(float32)")),
    "integer images": (lambda: F.conv2d(ag.zeros(1, 1, 5, 5).long(), ag.zeros(1, 1, 3, 3)), RuntimeError, ("int64", "float32", "input.to(float32)")),
    "a model of another type": (lambda: nn.Linear(3, 4)(ag.zeros(2, 3).double()), RuntimeError, ("float64", "weights are", "float32", ".to(")),
    "view of a transpose": (lambda: ag.zeros(2, 3).t().view(6), RuntimeError, ("[3, 2] to [6]", ".reshape(")),
    "view to another size": (lambda: ag.zeros(2, 3).view(4, 2), RuntimeError, ("[4, 2]", "size 6", "[2, 3]")),
    "shapes that do not broadcast": (lambda: ag.zeros(2, 3) + ag.zeros(4), RuntimeError, ("[2, 3] and [4]", "non-singleton dimension 1")),
    "shapes that do not join": (lambda: ag.cat([ag.zeros(2, 3), ag.zeros(2, 4)]), RuntimeError, ("size 3 but got size 4", "tensor number 1")),
    "shapes that do not stack": (lambda: ag.stack([ag.zeros(2), ag.zeros(3)]), RuntimeError, ("[2] at entry 0", "[3] at entry 1")),
    "dim out of range": (lambda: ag.zeros(2, 3).sum(2), IndexError, ("[-2, 1]", "got 2")),
    "index out of range": (lambda: ag.zeros(3)[5], IndexError, ("5", "size", "3")),
    "a name as an index": (lambda: ag.zeros(3)["a"], TypeError, ("integers, slices", "str")),
    "row of a table out of range": (lambda: F.embedding(labels(0, 7), ag.zeros(5, 2)), IndexError, ("index 7", "5 rows")),
    "channels of a convolution": (
        lambda: F.conv2d(ag.zeros(1, 4, 5, 5), ag.zeros(2, 3, 3, 3)),
        RuntimeError,
        ("[1, 4, 5, 5]", "3 channels", "got 4"),
    ),
    "image smaller than the kernel": (lambda: F.conv2d(ag.zeros(1, 1, 2, 2), ag.zeros(1, 1, 3, 3)), RuntimeError, ("(3, 3)", "(2, 2)")),
    "probabilities above 1": (lambda: F.binary_cross_entropy(ag.tensor([1.5]), ag.ones(1)), RuntimeError, ("1.5", "with_logits")),
    "column against row": (lambda: F.binary_cross_entropy(ag.ones(3), ag.ones(3, 1)), ValueError, ("[3, 1]", "[3]", "target.reshape([3])")),
    "batch norm of one example": (lambda: F.batch_norm(ag.zeros(1, 3), None, None, training=True), ValueError, ("more than 1 value", "[1, 3]")),
    "truth of a tensor": (lambda: bool(ag.zeros(2)), RuntimeError, ("ambiguous", ".any()", ".all()")),
    "number of a tensor": (lambda: ag.zeros(2).item(), RuntimeError, ("2 elements", "tolist()")),
    "rows of two lengths": (lambda: ag.tensor([[1, 2], [3]]), ValueError, ("equal lengths",)),
    "text as data": (lambda: ag.tensor(["a"]), TypeError, ("'str'", "numbers")),
    "a list as a tensor": (lambda: F.relu([1.0, 2.0]), TypeError, ("'input' must be Tensor, not list", "tensor(")),
    "adding text": (lambda: ag.zeros(2) + "a", TypeError, ("'Tensor' and 'str'",)),
    "unknown reduction": (lambda: F.mse_loss(ag.zeros(2), ag.zeros(2), reduction="avg"), ValueError, ("avg", "'mean'")),
    "misspelt keyword of a function": (lambda: ag.zeros(2, 3).sum(dmi=0), TypeError, ("'dmi'", "did you mean 'dim'?", "sum(input, dim=")),
    "misspelt keyword of a composed function": (
        lambda: F.cross_entropy(ag.zeros(1, 2), labels(0), reducton="sum"),
        TypeError,
        ("'reducton'", "did you mean 'reduction'?"),
    ),
    "misspelt keyword of a layer": (lambda: nn.Linear(3, 4, bais=True), TypeError, ("'bais'", "Did you mean 'bias'?")),
    "misspelt function": (lambda: ag.softmx, AttributeError, ("'softmx'", "did you mean 'softmax'?")),
    "misspelt function of nn": (lambda: F.rleu, AttributeError, ("'rleu'", "Did you mean 'relu'?")),
    "argument forgotten": (lambda: F.conv2d(ag.zeros(1, 1, 3, 3)), TypeError, ("'weight'", "conv2d(input, weight")),
    "text where a dim belongs": (lambda: ag.zeros(2).sum(dim="0"), TypeError, ("'dim' must be int", "not str '0'")),
    "a float where an int belongs": (lambda: F.softmax(ag.zeros(2), 0.0), TypeError, ("'dim' must be int", "float 0.0", "use 0")),
    "an int where a flag belongs": (lambda: ag.zeros(2).sum(0, keepdim=1), TypeError, ("'keepdim' must be bool", "int 1", "use True")),
    "optimizer without parameters": (lambda: optim.SGD([], lr=0.1), ValueError, ("empty parameter list",)),
    "optimizer of a result": (lambda: optim.SGD([leaf(2) * 2], lr=0.1), ValueError, ("non-leaf", "MulBackward0", "detach()")),
    "negative learning rate": (lambda: optim.SGD([leaf(2)], lr=-1), ValueError, ("-1",)),
    "weights of another shape": (
        lambda: nn.Linear(2, 3).load_state_dict(nn.Linear(3, 3).state_dict()),
        RuntimeError,
        ("weight", "[3, 3]", "[3, 2]"),
    ),
    "gradient of another shape": (lambda: setattr(leaf(3), "grad", ag.zeros(2)), RuntimeError, ("[3]", "[2]")),
    "integers changed by floats": (lambda: ag.tensor([1]).add_(0.5), RuntimeError, ("Float", "Long", "add_")),
    "singular matrix": (lambda: ag.linalg.inv(ag.zeros(2, 2)), ag.linalg.LinAlgError, ("singular", "pinv")),
    "subtracting masks": (lambda: ag.tensor([True]) - ag.tensor([True]), RuntimeError, ("bool", "`^`")),
    "mean of integers": (lambda: ag.tensor([1, 2]).mean(), RuntimeError, ("int64", ".float()")),
}


@pytest.mark.parametrize("mistake", RAISES)
def test_the_error_says_given_expected_and_the_fix(mistake):
    attempt, kind, texts = RAISES[mistake]
    with pytest.raises(kind) as caught:
        attempt()
    for text in texts:
        assert text in str(caught.value)


def scores() -> ag.Tensor:
    return ag.randn(3, 4, requires_grad=True)


def after_softmax(move: Callable[[Any], Any]) -> Any:
    return F.cross_entropy(move(F.softmax(scores(), 1)), labels(0, 1, 2))


WARNS: dict[str, tuple[Callable[[], Any], tuple[str, ...]]] = {
    "gradient of a result": (lambda: (leaf(3) * 2).grad, ("not a leaf", "MulBackward0", "retain_grad()")),
    "column against row": (
        lambda: F.mse_loss(ag.zeros(4, 1), ag.zeros(4)),
        ("([4])", "([4, 1])", "compares 16 pairs", "target.reshape((4, 1))"),
    ),
    "softmax, then cross_entropy": (lambda: after_softmax(lambda p: p), ("cross_entropy", "softmax", "as they are")),
    "softmax, then a method": (lambda: F.cross_entropy(scores().softmax(1), labels(0, 1, 2)), ("softmax", "log_softmax and nll_loss")),
    "softmax, reshape, cross_entropy": (lambda: after_softmax(lambda p: p.reshape(12).view(3, 4)), ("a second one",)),
    "softmax, a turn and a copy, cross_entropy": (lambda: after_softmax(lambda p: p.t().clone().t()), ("a second one",)),
    "softmax as a layer": (lambda: nn.CrossEntropyLoss()(nn.Softmax(dim=1)(scores()), labels(0, 1, 2)), ("a second one",)),
    "softmax, then nll_loss": (lambda: F.nll_loss(F.softmax(scores(), 1), labels(0, 1, 2)), ("expects log-probabilities", "log_softmax")),
    "sigmoid, then the loss of scores": (
        lambda: F.binary_cross_entropy_with_logits(ag.sigmoid(scores()), ag.ones(3, 4)),
        ("sigmoid", "binary_cross_entropy."),
    ),
    "softmax without a dim": (lambda: F.softmax(ag.zeros(2, 3)), ("Implicit dimension", "dim=1")),
}


@pytest.mark.parametrize("mistake", WARNS)
def test_the_warning_says_given_expected_and_the_fix(mistake):
    attempt, texts = WARNS[mistake]
    with pytest.warns(UserWarning) as caught:
        attempt()
    assert len(caught) == 1
    assert caught[0].filename == __file__, "the warning stands at the user's line"
    for text in texts:
        assert text in str(caught[0].message)


def test_both_lines_are_named():
    p = F.softmax(scores(), 1)
    with pytest.warns(UserWarning) as caught:
        F.cross_entropy(p, labels(0, 1, 2))
    found = [int(n) for n in re.findall(r"test_teaching_errors\.py:(\d+)", str(caught[0].message))]
    assert sorted(found) == [caught[0].lineno - 2, caught[0].lineno]


INNOCENT: dict[str, Callable[[], Any]] = {
    "scores": lambda: F.cross_entropy(scores(), labels(0, 1, 2)),
    "log_softmax, then nll_loss": lambda: F.nll_loss(F.log_softmax(scores(), 1), labels(0, 1, 2)),
    "log of softmax, then nll_loss": lambda: F.nll_loss(F.softmax(scores(), 1).log(), labels(0, 1, 2)),
    "attention, then scores": lambda: F.cross_entropy(F.softmax(scores(), 1) @ leaf(4, 4), labels(0, 1, 2)),
    "softmax as the target": lambda: F.cross_entropy(scores(), F.softmax(scores(), 1)),
    "softmax to look at": lambda: (F.softmax(scores(), 1), F.cross_entropy(scores(), labels(0, 1, 2))),
    "sigmoid, then the loss of probabilities": lambda: F.binary_cross_entropy(ag.sigmoid(scores()), ag.ones(3, 4)),
}


@pytest.mark.parametrize("program", INNOCENT)
def test_nothing_is_said_where_nothing_is_wrong(program):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        INNOCENT[program]()
