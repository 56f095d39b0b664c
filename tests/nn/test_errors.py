"""Errors and warnings that teach: the module's path, what was given, what was expected, the fix."""

from __future__ import annotations

import re
import subprocess
import sys
import warnings
from typing import Any

import pytest

import autograd_core as ag
import nn
import nn.functional as F
import optim


class Inner(nn.Module):
    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: Any) -> Any:
        return self.net(x)


def deep(last: nn.Module) -> nn.Module:
    return Inner(nn.Sequential(nn.Identity(), nn.Identity(), nn.Identity(), nn.Sequential(last)))


IMAGES = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(64, 10))

SAID: list[tuple[Any, type[Exception], str]] = [
    (
        lambda: deep(nn.Linear(64, 10))(ag.zeros(4, 128)),
        RuntimeError,
        "net.3.0: Linear(in_features=64) got x of shape (4, 128). Set in_features=128, or use LazyLinear(10).",
    ),
    (lambda: IMAGES(ag.zeros(4, 3, 32, 32)), RuntimeError, "3: Linear(in_features=64) got x of shape (4, 7200). Set in_features=7200"),
    (lambda: IMAGES(ag.zeros(4, 3, 32, 32)), RuntimeError, "7200 = 8 x 30 x 30 from 0 (Conv2d)."),
    (lambda: IMAGES[0](ag.zeros(32, 32, 3)), RuntimeError, "x looks channels-last (32, 32, 3): use x.permute(2, 0, 1)."),
    (lambda: IMAGES(ag.zeros(5, 32, 32, 3)), RuntimeError, "0: Conv2d(in_channels=3) got x of shape (5, 32, 32, 3): x looks channels-last"),
    (lambda: IMAGES(ag.zeros(5, 32, 32, 3)), RuntimeError, "use x.permute(0, 3, 1, 2)."),
    (lambda: IMAGES(ag.zeros(2, 1, 9, 9)), RuntimeError, "which has 1 channels. Set in_channels=1; expected x of shape (N, 3, H, W)."),
    (lambda: nn.Conv2d(1, 4, 3)(ag.zeros(28, 28)), RuntimeError, "x.unsqueeze(0)"),
    (lambda: nn.Conv2d(1, 4, 3)(ag.zeros(64, 28, 28)), RuntimeError, "use x.unsqueeze(1)"),
    (lambda: nn.Linear(12, 2)(ag.zeros(5, 3, 4)), RuntimeError, "Flatten it first: x.flatten(1)"),
    (lambda: nn.Linear(2, 2)([1.0, 2.0]), TypeError, "takes a tensor, got list"),
    (lambda: deep(nn.BatchNorm2d(3))(ag.zeros(2, 3)), ValueError, "net.3.0: BatchNorm2d: expected 4D input (got 2D input of shape [2, 3])"),
    (lambda: nn.BatchNorm2d(3)(ag.zeros(2, 3)), ValueError, "use BatchNorm1d"),
    (lambda: nn.InstanceNorm1d(3)(ag.zeros(2, 3, 4, 4)), ValueError, "use InstanceNorm2d"),
    (
        lambda: deep(nn.LayerNorm(5))(ag.zeros(2, 6)),
        RuntimeError,
        "net.3.0: LayerNorm(normalized_shape=[5]) got x of shape (2, 6), whose last dimensions are [6]. Set normalized_shape=[6].",
    ),
    (lambda: nn.RMSNorm((4, 5))(ag.zeros(5)), ValueError, "which has fewer dimensions than the 2 to normalise"),
    (lambda: nn.GroupNorm(2, 6)(ag.zeros(2, 4, 3)), RuntimeError, "which has 4 channels. Set num_channels=4"),
    (lambda: nn.PReLU(3)(ag.zeros(2, 4)), RuntimeError, "which has 4 channels. Set num_parameters=4, or 1"),
    (lambda: nn.Bilinear(3, 4, 5)(ag.zeros(2, 3), ag.zeros(2, 5)), RuntimeError, "Bilinear(in2_features=4) got input2 of shape (2, 5). Set in2"),
    (lambda: nn.BatchNorm1d(3)(ag.zeros(2, 4)), RuntimeError, "which has 4 channels. Set num_features=4."),
    (lambda: nn.Linear(3, 4, bais=True), TypeError, "Did you mean 'bias'?"),
    (lambda: nn.Linear(3, 4, depth=2), TypeError, "it takes in_features, out_features, bias, device, dtype"),
    (lambda: nn.Linear(3, 4).wieght, AttributeError, "Did you mean 'weight'?"),
    (lambda: F.rleu, AttributeError, "Did you mean 'relu'?"),
    (lambda: nn.Sequential([nn.ReLU()]), TypeError, "write Sequential(*layers)"),
    (lambda: deep(nn.Module())(1), NotImplementedError, 'net.3.0: Module: Module [Module] is missing the required "forward" function'),
    (lambda: nn.Linear(2, 2)(), TypeError, "missing 1 required positional argument: 'input'"),
]


