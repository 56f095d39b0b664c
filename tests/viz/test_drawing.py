"""Drawings: every operation once, names, gradients, folding, no overlap, nothing changed, hostile names inert, errors that teach."""

from __future__ import annotations

import gc
import json
import math
import re
import struct
import sys
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import graphviz
import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core import viz
from autograd_core.engine import order_of
from autograd_core.graph import Node
from autograd_core.tensor.base import node_of
from autograd_core.viz.measure import head_widths
from autograd_core.viz.notebook import module_html, tensor_html
from autograd_core.viz.raster import by_graphviz
from autograd_core.viz.theme import DARK, FAMILIES, LIGHT, RAMP, STEPS, ZERO, contrast, heat, ink_on
from tests.viz.models import PROGRAMS, Transformer, convnet, mlp, network, numbers, recorded, steps, transformer

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg: str) -> str:
    return " | ".join("".join(t.itertext()) for t in ET.fromstring(svg).iter(SVG + "text"))


def operations(loss):
    return [n for n in order_of([node_of(loss)])[0] if type(n) is Node]


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_operation_is_drawn_once(name):
    loss = PROGRAMS[name]()()
    drawing = viz.draw(loss, level="op", fold=False)
    boxes = re.findall(r'data-o="o(\d+)"', drawing.svg())
    assert len(boxes) == len(set(boxes)) == len(operations(loss))


def test_names_shapes_and_values():
    tensors, make = network()
    shown = texts(viz.draw(make(), params=tensors, title="a graph").svg())
    for word in ("a graph", "matmul", "tanh", "mean", "4×3 f32", "w 3×3", "s = 2", "scalar"):
        assert word in shown


def test_parameters_bear_their_names_without_being_told():
    model = mlp(2)
    shown = texts(viz.draw(model(ag.ones(1, 5)).sum()).svg())
    assert "weight 5×5" in shown
    assert "weight 1×5" in shown


def test_gradients_after_backward():
    tensors, make = network()
    loss = make()
    assert "∇" not in texts(viz.draw(loss, params=tensors).svg())
    loss.backward(retain_graph=True)
    rms = math.sqrt(np.mean(np.square(tensors["w"].grad.array)))
    assert f"∇ {rms:.1e}".replace("e-0", "e-").replace("e+0", "e").replace("-", "−") in texts(viz.draw(loss, params=tensors).svg())


def test_numbers_are_drawn_as_in_micrograd():
    tensors, make = numbers()
    trace, loss = recorded(make)
    shown = texts(viz.draw(loss, params=tensors).svg())
    for cell in ("a | data 2.0 | grad", "data −6.0", "+= ∇"):
        assert cell in shown
    a, b, c = (t.item() for t in tensors.values())
    x = (a * b + c) * a
    assert f"data {math.tanh(x):.4g}" in shown
    del trace


def test_colours_are_logarithmic_and_fixed():
    assert heat(1e-7) != heat(1e-2)
    assert heat(None) is None
    assert heat(0.0) == ZERO
    assert heat(math.nan) == heat(math.inf) not in RAMP
    assert heat(1e-20) == RAMP[0]
    assert heat(1e20) == RAMP[-1]


def test_every_text_can_be_read_on_its_fill():
    for tone in (LIGHT, DARK):
        fills = (tone.page, tone.card, tone.chip, tone.pill, tone.frame)
        assert min(contrast(ink, fill) for ink in (tone.ink, tone.soft) for fill in fills) >= 4.5
        assert min(contrast(tone.bad, fill) for fill in (tone.page, tone.card)) >= 4.5
    assert min(contrast(ink_on(fill), fill) for fill in (*RAMP, *STEPS, ZERO, heat(math.nan))) >= 4.5


