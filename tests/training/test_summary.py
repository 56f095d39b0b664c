"""nn.summary: the lecture's table digit for digit, counts known from elsewhere, and a model that is left as it was."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
import nn.functional as F


def cats_and_dogs() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(3, 32, 3),
        nn.ReLU(),
        nn.MaxPool2d(2, 2),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.MaxPool2d(2, 2),
        nn.Conv2d(64, 128, 3),
        nn.ReLU(),
        nn.MaxPool2d(2, 2),
        nn.Flatten(),
        nn.Linear(36992, 128),
        nn.ReLU(),
        nn.Linear(128, 1),
        nn.Sigmoid(),
    )


LECTURE = """
Layer (type) | Output Shape | Param #
conv2d (Conv2D) | (None, 148, 148, 32) | 896
max_pooling2d (MaxPooling2D) | (None, 74, 74, 32) | 0
conv2d_1 (Conv2D) | (None, 72, 72, 64) | 18496
max_pooling2d_1 (MaxPooling2D) | (None, 36, 36, 64) | 0
conv2d_2 (Conv2D) | (None, 34, 34, 128) | 73856
max_pooling2d_2 (MaxPooling2D) | (None, 17, 17, 128) | 0
flatten (Flatten) | (None, 36992) | 0
dense (Dense) | (None, 128) | 4735104
dense_1 (Dense) | (None, 1) | 129
""".strip()
LECTURE_END = """
Total params: 4828481 (18.42 MB)
Trainable params: 4828481 (18.42 MB)
Non-trainable params: 0 (0.00 Byte)
""".strip()


def cells(text: str) -> str:
    return "\n".join(" | ".join(re.split(r"\s{2,}", line.strip())) for line in text.splitlines() if line.strip())


@pytest.fixture(scope="module")
def lecture() -> Any:
    return nn.summary(cats_and_dogs(), (3, 150, 150))


def test_the_table_of_the_lecture(lecture: Any) -> None:
    text = str(dataclasses.replace(lecture, style="keras"))
    lines = text.splitlines()
    assert lines[0] == 'Model: "sequential"'
    rules = [at for at, line in enumerate(lines) if set(line) in ({"_"}, {"="})]
    top, head, foot, end = rules
    assert (top, end) == (1, len(lines) - 1)
    assert cells("\n".join(lines[top + 1 : head] + lines[head + 1 : foot])) == LECTURE
    assert "\n".join(lines[foot + 1 : end]) == LECTURE_END


def test_the_work_and_memory_of_the_lecture(lecture: Any) -> None:
    found = lecture
    assert found.multiply_adds == 148**2 * 32 * 27 + 72**2 * 64 * 288 + 34**2 * 128 * 576 + 36992 * 128 + 128
    made = [148**2 * 32] * 2 + [72**2 * 64] * 2 + [34**2 * 128] * 2 + [128, 128, 1, 1]
    pooled = [74**2 * 32, 36**2 * 64, 17**2 * 128]
    assert found.activation_bytes == 4 * sum(made) + (4 + 8) * sum(pooled)  # pooling keeps indices too; Flatten is a view
    assert (found.total_params, found.trainable_params, found.param_bytes) == (4828481, 4828481, 4 * 4828481)
    text = str(found)
    assert "Parameters: 4,828,481 (18.42 MB), trainable 4,828,481, frozen 0" in text
    assert "Multiply-adds: 204.4 M for each sample" in text
    assert "  0 Conv2d     (N, 32, 148, 148)         896      2.67 MB        18.93 M" in text.splitlines()


class Mnist(nn.Module):
    """The lecture's PyTorch program: pooling and activations are functions."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 32, 3, 1), nn.Conv2d(32, 64, 3, 1)
        self.dropout1, self.dropout2 = nn.Dropout2d(0.25), nn.Dropout(0.5)
        self.fc1, self.fc2 = nn.Linear(9216, 128), nn.Linear(128, 10)

    def forward(self, x: Any) -> Any:
        x = F.max_pool2d(F.relu(self.conv2(F.relu(self.conv1(x)))), 2)
        x = F.relu(self.fc1(ag.flatten(self.dropout1(x), 1)))
        return F.log_softmax(self.fc2(self.dropout2(x)), dim=1)


