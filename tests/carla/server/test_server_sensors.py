"""Sensors: what they read, by hand, and when."""

from __future__ import annotations

import math

import msgpack
import numpy as np
import pytest

from sim_suite.carla.server.sensors.gnss import geolocation, origin_of
from sim_suite.carla.server.sensors.imu import compass_rad, in_sensor_frame
from sim_suite.carla.server.sensors.registry import ABSENT, BUILT
from sim_suite.carla.wire.streams import read_header
from sim_suite.carla.wire.values import Vector
from sim_suite.driving.dynamics.vehicles import MASS_KG, PARAMETERS
from sim_suite.driving.world.kinds import ActorKind
from tests.carla.asking import Asked, Asking

CAR = "vehicle.tesla.model3"


@pytest.fixture
def ask():
    return Asking("crossing_lights")


def attached(ask, type_id, parent, place=(0.0, 0.0, 0.0), rotation=(0.0, 0.0, 0.0), **attributes):
    """(actor, stream) of a sensor."""
    given = [[name, 4, value] for name, value in attributes.items()]
    row = ask("spawn_actor_with_parent", [1, type_id, given], [list(place), list(rotation)], parent, 0, "")
    return row[0], int.from_bytes(row[5][:4], "little")


def readings(ask, stream):
    return [(read_header(message[4:]), msgpack.unpackb(message[52:])) for one, message in ask.heard if one == stream]


def test_a_gnss_at_the_origin_reads_the_origin_and_north_is_north():
    origin = origin_of("+proj=tmerc +lat_0=49 +lon_0=8 +k=1")
    assert origin == (49.0, 8.0)
    assert geolocation(Vector(0.0, 0.0, 3.0), origin) == pytest.approx((49.0, 8.0, 3.0))
    latitude, longitude, _ = geolocation(Vector(100.0, -100.0, 0.0), origin)
    metres = math.radians(1.0) * 6378137.0
    assert (latitude - 49.0) * metres == pytest.approx(100.0, abs=0.01)
    assert (longitude - 8.0) * metres * math.cos(math.radians(49.0)) == pytest.approx(100.0, abs=0.01)
    assert origin_of("") == (42.0, 2.0)


def test_a_gnss_reads_each_step_where_it_is_mounted(ask):
    car = ask.spawn(CAR, 60.0, 2.0)
    _, stream = attached(ask, "sensor.other.gnss", car, (1.0, 0.0, 2.0))
    ask.tick(3)
    found = readings(ask, stream)
    assert [header.frame for header, _ in found] == [1, 2, 3]
    assert found[0][1] == pytest.approx(list(geolocation(Vector(61.0, 2.0, 2.0), (49.0, 8.0))), abs=1e-9)


def test_noise_is_drawn_from_its_own_seed(ask):
    car = ask.spawn(CAR, 60.0, 2.0)
    settings = {"noise_lat_stddev": "0.01", "noise_alt_bias": "5.0"}
    streams = [attached(ask, "sensor.other.gnss", car, **settings, noise_seed=seed)[1] for seed in ("3", "3", "4")]
    ask.tick()
    first, same, other = (readings(ask, stream)[0][1] for stream in streams)
    assert first == same != other
    assert first[0] - geolocation(Vector(60.0, 2.0, 0.0), (49.0, 8.0))[0] == pytest.approx(
        0.01 * np.random.default_rng(3).standard_normal(3)[0]
    )
    assert first[2] == pytest.approx(5.0)


def test_an_imu_at_rest_feels_gravity_and_knows_where_it_looks(ask):
    car = ask.spawn(CAR, 60.0, 2.0, 90.0)
    _, level = attached(ask, "sensor.other.imu", car)
    _, nose_up = attached(ask, "sensor.other.imu", car, rotation=(30.0, 0.0, 0.0))
    ask.tick()
    ((_, (acceleration, rotation, compass)),) = readings(ask, level)
    assert acceleration == pytest.approx([0.0, 0.0, 9.81])
    assert rotation == [0.0, 0.0, 0.0]
    assert compass == pytest.approx(math.pi)  # south
    ((_, (acceleration, _, _)),) = readings(ask, nose_up)
    assert acceleration == pytest.approx([9.81 * 0.5, 0.0, 9.81 * math.sqrt(0.75)], rel=1e-5)


