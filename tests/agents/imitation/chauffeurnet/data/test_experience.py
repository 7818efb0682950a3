"""Experience of live experts: what a generation holds, and that it is a function of its seed."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from agents.imitation.chauffeurnet.data import practice
from agents.imitation.chauffeurnet.data.driving_log import DrivingLog
from agents.imitation.chauffeurnet.data.experience import MAPS, ExperienceOptions, generate, leave_out_stuck
from agents.imitation.chauffeurnet.data.feeding import HELD_M
from agents.imitation.chauffeurnet.data.situations import (
    BACK_M,
    COMING_M,
    COMING_MPS2,
    COMING_SHARE,
    INTO_LANE_M,
    STAGED,
)
from sim_suite.compiling.sharing import at_most
from sim_suite.driving.storyboard.finding import load_scenario, scenario_paths
from sim_suite.driving.traffic.passing import edge_offset
from sim_suite.driving.traffic.paths import BICYCLE_LIMIT_MPS
from sim_suite.driving.traffic.stops import SIGN_TICKS
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.kinds import AGENT, BICYCLE, NO_CONTROL, STILL, TRAFFIC
from sim_suite.driving.world.lanes import pose_at, width_and_speeds
from sim_suite.errors import SuiteError
from sim_suite.studies.driving_routes import KEPT
from tests.agents.imitation.chauffeurnet.data.drives_by_hand import straight_log

OPTIONS = ExperienceOptions(maps=("curves", "crossroads"), practice=0, worlds=16, seconds=10)


@cache
def logs(generation: int = 0) -> list[DrivingLog]:
    return generate(OPTIONS, 11, generation)


def same(one: DrivingLog, other: DrivingLog) -> bool:
    return all(
        np.array_equal(value, getattr(other, name)) for name, value in vars(one).items() if name != "driving_map"
    )


def test_equal_seeds_drive_equally_whatever_the_threads():
    with at_most(1):
        again = generate(OPTIONS, 11, 0)
    assert all(same(one, other) for one, other in zip(logs(), again, strict=True))
    assert not any(same(one, other) for one, other in zip(logs(), logs(1), strict=True))


def test_rows_follow_each_other_every_fifth_of_a_second():
    for log in logs():
        for first, end in zip(log.first.tolist(), log.end.tolist(), strict=True):
            assert log.world[first:end, col.TICK].tolist() == list(range(0, 4 * (end - first), 4))
            own = log.body[first:end, 0]
            way = np.hypot(np.diff(own[:, col.X]), np.diff(own[:, col.Y]))
            mean = 0.5 * (own[1:, col.SPEED] + own[:-1, col.SPEED])
            assert np.abs(way - 0.2 * mean).max(initial=0.0) < 0.1, "nobody jumps"
        assert (log.mind[log.moments(10), 0, col.CONTROL] == AGENT).all()
        assert log.end[-1] - log.first[-1] <= 50


def test_drives_that_end_in_standing_for_good_are_cut_five_seconds_before():
    log = straight_log(rows=100, episodes=5)
    own = log.body[:, 0, col.SPEED].reshape(5, 100)
    own[0, 60:] = 0.1  # stands from row 60 on
    own[1, 86:] = 0.0  # for less than 3 s: it may go on
    own[2, 40:80] = 0.0  # and goes on
    own[3, 10:] = 0.0
    own[4, :] = 0.0
    leave_out_stuck(log)
    assert (log.end - log.first).tolist() == [35, 100, 100, 0, 0]


def test_worlds_are_staged():
    parked = leads = cyclists = moving = askew = 0
    for log in [*logs(), *logs(1)]:
        terrain = log.driving_map.ground.terrain
        begun = log.first[log.end > log.first]
        for row in begun.tolist():
            for slot in range(log.body.shape[1] - STAGED, log.body.shape[1]):
                body, mind = log.body[row, slot], log.mind[row, slot]
                if slot == log.body.shape[1] - STAGED:
                    leads += mind[col.CONTROL] == TRAFFIC
                    if mind[col.CONTROL] == TRAFFIC and mind[col.KIND] == BICYCLE:
                        cyclists += 1
                        half, limit, _ = width_and_speeds(terrain, mind[col.LANE], body[col.ARC])
                        assert limit <= BICYCLE_LIMIT_MPS
                        assert body[col.LATERAL] == body[col.OFFSET] == edge_offset(terrain, half)
                    continue
                assert mind[col.CONTROL] in (NO_CONTROL, STILL)
                if mind[col.CONTROL] == NO_CONTROL:
                    continue
                parked += 1
                lane, arc = mind[col.LANE], body[col.LANE_ARC]
                if lane < 0:
                    continue
                half, _, _ = width_and_speeds(terrain, lane, arc)
                _, _, heading, _ = pose_at(terrain, lane, arc)
                if abs(np.sin(heading - body[col.YAW])) < 0.2 and body[col.LANE_LATERAL] < 0:
                    into = half + 0.5 * body[col.WIDTH] + body[col.LANE_LATERAL]
                    assert INTO_LANE_M[0] - 0.3 < into < INTO_LANE_M[1] + 0.3
        own = log.body[begun, 0]
        moving += int((own[:, col.SPEED] > 0).sum())
        askew += int((np.abs(own[:, col.HEADING_ERROR]) > 0.02).sum())
    worlds = 4 * OPTIONS.worlds
    assert parked > worlds // 2
    assert leads > worlds // 8
    assert 0 < cyclists < leads
    assert 0.45 * worlds < moving < 0.9 * worlds
    assert 0.1 * worlds < askew < 0.5 * worlds


def test_some_begin_where_a_light_or_sign_holds_traffic():
    options = ExperienceOptions(maps=("t_junction", "crossroads"), practice=0, worlds=32, actors=8)
    held, waiting = [], 0
    for log in generate(options, 3, 0):
        begun = log.first[log.end > log.first]
        own, ahead_m = log.body[begun, 0], log.line_ahead_m(begun)
        at_line = (own[:, col.SPEED] == 0) & (ahead_m < HELD_M)
        held += (ahead_m - 0.5 * own[:, col.LENGTH])[at_line].tolist()
        assert np.allclose(own[at_line, col.LATERAL], 0.0, atol=0.01)
        put = at_line & (log.mind[begun, 0, col.WAIT] > 0)
        assert (log.mind[begun[put], 0, col.WAIT] >= SIGN_TICKS).all(), "they have stood for long"
        waiting += int(put.sum())
    inside = [BACK_M[0] - 0.01 < back < BACK_M[1] + 0.01 for back in held]
    assert 5 <= sum(inside) <= 32, "three starts of five, where the lane has a line"
    assert waiting >= sum(inside)
    assert len(held) - sum(inside) <= 2, "who was drawn there by chance"


def test_where_nothing_holds_traffic_many_begin_at_about_the_limit(monkeypatch):
    """The two in five that would come to a line, and of the others those in motion that draw as much: 0.4 + 0.6 x 0.7 x 0.4."""
    monkeypatch.setattr(practice, "TOWNS", 0.0)
    monkeypatch.setattr(practice, "WINDING", 1.0)
    fast = []
    for log in generate(ExperienceOptions(maps=(), practice=2, worlds=64, seconds=5.0, actors=8, askew=0.0), 3, 0):
        begun = log.first[log.end > log.first]
        assert np.isinf(log.line_ahead_m(begun)).all()
        for row in begun:
            lane, arc = log.mind[row, 0, col.LANE], log.body[row, 0, col.LANE_ARC]
            _, limit, safe = width_and_speeds(log.driving_map.ground.terrain, lane, arc)
            fast.append(log.body[row, 0, col.SPEED] >= COMING_SHARE * min(limit, safe) - 0.01)
    assert 0.4 < np.mean(fast) < 0.7


@pytest.mark.slow
def test_some_come_driving_to_where_a_light_or_sign_holds_traffic():
    options = ExperienceOptions(maps=("t_junction", "crossroads"), practice=0, worlds=64, actors=8, askew=0.0)
    low, high = COMING_M
    coming = beyond = 0
    for log in generate(options, 3, 0):
        begun = log.first[log.end > log.first]
        own, front_m = log.body[begun, 0], log.line_ahead_m(begun) - 0.5 * log.body[begun, 0, col.LENGTH]
        fast = own[:, col.SPEED] >= 0.6 * 30 / 3.6
        near = fast & (front_m > low - 0.1) & (front_m < high + 0.1)
        coming += int(near.sum())
        assert (own[near, col.SPEED] ** 2 / 2 / front_m[near] < 1.5 * COMING_MPS2).all()
        # Who was put farther along its route is on the leg that it says, and goes on from there.
        on = np.array(
            [log.legs[e, 0][leg] for e, leg in zip(log.episode_of(begun), log.mind[begun, 0, col.LEG], strict=True)]
        )
        assert (on[near] == log.mind[begun[near], 0, col.LANE]).all()
        beyond += int((log.mind[begun[near], 0, col.LEG] > 0).sum())
        way = log.body[begun[near] + 5, 0, col.ROUTE_ARC] - own[near, col.ROUTE_ARC]
        assert (way < 1.3 * own[near, col.SPEED] + 1.5).all(), "nobody jumps"
    assert coming >= 12
    assert beyond >= 3


def test_no_map_of_the_evaluation_is_among_those_of_training():
    used = {load_scenario(name).map for name in scenario_paths()}
    assert used
    assert not set(MAPS) & (used | set(KEPT))


def test_maps_for_practice_are_drawn_anew_for_each_generation():
    few = ExperienceOptions(maps=(), practice=2, worlds=2, seconds=5, odd_lights=1.0, drivers=("idm",))
    first, again, next_ = (generate(few, 11, generation) for generation in (0, 0, 1))
    assert all(same(one, other) for one, other in zip(first, again, strict=True))
    names = [log.driving_map.road_map.sha256 for log in (*first, *next_)]
    assert len(set(names)) == 4
    assert [log.driving_map.road_map.sha256 for log in again] == names[:2]


def test_lights_are_told_in_the_share_that_is_asked_for():
    lit = ExperienceOptions(maps=("crossroads",), practice=0, worlds=32, seconds=5, odd_lights=0.5, drivers=("idm",))
    log = generate(lit, 11, 0)[0]
    begun = log.lights[log.first[log.end > log.first]]
    odd = (begun >= 0).all(axis=1)
    assert ((begun == -1).all(axis=1) | odd).all()
    assert 8 <= odd.sum() <= 24
    assert all((one.lights == -1).all() for one in generate(replace(lit, odd_lights=0.0), 11, 0))


def test_options_are_checked():
    with pytest.raises(SuiteError, match="pdm"):
        replace(OPTIONS, drivers=("pdn",))
    with pytest.raises(SuiteError, match="worlds must lie in 1 to 4096"):
        replace(OPTIONS, worlds=0)
    with pytest.raises(SuiteError, match="one name at least"):
        replace(OPTIONS, maps=(), practice=0)
