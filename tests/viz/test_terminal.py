"""The stepper in a terminal: a session from a pipe, every command, and names that try to command the terminal."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

import autograd_core as ag
import nn
from autograd_core import viz
from autograd_core.viz.step import main
from autograd_core.viz.terminal import Terminal, condition

ROOT = Path(__file__).parents[2]
DEMO = """\
import autograd_core as ag
import nn

ag.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 2), nn.ReLU(), nn.Linear(2, 1))
x = ag.tensor([[3.0, 1.0, 2.0]])
loss = (model(x) - 2).sqrt().sum()
loss.backward()
print("after backward")
"""
GOLDEN = """\
6 steps from the loss to the leaves; h for help
! step 2: sqrt at demo.py:7 made 1 NaN going forward, of 1×1 from −2.214 to −2.214
! step 2: NaN is born here: sqrt was given finite gradients and made 1 NaN
! step 5: NaN is lost here: relu passes none of 2 on
step 0 of 6: the seed, ∂L/∂L = 1
  |▆▆!!!▁|  L2 of the gradient, 1e-8 to 1e3
  ^
(step 0/6) n
step 1 of 6: sum
  at    demo.py:7  loss = (model(x) - 2).sqrt().sum()
  rule  ∂L/∂x = g
  came  scalar  1
  to    x: 1×1  1
  |▆▆!!!▁|  L2 of the gradient, 1e-8 to 1e3
   ^
(step 1/6) n
step 2 of 6: sqrt
  at    demo.py:7  loss = (model(x) - 2).sqrt().sum()
  rule  ∂L/∂x = g / (2 · out)
  came  1×1  1
  to    x: 1×1  NaN
  ! sqrt at demo.py:7 made 1 NaN going forward, of 1×1 from −2.214 to −2.214
  ! NaN is born here: sqrt was given finite gradients and made 1 NaN
  |▆▆!!!▁|  L2 of the gradient, 1e-8 to 1e3
    ^
(step 2/6) b
step 1 of 6: sum
  at    demo.py:7  loss = (model(x) - 2).sqrt().sum()
  rule  ∂L/∂x = g
  came  scalar  1
  to    x: 1×1  1
  |▆▆!!!▁|  L2 of the gradient, 1e-8 to 1e3
   ^
(step 1/6) f
  sqrt (operation 4): 1, 1 of 1 contributions
(step 1/6) break nan
  breakpoint 1: NaN
(step 1/6) c
step 2 of 6: sqrt
  at    demo.py:7  loss = (model(x) - 2).sqrt().sum()
  rule  ∂L/∂x = g / (2 · out)
  came  1×1  1
  to    x: 1×1  NaN
  ! sqrt at demo.py:7 made 1 NaN going forward, of 1×1 from −2.214 to −2.214
  ! NaN is born here: sqrt was given finite gradients and made 1 NaN
  |▆▆!!!▁|  L2 of the gradient, 1e-8 to 1e3
    ^
(step 2/6) q
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "demo.py").write_text(DEMO)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def session(folder, commands, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "autograd_core.viz.step", *arguments, "demo.py"],
        cwd=folder, input=commands, capture_output=True, text=True, timeout=120, encoding="utf-8",
        env={"PYTHONPATH": str(ROOT), "PATH": "", "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert not [line for line in done.stderr.splitlines() if "compiling kernels" not in line]  # which a new machine does once
    return done.returncode, done.stdout


def test_a_session_from_a_pipe(folder):
    assert session(folder, "n\nn\nb\nf\nbreak nan\nc\nq\n") == (0, GOLDEN)


def test_it_goes_on_to_the_first_breakpoint_and_lets_the_program_go(folder):
    code, said = session(folder, "go\n", "--break", "nan")
    assert code == 0
    assert "step 2 of 6: sqrt" in said
    assert said.endswith("after backward\n")


def small():
    ag.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 2), nn.ReLU(), nn.Linear(2, 1))
    return model, viz.stepper(model(ag.ones(1, 3)).sum(), params=model)