def test_families_differ_without_colour():
    textures = [f.texture for f in FAMILIES.values()]
    assert len(set(textures)) == len(textures) == 8


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("direction", ["TB", "LR"])
def test_geometry(name, direction):
    """No overlap, every edge forward and clear of boxes, children inside their frame."""
    drawing = viz.draw(PROGRAMS[name]()(), direction=direction)
    plan = drawing.layout()
    boxes = plan.boxes
    for i, (x, y, w, h) in boxes.items():
        for j, (u, v, a, b) in boxes.items():
            assert i >= j or x + w <= u or u + a <= x or y + h <= v or v + b <= y, (i, j)
    _, _, flows = drawing.scene.visible()
    along = 1 if direction == "TB" else 0
    for flow, line in zip(flows, plan.lines, strict=True):
        assert all(a[along] <= b[along] for a, b in pairwise(line))
        for i, (x, y, w, h) in boxes.items():
            if i not in (flow.source, flow.target):
                for (a, b), (c, d) in pairwise(line):  # straight inside of layers, bent between them
                    assert max(a, c) <= x or min(a, c) >= x + w or max(b, d) <= y or min(b, d) >= y + h, (flow, i)
    for m in drawing.scene.modules.values():
        if m.id in plan.frames and m.id != "g":
            x, y, w, h = plan.frames[m.id]
            for item in m.items:
                if item in boxes or item in plan.frames:
                    u, v, a, b = boxes.get(item) or plan.frames[item]
                    assert x <= u
                    assert y <= v
                    assert u + a <= x + w
                    assert v + b <= y + h


def test_equal_blocks_become_one_with_a_strip():
    model, make = transformer(12)
    _, loss = recorded(make)
    drawing = viz.draw(loss, params=model)
    run = next(m for m in drawing.scene.modules.values() if m.card.kind == "run")
    assert run.card.title == "Block ×12"
    assert len(run.card.strip) == 12
    assert all(size > 0 for _, size in run.card.strip)
    assert len(drawing.scene.visible()[1]) <= 40
    assert len(drawing.svg()) < 60_000
    assert "×" not in "".join(m.card.title for m in viz.draw(loss, fold=False).scene.modules.values())


def test_the_cells_of_a_strip_are_the_gradients_of_their_blocks():
    _, make = transformer(5)
    trace, loss = recorded(make)
    strip = next(m for m in viz.draw(loss, values="none").scene.modules.values() if m.card.kind == "run").card.strip
    for k, (name, size) in enumerate(strip):
        last = [r for r in trace.records if r.path == f"blocks.{k}"][-1]
        assert f"blocks.{k}" in name
        assert size == pytest.approx(trace.values[last.outputs[0]].grad.stats.rms, rel=1e-5)


def test_time_steps_become_one():
    model, make = steps(7)
    _, loss = recorded(make)
    drawing = viz.draw(loss, params=model)
    run = next(m.card for m in drawing.scene.modules.values() if m.card.kind == "run")
    assert run.title == "LSTMCell ×7"
    assert len(run.strip) == 7
    assert run.strip[0][1] < run.strip[-1][1]  # it vanishes towards the first step


def test_side_by_side_is_no_run():
    """Query, key and value are equal, but none follows from another: each is drawn."""
    model, make = transformer(1)
    shown = texts(viz.draw(make(), params=model).svg())
    for name in ("query", "key", "value"):
        assert name in shown


def test_bare_loops_fold_too():
    w = ag.randn(4, 4, requires_grad=True)
    h = ag.ones(2, 4)
    for _ in range(9):
        h = (h @ w).tanh()
    drawing = viz.draw(h.sum())
    assert "×9" in next(m.card.title for m in drawing.scene.modules.values() if m.card.kind == "run")
    assert len(drawing.scene.visible()[1]) <= 4


@pytest.mark.parametrize(("level", "depth", "boxes"), [("module", None, None), ("op", None, None), ("auto", 0, None), ("auto", 1, None)])
def test_levels(level, depth, boxes):
    model, make = transformer(3)
    drawing = viz.draw(make(), params=model, level=level, depth=depth)
    count = len(drawing.scene.visible()[1])
    everything = len(viz.draw(make(), params=model, level="op").scene.visible()[1])
    assert count == everything if level == "op" else count < everything


@pytest.mark.parametrize("color", ["family", "grad", "value", "memory", "time"])
@pytest.mark.parametrize("values", ["none", "forward", "both"])
def test_every_style_draws(color, values):
    _, loss = recorded(PROGRAMS["convnet"]())
    svg = viz.draw(loss, color=color, values=values).svg()
    ET.fromstring(svg)
    assert ("μ" in svg) == (values != "none")


def test_vanishing_gradients_show():
    model = mlp(30, act=nn.Sigmoid)
    _, _loss = recorded(lambda: model(ag.ones(4, 5)).square().mean())
    strip = next(m for m in viz.draw(_loss).scene.modules.values() if m.card.kind == "run").card.strip
    assert len({heat(size) for _, size in strip}) > 4
    plain = viz.draw(_loss, fold=False, color="grad", level="op").scene.cards.values()
    assert len({c.fill for c in plain}) > 4


