"""Maps for practice: functions of their seed, unlike each other, and such that one can always drive on."""

from __future__ import annotations

from collections import Counter
from functools import cache

import networkx as nx
import pytest

from agents.imitation.chauffeurnet.data.practice import practice_map
from sim_suite.compiling.folders import cache_root
from sim_suite.driving.roads.graph.kinds import SignalKind
from sim_suite.driving.world.terrain import DrivingMap
from tests.driving.roads.towns.quality import reachability

SEEDS = range(24)


@cache
def maps() -> list[DrivingMap]:
    return [practice_map(seed) for seed in SEEDS]


def test_a_map_is_a_function_of_its_seed():
    assert practice_map(3).road_map.sha256 == maps()[3].road_map.sha256
    assert len({one.road_map.sha256 for one in maps()}) == len(SEEDS)


def test_towns_winding_roads_and_crossings_of_all_sorts_are_drawn():
    junctions = [len(one.road_map.document.junctions) for one in maps()]
    assert 6 <= junctions.count(1) <= 18, "half are crossings"
    assert junctions.count(0) >= 3, "some are winding roads"
    assert max(junctions) >= 6
    rules: Counter[int] = Counter()
    for one in maps():
        rules.update(set(one.graph.stop_lines.kind.tolist()))
    assert rules[SignalKind.LIGHT] >= 4
    assert rules[SignalKind.STOP] >= 4
    assert rules[SignalKind.YIELD] >= 2


@pytest.mark.parametrize("seed", SEEDS)
def test_every_lane_leads_to_every_other(seed):
    one = maps()[seed]
    assert not one.road_map.findings
    ways = [
        reachability(one.graph).subgraph(lanes) for lanes in nx.weakly_connected_components(reachability(one.graph))
    ]
    assert all(nx.is_strongly_connected(way) for way in ways)
    assert len(ways) == (1 if one.road_map.document.junctions else 2), "a winding road leads round either way"


def test_nothing_of_them_stays_on_disk(tmp_path, monkeypatch):
    monkeypatch.setenv("SIM_SUITE_CACHE", str(tmp_path))
    assert cache_root().is_relative_to(tmp_path)
    practice_map(4)
    assert not list(tmp_path.rglob("*.textures"))
