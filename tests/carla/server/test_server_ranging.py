"""Lidars, the radar and the obstacle detector on the wire: by hand, and one way of casting against the other."""

from __future__ import annotations

import math

import msgpack
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim_suite.carla import frames
from sim_suite.carla.server.sensors.kinds import Moment
from sim_suite.carla.server.sensors.lidar import Lidar
from sim_suite.carla.server.sensors.obstacle import first_touch
from sim_suite.carla.wire import layout
from sim_suite.carla.wire.streams import read_header
from sim_suite.carla.wire.values import Description, Transform, Vector
from sim_suite.driving.sensors.ranging.lidar_depth import NOTHING
from sim_suite.driving.sensors.solids.semantics import Tag
from sim_suite.driving.sensors.solids.solids import HALF_LENGTH, HALF_WIDTH, HEIGHT, SOLID
from sim_suite.driving.world.layout import SPEED
from tests.carla.asking import Asked, Asking
from tests.carla.server.test_server_cameras import CAR, FACE_X, messages, mounted

EXACT = {"dropoff_general_rate": "0", "dropoff_zero_intensity": "0", "atmosphere_attenuation_rate": "0.01"}


@pytest.fixture
def ask():
    """As for cameras."""
    ask = Asking("crossing_lights")
    ask.car = ask.spawn(CAR, 60.0, 2.0)
    ask.container = ask.spawn("static.prop.container", 80.0, 2.0)
    return ask


def scan(message, dtype):
    """(header, angle, counts by channel, points)"""
    angle, channels = layout.LIDAR_SCAN.unpack_from(message, layout.HEADER.size)
    start = layout.HEADER.size + layout.LIDAR_SCAN.size
    counts = np.frombuffer(message, "<u4", channels, start)
    points = np.frombuffer(message, dtype, offset=start + counts.nbytes)
    return read_header(message), angle, counts, points.reshape(-1, 4) if dtype == "<f4" else points


def detections(message):
    return np.frombuffer(message, "<f4", offset=layout.HEADER.size).reshape(-1, 4)


def test_a_lidar_meets_a_box_where_it_is(ask):
    settings = {"channels": "1", "upper_fov": "0", "lower_fov": "0", "range": "50", "rotation_frequency": "20"}
    stream = mounted(ask, "sensor.lidar.ray_cast", (2.4, 0.0, 0.5), points_per_second="7200", **settings, **EXACT)
    ask.tick()
    header, angle, counts, points = scan(messages(ask, stream)[0], "<f4")
    assert header.stream_type == layout.StreamType.LIDAR
    assert counts.sum() == counts[0] == len(points)
    assert angle == pytest.approx(0.0, abs=1e-6)  # once around
    ahead = points[np.abs(np.arctan2(points[:, 1], points[:, 0])) < 1e-3]
    assert ahead[0, :3] == pytest.approx([FACE_X - 62.4, 0.0, 0.0], abs=1e-4)
    assert ahead[0, 3] == pytest.approx(math.exp(-0.01 * (FACE_X - 62.4)), rel=1e-5)


def test_a_step_is_a_share_of_a_rotation_clockwise_from_behind(ask):
    settings = {"channels": "1", "upper_fov": "-10", "lower_fov": "-10", "range": "50", "rotation_frequency": "5"}
    stream = mounted(ask, "sensor.lidar.ray_cast", (0.0, 0.0, 2.4), points_per_second="2000", **settings, **EXACT)
    ask.tick(4)
    scans = [scan(message, "<f4") for message in messages(ask, stream)]
    for quarter, (_, angle, counts, points) in enumerate(scans):
        assert counts.tolist() == [100]
        bearing = np.degrees(np.arctan2(points[:, 1], points[:, 0])) % 360.0
        expected = (-180.0 + 90.0 * quarter + 0.9 * np.arange(100)) % 360.0
        assert (bearing - expected + 180.0) % 360.0 - 180.0 == pytest.approx(0.0, abs=1e-3)
        assert angle == pytest.approx(math.radians(90.0 * (quarter + 1) % 360.0), abs=1e-5)


