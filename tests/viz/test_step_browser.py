"""The stepper's page in a real browser without a network: keys, clicks, links, folding, true text, inert names, legible colours."""

from __future__ import annotations

import math
import re

import pytest

import autograd_core as ag
import nn
import nn.functional as F
from autograd_core import viz
from tests.viz.browser import opened, steppers_in, until_at
from tests.viz.models import PROGRAMS, mlp, numbers, transformer

pytestmark = pytest.mark.slow

HOSTILE = "</script><script>alert(1)</script>"
EQUATION = "[...document.getElementById('equation').childNodes].filter((n) => n.nodeName !== 'SMALL').map((n) => n.textContent).join('')"
PRESS = "([key, times]) => { for (let i = 0; i < times; i++) dispatchEvent(new KeyboardEvent('keydown', { key })); }"
ELEMENTS = "document.querySelectorAll('*').length"

# the least contrast of any text on what is behind it (WCAG 2), as [ratio, text]
CONTRAST = """() => {
  const parts = (c) => { const m = c.match(/[\\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m; };
  const bright = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((s, v, i) => s + v * [0.2126, 0.7152, 0.0722][i], 0);
  let least = [99, ""];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim(), own = walker.currentNode.parentElement;
    if (!text || own.closest("script,datalist,svg,dialog:not([open])") || !own.getClientRects().length) continue;
    let behind = [255, 255, 255], at = own;
    for (; at; at = at.parentElement) { const c = parts(getComputedStyle(at).backgroundColor); if (c[3] > 0.9) { behind = c; break; } }
    const [a, b] = [bright(parts(getComputedStyle(own).color)), bright(behind)].sort((x, y) => y - x), ratio = (a + 0.05) / (b + 0.05);
    if (ratio < least[0]) least = [ratio, text];
  }
  return least;
}"""


def place(page):
    return page.text_content("#place")


def stepper_of(make, **options):
    with viz.record() as trace:
        loss = make()
    assert trace.records
    return viz.stepper(loss, **options)


def test_keys_links_and_text(browser, tmp_path, rng):
    s = stepper_of(PROGRAMS["transformer"]())
    path = s.html(tmp_path / "step.html", title=HOSTILE)
    page, said, asked = opened(browser, path, "#k=12")
    assert place(page) == f"step 12 of {len(s)}"
    picture = page.inner_html("#picture")
    page.keyboard.press("ArrowRight")
    assert place(page) == f"step 13 of {len(s)}"
    assert page.inner_html("#picture") != picture
    page.keyboard.press("ArrowLeft")
    assert page.inner_html("#picture") == picture
    page.keyboard.press("End")
    assert place(page) == f"step {len(s)} of {len(s)}"
    page.keyboard.press("Home")
    assert "seed" in page.text_content("#path")
    page.keyboard.press("Shift+ArrowRight")
    assert place(page) != f"step 0 of {len(s)}"
    page.evaluate("location.hash = '#k=7'")
    until_at(page, 7)
    page.keyboard.press("b")
    page.keyboard.press("Home")
    page.keyboard.press("c")
    assert place(page).startswith("step 7 ")
    page.keyboard.press("d")  # every digit: the visible equation then holds to a millionth
    for k in rng.integers(1, len(s) + 1, 200):
        page.evaluate(f"location.hash = '#k={k}'")
        until_at(page, k)
        shown = page.evaluate(EQUATION)
        left, _, right = shown.replace("−", "-").rpartition(" = ")
        left = re.sub(r"\(\d+ more: ([^)]*)\)|\(rounding: ([^)]*)\)", lambda m: f"({m[1] or m[2]})", left).replace("·", "*")
        terms = [abs(eval(t, {"__builtins__": {}})) for t in left.split(" + ")]
        assert math.isclose(eval(left, {"__builtins__": {}}), float(right), rel_tol=1e-6, abs_tol=1e-6 * max(terms) + 1e-12), shown
    assert page.evaluate(ELEMENTS) <= 600
    assert (said, len(asked)) == ([], 1)


