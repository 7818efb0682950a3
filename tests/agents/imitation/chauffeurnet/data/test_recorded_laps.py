"""Recorded laps of CarRacing as logs: where the car was, whole laps kept apart, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from agents.imitation.chauffeurnet.data.recorded import deal, identity_of
from agents.imitation.chauffeurnet.data.recorded_laps import recorded_laps
from sim_suite.driving.world.layout import X, Y
from sim_suite.envs.car_racing.map_raster import ROW_STEPS
from sim_suite.envs.car_racing.read_state import read_state
from sim_suite.envs.making import make
from sim_suite.episodes.replay.simulate import simulate
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.facts import Actor
from sim_suite.errors import SuiteError

SAMPLE = Path("sample:car-racing")


@pytest.fixture(scope="module")
def log():
    (found,) = recorded_laps([SAMPLE])
    return found


def test_rows_are_where_the_car_was_under_the_recorded_actions(log):
    """Driven again by hand: frame t of a lap is row t // ROW_STEPS + 1 of its episode t % ROW_STEPS."""
    with Dataset(SAMPLE).open(Dataset(SAMPLE).entries[1]) as episode:
        actions, seed = episode.read("action"), episode.head.seed
    env = make("sim_suite/CarRacing-v0")
    env.reset(seed=seed)
    lap = np.flatnonzero(log.drive == 1)
    assert len(lap) == ROW_STEPS
    for frame, action in enumerate(actions[:200]):
        state, row = read_state(env), log.first[lap[frame % ROW_STEPS]] + frame // ROW_STEPS + 1
        assert log.body[row, 0, [X, Y]] == pytest.approx([state.x_m, state.y_m], abs=1e-4)
        env.step(action)
    env.close()


def test_the_last_frame_is_a_waypoint_and_no_moment(log):
    lengths = [entry.steps for entry in Dataset(SAMPLE).entries]
    # T steps are T + 1 frames; ten of them, one an episode, have no row after them, and each waypoint takes ten more.
    assert len(log.moments(5)) == sum(length + 1 - 5 * ROW_STEPS for length in lengths)
    assert len(log.learned) == sum(length + 1 + ROW_STEPS for length in lengths)
    assert log.digests == tuple(entry.digest for entry in Dataset(SAMPLE).entries)


def test_whole_laps_are_kept_apart(log):
    learned, judged = deal([log], 5, 0.3, seed=0)
    laps = [{int(log.drive[e]) for e in log.episode_of(part[0].moments(5)).tolist()} for part in (learned, judged)]
    assert [len(part) for part in laps] == [1, 1]
    assert laps[0] | laps[1] == {0, 1}
    assert len({identity_of(part) for part in (learned, judged, [log])}) == 3


def test_steps_of_others_and_other_environments_are_refused():
    with pytest.raises(SuiteError, match=r"no steps by human to learn from.*drive sim_suite/CarRacing-v0"):
        recorded_laps([SAMPLE], [Actor.HUMAN])
    with pytest.raises(SuiteError, match=r"is of sim_suite/Driving-v0, and the run is to learn CarRacing-v3 or"):
        recorded_laps([Path("sample:driving")])


def test_a_lap_that_does_not_go_again_as_it_went_is_refused(monkeypatch):
    def elsewhere(episode, env):
        for moment in simulate(episode, env):
            yield moment if moment.row < 30 else replace(moment, reward=moment.reward + 1.0)

    monkeypatch.setattr("agents.imitation.chauffeurnet.data.recorded_laps.simulate", elsewhere)
    with pytest.raises(SuiteError, match=r"does not go again as it went: step 30 brings .*--verify"):
        recorded_laps([SAMPLE])
