"""The stepper in a terminal, with pdb's words. Reads commands from a keyboard, a pipe or a file. Imports flags and text."""

from __future__ import annotations

import cmd
import linecache
import os
import shlex
import sys
from typing import IO, Any

import numpy as np

from .flags import l2
from .text import bars
from .words import inert

WIDTH = 60  # characters of the strip
ASCII = str.maketrans("▁▂▃▄▅▆▇█·×−∂≤≥≠½²³σ∇√Σᵀ…", ".:-=+*#@.x-d<>!/23sVrST~")
CONDITIONS = "nan | inf | above 1e3 | below 1e-8 | op NAME | module PATTERN | param NAME"


class Quit(Exception):
    """The user wants to leave the program that is being stepped."""


class Terminal(cmd.Cmd):
    """A session: `Terminal(stepper).cmdloop()`. Empty lines repeat the last command, as in pdb."""

    def __init__(self, stepper: Any, stdin: IO[str] | None = None, stdout: IO[str] | None = None) -> None:
        super().__init__(stdin=stdin, stdout=stdout)
        self.use_rawinput = stdin is None and sys.stdin.isatty()
        self.stepper = stepper
        self.colour = bool(getattr(self.stdout, "isatty", lambda: False)()) and "NO_COLOR" not in os.environ
        self.wanted = False  # to leave the program, not just the session
        encoding = getattr(self.stdout, "encoding", None) or "utf-8"
        self.ascii = not encoding.lower().replace("-", "").startswith("utf")
        self._prompt()

    def _prompt(self) -> None:
        s = self.stepper
        inside = f", element {s.element}/{s.elements.count(s.k)}" if s.elements is not None and s.k else ""
        self.prompt = f"(step {s.k}/{len(s)}{inside}) "

    def say(self, text: Any = "") -> None:
        """Print, without anything in the user's names that a terminal would obey."""
        for line in str(text).split("\n"):
            shown = inert(line)
            if self.ascii:
                shown = shown.translate(ASCII).encode("ascii", "replace").decode()
            if self.colour:
                code = "31;1" if shown.lstrip().startswith("!") else "1" if shown.startswith("step ") else ""
                shown = f"\x1b[{code}m{shown}\x1b[0m" if code else shown
            print(shown, file=self.stdout)

    def show(self) -> None:
        """Where the cursor stands, and the strip of all steps."""
        self.say(self.stepper.now.text())
        self.say(self.strip())

    def strip(self) -> str:
        """The size of the gradient at every step, from the loss on; ^ is here."""
        steps = self.stepper.run.steps
        every = max(1, -(-len(steps) // WIDTH))
        sizes = [l2(s.upstream[0]) for s in steps[::every]]
        at = (self.stepper.k - 1) // every if self.stepper.k else -1
        return f"  |{bars([('', size) for size in sizes])}|  L2 of the gradient, 1e-8 to 1e3\n  {' ' * (at + 1)}^"

    # cmd's own

    def preloop(self) -> None:
        """See cmd."""
        self.say(f"{len(self.stepper)} steps from the loss to the leaves; h for help")
        for flag in self.stepper.flags[:5]:
            self.say(f"! step {flag.k}: {flag.text}")
        self.show()

    def precmd(self, line: str) -> str:
        """See cmd. What came from a pipe is shown, so that the transcript reads like a session."""
        if not self.use_rawinput and line != "EOF":
            print(inert(line), file=self.stdout)
        return line

    def postcmd(self, stop: bool, line: str) -> bool:
        """See cmd."""
        self._prompt()
        return stop

    def onecmd(self, line: str) -> bool:
        """A command, whose errors are said and end nothing."""
        try:
            return bool(super().onecmd(line))
        except (ValueError, IndexError, TypeError, RuntimeError) as error:
            self.say(f"*** {error}")
            return False

    def default(self, line: str) -> bool | None:  # type: ignore[override]
        """A number is a step; anything else is unknown."""
        if line == "EOF":
            self.say()
            return self.do_q("")
        if line.strip().lstrip("-").isdigit():
            self.do_t(line)
            return None
        self.say(f"*** there is no command {line.split()[0]!r}; h lists them")
        return None

    # moving

    def do_n(self, arg: str) -> None:
        """n [count]: one step on (also s, step, next)."""
        self.stepper.step(int(arg or 1))
        self.show()

    do_s = do_step = do_next = do_n

    def do_b(self, arg: str) -> None:
        """b [count]: one step back (also back). With a condition as in pdb: b nan is break nan."""
        if arg and not arg.isdigit():
            self.do_break(arg)
            return
        self.stepper.back(int(arg or 1))
        self.show()

    do_back = do_b

    def do_o(self, arg: str) -> None:
        """o: past the module call that comes next (also over)."""
        self.stepper.over()
        self.show()

    do_over = do_o

    def do_r(self, arg: str) -> None:
        """r: out of the module call that it is in (also out, return)."""
        self.stepper.out()
        self.show()

    do_out = do_return = do_r

    def do_c(self, arg: str) -> None:
        """c: on to the next breakpoint, or the end (also continue)."""
        self.stepper.cont()
        self.show()

    do_continue = do_cont = do_c

    def do_rc(self, arg: str) -> None:
        """rc: back to the breakpoint before, or the seed."""
        self.stepper.rcont()
        self.show()

    def do_t(self, arg: str) -> None:
        """t PLACE: to a step number, start, end, a parameter or a module (also goto)."""
        place = arg.strip() or "end"
        self.stepper.goto(int(place) if place.lstrip("-").isdigit() else place)
        self.show()

    do_goto = do_t

    def do_up(self, arg: str) -> None:
        """up: to the step that completed the gradient which came here, towards the loss (also u)."""
        step = self.stepper.now.step
        arrived = self.stepper.run.arrivals.get(step.record.outputs[0]) if step is not None else None
        self.stepper.goto(arrived[-1][0] if arrived else 0)
        self.show()

    do_u = do_up

    def do_down(self, arg: str) -> None:
        """down: to the step that takes up the gradient which was passed on here, towards the leaves (also d)."""
        step, run = self.stepper.now.step, self.stepper.run
        targets = [run.trace.values[p[0]].maker for p in step.parts if p is not None] if step is not None else [run.steps[0].record.id]
        places = [run.step_of[m] for m in targets if m is not None and m in run.step_of]
        if not places:
            self.say("*** the gradient ends here, in leaves")
            return
        self.stepper.goto(min(places))
        self.show()

    do_d = do_down

    # looking

    def do_e(self, arg: str) -> None:
        """e [input] [i,j,...]: the numbers of one element: upstream x local derivative = contribution (also explain)."""
        slot, index = None, None
        for word in arg.split():
            if word.replace(",", "").replace("-", "").isdigit():
                index = tuple(int(i) for i in word.split(",") if i)
            else:
                names = {c.name: c.slot for c in self.stepper.contributions}
                if word not in names:
                    raise ValueError(f"no input here is called {word!r}: there are {', '.join(names)}")
                slot = names[word]
        if index is None and slot is None and len(self.stepper.contributions) > 1:
            for c in self.stepper.contributions:
                self.say(self.stepper.explain(slot=c.slot))
            return
        self.say(self.stepper.explain(index, slot))

    do_explain = do_e

    def do_f(self, arg: str) -> None:
        """f: the frontier, the gradients that wait (also frontier)."""
        for pending in self.stepper.frontier:
            self.say(f"  {str(pending)[1:-1]}{'  (leaf)' if pending.leaf else ''}")

    do_frontier = do_f

    def do_w(self, arg: str) -> None:
        """w: the modules around this step, the innermost last (also where). w NAME: who wrote a parameter's gradient (also writes)."""
        if arg:
            for write in self.stepper.writes(arg):
                self.say(f"  {'->' if write.k == self.stepper.k else '  '} {str(write)[1:-1]}")
            return
        for depth, name in enumerate(self.stepper.now.modules):
            self.say(f"  {'  ' * depth}{name or '(the model)'}")
        self.say(f"  {'  ' * len(self.stepper.now.modules)}{self.stepper.op}")

    do_where = do_writes = do_w

    def do_l(self, arg: str) -> None:
        """l: the user's lines around the one that made this operation (also list)."""
        source = self.stepper.source
        if source is None:
            self.say("*** the line is not known: compute the loss inside of `with viz.record() as trace:`, or run the script with -m autograd_core.viz.step")
            return
        for number in range(max(source.line - 4, 1), source.line + 5):
            text = linecache.getline(source.file, number).rstrip("\n")
            if text or number <= source.line:
                self.say(f"{'->' if number == source.line else '  '} {number:4}  {text}")

    do_list = do_l

    def do_p(self, arg: str) -> None:
        """p [NAME]: the gradient of a parameter as far as it has arrived, or the upstream (also print)."""
        g = self.stepper.grad_of(arg.strip()) if arg.strip() else self.stepper.upstream
        with np.printoptions(precision=4, threshold=200, edgeitems=3, linewidth=120):
            self.say("nothing has arrived yet" if g is None else g.numpy() if hasattr(g, "numpy") else g)

    do_print = do_p

    def do_info(self, arg: str) -> None:
        """info: flags, breakpoints, and the steps that changed the length of the gradient most."""
        for flag in self.stepper.flags:
            self.say(f"! step {flag.k}: {flag.text}")
        for point in self.stepper.breakpoints:
            self.say(f"  breakpoint {point}")
        for gain in self.stepper.gains[:8]:
            self.say(f"  step {gain.k:<5} gain {gain.gain:<10.3g} {gain.op}  {gain.path}")

    def do_why(self, arg: str) -> None:
        """why NAME [i,j,...]: the way from the loss that gave most of an element of a gradient."""
        words = shlex.split(arg)
        if not words:
            raise ValueError("why NAME [i,j,...]: the name of a parameter is missing")
        index = tuple(int(i) for i in words[1].split(",")) if len(words) > 1 else None
        self.say(self.stepper.why(words[0], index))

    def do_check(self, arg: str) -> None:
        """check: the rule of this step against finite differences."""
        for c in self.stepper.contributions:
            self.say(str(self.stepper.check(c.slot))[1:-1])

    # stopping

    def do_break(self, arg: str) -> None:
        """break CONDITION: stop c and rc there. Without one: list them. Conditions: nan, inf, above X, below X, op NAME, module PATTERN, param NAME."""
        if not arg.strip():
            for point in self.stepper.breakpoints:
                self.say(f"  {point}")
            return
        self.say(f"  breakpoint {self.stepper.break_on(**condition(arg))}")

    def do_watch(self, arg: str) -> None:
        """watch NAME: stop where the gradient of a parameter is written."""
        self.do_break(f"param {arg}")

    def do_clear(self, arg: str) -> None:
        """clear [number]: take away a breakpoint, or all."""
        self.stepper.clear(int(arg) if arg.strip() else None)

    def do_go(self, arg: str) -> bool:
        """go: leave the stepper, let the program go on."""
        return True

    def do_q(self, arg: str) -> bool:
        """q: quit (also quit, exit)."""
        self.wanted = True
        return True

    do_quit = do_exit = do_q

    def do_h(self, arg: str) -> None:
        """h [command]: what there is (also help)."""
        names = [arg] if arg else ["n", "b", "o", "r", "c", "rc", "t", "up", "down", "e", "f", "w", "l", "p", "info", "why", "check"]
        names += [] if arg else ["break", "watch", "clear", "go", "q", "h"]
        for name in names:
            method = getattr(self, f"do_{name}", None)
            self.say(f"  {method.__doc__}" if method is not None else f"*** there is no command {name!r}")

    do_help = do_h


def condition(text: str) -> dict[str, Any]:
    """The words of a breakpoint as the arguments of `break_on`: nan, above 1e3, op softmax module encoder.*"""
    words = shlex.split(text)
    found: dict[str, Any] = {}
    while words:
        word = words.pop(0)
        if word in ("nan", "inf"):
            found[word] = True
            continue
        if word not in ("above", "below", "op", "module", "param"):
            raise ValueError(f"{word!r} is no condition: {CONDITIONS}")
        if not words:
            raise ValueError(f"{word} what? Conditions: {CONDITIONS}")
        value = words.pop(0)
        try:
            found[word] = float(value) if word in ("above", "below") else value
        except ValueError:
            raise ValueError(f"{word} takes a number: got {value!r}") from None
    return found


def run(stepper: Any) -> bool:
    """A session in this terminal; whether the user wants to leave the program."""
    terminal = Terminal(stepper)
    try:
        terminal.cmdloop()
    except KeyboardInterrupt:
        print()
    return terminal.wanted
