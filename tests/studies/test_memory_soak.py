"""The study of memory runs, counts what it did, and loses no number; whether memory is flat takes the long run to tell."""

from __future__ import annotations

from sim_suite.studies.memory_soak import memory_soak, resident_bytes


def test_a_short_run_counts_what_it_did():
    found = memory_soak("crossroads", ticks=4000, resets=200, worlds=1)
    assert found["lost"] == 0
    assert found["resets"] == 200
    assert 2000 <= found["ticks"] <= 6000
    assert 1e6 < found["early_mb"] * 1e6 <= 1.5 * resident_bytes()
