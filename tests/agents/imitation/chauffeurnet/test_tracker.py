"""The tracker against hand-made waypoints, and an expert's own future driven through it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.experts.driving.idm import IdmDriver
from agents.imitation.chauffeurnet.spec import SPACING_S, ChauffeurSpec
from agents.imitation.chauffeurnet.tracker import drive_through, in_vehicle_frame
from sim_suite.driving.dynamics.vehicles import MAX_WHEEL_RAD, PARAMETERS, REAR_M, WHEELBASE_M
from sim_suite.driving.sensors.raster.raster_spec import preset
from sim_suite.driving.world.kinds import CAR
from sim_suite.driving.world.layout import SPEED, YAW, X, Y
from sim_suite.driving.world.world import World, WorldOptions
from sim_suite.envs.driving.controls import CONTINUOUS, write_controls
from sim_suite.envs.driving.judging import EGO
from sim_suite.envs.driving.population import driving_map
from sim_suite.errors import SuiteError

TIMES = SPACING_S * np.arange(1, 11)


def driven(way, speeds, speed, headings=None):
    """One car's action for waypoints straight ahead, or as given."""
    places = way if np.ndim(way) == 2 else np.stack([way, np.zeros(10)], axis=1)
    return drive_through(
        places[None], (np.zeros(10) if headings is None else headings)[None], speeds[None], np.array([speed])
    )[0]


def test_places_on_a_raster_are_places_about_the_car():
    spec = ChauffeurSpec(preset("small"), 2)
    found = in_vehicle_frame(spec, np.array([[[96.0, 64.0], [76.0, 60.0]]], np.float32))
    np.testing.assert_allclose(found, [[[0.0, 0.0], [10.0, 2.0]]])


def test_holding_a_speed_takes_the_throttle_that_resistance_takes():
    steer, drive = driven(10.0 * TIMES, np.full(10, 10.0), 10.0)
    assert steer == 0.0
    resistance = 0.012 * 9.81 + 0.365 / 1093.2952 * 100.0
    assert drive == pytest.approx(resistance / 5.0, rel=1e-4)


@pytest.mark.parametrize("accel", [1.5, -2.0])
def test_a_constant_acceleration_is_met(accel):
    """From distances and speeds that agree, the fit is exact: force = mass times (accel + resistance)."""
    _, drive = driven(10.0 * TIMES + 0.5 * accel * TIMES**2, 10.0 + accel * TIMES, 10.0)
    force = accel + 0.012 * 9.81 + 0.365 / 1093.2952 * 100.0
    assert drive == pytest.approx(force / (5.0 if force > 0 else 10.0), rel=1e-4)


def test_who_stands_and_is_to_stand_holds_the_brake_and_who_is_to_start_does():
    trembling = np.array([0.05, -0.04, 0.06, 0.0, 0.03, -0.05, 0.04, 0.02, -0.03, 0.05])
    assert driven(trembling, np.full(10, 0.1), 0.0)[1] == -1.0
    starting = np.maximum(TIMES - 1.0, 0.0)
    assert driven(0.75 * starting**2, 1.5 * starting, 0.0)[1] <= 0.0, "not within the second that the pedals look at"
    starting = np.maximum(TIMES - 0.4, 0.0)
    assert driven(0.75 * starting**2, 1.5 * starting, 0.0)[1] > 0.05
    assert driven(-TIMES, -np.ones(10), 0.0)[1] == -1.0, "there is no reverse"
    assert driven(-TIMES, -np.ones(10), 3.0)[1] < -0.2


def test_who_says_again_and_again_that_it_will_set_off_sets_off_when_it_first_said():
    until = np.zeros(1, np.float32)

    def asked(speed, after_s):
        speeds = np.where(after_s + 0.01 < TIMES, 4.0, 0.0)
        places = np.stack([np.cumsum(0.2 * speeds), np.zeros(10)], axis=1)
        return drive_through(places[None], np.zeros((1, 10)), speeds[None], np.array([speed]), until)[0, 1]

    assert asked(0.9, 1.2) < 0.0, "who still rolls has not said it"
    assert until[0] == 0.0
    said = []
    while (pedal := asked(0.0, 1.2)) <= 0.0:
        said.append(round(float(until[0]), 2))
    assert said == [1.2, 1.0, 0.8, 0.6, 0.4, 0.2]
    assert pedal > 0.2
    assert asked(0.5, 1.2) > 0.2, "on its way it does not think again"
    asked(1.1, 0.0)
    assert until[0] == 0.0
    asked(0.0, 0.6)
    assert until[0] == pytest.approx(0.6)
    asked(0.0, 1.6)
    assert until[0] == pytest.approx(0.4), "it keeps to what it said first"
    assert asked(0.0, 2.0) == -1.0
    assert until[0] == 0.0, "it will not set off"
    asked(0.0, 0.2)
    assert asked(0.0, 1.8) > 0.2
    assert asked(0.3, 2.0) < 0.0, "who is setting off stops where it is to"


