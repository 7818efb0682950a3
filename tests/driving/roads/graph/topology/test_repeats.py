"""Rows of posts and continuous bodies: rows of a table against objects one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim_suite.driving.roads.graph.kinds import PropKind
from sim_suite.driving.roads.graph.topology.repeats import body_corners, body_row, copy_objects, copy_rows, row_of
from sim_suite.driving.roads.opendrive.furniture import Repeat, RoadObject

SIZES = st.none() | st.floats(0.0, 5.0)


@given(
    repeat=st.builds(
        Repeat, s=st.floats(0.0, 50.0), length=st.just(40.0), distance=st.floats(0.5, 40.0), t_start=st.floats(-9.0, 9.0),
        t_end=st.floats(-9.0, 9.0), width_start=SIZES, width_end=SIZES, height_start=SIZES, height_end=SIZES,
        length_start=SIZES, length_end=SIZES, z_offset_start=st.floats(-1.0, 1.0), z_offset_end=st.floats(-1.0, 1.0),
    ),
    item=st.builds(
        RoadObject, id=st.just("p"), s=st.just(3.0), t=st.just(2.0), heading=st.floats(-3.0, 3.0), length=SIZES, width=SIZES,
        height=SIZES, radius=SIZES,
    ),
    count=st.integers(0, 9),
)  # fmt: skip
def test_rows_are_the_copies(repeat, item, count):
    rows = copy_rows(4, item, PropKind.POLE, repeat, 40.0, count)
    copies = copy_objects(item, repeat, 40.0, count)
    assert np.array(rows).reshape(-1, 9) == pytest.approx(
        np.array([row_of(4, one, PropKind.POLE) for one in copies]).reshape(-1, 9), abs=1e-12
    )


def test_a_body_that_widens():
    repeat = Repeat(10.0, 4.0, 0.0, 1.0, 3.0, width_start=1.0, width_end=2.0)
    rail = RoadObject("r", 0.0, 0.0, "railing", heading=1.0, height=0.8)
    right, left = [[10.0, 0.5], [12.0, 1.25], [14.0, 2.0]], [[14.0, 4.0], [12.0, 2.75], [10.0, 1.5]]
    assert body_corners(rail, repeat, 4.0).tolist() == [*right, *left]
    assert body_row(2, rail, PropKind.BARRIER, repeat, 4.0) == (2, 12.0, 2.0, 0.0, 0.0, 4.0, 1.5, 0.8, PropKind.BARRIER)
