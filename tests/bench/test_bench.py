"""The benchmark command: every row names programs that compile, a few of them run, and the table and the JSON are whole."""

from __future__ import annotations

import functools
import json
import math
from pathlib import Path

import pytest

from tests.bench import apart
from tests.bench.__main__ import main, mean_ratio, shown, summary
from tests.bench.race import Result, _take_turns, race, sides
from tests.bench.rows import ROWS, Row


def test_rows_have_names_of_their_own():
    names = [(row.group, row.name) for row in ROWS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.group}: {row.name}")
def test_rows_compile(row):
    compile(row.setup, row.name, "exec")
    compile(row.statement, row.name, "exec")


def test_the_command(tmp_path, capsys):
    path = tmp_path / "times.json"
    assert main(["--smoke", "--only", "floats, forward: tanh", "--only", "floats, forward: add", "--json", str(path)]) == 0
    said = capsys.readouterr().out
    assert "ten floats, forward" in said
    rows = json.loads(path.read_text())["rows"]
    assert [row["name"] for row in rows] == ["add", "tanh"]
    assert all(0 < row["ours"] < 0.1 for row in rows)


def test_a_row_that_fails_is_an_empty_cell(capsys):
    ours, _ = sides()
    result = race(Row("none", "none", "T.no_such_op(1)"), 1, ours, None, 0.0)
    assert (result.ours, result.ratio) == (None, None)
    assert "no_such_op" in result.said
    assert main(["--only", "no such row"]) == 1


def test_numbers():
    row = Row("g", "n", "")
    assert mean_ratio([Result(row, 1, 1.0, 4.0), Result(row, 1, 4.0, 4.0), Result(row, 1, None, 1.0)]) == pytest.approx(0.5)
    assert mean_ratio([]) is None
    assert [shown(t) for t in (None, 2.5, 0.0015, 1.25e-6)] == ["-", "2.50 s ", "1.50 ms", "1.25 µs"]
    assert shown(2.5e6, "memory") == "2.5 MB"


def test_means_are_of_each_group_and_thread_count():
    one, two, weighed = Row("g", "a", ""), Row("h", "b", ""), Row("m", "c", "", kind="memory")
    results = [Result(one, 1, 1.0, 4.0), Result(one, 2, 1.0, 1.0), Result(two, 1, 4.0, 4.0), Result(weighed, 1, 4.0, 1.0)]
    means = summary(results)
    assert means == {"g": {"1": 0.25, "2": 1.0}, "h": {"1": 1.0}, "m": {"1": 4.0}, "all times": {"1": 0.5, "2": 1.0}}


def test_turns_on_several_threads_settle_first():
    calls = []
    best = {"ours": math.inf, "torch": math.inf}
    _take_turns({name: functools.partial(calls.append, name) for name in best}, best, 1e-6, settle=True)
    assert all(time < 1e-3 for time in best.values())
    assert min(calls.count(name) for name in best) > 100  # a turn lasts, where without settling it is one measurement


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux's process status")
def test_peak_memory_is_what_training_takes(monkeypatch):
    row = Row("m", "hundred megabytes", "T.ones(25_000_000).sum()", kind="memory")
    monkeypatch.setattr(apart, "ROWS", [row])
    assert 95e6 < apart.peak("ours", "memory", row.name) < 400e6


@pytest.mark.bench
def test_an_op_on_ten_floats_costs_no_more_than_pytorchs():
    """The promise about overhead, in the geometric mean."""
    ours, theirs = sides()
    if theirs is None:
        pytest.skip("PyTorch is not installed")
    for group in ("ten floats, forward", "ten floats, forward and backward"):
        assert mean_ratio(race(row, 1, ours, theirs, 0.2) for row in ROWS if row.group == group) < 1
