"""ConstantVelocityAgent in the small world: its velocity, lights, collisions."""

from __future__ import annotations

import pytest

from tests.agents.navigation.children import answers
from tests.agents.navigation.test_basic_agent import SPEED, TIME, X, standing, trace


@pytest.fixture(scope="module")
def drives():
    pytest.importorskip("carla", reason="no carla wheel for this Python or machine")
    return answers("tests.agents.navigation.drives_child", ["constant_velocity_red_light", "collision"])


def test_the_velocity_is_there_at_once_and_ends_at_a_red_light(drives):
    drive = drives["constant_velocity_red_light"]
    rows = trace(drive)
    assert rows[0, SPEED] == pytest.approx(10.0), "36 km/h"
    stood = standing(rows, 30.0)
    assert stood[-1, X] - drive["line_x"] == pytest.approx(5.0, abs=0.3)
    assert drive["done"]
    assert rows[-1, TIME] > 30.0


def test_a_collision_ends_it_until_the_restart(drives):
    states = drives["collision"]["states"]
    assert states[:20] == [[True, pytest.approx(10.0)]] * 20
    assert states[20:60] == [[False, None]] * 40, "two seconds"
    assert states[-1] == [True, pytest.approx(10.0)]
    assert not drives["collision"]["sensor_is_alive"], "given back"
