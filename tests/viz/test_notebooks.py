"""What an exported notebook still does: drawings open and close, steppers step, each in its own frame, without kernel and network."""

from __future__ import annotations

import pytest

from tests.viz.books import DRAWING, STEPPER, executed, exported
from tests.viz.browser import opened, steppers_in

pytest.importorskip("nbconvert", reason="needs nbconvert: pip install nbconvert")
pytest.importorskip("nbclient", reason="needs nbclient: pip install nbclient")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]
COUNT = 10


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return executed([DRAWING, *[STEPPER.format(width=n + 1) for n in range(COUNT)]], tmp_path_factory.mktemp("book"))


def test_an_exported_notebook_draws_and_steps(book, browser, tmp_path):
    path = exported(book, tmp_path / "book.html")
    assert path.stat().st_size < 6_000_000
    page, said, asked = opened(browser, path, ready=False)
    steppers = steppers_in(page, COUNT)
    drawing = page.frames[1]
    drawing.wait_for_selector("#graph")
    assert drawing.locator("svg#graph").is_visible()
    count = drawing.locator("#view [data-o], #view [data-g][aria-expanded=false]").count
    before = count()
    drawing.locator("#view [data-g][aria-expanded=true]").first.dispatch_event("click")
    assert count() < before
    steppers[3].locator("#step").click()
    page.keyboard.press("ArrowRight")
    places = [frame.text_content("#place") for frame in steppers]
    assert places[3].startswith("step 2 of ")
    assert all(place.startswith("step 0 of ") for i, place in enumerate(places) if i != 3)
    assert said == []
    assert [a for a in asked if not a.startswith(("file:", "about:", "data:"))] == []


def test_a_sanitised_export_runs_nothing(book, browser, tmp_path):
    page, said, asked = opened(browser, exported(book, tmp_path / "book.html", sanitize=True), ready=False)
    assert len(page.frames) == 1
    assert said == []
    assert len(asked) == 1