COMMANDS = {
    "n": "step 1 of", "s 2": "step 2 of", "b": "step 0 of", "o": "step", "r": "step", "c": "step 4 of 4", "rc": "step 0 of", "t 3": "step 3 of",
    "goto 0.weight": "step 4 of", "-1": "step 4 of", "up": "step 0 of", "down": "step 1 of", "e": "nothing has run", "f": "sum (operation 3)", "w": "seed",
    "w 0.weight": "step 4 (linear)", "p": "1.", "p 0.bias": "nothing has arrived", "info": "gain", "why 2.bias": "the loss starts with 1",
    "check": "", "break op relu": "breakpoint 1: op relu", "watch 0.bias": "breakpoint 1: param 0.bias", "break": "", "clear": "", "h": "break CONDITION",
    "h e": "upstream x local derivative", "l": "not known", "xyzzy": "no command 'xyzzy'", "t 99": "there is no step 99", "t nowhere": "is called 'nowhere'",
    "break op softmux": "would never stop", "break above": "above what?", "break above high": "takes a number", "n x": "***", "clear 7": "no breakpoint 7",
    "e 1,2": "nothing has run", "why": "missing",
}  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_commands(command):
    _model, s = small()
    out = io.StringIO()
    Terminal(s, io.StringIO(f"{command}\nq\n"), out).cmdloop()
    said = out.getvalue().partition(f") {command}\n")[2]
    assert COMMANDS[command] in said
    assert "Traceback" not in said
    assert "\x1b" not in said


def test_elements_are_explained_by_name_and_index():
    _model, s = small()
    out = io.StringIO()
    Terminal(s, io.StringIO("t 4\ne 0.weight 0,1\ne 5,5\nq\n"), out).cmdloop()
    assert "∂L/∂0.weight[0, 1]" in out.getvalue()
    assert "is outside" in out.getvalue()


def test_names_cannot_command_the_terminal():
    x = ag.ones(2, requires_grad=True)
    out = io.StringIO()
    Terminal(viz.stepper((x * 2).sum(), params={"\x1b[31mred\x07\x9b": x}), io.StringIO("t end\nf\nq\n"), out).cmdloop()
    assert not {"\x1b", "\x07", "\x9b"} & set(out.getvalue())


def test_a_terminal_that_knows_ascii_only_gets_ascii():
    class Plain(io.StringIO):
        encoding = "ascii"

    _model, s = small()
    out = Plain()
    Terminal(s, io.StringIO("n\ne\nt end\ne\nq\n"), out).cmdloop()
    assert out.getvalue().isascii()


def test_conditions():
    assert condition("nan above 1e3 op 'a b'") == {"nan": True, "above": 1000.0, "op": "a b"}
    with pytest.raises(ValueError, match="is no condition"):
        condition("sometimes")


WRONG = {"no file": (["nowhere.py"], 2), "no condition": (["demo.py", "--break", "sometimes"], 2)}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_command_lines(name, folder, capsys):
    with pytest.raises(SystemExit) as stop:
        main(WRONG[name][0])
    assert stop.value.code == WRONG[name][1]
    capsys.readouterr()


def test_a_program_without_backward_says_so(folder, capsys):
    (folder / "none.py").write_text("import autograd_core as ag\nag.ones(2) + 1\n")
    assert main(["none.py"]) == 1
    assert "0 calls of backward()" in capsys.readouterr().err


def test_arguments_go_to_the_program(folder, capsys):
    (folder / "show.py").write_text("import sys\nprint(sys.argv)\n")
    assert main(["show.py", "3", "--skip", "2", "--epochs", "4", "--", "--break", "x"]) == 1
    assert "['show.py', '3', '--epochs', '4', '--break', 'x']" in capsys.readouterr().out


def test_the_page_instead_of_a_session(folder, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["demo.py", "--html", "step.html", "--break", "nan"])
    assert stop.value.code == 0
    page = (folder / "step.html").read_text("utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert capsys.readouterr().out == "step.html\n"
