"""Reference lines: exact by hand, against scipy's Fresnel integrals and quadrature, and as curves that must be smooth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import fresnel

from sim_suite.driving.roads.geometry.packing import pack_roads
from sim_suite.driving.roads.opendrive.model import Arc, Geometry, Line, ParamPoly3, Poly3, Spiral
from tests.driving.roads.geometry.one_road import chain, local_pose, one_road, poses

S_CURVE = ParamPoly3(0.0, 30.0, 4.0, -4.0, 0.0, 0.0, 18.0, -12.0, True)
SHAPES = (Line(), Arc(0.1), Arc(-0.02), Spiral(0.0, 0.08), Spiral(0.1, -0.1), Poly3(0.0, 0.1, 0.01, -1e-4), S_CURVE)


def curvatures():
    return st.floats(-0.2, 0.2)


def shapes():
    return st.one_of(
        st.just(Line()),
        curvatures().map(Arc),
        st.builds(Spiral, curvatures(), curvatures()),
        st.builds(Poly3, st.just(0.0), st.floats(-0.3, 0.3), st.floats(-0.01, 0.01), st.floats(-1e-4, 1e-4)),
        st.builds(
            lambda u, v, w: ParamPoly3(0.0, 30.0, u, -u, 0.0, v, w, -0.7 * w, True),
            st.floats(-5, 5), st.floats(-5, 5), st.floats(-10, 10),
        ),
    )  # fmt: skip


def tables_of(*geometries):
    return pack_roads(one_road(*geometries))


def test_a_line_by_hand():
    tables = tables_of(Geometry(0.0, 1.0, 2.0, math.pi / 2, 10.0, Line()))
    np.testing.assert_allclose(
        poses(tables, [0.0, 4.0]), [[1, 2, math.pi / 2, 0, 0], [1, 6, math.pi / 2, 0, 0]], atol=1e-12
    )


def test_a_quarter_circle_by_hand():
    tables = tables_of(Geometry(0.0, 0.0, 0.0, 0.0, 5.0 * math.pi, Arc(0.1)))
    np.testing.assert_allclose(poses(tables, 5.0 * math.pi), [[10, 10, math.pi / 2, 0.1, 0]], atol=1e-12)


def test_a_nearly_straight_arc_keeps_its_accuracy():
    tables = tables_of(Geometry(0.0, 0.0, 0.0, 0.0, 1000.0, Arc(1e-13)))
    np.testing.assert_allclose(poses(tables, 1000.0)[0, :2], [1000.0, 0.5e-7], rtol=1e-6)


@pytest.mark.parametrize("length", [5.0, 40.0, 200.0])
def test_a_clothoid_equals_the_fresnel_integrals(length):
    scale = math.sqrt(length / 0.2 * math.pi)  # curvature runs from 0 to 0.2: 20 rad at 200 m
    tables = tables_of(Geometry(0.0, 0.0, 0.0, 0.0, length, Spiral(0.0, 0.2)))
    s = np.linspace(0.0, length, 41)
    sine, cosine = fresnel(s / scale)
    np.testing.assert_allclose(poses(tables, s)[:, :2], np.column_stack((scale * cosine, scale * sine)), atol=1e-9)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{type(shape).__name__}{shape[:2]}")
def test_every_shape_equals_scipys_quadrature(shape):
    tables = tables_of(Geometry(0.0, 0.0, 0.0, 0.0, 30.0, shape))
    s = np.linspace(0.0, 30.0, 7)
    expected = [local_pose(shape, 30.0, place) for place in s]
    np.testing.assert_allclose(poses(tables, s)[:, :3], expected, atol=1e-8)


def test_both_ranges_of_p_run_by_arc_length():
    scaled = ParamPoly3(*(value / 30.0**k for k, value in enumerate(S_CURVE[:4])),
                        *(value / 30.0**k for k, value in enumerate(S_CURVE[4:8])), False)  # fmt: skip
    s = np.linspace(0.0, 30.0, 11)
    by_one = poses(tables_of(Geometry(0.0, 3.0, 4.0, 1.0, 30.0, S_CURVE)), s)
    by_length = poses(tables_of(Geometry(0.0, 3.0, 4.0, 1.0, 30.0, scaled)), s)
    np.testing.assert_allclose(by_one, by_length, atol=1e-8)


@given(shapes(), st.floats(1.0, 29.0))
@settings(max_examples=60, deadline=None)
def test_heading_curvature_and_its_change_are_derivatives(shape, s):
    tables, h = tables_of(Geometry(0.0, 0.0, 0.0, 0.7, 30.0, shape)), 1e-4
    before, here, after = poses(tables, [s - h, s, s + h])
    slope = (after - before) / (2.0 * h)
    assert math.isclose(math.hypot(slope[0], slope[1]), 1.0, abs_tol=1e-6), "s is arc length"
    assert abs(math.remainder(math.atan2(slope[1], slope[0]) - here[2], 2.0 * math.pi)) < 1e-6
    if before[2] * after[2] > -4.0:  # not across the cut of atan2
        assert math.isclose(slope[2], here[3], abs_tol=1e-5)
    assert math.isclose(slope[3], here[4], abs_tol=1e-4, rel_tol=1e-3)


@given(st.lists(st.tuples(shapes(), st.floats(0.5, 30.0)), min_size=2, max_size=4), st.floats(-3.0, 3.0))
@settings(max_examples=25, deadline=None)
def test_pieces_built_end_to_end_are_continuous_and_as_long_as_their_sum(pieces, heading):
    geometries = chain(pieces, heading=heading)
    tables = tables_of(*geometries)
    for geometry in geometries[1:]:
        before, after = poses(tables, [geometry.s - 1e-9, geometry.s + 1e-9])
        assert np.hypot(*(after - before)[:2]) < 1e-6
        assert abs(math.remainder(after[2] - before[2], 2.0 * math.pi)) < 1e-6
    length = sum(geometry.length for geometry in geometries)
    line = poses(tables, np.linspace(0.0, length, 4001))[:, :2]
    assert math.isclose(np.hypot(*np.diff(line, axis=0).T).sum(), length, rel_tol=1e-4)
