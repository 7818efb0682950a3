"""Worlds rebuilt from stored rows are the worlds that there were, the trail of past poses among them."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.driving.sensors.raster.raster_spec import preset, trail_length
from sim_suite.envs.driving.state import read_state
from sim_suite.envs.making import make
from sim_suite.envs.views import View
from sim_suite.episodes.recording.recorder import RecordEpisodes
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.folder import Recording
from sim_suite.episodes.viewing.states import driving_state_of, state_of
from sim_suite.errors import SuiteError

RASTER = View("raster", raster="small")
TRAIL = trail_length(preset("small"))
FORGOTTEN = ("event", "event_place")


def driven(folder, steps, *, env_id="sim_suite/Driving-v0", view=RASTER, seed=5, **kwargs):
    """Drive straight on; the truth at each moment, and the episode."""
    with Recording(folder) as recording, RecordEpisodes(make(env_id, view, kwargs=kwargs), recording) as env:
        env.reset(seed=seed)
        truth = [read_state(env)]
        for k in range(steps):
            ended = any(env.step(np.array([0.1 * np.sin(k / 5), 0.6], np.float32))[2:4])
            truth.append(read_state(env))
            if ended:
                break
    dataset = Dataset(folder)
    return truth, dataset.open(dataset.entries[0])


def stacked(truth, name):
    return np.concatenate([getattr(moment.world, name) for moment in truth])


@pytest.mark.parametrize("ticks", [1, 2, 4])
def test_worlds_are_what_they_were(tmp_path, ticks):
    truth, episode = driven(tmp_path / "drives", 90 // ticks, ticks_per_step=ticks)
    rows = np.random.default_rng(0).permutation(len(truth))
    with episode:
        state = state_of(episode, rows, TRAIL)
        for name in state._fields:
            if name not in FORGOTTEN:
                assert np.array_equal(getattr(state, name), stacked(truth, name)[rows]), name
                assert getattr(state, name).flags.c_contiguous
        assert not state.event.any()
        moment, true = driving_state_of(episode, 7), truth[7]
        assert (moment.slot, moment.tick, moment.ticks_per_step) == (true.slot, 7 * ticks, ticks)
        assert moment.driving_map is true.driving_map
        assert np.array_equal(moment.world.body, true.world.body)


@pytest.mark.parametrize("scenario", ["cut_in", "perturbation_recovery", "stop_sign"])
def test_whom_a_scenario_put_there_had_been_nowhere(tmp_path, scenario):
    truth, episode = driven(tmp_path / "drives", 30, env_id="sim_suite/Scenario-v0", scenario=scenario)
    with episode:
        state = state_of(episode, np.arange(len(truth)), TRAIL)
    for name in state._fields:
        if name not in FORGOTTEN:
            assert np.array_equal(getattr(state, name), stacked(truth, name)), name


def test_poses_that_were_not_stored_are_not_made_up(tmp_path):
    _, episode = driven(tmp_path / "drives", 12, ticks_per_step=3, view=None)
    with episode:
        assert state_of(episode, [8]).trail.shape == (1, 16, 0, 4)
        assert state_of(episode, [4], 1).trail.shape == (1, 16, 1, 4), "tick 12"
        with pytest.raises(SuiteError, match=r"000000.episode does not hold where everybody was at tick 8"):
            state_of(episode, [4], 2)


def test_what_is_no_driving_world_is_refused(tmp_path):
    with Recording(tmp_path / "poles") as recording, RecordEpisodes(make("CartPole-v1"), recording) as env:
        env.reset(seed=0)
        env.step(0)
    dataset = Dataset(tmp_path / "poles")
    with dataset.open(dataset.entries[0]) as episode, pytest.raises(SuiteError, match="no states of driving worlds"):
        state_of(episode, [0])
    _, episode = driven(tmp_path / "drives", 3)
    with episode, pytest.raises(SuiteError, match="has rows 0 to 3, not -1 to 4"):
        state_of(episode, [-1, 4])
