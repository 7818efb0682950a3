"""The observation "sensors": what a car really has, and nothing of the truth."""

from __future__ import annotations

import warnings
from itertools import pairwise

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from sim_suite.driving.world import layout as col
from sim_suite.envs.driving.env import DrivingEnv
from sim_suite.envs.driving.sensing import (
    ACCEL,
    FIX_EAST,
    FIX_NOISE,
    FIX_NORTH,
    FROM,
    HEADING,
    LANE,
    NAVIGATION,
    TIME,
    TO,
    TURN,
    WHEELS,
)
from sim_suite.envs.driving.vector import DrivingVectorEnv
from sim_suite.errors import SuiteError, UnknownNameError

FAST = {"map": "crossroads", "actors": 4, "route_m": (60.0, 80.0), "observation": "sensors"}


@pytest.fixture(scope="module")
def env():
    return DrivingEnv(**FAST)


def test_gymnasium_finds_no_fault():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", message=".*Box observation space.*infinity.*")
        check_env(DrivingEnv(**FAST), skip_render_check=True)


def test_readings_are_near_the_truth_and_never_it(env):
    seen, _ = env.reset(seed=3)
    fixes, speeds = [], []
    for _ in range(30):
        seen, *_ = env.step([0.0, 0.5])
        body = env.live_state.body[0, 0].astype(np.float64)
        read = seen["navigation"]
        fixes.append(read[[FIX_EAST, FIX_NORTH]] - body[[col.X, col.Y]])
        speeds.append(read[WHEELS] - body[col.SPEED])
        assert abs(np.arctan2(np.sin(read[HEADING] - body[col.YAW]), np.cos(read[HEADING] - body[col.YAW]))) < 0.2
    assert read.shape == (NAVIGATION,)
    assert read[TIME] == env.live_state.world[0, col.TICK] == 60
    assert read[FIX_NOISE] == 0.02
    spread = np.std(fixes)
    assert 0.01 < spread < 0.04  # deviation 0.02 m, of 60 draws
    assert 0.0 < np.abs(speeds).max() < 0.5
    assert abs(read[TURN]) < 0.1
    assert -1.0 < read[ACCEL] < 4.0


def test_the_route_is_the_agents(env):
    seen, info = env.reset(seed=4)
    known = seen["route"][:, LANE] >= 0
    assert np.array_equal(seen["route"][:, LANE][known], env.live_state.legs[0, 0][known])
    assert np.abs(seen["route"][known, TO] - seen["route"][known, FROM]).sum() == pytest.approx(
        info["route_m"], abs=0.1
    )
    assert (seen["route"][~known] == -1.0).all()
    assert seen["map"] == "crossroads"


def test_pictures_are_taken_five_times_a_second(env):
    shown = [env.reset(seed=5)[0]]
    shown += [env.step([0.0, 0.8])[0] for _ in range(40)]
    same = [np.array_equal(a["far"], b["far"]) for a, b in pairwise(shown[20:])]
    assert same == [True, False] * 10
    assert shown[0]["around"].shape == (3, 128, 128, 3)
    assert shown[0]["far"].shape == (1, 256, 256, 3)


def test_the_same_seed_reads_and_sees_the_same(env):
    def drive():
        seen = [env.reset(seed=6)[0], *(env.step([0.1, 0.5])[0] for _ in range(4))]
        return [(one["navigation"].tobytes(), one["around"].tobytes(), one["far"].tobytes()) for one in seen]

    assert drive() == drive()


def test_the_cheaper_receiver_is_worse_and_says_so():
    cheap = DrivingEnv(**FAST, positioning="gnss")
    seen, _ = cheap.reset(seed=3)
    assert seen["navigation"][FIX_NOISE] == 1.5
    off = []
    for _ in range(20):
        seen, *_ = cheap.step([0.0, 0.0])
        off.append(seen["navigation"][[FIX_EAST, FIX_NORTH]] - cheap.live_state.body[0, 0, [col.X, col.Y]])
    assert np.std(off) > 0.8


def test_what_does_not_fit_is_refused():
    with pytest.raises(UnknownNameError, match="'car'"):
        DrivingEnv(**FAST, rig="cart")
    with pytest.raises(UnknownNameError, match="'rtk'"):
        DrivingEnv(**FAST, positioning="rtx")
    with pytest.raises(SuiteError, match="every 4 ticks, which steps of 3 pass over"):
        DrivingEnv(**FAST, ticks_per_step=3)
    with pytest.raises(SuiteError, match="Make single environments"):
        DrivingVectorEnv(2, **FAST)