def test_a_large_graph_without_modules(browser, tmp_path):
    x = ag.ones(4, requires_grad=True)

    def loss():
        y = x
        for i in range(2600):
            y = (y * 1.0001).tanh() if i % 2 else y + x
        return y.sum()

    s = stepper_of(loss)
    path = s.html(tmp_path / "large.html")
    assert path.stat().st_size <= 700_000
    page, said, asked = opened(browser, path)
    assert page.locator("#picture g.b").count() <= 60
    page.evaluate(PRESS, ["ArrowRight", 300])
    assert place(page) == f"step 300 of {len(s)}"
    picture = page.inner_html("#picture")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert page.inner_html("#picture") == picture
    assert page.evaluate(ELEMENTS) <= 600
    assert (said, len(asked)) == ([], 1)


def test_a_large_graph_starts_folded_and_steps_by_modules(browser, tmp_path):
    s = stepper_of(transformer(60)[1])
    path = s.html(tmp_path / "large.html")
    page, said, asked = opened(browser, path)
    boxes = page.locator("#picture g.b")
    assert boxes.count() <= 60
    assert "Block ×60" in page.text_content("#picture")
    page.evaluate(PRESS, ["ArrowRight", 12])
    assert int(re.findall(r"\d+", place(page))[0]) > 25  # a closed module is one step
    page.click("#all")
    assert "▸" not in page.text_content("#picture")
    assert page.evaluate(ELEMENTS) <= 600
    page.click("#first")
    assert "▸" in page.text_content("#picture")
    assert boxes.count() <= 60
    before = int(re.findall(r"\d+", place(page))[0])
    page.click("#byop")
    page.keyboard.press("ArrowRight")
    assert place(page) == f"step {before + 1} of {len(s)}"
    assert (said, len(asked)) == ([], 1)


def test_clicks_go_to_boxes_and_open_modules(browser, tmp_path):
    s = stepper_of(transformer(12)[1])
    page, said, _ = opened(browser, s.html(tmp_path / "step.html"))
    page.locator("#picture g.b", has_text="log_softmax").click()
    assert page.text_content("#what").startswith("log_softmax")
    page.keyboard.press("End")
    page.keyboard.press("Home")
    gelu = page.locator("#picture g.b", has_text="gelu")
    assert gelu.count() == 0
    page.locator("#picture g.b", has_text="▸ Sequential").click()
    assert gelu.count() == 1
    gelu.click()
    assert page.text_content("#what").startswith("gelu")
    page.locator("#picture > text", has_text="▾ Sequential").click()
    assert page.locator("#picture g.b", has_text="▸ Sequential").count() == 1
    assert "now gelu" in page.text_content("#picture")
    assert said == []


def test_the_picture_of_numbers_shows_data_and_gradients(browser, tmp_path):
    leaves, make = numbers()
    s = stepper_of(make, params=leaves)
    page, said, _ = opened(browser, s.html(tmp_path / "step.html"))
    assert page.text_content("#picture").count("grad …") == 3 + len(s)
    page.keyboard.press("End")
    shown = page.text_content("#picture")
    assert "grad …" not in shown
    for name, leaf in leaves.items():
        value = f"{float(s.goto('end').grad_of(leaf).item()):.4g}".replace("-", "−").replace("e−0", "e−")
        assert f"grad {value}" in shown, name
    assert said == []


def test_the_chart_of_layers_names_what_vanished(browser, tmp_path):
    model = mlp(20)
    s = stepper_of(lambda: model(ag.ones(4, 5)).square().mean())
    page, said, _ = opened(browser, s.html(tmp_path / "step.html"))
    assert "vanishing" in page.text_content("#panel svg")  # a flag opens the chart
    page.keyboard.press("n")
    flag = next(f for f in s.flags if f.kind == "vanishing")
    assert place(page).startswith(f"step {flag.k} ")
    assert flag.text in page.text_content("#flags")
    assert said == []


