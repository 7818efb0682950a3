"""Points of trajectories: straight pieces, clothoids and B-splines by hand and by numerical integration."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim_suite.driving.storyboard.elements import positions as p
from sim_suite.driving.storyboard.numbers import P
from sim_suite.driving.storyboard.parameters import vary
from sim_suite.driving.storyboard.staging.cast import TH, TS, TTIME, TX, TY
from sim_suite.driving.storyboard.staging.tracks import point_on_track, track_of
from sim_suite.errors import SuiteError
from tests.driving.storyboard.stages_by_hand import at, begin, play

HERE = p.WorldPosition(10.0, 20.0, math.pi / 2)


def track(shape, worlds=1, values=None, closed=False, tangent=True):
    """[W, P, 5] in the map's frame."""
    parameters = tuple(vary(name, 0.0, 1e3, usual=0.0) for name in values or ())
    stage = play(begin("car", at(-1, 10.0)), worlds=worlds, values=values, parameters=parameters)
    found = track_of(stage.view, p.Trajectory("way", shape, closed), tangent)
    terrain = stage.map.ground.terrain
    found[..., TX] += terrain.origin_x
    found[..., TY] += terrain.origin_y
    return found


def vertices(*points, times=(None,) * 9):
    return p.Polyline(tuple(p.Vertex(p.WorldPosition(*at), time) for at, time in zip(points, times, strict=False)))


def test_a_polyline():
    found = track(
        vertices((0.0, 0.0), (3.0, 4.0), (3.0, 4.0), (3.0, 9.0), times=(0.0, 1.0, 2.0, P.t)),
        values={"t": np.array([7.0])},
    )
    assert found[0, :, TS].tolist() == [0.0, 5.0, 5.0, 10.0]
    assert found[0, :, TTIME].tolist() == [0.0, 1.0, 2.0, 7.0]
    assert found[0, :, TH] == pytest.approx([math.atan2(4, 3), math.atan2(4, 3), math.pi / 2, math.pi / 2])
    said = track(vertices((0.0, 0.0, 1.0), (3.0, 4.0, 2.0)), tangent=False)
    assert said[0, :, TH].tolist() == [1.0, 2.0]


def test_a_closed_polyline_comes_back():
    found = track(vertices((0.0, 0.0), (3.0, 0.0), (3.0, 4.0)), closed=True)
    assert found[0, -1, [TX, TY]].tolist() == pytest.approx([0.0, 0.0])
    assert found[0, -1, TS] == pytest.approx(12.0)


def test_a_clothoid_without_change_is_a_circle():
    found = track(p.Clothoid(HERE, 0.1, 0.0, 5.0 * math.pi, 2.0, 6.0), tangent=False)[0]
    assert (found[-1, TX], found[-1, TY]) == (pytest.approx(0.0, abs=1e-6), pytest.approx(30.0, abs=1e-6))
    assert found[-1, TH] == pytest.approx(math.pi)
    assert np.hypot(found[:, TX], found[:, TY] - 20.0) == pytest.approx(np.full(len(found), 10.0), abs=1e-6)
    assert found[[0, -1], TTIME].tolist() == [2.0, 6.0]
    assert found[-1, TS] == pytest.approx(5.0 * math.pi, rel=1e-3)


def test_a_clothoid_against_fine_steps():
    found = track(p.Clothoid(HERE, -0.05, 0.004, 40.0))[0]
    s = np.linspace(0.0, 40.0, 400_001)
    middle = (s[1:] + s[:-1]) / 2
    heading = math.pi / 2 - 0.05 * middle + 0.004 * middle**2 / 2
    assert found[-1, TX] == pytest.approx(10.0 + np.cos(heading).sum() * 1e-4, abs=1e-4)
    assert found[-1, TY] == pytest.approx(20.0 + np.sin(heading).sum() * 1e-4, abs=1e-4)


def test_a_spline_of_clothoids_goes_on_where_the_piece_before_ends():
    segments = (
        p.ClothoidSegment(0.0, 0.0, 10.0, position=p.WorldPosition(0.0, 0.0), time_start=0.0),
        p.ClothoidSegment(0.1, 0.1, 5.0 * math.pi, time_start=2.0),
        p.ClothoidSegment(0.0, 0.0, 10.0, math.pi / 2, time_start=3.0),
    )
    found = track(p.ClothoidSpline(segments, 4.0), tangent=False)[0]
    assert (found[-1, TX], found[-1, TY]) == (pytest.approx(10.0), pytest.approx(10.0))
    assert found[-1, TH] == pytest.approx(math.pi)
    assert found[-1, TTIME] == 4.0
    with pytest.raises(SuiteError, match="first segment"):
        track(p.ClothoidSpline(segments[1:]))


