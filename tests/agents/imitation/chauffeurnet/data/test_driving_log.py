"""Which rows of a log are moments, and at which the agent stands long."""

from __future__ import annotations

import numpy as np

from sim_suite.driving.world.layout import SPEED, WAIT
from tests.agents.imitation.chauffeurnet.data.drives_by_hand import straight_log


def test_moments_have_their_future_in_the_same_episode():
    log = straight_log(episodes=2, rows=13)
    assert log.moments(10).tolist() == [0, 1, 2, 13, 14, 15]
    assert log.episode_of(np.array([0, 12, 13, 25])).tolist() == [0, 0, 1, 1]
    log.end[0] = 11
    assert log.moments(10).tolist() == [0, 13, 14, 15]
    log.end[0] = 0
    assert log.moments(10).tolist() == [13, 14, 15]


def test_no_moment_has_a_future_that_is_not_to_be_learned_from():
    log = straight_log(rows=20)
    log.learned[5] = False
    assert log.moments(4).tolist() == [0, 1, *range(6, 16)]


def test_long_standing():
    log = straight_log(speed=0.0, rows=30)
    log.mind[:, 0, WAIT] = 4 * np.arange(30)
    log.body[25:, 0, SPEED] = 3.0
    rows = log.moments(10)
    assert rows[log.is_standing(rows, 10)].tolist() == []
    log.body[28:, 0, SPEED], log.body[25:28, 0, SPEED] = 3.0, 0.1
    assert rows[log.is_standing(rows, 10)].tolist() == [15, 16, 17], "who sets off within two seconds is worth seeing"
