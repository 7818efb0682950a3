"""What benchmarks share: medians, ratios and bars."""

from __future__ import annotations

import os
import sys
from itertools import cycle
from pathlib import Path

import pytest

import sim_suite.benchmarking as benchmarking
from sim_suite.benchmarking import compared, median_rate, one_processor, peer_rate


def rates(*values):
    endless = cycle(values)
    return lambda: next(endless)


@pytest.mark.parametrize(("bar", "holds"), [(2.0, True), (2.1, False)])
def test_a_ratio_is_the_median_of_paired_rounds(bar, holds):
    row = compared("x", "steps/s", rates(20.0), "peer", rates(10.0), bar)
    assert (row.value, row.peer_value, row.ratio, row.bar, row.holds) == (20.0, 10.0, 2.0, bar, holds)


def test_so_many_rounds_are_measured_after_one_to_warm_up():
    asked = []
    row = compared("x", "steps/s", lambda: asked.append(0) or 100.0 - len(asked), "peer", rates(10.0), 1.0, rounds=3)
    assert (len(asked), row.value) == (4, 97.0)


def test_a_peer_that_is_not_installed_promises_nothing(monkeypatch, tmp_path):
    monkeypatch.setattr(benchmarking, "PEERS", tmp_path / "none")
    assert peer_rate("print(1)") is None
    row = compared("x", "steps/s", rates(3.0), "peer", None, 2.0)
    assert (row.value, row.ratio, row.holds) == (3.0, None, None)
    assert "not measured" in row.name


def test_nothing_is_promised_without_a_bar():
    row = compared("x", "steps/s", rates(20.0), "peer", rates(10.0), None)
    assert (row.ratio, row.bar, row.holds) == (2.0, None, None)


def test_a_peer_runs_in_its_own_interpreter_where_that_has_what_it_needs(monkeypatch):
    monkeypatch.setattr(benchmarking, "PEERS", Path(sys.executable))
    measure = peer_rate("import sys; print('warming'); print(2 * float(sys.argv[1]))", 1.5, needs=("json", "math"))
    assert measure() == 3.0
    assert peer_rate("print(1)", needs=("json", "no_such_module")) is None


def test_one_processor_is_kept_to_within():
    before = os.sched_getaffinity(0)
    with one_processor():
        assert os.sched_getaffinity(0) == {max(before)}
    assert os.sched_getaffinity(0) == before


def test_a_median_rate_counts_units():
    assert median_rate(lambda: 5, repeats=3) > 0
