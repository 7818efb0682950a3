"""Stored routes: kept and restored whole, refused where the map has changed, and those that are shipped."""

from __future__ import annotations

import dataclasses

import gymnasium as gym
import numpy as np
import pytest

import sim_suite.envs  # noqa: F401  # registers ours
from sim_suite.driving.roads import load_map
from sim_suite.driving.roads.routes.network import build_network
from sim_suite.driving.roads.routes.sampling import RouteSampler
from sim_suite.driving.roads.routes.stored import find_routes, read_routes, restore_route, store_route, write_routes
from sim_suite.envs.driving.vector import DrivingVectorEnv
from sim_suite.errors import SuiteError, UnknownNameError


@pytest.fixture(scope="module")
def graph():
    return load_map("village").graph


def test_a_route_comes_back_whole(graph, tmp_path):
    route = RouteSampler(graph, build_network(graph)).sample_route(3, 400.0, 600.0)
    path = tmp_path / "mine.jsonl"
    write_routes(path, [store_route(graph, route, "village")])
    (stored,) = read_routes(path)
    again = restore_route(graph, stored)
    assert np.array_equal(again.lane, route.lane)
    assert again.length_m == pytest.approx(route.length_m, abs=0.01)
    assert np.array_equal(again.manoeuvre, route.manoeuvre)
    assert again.start.arc_m == pytest.approx(route.start.arc_m, abs=0.001)
    assert again.duration_s == pytest.approx(route.duration_s, rel=0.2)


def test_what_does_not_fit_the_map_is_refused(graph):
    stored = read_routes("driving")[2]
    assert stored.map == "village"
    with pytest.raises(SuiteError, match="lane 99/0/9 is not on village"):
        restore_route(graph, dataclasses.replace(stored, lanes=("99/0/9",)))
    with pytest.raises(SuiteError, match="does not follow"):
        restore_route(graph, dataclasses.replace(stored, lanes=(stored.lanes[0], stored.lanes[0])))


def test_a_damaged_file_says_which_line(tmp_path):
    path = tmp_path / "broken.jsonl"
    path.write_text(find_routes("driving").read_text().splitlines()[0] + '\n{"map": "village"}\n')
    with pytest.raises(SuiteError, match=r"line 2: no route"):
        read_routes(path)
    path.write_text("")
    with pytest.raises(SuiteError, match="holds no routes"):
        read_routes(path)
    with pytest.raises(UnknownNameError, match="driving"):
        find_routes("drivin")


def test_the_shipped_routes_are_what_the_suite_promises():
    routes = read_routes("driving")
    assert len(routes) == 200
    assert len(set(routes)) == 200
    assert min(route.length_m for route in routes) >= 4000.0
    assert min(route.junctions for route in routes) >= 20
    graphs = {name: load_map(name).graph for name in {route.map for route in routes}}
    for stored in routes:
        route = restore_route(graphs[stored.map], stored)
        assert route.length_m == pytest.approx(stored.length_m, abs=0.1)
        assert store_route(graphs[stored.map], route, stored.map) == stored


def test_an_episode_drives_the_route_of_its_seed():
    routes = read_routes("driving")
    with gym.make("sim_suite/Driving-v0", routes="driving", disable_env_checker=True) as env:
        for seed in (0, 201, 403):
            _, info = env.reset(seed=seed)
            assert info["route_m"] == pytest.approx(routes[seed % 200].length_m, abs=0.2)


def test_worlds_of_a_vector_drive_as_single_ones_do(tmp_path):
    path = tmp_path / "village.jsonl"
    write_routes(path, [route for route in read_routes("driving") if route.map == "village"][:5])
    many = DrivingVectorEnv(3, routes=str(path))
    observations, infos = many.reset(seed=11)
    with gym.make("sim_suite/Driving-v0", routes=str(path), disable_env_checker=True) as env:
        for world in range(3):
            observation, info = env.reset(seed=11 + world)
            assert np.array_equal(observations[world], observation)
            assert infos["route_m"][world] == info["route_m"]
    with pytest.raises(SuiteError, match="Give routes of one map"):
        DrivingVectorEnv(2, routes="driving")
