"""CaRL's reward by hand: every factor, the penalty, the ends, and what becomes of whole episodes."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.driving.metrics import comfort
from sim_suite.driving.world import kinds
from sim_suite.driving.world import layout as col
from sim_suite.driving.world import terrain as land
from sim_suite.envs.driving import carl, carl_watch
from sim_suite.envs.driving.env import DrivingEnv
from sim_suite.envs.driving.judging import TERMINATED, new_outcome
from sim_suite.envs.driving.options import DrivingOptions
from sim_suite.envs.driving.population import driving_map
from sim_suite.envs.driving.vector import DrivingVectorEnv
from sim_suite.errors import SuiteError, UnknownNameError

TICKS = 2
EMPTY = {"map": "crossroads", "actors": 1, "vehicles_per_km": 0.0, "pedestrians_per_km": 0.0, "reward": "carl"}


@pytest.fixture(scope="module")
def ground():
    return driving_map("crossroads").ground


class Drive:
    """One world of two actors, the ego 50 m along a route of 200 m and on no lane; each step is judged by CaRL's reward."""

    def __init__(self, ground):
        self.ground, self.state, self.outcome = ground, col.new_state(1, 2, 1, 0, max_legs=2), new_outcome(1, 2, 0)
        self.state.legs[0, 0, 0], self.state.leg_arc[0, 0, 1] = 0, 200.0
        self.own, self.mind, self.tally = self.state.body[0, 0], self.state.mind[0, 0], self.state.tally[0, 0]
        self.own[[col.ROUTE_ARC, col.SPEED_LIMIT, col.LENGTH, col.WIDTH]] = 50.0, 10.0, 4.0, 2.0
        self.mind[col.LANE], self.mind[col.CONTROL] = -1, kinds.AGENT
        self.state.world[0, col.NUM_ACTORS] = 2
        self.reward = carl.CarlReward(1, TICKS)
        self.reward.begin(self.state, np.array([0]))

    def step(self) -> dict[str, float]:
        self.outcome.end[0] = 0
        self.reward.judge(self.state, self.ground, self.outcome)
        return dict(zip(carl.CARL_TERMS, self.reward.terms[0].tolist(), strict=True))

    @property
    def earned(self) -> float:
        return float(self.outcome.reward[0])


@pytest.fixture
def drive(ground):
    return Drive(ground)


def test_standing_earns_nothing_and_no_factor_is_below_one(drive):
    terms = drive.step()
    assert (terms.pop("route_completion"), terms.pop("terminal")) == (0.0, 0.0)
    assert set(terms.values()) == {1.0}
    assert (drive.earned, drive.outcome.end[0]) == (0.0, 0)


def test_the_reward_is_per_cent_of_the_route_times_all_factors_less_the_penalty(drive):
    drive.own[col.ROUTE_ARC], drive.own[col.SPEED] = (
        54.0,
        10.0 + 2.23 / 4,
    )  # 2 % gained, a quarter of what speeding may be
    terms = drive.step()
    assert terms["route_completion"] == pytest.approx(2.0)
    assert terms["speeding"] == pytest.approx(0.75, abs=1e-6)
    assert drive.earned == pytest.approx(1.5, abs=1e-5)
    assert drive.step()["route_completion"] == 0.0  # what was gained once is not gained again
    values = np.array([2.0, 1.0, 0.75, 0.5, 11 / 12, 0.5, 1.0], np.float32)
    assert carl.carl_reward(values) == pytest.approx(2.0 * 0.75 * 0.5 * 11 / 12 * 0.5 - 1.0)


def test_the_end_of_the_route_completes_it(drive):
    drive.own[col.ROUTE_ARC], drive.tally[kinds.ROUTE_DONE] = 199.2, 1
    assert drive.step()["route_completion"] == pytest.approx(75.0)
    assert drive.outcome.end[0] == 0  # which the option `ends` says, not the reward


@pytest.mark.parametrize(("excess", "factor"), [(-3.0, 1.0), (0.0, 1.0), (1.115, 0.5), (2.23, 0.0), (9.0, 0.0)])
def test_speeding_costs_in_a_line_until_nothing_is_earned(drive, excess, factor):
    drive.own[col.SPEED] = 10.0 + excess
    assert drive.step()["speeding"] == pytest.approx(factor, abs=1e-6)


