"""Rays against solids: by hand, against marching through them in small steps, and through the grid against all of them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim_suite.driving.sensors.solids.rays import NEVER, hit
from sim_suite.driving.sensors.solids.scenery import build_scenery
from sim_suite.driving.sensors.solids.solid_grid import first_of_grid, first_of_rows
from sim_suite.driving.sensors.solids.solids import (
    BOX,
    CYLINDER,
    DISC,
    ELLIPSOID,
    OCTAGON,
    SOLID,
    TAPER_LENGTH,
    TAPER_WIDTH,
    TAPERED,
    TRIANGLE,
    Floats,
)
from tests.driving.sensors.scenes import prepared

MARCH = 4000


def solid(shape: int, *, x: float = 10.0, y: float = 0.0, z: float = 0.0, yaw: float = 0.0,
          size: tuple[float, float, float] = (4.0, 2.0, 1.5)) -> Floats:  # fmt: skip
    row = np.zeros(SOLID, np.float32)
    row[:8] = x, y, z, size[2], yaw, 0.5 * size[0], 0.5 * size[1], shape
    return row


def entered(row: Floats, origin: tuple[float, float, float], way: tuple[float, float, float]) -> float:
    return float(hit(row, *map(np.float32, (*origin, *way))))


def test_a_box_ahead_is_met_at_its_near_side() -> None:
    assert entered(solid(BOX), (0.0, 0.0, 1.0), (1.0, 0.0, 0.0)) == 8.0
    assert entered(solid(BOX), (0.0, 0.0, 1.0), (2.0, 0.0, 0.0)) == 4.0  # twice as long a direction, half the t


def test_a_turned_box_shows_its_side() -> None:
    assert entered(solid(BOX, yaw=math.pi / 2), (0.0, 0.0, 1.0), (1.0, 0.0, 0.0)) == pytest.approx(9.0, abs=1e-6)


def test_rays_over_beside_behind_and_from_within_miss() -> None:
    for origin, way in (
        ((0.0, 0.0, 1.6), (1.0, 0.0, 0.0)),
        ((0.0, 1.1, 1.0), (1.0, 0.0, 0.0)),
        ((0.0, 0.0, 1.0), (-1.0, 0.0, 0.0)),
        ((10.0, 0.0, 1.0), (1.0, 0.0, 0.0)),
    ):
        assert entered(solid(BOX), origin, way) == NEVER


def test_round_shapes_by_hand() -> None:
    assert entered(solid(CYLINDER, size=(2.0, 2.0, 3.0)), (0.0, 0.0, 1.0), (1.0, 0.0, 0.0)) == pytest.approx(9.0)
    assert entered(solid(CYLINDER, size=(2.0, 2.0, 3.0)), (10.0, 0.5, 9.0), (0.0, 0.0, -1.0)) == pytest.approx(6.0)
    assert entered(solid(ELLIPSOID, size=(4.0, 2.0, 2.0)), (0.0, 0.0, 1.0), (1.0, 0.0, 0.0)) == pytest.approx(8.0)
    assert entered(solid(ELLIPSOID, size=(4.0, 2.0, 2.0)), (10.0, 0.0, 7.0), (0.0, 0.0, -1.0)) == pytest.approx(5.0)


def test_the_side_of_a_tapered_box_leans() -> None:
    half_way = 2.0 * (1.0 - 0.5 * (1.0 - float(TAPER_LENGTH)))
    assert entered(solid(TAPERED), (0.0, 0.0, 0.75), (1.0, 0.0, 0.0)) == pytest.approx(10.0 - half_way, rel=1e-6)


def test_plates_have_their_outlines() -> None:
    for shape, inside, outside in (
        (OCTAGON, (0.6, 0.6), (0.8, 0.8)),
        (DISC, (0.6, 0.6), (0.75, 0.75)),
        (TRIANGLE, (0.8, 0.9), (0.3, -0.8)),
    ):
        plate = solid(shape, size=(0.04, 2.0, 2.0))
        for (across, up), met in ((inside, True), (outside, False)):
            assert (entered(plate, (0.0, across, 1.0 + up), (1.0, 0.0, 0.0)) < NEVER) == met


@given(
    st.sampled_from((BOX, CYLINDER, ELLIPSOID, TAPERED)),
    st.floats(-3.0, 3.0), st.floats(-3.0, 3.0), st.floats(-2.0, 4.0), st.floats(-math.pi, math.pi), st.floats(-1.0, 1.0),
)  # fmt: skip
def test_a_ray_enters_where_marching_along_it_does(
    shape: int, to_x: float, to_y: float, to_z: float, yaw: float, up: float
) -> None:
    row = solid(shape, x=0.0, yaw=yaw, size=(4.0, 4.0 if shape == CYLINDER else 2.0, 1.5))
    origin = np.array([-9.0, 2.0 * up, 3.0 * up], np.float32)
    way = np.array([to_x, to_y, to_z], np.float32) - origin
    t = float(hit(row, *origin, *way))
    steps = np.linspace(0.0, 3.0, MARCH)
    along = origin.astype(float) + steps[:, None] * way.astype(float)
    # Rays that graze may be off or on: what is a hair larger is met before, what is a hair smaller after.
    larger, smaller = _inside(row, along, 1e-4), _inside(row, along, -1e-4)
    if larger.any():
        assert t >= steps[larger.argmax()] - steps[1]
    elif t < NEVER:  # it is within for less than a step
        assert not _inside(row, origin.astype(float) + (t + 1.5 * steps[[1]])[:, None] * way.astype(float), 0.0)[0]
    if smaller.any():
        assert t <= steps[smaller.argmax()]


def _inside(row: Floats, points: np.ndarray, margin: float) -> np.ndarray:
    """[N] bool of points [N, 3], from the shapes' definitions; of a solid that is larger by a margin on all sides."""
    length, width, height = (float(row[5]) + margin, float(row[6]) + margin, float(row[3]) + 2.0 * margin)
    cos, sin = math.cos(row[4]), math.sin(row[4])
    x, y = points[:, 0] * cos + points[:, 1] * sin, points[:, 1] * cos - points[:, 0] * sin
    z = points[:, 2] + margin
    between = (z >= 0.0) & (z <= height)
    if row[7] == CYLINDER:
        return between & (x**2 + y**2 <= width**2)
    if row[7] == ELLIPSOID:
        return (x / length) ** 2 + (y / width) ** 2 + (2.0 * z / height - 1.0) ** 2 <= 1.0
    if row[7] == TAPERED:
        narrow_x, narrow_y = (1.0 - (1.0 - float(taper)) * z / height for taper in (TAPER_LENGTH, TAPER_WIDTH))
        return between & (np.abs(x) <= length * narrow_x) & (np.abs(y) <= width * narrow_y)
    return between & (np.abs(x) <= length) & (np.abs(y) <= width)


def test_the_grid_finds_what_asking_all_solids_finds() -> None:
    grid = build_scenery(prepared("village"), seed=3)
    rng = np.random.default_rng(0)
    met = 0
    for _ in range(400):
        chosen = grid.solid[rng.integers(len(grid.solid))]
        origin = chosen[[0, 1]] + rng.normal(0.0, 40.0, 2)
        up, heading, slope = rng.uniform(0.5, 4.0), rng.uniform(-math.pi, math.pi), rng.normal(0.0, 0.05)
        ray = tuple(map(np.float32, (*origin, up, 2.0 * math.cos(heading), 2.0 * math.sin(heading), slope)))
        most = np.float32(rng.uniform(20.0, 400.0))
        t, row = first_of_grid(grid, *ray, most)  # type: ignore[call-arg]  # six numbers
        expected, _ = first_of_rows(grid.solid, len(grid.solid), *ray, most)  # type: ignore[call-arg]
        assert t == expected
        assert row < 0 or hit(grid.solid[row], *ray) == t
        met += row >= 0
    assert 100 < met < 390
