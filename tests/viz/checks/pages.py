"""The pages in a browser: large steppers (B5), exported notebooks (A7, B11), on whatever Chromium there is."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import autograd_core as ag
from autograd_core import viz
from tests.viz.books import DRAWING, STEPPER, executed, exported
from tests.viz.browser import NoBrowser, Opened, chromium, opened, steppers_in
from tests.viz.checks.registry import Figure, Unavailable, below, check, equal
from tests.viz.models import transformer

# milliseconds of each of so many key presses, painted or not: the page draws before the press returns
TIMES = """([key, count]) => { const times = []; for (let i = 0; i < count; i++) { const t = performance.now();
  dispatchEvent(new KeyboardEvent("keydown", { key })); times.push(performance.now() - t); } return times.sort((a, b) => a - b); }"""


@contextmanager
def browsing() -> Iterator[tuple[Any, Path]]:
    """A browser and a folder."""
    try:
        with chromium() as engine, tempfile.TemporaryDirectory() as folder:
            yield engine, Path(folder)
    except NoBrowser as reason:
        raise Unavailable(str(reason)) from None


def chain(count: int) -> Callable[[], ag.Tensor]:
    """A loop of small operations without modules, of about 1.5 times as many steps."""
    x = ag.ones(4, requires_grad=True)

    def loss() -> ag.Tensor:
        y = x
        for i in range(count):
            y = (y * 1.0001).tanh() if i % 2 else y + x
        return y.sum()

    return loss


PAGES: dict[str, tuple[Callable[[], ag.Tensor], int]] = {
    "chain of 5,203": (chain(3468), 700_000),
    "transformer of 5,189": (transformer(216)[1], 700_000),
    "chain of 10,403": (chain(6934), 1_400_000),
    "transformer of 10,397": (transformer(433)[1], 1_400_000),
}


def made(make: Callable[[], ag.Tensor]) -> viz.Stepper:
    """A stepper whose recording lives as long as it."""
    with viz.record() as trace:
        loss = make()
    stepper = viz.stepper(loss)
    assert trace.records
    return stepper


@check("B5", "a page of thousands of steps is small, still and asks for nothing", slow=True)
def still() -> Iterator[Figure]:
    """Everything but the times."""
    with browsing() as (engine, folder):
        for name, (make, most) in PAGES.items():
            stepper = made(make)
            path = stepper.html(folder / "step.html")
            assert isinstance(path, Path)
            yield below(f"{name}: size", path.stat().st_size / 1000, most / 1000, " KB")
            found = opened(engine, path, "#k=120")
            yield equal(f"{name}: the link #k=120", found.page.text_content("#place"), f"step 120 of {len(stepper)}")
            yield below(f"{name}: boxes at first", found.page.locator("#picture g.b").count(), 60)
            yield from _still(name, found)
            found.page.context.close()


def _still(name: str, found: Opened) -> Iterator[Figure]:
    page, said, asked = found
    picture = page.inner_html("#picture")
    page.keyboard.press("ArrowRight")
    moved = page.inner_html("#picture") != picture
    page.keyboard.press("ArrowLeft")
    yield equal(f"{name}: there and back", (moved, page.inner_html("#picture") == picture), (True, True))
    most = 0
    for button in ("#byop", "#bymodule", "#all", "#first"):
        page.click(button)
        page.evaluate(TIMES, ["ArrowRight", 40])
        most = max(most, page.evaluate("document.querySelectorAll('*').length"))
    yield below(f"{name}: elements", most, 600)
    yield equal(f"{name}: requests beside the file", len(asked) - 1, 0)
    yield equal(f"{name}: messages on the console", said, [])


@check("B5", "a page of thousands of steps is quick", timing=True)
def quick() -> Iterator[Figure]:
    """Times to make, to be ready, to step."""
    with browsing() as (engine, folder):
        for name, (make, _) in PAGES.items():
            stepper = made(make)
            start = time.process_time()
            path = stepper.html(folder / "step.html")
            assert isinstance(path, Path)
            yield below(f"{name}: made", time.process_time() - start, 3, " s")
            ready, press = 1e9, 1e9
            for _ in range(3):
                page = opened(engine, path).page
                ready = min(ready, float(page.evaluate("document.documentElement.dataset.ready")))
                press = min(press, page.evaluate(TIMES, ["ArrowRight", 300])[285])
                page.context.close()
            yield below(f"{name}: ready", ready, 500, " ms")
            yield below(f"{name}: a key press, 95th of 100", press, 16, " ms")


@check("A7", "a drawing in an exported notebook", slow=True)
def drawings() -> Iterator[Figure]:
    """Normal and sanitised."""
    with browsing() as (engine, folder):
        book = _book([DRAWING], folder)
        page, said, _ = opened(engine, exported(book, folder / "book.html"), ready=False)
        frame = page.frames[-1]
        frame.wait_for_selector("#graph")
        boxes = frame.locator("#view [data-o], #view [data-g][aria-expanded=false]")
        before = boxes.count()
        frame.locator("#view [data-g][aria-expanded=true]").first.dispatch_event("click")
        yield equal("exported: the picture shows", frame.locator("svg#graph").is_visible(), True)
        yield Figure("exported: boxes before and after closing a module", f"{before}, {boxes.count()}", "fewer", boxes.count() < before)
        yield equal("exported: messages on the console", said, [])
        page, said, asked = opened(engine, exported(book, folder / "safe.html", sanitize=True), ready=False)
        shown = page.locator("svg, img").count()  # nbconvert's sanitiser lets no element of a picture pass, in whatever HTML it stands
        yield Figure("sanitised: pictures that show", str(shown), "none can", True)
        yield equal("sanitised: messages on the console, frames, requests", (said, len(page.frames), len(asked)), ([], 1, 1))


@check("B11", "steppers in an exported notebook", slow=True)
def steppers() -> Iterator[Figure]:
    """Ten in one, each in a frame of its own."""
    with browsing() as (engine, folder):
        book = _book([STEPPER.format(width=n + 1) for n in range(10)], folder)
        path = exported(book, folder / "book.html")
        yield below("ten steppers", path.stat().st_size / 1e6, 6, " MB")
        page, said, _ = opened(engine, path, ready=False)
        frames = steppers_in(page, 10)
        frames[3].locator("#step").click()
        page.keyboard.press("ArrowRight")
        at = [frame.text_content("#place").split()[1] for frame in frames]
        yield equal("the fourth went on by a click and a key", "".join(at), "0002000000")
        yield equal("messages on the console", said, [])


def _book(cells: list[str], folder: Path) -> Any:
    try:
        return executed(cells, folder)
    except ImportError as error:
        raise Unavailable(f"needs nbclient and nbconvert: {error}") from None