@pytest.mark.parametrize("kind", [kinds.OFF_ROAD, kinds.WRONG_WAY])
def test_nothing_is_earned_outside_of_the_lanes(drive, kind, ground):
    lane = int(np.flatnonzero(ground.terrain.lane[:, land.DRIVEN] == 1)[0])
    point = ground.terrain.point[ground.terrain.lane[lane, land.FIRST_POINT]]
    drive.own[[col.X, col.Y]] = point[[land.PX, land.PY]]  # on paved ground, so that the episode goes on
    drive.own[col.ROUTE_ARC], drive.mind[col.GOING_ON] = 60.0, 1 << kind
    terms = drive.step()
    assert (terms["route_completion"], terms["outside_lanes"], drive.earned) == (pytest.approx(5.0), 0.0, 0.0)
    assert drive.outcome.end[0] == 0


def test_beside_the_centre_there_are_three_seconds_and_they_come_back(drive, ground):
    roads = ground.terrain.lane[:-1]
    drive.mind[col.LANE] = int(np.flatnonzero((roads[:, land.DRIVEN] == 1) & (roads[:, land.JUNCTION] < 0))[0])
    drive.own[col.LANE_LATERAL] = -0.6
    assert [drive.step()["off_centre"] for _ in range(31)] == [1.0] * 30 + [0.5]
    drive.own[col.LANE_LATERAL] = 0.4
    assert [drive.step()["off_centre"] for _ in range(2)] == [1.0, 1.0]
    drive.own[col.LANE_LATERAL] = 0.6
    assert [drive.step()["off_centre"] for _ in range(2)] == [
        1.0,
        0.5,
    ]  # 2.9 s were left, and the limit is passed above 3 s
    drive.mind[col.LANE] = int(np.flatnonzero(roads[:, land.JUNCTION] >= 0)[0])
    assert drive.step()["off_centre"] == 1.0  # junctions have no centre to keep to


def test_hard_braking_is_remembered_for_fifty_seconds(drive):
    """Constant -5 m/s^2 passes one limit of six, -4.05; and no jerk, since filters of constants know none."""
    drive.own[col.ACCEL] = -5.0
    factors = [drive.step()["comfort"] for _ in range(15)]
    assert factors[:7] == [1.0] * 7  # fewer than eight samples say nothing
    assert factors[7:] == pytest.approx([1 - 0.5 / 6] * 8)
    drive.own[col.ACCEL] = -5.0 * 0.8
    later = [drive.step()["comfort"] for _ in range(520)]
    assert later[0] < 1.0
    last = max(k for k, factor in enumerate(later) if factor < 1.0)
    assert 490 < last < 515  # the filter forgets the old deceleration within a window, then 500 steps


def test_filters_are_those_of_the_metric_of_comfort():
    """A made-up drive: the newest value of each filter is the last one of the metric's own, for a whole and a short window."""
    random = np.random.default_rng(0)
    for count in (8, 11, 15):
        values = random.normal(size=count)
        weights = carl_watch.comfort_filters(0.1)[count][:, carl_watch.SAMPLES - count :]
        smoothed = comfort.smooth(values, 0.1, comfort.ACCELERATION_WINDOW_S)
        expected = [
            smoothed[-1],
            comfort.smooth(smoothed, 0.1, comfort.JERK_WINDOW_S, derivative=1)[-1],
            comfort.smooth(values, 0.1, comfort.YAW_WINDOW_S, derivative=1)[-1],
            comfort.smooth(values, 0.1, comfort.YAW_WINDOW_S, derivative=2, order=3)[-1],
        ]
        assert weights @ values == pytest.approx(expected, rel=1e-4, abs=1e-3)
    assert not carl_watch.comfort_filters(0.1)[7].any()


@pytest.mark.parametrize(
    ("rate", "passed"),
    [(0.9, 0), (1.0, 1)],  # rad/s, of at most 0.95
)
def test_turning_fast_passes_a_limit_also_across_the_half_circle(drive, rate, passed):
    for step in range(15):
        drive.own[col.YAW] = (3.0 + rate * 0.1 * step + np.pi) % (2 * np.pi) - np.pi
        factor = drive.step()["comfort"]
    assert factor == pytest.approx(1 - passed * 0.5 / 6)


