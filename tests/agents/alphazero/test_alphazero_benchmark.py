"""The benchmark runs, and each promise in it can fail."""

from __future__ import annotations

from sim_suite import benchmarking
from sim_suite.cli.bench import _load, available


def test_the_benchmark_tells_what_it_promises(monkeypatch, tmp_path):
    monkeypatch.setattr(benchmarking, "PEERS", tmp_path / "none")
    assert "alphazero" in available()
    module = _load("alphazero")
    module.SIMULATIONS, module.SIZES = 4, module.Sizes(4, 1, 2, 4)
    module.SHARE_BARS = {4: 0.0, 8: 2.0}
    rows = list(module.rows(module.Counts(seconds=0.0, rounds=1, peer_rounds=1, games=8, moves=8)))
    assert [row.unit for row in rows] == ["simulations/s"] * 8 + ["moves/s"] + ["simulations/s"] * 2 + [
        "kB",
        "bytes",
        "MB",
    ]
    assert all(row.value > 0 for row in rows)
    shares = [row for row in rows if row.peer == "the network alone"]
    assert [row.holds for row in shares] == [True, False]
    assert all(row.bar == 1e6 for row in rows[:4])
    assert all("mctx and pgx, float32: not in .venv-bench, not measured" in row.name for row in rows[-5:-3])
    assert rows[-2].value == 8 * module.GAME.words + 4 * module.GAME.actions + 4
    assert rows[-1].holds
