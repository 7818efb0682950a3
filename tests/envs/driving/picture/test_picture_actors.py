"""Actors show where they are, point where they head, and light their lamps on the right side."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim_suite.driving.world import layout
from sim_suite.driving.world.kinds import (
    BICYCLE,
    BRAKE_LIGHT,
    BUS,
    CAR,
    LEFT_INDICATOR,
    NO_CONTROL,
    OBSTACLE,
    PARKED,
    PEDESTRIAN,
    RIGHT_INDICATOR,
    TRUCK,
)  # fmt: skip
from sim_suite.envs.driving.picture.camera import Camera
from sim_suite.envs.driving.picture.style import AMBER, BRAKE, GLASS, PictureStyle
from sim_suite.envs.driving.picture.vehicles import BLINK_HZ, blinks
from tests.envs.driving.picture.picture_scenes import SIZES, near, painter, pixel, put, world

X, Y = 1.8, -50.0
"""On the road that leads north to the crossroads."""


def view_of(x: float = X, y: float = Y, up: float = math.pi / 2) -> Camera:
    return Camera(x, y, up=up, scale=16.0, width=256, height=256)


def painted(state, view):
    return painter("crossroads").paint(state, 0, view)


def own(yaw: float, ahead: float, left: float) -> tuple[float, float]:
    c, s = math.cos(yaw), math.sin(yaw)
    return X + c * ahead - s * left, Y + s * ahead + c * left


@pytest.mark.parametrize("yaw", [math.pi / 2, 0.4, -2.0])
@pytest.mark.parametrize("up", [math.pi / 2, 0.0])
def test_a_car_shows_where_it_is_with_its_windscreen_in_front(yaw, up):
    state, view = world(), view_of(up=up)
    put(state, 0, CAR, X, Y, yaw, agent=True)
    image = painted(state, view)
    ego = np.array(PictureStyle().ego, float)
    for ahead in (1.7, -0.3):  # bonnet and roof
        assert np.abs(pixel(image, view, *own(yaw, ahead, 0.0)) - ego).max() < 60
    assert near(pixel(image, view, *own(yaw, 0.78, 0.0)), GLASS, 40), "the windscreen"
    assert near(pixel(image, view, *own(yaw, -1.42, 0.0)), GLASS, 40), "the rear window"
    assert not near(pixel(image, view, *own(yaw, -0.78, 0.0)), GLASS, 40), (
        "no glass where a car the other way round has it"
    )
    for ahead, left in ((2.9, 0.0), (-3.0, 0.0), (0.0, 1.5)):
        assert np.abs(pixel(image, view, *own(yaw, ahead, left)) - ego).max() > 80, "road around it"


@pytest.mark.parametrize("kind", [CAR, TRUCK, BUS, BICYCLE, PEDESTRIAN, PARKED, OBSTACLE])
def test_every_kind_is_drawn_within_its_place(kind):
    empty, state, view = world(), world(), view_of()
    put(state, 3, kind, X, Y, 0.3)
    changed = (painted(state, view) != painted(empty, view)).any(axis=2)
    rows, columns = np.nonzero(changed)
    places = view.to_world(np.column_stack((columns, rows)).astype(float)) - (X, Y)
    c, s = math.cos(0.3), math.sin(0.3)
    along, across = places @ (c, s), places @ (-s, c)
    length, width, _ = SIZES[kind]
    assert along.max() > 0.35 * length
    assert along.min() < -0.35 * length
    room = 1.4  # shadow, glow of lamps, and people larger than they are
    assert np.abs(along).max() < length / 2 + room
    assert np.abs(across).max() < width / 2 + room


def test_brake_lights_shine_at_the_rear():
    view = view_of()
    images = []
    for signals in (0, BRAKE_LIGHT):
        state = world()
        put(state, 0, CAR, X, Y, math.pi / 2, signals=signals)
        images.append(painted(state, view))
    rear = [own(math.pi / 2, -2.15, side * 0.64) for side in (1, -1)]
    for place in rear:
        assert near(pixel(images[1], view, *place), BRAKE, 40)
        assert not near(pixel(images[0], view, *place), BRAKE, 40)
    front = images[0][:128] != images[1][:128]
    assert not front.any(), "nothing changes before the middle"


@pytest.mark.parametrize(("bit", "side"), [(LEFT_INDICATOR, 1), (RIGHT_INDICATOR, -1)])
def test_indicators_blink_on_their_side(bit, side):
    view, state, quiet = view_of(), world(), world()
    put(state, 0, CAR, X, Y, math.pi / 2, signals=bit)
    put(quiet, 0, CAR, X, Y, math.pi / 2)
    lit, dark, none = painted(state, view), None, painted(quiet, view)
    state.world[0, layout.TICK] = quiet.world[0, layout.TICK] = 9  # 0.45 s: 0.675 of a period
    dark = painted(state, view)
    np.testing.assert_array_equal(dark, painted(quiet, view))
    for ahead in (2.05, -2.2):
        assert near(pixel(lit, view, *own(math.pi / 2, ahead, 0.76 * side)), AMBER, 60), ahead
    changed = np.abs(lit.astype(int) - none).sum(axis=(0, 2))
    left, right = changed[:126].sum(), changed[130:].sum()
    assert (left > 20 * right) if side == 1 else (right > 20 * left), "the other side stays dark but for a glimmer"


def test_blinking_has_the_rate_of_the_regulation():
    lit = [blinks(tick) for tick in range(2000)]
    assert np.count_nonzero(np.diff(np.array(lit, int)) == 1) / 100.0 == pytest.approx(BLINK_HZ, abs=0.02)


def test_parked_cars_are_dull_and_the_agent_stands_out():
    state, view = world(), view_of()
    put(state, 7, CAR, X, Y, 0.0)
    bright = pixel(painted(state, view), view, *own(0.0, 1.7, 0.0))
    put(state, 7, PARKED, X, Y, 0.0)
    dull = pixel(painted(state, view), view, *own(0.0, 1.7, 0.0))
    road = np.array((96, 100, 106))
    assert np.abs(dull - road).sum() < np.abs(bright - road).sum()
    assert all(np.abs(np.array(paint) - PictureStyle().ego).max() > 60 for paint in PictureStyle().paints)


def test_empty_slots_and_far_actors_are_not_drawn():
    view = view_of()
    empty, state = world(), world()
    put(state, 0, CAR, X, Y)
    state.mind[0, 0, layout.CONTROL] = NO_CONTROL
    put(state, 1, CAR, X + 60.0, Y)
    np.testing.assert_array_equal(painted(state, view), painted(empty, view))


def test_walkers_move_their_feet_and_stay_large_enough_to_see():
    view = Camera(X, Y, scale=4.0, width=128, height=128)
    empty, states = world(), [world(), world()]
    for state, step in zip(states, (0.0, 0.35), strict=True):
        put(state, 0, PEDESTRIAN, X, Y + step, math.pi / 2)
    first, second = (painted(state, view) for state in states)
    assert np.count_nonzero((first != painted(empty, view)).any(axis=2)) >= 30
    assert (first != second).any()
