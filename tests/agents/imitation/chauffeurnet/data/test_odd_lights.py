"""Lights that keep a time of their own."""

from __future__ import annotations

import numpy as np

from agents.imitation.chauffeurnet.data.odd_lights import GREEN_S, RED_S, OddLights, draw_odd_lights
from sim_suite.driving.world.kinds import GREEN, RED, TICKS_A_SECOND, YELLOW


def test_a_light_is_green_then_yellow_for_three_seconds_then_red():
    second = TICKS_A_SECOND
    one = OddLights(np.array([True]), np.array([[4 * second]]), np.array([[12 * second]]), np.array([[2 * second]]))
    lights = np.full((1, 1), -1, np.int8)
    shown = []
    for at in range(14):
        one.tell(lights, at * second)
        shown.append(int(lights[0, 0]))
    assert shown == [GREEN] * 2 + [YELLOW] * 3 + [RED] * 5 + [GREEN] * 4


def test_only_odd_worlds_are_told():
    odd = draw_odd_lights(np.random.default_rng(1), 200, 3, 0.25)
    lights = np.full((200, 3), -1, np.int8)
    odd.tell(lights, 7)
    assert (lights[~odd.is_odd] == -1).all()
    assert set(np.unique(lights[odd.is_odd]).tolist()) == {GREEN, YELLOW, RED}
    assert 30 <= odd.is_odd.sum() <= 70
    seconds = odd.green / TICKS_A_SECOND
    assert GREEN_S[0] <= seconds.min() < 5
    assert 19 < seconds.max() <= GREEN_S[1]
    red = (odd.cycle - odd.green) / TICKS_A_SECOND - 3
    assert RED_S[0] <= red.min()
    assert red.max() <= RED_S[1]


def test_no_share_and_no_lights_tell_nothing():
    lights = np.full((5, 2), -1, np.int8)
    draw_odd_lights(np.random.default_rng(1), 5, 2, 0.0).tell(lights, 0)
    assert (lights == -1).all()
    none = np.zeros((5, 0), np.int8)
    draw_odd_lights(np.random.default_rng(1), 5, 0, 1.0).tell(none, 0)