class Functional(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(ag.ones(6, 4))

    def forward(self, x: Any) -> Any:
        return F.linear(x, self.weight) @ ag.ones(6, 2) + ag.einsum("ni,ij->nj", x, ag.ones(4, 2))


# model, size of a sample, options, parameters, multiply-adds of a sample
COUNTS: dict[str, tuple[Callable[[], nn.Module], Any, dict[str, Any], int, int]] = {
    "MNIST perceptron": (
        lambda: nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 10)),
        (28, 28),
        {},
        101770,
        784 * 128 + 1280,
    ),
    "MNIST program": (Mnist, (1, 28, 28), {}, 1199882, 26**2 * 32 * 9 + 24**2 * 64 * 288 + 9216 * 128 + 1280),
    "grouped convolution": (lambda: nn.Conv2d(4, 8, 3, groups=2, padding=1), (4, 5, 5), {}, 8 * 2 * 9 + 8, 8 * 25 * 2 * 9),
    "transposed convolution": (lambda: nn.ConvTranspose2d(4, 6, 2, stride=2), (4, 5, 5), {}, 4 * 6 * 4 + 6, 100 * 6 * 4),
    "LSTM": (lambda: nn.LSTM(8, 16, 2, batch_first=True), (7, 8), {}, 3840 - 512 + 64 * 8, 7 * (64 * 24 + 64 * 32)),
    "GRU both ways": (lambda: nn.GRU(3, 5, bidirectional=True, batch_first=True), (7, 3), {}, 300, 7 * 2 * 15 * 8),
    "embedding": (lambda: nn.Embedding(50, 8), (7,), {"dtypes": ag.int64}, 400, 0),
    "bilinear": (lambda: nn.Bilinear(3, 5, 4), [(3,), (5,)], {}, 64, 60 + 20),
    "attention": (lambda: nn.MultiheadAttention(16, 2, batch_first=True), [(5, 16)] * 3, {}, 1088, 5920),
    "functions": (Functional, (4,), {}, 24, 24 + 12 + 8),
    "two as one": (lambda: nn.Sequential(*[nn.Linear(4, 4)] * 3), (4,), {}, 20, 48),
}


@pytest.mark.parametrize("name", COUNTS)
def test_parameters_and_work(name: str) -> None:
    make, size, options, params, work = COUNTS[name]
    model = make()
    found = nn.summary(model, size, **options)
    assert found.total_params == params == sum(p.numel() for p in model.parameters()) == sum(row.parameters for row in found.rows)
    assert found.multiply_adds == work
    assert nn.summary(model, size, batch_size=4, **options).multiply_adds == 4 * work
    assert str(found) and str(nn.summary(model, size, style="keras", **options))


class Several(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(20, 6)
        self.read = nn.LSTM(6, 6, batch_first=True)
        self.head = nn.Linear(6, 20)
        self.head.weight = self.embed.weight
        self.spare = nn.Linear(2, 2)

    def forward(self, tokens: Any, scale: Any) -> Any:
        out, (h, _) = self.read(self.embed(tokens) * scale.unsqueeze(-1))
        return {"steps": self.head(out), "last": self.head(h[-1])}


def test_several_inputs_shared_weights_modules_used_twice_and_tuples() -> None:
    model = Several()
    found = nn.summary(model, {"tokens": (7,), "scale": (7,)}, dtypes={"tokens": ag.int64})
    assert [(row.path, row.output_shapes, row.parameters, row.again) for row in found.rows] == [
        ("", [(None, 7, 20), (None, 20)], 6, False),
        ("embed", [(None, 7, 6)], 120, False),
        ("read", [(None, 7, 6), (1, None, 6), (1, None, 6)], 336, False),
        ("head", [(None, 7, 20)], 20, False),
        ("head", [(None, 20)], 0, True),
    ]
    assert found.total_params == sum(p.numel() for p in model.parameters()) == 120 + 336 + 20 + 6
    assert found.idle == [("spare", 6)]
    text = str(found)
    assert "  read LSTM        (N, 7, 6), (1, N, 6), (1, N, 6)" in text and "Not called: spare (6 parameters)" in text
    tokens, scale = ag.zeros(3, 7, dtype=ag.int64), ag.ones(3, 7)
    assert nn.summary(model, input_data=(tokens, scale)).rows[1].output_shapes == [(3, 7, 6)]
    assert nn.summary(model, input_data={"tokens": tokens, "scale": scale}).multiply_adds == 3 * found.multiply_adds


def test_depth_adds_up_what_it_hides() -> None:
    model = nn.Sequential(nn.Sequential(nn.Linear(4, 5), nn.ReLU()), nn.Sequential(nn.Sequential(nn.Linear(5, 2))))
    whole, short = nn.summary(model, (4,)), nn.summary(model, (4,), depth=1)
    assert [(row.path, row.parameters, row.multiply_adds) for row in short.rows] == [("", 0, 0), ("0", 25, 20), ("1", 12, 10)]
    assert (short.total_params, short.multiply_adds) == (whole.total_params, whole.multiply_adds) == (37, 30)


def test_frozen_parameters_and_running_statistics() -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2))
    model[0].requires_grad_(False)
    found = nn.summary(model, (3, 8, 8))
    assert (found.trainable_params, found.non_trainable_params) == (18, 112)
    text = str(nn.summary(model, (3, 8, 8), style="keras"))
    assert "batch_normalization (BatchNormalization) | (None, 6, 6, 4) | 16" in cells(text)  # with the mean and variance, as in Keras
    assert "re_lu (ReLU)" in text and "Non-trainable params: 120 " in text


