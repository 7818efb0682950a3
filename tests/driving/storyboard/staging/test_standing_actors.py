"""What stands in a scenario is known on the lane that it stands on, as drivers who pass it need."""

import numpy as np

from sim_suite.driving.storyboard.words import Actor, Ego, LanePosition, NoCollision, RelativeLanePosition, write
from sim_suite.driving.world import layout as col
from sim_suite.envs.scenarios.stage import Stage, stage_options


def test_parked_cars_and_obstacles_are_noted_on_their_lane():
    scenario = write(
        name="standing",
        map="straight_street",
        ego=Ego(LanePosition("1", -1, 50.0), speed=10.0),
        actors=(
            Actor("parked", RelativeLanePosition("ego", 0, 40.0, -1.0), category="parked"),
            Actor("works", RelativeLanePosition("ego", 0, 80.0, -0.4), category="obstacle"),
        ),
        criteria=(NoCollision(),),
        limit_s=1,
    )
    stage = Stage(scenario, 1, stage_options(scenario))
    stage.begin({})
    stage.step()
    lane = stage.fleet.state.mind[0, :, col.LANE]
    assert lane[1] == lane[2] == lane[0] >= 0
    np.testing.assert_allclose(stage.fleet.state.body[0, 1:3, col.LANE_LATERAL], (-1.0, -0.4), atol=1e-4)
    np.testing.assert_allclose(stage.fleet.state.body[0, 1:3, col.LANE_ARC], (90.0, 130.0), atol=1e-3)
