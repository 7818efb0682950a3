"""Logs of recorded episodes, against what the viewer rebuilds from the same rows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from agents.imitation.chauffeurnet.data.drawing import NOTHING_CHANGED, Drawer
from agents.imitation.chauffeurnet.data.feeding import FeedOptions, candidates, choose
from agents.imitation.chauffeurnet.data.recorded import deal, identity_of, recorded_logs
from agents.imitation.chauffeurnet.spec import ChauffeurSpec
from sim_suite.driving.sensors.raster.raster import Rasteriser
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec, trail_length
from sim_suite.driving.sensors.visibility import map_walls, see
from sim_suite.driving.world.layout import ROUTE_ARC, SPEED, TICK, X, Y
from sim_suite.envs.driving.population import driving_map
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.facts import Actor
from sim_suite.episodes.viewing.states import States
from sim_suite.errors import SuiteError
from tests.agents.imitation.chauffeurnet.data.drives_by_hand import straight_log

SAMPLE = Path("sample:driving")
SPEC = ChauffeurSpec(
    RasterSpec(
        ("road", "marks", "crosswalks_stops", "lights_0", "lights_3", "route", "ego", "actors_0", "actors_4", "past_poses"),
        (64, 64), 0.5, (48, 32),
    ), stride=2
)  # fmt: skip


def test_rasters_and_targets_are_those_of_the_recorded_states():
    log = recorded_logs([SAMPLE])[0]
    drawer = Drawer(SPEC, NOTHING_CHANGED)
    world = driving_map("village")
    for number, episode in enumerate(Dataset(SAMPLE).episodes()):
        states = States(episode)
        kept = np.array([0, 2, 6, 60, 140])
        now = states.at(2 * kept, trail_length(SPEC.raster))
        visible = np.empty((len(kept), 1, now.body.shape[1]), np.uint8)
        see(now, map_walls(world), visible)
        wanted = np.zeros((len(kept), 1, *SPEC.raster.shape), np.uint8)
        Rasteriser(world, SPEC.raster).draw(now, wanted, visible=visible)
        batch = drawer.draw([(log, log.first[number] + kept)], np.random.default_rng(0))
        assert np.array_equal(batch.raster.numpy(), wanted[:, 0])
        later = states.at(2 * kept + 20)
        dx, dy = (later.body[:, 0, axis] - now.body[:, 0, axis] for axis in (X, Y))
        yaw = now.body[:, 0, 2].astype(float)
        assert batch.waypoints[:, -1, 0].numpy() == pytest.approx(
            48 - 2 * (dx * np.cos(yaw) + dy * np.sin(yaw)), abs=1e-2
        )
        assert batch.waypoints[:, -1, 1].numpy() == pytest.approx(
            32 + 2 * (dx * np.sin(yaw) - dy * np.cos(yaw)), abs=1e-2
        )
        assert batch.speeds[:, -1].numpy() == pytest.approx(later.body[:, 0, 3])


def test_episodes_of_one_map_lie_in_one_log():
    logs = recorded_logs([SAMPLE])
    assert len(logs) == 1
    assert len(logs[0].first) == 2
    log = logs[0]
    assert (np.diff(log.world[: log.end[0], TICK]) == 4).all()
    assert log.world[log.first, TICK].tolist() == [0, 0]
    assert (log.body[log.first, 0, ROUTE_ARC] == 0).all()
    assert not log.learned[log.end - 1].any()
    assert log.learned.sum() == len(log.learned) - 2
    assert len(log.moments(10)) == len(log.learned) - 20


def test_only_the_steps_of_the_actors_are_learned_from():
    with pytest.raises(SuiteError, match="no steps by human"):
        recorded_logs([SAMPLE], [Actor.HUMAN])
    with pytest.raises(SuiteError, match="no states of driving worlds"):
        recorded_logs([Path("sample:car-racing")])


def test_logs_know_which_recordings_they_are():
    (log,) = recorded_logs([SAMPLE])
    assert log.digests == tuple(entry.digest for entry in Dataset(SAMPLE).entries)
    learned = log.learned.copy()
    learned[7] = False
    assert len({identity_of(logs) for logs in ([log], [replace(log, learned=learned)], [log, log])}) == 3
    assert identity_of([log]) == identity_of(recorded_logs([SAMPLE]))


def test_whole_episodes_are_kept_apart():
    """Six equal episodes of 26 moments: a share of 0.3 is 46.8 of 156, which two of them reach."""
    logs = [straight_log(3.0, episodes=4), straight_log(8.0, episodes=2)]
    learned, judged = deal(logs, 5, 0.3, seed=0)
    parts = [
        {(float(log.body[log.first[k], 0, SPEED]), k) for log in side for k in log.episode_of(log.moments(5)).tolist()}
        for side in (learned, judged)
    ]
    assert [len(part) for part in parts] == [4, 2]
    assert parts[0] | parts[1] == {(3.0, 0), (3.0, 1), (3.0, 2), (3.0, 3), (8.0, 0), (8.0, 1)}
    assert sum(len(log.moments(5)) for log in learned) == 4 * 26
    assert sum(len(log.moments(5)) for log in judged) == 2 * 26
    assert all(np.shares_memory(log.body, logs[0].body) or np.shares_memory(log.body, logs[1].body) for log in judged)
    again = [identity_of(part) for part in deal(logs, 5, 0.3, seed=0)]
    assert again == [identity_of(learned), identity_of(judged)], "a function of the seed"
    assert len({identity_of(deal(logs, 5, 0.3, seed)[0]) for seed in range(8)}) > 1
    chosen = choose(
        candidates(judged, 5, FeedOptions(standing_share=1.0), np.random.default_rng(0)), 52, np.random.default_rng(1)
    )
    assert sum(len(rows) for _, rows in chosen) == 52


def test_an_episode_without_moments_is_not_what_is_kept_apart():
    """Two episodes that are learned from among eight: one on either side, whatever the share."""
    log = straight_log(episodes=8)
    log.learned[:] = np.isin(log.episode_of(np.arange(len(log.learned))), (2, 6))
    for seed in range(5):
        for share in (0.01, 0.5, 0.9):
            learned, judged = deal([log], 5, share, seed)
            assert [len(part[0].moments(5)) for part in (learned, judged)] == [26, 26]


def test_nothing_is_kept_apart_of_one_episode():
    for logs, share in (([straight_log()], 0.5), ([straight_log(episodes=3)], 0.0)):
        learned, judged = deal(logs, 5, share, seed=0)
        assert len(learned[0].moments(5)) == len(logs[0].moments(5))
        assert judged == []
    with pytest.raises(SuiteError, match=r"no 2 s in one piece"):
        deal([straight_log(rows=10)], 10, 0.1, seed=0)
