"""Drawings: they show every op once, name parameters, carry gradients, stand without overlap, and leave the graph as it was."""

from __future__ import annotations

import gc
import math
import sys
import xml.etree.ElementTree as ET

import graphviz
import numpy as np
import pytest

import autograd_core as ag
from autograd_core import viz
from autograd_core.engine import order_of
from autograd_core.graph import Node
from autograd_core.tensor.base import node_of
from autograd_core.viz.layout import lay_out
from autograd_core.viz.svg import shade, size_of


def network():
    """A small graph with a branch that joins again, a reused leaf and a scalar."""
    w = ag.randn(3, 3, requires_grad=True)
    s = ag.tensor(2.0, requires_grad=True)
    x = ag.randn(4, 3)
    h = (x @ w).tanh()
    loss = ((h @ w + h) * s).square().mean()
    return loss, {"w": w, "s": s}


def texts(svg: str) -> str:
    return " | ".join(t.text or "" for t in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"))


def test_every_op_once_with_shape_and_names():
    loss, params = network()
    drawing = viz.draw(loss, params, title="a graph")
    nodes = [n for n in order_of([node_of(loss)])[0] if type(n) is Node]
    assert sorted(b.id for b in drawing.graph.boxes) == sorted(n.id for n in nodes)
    shown = texts(drawing.svg())
    for word in ("a graph", "matmul", "tanh", "mean", "4 × 3", "float32", "w", "s = 2", "scalar"):
        assert word in shown


def test_gradients_after_backward():
    loss, params = network()
    assert "grad" not in texts(viz.draw(loss, params).svg())
    loss.backward(retain_graph=True)
    rms = math.sqrt(np.mean(np.square(params["w"].grad.array)))
    assert f"grad {rms:.1e}" in texts(viz.draw(loss, params).svg())


def test_colour_is_logarithmic_and_fixed():
    assert shade(1e-7) != shade(1e-2)
    assert shade(float("nan")) == "#000000"
    assert shade(0.0) == "#ffffff"


def test_boxes_do_not_overlap_and_edges_go_down():
    loss, params = network()
    graph = viz.draw(loss, params).graph
    places = lay_out({b.id: size_of(b) for b in graph.boxes}, graph.edges)
    for a, b in graph.edges:
        assert places[a].y + places[a].height / 2 <= places[b].y - places[b].height / 2
    boxes = list(places.values())
    for i, p in enumerate(boxes):
        for q in boxes[i + 1 :]:
            apart_x = abs(p.x - q.x) >= (p.width + q.width) / 2 - 1e-6
            apart_y = abs(p.y - q.y) >= (p.height + q.height) / 2 - 1e-6
            assert apart_x or apart_y


def test_two_drawings_are_equal_and_nothing_changes():
    loss, params = network()
    gc.collect()
    before = [(n.id, sys.getrefcount(n)) for n in order_of([node_of(loss)])[0]]
    first, second = viz.draw(loss, params).svg(), viz.draw(loss, params).svg()
    assert first == second
    gc.collect()
    assert [(n.id, sys.getrefcount(n)) for n in order_of([node_of(loss)])[0]] == before


def test_files_are_whole(tmp_path):
    loss, params = network()
    drawing = viz.draw(loss, params)
    assert ET.parse(drawing.save(tmp_path / "g.svg")).getroot().tag.endswith("svg")
    assert (drawing.save(tmp_path / "g.dot")).read_text().startswith("digraph")
    with pytest.raises(ValueError, match=r"saved as \.svg or \.dot"):
        drawing.save(tmp_path / "g.bmp")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["g.dot", "g.svg"]


def test_make_dot_is_a_digraph():
    loss, params = network()
    dot = viz.make_dot(loss, params=params)
    assert isinstance(dot, graphviz.Digraph)
    assert "matmul" in dot.source


def test_a_long_chain_needs_no_recursion():
    t = ag.ones(1, requires_grad=True)
    for _ in range(3000):
        t = t * 1.0
    assert len(viz.draw(t).graph.boxes) == 3000


@pytest.mark.parametrize(("make", "error"), [(lambda: ag.ones(2), ValueError), (lambda: np.ones(2), TypeError), (lambda: [1], TypeError)])
def test_nothing_to_draw(make, error):
    with pytest.raises(error):
        viz.draw(make())
