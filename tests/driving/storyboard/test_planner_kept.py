"""Route planners of a storyboard's maps are kept, each for its own map."""

from sim_suite.driving.storyboard.staging.routing import planner_of
from tests.driving.sensors.scenes import prepared


def test_a_planner_is_made_once_and_is_that_of_its_map():
    one, other = prepared("t_junction"), prepared("crossroads")
    planner = planner_of(one)
    assert planner.graph is one.graph
    assert planner_of(other).graph is other.graph
    assert planner_of(one) is planner
