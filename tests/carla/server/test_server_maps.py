"""Maps as clients get them: spawn points with room for everybody, and the shelf."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.carla.server.blueprints.library import find_blueprint, library
from sim_suite.carla.server.errors import RefusedError
from sim_suite.carla.server.maps import MapShelf
from sim_suite.driving.collisions import overlap
from sim_suite.driving.roads.maps import find_map, map_names
from sim_suite.driving.world.kinds import ActorKind


@pytest.fixture(scope="module")
def shelf():
    return MapShelf()


@pytest.mark.parametrize("name", ["crossing_lights", "roundabout", "highway", "parking", "left_hand"])
def test_at_all_spawn_points_at_once_there_is_room_for_the_longest(shelf, name):
    points = shelf.find(name).spawn_points
    assert len(points) > 20
    row = np.array([[point.location.x, -point.location.y, -np.radians(point.yaw)] for point in points], np.float32)
    length = np.float32(
        max(one.shape.length_m for one in library().values() if one.shape and one.type_id.startswith("vehicle"))
    )
    width = np.float32(find_blueprint("vehicle.mitsubishi.fusorosa").shape.width_m)
    near = np.hypot(*(row[:, None, :2] - row[None, :, :2]).transpose(2, 0, 1)) < 2 * length
    for a, b in np.argwhere(np.triu(near, 1)):
        assert overlap(*row[a], length, width, *row[b], length, width)[0] <= 0.0


def test_a_map_is_made_ready_once_and_found_by_any_of_its_names(shelf, tmp_path):
    first = shelf.find("crossing_lights")
    assert shelf.find("/Game/Carla/Maps/crossing_lights") is first
    copy = tmp_path / "crossing_lights.xodr"
    copy.write_bytes(find_map("crossing_lights").read_bytes())
    assert shelf.find(str(copy)) is first
    copy.write_text(copy.read_text().replace('max="50.0"', 'max="30.0"'))
    assert shelf.find(str(copy)) is not first


def test_all_maps_are_named_and_others_refused(shelf):
    assert shelf.names() == [f"/Game/Carla/Maps/{name}" for name in map_names()]
    with pytest.raises(RefusedError, match="unknown map 'Town01'"):
        shelf.find("Town01")


def test_blueprints_of_vehicles_have_measures_of_their_kind():
    for one in library().values():
        if one.type_id.startswith("vehicle."):
            assert one.shape is not None
            assert one.shape.kind in (ActorKind.CAR, ActorKind.TRUCK, ActorKind.BUS, ActorKind.BICYCLE)
            assert 0.4 < one.shape.wheelbase_m / one.shape.length_m < 0.7
    generations = {one.settings[3].value for one in library().values() if one.type_id.startswith("walker.")}
    assert generations == {"1", "2"}  # scripts ask for the second
