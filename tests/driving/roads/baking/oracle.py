"""What textures must hold, worked out texel by texel with plain geometry, for the tests of baking."""

from __future__ import annotations

import numpy as np

from sim_suite.driving.roads.baking.lookup import lookup


def centres(textures):
    """x, y of all texels, [rows, cols]."""
    x = textures.x_min + (np.arange(textures.cols) + 0.5) / textures.texels_per_metre
    y = textures.y_min + (np.arange(textures.rows) + 0.5) / textures.texels_per_metre
    return np.meshgrid(x, y)


def lanes_of(textures, number):
    return textures.set_lane[textures.set_first[number] : textures.set_first[number + 1]]


def membership(textures, x, y, num_lanes):
    """[N, L] whether the lanes are in the sets at places."""
    _, sets = lookup(textures, x, y)
    table = np.zeros((textures.num_sets, num_lanes), bool)
    table[np.repeat(np.arange(textures.num_sets), np.diff(textures.set_first)), textures.set_lane] = True
    return table[sets.ravel()]


def distance_to_polygon(x, y, corners):
    """Of places to the outline of a polygon, negative inside (even-odd), [N]."""
    inside = np.zeros(len(x), bool)
    nearest = np.full(len(x), np.inf)
    for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        crosses = (ay > y) != (by > y)
        with np.errstate(divide="ignore", invalid="ignore"):
            inside ^= crosses & (x < ax + (y - ay) * (bx - ax) / (by - ay))
        length2 = max((bx - ax) ** 2 + (by - ay) ** 2, 1e-18)
        share = np.clip(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length2, 0.0, 1.0)
        nearest = np.minimum(nearest, np.hypot(x - ax - share * (bx - ax), y - ay - share * (by - ay)))
    return np.where(inside, -nearest, nearest)


def strip_of(graph, lane):
    """Corners of a lane's strip, [2 n, 2]."""
    rows = slice(graph.lanes.first_point[lane], graph.lanes.first_point[lane + 1])
    points = graph.points
    left = np.stack((points.left_x[rows], points.left_y[rows]), axis=1)
    right = np.stack((points.right_x[rows], points.right_y[rows]), axis=1)
    return np.concatenate((left, right[::-1]))


def assert_strips(textures, graph, tolerance_m=0.0005):
    """Each texel's set is that of the lanes whose strips hold its centre, but for centres that lie on an outline."""
    x, y = (values.ravel() for values in centres(textures))
    found = membership(textures, x, y, graph.num_lanes)
    for lane in range(graph.num_lanes):
        distance = distance_to_polygon(x, y, strip_of(graph, lane))
        clear = np.abs(distance) > tolerance_m
        wrong = np.flatnonzero((found[:, lane] != (distance < 0.0)) & clear)
        assert len(wrong) == 0, f"lane {lane} at {x[wrong[:3]]}, {y[wrong[:3]]}: {distance[wrong[:3]]}"
