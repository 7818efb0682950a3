"""Programmes of lights: what conflicts is never released together, everybody's turn comes; and what a light shows at a tick."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.driving.roads.maps import map_names
from sim_suite.driving.roads.routes.route import TURN_RAD
from sim_suite.driving.traffic.lights import light_at, ticks_of_red_left
from sim_suite.driving.traffic.programmes import FAST_YELLOW_S, YELLOW_S
from sim_suite.driving.world import terrain as tr
from sim_suite.driving.world.kinds import GREEN, OFF, RED, TICKS_A_SECOND, YELLOW
from tests.driving.sensors.scenes import prepared

PROGRAMME = np.array([[10, 20, 5, 60], [0, 0, 0, 0]], np.int32)
UNTOLD = np.full(2, -1, np.int8)
WITH_LIGHTS = [name for name in map_names() if len(prepared(name).graph.group_ids)]


def shown(programme, tick):
    """[G] By the definition of a programme, apart from light_at."""
    phase = (tick - programme[:, tr.GREEN_FROM]) % programme[:, tr.CYCLE]
    green, yellow = programme[:, tr.GREEN_TICKS], programme[:, tr.YELLOW_TICKS]
    return np.where(phase < green, GREEN, np.where(phase < green + yellow, YELLOW, RED))


@pytest.mark.parametrize(
    ("tick", "light"),
    [(0, RED), (9, RED), (10, GREEN), (29, GREEN), (30, YELLOW), (34, YELLOW), (35, RED), (69, RED), (70, GREEN)],
)
def test_a_light_by_hand(tick, light):
    assert light_at(PROGRAMME, UNTOLD, 0, tick) == light


def test_a_told_light_shows_what_it_was_told():
    for light in (OFF, GREEN, YELLOW, RED):
        assert light_at(PROGRAMME, np.array([light, -1], np.int8), 0, 12) == light
        assert light_at(PROGRAMME, np.array([-1, light], np.int8), 0, 12) == GREEN


def test_no_group_and_no_programme_are_off():
    assert light_at(PROGRAMME, UNTOLD, -1, 12) == OFF
    assert light_at(PROGRAMME, UNTOLD, 1, 12) == OFF


@pytest.mark.parametrize(("tick", "left"), [(35, 35), (69, 1), (0, 10), (10, 0), (30, 0)])
def test_ticks_of_red_that_are_left(tick, left):
    assert ticks_of_red_left(PROGRAMME, UNTOLD, 0, tick) == left


def test_a_light_that_was_told_to_be_red_stays_so():
    told = np.array([RED, GREEN], np.int8)
    assert ticks_of_red_left(PROGRAMME, told, 0, 10) == 10_000
    assert ticks_of_red_left(PROGRAMME, told, 1, 10) == 0


@pytest.mark.parametrize("town", WITH_LIGHTS)
def test_lanes_that_conflict_are_released_together_only_from_opposite_sides(town):
    terrain, graph = prepared(town).ground.terrain, prepared(town).graph
    known, first = graph.conflicts, graph.lanes.first_point
    own = np.repeat(np.arange(len(known.first) - 1), np.diff(known.first))
    group, other = terrain.lane[own, tr.GROUP], terrain.lane[known.lane, tr.GROUP]
    apart = np.cos(graph.points.heading[first[own]] - graph.points.heading[first[known.lane]])
    both = (group >= 0) & (other >= 0)
    crossing = both & (apart > -0.8)
    assert np.count_nonzero(crossing) > 0
    assert np.all(group[crossing] != other[crossing])
    together = np.zeros(len(own), bool)
    for tick in range(int(terrain.programme[:, tr.CYCLE].max())):
        free = shown(terrain.programme, tick) != RED
        assert not np.any(free[group[crossing]] & free[other[crossing]]), tick
        together |= both & free[group] & free[other]
    # Of two that are, the one that turns across the other gives way; two that both do go as they come.
    order = terrain.conflict[:, tr.ORDER]
    across = np.abs(terrain.lane_f[:, tr.LANE_TURN]) > TURN_RAD
    assert np.all((order[together] != 0) | (across[own[together]] & across[known.lane[together]]))


def test_a_crossing_has_two_phases_and_turns_into_lanes_side_by_side_have_their_own():
    phase_s = 12 + YELLOW_S + 2
    assert set(prepared("crossroads").ground.terrain.programme[:, tr.CYCLE]) == {2 * phase_s * TICKS_A_SECOND}
    # Its main road has two lanes a side: the bus that turns into the one would sweep the other.
    assert set(prepared("left_hand").ground.terrain.programme[:, tr.CYCLE]) == {3 * phase_s * TICKS_A_SECOND}


@pytest.mark.parametrize("town", WITH_LIGHTS)
def test_every_groups_turn_comes_in_every_cycle(town):
    programme = prepared(town).ground.terrain.programme
    junction = prepared(town).graph.group_junction
    assert np.all(programme[:, tr.GREEN_TICKS] >= 5 * TICKS_A_SECOND)  # RiLSA's least green
    assert np.all(programme[:, tr.CYCLE] > programme[:, tr.GREEN_TICKS] + programme[:, tr.YELLOW_TICKS])
    assert np.all(np.isin(programme[:, tr.YELLOW_TICKS], [YELLOW_S * TICKS_A_SECOND, FAST_YELLOW_S * TICKS_A_SECOND]))
    for group, own in enumerate(junction):
        seen = {int(shown(programme, tick)[group]) for tick in range(programme[group, tr.CYCLE])}
        assert seen == {GREEN, YELLOW, RED}
        if own >= 0:
            assert np.all(programme[junction == own, tr.CYCLE] == programme[group, tr.CYCLE])


@pytest.mark.parametrize("town", WITH_LIGHTS)
def test_kernels_show_what_the_programme_says(town):
    programme = prepared(town).ground.terrain.programme
    untold = np.full(len(programme), -1, np.int8)
    for tick in range(0, 2000, 37):
        assert [light_at(programme, untold, group, tick) for group in range(len(programme))] == shown(
            programme, tick
        ).tolist()
