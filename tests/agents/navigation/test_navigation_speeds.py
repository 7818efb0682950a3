"""Speeds towards what is ahead: by hand, and driven out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.navigation.speeds import COMFORT_BRAKE, LATERAL_ACCEL, braking_needed, safe_speed, speed_in_bends


def test_safe_speeds_by_hand():
    assert COMFORT_BRAKE == 2.0
    assert safe_speed(25.0, 0.0, 0.0) == pytest.approx(10.0)  # 10^2 / (2 * 2) m
    assert safe_speed(0.0, 0.0, 1.0) == 0.0
    assert safe_speed(-3.0, 0.0, 1.0) == 0.0
    assert safe_speed(30.0, 0.0, 1.0) == pytest.approx(math.sqrt(124.0) - 2.0)


@given(st.floats(0.5, 40.0), st.floats(0.1, 3.0))
def test_at_a_leaders_speed_the_gap_is_as_long_as_the_reaction(speed, reaction):
    assert safe_speed(speed * reaction, speed, reaction) == pytest.approx(speed)


@given(st.floats(1.0, 200.0), st.floats(0.0, 30.0), st.floats(0.2, 2.0))
def test_who_keeps_the_safe_speed_never_hits_a_leader_who_brakes_in_comfort(gap, lead, reaction):
    dt = 0.05
    for _ in range(1000):
        speed = safe_speed(gap, lead, reaction)
        lead = max(lead - COMFORT_BRAKE * dt, 0.0)
        gap += (lead - speed) * dt
    assert gap > -1e-6


def test_braking_needed_by_hand():
    assert braking_needed(10.0, 0.0, 25.0) == pytest.approx(2.0)
    assert braking_needed(10.0, 5.0, 25.0) == pytest.approx(0.5)
    assert braking_needed(5.0, 5.0, 0.0) == 0.0
    assert braking_needed(5.0, 0.0, 0.0) == math.inf


def test_bends_are_slowed_down_for_in_time():
    assert speed_in_bends(np.zeros(0), np.zeros(0)) == math.inf
    assert speed_in_bends(np.array([5.0]), np.array([0.0])) > 1000.0
    inside = math.sqrt(LATERAL_ACCEL * 10.0)
    assert speed_in_bends(np.array([0.0, 30.0]), np.array([0.1, 0.1])) == pytest.approx(inside)
    before = math.sqrt(inside**2 + 2.0 * COMFORT_BRAKE * 18.0)
    assert speed_in_bends(np.array([18.0, 40.0]), np.array([0.1, 0.1])) == pytest.approx(before)