def test_an_imu_feels_throttle_ahead_and_a_right_turn_clockwise(ask):
    car = ask.spawn(CAR, 60.0, 2.0, -35.0)
    _, stream = attached(ask, "sensor.other.imu", car)
    ask("apply_control_to_vehicle", car, [1.0, 0.4, 0.0, False, False, False, 0])
    ask.tick(30)
    _, (acceleration, rotation, _) = readings(ask, stream)[-1]
    assert acceleration[0] > 2.0
    assert acceleration[1] > 1.0  # to the right
    assert rotation[2] == pytest.approx(math.radians(float(ask.record(car)["wz"])), rel=1e-5)
    assert rotation[2] > 0.1


def test_compass_and_axes_by_hand():
    assert compass_rad(-90.0) == 0.0
    assert compass_rad(0.0) == pytest.approx(math.pi / 2)
    turned = in_sensor_frame(Vector(0.0, 2.0, 1.0), 0.0, 90.0, 90.0)  # looks south, rolled onto its right side
    assert turned == pytest.approx((2.0, -1.0, 0.0), abs=1e-12)


def test_a_collision_tells_both_with_opposite_impulses(ask):
    first, second = ask.spawn(CAR, 60.0, 2.0), ask.spawn("vehicle.audi.tt", 66.0, 2.0)
    streams = [attached(ask, "sensor.other.collision", car)[1] for car in (first, second)]
    ask("set_actor_target_velocity", first, [10.0, 0.0, 0.0])
    ask.tick(20)
    ((header, (own, other, impulse)),) = readings(ask, streams[0])
    assert (own[0], other[0]) == (first, second)
    assert header.elapsed_s == pytest.approx(0.05 * header.frame)
    mass = float(PARAMETERS[ActorKind.CAR, MASS_KG])
    closing = 10.0 - 0.12 * 9.81 * 0.05  # rolling takes a little on the way
    assert impulse[0] == pytest.approx(-mass / 2 * closing, rel=0.02)
    ((_, (own, other, back)),) = readings(ask, streams[1])
    assert (own[0], other[0]) == (second, first)
    assert back == pytest.approx([-value for value in impulse], abs=1e-2)


def test_somebody_on_foot_who_is_hit_is_told(ask):
    car = ask.spawn(CAR, 60.0, 2.0)
    walker = ask.spawn("walker.pedestrian.0001", 65.0, 2.0)
    _, stream = attached(ask, "sensor.other.collision", walker)
    ask("set_actor_target_velocity", car, [8.0, 0.0, 0.0])
    ask.tick(20)
    ((_, (own, other, impulse)),) = readings(ask, stream)
    assert (own[0], other[0]) == (walker, car)
    assert impulse[0] > 0.0


def test_sensors_that_read_seldom_read_on_time(ask):
    car = ask.spawn(CAR, 60.0, 2.0)
    _, stream = attached(ask, "sensor.other.imu", car, sensor_tick="0.2")
    ask.tick(13)
    assert [header.frame for header, _ in readings(ask, stream)] == [1, 5, 9, 13]


def test_nobody_is_read_that_nobody_listens_to(ask):
    car = ask.spawn(CAR, 60.0, 2.0)
    attached(ask, "sensor.other.imu", car)
    ask.simulator.step()
    assert [stream for stream, _ in ask.simulator.messages(lambda stream: False, True)] == [1]


@pytest.mark.parametrize("type_id", sorted(ABSENT))
def test_sensors_that_are_not_built_say_so(type_id):
    with pytest.raises(Asked, match=f"{type_id} is not built for the embedded world. There are: sensor.camera.depth, "):
        Asking.shared().spawn(type_id)


def test_a_lane_invasion_detector_has_no_stream_and_bad_attributes_are_refused(ask):
    car = ask.spawn(CAR, 60.0, 2.0)
    row = ask("spawn_actor_with_parent", [1, "sensor.other.lane_invasion", []], [[0.0] * 3, [0.0] * 3], car, 0, "")
    assert row[5] == b""
    with pytest.raises(Asked, match="could not convert string to float: 'often'"):
        attached(ask, "sensor.other.imu", car, sensor_tick="often")
    assert len(BUILT) + len(ABSENT) == 16
