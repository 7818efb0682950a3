"""A weather that goes to a server as CARLA's parameters comes back as it was, but for the grip; poses as one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim_suite.carla import frames
from sim_suite.carla.client.maps import our_map, text_of, text_to_send
from sim_suite.carla.client.weather import carla_weather
from sim_suite.carla.server.weather import apply_weather
from sim_suite.driving.world.layout import DARKNESS, FRICTION, RAIN, VISIBILITY
from sim_suite.envs.driving.weather import WEATHERS


@pytest.mark.parametrize("name", WEATHERS)
def test_weathers_come_back(name):
    row = np.array(WEATHERS[name], np.float32)
    back = np.zeros(4, np.float32)
    apply_weather(carla_weather(row), back)
    np.testing.assert_allclose(
        back[[VISIBILITY, DARKNESS, RAIN]], row[[VISIBILITY, DARKNESS, RAIN]], rtol=1e-4, atol=1e-6
    )
    assert back[FRICTION] == 0.0  # nothing of it is told


@given(st.floats(-2000.0, 2000.0), st.floats(-2000.0, 2000.0), st.floats(-20.0, 20.0))
def test_poses_at_once_are_poses_one_by_one(x, y, yaw):
    (row,) = frames.carla_poses(*(np.array([value], np.float32) for value in (x, y, 1.5, yaw)))
    pose = frames.carla_transform(float(np.float32(x)), float(np.float32(y)), 1.5, float(np.float32(yaw)))
    assert row[:3].tolist() == [pose.location.x, pose.location.y, pose.location.z]
    turned = (float(row[3]) - pose.yaw + 180.0) % 360.0 - 180.0
    assert turned == pytest.approx(0.0, abs=1e-3)


def test_a_servers_map_is_ours_where_we_have_it(tmp_path, monkeypatch):
    monkeypatch.setenv("SIM_SUITE_CACHE", str(tmp_path))
    text = text_of("crossroads")
    assert our_map("Carla/Maps/crossroads", text) == "crossroads"
    changed = text.replace("<header", "<!-- theirs --><header", 1)
    kept = our_map("Carla/Maps/crossroads", changed)
    assert kept.startswith(str(tmp_path))
    assert our_map("Carla/Maps/crossroads", changed) == kept
    assert text_of(kept) == changed
    assert text_to_send("Town03") == ""
