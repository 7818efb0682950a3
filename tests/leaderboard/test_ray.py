"""The same suite on Ray: the same bytes, and a process that dies is accounted for."""

from __future__ import annotations

import pytest

from sim_suite.leaderboard import suite as suites
from sim_suite.leaderboard.compare import Options, compare
from sim_suite.leaderboard.ray_backend import play_on_ray
from sim_suite.leaderboard.records import read
from sim_suite.leaderboard.results import RESULTS, SCORES

ray = pytest.importorskip("ray", reason="the extra `ray` is not installed")


@pytest.fixture(autouse=True)
def _end_ray():
    yield
    ray.shutdown()


@pytest.mark.slow
def test_ray_plays_the_same_rows_and_survives_a_death(small_suite, clumsy, tmp_path):
    suite = suites.load(str(small_suite))
    options = Options(workers=2, clips=False)
    compare(suite, ["random", "do-nothing"], tmp_path / "here", options)
    compare(suite, ["random", "do-nothing"], tmp_path / "ray", options, backend=play_on_ray)
    for name in (RESULTS, SCORES):
        assert (tmp_path / "ray" / name).read_bytes() == (tmp_path / "here" / name).read_bytes()
    compare(suite, [f"{clumsy}:Dies", f"{clumsy}:Steady"], tmp_path / "death", options, backend=play_on_ray)
    outcomes = {(row.entry, row.outcome) for row in read(tmp_path / "death").rows.values()}
    assert outcomes == {("Dies", "worker_died"), ("Steady", "ok")}
