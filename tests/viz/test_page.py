"""The page: one file without links, modules that open and close in a browser."""

from __future__ import annotations

import re

import pytest

from autograd_core import viz
from tests.viz.browser import opened
from tests.viz.models import PROGRAMS, recorded, transformer


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_page_has_no_links_and_no_loose_ends(name):
    _, loss = recorded(PROGRAMS[name]())
    page = viz.draw(loss).html()
    assert set(re.findall(r"https?://[^\s\"'<>)]+", page)) <= {"http://www.w3.org/2000/svg"}
    assert "default-src 'none'" in page
    assert page.count("<script") == page.count("</script") == 2


def count(page):
    """The boxes and closed modules that show."""
    return page.locator("#view [data-o], #view [data-g][aria-expanded=false]").count()


@pytest.mark.slow
def test_modules_open_and_close_in_a_browser(browser, tmp_path):
    _, make = transformer(4)
    _, loss = recorded(make)
    drawing = viz.draw(loss)
    path = tmp_path / "page.html"
    path.write_text(drawing.html())
    page, said, asked = opened(browser, path, ready=False)
    page.wait_for_selector("#graph")
    first = count(page)
    assert first == len(drawing.scene.visible()[1])
    frame = page.locator("#view [data-g][aria-expanded=true]").first.get_attribute("data-g")
    page.locator(f'[data-g="{frame}"]').dispatch_event("click")
    closed = count(page)
    assert closed < first
    page.locator(f'[data-g="{frame}"]').dispatch_event("click")
    assert count(page) == first
    seen = {}
    for button in ("none", "all", "turn", "first", "fit"):
        page.click(f"#{button}")
        seen[button] = count(page)
    assert seen["none"] <= closed
    assert seen["all"] == seen["turn"] >= first
    assert seen["first"] == seen["fit"] == first
    page.locator("#view [data-o]").first.dispatch_event("click")
    assert page.text_content("#said")
    before = page.inner_html("#view")
    page.locator("#view [data-piece='2']").first.dispatch_event("click")
    assert count(page) == first
    assert "piece 3" in page.text_content("#view")
    assert page.inner_html("#view") != before
    assert (said, len(asked)) == ([], 1)
