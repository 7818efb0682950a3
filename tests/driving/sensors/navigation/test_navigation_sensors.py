"""GNSS, inertial unit, compass and wheels: by hand without noise, by statistics with it; the same in any batch and for any carrier."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim_suite.compiling.sharing import at_most
from sim_suite.driving.sensors.navigation import gnss, imu, odometry
from sim_suite.driving.sensors.navigation.georeference import TangentPlane
from sim_suite.driving.sensors.navigation.gnss import Gnss, GnssSpec
from sim_suite.driving.sensors.navigation.imu import GRAVITY, Imu, ImuSpec
from sim_suite.driving.sensors.navigation.motion import motion_of
from sim_suite.driving.sensors.navigation.odometry import Odometry, OdometrySpec, rear_axle_m
from sim_suite.driving.world import layout
from sim_suite.driving.world.kinds import CAR, NO_CONTROL, TICK_S
from sim_suite.driving.world.layout import new_state
from sim_suite.driving.world.world import World, WorldOptions
from sim_suite.errors import SuiteError
from tests.driving.sensors.scenes import place, prepared

IDEAL_IMU = ImuSpec(**dict.fromkeys(vars(ImuSpec()), 0.0))
MAP = "crossroads"


def two_cars(worlds=1):
    """Worlds with a car at (3, 4) that heads east at 10 m/s, and one at rest; at tick 100."""
    state = new_state(worlds, 2, 1, 0, max_legs=1)
    state.world[:, layout.NUM_ACTORS], state.world[:, layout.TICK] = 2, 100
    state.world[:, layout.SEED_LOW] = np.arange(worlds)
    for w in range(worlds):
        place(state, w, 0, CAR, 3.0, 4.0, 0.0, speed=10.0)
        place(state, w, 1, CAR, -50.0, 20.0, math.pi / 2)
    return state


def tick_on(state, **columns):
    """The next tick, with columns of the first car as given."""
    state.world[:, layout.TICK] += 1
    for name, value in columns.items():
        state.body[:, 0, getattr(layout, name)] = value


def fixes(state, spec, slots=None, **options):
    out = np.empty((state.num_worlds, 2 if slots is None else len(slots), gnss.GNSS_COLUMNS))
    Gnss(prepared(MAP), spec, **options).read(state, out, slots)
    return out


def felt(before, state, spec=IDEAL_IMU, slots=None):
    out = np.empty((state.num_worlds, 2 if slots is None else len(slots), imu.IMU_COLUMNS))
    Imu(spec).read(before, state, out, slots)
    return out


def told(state, spec, slots=None):
    out = np.empty((state.num_worlds, 2 if slots is None else len(slots), odometry.ODOMETRY_COLUMNS))
    Odometry(spec).read(state, out, slots)
    return out


def test_a_perfect_receiver_knows_the_place():
    spec = GnssSpec(0.0, 0.0, 0.0, 0.0)
    found = fixes(two_cars(), spec)
    assert found[0, :, [gnss.EAST, gnss.NORTH, gnss.UP]].T.tolist() == [[3.0, 4.0, 0.0], [-50.0, 20.0, 0.0]]
    plane = TangentPlane(10.0, 20.0)
    found = fixes(two_cars(), spec, georeference=plane)[0, 0]
    east, north, up = plane.to_map(found[gnss.LATITUDE], found[gnss.LONGITUDE], found[gnss.ALTITUDE])
    assert (east, north, up) == pytest.approx((3.0, 4.0, 0.0), abs=1e-8)


def test_a_receivers_errors_have_the_deviations_that_it_is_given():
    state = two_cars(worlds=4000)
    state.world[:, layout.TICK] = 1200
    where = [gnss.EAST, gnss.NORTH, gnss.UP]
    truth = np.append(state.body[:, :, :2].astype(float), np.zeros((4000, 2, 1)), axis=2)

    def spread(**fields):
        spec = GnssSpec(**({"noise_m": 0.0, "vertical_noise_m": 0.0, "bias_m": 0.0, "walk": 0.0} | fields))
        return (fixes(state, spec)[..., where] - truth).std(axis=(0, 1))

    assert spread(noise_m=1.5, vertical_noise_m=3.0) == pytest.approx([1.5, 1.5, 3.0], rel=0.04)
    assert spread(bias_m=2.0) == pytest.approx([2.0, 2.0, 2.0], rel=0.04)
    # A minute: 0.02 m times the root of 60 s.
    assert spread(walk=0.02) == pytest.approx([0.155, 0.155, 0.155], rel=0.04)


def test_what_stands_feels_its_weight():
    state = two_cars()
    before = motion_of(state)
    tick_on(state)
    row = felt(before, state)[0, 1]
    assert row[: imu.COMPASS] == pytest.approx([0.0, 0.0, GRAVITY, 0.0, 0.0, 0.0], abs=1e-6)
    # It heads north: the compass shows 0, or a rounding less than a turn.
    assert math.sin(row[imu.COMPASS]) == pytest.approx(0.0, abs=1e-6)
    assert 0.0 <= row[imu.COMPASS] < 2 * math.pi
    assert math.cos(row[imu.COMPASS]) > 0.0


def test_pulling_away_and_turning_by_hand():
    state = two_cars()
    before = motion_of(state)
    tick_on(state, SPEED=10.5)
    row = felt(before, state)[0, 0]
    assert row[[imu.ACCEL_X, imu.ACCEL_Y, imu.GYRO_Z]] == pytest.approx([0.5 / TICK_S, 0.0, 0.0], abs=1e-5)
    assert row[imu.COMPASS] == pytest.approx(math.pi / 2)  # east
    before = motion_of(state)
    tick_on(state, YAW=0.1)
    row = felt(before, state)[0, 0]
    # The velocity of 10.5 m/s turns by 0.1 rad: a chord of 2 * 10.5 * sin(0.05), to the left of the heading halfway.
    assert row[imu.ACCEL_Y] == pytest.approx(2 * 10.5 * math.sin(0.05) / TICK_S, rel=1e-6)
    assert row[[imu.ACCEL_X, imu.GYRO_Z]] == pytest.approx([0.0, 0.1 / TICK_S], abs=1e-6)
    # Past the end of a turn the short way counts.
    tick_on(state, YAW=3.1)
    before = motion_of(state)
    tick_on(state, YAW=-3.1)
    assert felt(before, state)[0, 0, imu.GYRO_Z] == pytest.approx((2 * math.pi - 6.2) / TICK_S, rel=1e-5)


def test_a_reading_is_the_mean_over_its_ticks():
    state = two_cars()
    before = motion_of(state)
    for speed in (10.2, 10.3, 10.9):
        tick_on(state, SPEED=speed)
    assert felt(before, state)[0, 0, imu.ACCEL_X] == pytest.approx(0.9 / (3 * TICK_S), rel=1e-5)


def test_whoever_has_just_come_has_felt_no_leap():
    state = two_cars()
    before = motion_of(state)
    tick_on(state, SPEED=0.0, YAW=2.0, YAW_RATE=0.25)
    state.mind[0, 0, layout.ID] = 77
    row = felt(before, state)[0, 0]
    assert row[[imu.ACCEL_X, imu.ACCEL_Y, imu.GYRO_Z]].tolist() == [0.0, 0.0, 0.25]


def test_an_inertial_units_errors_have_the_deviations_that_it_is_given():
    state = two_cars(worlds=4000)
    state.world[:, layout.TICK] = 399
    before = motion_of(state)
    tick_on(state)
    for name, columns, deviation in (
        ("accel_noise", slice(0, 3), 0.01 / math.sqrt(TICK_S)), ("accel_bias", slice(0, 3), 0.01),
        ("accel_walk", slice(0, 3), 0.01 * math.sqrt(20.0)), ("gyro_noise", slice(3, 6), 0.01 / math.sqrt(TICK_S)),
        ("gyro_bias", slice(3, 6), 0.01), ("gyro_walk", slice(3, 6), 0.01 * math.sqrt(20.0)),
        ("compass_noise", slice(6, 7), 0.01),
    ):  # fmt: skip
        off = felt(before, state, ImuSpec(**(vars(IDEAL_IMU) | {name: 0.01})), [0]) - felt(before, state, slots=[0])
        assert off[..., columns].std(axis=(0, 1)) == pytest.approx(
            np.full(off[..., columns].shape[2], deviation), rel=0.05
        )
        assert np.ptp(np.delete(off, np.r_[columns], axis=2)) == 0.0


def test_wheels_tell_the_speed_along_the_heading():
    state = two_cars()
    tick_on(state, SLIP=0.3)
    assert told(state, OdometrySpec(0.0, 0.0))[0, :, 0] == pytest.approx([10.0 * math.cos(0.3), 0.0])
    many = two_cars(worlds=4000)
    assert told(many, OdometrySpec(0.02, 0.0))[:, 0, 0].std() == pytest.approx(0.2, rel=0.04)
    assert told(many, OdometrySpec(0.02, 0.0))[:, 1, 0].std() == 0.0
    assert told(many, OdometrySpec(0.0, 0.1)).std() > 0.0
    assert told(many, OdometrySpec(0.0, 0.1))[:, 1, 0].std() == pytest.approx(0.1, rel=0.04)
    # The share stays from tick to tick.
    share = told(many, OdometrySpec(0.02, 0.0))
    tick_on(many)
    assert np.array_equal(told(many, OdometrySpec(0.02, 0.0)), share)


def test_the_rear_axle_is_where_the_kinds_is():
    state = two_cars()
    state.body[0, 0, layout.WHEELBASE] = 2.5789128
    assert rear_axle_m(state, [0])[0, 0] == pytest.approx(1.4227171)


@pytest.fixture(scope="module")
def driven():
    """Three worlds of traffic, stepped twice; with what moved before the last step."""
    world = World(prepared(MAP), 3, WorldOptions(agents=1, vehicles=6, pedestrians=2, spare=1))
    world.reset([5, 6, 7])
    world.step(40)
    before = motion_of(world.state)
    world.step()
    return world, before


def read_all(state, before, slots):
    width = state.body.shape[1] if slots is None else len(slots)
    outs = [np.empty((state.num_worlds, width, c)) for c in (gnss.GNSS_COLUMNS, imu.IMU_COLUMNS, 1)]
    Gnss(prepared(MAP)).read(state, outs[0], slots)
    Imu().read(before, state, outs[1], slots)
    Odometry().read(state, outs[2], slots)
    return np.concatenate(outs, axis=2)


def test_any_actor_carries_sensors_and_empty_slots_read_nothing(driven):
    world, before = driven
    everybody = read_all(world.state, before, None)
    empty = world.state.mind[:, :, layout.CONTROL] == NO_CONTROL
    assert np.array_equal(np.isnan(everybody).all(axis=2), empty)
    assert np.array_equal(np.isnan(everybody).any(axis=2), empty)
    some = read_all(world.state, before, [4, 0])
    assert np.array_equal(some, everybody[:, [4, 0]])
    # Two actors have noise of their own.
    assert len(np.unique(everybody[~empty][:, gnss.ALTITUDE])) == (~empty).sum()


def test_a_world_of_a_batch_reads_as_alone_on_any_number_of_threads(driven):
    world, before = driven
    everybody = read_all(world.state, before, None)
    with at_most(1):
        assert np.array_equal(read_all(world.state, before, None), everybody, equal_nan=True)
    alone = World(world.map, 1, world.options)
    alone.reset([6])
    alone.step(40)
    earlier = motion_of(alone.state)
    alone.step()
    assert np.array_equal(read_all(alone.state, earlier, None)[0], everybody[1], equal_nan=True)


def test_what_does_not_fit_is_refused(driven):
    world, before = driven
    with pytest.raises(SuiteError, match=r"give a contiguous, writeable float64 array of \(3, 2, 6\)"):
        Gnss(world.map).read(world.state, np.zeros((3, 2, 5)), [0, 1])
    with pytest.raises(SuiteError, match="a world has 0 to 9"):
        Imu().read(before, world.state, np.zeros((3, 1, imu.IMU_COLUMNS)), [10])
    with pytest.raises(SuiteError, match=r"noise_m must lie in 0\.0 to 100\.0, not be -1"):
        GnssSpec(noise_m=-1)
    with pytest.raises(SuiteError, match=r"scale must lie in 0\.0 to 0\.5, not be nan"):
        OdometrySpec(scale=math.nan)
    with pytest.raises(SuiteError, match=r"gyro_bias must lie in 0\.0 to 1\.0"):
        ImuSpec(gyro_bias=2.0)
