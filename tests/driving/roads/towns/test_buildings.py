"""Buildings stand clear of roads and of one another."""

import numpy as np
import pytest

from sim_suite.driving.roads.graph.kinds import PropKind
from sim_suite.driving.roads.towns.generate import generate_town
from sim_suite.driving.roads.towns.options import TownOptions
from tests.driving.roads.towns.quality import graph_of

SIZE = (420.0, 320.0)


@pytest.fixture(scope="module")
def town():
    graph = graph_of(generate_town(8, SIZE, TownOptions(irregularity=1.0)))
    first = graph.props.first_corner
    boxes = [
        np.column_stack((graph.props.corner_x[a:b], graph.props.corner_y[a:b]))
        for a, b, kind in zip(first[:-1], first[1:], graph.props.kind, strict=True)
        if kind == PropKind.BUILDING
    ]
    return graph, boxes


def test_there_are_streets_full_of_them(town):
    assert len(town[1]) > 40


def test_they_stay_within_the_town(town):
    corners = np.concatenate(town[1])
    assert corners.min() >= -1e-3
    assert (corners.max(axis=0) <= np.array(SIZE) + 1e-3).all()


def test_no_lane_runs_through_one(town):
    graph, boxes = town
    points = np.concatenate(
        [
            np.column_stack((graph.points.left_x, graph.points.left_y)),
            np.column_stack((graph.points.right_x, graph.points.right_y)),
        ]
    )
    assert not any(inside(box, points).any() for box in boxes)


def test_no_two_overlap(town):
    _, boxes = town
    for index, box in enumerate(boxes):
        for other in boxes[:index]:
            assert apart(box, other)


def inside(box, points):
    """[N] whether points lie within a convex counter-clockwise polygon."""
    edges = np.roll(box, -1, axis=0) - box
    to_point = points[:, None] - box[None]
    return (edges[None, :, 0] * to_point[..., 1] - edges[None, :, 1] * to_point[..., 0] > 0).all(axis=1)


def apart(one, other):
    """Whether an edge of one of two convex polygons separates them."""
    for box in (one, other):
        edges = np.roll(box, -1, axis=0) - box
        for normal in np.column_stack((edges[:, 1], -edges[:, 0])):
            if (one @ normal).max() <= (other @ normal).min() or (other @ normal).max() <= (one @ normal).min():
                return True
    return False
