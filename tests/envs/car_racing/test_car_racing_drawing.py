"""The frame: near Gymnasium's on every step, by a measure that a late or shifted frame fails; and exact coverage."""

from itertools import pairwise

import numpy as np
import pygame
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim_suite.envs.car_racing import scene as r
from sim_suite.envs.car_racing.coverage import add_quad
from sim_suite.envs.car_racing.env import AREA, CarRacingEnv
from sim_suite.envs.car_racing.fidelity import Overlap, TwiceDrawn, drive, masks, mean_error
from sim_suite.envs.car_racing.score import score_bar

TOLERANCE = 0.3
"""Mean absolute error of any frame, of 255 levels. Promised is 0.5; a frame shifted by a pixel begins at 0.43."""
OVERLAP = 0.9


@pytest.fixture(scope="module")
def samples():
    """Two tracks of 230 steps: the zoom of the start, the road, and skids beside it."""
    env = TwiceDrawn()
    return [list(drive(env, seed, 230)) for seed in range(2)]


def test_the_score_is_written_also_after_another_environment_quit_pygame():
    before = score_bar("0042").copy()
    pygame.quit()
    score_bar.cache_clear()
    assert np.array_equal(score_bar("0042"), before)


def test_every_frame_is_near_gymnasiums(samples):
    assert max(mean_error(s.ours, s.theirs) for track in samples for s in track) < TOLERANCE


def test_car_kerb_and_indicators_lie_where_gymnasium_has_them(samples):
    for track in samples:
        overlap = Overlap.none()
        for s in track:
            if s.tick % 3 == 0:
                overlap.add(s.ours, s.theirs)
        # Enough of each was seen for the figure to mean something.
        assert overlap.either["car"] > 500
        assert overlap.either["indicators"] > 1000
        assert min(overlap.ratio(name) for name in overlap.both) > OVERLAP
    assert sum(int(masks(s.theirs)["kerb"].sum()) for track in samples for s in track) > 1000


def test_a_frame_late_by_one_step_fails(samples):
    for track in samples:
        late = [mean_error(before.ours, after.theirs) for before, after in pairwise(track)]
        assert np.mean(late) > TOLERANCE
        overlap = Overlap.none()
        for before, after in list(pairwise(track))[::3]:
            overlap.add(before.ours, after.theirs)
        assert min(overlap.ratio(name) for name in overlap.both) < OVERLAP


@pytest.mark.parametrize("axis", [0, 1])
def test_a_frame_shifted_by_one_pixel_fails_on_every_step(samples, axis):
    for track in samples:
        overlap = Overlap.none()
        for s in track:
            shifted = s.ours.copy()
            shifted[: r.WORLD_ROWS] = np.roll(s.ours[: r.WORLD_ROWS], 1, axis=axis)
            assert mean_error(shifted, s.theirs) > TOLERANCE
            if s.tick % 3 == 0:
                overlap.add(shifted, s.theirs)
        assert overlap.ratio("car") < OVERLAP


def test_randomised_colours_are_drawn_as_near():
    env = TwiceDrawn(domain_randomize=True)
    assert max(mean_error(s.ours, s.theirs) for seed in range(3) for s in drive(env, seed, 40)) < TOLERANCE


def test_the_edge_of_the_playfield_is_black_where_gymnasium_has_it_black():
    env = TwiceDrawn()
    env.reset(seed=0)
    for position, angle in (((320.0, 0.0), 0.3), ((-325.0, 326.0), 2.0), ((0.0, -330.0), -1.0)):
        for body in (env.car.hull, *env.car.wheels):
            body.position, body.angle = position, angle
        env.t = 2.0
        ours = env._draw()
        assert (env.theirs[: r.WORLD_ROWS] == 0).all(axis=-1).mean() > 0.1
        assert mean_error(ours, env.theirs) < TOLERANCE


@pytest.mark.slow
def test_fifty_tracks_are_as_near():
    env = TwiceDrawn()
    for seed in range(50):
        overlap = Overlap.none()
        for s in drive(env, seed, 300):
            assert mean_error(s.ours, s.theirs) < TOLERANCE, (seed, s.tick)
            overlap.add(s.ours, s.theirs)
        assert min(overlap.ratio(name) for name in overlap.both) > OVERLAP, seed


