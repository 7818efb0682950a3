"""Logs of recorded episodes, against what the viewer rebuilds from the same rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from agents.imitation.chauffeurnet.data.drawing import NOTHING_CHANGED, Drawer
from agents.imitation.chauffeurnet.data.recorded import recorded_logs
from agents.imitation.chauffeurnet.spec import ChauffeurSpec
from sim_suite.driving.sensors.raster import Rasteriser
from sim_suite.driving.sensors.raster_spec import RasterSpec, trail_length
from sim_suite.driving.sensors.visibility import map_walls, see
from sim_suite.driving.world.layout import ROUTE_ARC, TICK, X, Y
from sim_suite.envs.driving.population import driving_map
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.facts import Actor
from sim_suite.episodes.viewing.states import States
from sim_suite.errors import SuiteError

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