def test_nan_is_hatched():
    x = ag.tensor([1.0, -1.0], requires_grad=True)
    _, loss = recorded(lambda: x.sqrt().sum())
    svg = viz.draw(loss, level="op", values="forward").svg()
    assert "1 NaN" in texts(svg)
    assert 'fill="url(#nan)"' in svg


def test_two_drawings_are_equal_and_nothing_changes():
    model, make = transformer(3)
    loss = make()
    loss.backward(retain_graph=True)
    arrays = [p.array for p in model.parameters()]
    gc.collect()

    def state():
        gc.collect()
        nodes = operations(loss)
        return (
            [(n.id, sys.getrefcount(n), sys.getrefcount(n.saved)) for n in nodes], [sys.getrefcount(a) for a in arrays], [a.tobytes() for a in arrays],
            [sys.getrefcount(p) for p in model.parameters()],
        )  # fmt: skip

    before = state()
    first, second = viz.draw(loss), viz.draw(loss)
    assert first.svg() == second.svg()
    assert first.html() == second.html()
    assert first.json() == second.json()
    assert state() == before


HOSTILE = "</script><script>alert(1)</script>"
WORSE = [HOSTILE, "]]>", "--><!--", "\x00\x1b[31m", '"onload="alert(1)', "'><img src=x onerror=alert(1)>", "<b>", "\\N\\G", "a\ud800b", "\u202eabc"]


@pytest.mark.parametrize("name", WORSE)
def test_hostile_names_are_inert(name):
    w = ag.ones(2, 2, requires_grad=True)
    loss = (ag.ones(2, 2) @ w).sum()
    Evil = type(name.replace("\x00", "").replace("\ud800", "") or "E", (nn.Linear,), {})
    model = nn.Sequential()
    model._modules[name] = Evil(2, 2)
    for drawing in (viz.draw(loss, params={name: w}, title=name), viz.draw(model(ag.ones(1, 2)).sum(), title=name)):
        svg = drawing.svg()
        root = ET.fromstring(svg)
        assert not [e for e in root.iter() if e.tag == SVG + "script" or any(k.startswith("on") for k in e.attrib)]
        assert "<script>alert" not in svg
        assert not re.search("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", svg + drawing.text() + str(drawing.dot.source))
        html = drawing.html()
        assert "<script>alert" not in html
        assert html.count("</script") == html.count("<script")
        assert "onerror=alert(1)>" not in html
        json.loads(drawing.json())
        assert "\x1b" not in drawing.text()
        assert "\x1b" not in str(drawing.dot.source)
        bundle = drawing._repr_mimebundle_()
        assert "<script>alert" not in bundle["text/html"]
        assert bundle["text/html"].count("<iframe") == 1


def test_files(tmp_path):
    _, make = network()
    drawing = viz.draw(make())
    assert ET.parse(drawing.save(tmp_path / "g.svg")).getroot().tag.endswith("svg")
    assert drawing.save(tmp_path / "g.dot").read_text().startswith("digraph")
    assert json.loads(drawing.save(str(tmp_path / "g.json")).read_text())["operations"] == 7
    assert drawing.save(tmp_path / "g.html").read_text().lower().startswith("<!doctype html>")
    assert "matmul" in drawing.save(tmp_path / "g.txt").read_text()
    with pytest.raises(ValueError, match=r"saved as \.svg"):
        drawing.save(tmp_path / "g.bmp")
    with pytest.raises(FileNotFoundError, match="no folder"):
        drawing.save(tmp_path / "nowhere" / "g.svg")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["g.dot", "g.html", "g.json", "g.svg", "g.txt"]


def test_json_is_the_picture():
    _, make = network()
    drawing = viz.draw(make())
    data = json.loads(drawing.json())
    assert len(data["nodes"]) == len(re.findall(r'data-[og]="', drawing.svg()))
    assert {e["source"] for e in data["edges"]} <= {n["id"] for n in data["nodes"]}


def test_make_dot_is_torchvizs():
    tensors, make = network()
    dot = viz.make_dot(make(), params=tensors, show_attrs=True, show_saved=True)
    assert isinstance(dot, graphviz.Digraph)
    assert "matmul" in dot.source
    assert "saves" in dot.source
    assert dot.source.count("->") >= 7
    assert "image/svg+xml" in dot._repr_mimebundle_()  # with or without the dot program


def test_a_long_chain_needs_no_recursion():
    t = ag.ones(1, requires_grad=True)
    for _ in range(3000):
        t = t * 1.0
    drawing = viz.draw(t, level="op")
    assert drawing.scene.operations == 3000
    assert len(drawing.svg()) < 40_000
    assert len(viz.draw(t, level="op", fold=False).layout().boxes) == 3000


