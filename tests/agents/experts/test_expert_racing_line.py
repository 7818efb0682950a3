"""The planned line stays on the road, begins where the car stands, and is faster than the middle of the road."""

from dataclasses import replace

import gymnasium as gym
import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from agents.experts.car_racing import DriverSettings
from agents.experts.lap_time import lap_time
from agents.experts.racing_line import plan_line
from agents.experts.trials import physics_only
from sim_suite.envs.car_racing.read_state import read_state

SETTINGS = replace(DriverSettings().line, iterations=25)


@pytest.fixture(scope="module", params=[500, 501])
def road(request):
    env = physics_only(gym.make("CarRacing-v3"))
    env.reset(seed=request.param)
    moment = read_state(env)
    return moment.centre, moment.half_width_m


def test_keeps_its_margin_from_the_edges(road):
    centre, half_width = road
    line = plan_line(centre, half_width, SETTINGS)
    # Distance to the centre line as a chain of segments. Splines between tiles may leave the bound by centimetres.
    start, end = centre, np.roll(centre, -1, axis=0)
    along = end - start
    share = ((line.xy[:, None] - start) * along).sum(2) / (along**2).sum(1)
    foot = start + np.clip(share, 0, 1)[..., None] * along
    away = np.linalg.norm(line.xy[:, None] - foot, axis=2).min(axis=1)
    assert away.max() < half_width - SETTINGS.margin_m + 0.2
    assert away[0] < 0.01, "it must begin in the middle, where the car stands"
    assert away[:5].max() < 0.5


def test_is_faster_than_the_centre_of_the_road_and_gains_by_iterations(road):
    centre, half_width = road
    middle, _ = lap_time(centre, SETTINGS.grip, 0.0)
    few, many = (
        lap_time(plan_line(centre, half_width, replace(SETTINGS, iterations=n)).xy, SETTINGS.grip, 0.0)[0]
        for n in (0, 25)
    )
    assert many < few < middle


def test_equal_roads_give_equal_lines_with_points_a_metre_apart(road):
    first, second = plan_line(*road, SETTINGS), plan_line(*road, SETTINGS)
    assert np.array_equal(first.xy, second.xy)
    assert np.array_equal(first.limit, second.limit)
    step = np.linalg.norm(np.diff(first.xy, axis=0), axis=1)
    assert step.min() > 0.98
    assert step.max() < 1.03
    assert len(first.xy) == len(first.heading) == len(first.curvature) == len(first.limit)


def test_the_number_of_threads_does_not_move_the_line(road):
    """Two BLAS threads add in another order than one, and the optimiser magnifies the last bit."""
    lines = []
    for threads in (1, 2):
        with threadpool_limits(limits=threads, user_api="blas"):
            lines.append(plan_line(*road, SETTINGS))
    np.testing.assert_array_equal(lines[0].xy, lines[1].xy)
