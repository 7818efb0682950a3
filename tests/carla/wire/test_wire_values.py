"""Arguments: read, written back, and refused."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim_suite.carla.wire import values
from sim_suite.carla.wire.errors import WireError
from tests.carla.wire.test_wire_rpc import VALUES

READERS = [
    values.number, values.whole, values.flag, values.text, values.vector, values.transform, values.vehicle_control,
    values.ackermann_control, values.walker_control, values.description, values.settings, values.weather, values.many(values.whole),
]  # fmt: skip
FLOATS = st.floats(-1e30, 1e30)
TRANSFORMS = st.builds(values.Transform, st.builds(values.Vector, FLOATS, FLOATS, FLOATS), FLOATS, FLOATS, FLOATS)


@given(TRANSFORMS)
def test_a_transform_comes_back(pose):
    assert values.transform(values.transform_row(pose)) == pose


@given(st.none() | st.floats(0.0, 1.0), st.booleans())
def test_settings_come_back(delta, synchronous):
    settings = values.Settings(synchronous=synchronous, fixed_delta_s=delta)
    assert values.settings(values.settings_row(settings)) == settings


def test_controls_are_cut_to_what_they_may_be():
    control = values.vehicle_control([2.0, -3, -1.0, False, True, False, 1])
    assert control == values.VehicleControl(1.0, -1.0, 0.0, False, True, False, 1)


def test_a_brake_that_is_no_number_is_the_whole_brake_and_a_throttle_that_is_none_is_refused():
    assert values.vehicle_control([0.0, 0.1, math.nan, False, False, False, 0]).brake == 1.0
    with pytest.raises(WireError, match="no finite number"):
        values.vehicle_control([math.nan, 0.1, 0.0, False, False, False, 0])


@pytest.mark.parametrize("value", [True, "1", None, math.nan, math.inf, 1e39, 10**39, [1.0]])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(WireError, match="no finite number"):
        values.number(value)


def refusal(reader, value):
    """The text with which a reader refuses a value; None where it reads it."""
    try:
        reader(value)
    except WireError as error:
        return str(error)
    return None


@given(st.sampled_from(READERS), VALUES)
def test_whatever_comes_is_read_or_refused_in_one_line(reader, value):
    text = refusal(reader, value)
    assert text is None or len(text.splitlines()) == 1