def broken():
    class Broken(nn.Module):
        def forward(self, x):
            return x @ ag.ones(7, 7)

    return Broken()


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: viz.draw(ag.ones(2)), ValueError, "nothing to draw"),
        (lambda: viz.draw(ag.ones(2, requires_grad=True)), ValueError, "nothing to draw"),
        (lambda: viz.draw((ag.ones(2, requires_grad=True) * 2).detach()), ValueError, "detached"),
        (lambda: viz.draw(np.ones(2)), TypeError, "ndarray"),
        (lambda: viz.draw([1]), TypeError, "int"),
        (lambda: viz.draw([]), TypeError, "Tensors"),
        (lambda: viz.draw("x"), TypeError, "str"),
        (lambda: viz.draw(mlp()), TypeError, r"draw\(model, x\)"),
        (lambda: viz.draw(viz.Trace()), ValueError, "empty"),
        (lambda: viz.draw(network()[1](), ag.ones(1)), TypeError, "inputs are for a model"),
        (lambda: viz.draw(network()[1](), level="deep"), ValueError, "'module'"),
        (lambda: viz.draw(network()[1](), color="red"), ValueError, "'grad'"),
        (lambda: viz.draw(network()[1](), engine="neato"), ValueError, "'builtin'"),
        (lambda: viz.draw(network()[1](), values="all"), ValueError, "'both'"),
        (lambda: viz.draw(network()[1](), direction="UP"), ValueError, '"LR"'),
        (lambda: viz.draw(network()[1](), params=3), TypeError, "params names tensors"),
        (lambda: viz.draw(network()[1](), params={"a": 1}), TypeError, "'a' is given int"),
        (lambda: viz.draw(network()[1](), depth=-1), ValueError, "0 or more"),
        (lambda: viz.draw(network()[1](), depth="2"), ValueError, "0 or more"),
        (lambda: viz.draw(network()[1](), title=3), TypeError, "title is text"),
        (lambda: viz.draw(network()[1]()).png(scale=0), ValueError, "scale=0"),
        (lambda: viz.draw(broken(), ag.ones(2, 3)), RuntimeError, None),
    ],
)
def test_errors_teach(call, error, words):
    with pytest.raises(error, match=words) as found:
        call()
    if words is None:
        assert any("viz.draw was running Broken(Tensor[2, 3])" in note for note in found.value.__notes__)


def test_a_freed_graph_still_has_its_structure():
    tensors, make = network()
    loss = make()
    loss.backward()
    assert len(re.findall(r'data-o="', viz.draw(loss, params=tensors).svg())) == 7


def test_a_model_is_run_and_drawn():
    shown = texts(viz.draw(convnet(), ag.ones(2, 1, 8, 8)).svg())
    for word in ("conv2d", "batch_norm", "relu", "max_pool2d", "flatten", "dropout", "linear"):
        assert word in shown
    assert "Block ×6" in viz.draw(Transformer(6), ag.zeros(1, 3, dtype=ag.int64)).text()


def test_a_graph_of_numbers_is_complete_without_a_recording():
    """backward() has freed it: the values follow from the leaves, the gradients from the rules, checked against .grad."""
    tensors, make = numbers()
    trace, loss = recorded(make)
    said = viz.draw(loss, params=tensors).text()
    del trace, loss
    for t in tensors.values():
        t.grad = None
    loss = make()
    loss.backward()
    assert viz.draw(loss, params=tensors).text() == said
    assert "?" not in said
    tensors["a"].grad.add_(1.0)  # no longer what this graph gives: then the inner gradients are not known
    assert "grad ?" in viz.draw(loss, params=tensors).text()


def test_values_of_a_graph_of_numbers_before_backward():
    tensors, make = numbers()
    said = viz.draw(make(), params=tensors).text()
    assert "data −6.0" in said
    assert "grad ?" in said


def test_notebook_forms():
    model = convnet()
    model(ag.ones(2, 1, 8, 8)).sum().backward()
    drawing = viz.draw(model, ag.ones(2, 1, 8, 8))
    bundle = drawing._repr_mimebundle_()
    assert set(bundle) == {"text/html", "image/svg+xml", "text/plain"}
    assert "data:image/svg+xml;base64," in bundle["text/html"]
    assert 'sandbox="allow-scripts"' in bundle["text/html"]
    shown = tensor_html(model[0].weight)
    assert "data:image/png;base64," in shown
    assert "gradient L2/√n" in shown
    ET.fromstring(f"<r>{shown}</r>".replace("&nbsp;", " "))
    table = module_html(model)
    assert table.count("<tr>") == 9
    assert "Conv2d" in table
    assert "<script>" not in module_html(nn.Sequential(type("<script>", (nn.ReLU,), {})()))


