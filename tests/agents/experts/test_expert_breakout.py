"""The ball follower: where a ball comes down, what it sees, and that it plays far better than chance."""

from __future__ import annotations

import numpy as np
import pytest

from agents.experts.breakout import FIRE, LEFT, NOOP, RED, RIGHT, UNSEEN, BallFollower, centre, landing
from sim_suite.envs.making import make
from sim_suite.leaderboard.episode import play


def picture(ball=None, paddle=80):
    """A field with a ball of 2 x 4 pixels at (row, column) and a paddle of 16 centred on a column."""
    frame = np.zeros((210, 160, 3), dtype=np.uint8)
    frame[57:63, 8:152] = RED  # the top bricks are red as well
    frame[189:193, paddle - 8 : paddle + 8] = RED
    if ball is not None:
        frame[ball[0] : ball[0] + 4, ball[1] : ball[1] + 2] = RED
    return frame


@pytest.mark.parametrize(
    ("ball", "down", "across", "column"),
    [
        ((169, 50), 10, 0, 50),
        ((169, 50), 10, 7, 64),
        ((169, 10), 10, -5, 16),  # 0 would be 8 pixels beyond the left wall at 8: mirrored to 16
        ((169, 149), 10, 3, 147),  # 155 is 4 beyond 151
    ],
)
def test_where_the_ball_comes_down(ball, down, across, column):
    assert landing(ball, down, across) == pytest.approx(column)


def test_the_ball_is_told_from_bricks_and_paddle():
    red = (picture((120, 40)) == np.array(RED)).all(axis=2)
    assert centre(red, (63, 189)) == (121.5, 40.5)
    assert centre(red, (32, 57)) is None


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        ([picture(None)], FIRE),
        ([picture((100, 100)), picture((110, 100), paddle=60)], RIGHT),
        ([picture((100, 30)), picture((110, 30), paddle=60)], LEFT),
        ([picture((100, 80)), picture((110, 80), paddle=80)], NOOP),
    ],
)
def test_it_goes_to_where_the_ball_lands(frames, expected):
    agent, state = BallFollower(), None
    for frame in frames:
        action, state = agent.predict(frame[None], state, np.array([state is None]))
    assert action.tolist() == [expected]


def test_a_batch_equals_each_alone_and_an_episode_forgets_the_one_before():
    agent = BallFollower()
    first, second = picture((100, 40)), picture((112, 60), paddle=100)
    together, state = agent.predict(np.stack([first, second]), None, np.array([True, True]))
    alone = [agent.predict(frame[None], None, np.array([True]))[0][0] for frame in (first, second)]
    assert together.tolist() == alone
    _, fresh = agent.predict(np.stack([second, second]), state, np.array([True, False]))
    assert fresh[0, 2] == 0, "a ball seen for the first time is not known to sink"
    assert fresh[1, 3] == state[1, 3]
    assert (agent.predict(picture(None)[None])[1][0, :2] == UNSEEN).all()


def test_it_plays_far_better_than_chance():
    """Random play makes 1.3 points."""
    agent = BallFollower()
    with make("sim_suite/BreakoutDeterministic-v0", agent.interface.observation) as env:
        row = play(env, agent, task="t", entry="e", run=0, episode=0, seed=500, epsilon=0.05)
    assert row.outcome == "ok"
    assert row.episode_return > 15
