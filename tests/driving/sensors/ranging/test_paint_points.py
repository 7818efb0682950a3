"""Pictures of scans: each point where it lies, in its colour, the higher over the lower; range rates red and blue."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.driving.sensors.ranging.paint_points import PAPER, from_above
from sim_suite.driving.sensors.solids.semantics import Tag
from sim_suite.errors import SuiteError

SIDE = 100
CAR, ROAD = (96, 170, 255), (88, 92, 104)


def drawn(*points, **options):
    """Of (x, y, z, tag), 1 m to 5 pixels."""
    rows = np.array([[x, y, z, 1.0] for x, y, z, _ in points], np.float32).reshape(-1, 4)
    tags = np.array([tag for *_, tag in points], np.uint8)
    return from_above(rows, tags, reach_m=10.0, side=SIDE, **options)


def test_a_point_lies_ahead_and_to_the_left():
    # 5.1 m ahead: row (10 - 5.1) * 5 = 24; 2.1 m to the left: column (10 - 2.1) * 5 = 39; two pixels wide.
    picture = drawn((5.1, 2.1, 0.0, Tag.CAR))
    assert {tuple(pixel) for pixel in picture[24:26, 39:41].reshape(-1, 3).tolist()} == {CAR}
    assert (picture != PAPER).any(axis=2).sum() == 4 + (picture == (255, 150, 40)).all(axis=2).sum()


def test_the_higher_lies_over_the_lower():
    for points in (
        [(5.1, 2.1, 1.0, Tag.CAR), (5.1, 2.1, -1.9, Tag.ROAD)],
        [(5.1, 2.1, -1.9, Tag.ROAD), (5.1, 2.1, 1.0, Tag.CAR)],
    ):
        assert tuple(drawn(*points)[24, 39].tolist()) == CAR
    assert tuple(drawn((5.1, 2.1, -1.9, Tag.ROAD))[24, 39].tolist()) == ROAD


def test_what_lies_outside_is_left_out():
    assert np.array_equal(drawn((11.0, 0.0, 0.0, Tag.CAR), (0.0, -10.5, 0.0, Tag.CAR)), drawn())


def test_detections_are_red_where_they_come_and_blue_where_they_go():
    # Range 5 straight ahead of a radar 2 m before the lidar: 7 m ahead, row 15, column 50.
    def colour(rate):
        rows = np.array([[5.0, 0.0, 0.0, rate]], np.float32)
        return tuple(drawn(detections=rows, ahead_m=2.0)[15, 50].tolist())

    assert [colour(rate) for rate in (-20.0, -8.0, 8.0, 0.0)] == [(255, 92, 64)] * 2 + [(90, 190, 255), (235, 235, 235)]
    assert colour(-4.0) == (245, 164, 150)
    # Points are pale then.
    pale = drawn((5.1, 2.1, 0.0, Tag.CAR), detections=np.zeros((0, 4), np.float32))[24, 39]
    assert tuple(pale.tolist()) == tuple(c // 3 + p for c, p in zip(CAR, PAPER, strict=True))


def test_what_does_not_fit_is_refused():
    with pytest.raises(SuiteError, match="2 points and 1 tags"):
        from_above(np.zeros((2, 4), np.float32), np.zeros(1, np.uint8))
    with pytest.raises(SuiteError, match=r"reach_m is 0\.0"):
        from_above(np.zeros((0, 4), np.float32), np.zeros(0, np.uint8), reach_m=0.0)
