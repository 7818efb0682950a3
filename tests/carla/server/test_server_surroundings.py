"""What sensors see of maps has one type, whatever a map holds: kernels that were compiled before serving fit all of them."""

from __future__ import annotations

from numba import typeof

from sim_suite.carla.server.sensors.surroundings import Surroundings
from tests.driving.sensors.scenes import prepared


def test_kernels_take_all_maps_alike():
    with_crosswalks, without = (Surroundings(prepared(name)) for name in ("crossing_lights", "crossing_bare"))
    assert len(with_crosswalks.ground(0.2).walk) > 0
    assert typeof(with_crosswalks.ground(0.2)) == typeof(without.ground(0.2))
    assert typeof(with_crosswalks.scenery) == typeof(without.scenery)
    assert with_crosswalks.ground(0.2) is with_crosswalks.ground(0.2)
