"""Agents with CARLA's own client on `sim-suite carla-server`: 300 m past a red light, straight on and around corners, in the lane."""

from __future__ import annotations

import numpy as np
import pytest

from agents.navigation.path import Path
from agents.navigation.speeds import HARD_BRAKE
from sim_suite.carla.server.hosting import hosted
from tests.agents.navigation.children import answers
from tests.agents.navigation.test_basic_agent import (
    LANE_M,
    SIDEWAYS,
    SPEED,
    TIME,
    X,
    Y,
    hardest_braking,
    sideways,
    standing,
)

STRAIGHT, LEFT, RIGHT = (-158.0, -1.75), (-1.75, 158.0), (1.75, -158.0)
DRIVES = (("basic", LEFT), ("normal", RIGHT), ("constant", STRAIGHT))
HALF_WIDTH_M, FRONT_M = 0.925, 2.347
"""Of the Model 3 that is driven."""


@pytest.fixture(scope="module")
def drives():
    pytest.importorskip("carla", reason="CARLA's client is not installed (carla==0.9.16)")
    with hosted("crossing_lights") as port:
        found = answers("tests.agents.navigation.server_child", {"port": port, "drives": DRIVES})
    return dict(zip(DRIVES, found.values(), strict=True))


@pytest.mark.parametrize("which", DRIVES, ids=lambda which: f"{which[0]}-{which[1]}")
def test_it_stops_at_red_and_drives_300_m_within_its_lane(drives, which):
    drive = drives[which]
    rows, path = np.array(drive["trace"]), Path(np.array(drive["route"]))
    arc, lateral = path.project(rows[:, [X, Y]])
    assert drive["done"]
    assert path.length_m > 300.0
    assert arc[-1] > path.length_m - 3.0
    assert np.abs(lateral).max() < 0.5 * LANE_M - HALF_WIDTH_M
    stood = standing(rows, 30.0)
    assert len(stood) > 100
    assert stood[-1, X] - drive["line_x"] == pytest.approx(5.0, abs=0.4)
    assert stood[-1, X] - drive["line_x"] > FRONT_M
    assert rows[-1, TIME] > 30.0


@pytest.mark.parametrize(
    "which", [one for one in DRIVES if one[0] != "constant"], ids=lambda which: f"{which[0]}-{which[1]}"
)
def test_it_drives_in_comfort(drives, which):
    drive = drives[which]
    rows = np.array(drive["trace"])
    assert hardest_braking(rows) < HARD_BRAKE
    wish = 50.0 if which[0] == "basic" else drive["limit"] - 3.0
    assert rows[:, SPEED].max() * 3.6 == pytest.approx(wish, abs=1.0)
    assert sideways(rows) < SIDEWAYS


@pytest.mark.slow
def test_eight_of_them_drive_through_town_without_a_collision():
    pytest.importorskip("carla", reason="CARLA's client is not installed (carla==0.9.16)")
    with hosted("town_1km") as port:
        (found,) = answers("tests.agents.navigation.server_child", {"port": port, "crowds": [[1, 8, 120.0]]}).values()
    assert found["hits"] == []
    assert found["km"] > 5.0
    assert found["arrivals"] >= 2
    assert np.quantile(found["off_m"], 0.99) < 0.5 * LANE_M - HALF_WIDTH_M
