"""The study of latency: edges are matched to steps as they should be, and a short drive has all its parts."""

from __future__ import annotations

import pytest

from sim_suite.studies.drive_latency import match, measure


def test_edges_are_matched_to_the_first_step_that_has_them():
    times = [round(0.02 * k, 2) for k in range(1, 51)]
    gas = [0.105 < time <= 0.3 or time > 0.5 for time in times]
    edges = [(0.101, True), (0.301, False), (0.49, True), (0.7, False), (1.2, True)]
    found, unseen = match(edges, times, gas, [0.0])
    assert found == pytest.approx([0.019, 0.019, 0.03])
    assert unseen == 1  # the last one never shows


def test_edges_between_episodes_do_not_count():
    times = [0.02, 0.04, 0.06, 1.02, 1.04, 1.06]
    gas = [True, True, True, False, False, True]
    edges = [(0.01, True), (0.065, False), (0.5, True), (1.01, False), (1.045, True), (1.07, False)]
    found, unseen = match(edges, times, gas, [0.0, 0.9])
    assert (found, unseen) == (pytest.approx([0.015]), 0)


def test_a_short_drive(tmp_path, monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    found = measure(2.0, place=tmp_path / "laps")
    assert found.steps > 5
    assert 0.0 < found.p50_ms <= found.p99_ms <= found.max_ms
    assert found.frames >= found.steps
    assert found.missed_share <= 1.0