def test_missing_renderers_are_named(monkeypatch, tmp_path):
    _, make = network()
    drawing = viz.draw(make(), engine="dot")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    monkeypatch.setattr("autograd_core.viz.raster.importlib.util.find_spec", lambda name: None)
    assert "matmul" in texts(drawing.svg())  # the built-in layout
    with pytest.raises(ImportError, match=r"autograd-core\[png\]"):
        drawing.png()
    with pytest.raises(RuntimeError, match=r"autograd-core\[dot\]"):
        drawing.save(tmp_path / "g.pdf")
    assert list(tmp_path.iterdir()) == []


def test_inputs_of_a_model_bear_the_names_of_its_forward():
    model, _ = transformer(1)
    assert "x | 1×3 i64" in texts(viz.draw(model, ag.zeros(1, 3, dtype=ag.int64)).svg())


def test_pictures_do_not_say_where_files_lie():
    _, loss = recorded(network()[1])
    drawing = viz.draw(loss)
    for form in (drawing.svg(), drawing.html(), drawing.json(), str(drawing.dot.source), drawing.text()):
        assert str(Path(__file__).parent) not in form
    assert "models.py:" in drawing.svg()


def test_collections_are_drawn_with_their_names():
    a = ag.ones(3, requires_grad=True)
    b = a.exp()
    pair = {"left": b, "right": b.sum()}
    for given in (pair, set(pair.values()), (t for t in pair.values()), tuple(pair.values())):
        assert viz.draw(given).scene.outputs == ["o0", "o1"]
    shown = texts(viz.draw(pair).svg())
    assert "left" in shown
    assert "right" in shown


@pytest.mark.parametrize("first", ["resvg_py", "graphviz"])
def test_png(first):
    if first == "resvg_py":
        pytest.importorskip("resvg_py")
    elif by_graphviz(viz.draw(network()[1]()).dot, "svg") is None:
        pytest.skip("needs Graphviz")
    drawing = viz.draw(network()[1](), engine="dot" if first == "graphviz" else "auto")
    small, large = drawing.png(scale=0.5), drawing.png(scale=2)
    assert small[:8] == large[:8] == b"\x89PNG\r\n\x1a\n"
    if first == "resvg_py":
        width, height = (int(x) for x in re.findall(r'(?:width|height)="(\d+)"', drawing.svg())[:2])
        assert struct.unpack(">II", large[16:24]) == (2 * width, 2 * height)


def test_no_edge_goes_through_a_title():
    for name in PROGRAMS:
        drawing = viz.draw(PROGRAMS[name]()(), level="op")
        plan = drawing.layout()
        for i, (x, y, w, _) in plan.frames.items():
            if i == "g":
                continue
            title, strip = head_widths(drawing.scene.modules[i].card)
            for line in plan.lines:
                for (a, b), (_, d) in pairwise(line):
                    if min(b, d) <= y + 12 <= max(b, d):
                        assert not x < a < x + title - 8
                        assert not x + w - strip + 8 < a < x + w


def test_a_target_is_a_chip_on_the_loss():
    model, make = transformer(1)
    drawing = viz.draw(make(), params=model)
    assert [card.kind for card in drawing.scene.cards.values()].count("input") == 1  # the words
    loss = next(card for card in drawing.scene.cards.values() if card.output)
    assert [chip.text for chip in loss.chips if chip.data] == ["target  6 i64"]


def test_of_two_backward_passes_each_part_shows_its_own():
    ag.manual_seed(0)
    a, b = ag.ones(2, requires_grad=True), ag.ones(2, requires_grad=True)
    with viz.record() as trace:
        one, two = (a * 2).exp().sum(), (b * 3).exp().sum()
        one.backward()
        two.backward()
    drawing = viz.draw([one, two])
    assert all(flow.grad is not None for flow in drawing.scene.visible()[2])
    assert len(trace.passes) == 2


def test_a_whole_model_says_how_many_parameters_it_has():
    model, make = transformer(5)
    count = sum(p.numel() for p in model.parameters())
    assert f"Transformer {count / 1000:.3g} k parameters" in texts(viz.draw(make()).svg())
