"""The stepper's page: one file that asks for nothing, true equations, names that stay text. `test_step_browser` opens it."""

from __future__ import annotations

import base64
import gzip
import json
import math
import re

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core import viz
from autograd_core.viz import step_data
from tests.viz.models import PROGRAMS, mlp, transformer

HOSTILE = "</script><script>alert(1)</script>"


def data_of(page):
    packed = re.search(r'<script id="data" type="application/gzip">([A-Za-z0-9+/=]*)</script>', page)[1]
    data = json.loads(gzip.decompress(base64.b64decode(packed)))
    data["steps"], data["stats"] = (list(zip(*data[name], strict=True)) for name in ("steps", "stats"))
    return data


def loss_of(name):
    with viz.record() as trace:
        loss = PROGRAMS[name]()()
    return trace, loss


@pytest.mark.parametrize("name", PROGRAMS)
def test_equations_in_the_page_add_up(name):
    _trace, loss = loss_of(name)
    s = viz.stepper(loss)
    data = data_of(s.html())
    assert data["n"] == len(s) == len(data["steps"])
    count = 0
    for k, step in enumerate(data["steps"], 1):
        gradients = {c.slot: c.array for c in s.at(k).contributions}
        for array, part in zip(gradients.values(), step[4], strict=True):
            for _, terms, _, rest, contribution, before, after, *_, notes, place, _given in part[5]:
                total = math.fsum([*(t[1] * t[3] for t in terms), rest])
                assert math.isclose(total, contribution, rel_tol=1e-6, abs_tol=1e-12)
                assert math.isclose(contribution, array[tuple(place)], rel_tol=1e-6)
                assert math.isclose((before or 0) + contribution, after, rel_tol=1e-6, abs_tol=1e-9)
                assert all(data["texts"][n] for n in notes)
                count += 1
    assert count >= len(s) - 1


def test_the_page_asks_for_nothing():
    _trace, loss = loss_of("mlp")
    page = viz.stepper(loss).html()
    assert "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:" in page
    assert set(re.findall(r"https?://[\w./]*", page)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"\b(?:fetch|XMLHttpRequest|import|eval|Function)\(", page)
    assert "@import" not in page
    assert "url(" not in page


def test_names_of_the_user_stay_text():
    x = ag.ones(2, requires_grad=True)
    model = nn.Sequential()
    model.add_module("a<b>&\"'", nn.Linear(2, 1))
    s = viz.stepper((model(x) * x).sum(), params={HOSTILE: x})
    page = s.html(title=HOSTILE)
    assert "alert(1)" not in re.sub(r"<title>.*?</title>|<h1>.*?</h1>", "", page)
    assert page.count("<script") == 2
    assert "&lt;/script&gt;" in page
    assert HOSTILE in data_of(page)["texts"]


def test_equal_runs_give_equal_pages():
    _trace, loss = loss_of("convnet")
    s = viz.stepper(loss)
    assert s.html() == s.html() == viz.stepper(loss).html()


def test_values_beyond_the_budget_are_in_the_page_too():
    _trace, loss = loss_of("convnet")
    whole, small = viz.stepper(loss), viz.stepper(loss, budget=2000)
    a, b = data_of(small.html()), data_of(whole.html())
    assert [[part[4:] for part in step[4]] for step in a["steps"]] == [[part[4:] for part in step[4]] for step in b["steps"]]
    assert "did not fit the budget" in a["notice"]


def test_breakpoints_flags_and_the_cursor_go_along():
    x = ag.tensor([4.0, 0.0], requires_grad=True)
    s = viz.stepper(ag.where(x > 1, x.sqrt(), ag.zeros(2)).sum())
    s.break_on(nan=True)
    s.cont()
    data = data_of(s.html())
    assert data["at"] == s.k
    assert data["breaks"] == [s.k]
    assert {f[1] for f in data["flags"]} == {"nan", "inf"} or {f[1] for f in data["flags"]} == {"nan"}


def test_folders_of_files_stay_at_home(tmp_path):
    scope = {"__name__": "program", "ag": ag, "viz": viz, "x": ag.tensor([-1.0, 4.0], requires_grad=True)}
    path = tmp_path / "program.py"
    path.write_text("with viz.record() as trace:\n    loss = x.sqrt().sum()\n")
    exec(compile(path.read_text(), str(path), "exec"), scope)
    s = viz.stepper(scope["loss"])
    assert any(str(path) in flag.text for flag in s.flags)
    data = data_of(s.html())
    assert str(tmp_path) not in json.dumps(data)
    assert any("program.py:2" in flag[2] for flag in data["flags"])
    assert data["files"]["program.py"]["2"] == "    loss = x.sqrt().sum()"


