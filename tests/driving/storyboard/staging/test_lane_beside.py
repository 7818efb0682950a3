"""Lanes counted from another's id: lane 0 is none, on the way over it in either direction."""

from types import SimpleNamespace

import pytest

from sim_suite.driving.roads import load_map
from sim_suite.driving.storyboard.staging.placing import lane_beside
from sim_suite.driving.storyboard.staging.routing import planner_of
from sim_suite.driving.world.terrain import prepare
from sim_suite.errors import SuiteError


@pytest.fixture(scope="module")
def street():
    """A street with the lanes 2, 1, -1 and -2."""
    return prepare(load_map("straight_street"))


def _beside(street, own, steps):
    ids = {name: lane for lane in range(len(street.graph.lanes.road)) if (name := street.graph.name_of(lane))}
    view = SimpleNamespace(map=street)
    return street.graph.name_of(lane_beside(view, ids[f"1/0/{own}"], steps))


@pytest.mark.parametrize(
    ("own", "steps", "found"),
    [(-1, 1, 1), (-1, 2, 2), (-2, 2, 1), (1, -1, -1), (2, -2, -1), (1, -2, -2), (-2, 1, -1), (2, -1, 1), (-1, 0, -1)],
)
def test_lane_zero_does_not_count(street, own, steps, found):
    assert _beside(street, own, steps) == f"1/0/{found}"


def test_beyond_the_last_lane_is_said(street):
    with pytest.raises(SuiteError, match="there is no lane 3"):
        _beside(street, -1, 3)


def test_a_planner_is_made_once_for_a_map(street):
    assert planner_of(street) is planner_of(street)
