"""Where the speed of an impact counts, a variation is over with the first one: what follows it is not the driver's doing."""

import numpy as np

from sim_suite.driving.storyboard.staging.referee import End
from sim_suite.driving.storyboard.words import Actor, Ego, ImpactSpeed, LanePosition, RelativeLanePosition, write
from sim_suite.envs.scenarios.stage import Stage, stage_options


def _drive_into_a_wall(at_most):
    scenario = write(
        name="wall",
        map="straight_street",
        ego=Ego(LanePosition("1", -1, 50.0), speed=5.0),
        actors=(Actor("wall", RelativeLanePosition("ego", 0, 10.0), category="obstacle", length=1.0, width=3.0),),
        criteria=(ImpactSpeed(at_most),),
        limit_s=10,
    )
    stage = Stage(scenario, 1, stage_options(scenario))
    stage.begin({}, traced=False)
    while stage.live.any():
        stage.step()
    return stage.referee


def test_a_gentle_impact_ends_it_and_breaks_nothing():
    referee = _drive_into_a_wall(at_most=6.0)
    assert referee.end[0] == End.CONTACT
    assert referee.passed[0]
    np.testing.assert_allclose(referee.value[0, 0], 5.0, atol=0.5)  # it rolls freely for a second
    assert referee.end_tick[0] < 60


def test_a_hard_impact_breaks_it():
    referee = _drive_into_a_wall(at_most=3.0)
    assert referee.end[0] == End.BROKEN
    assert not referee.passed[0]
