"""Labels are exact: the topmost thing at each pixel's middle, by hand and against another library's point-in-polygon."""

import math

import numpy as np
import pytest
from matplotlib.path import Path as Polygon

from sim_suite.envs.car_racing import scene as r
from sim_suite.envs.car_racing.env import CarRacingEnv
from sim_suite.envs.car_racing.geometry import Track
from sim_suite.envs.car_racing.labels import PixelClass, label


def scene(x=0.0, y=0.0, angle=0.0, zoom=10.0):
    """A scene with the hull at a pose and the wheels at their places."""
    values = np.zeros(r.SCENE_LENGTH)
    values[r.HULL : r.HULL + 3] = x, y, angle
    values[r.ZOOM] = zoom
    for wheel, (right, forward) in enumerate([(-1.1, 1.6), (1.1, 1.6), (-1.1, -1.64), (1.1, -1.64)]):
        c, s = math.cos(angle), math.sin(angle)
        values[r.WHEELS + 4 * wheel : r.WHEELS + 4 * wheel + 3] = (
            x + c * right - s * forward,
            y + s * right + c * forward,
            angle,
        )
    return values


def track(*quads, kerb):
    """A track of given quadrilaterals, metres."""
    geometry = np.zeros((len(quads), r.GEOMETRY_COLUMNS))
    geometry[:, : r.CENTRE] = np.reshape(quads, (-1, 8))
    return Track(geometry, np.zeros((len(quads), 3)), np.array(kerb))


def to_world(column, row, zoom=10.0):
    """Metres at a frame position, for a hull at the origin heading north."""
    return (column * r.COLUMN - r.CAR_X) / zoom, (r.SIZE * r.ROW - row * r.ROW - r.CAR_Y) / zoom


def rectangle(left, top, right, bottom):
    """A quadrilateral from frame columns and rows."""
    return [to_world(left, top), to_world(right, top), to_world(right, bottom), to_world(left, bottom)]


def test_a_pixel_is_what_lies_at_its_middle():
    labels = label(scene(), track(rectangle(10.4, 20.6, 13.4, 22.6), kerb=[False]))
    expected = np.zeros((96, 96), np.uint8)
    # The middles 10.5, 11.5, 12.5 lie inside 10.4 to 13.4, those of rows 21 and 22 inside 20.6 to 22.6.
    expected[21:23, 10:13] = PixelClass.ROAD
    expected[84:] = PixelClass.INDICATORS
    car = labels == PixelClass.CAR
    assert car.sum() > 5
    np.testing.assert_array_equal(np.where(car, 0, labels), expected)


def test_the_later_painted_lies_above_and_the_car_above_all():
    under, over = rectangle(0, 0, 96, 84), rectangle(40, 60, 60, 84)
    labels = label(scene(), track(under, over, kerb=[False, True]))
    assert labels[10, 10] == PixelClass.ROAD
    assert labels[60, 40] == PixelClass.KERB
    # The hull's origin: half of the picture across, a quarter of it from below.
    assert labels[72, 48] == PixelClass.CAR
    assert labels[84, 48] == PixelClass.INDICATORS


def test_the_car_is_as_large_as_it_is():
    zoom = 60.0
    labels = label(scene(zoom=zoom), track(rectangle(-9, -9, -8, -8), kerb=[False]))
    column = np.flatnonzero(labels[:84, 48] == PixelClass.CAR)
    # Straight ahead the hull reaches from 2.6 m before its origin, row 72, to 2.4 m behind, below the bar's upper edge.
    assert column[0] == math.ceil(72 - 2.6 * zoom / r.ROW - 0.5)
    assert column[-1] == 83
    front = np.flatnonzero(labels[column[0]] == PixelClass.CAR)
    half = 1.2 * zoom / r.COLUMN
    assert (front[0], front[-1]) == (math.ceil(48 - half - 0.5), math.floor(48 + half - 0.5))


@pytest.mark.parametrize("seed", range(3))
def test_whole_frames_equal_a_point_in_polygon_test(seed):
    env = CarRacingEnv(labels=True)
    _, info = env.reset(seed=seed)
    rng = np.random.default_rng(seed)
    for step in range(150):
        if step in (0, 20, 75, 149):
            np.testing.assert_array_equal(info["labels"], by_points(env), err_msg=f"step {step}")
        *_, info = env.step(np.array([rng.uniform(-0.4, 0.4), 0.5, 0], np.float32))


def by_points(env):
    """The same labels from Gymnasium's bodies and polygons and matplotlib's point-in-polygon test, at pixel middles."""
    rows, columns = np.mgrid[0:96, 0:96] + 0.5
    zoom = 0.6 * max(1 - env.t, 0) + 16.2 * min(env.t, 1)
    right = (columns * 1000 / 96 - 500) / zoom
    ahead = (600 - rows * 800 / 96) / zoom
    angle, (x, y) = env.car.hull.angle, env.car.hull.position
    east = x + math.cos(angle) * right - math.sin(angle) * ahead
    north = y + math.sin(angle) * right + math.cos(angle) * ahead
    points = np.stack([east.ravel(), north.ravel()], axis=1)
    labels = np.zeros(96 * 96, np.uint8)
    for corners, colour in env.road_poly:
        labels[Polygon(corners).contains_points(points)] = 2 if isinstance(colour, tuple) else 1
    for body in env.car.drawlist:
        for fixture in body.fixtures:
            corners = [tuple(body.transform * vertex) for vertex in fixture.shape.vertices]
            labels[Polygon(corners).contains_points(points)] = 3
    labels = labels.reshape(96, 96)
    labels[84:] = 4
    return labels


def test_without_the_option_there_are_no_labels():
    env = CarRacingEnv()
    assert env.reset(seed=0)[1] == {}
