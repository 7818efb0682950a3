"""How a car slows down for others, by hand: a path straight ahead at 10 m/s, boxes at known distances."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.imitation.chauffeurnet.safety.conflicts import (
    NOTHING_HELPS_MPS2,
    SLOWER_MPS2,
    STEPS,
    Margins,
    meeting,
    slower,
    widened,
)
from agents.imitation.chauffeurnet.safety.path import path_through
from perception.moving import OTHER_LENGTH, OTHER_WIDTH
from sim_suite.driving.dynamics.vehicles import LENGTH_M, PARAMETERS
from sim_suite.driving.world.kinds import CAR

FRONT_M = PARAMETERS[CAR, LENGTH_M] / 2 + 0.3


def straight(speed):
    """Of a car that is to hold its speed, m/s."""
    ahead = 0.2 * speed * np.arange(1, 11)
    return path_through(np.stack([ahead, np.zeros(10)], axis=1).astype(np.float32), np.zeros(10, np.float32))


def others(*rows):
    """(x, y, m/s ahead, m/s left, person?) of boxes 4.5 by 1.8 m, or of people."""
    made = [(x, y, 0.0, *((0.25, 0.25) if person else (4.5, 1.8)), vx, vy, person) for x, y, vx, vy, person in rows]
    return np.array(made, np.float32).reshape(-1, 8)


def asked(speed, *rows):
    return slower(straight(speed), speed, widened(others(*rows), Margins()), Margins())


def test_the_mildest_that_keeps_clear_of_who_stands_ahead():
    """Contact is where x exceeds that of the other's rear, less 2.25 and 0.3 m; in 2.4 s a car at 10 m/s drives 24, 21.1, 18.2 m with 0, -1
    and -2 m/s^2, and 8.3 and 6.25 m until it stands with -6 and -8."""
    rear = FRONT_M + 2.25
    assert asked(10.0, (24.5 + rear, 0.0, 0.0, 0.0, 0)) is None
    assert asked(10.0, (22.0 + rear, 0.0, 0.0, 0.0, 0)) == -1.0
    assert asked(10.0, (20.0 + rear, 0.0, 0.0, 0.0, 0)) == -2.0
    assert asked(10.0, (8.5 + rear, 0.0, 0.0, 0.0, 0)) == -6.0
    assert asked(10.0, (7.0 + rear, 0.0, 0.0, 0.0, 0)) == -8.0


def test_where_nothing_helps_it_brakes_all_the_same():
    assert asked(10.0, (3.0 + FRONT_M + 2.25, 0.0, 0.0, 0.0, 0)) == NOTHING_HELPS_MPS2


def test_what_comes_to_more_than_the_plan_is_preferred_where_nothing_suffices():
    """4.7 m of way: at 10 m/s, and braking with 6 m/s^2, it is over in the third step, braking with 8 in the fourth."""
    assert asked(10.0, (4.7 + FRONT_M + 2.25, 0.0, 0.0, 0.0, 0)) == -8.0


def test_who_drives_on_ahead_beside_or_away_is_no_matter():
    assert asked(10.0, (9.0, 0.0, 10.0, 0.0, 0)) is None, "as fast, with margins 1.2 m apart"
    assert asked(10.0, (12.0, 3.5, -10.0, 0.0, 0)) is None, "oncoming, in its own lane"
    assert asked(10.0, (-6.0, 0.0, 14.0, 0.0, 0)) is None, "from behind: braking is no help"
    assert asked(10.0, (0.7, -1.2, 0.0, 0.0, 1)) is None, "who stands beside the car"
    assert asked(0.0, (6.0, 0.0, 0.0, 0.0, 0)) is None, "who is not to move meets nobody"


def test_a_person_who_walks_into_the_way_is_waited_for():
    """4 m to the right at 2 m/s, 12 m ahead: in the middle of the lane when the car would be there after 1 s at 10 m/s."""
    assert asked(10.0, (12.0, -3.0, 0.0, 2.0, 1)) is not None
    assert asked(10.0, (12.0, -3.0, 0.0, 0.0, 1)) is None, "who stays at the kerb is passed"
    assert asked(10.0, (12.0, -1.6, 0.0, 0.0, 1)) is not None, "who stands so near is not, without a step aside"
    no_margin = Margins(person=0.0, ahead=0.05, aside=0.0)
    near = widened(others((12.0, -1.2, 0.0, 0.0, 1)), no_margin)
    assert slower(straight(10.0), 10.0, near, no_margin) is None


def test_margins_are_for_people_and_for_those_who_move():
    rows = others(
        (10.0, 0.0, 0.0, 0.0, 0), (10.0, 0.0, 5.0, 0.0, 0), (10.0, 0.0, 0.0, 0.0, 1), (10.0, 0.0, 1.0, 0.0, 1)
    )
    grown = widened(rows, Margins()) - rows
    assert grown[:, OTHER_LENGTH] == pytest.approx([0.0, 1.0, 1.0, 2.0])
    assert grown[:, OTHER_WIDTH] == pytest.approx([0.0, 0.8, 1.0, 1.8])


@settings(max_examples=200, deadline=None)
@given(
    speed=st.floats(0.0, 15.0),
    rows=st.lists(
        st.tuples(
            st.floats(-20.0, 40.0), st.floats(-15.0, 15.0), st.floats(-12.0, 12.0), st.floats(-12.0, 12.0),
            st.sampled_from([0, 1]),
        ),
        max_size=6,
    ),
)  # fmt: skip
def test_what_is_asked_is_kept_clear_by_and_nothing_milder_is(speed, rows):
    path, grown = straight(speed), widened(others(*rows), Margins())
    t = 0.2 * np.arange(1, STEPS + 1)
    planned = meeting(path.at(speed * t), grown, Margins())
    found = slower(path, speed, grown, Margins())
    assert (found is None) == (planned == STEPS)
    reached = {}
    for accel in SLOWER_MPS2:
        until = np.minimum(t, speed / -accel) if accel < 0.0 else t
        reached[accel] = meeting(path.at(speed * until + 0.5 * accel * until**2), grown, Margins())
    clear = [accel for accel in SLOWER_MPS2 if reached[accel] == STEPS]
    if found is not None and clear:
        assert found == clear[0]
    elif found is not None:
        later = max(reached.values())
        assert found == (
            NOTHING_HELPS_MPS2 if later <= planned else next(a for a in SLOWER_MPS2 if reached[a] == later)
        )