def test_what_a_step_does_to_the_gradient_is_said(browser, tmp_path):
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(18, 4))
    ag.manual_seed(0)
    s = stepper_of(lambda: F.cross_entropy(model(ag.randn(3, 1, 8, 8)), ag.tensor([0, 1, 2])))
    page, _, _ = opened(browser, s.html(tmp_path / "step.html"))
    said = {}
    for k in range(1, len(s) + 1):
        page.evaluate(f"location.hash = '#k={k}'")
        until_at(page, k)
        said[s.at(k).op] = page.text_content("#rule")
    assert "(p − onehot)" in said["log_softmax"]
    assert "is cut in" in said["relu"]
    assert "had no part in the result" in said["max_pool2d"]
    assert "moved, not changed" in said["flatten"]


class Named(nn.Module):
    def __init__(self):
        super().__init__()
        self._modules[HOSTILE] = nn.Linear(2, 2)

    def forward(self, x):
        return self._modules[HOSTILE](x)


def test_hostile_names_are_text_everywhere(browser, tmp_path):
    x = ag.ones(3, 2, requires_grad=True)
    model = Named()
    scope = {"__name__": "hostile", "model": model, "x": x, "viz": viz}
    Named.__name__ = HOSTILE
    try:
        code = compile("with viz.record():\n    loss = (model(x) * x).sum()\n", f"{HOSTILE}.py", "exec")
        exec(code, scope)
        path = viz.stepper(scope["loss"], params={HOSTILE: x}).html(tmp_path / "step.html", title=HOSTILE)
    finally:
        Named.__name__ = "Named"
    page, said, asked = opened(browser, path)
    page.on("dialog", lambda d: said.append("a dialog"))
    for key in ["ArrowRight", "o", "o", "e", "/", "Escape", "ArrowRight", "ArrowRight", "ArrowRight"]:
        page.keyboard.press(key)
    for tab in ("source", "waiting", "history"):
        page.click(f"[data-tab={tab}]")
        assert page.locator("script").count() == 2
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.click("[data-tab=source]")
    assert HOSTILE in page.text_content("#panel")
    assert HOSTILE[:14] in page.text_content("#picture")
    assert page.text_content("h1") == HOSTILE
    assert (said, len(asked)) == ([], 1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(browser, tmp_path, scheme):
    s = stepper_of(PROGRAMS["convnet"]())
    page, said, _ = opened(browser, s.html(tmp_path / "step.html"), color_scheme=scheme)
    for key in ["Home", *["ArrowRight"] * len(s), "?"]:
        page.keyboard.press(key)
        ratio, text = page.evaluate(CONTRAST)
        assert ratio >= 4.5, text
    assert said == []


@pytest.mark.parametrize("width", [800, 1200, 1440])
def test_nothing_moves_the_page_sideways(browser, tmp_path, width):
    s = stepper_of(PROGRAMS["transformer"]())
    page, said, _ = opened(browser, s.html(tmp_path / "step.html", title="A title that is rather long for a page of this width"), width=width)
    for _ in range(6):
        page.keyboard.press("ArrowRight")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        footer = page.locator("footer").bounding_box()
        assert footer["y"] + footer["height"] <= 801
    assert said == []


def test_frames_in_one_notebook_do_not_meet(browser, tmp_path):
    frames = [viz.stepper((ag.ones(n + 1, requires_grad=True) * 2).exp().sum()).show()._repr_html_() for n in range(3)]
    (tmp_path / "book.html").write_text("<!DOCTYPE html>" + "".join(frames))
    page = opened(browser, tmp_path / "book.html", ready=False).page
    inside = steppers_in(page, 3)
    inside[1].click("#step")
    page.keyboard.press("ArrowRight")
    assert [f.text_content("#place") for f in inside] == ["step 0 of 3", "step 2 of 3", "step 0 of 3"]


def test_a_click_on_a_number_shows_its_equation(browser, tmp_path):
    x = ag.tensor([[1.0, -2.0], [0.5, 4.0]], requires_grad=True)
    path = viz.stepper((x * x).sum(), params={"x": x}).html(tmp_path / "step.html")
    page, said, _ = opened(browser, path, "#k=2")
    page.query_selector_all(".tensor")[1].query_selector("canvas").click(position={"x": 80, "y": 5})
    assert "∂L/∂x[0, 1]" in page.text_content("#equation")
    assert page.text_content("#equation b") == " = −2"
    assert said == []