@pytest.mark.parametrize("case", range(len(SAID)), ids=[text for _, _, text in SAID])
def test_message(case: int) -> None:
    attempt, kind, text = SAID[case]
    with pytest.raises(kind) as caught:
        attempt()
    assert type(caught.value) is kind and text in str(caught.value)


def test_the_operations_own_words_stay_as_a_note() -> None:
    with pytest.raises(RuntimeError) as caught:
        nn.Linear(3, 2)(ag.zeros(1, 2))
    assert any("mat1 and mat2 shapes cannot be multiplied" in note for note in caught.value.__notes__)


def test_an_error_of_the_users_own_code_keeps_its_words_and_gets_a_note() -> None:
    class Careful(nn.Module):
        def forward(self, x: Any) -> Any:
            raise ValueError("not today")

    with pytest.raises(ValueError) as caught:
        deep(Careful())(1)
    assert str(caught.value) == "not today"
    assert caught.value.__notes__ == ["raised in net.3.0 (Careful)"]


def test_a_forgotten_init_is_named() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            self.fc = nn.Linear(2, 2)

    with pytest.raises(AttributeError, match=re.escape("let Net.__init__ begin with super().__init__()")):
        Net()


def test_python_does_not_repeat_the_suggestion() -> None:
    program = "import nn; nn.Linear(2, 2).wieght"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stderr.strip().splitlines()[-1].count("Did you mean") == 1


class Hidden(nn.Module):
    def __init__(self, layers: Any) -> None:
        super().__init__()
        self.layers = layers

    def forward(self, x: Any) -> Any:
        return x


HIDDEN: list[tuple[Any, str]] = [
    (lambda: [nn.Linear(2, 2)], "self.layers is a plain list of 1 Module, which parameters() does not see: use nn.ModuleList"),
    (
        lambda: (nn.Linear(2, 2), nn.Linear(2, 2)),
        "self.layers is a plain tuple of 2 Modules, which parameters() does not see: use nn.ModuleList",
    ),
    (lambda: {"a": nn.Linear(2, 2)}, "self.layers is a plain dict of 1 Module, which parameters() does not see: use nn.ModuleDict"),
    (
        lambda: [nn.Parameter(ag.ones(1))],
        "self.layers is a plain list of 1 Parameter, which parameters() does not see: use nn.ParameterList",
    ),
    (lambda: [[nn.Linear(2, 2)], [nn.ReLU()]], "self.layers is a plain list of 1 Module"),
]


@pytest.mark.parametrize("layers, text", HIDDEN, ids=[text for _, text in HIDDEN])
def test_parameters_in_plain_containers_are_noticed(layers: Any, text: str) -> None:
    m = Hidden(layers())
    with pytest.raises(ValueError, match="optimizer got an empty parameter list") as caught:
        optim.SGD(m.parameters(), lr=0.1)
    assert text in str(caught.value)
    with pytest.warns(UserWarning, match=re.escape(text)):
        m(1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        m(1)  # said once


def frozen() -> nn.Module:
    return nn.Linear(2, 2).requires_grad_(False)


@pytest.mark.parametrize("layers", [lambda: [frozen()], lambda: [nn.ReLU(), 3, "x"], lambda: {"k": None}])
def test_what_is_not_trained_anyway_may_be_hidden(layers: Any) -> None:
    Hidden(layers())(1)


def test_a_list_of_registered_modules_is_fine() -> None:
    m = Hidden([])
    m.a = nn.Linear(2, 2)
    m.layers.append(m.a)
    m(1)
    assert len(list(m.parameters())) == 2
    with pytest.raises(ValueError, match="Hidden has no parameters"):
        optim.SGD(Hidden(3).parameters(), lr=0.1)


def test_a_failed_assertion_of_a_layer_names_the_layer_too() -> None:
    model = nn.Sequential(nn.Identity(), nn.TransformerEncoderLayer(8, 2))
    with pytest.raises(AssertionError, match=r"^1\.self_attn: MultiheadAttention\(embed_dim=8, num_heads=2\) got query of shape \(2, 3, 7\)"):
        model(ag.ones(2, 3, 7))


@pytest.mark.parametrize("shape, first", [((0, 2, 3), False), ((0, 3), False), ((2, 0, 3), True)])
def test_a_sequence_without_steps_is_refused(shape: tuple[int, ...], first: bool) -> None:
    with pytest.raises(RuntimeError, match="GRU: Expected sequence length to be larger than 0"):
        nn.GRU(3, 4, batch_first=first)(ag.ones(shape))


def test_one_hidden_state_for_an_lstm_is_named() -> None:
    with pytest.raises(RuntimeError, match=r"^LSTM: hx must be a pair .* got one tensor of shape \[1, 2, 4\]"):
        nn.LSTM(3, 4)(ag.ones(5, 2, 3), ag.ones(1, 2, 4))