@pytest.mark.parametrize("yaw", [0.0, 77.0])
def test_a_whole_turn_and_rays_one_by_one_agree(ask, yaw):
    attributes = {
        "channels": "16", "points_per_second": "64000", "rotation_frequency": "10", "range": "60", "upper_fov": "10", "lower_fov": "-30",
        "horizontal_fov": "360",
    }  # fmt: skip
    ask.tick()
    episode, lidar = ask.simulator.episode, Lidar(True, attributes)
    sensor = episode.spawn(
        Description(0, "sensor.lidar.ray_cast_semantic", ()), Transform(Vector(70.0, 1.0, 2.0), yaw=yaw)
    )
    moment = Moment(episode, sensor, sensor.pose, 1, 0.05, 0.05)
    fast = lidar._by_turn(moment, 200, 180.0)
    azimuths = np.arange(200) * 0.9 - 180.0
    slow = lidar._one_by_one(moment, lidar._directions(azimuths))
    assert fast is not None
    assert (slow.owner != NOTHING).sum() > 1500
    differ = (np.abs(fast.depth - slow.depth) > 2e-3) | (fast.owner != slow.owner)
    assert differ.sum() <= 3  # rays that graze an edge may pass it on either side
    same = ~differ
    assert (fast.tag[same] != slow.tag[same]).sum() <= 3  # and of a texel
    assert fast.cosine[same] == pytest.approx(slow.cosine[same], abs=1e-2)


def test_a_tilted_lidar_meets_level_ground_where_its_rays_do(ask):
    settings = {"channels": "1", "upper_fov": "0", "lower_fov": "0", "range": "50", "points_per_second": "7200"}
    stream = mounted(
        ask, "sensor.lidar.ray_cast", (70.0, -9.0, 2.0), (-30.0, 0.0, 0.0), parent=0, rotation_frequency="20", **settings, **EXACT
    )  # fmt: skip
    ask.tick()
    _, _, _, points = scan(messages(ask, stream)[0], "<f4")
    ahead = points[np.abs(np.arctan2(points[:, 1], points[:, 0])) < 1e-3]
    assert ahead[0, :3] == pytest.approx([4.0, 0.0, 0.0], abs=1e-3)  # 2 m / sin 30 degrees


def test_classes_of_points_name_actors(ask):
    settings = {"range": "50", "rotation_frequency": "20", "points_per_second": "200000"}
    stream = mounted(ask, "sensor.lidar.ray_cast_semantic", (0.0, 0.0, 1.9), **settings)
    ask.tick()
    header, _, counts, points = scan(messages(ask, stream)[0], layout.DETECTION)
    assert header.stream_type == layout.StreamType.SEMANTIC_LIDAR
    assert counts.sum() == len(points)
    container = points[points["actor"] == ask.container]
    assert len(container) > 10
    assert set(container["tag"]) == {Tag.STATIC}
    assert container["x"].min() == pytest.approx(FACE_X - 60.0, abs=1e-3)
    assert set(points["actor"]) == {0, ask.car, ask.container}  # its own roof too, as in CARLA
    road = points[points["tag"] == Tag.ROAD]
    assert road["z"] == pytest.approx(-1.9, abs=1e-5)
    assert road["cosine"] == pytest.approx(1.9 / np.sqrt(road["x"] ** 2 + road["y"] ** 2 + 1.9**2), abs=1e-4)


def test_what_is_lost_and_how_distances_err(ask):
    settings = {"range": "50", "rotation_frequency": "20", "points_per_second": "200000"}
    whole, half, far, noisy, again = (
        mounted(ask, "sensor.lidar.ray_cast", (0.0, 0.0, 2.4), **{**settings, **EXACT, **extra})
        for extra in (
            {},
            {"dropoff_general_rate": "0.5"},
            {"dropoff_zero_intensity": "0.4", "dropoff_intensity_limit": "0.9"},
            {"noise_stddev": "0.1", "noise_seed": "5"},
            {"noise_stddev": "0.1", "noise_seed": "5"},
        )
    )
    ask.tick()
    exact, thinned, faint, off, same = (
        scan(messages(ask, stream)[0], "<f4")[3] for stream in (whole, half, far, noisy, again)
    )
    assert len(thinned) == pytest.approx(0.5 * len(exact), rel=0.05)
    intensity = exact[:, 3]
    kept = np.where(intensity > 0.9, 1.0, 0.4 / 0.9 * intensity + 0.6)
    assert len(faint) == pytest.approx(kept.sum(), rel=0.02)
    assert len(faint) < len(exact)
    error = np.linalg.norm(off[:, :3], axis=1) - np.linalg.norm(exact[:, :3], axis=1)
    assert error.std() == pytest.approx(0.1, rel=0.05)
    assert abs(error.mean()) < 0.01
    assert (off == same).all()