class Moody(nn.Module):
    """Changes its buffers and draws numbers in every call."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("calls", ag.zeros(1))
        self.register_buffer("last", ag.zeros(1))
        self.fc = nn.Linear(3, 3)

    def forward(self, x: Any) -> Any:
        self.calls += 1
        self.last = x.mean().reshape(1) + float(np.random.normal())
        return self.fc(x) + ag.randn(3)


def test_the_model_is_left_as_it_was() -> None:
    model = nn.Sequential(Moody(), nn.BatchNorm1d(3), nn.Dropout(0.5), nn.Linear(3, 1))
    model[1].eval()
    model[3].register_forward_hook(lambda module, args, output: None)
    last = model[0].last
    before = {name: tensor.numpy().copy() for name, tensor in model.state_dict().items()}
    modes = [module.training for module in model.modules()]
    hooks = [len(module._forward_hooks) + len(module._forward_pre_hooks) for module in model.modules()]
    state, numpy_state = ag.get_rng_state().tolist(), np.random.get_state()[1].tolist()  # type: ignore[index]
    nn.summary(model, (3,))
    with pytest.raises(RuntimeError):
        nn.summary(model, (4,))
    assert [module.training for module in model.modules()] == modes
    assert [len(module._forward_hooks) + len(module._forward_pre_hooks) for module in model.modules()] == hooks
    assert ag.get_rng_state().tolist() == state
    assert np.random.get_state()[1].tolist() == numpy_state  # type: ignore[index]
    assert model[0].last is last and ag.is_grad_enabled()
    for name, tensor in model.state_dict().items():
        np.testing.assert_array_equal(tensor.numpy(), before[name])
    assert all(p.grad is None for p in model.parameters())


def test_lazy_models_stay_lazy() -> None:
    model = nn.Sequential(nn.LazyConv2d(4, 3), nn.Flatten(), nn.LazyLinear(2))
    found = nn.summary(model, (3, 6, 6))
    assert found.total_params == 3 * 4 * 9 + 4 + 64 * 2 + 2
    assert model[2].has_uninitialized_params()


def test_a_model_that_counts_on_one_batch_size() -> None:
    class Fixed(nn.Module):
        def forward(self, x: Any) -> Any:
            return x.reshape(4, -1)

    with pytest.raises(RuntimeError):
        nn.summary(Fixed(), (3,))
    assert nn.summary(Fixed(), (3,), batch_size=4).rows[0].output_shapes == [(4, 3)]


WRONG: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "no size": (lambda: nn.summary(nn.Linear(2, 1)), ValueError, "give either input_size"),
    "both": (lambda: nn.summary(nn.Linear(2, 1), (2,), input_data=ag.zeros(1, 2)), ValueError, "give either input_size"),
    "no model": (lambda: nn.summary([nn.Linear(2, 1)], (2,)), TypeError, "model must be an nn.Module, got list"),  # type: ignore[arg-type]
    "style": (lambda: nn.summary(nn.Linear(2, 1), (2,), style="torch"), ValueError, "style must be"),
    "size": (lambda: nn.summary(nn.Linear(2, 1), "2"), TypeError, "input_size must be the size of a sample"),
    "dtypes": (lambda: nn.summary(nn.Linear(2, 1), (2,), dtypes=[ag.int64] * 2), ValueError, "2 dtypes for 1 sizes"),
    "batch_size": (lambda: nn.summary(nn.Linear(2, 1), (2,), batch_size=0), ValueError, "batch_size must be a positive integer"),
    "depth": (lambda: nn.summary(nn.Linear(2, 1), (2,), depth=0), ValueError, "depth must be a positive integer"),
}


@pytest.mark.parametrize("case", WRONG)
def test_errors_teach(case: str) -> None:
    fails, kind, said = WRONG[case]
    with pytest.raises(kind, match=said):
        fails()


def test_an_error_of_the_model_says_what_it_was_given() -> None:
    with pytest.raises(RuntimeError, match="Set in_features=3") as caught:
        nn.summary(nn.Sequential(nn.Linear(2, 1)), (3,))
    assert "summary() called Sequential with (2, 3) torch.float32" in caught.value.__notes__[-1]