def test_writing(tmp_path):
    s = viz.stepper(ag.ones(2, requires_grad=True).sum())
    path = s.html(tmp_path / "step.html")
    assert path.read_text("utf-8") == s.html()
    with pytest.raises(FileNotFoundError, match="no folder"):
        s.html(tmp_path / "nowhere" / "step.html")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        s.html(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["step.html"]


def test_in_a_notebook_it_stands_in_a_frame_of_its_own():
    shown = viz.stepper(ag.ones(2, requires_grad=True).sum()).show(height=500)
    html = shown._repr_html_()
    assert html.startswith("<iframe srcdoc=")
    assert 'sandbox="allow-scripts"' in html
    assert "height:500px" in html
    assert "step 0 of 1" in repr(shown)


def test_steps_that_are_many_are_told_in_less_room(monkeypatch):
    _model, make = transformer(2)
    s = viz.stepper(make())
    whole = data_of(s.html())
    monkeypatch.setattr(step_data, "FEW", 5)
    middle = data_of(s.html())
    assert "of the largest element" in middle["notice"]
    assert all(len(part[5]) == 1 for step in middle["steps"] for part in step[4])
    assert all(not stat[10] for stat in middle["stats"])
    monkeypatch.setattr(step_data, "MANY", 20)
    monkeypatch.setattr(step_data, "SOME", 10)
    least = data_of(s.html())
    told = [k for k, step in enumerate(least["steps"], 1) if any(part[5] for part in step[4])]
    assert 10 <= len(told) < len(s)
    assert f"the equations of {len(told)}" in least["notice"]
    ops = {whole["texts"][step[0]] for step in whole["steps"]}
    assert {least["texts"][least["steps"][k - 1][0]] for k in told} == ops  # every kind of operation is told
    for a, b in zip(whole["steps"], least["steps"], strict=True):  # the sizes of all
        for i, j in zip(a[3], b[3], strict=True):
            assert math.isclose(whole["stats"][i][1], least["stats"][j][1], rel_tol=6e-3)


def test_pictures_are_of_the_right_numbers():
    x = ag.tensor([[1.0, -2.0], [0.5, 4.0]], requires_grad=True)
    s = viz.stepper((x * x).sum())
    data = data_of(s.html())
    part = data["steps"][1][4][0]
    rows, columns, cells, _ = data["stats"][part[3]][10]
    assert (rows, columns) == (2, 2)
    np.testing.assert_allclose(cells, [1.0, -2.0, 0.5, 4.0])


def rows(columns):
    return [list(row) for row in zip(*columns, strict=True)]


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_graph_holds_every_operation_once(name):
    _trace, loss = loss_of(name)
    s = viz.stepper(loss)
    graph = data_of(s.html())["graph"]
    boxes, groups = rows(graph["boxes"]), rows(graph["groups"])
    found, stack = [], [-len(groups)]
    while stack:
        item = stack.pop()
        if item >= 0:
            found.append(item)
        else:
            stack += groups[-1 - item][3]
    assert sorted(found) == list(range(len(boxes)))
    assert sorted(box[2] for box in boxes if box[2]) == list(range(1, len(s) + 1))
    for source, target, _ in rows(graph["lines"]):
        assert boxes[target][2] < boxes[source][2] or not boxes[source][2] or not boxes[target][2]  # backward comes to the target first


def test_a_run_keeps_every_piece():
    _model, make = transformer(5)
    with viz.record() as trace:
        loss = make()
    data = data_of(viz.stepper(loss).html())
    assert trace.records
    runs = [group for group in rows(data["graph"]["groups"]) if group[0]]
    (blocks,) = [run for run in runs if data["texts"][run[1]] == "Block ×5"]
    assert len(blocks[3]) == 5
    first = [rows(data["graph"]["groups"])[-1 - piece][4] for piece in blocks[3]]
    assert first == sorted(first, reverse=True)  # the last block comes first


def test_layers_have_the_sizes_of_their_tensors():
    model = mlp(4)
    with viz.record() as trace:
        loss = model(ag.ones(4, 5)).square().mean()
    s = viz.stepper(loss)
    data = data_of(s.html())
    assert trace.records
    layers = rows(data["layers"])
    assert [data["texts"][layer[0]] for layer in layers] == [str(i) for i in range(9)]
    s.goto("end")

    def rms(*tensors):
        flat = np.concatenate([np.ravel(t.numpy()) for t in tensors])
        return np.sqrt(np.mean(np.square(flat, dtype=np.float64)))

    h = ag.ones(4, 5)
    for i, (module, (_, k, activation, gradient, weights, values)) in enumerate(zip(model, layers, strict=True)):
        h = module(h).detach()
        assert math.isclose(activation, rms(h), rel_tol=1e-3), i
        assert math.isclose(gradient, rms(s.at(k).upstream), rel_tol=1e-3), i
        parameters = list(module.parameters())
        assert (weights is None) == (not parameters)
        if parameters:
            assert math.isclose(weights, rms(*[s.grad_of(p) for p in parameters]), rel_tol=1e-3), i
            assert math.isclose(values, rms(*[p.detach() for p in parameters]), rel_tol=1e-3), i
