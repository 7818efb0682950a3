"""Distances, angles and speeds by hand, in CARLA's left-handed frame."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.tools import misc


def place(x, y, z=0.0):
    return SimpleNamespace(x=x, y=y, z=z)


def pose(x, y, yaw=0.0):
    return SimpleNamespace(location=place(x, y), rotation=SimpleNamespace(yaw=yaw))


def test_speed_and_distances():
    assert misc.get_speed(SimpleNamespace(get_velocity=lambda: place(3.0, 4.0, 12.0))) == pytest.approx(13.0 * 3.6)
    assert misc.compute_distance(place(0.0, 0.0), place(2.0, 3.0, 6.0)) == 7.0
    assert misc.distance_vehicle(SimpleNamespace(transform=pose(3.0, 4.0)), pose(0.0, 0.0)) == 5.0
    assert (misc.positive(-2.0), misc.positive(2.0)) == (0.0, 2.0)


def test_a_unit_vector_or_none():
    assert misc.vector(place(1.0, 1.0), place(4.0, 5.0)) == pytest.approx([0.6, 0.8, 0.0])
    assert misc.vector(place(1.0, 1.0), place(1.0, 1.0)) == [0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("x", "y", "yaw", "angle"),
    [
        (5.0, 0.0, 0.0, 0.0),
        (0.0, 5.0, 0.0, 90.0),
        (0.0, -5.0, 0.0, 90.0),
        (-5.0, 0.0, 0.0, 180.0),
        (0.0, 5.0, 90.0, 0.0),
    ],
)
def test_angles_to_a_place(x, y, yaw, angle):
    assert misc.compute_magnitude_angle(place(x, y), place(0.0, 0.0), yaw) == pytest.approx((5.0, angle))


def test_within_a_distance_and_an_angle():
    own = pose(0.0, 0.0, 90.0)  # looks along y
    assert misc.is_within_distance(pose(0.0, 10.0), own, 10.5)
    assert not misc.is_within_distance(pose(0.0, 10.0), own, 9.5)
    assert misc.is_within_distance(pose(2.0, 10.0), own, 20.0, [0, 30])
    assert not misc.is_within_distance(pose(0.0, -10.0), own, 20.0, [0, 90])
    assert misc.is_within_distance(pose(0.0, -10.0), own, 20.0, [150, 190])
    assert misc.is_within_distance(pose(0.0, 0.0), own, 0.0, [150, 180]), "on the same place, at no angle"


@given(st.floats(-180.0, 180.0), st.floats(0.1, 50.0), st.floats(-360.0, 360.0))
def test_the_angle_does_not_depend_on_where_one_looks_from(angle, distance, yaw):
    way = math.radians(yaw + angle)
    found = misc.compute_magnitude_angle(
        place(distance * math.cos(way), distance * math.sin(way)), place(0.0, 0.0), yaw
    )
    assert found == pytest.approx((distance, abs(angle)), abs=1e-6)


def test_where_a_light_holds_and_what_is_drawn():
    carla = pytest.importorskip("carla", reason="no carla wheel for this Python or machine")
    light = SimpleNamespace(
        get_transform=lambda: carla.Transform(carla.Location(10.0, 20.0, 1.0), carla.Rotation(yaw=90.0)),
        trigger_volume=carla.BoundingBox(carla.Location(3.0, 1.0, 0.0), carla.Vector3D(1.0, 1.0, 1.0)),
    )
    found = misc.get_trafficlight_trigger_location(light)
    assert (found.x, found.y, found.z) == pytest.approx((9.0, 23.0, 1.0), abs=1e-5)
    arrows = []
    world = SimpleNamespace(debug=SimpleNamespace(draw_arrow=lambda *ends, **named: arrows.append(ends)))
    waypoint = SimpleNamespace(transform=carla.Transform(carla.Location(1.0, 2.0, 0.0), carla.Rotation(yaw=90.0)))
    misc.draw_waypoints(world, [waypoint], z=0.5)
    ((begin, end),) = arrows
    assert (begin.x, begin.y, begin.z) == pytest.approx((1.0, 2.0, 0.5))
    assert (end.x, end.y, end.z) == pytest.approx((1.0, 3.0, 0.5))
