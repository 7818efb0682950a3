"""The benchmark `driving_ppo`: a smallest run tells all, and the parts are those of the run."""

from __future__ import annotations

import pytest

from tests.benchmarks import driving_ppo
from tests.benchmarks.driving_ppo import PARTS


def test_a_smallest_run_tells_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driving_ppo, "CORES", (1,))
    told = list(driving_ppo.rows(rounds=1, warm_up=1, envs=12, rollout=4, minibatches=1))
    names = ["end to end", *(f"{part} alone" for part in PARTS)]
    assert [row.name for row in told] == [
        f"{name}, 1 core{ending}" for name in names for ending in ("", ", of processor time")
    ]
    assert all(row.value > 0 for row in told)
    assert told[0].holds is (told[0].value >= driving_ppo.BAR)
    assert told[1].ratio == pytest.approx(told[1].value / told[1].peer_value)


def test_a_part_steps_the_worlds_of_the_run() -> None:
    run = driving_ppo.start(1, envs=6, rollout=3, minibatches=1)
    next(run.run())
    timed = driving_ppo.parts(run, 1)
    before, updates = run._worlds.arrays()["lengths"].sum(), run._ascent.updates
    assert timed["simulation and observation"]()[0] == 18
    assert run._worlds.arrays()["lengths"].sum() > before
    assert (timed["acting"]()[0], run._ascent.updates) == (18, updates)
    assert timed["update"]()[0] == 18
    assert run._ascent.updates == updates + 3