def coverage(corners, spread=0.0):
    """[84, 96] coverage of one quadrilateral, corners in frame columns and rows."""
    area = np.zeros((r.WORLD_ROWS + 2, 4 * r.SIZE), np.float32)
    corners = np.asarray(corners, np.float64)
    picture = np.stack([corners[:, 0] * r.COLUMN - 0.5, 799.5 - corners[:, 1] * r.ROW], axis=1)
    add_quad(area, picture, np.full(4, spread), 10.0, 20.0, 30.0)
    sums = np.cumsum(area, axis=0)
    shares = sums[: r.WORLD_ROWS, : r.SIZE]
    for channel, level in enumerate((10, 20, 30), start=1):
        np.testing.assert_allclose(
            sums[: r.WORLD_ROWS, channel * r.SIZE : (channel + 1) * r.SIZE], level * shares, atol=1e-3
        )
    return shares


def test_a_rectangle_covers_what_it_covers():
    shares = coverage([(2.25, 3.5), (2.25, 5), (4, 5), (4, 3.5)])
    expected = np.zeros((r.WORLD_ROWS, r.SIZE))
    expected[3, 2:4] = 0.5 * 0.75, 0.5
    expected[4, 2:4] = 0.75, 1.0
    np.testing.assert_allclose(shares, expected, atol=1e-5)


def test_a_triangles_slanted_edge_halves_the_pixels_on_it():
    shares = coverage([(10, 10), (10, 14), (14, 14), (12, 12)])
    np.testing.assert_allclose(shares[10:14, 10:14], np.tril(np.ones((4, 4)), -1) + np.eye(4) / 2, atol=1e-5)


def test_outlines_are_drawn_half_a_picture_pixel_outside():
    shares = coverage([(20, 20), (30, 20), (30, 30), (20, 30)], spread=0.5)
    wide, high = 10 + 1 / r.COLUMN, 10 + 1 / r.ROW
    assert shares.sum() == pytest.approx(wide * high, abs=1e-3)


def clipped_area(polygon, column, row):
    """Area of a convex polygon inside one pixel: cut at its four sides one after the other, then Gauss's formula."""
    for axis, bound, sign in ((0, column, 1), (0, column + 1, -1), (1, row, 1), (1, row + 1, -1)):
        kept = []
        for a, b in zip(polygon, polygon[1:] + polygon[:1], strict=True):
            da, db = sign * (a[axis] - bound), sign * (b[axis] - bound)
            if da >= 0:
                kept.append(a)
            if (da > 0 > db) or (da < 0 < db):
                kept.append(tuple(p + (q - p) * da / (da - db) for p, q in zip(a, b, strict=True)))
        polygon = kept
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(polygon, polygon[1:] + polygon[:1], strict=True))) / 2


@settings(max_examples=50, deadline=None)
@given(
    st.one_of(st.floats(-4, 4), st.floats(40, 60), st.floats(92, 100)),
    st.one_of(st.floats(-4, 4), st.floats(40, 60), st.floats(80, 88)),
    st.floats(1, 8),
    st.floats(1, 8),
    st.floats(0, 6.3),
)
def test_coverage_is_the_area_of_the_clipped_polygon(x, y, length, width, angle):
    c, s = np.cos(angle), np.sin(angle)
    half = np.array([(length, width), (-length, width), (-length, -width), (length, -width)]) / 2
    corners = np.array([x, y]) + half @ np.array([[c, s], [-s, c]])
    shares = coverage(corners)
    expected = np.zeros_like(shares)
    for row in range(max(int(y) - 7, 0), min(int(y) + 8, r.WORLD_ROWS)):
        for column in range(max(int(x) - 7, 0), min(int(x) + 8, r.SIZE)):
            expected[row, column] = clipped_area([tuple(p) for p in corners.tolist()], column, row)
    np.testing.assert_allclose(shares, expected, atol=1e-4)


def test_the_scratch_grid_is_left_empty():
    env = CarRacingEnv()
    env.reset(seed=0)
    env.step(np.array([0.2, 1, 0], np.float32))
    assert not AREA.any()