def nurbs(order, points, knots, weights=(1.0,) * 9):
    controls = tuple(p.ControlPoint(p.WorldPosition(*at), weight) for at, weight in zip(points, weights, strict=False))
    return p.Nurbs(order, controls, tuple(knots))


def test_a_spline_of_order_2_is_its_polygon():
    found = track(nurbs(2, ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0)), (0, 0, 1, 2, 2)))[0]
    assert (found[-1, TX], found[-1, TY]) == (pytest.approx(10.0), pytest.approx(10.0))
    assert found[-1, TS] == pytest.approx(20.0)


def test_a_rational_quadratic_is_a_circle():
    quarter = nurbs(3, ((10.0, 0.0), (10.0, 10.0), (0.0, 10.0)), (0, 0, 0, 1, 1, 1), (1.0, math.sqrt(0.5), 1.0))
    found = track(quarter, tangent=False)[0]
    assert np.hypot(found[:, TX], found[:, TY]) == pytest.approx(np.full(len(found), 10.0), abs=1e-9)
    assert found[0, TH] == pytest.approx(math.pi / 2, abs=0.03)
    assert abs(math.remainder(found[-1, TH] - math.pi, 2 * math.pi)) < 0.03


def test_knots_may_begin_anywhere():
    moved = track(nurbs(3, ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0)), (0.1, 0.1, 0.1, 0.7, 0.7, 0.7)))
    assert moved[0, -1, [TX, TY]].tolist() == pytest.approx([10.0, 10.0])
    with pytest.raises(SuiteError, match="needs 6 knots"):
        track(nurbs(3, ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0)), (0, 0, 1, 1, 1)))


@pytest.mark.parametrize(
    "shape",
    [
        p.Clothoid(HERE, 0.01, P.bend, P.length, 0.0, 9.0),
        p.ClothoidSpline((p.ClothoidSegment(0.0, 0.01, P.length, position=HERE), p.ClothoidSegment(0.01, 0.0, 20.0))),
        p.Nurbs(
            3,
            tuple(p.ControlPoint(p.WorldPosition(*one), time=0.0) for one in ((0.0, 0.0), (P.length, 0.0), (20.0, 20.0))),
            (0, 0, 0, P.length, P.length, P.length),
        ),
    ],
)  # fmt: skip
def test_a_curve_is_the_same_alone_and_beside_longer_ones(shape):
    values = {"bend": np.array([0.0, 0.001, 0.002]), "length": np.array([8.0, 21.3, 64.0])}
    for tangent in (False, True):
        many = track(shape, 3, values, tangent=tangent)
        for w in range(3):
            alone = track(shape, 1, {name: one[w : w + 1] for name, one in values.items()}, tangent=tangent)[0]
            if isinstance(shape, p.ClothoidSpline):  # its first piece is padded in the middle
                assert np.isin(alone[:, TX], many[w, :, TX]).all()
                continue
            assert np.array_equal(many[w, : len(alone)], alone, equal_nan=True)
            assert (many[w, len(alone) :] == alone[-1])[:, [TX, TY, TS, TH]].all()


def test_places_along_a_track():
    stage = play(begin("car", at(-1, 10.0)), worlds=2)
    way = p.Trajectory("way", vertices((0.0, 0.0), (10.0, 0.0), (10.0, 10.0)))
    x, y, heading = point_on_track(stage.view, way, np.array([4.0, 13.0]))
    assert (x.tolist(), y.tolist()) == ([4.0, 10.0], [0.0, 3.0])
    assert heading.tolist() == pytest.approx([0.0, math.pi / 2])
    x, y, _ = point_on_track(stage.view, way, np.array([-1.0, 25.0]))
    assert (x.tolist(), y.tolist()) == ([0.0, 10.0], [0.0, 10.0])


def test_what_has_no_length():
    with pytest.raises(SuiteError, match="has no length"):
        track(vertices((1.0, 1.0), (1.0, 1.0)))
    with pytest.raises(SuiteError, match="two vertices"):
        track(vertices((1.0, 1.0)))
    with pytest.raises(SuiteError, match="length of a clothoid"):
        track(p.Clothoid(HERE, 0.1, 0.0, 0.0))
