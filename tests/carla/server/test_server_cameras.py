"""Cameras on the wire: pixels by hand, and equal to the embedded world's cameras asked directly."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.carla.server.sensors.camera import depth_code, instance_code
from sim_suite.carla.server.weather import style_of, visibility_m
from sim_suite.carla.wire import layout
from sim_suite.carla.wire.streams import read_header
from sim_suite.carla.wire.values import Weather
from sim_suite.driving.sensors.camera.camera import Camera
from sim_suite.driving.sensors.camera.camera_spec import CameraSpec, Mount
from sim_suite.driving.sensors.solids.semantics import Tag
from sim_suite.driving.sensors.solids.solids import FIRST_THING
from tests.carla.asking import Asked, Asking

CAR = "vehicle.tesla.model3"
CONTAINER_M = 6.06
FACE_X = 80.0 - CONTAINER_M / 2
SMALL = {"image_size_x": "64", "image_size_y": "48"}


@pytest.fixture
def ask():
    """A car at (60, 2) that looks east; a container, a metre high, lies across its way 20 m ahead."""
    ask = Asking("crossing_lights")
    ask.car = ask.spawn(CAR, 60.0, 2.0)
    ask.container = ask.spawn("static.prop.container", 80.0, 2.0)
    return ask


def mounted(ask, type_id, place, rotation=(0.0, 0.0, 0.0), parent=None, **attributes):
    """The stream of a sensor on the car; with parent=0 by itself at a place of the world."""
    description = [1, type_id, [[name, 4, value] for name, value in attributes.items()]]
    pose = [list(place), list(rotation)]
    if parent == 0:
        row = ask("spawn_actor", description, pose)
    else:
        row = ask("spawn_actor_with_parent", description, pose, ask.car if parent is None else parent, 0, "")
    return int.from_bytes(row[5][:4], "little")


def messages(ask, stream):
    return [message[layout.MESSAGE_SIZE.size :] for one, message in ask.heard if one == stream]


def pictures(ask, stream):
    """[(header, fov, [H, W', 4])]"""
    found = []
    for message in messages(ask, stream):
        width, height, fov = layout.IMAGE.unpack_from(message, layout.HEADER.size)
        pixels = np.frombuffer(message, np.uint8, offset=layout.HEADER.size + layout.IMAGE.size)
        found.append((read_header(message), fov, pixels.reshape(height, width, 4)))
    return found


def metres(pixels):
    blue, green, red = (pixels[..., channel].astype(np.float64) for channel in range(3))
    return (red + 256.0 * green + 65536.0 * blue) / (256.0**3 - 1.0) * 1000.0


def test_the_depth_of_a_wall_is_its_distance(ask):
    stream = mounted(ask, "sensor.camera.depth", (2.4, 0.0, 0.5), **SMALL)
    ask.tick(2)
    (first, fov, pixels), (second, _, _) = pictures(ask, stream)
    assert (first.stream_type, first.frame, second.frame) == (layout.StreamType.DEPTH_CAMERA, 1, 2)
    assert fov == 90.0
    assert pixels.shape == (48, 64, 4)
    assert (pixels[..., 3] == 255).all()
    wall = metres(pixels)[23:25, 30:34]  # depth is along the axis: the whole face is equally far
    assert wall == pytest.approx(FACE_X - 62.4, abs=1e-3)
    assert metres(pixels)[0, 0] == 1000.0  # the sky


def test_classes_and_instances_are_those_of_who_is_ahead(ask):
    semantic = mounted(ask, "sensor.camera.semantic_segmentation", (2.4, 0.0, 0.5), **SMALL)
    instance = mounted(ask, "sensor.camera.instance_segmentation", (2.4, 0.0, 0.5), **SMALL)
    ask.tick()
    ((_, _, classes),), ((header, _, coded),) = pictures(ask, semantic), pictures(ask, instance)
    assert header.stream_type == layout.StreamType.INSTANCE_CAMERA
    assert classes[24, 32].tolist() == [0, 0, Tag.STATIC, 255]
    assert (coded[..., 2] == classes[..., 2]).all()
    assert coded[24, 32].tolist() == [ask.container >> 8, ask.container & 255, Tag.STATIC, 255]
    assert {int(tag) for tag in np.unique(classes[..., 2])} >= {Tag.ROAD, Tag.SKY, Tag.STATIC}


def test_codes_by_hand():
    pixels = np.zeros((1, 4, 4), np.uint8)
    depth_code(np.array([[0.0, 1000.0, 5000.0, 500.0]], np.float32), pixels)
    assert pixels[0, :, :3].tolist() == [[0, 0, 0], [255, 255, 255], [255, 255, 255], [128, 0, 0]]
    numbers = np.array([0, 7, 300])
    instance_code(
        np.array([[1, 14, 14, 9]], np.uint8), np.array([[0, 1, 2, FIRST_THING + 1]], np.int32), numbers, pixels
    )
    assert pixels[0, :, :3].tolist() == [[0, 0, 1], [0, 7, 14], [1, 300 - 256, 14], [255, 254, 9]]


@pytest.mark.parametrize(
    ("name", "output"), [("rgb", "rgb"), ("depth", "depth"), ("semantic_segmentation", "semantic")]
)
def test_a_picture_is_that_of_the_embedded_camera(ask, name, output):
    ask("set_weather_parameters", list(Weather(cloudiness=30.0, precipitation=40.0, sun_altitude=20.0)))
    stream = mounted(ask, f"sensor.camera.{name}", (1.5, -0.3, 1.7), (-8.0, 25.0, 4.0), fov="75", **SMALL)
    ask.tick()
    ((_, _, pixels),) = pictures(ask, stream)
    episode = ask.simulator.episode
    mount = Mount(1.5, 0.3, 1.7, roll_deg=4.0, pitch_deg=8.0, yaw_deg=-25.0)
    spec = CameraSpec((48, 64), 75.0, (mount,), (output,), own_vehicle=True)
    camera = Camera(episode.world.map, spec, styles=[style_of(episode.weather)])
    direct = camera.new_pictures(1)
    slot = episode.actors[ask.car].slot
    camera.draw(episode.world.state, direct, actors=np.array([slot], np.int32))
    if output == "rgb":
        assert (pixels[..., 2::-1] == direct.rgb[0, 0]).all()
    elif output == "semantic":
        assert (pixels[..., 2] == direct.semantic[0, 0]).all()
    else:
        assert metres(pixels) == pytest.approx(direct.depth[0, 0], abs=1e-4)


def test_a_camera_that_nobody_carries_sees_the_same_from_the_same_place(ask):
    mount, turned = (1.5, 0.4, 1.7), (-10.0, 30.0, 5.0)
    on_car = mounted(ask, "sensor.camera.depth", mount, turned, **SMALL)
    alone = mounted(ask, "sensor.camera.depth", (61.5, 2.4, 1.7), turned, parent=0, **SMALL)
    ask.tick()
    ((one, _, carried),), ((other, _, free),) = pictures(ask, on_car), pictures(ask, alone)
    assert other.pose.location == pytest.approx(one.pose.location)
    assert other.pose[1:] == pytest.approx(one.pose[1:])
    # Where rounding moves an edge across a pixel's centre it may differ.
    assert np.mean(np.abs(metres(carried) - metres(free)) > 0.01) < 0.01


def test_a_camera_that_is_moved_looks_from_there(ask):
    stream = mounted(ask, "sensor.camera.depth", (70.0, 2.0, 0.5), parent=0, **SMALL)
    ask.tick()
    number = ask.simulator.episode.on_stream(stream).number
    ask("set_actor_transform", number, [[66.0, 2.0, 0.7], [0.0, 0.0, 0.0]])
    ask.tick()
    (_, _, first), (_, _, second) = pictures(ask, stream)
    assert metres(first)[24, 32] == pytest.approx(FACE_X - 70.0, abs=1e-3)
    assert metres(second)[24, 32] == pytest.approx(FACE_X - 66.0, abs=1e-3)


def test_weather_and_the_hour_are_seen(ask):
    stream = mounted(ask, "sensor.camera.rgb", (0.0, 0.0, 2.0), **SMALL)
    seen = {}
    for name, weather in {
        "noon": Weather(sun_altitude=60.0),
        "night": Weather(sun_altitude=-40.0),
        "fog": Weather(sun_altitude=60.0, fog_density=100.0),
    }.items():
        ask("set_weather_parameters", list(weather))
        ask.tick()
        seen[name] = pictures(ask, stream)[-1][2][..., :3].astype(float)
    assert seen["night"].mean() < 0.4 * seen["noon"].mean()
    horizon = slice(20, 27)
    assert seen["fog"][horizon].std() < 0.6 * seen["noon"][horizon].std()


def test_style_of_weather_by_hand():
    clear = style_of(Weather())
    assert (clear.sun_height_deg, clear.clouds, clear.rain, clear.fog_per_m) == (45.0, 0.0, 0.0, 0.0)
    assert visibility_m(Weather(fog_density=100.0)) == pytest.approx(50.0)
    thick = style_of(Weather(cloudiness=150.0, fog_density=100.0, sun_altitude=-120.0, sun_azimuth=90.0))
    assert (thick.clouds, thick.sun_height_deg, thick.sun_azimuth_deg) == (1.0, -90.0, pytest.approx(-90.0))
    assert np.exp(-thick.fog_per_m / (1 / 50.0 - 1 / 300.0)) == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("attributes", "part"),
    [
        ({"image_size_x": "0"}, "a side of size is 0; give 8 to 4096 pixels"),
        ({"fov": "180"}, "fov_deg is 180"),
        ({"image_size_y": "many"}, "invalid literal for int"),
    ],
)
def test_pictures_that_cannot_be_are_refused_in_words(ask, attributes, part):
    with pytest.raises(Asked, match=part):
        mounted(ask, "sensor.camera.rgb", (0.0, 0.0, 2.0), **attributes)