@given(radius=st.floats(8.0, 200.0), side=st.sampled_from([-1.0, 1.0]), speed=st.floats(0.5, 12.0))
@settings(max_examples=60, deadline=None)
def test_on_a_circle_the_wheel_is_the_circles_own(radius, side, speed):
    """A bicycle whose rear axle rolls on a circle holds atan(wheelbase / radius); the chords between waypoints cut up to 4 % off it."""
    rear, wheelbase = PARAMETERS[CAR, REAR_M], PARAMETERS[CAR, WHEELBASE_M]
    angle = speed * TIMES / radius
    x = radius * np.sin(angle) + rear * np.cos(angle) - rear
    y = radius * (1.0 - np.cos(angle)) + rear * np.sin(angle)
    steer, _ = driven(np.stack([x, side * y], axis=1), np.full(10, speed), speed, side * angle)
    if speed * 2.0 >= max(4.0, 0.5 * speed):
        wanted = math.atan(wheelbase / radius) / PARAMETERS[CAR, MAX_WHEEL_RAD]
        assert steer == pytest.approx(side * wanted, rel=0.04)
    else:
        assert steer * side > 0.0


def test_each_car_of_a_batch_is_driven_as_if_alone():
    rng = np.random.default_rng(0)
    places = np.cumsum(rng.uniform(0.0, 2.0, (7, 10, 2)), axis=1)
    headings, speeds, own = rng.uniform(-0.5, 0.5, (7, 10)), rng.uniform(0.0, 10.0, (7, 10)), rng.uniform(0.0, 10.0, 7)
    together = drive_through(places, headings, speeds, own)
    assert np.abs(together).max() <= 1.0
    for i in range(7):
        alone = drive_through(places[i : i + 1], headings[i : i + 1], speeds[i : i + 1], own[i : i + 1])
        assert np.array_equal(alone[0], together[i])


def test_what_is_no_waypoint_is_refused():
    with pytest.raises(SuiteError, match=r"not \(1, 10\), \(1, 10\)"):
        drive_through(np.zeros((1, 10)), np.zeros((1, 10)), np.zeros((1, 10)), np.zeros(1))
    with pytest.raises(SuiteError, match="not finite"):
        driven(np.full(10, np.nan), np.zeros(10), 1.0)


@pytest.mark.parametrize(
    ("own", "soon", "brakes"),
    [(0.9, 0.9, True), (0.9, 1.5, False), (0.9, 0.3, False), (0.0, 0.6, False), (1.5, 1.5, False)],
)
def test_who_all_but_stands_and_is_neither_to_stop_nor_to_go_stops(own, soon, brakes):
    """Waypoints straight ahead at a speed that changes evenly from the present one to `soon` after a second."""
    times = 0.2 * np.arange(1, 11, dtype=np.float32)
    speeds = np.maximum(own + (soon - own) * times, 0.0).astype(np.float32)
    way = np.cumsum(0.2 * speeds)
    places = np.stack([way, 0 * way], axis=-1)[None].astype(np.float32)
    action = drive_through(places, np.zeros((1, 10), np.float32), speeds[None], np.float32([own]))
    assert (action[0, 1] == -1.0) == brakes


def test_an_experts_own_future_leads_to_its_own_trajectory():
    """IDM drives 16 egos through a town for 30 s, from a standstill, with stops; then the tracker drives them through what they drove.

    It is told of its own pose and of where the expert was 0.2 to 2 s later. Bounds: one and a half times what was measured.
    """
    ticks, worlds = 640, 16
    seeds = np.arange(worlds) + 40
    options = WorldOptions(agents=1, vehicles=8, bubble_m=120, route_m=(300.0, 600.0))
    road_map, expert = driving_map("town_1km"), IdmDriver()
    world = World(road_map, worlds, options)
    world.reset(seeds)
    memory, actions = np.zeros((worlds, expert.memory_size), np.float32), np.zeros((worlds, 2), np.float32)
    track = [world.state.body[:, EGO].copy()]
    for _ in range(0, ticks, 2):
        expert.drive_worlds(world.state, road_map, EGO, 2, memory, actions)
        write_controls(world.state, EGO, CONTINUOUS, actions)
        for _ in range(2):
            world.step(1)
            track.append(world.state.body[:, EGO].copy())
    poses = np.stack(track, axis=1)
    speeds = poses[:, :, SPEED]
    assert (speeds[:, 0] == 0.0).all(), "they start from a standstill"
    assert (((speeds[:, 200:] < 0.05).any(axis=1)) & (speeds[:, -40:].max(axis=1) > 2.0)).any(), (
        "one stops and starts again"
    )
    world.reset(seeds)
    aside, off = [], []
    for tick in range(0, ticks - 40, 2):
        own = world.state.body[:, EGO]
        error = own[:, [X, Y]] - poses[:, tick, [X, Y]]
        heading = poses[:, tick, YAW]
        aside.append(np.abs(error[:, 1] * np.cos(heading) - error[:, 0] * np.sin(heading)))
        off.append(np.hypot(error[:, 0], error[:, 1]))
        ahead = poses[:, tick + 4 : tick + 41 : 4]
        dx, dy = ahead[..., X] - own[:, None, X], ahead[..., Y] - own[:, None, Y]
        cos, sin = np.cos(own[:, None, YAW]), np.sin(own[:, None, YAW])
        places = np.stack([dx * cos + dy * sin, dy * cos - dx * sin], axis=-1)
        turn = ahead[..., YAW] - own[:, None, YAW]
        turn = np.remainder(turn + math.pi, 2 * math.pi) - math.pi
        write_controls(world.state, EGO, CONTINUOUS, drive_through(places, turn, ahead[..., SPEED], own[:, SPEED]))
        world.step(2)
    assert np.max(aside) < 0.46, "measured: 0.31 m at most"
    assert np.max(off) < 1.1, "measured: 0.72 m at most, where one stops a little early"
