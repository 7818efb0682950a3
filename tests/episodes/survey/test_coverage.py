"""Stretches of lanes are covered where the car was."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.driving.world.layout import LANE, LANE_ARC
from sim_suite.driving.world.terrain import DRIVEN, LANE_LENGTH
from sim_suite.envs.driving.population import driving_map
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.survey.coverage import STRETCH_M, Coverer
from tests.episodes.altering import recorded

MAP = "straight_street"


@pytest.fixture(scope="module")
def episode(tmp_path_factory):
    folder = tmp_path_factory.mktemp("coverage") / "street"
    recorded(folder, "sim_suite/Driving-v0", (5,), kwargs={"map": MAP, "actors": 2}, steps=30)
    return Dataset(folder).open(Dataset(folder).entries[0])


def test_lanes_for_cars_are_cut_into_stretches_of_their_length():
    found = Coverer(MAP).done()
    terrain = driving_map(MAP).ground.terrain
    lengths = terrain.lane_f[terrain.lane[: len(terrain.lane_f), DRIVEN] == 1, LANE_LENGTH]
    assert len(found.stretches) == sum(int(np.ceil(length / STRETCH_M)) for length in lengths)
    assert found.lane_km == pytest.approx(lengths.sum() / 1000, abs=len(lengths) * STRETCH_M / 1000)
    long = np.hypot(found.stretches[:, 2] - found.stretches[:, 0], found.stretches[:, 3] - found.stretches[:, 1])
    assert long.max() < STRETCH_M + 1e-3
    assert found.covered_km == 0


def test_a_stretch_counts_the_steps_that_were_spent_on_it(episode):
    coverer = Coverer(MAP)
    coverer.add(episode)
    coverer.add(episode)
    found = coverer.done()
    lanes, arcs = episode.read("state.mind")[:30, 0, LANE], episode.read("state.body")[:30, 0, LANE_ARC]
    assert (lanes >= 0).all()
    assert found.visits.sum() == 60
    assert (found.visits > 0).sum() == len(set(zip(lanes, arcs // STRETCH_M, strict=True)))
    place = episode.read("state.body", 0, 1)[0, 0, :2]
    terrain = driving_map(MAP).ground.terrain
    own = found.stretches[found.visits > 0]
    middles = (own[:, :2] + own[:, 2:]) / 2 - (terrain.origin_x, terrain.origin_y)
    assert np.hypot(*(middles - place).T).min() < STRETCH_M
