"""Drawn routes: the same by the same seed, as long as asked for, joined, spread over the map, and out of dead ends."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.driving.roads.routes.planner import RoutePlanner
from sim_suite.driving.roads.routes.route import Manoeuvre
from sim_suite.driving.roads.routes.sampling import RouteSampler, next_random
from sim_suite.errors import SuiteError
from tests.driving.roads.lanes_by_hand import Strip, graph_of
from tests.driving.roads.routes.strips import highway, ring


@pytest.fixture(scope="module")
def planner():
    return RoutePlanner(graph_of(ring()))


@pytest.fixture(scope="module")
def sampler(planner):
    return RouteSampler(planner.graph, planner.network)


def test_random_numbers_are_splitmix64():
    """The first outputs for seed 1234567, as published with the algorithm."""
    state = np.array([1234567], np.uint64)
    expected = [6457827717110365317, 3203168211198807973, 9817491932198370423]
    assert [next_random(state) for _ in expected] == [(value >> 11) / 2**53 for value in expected]


def test_reach_is_how_far_one_can_drive(sampler):
    assert np.isinf(sampler.reach_m[[0, 3, 6, 7]]).all()
    assert sampler.reach_m[[2, 4, 5]] == pytest.approx([320, 30, 300])


def test_routes_are_as_long_as_asked_for_and_joined(planner, sampler):
    routes = sampler.sample_routes(range(300), 100.0, 600.0)
    graph, lengths = planner.graph, []
    for route in map(routes.__getitem__, range(300)):
        assert graph.lanes.junction[route.lane[0]] < 0
        lengths.append(route.length_m)
        for k in range(len(route.lane) - 1):
            first = graph.successors.first
            assert route.lane[k + 1] in graph.successors.lane[first[route.lane[k]] : first[route.lane[k] + 1]]
            assert route.to_arc_m[k] == graph.lanes.length_m[route.lane[k]]
            assert route.from_arc_m[k + 1] == 0.0
    assert min(lengths) >= 100.0 - 1e-6
    assert max(lengths) <= 600.0 + 1e-6
    assert np.ptp(lengths) > 400


def test_a_route_depends_on_its_seed_alone(sampler):
    routes = sampler.sample_routes([5, 9, 7])
    for place, seed in enumerate([5, 9, 7]):
        alone, among = sampler.sample_route(seed), routes[place]
        for name in ("lane", "from_arc_m", "to_arc_m", "manoeuvre", "leg_duration_s"):
            np.testing.assert_array_equal(getattr(alone, name), getattr(among, name))
    assert routes[0].start != routes[1].start


def test_starts_are_uniform_over_the_roads(sampler):
    """Ways of 25 m start on 0, 5 and 7, but on the last metres of 5, and on the first 5 m of 4."""
    routes = sampler.sample_routes(range(20_000), 25.0, 25.0)
    first = routes.lane[routes.first[:-1]]
    share = np.array([50, 5, 275, 100]) / 430
    assert [np.mean(first == lane) for lane in (0, 4, 5, 7)] == pytest.approx(share, abs=0.012)


def test_forks_are_even():
    strips = [Strip(0, 0, 0, 10, successors=(1, 2, 3)), *(Strip(10, 9 * k, 0, 40) for k in range(3))]
    planner = RoutePlanner(graph_of(strips))
    routes = RouteSampler(planner.graph, planner.network).sample_routes(range(9_000), 45.0, 45.0)
    second = routes.lane[1::2]
    assert [np.mean(second == lane) for lane in (1, 2, 3)] == pytest.approx([1 / 3] * 3, abs=0.025)


def test_dead_ends_are_left_out(sampler):
    routes = sampler.sample_routes(range(200), 5_000.0, 5_000.0)
    assert not np.isin(routes.lane, (1, 2, 4)).any()
    assert all(routes[k].length_m == pytest.approx(5_000.0) for k in range(200))


def test_weights_choose_at_forks(planner):
    strips = [Strip(0, 0, 0, 10, successors=(1, 2, 3)), *(Strip(10, 9 * k, 0, 40) for k in range(3))]
    fork = RoutePlanner(graph_of(strips))
    routes = RouteSampler(fork.graph, fork.network, [1.0, 0.0, 3.0, 1.0]).sample_routes(range(4_000), 45.0, 45.0)
    second = routes.lane[1::2]
    assert [np.mean(second == lane) for lane in (1, 2, 3)] == pytest.approx([0.0, 0.75, 0.25], abs=0.03)
    with pytest.raises(SuiteError, match="8 numbers"):
        RouteSampler(planner.graph, planner.network, [1.0])


def test_manoeuvres_and_durations_are_those_of_a_search(planner, sampler):
    route = next(r for r in map(sampler.sample_route, range(50)) if 6 in r.lane[:-1])
    turn = route.lane.tolist().index(6)
    assert route.manoeuvre[turn] == Manoeuvre.TURN_RIGHT
    searched = planner.search(route.start, route.goal, "length")
    if searched.lane.tolist() == route.lane.tolist():
        assert searched.duration_s == pytest.approx(route.duration_s)
    assert sampler.sample_route(0, 10.0, 10.0).leg_duration_s.sum() > 0


def test_what_the_map_cannot_give_is_said():
    planner = RoutePlanner(graph_of(highway()))
    sampler = RouteSampler(planner.graph, planner.network)
    with pytest.raises(SuiteError, match="longest has 300"):
        sampler.sample_route(0, 1000.0, 2000.0)
    with pytest.raises(SuiteError, match="0 < min <= max"):
        sampler.sample_route(0, 10.0, 5.0)