def test_a_radar_tells_how_fast_a_distance_grows(ask):
    other = ask.spawn("vehicle.audi.tt", 73.0, 2.0)
    settings = {"horizontal_fov": "5", "vertical_fov": "5", "points_per_second": "4000"}
    stream = mounted(ask, "sensor.other.radar", (2.4, 0.0, 0.6), **settings)
    ask("set_actor_target_velocity", other, [8.0, 0.0, 0.0])
    ask("set_actor_target_velocity", ask.car, [3.0, 0.0, 0.0])
    ask.tick()
    found = detections(messages(ask, stream)[0])
    bodies = ask.simulator.episode.world.state.body[0]
    own, ahead = (float(bodies[ask.simulator.episode.actors[one].slot, SPEED]) for one in (ask.car, other))
    assert len(found) == 200
    hit = found[(found[:, 3] > 8.0) & (found[:, 3] < 11.5)]
    assert len(hit) > 150
    assert hit[:, 0] == pytest.approx((ahead - own) * np.cos(hit[:, 1]) * np.cos(hit[:, 2]), abs=1e-4)
    assert ahead - own > 4.0  # goes away: positive
    assert np.abs(found[:, 1:3]).max() <= math.radians(2.5) + 1e-6


def test_a_radar_sees_a_standing_wall_come_at_its_own_speed_and_left_is_negative(ask):
    stream = mounted(
        ask, "sensor.other.radar", (2.4, 0.0, 0.6), horizontal_fov="60", vertical_fov="1", points_per_second="4000"
    )
    ask("set_actor_target_velocity", ask.car, [5.0, 0.0, 0.0])
    ask.tick()
    found = detections(messages(ask, stream)[0])
    own = float(ask.simulator.episode.world.state.body[0, ask.simulator.episode.actors[ask.car].slot, SPEED])
    # The container's face spans 1.22 m to either side; what is met there is as far ahead as its face.
    wall = found[np.abs(found[:, 3] * np.sin(found[:, 1])) < 1.2]
    wall = wall[wall[:, 3] < 20.0]
    assert len(wall) > 10
    assert wall[:, 0] == pytest.approx(-own * np.cos(wall[:, 1]) * np.cos(wall[:, 2]), abs=1e-3)
    house = found[found[:, 3] > 20.0]
    assert (house[:, 0] < 0.0).all()
    # A pole to the right, in CARLA's frame at greater y, has a positive azimuth.
    post = ask.spawn("static.prop.box01", 70.0, 5.0)
    ask.tick()
    slot = ask.simulator.episode.actors[post].slot
    near = detections(messages(ask, stream)[1])
    x = float(ask.simulator.episode.world.state.body[0, ask.simulator.episode.actors[ask.car].slot, 0])
    away = math.hypot(float(ask.simulator.episode.world.state.body[0, slot, 0]) - x - 2.4, 3.0)
    box = near[np.abs(near[:, 3] - away) < 0.6]
    assert len(box) > 0
    assert (box[:, 1] > 0.2).all()


def test_an_obstacle_ahead_is_told_with_its_distance(ask):
    settings = {"distance": "30", "hit_radius": "0.4"}
    ball = mounted(ask, "sensor.other.obstacle", (2.4, 0.0, 0.5), **settings)
    short = mounted(ask, "sensor.other.obstacle", (2.4, 0.0, 0.5), distance="5")
    ask.tick()
    (message,) = messages(ask, ball)
    own, other, distance = msgpack.unpackb(message[layout.HEADER.size :])
    assert (own[0], other[0]) == (ask.car, ask.container)
    assert distance == pytest.approx(FACE_X - 62.4 - 0.4, abs=1e-4)
    assert messages(ask, short) == []


