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
from tests.viz.models import PROGRAMS, recorded, transformer

HERE = Path(viz.__file__).parent
NODE = shutil.which("node")
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")

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
    return {"id": frame.id, "title": frame.title, "strip": frame.strip, "header": frame.header, "items": [plain(i) if isinstance(i, Frame) else i for i in frame.items]}


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


STEPS = """
<script>setTimeout(() => {
  const count = () => document.querySelectorAll("#view [data-o],#view [data-g][aria-expanded=false]").length;
  const seen = [count()];
  const frame = () => document.querySelector("#view [data-g][aria-expanded=true]");
  const press = (g) => g.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  const id = frame().dataset.g;
  press(frame()); seen.push(count());
  press(document.querySelector(`[data-g="${id}"]`)); seen.push(count());
  for (const b of ["none", "all", "turn", "first", "fit"]) { document.getElementById(b).click(); seen.push(count()); }
  press(document.querySelector("#view [data-o]"));
  const before = document.querySelector("#view").innerHTML;
  press(document.querySelector("#view [data-piece='2']")); seen.push(count());
  const chosen = document.querySelector("#view").textContent.includes("piece 3") && before !== document.querySelector("#view").innerHTML;
  document.title = JSON.stringify([seen, document.getElementById("said").textContent.length > 0, chosen]);
}, 300);</script>
"""


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="needs Chromium")
def test_modules_open_and_close_in_a_browser(tmp_path):
    _, make = transformer(4)
    _, loss = recorded(make)
    drawing = viz.draw(loss)
    path = tmp_path / "page.html"
    path.write_text(drawing.html().replace("</body>", STEPS + "</body>"))
    done = subprocess.run(
        [
            BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", f"--user-data-dir={tmp_path / 'profile'}", "--enable-logging=stderr", "--virtual-time-budget=4000", "--dump-dom", path.as_uri(),
        ],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    title = re.search(r"<title>(\[.*?)</title>", done.stdout)
    assert title is not None, done.stderr[-2000:]
    seen, said, chosen = json.loads(title[1].replace("&quot;", '"'))
    first, closed, again, none, every, turned, last, fitted, other = seen
    assert first == again == last == fitted == other == len(drawing.scene.visible()[1])
    assert closed < first
    assert none <= closed
    assert every == turned >= first
    assert said
    assert chosen
    assert "CONSOLE" not in done.stderr
