"""The page: one file without links, the same layout in JavaScript as in Python, modules that open and close in a browser."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from autograd_core import viz
from autograd_core.viz.layout import BETWEEN
from autograd_core.viz.nest import Edge, Frame, arrange
from tests.viz.browser import opened
from tests.viz.models import PROGRAMS, recorded, transformer

HERE = Path(viz.__file__).parent
NODE = shutil.which("node")

RUN = """
const { arrange } = require(process.argv[1]);
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(cases.map((c) => arrange(c.root, c.sizes, c.edges, c.sideways, c.between))));
"""


def tape(seed: int):
    """A random program: boxes with random inputs among the ones before, in random nested frames."""
    rng = random.Random(seed)
    root = Frame("g", header=0)
    running, owner, sizes, edges = [root], {}, {}, []
    for i in range(rng.randint(2, 60)):
        if rng.random() < 0.2 and len(running) < 5:  # a module is called, or returns
            running[-1].items.append(Frame(f"g{i}", title=rng.randint(0, 300), strip=rng.choice([0, 0, 100]), header=rng.choice([30, 34, 46])))
            running.append(running[-1].items[-1])
        elif rng.random() < 0.2 and len(running) > 1 and running[-1].items:
            running.pop()
        box = f"o{i}"
        running[-1].items.append(box)
        owner[box] = running[-1]
        sizes[box] = (rng.randint(40, 320), rng.randint(20, 120))
        earlier = [b for b in owner if b != box]
        for source in rng.sample(earlier[-12:], min(len(earlier), rng.choice([0, 1, 1, 2, 3]))):
            edges.append(Edge(source, box, f"{source}:{rng.randint(0, 1)}"))
    return root, sizes, edges, rng.random() < 0.4, rng.choice([BETWEEN, 90.0])


def plain(frame: Frame):
    items = [plain(i) if isinstance(i, Frame) else i for i in frame.items]
    return {"id": frame.id, "title": frame.title, "strip": frame.strip, "header": frame.header, "items": items}


@pytest.mark.skipif(NODE is None, reason="needs node")
def test_python_and_javascript_find_the_same_places():
    tapes = [tape(seed) for seed in range(50)]
    given = [
        {"root": plain(root), "sizes": sizes, "edges": [vars(e) for e in edges], "sideways": sideways, "between": between}
        for root, sizes, edges, sideways, between in tapes
    ]
    done = subprocess.run([NODE, "-e", RUN, str(HERE / "layout.js")], input=json.dumps(given), capture_output=True, text=True, check=True, timeout=60)
    for (root, sizes, edges, sideways, between), theirs in zip(tapes, json.loads(done.stdout), strict=True):
        mine = arrange(root, sizes, edges, sideways, between)
        assert {k: list(v) for k, v in mine.boxes.items()} == theirs["boxes"]
        assert {k: list(v) for k, v in mine.frames.items()} == theirs["frames"]
        assert [[list(p) for p in line] for line in mine.lines] == theirs["lines"]
        assert [mine.width, mine.height] == [theirs["width"], theirs["height"]]


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