def test_scenery_is_an_obstacle_unless_only_actors_count(ask):
    tree = next(row for row in ask.simulator.episode.served.surroundings.scenery.solid if int(row[8]) == Tag.VEGETATION)
    terrain = ask.simulator.episode.world.ground.terrain
    x, y = float(tree[0]) + terrain.origin_x, float(tree[1]) + terrain.origin_y
    streams = [
        mounted(ask, "sensor.other.obstacle", (x - 8.0, -y, 1.0), parent=0, distance="10", only_dynamics=only)
        for only in ("false", "true")
    ]
    ask.tick()
    ((message,), nothing) = (messages(ask, stream) for stream in streams)
    _, other, distance = msgpack.unpackb(message[layout.HEADER.size :])
    assert other[0] == 0
    assert other[2][1] == "static.vegetation"
    assert 4.0 < distance < 8.0
    assert nothing == []


boxes = st.tuples(
    *(st.floats(-6.0, 6.0) for _ in range(2)), st.floats(-3.0, 3.0), *(st.floats(0.2, 3.0) for _ in range(2))
)


@given(boxes, st.floats(-3.2, 3.2), st.floats(0.1, 1.5))
def test_a_swept_ball_touches_where_its_distance_becomes_its_radius(box, yaw, radius):
    x, y, turn, half_length, half_width = box
    row = np.zeros((1, SOLID))
    row[0, [0, 1, 4]] = x, y, turn
    row[0, [HALF_LENGTH, HALF_WIDTH, HEIGHT]] = half_length, half_width, 2.0

    def gap(along):
        px, py = along * math.cos(yaw) - x, along * math.sin(yaw) - y
        ahead, aside = px * math.cos(turn) + py * math.sin(turn), py * math.cos(turn) - px * math.sin(turn)
        return math.hypot(max(abs(ahead) - half_length, 0.0), max(abs(aside) - half_width, 0.0)) - radius

    expected, along = math.inf, 0.0
    for _ in range(400):  # sphere tracing (Hart 1996): a gap's length is always free
        if gap(along) < 1e-9:
            expected = along
            break
        along += max(gap(along), 1e-10)
        if along > 40.0:
            break
    found = float(first_touch(row, np.array([0.0, 0.0, 1.0]), yaw, radius)[0])
    if math.isinf(expected) or math.isinf(found):
        nearest = min(gap(0.02 * k) for k in range(800))
        assert (math.isinf(expected) and math.isinf(found)) or abs(nearest) < 1e-2  # it just grazes
    else:
        assert found == pytest.approx(expected, abs=1e-3)
    assert math.isinf(float(first_touch(row, np.array([0.0, 0.0, 2.1 + radius]), yaw, radius)[0]))


@pytest.mark.parametrize(
    ("type_id", "attributes", "part"),
    [
        ("sensor.lidar.ray_cast", {"channels": "0"}, "channels is 0; give 1 to 1024"),
        ("sensor.lidar.ray_cast_semantic", {"upper_fov": "100"}, "upper_fov is 100"),
        ("sensor.other.radar", {"horizontal_fov": "200"}, "horizontal_fov is 200; give 0 to 179"),
        ("sensor.other.obstacle", {"distance": "-1"}, "distance is -1"),
    ],
)
def test_sensors_that_cannot_be_are_refused_in_words(ask, type_id, attributes, part):
    with pytest.raises(Asked, match=part):
        mounted(ask, type_id, (0.0, 0.0, 2.0), **attributes)


def test_axes_by_hand():
    level = Transform(Vector(0.0, 0.0, 0.0))
    assert frames.axes(level) == pytest.approx(np.eye(3))
    assert frames.axes(level._replace(yaw=90.0)) == pytest.approx(
        np.array([[0, 1, 0], [-1, 0, 0], [0, 0, 1]]), abs=1e-12
    )
    assert frames.axes(level._replace(pitch=90.0))[0] == pytest.approx([0, 0, 1], abs=1e-12)  # nose up
    assert frames.axes(level._replace(roll=90.0))[1] == pytest.approx([0, 0, -1], abs=1e-12)  # right side down
    south_is_y = frames.world_directions(level, np.array([[0.0, 1.0, 0.0]], np.float32))
    assert south_is_y == pytest.approx(np.array([[0.0, -1.0, 0.0]]))