@pytest.mark.parametrize(
    ("gap_m", "speed", "its_speed", "factor"),
    [
        (10.0, 8.0, 0.0, 0.5),  # 6 m between the boxes: touched after 0.75 s, seen at 0.9 s
        (10.0, 6.0, 0.0, 1.0),  # 5.4 m at 0.9 s
        (10.0, 8.0, 8.0, 1.0),  # in front as fast
        (3.0, 0.05, 0.0, 1.0),  # who stands runs into nobody
    ],
)
def test_boxes_that_would_touch_within_a_second_halve_the_reward(drive, gap_m, speed, its_speed, factor):
    its = drive.state.body[0, 1]
    its[[col.X, col.SPEED, col.LENGTH, col.WIDTH]] = gap_m, its_speed, 4.0, 2.0
    drive.own[col.SPEED] = speed
    assert drive.step()["time_to_collision"] == 1.0  # an empty slot
    drive.state.mind[0, 1, col.CONTROL] = kinds.TRAFFIC
    assert drive.step()["time_to_collision"] == factor
    its[col.X] = 100.0
    assert [drive.step()["time_to_collision"] for _ in range(500)] == [factor] * 499 + [1.0]


@pytest.mark.parametrize(
    ("kind", "penalty"),
    [
        (kinds.COLLISION, 1.0), (kinds.RED_LIGHT, 1.0), (kinds.STOP_SIGN, 0.0), (kinds.ROUTE_DEVIATION, 0.0),
        (kinds.BLOCKED, 0.0),
    ],
)  # fmt: skip
def test_hard_infractions_end_an_episode_and_two_of_them_cost(drive, kind, penalty):
    drive.own[col.ROUTE_ARC], drive.tally[kind] = 54.0, 1
    assert drive.step()["terminal"] == penalty
    assert drive.outcome.end[0] == TERMINATED
    assert drive.earned == pytest.approx(2.0 - penalty)


def test_other_events_end_nothing(drive):
    drive.tally[[kinds.SPEEDING, kinds.LANE_INVASION, kinds.OFF_ROAD, kinds.WRONG_WAY]] = 1
    drive.step()
    assert drive.outcome.end[0] == 0


def test_off_the_paved_ground_altogether_is_the_end(drive):
    drive.own[[col.X, col.Y]] = 1e5, 1e5  # beyond the map
    drive.step()
    assert drive.outcome.end[0] == 0  # the rules have not noted that it is off the road
    drive.mind[col.GOING_ON] = 1 << kinds.OFF_ROAD
    drive.step()
    assert drive.outcome.end[0] == TERMINATED


def test_whole_episodes_earn_at_most_the_route_and_tell_their_terms():
    env = DrivingEnv(**EMPTY, route_m=(60.0, 80.0), limit_ticks=400)
    env.reset(seed=3)
    earned, gained, over = 0.0, 0.0, False
    while not over:
        _, reward, terminated, truncated, info = env.step([0.8 * env_lateral(env), 0.25])
        assert tuple(info["terms"]) == tuple(carl.CARL_TERMS)
        earned, gained, over = earned + reward, gained + info["terms"]["route_completion"], terminated or truncated
    assert 0.0 < earned <= gained <= 100.0 + 1e-3
    assert gained == pytest.approx(info["metrics"]["route_completion"], abs=2.0)


def env_lateral(env):
    """Back to the path's centre, with the heading that leads there."""
    own = env.live_state.body[0, 0]
    return float(np.clip(-0.3 * own[col.LATERAL] - own[col.HEADING_ERROR], -1.0, 1.0))


def test_a_vector_of_worlds_earns_what_single_ones_earn():
    vector = DrivingVectorEnv(3, **EMPTY | {"actors": 6, "vehicles_per_km": 30.0, "limit_ticks": 80})
    singles = [DrivingEnv(**EMPTY | {"actors": 6, "vehicles_per_km": 30.0, "limit_ticks": 80}) for _ in range(3)]
    vector.reset(seed=5)
    for i, single in enumerate(singles):
        single.reset(seed=5 + i)
    actions = np.random.default_rng(0).uniform((-0.4, -0.1), (0.4, 0.9), (60, 3, 2)).astype(np.float32)
    ended = 0
    for row in actions:
        _, rewards, terminated, truncated, _ = vector.step(row)
        for i, single in enumerate(singles):
            _, reward, end, cut, _ = single.step(row[i])
            assert (reward, end, cut) == (rewards[i], terminated[i], truncated[i])
            if end or cut:
                ended += 1
                single.reset()
    assert ended > 0


def test_senseless_rewards_are_refused():
    with pytest.raises(UnknownNameError, match="Did you mean 'carl'"):
        DrivingOptions(reward="carla")
    with pytest.raises(SuiteError, match="weights belong to the reward 'terms', not to 'carl': leave out progress"):
        DrivingOptions(reward="carl", weights={"progress": 1.0})
