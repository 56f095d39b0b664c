"""A Chromium for the tests and checks of the pages: whatever the machine has, without a network, driven by playwright."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
READY = 30_000  # milliseconds that a page may take on a busy machine


class NoBrowser(Exception):
    """Why no page can be opened here."""


class Opened(NamedTuple):
    """A page, what its console said, and the addresses that it asked for."""

    page: Any
    said: list[str]
    asked: list[str]


def executables() -> list[str]:
    """What may be a Chromium, in the order in which it is tried; the variable CHROMIUM names one and no other."""
    given = os.environ.get("CHROMIUM")
    if given:
        return [given]
    return [path for name in NAMES if (path := shutil.which(name)) is not None]


@contextmanager
def chromium() -> Iterator[Any]:
    """A running browser. NoBrowser with the reason where there is none."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        raise NoBrowser("playwright is not installed: pip install playwright (it needs no browser of its own)") from None
    with sync_playwright() as p:
        found, why = executables(), []
        if not found:
            own = p.chromium.executable_path
            found = [own] if Path(own).exists() else []
        for path in found:
            try:
                engine = p.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
            except Error as error:
                why.append(f"{path} does not start: {str(error).splitlines()[0]}")
                continue
            try:
                yield engine
            finally:
                engine.close()
            return
        raise NoBrowser("; ".join(why) or f"there is no Chromium: none of {', '.join(NAMES)} is on the PATH, and CHROMIUM names none")


def opened(browser: Any, path: Path, fragment: str = "", width: int = 1200, height: int = 800, ready: bool = True, **options: Any) -> Opened:
    """A file in a new context without network, once it says that it is ready."""
    context = browser.new_context(offline=True, viewport={"width": width, "height": height}, **options)
    page, said, asked = context.new_page(), [], []
    page.on("console", lambda m: said.append(m.text))
    page.on("pageerror", lambda e: said.append(str(e)))
    page.on("request", lambda r: asked.append(r.url))
    page.goto(f"file://{path}{fragment}")
    if ready:
        until_ready(page)
    return Opened(page, said, asked)


def until_ready(page: Any) -> None:
    """Wait until a stepper's page can be used. By a selector: functions that are waited for need eval, which the page forbids."""
    page.wait_for_selector("html[data-ready]", state="attached", timeout=READY)


def steppers_in(page: Any, count: int) -> list[Any]:
    """The frames of so many steppers, in order, once all can be used. Asked for anew each time: a frame that loads may be replaced, and one
    out of sight has no animation frames, in which the browser would wait."""
    end = time.monotonic() + READY / 1000
    while True:
        frames = [frame for frame in page.frames[1:] if frame.locator("html[data-ready]").count()]
        if len(frames) == count:
            return frames
        if time.monotonic() > end:
            raise TimeoutError(f"{len(frames)} of {count} steppers are ready after {READY / 1000:.0f} s")
        page.wait_for_timeout(50)


def until_at(page: Any, k: int) -> None:
    """Wait until a stepper's page shows step k."""
    page.locator("#place").filter(has_text=re.compile(f"^step {k} of ")).wait_for(timeout=READY)
