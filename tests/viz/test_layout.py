"""The layout on random programs in random frames: no overlap, edges forward and clear of boxes, children inside, nothing random."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd_core.viz.layout import nearest
from autograd_core.viz.nest import Frame, arrange
from tests.viz.checks.tapes import tape


@pytest.mark.parametrize("seed", range(40))
def test_random_programs(seed):
    root, sizes, edges, sideways, between = tape(seed)
    plan = arrange(root, sizes, edges, sideways, between)
    assert plan == arrange(root, sizes, edges, sideways, between)
    along = 0 if sideways else 1
    assert all((w, h) == sizes[i] for i, (_, _, w, h) in plan.boxes.items())
    boxes = list(plan.boxes.items())
    for k, (_, (x, y, w, h)) in enumerate(boxes):
        for _, (u, v, a, b) in boxes[k + 1 :]:
            assert x + w <= u or u + a <= x or y + h <= v or v + b <= y
    for edge, line in zip(edges, plan.lines, strict=True):
        assert all(a[along] <= b[along] for a, b in pairwise(line))
        for i, (x, y, w, h) in boxes:
            if i not in (edge.source, edge.target):
                assert all(max(a, c) <= x or min(a, c) >= x + w or max(b, d) <= y or min(b, d) >= y + h for (a, b), (c, d) in pairwise(line))
    for frame in root.inside():
        x, y, w, h = plan.frames[frame.id]
        for item in frame.items:
            u, v, a, b = plan.frames[item.id] if isinstance(item, Frame) else plan.boxes[item]
            assert x <= u
            assert y <= v
            assert u + a <= x + w
            assert v + b <= y + h


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.floats(-1e4, 1e4), st.sampled_from([0.01, 1.0, 16.0]), st.floats(1, 200)), min_size=1, max_size=12))
def test_positions_keep_their_distances_and_balance(rows):
    wanted, weight, gaps = [r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows[1:]]
    found = nearest(wanted, weight, gaps)
    assert all(b - a >= gap - 1e-6 for (a, b), gap in zip(pairwise(found), gaps, strict=True))
    # at the least squares nobody gains by moving all together
    assert sum(w * (f - x) for w, f, x in zip(weight, found, wanted, strict=True)) == pytest.approx(0, abs=1e-4 * len(rows))
