"""Draws where the agent is going: a soft ribbon along its route, the goal's flag, and the trajectory that it plans. Source: ours."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.world import layout
from sim_suite.driving.world.layout import State
from sim_suite.driving.world.terrain import FIRST_POINT, LANE_STEP, PX, PY, Terrain
from sim_suite.envs.driving.picture import brush
from sim_suite.envs.driving.picture.brush import Image, Points
from sim_suite.envs.driving.picture.camera import Camera
from sim_suite.envs.driving.picture.style import DARK, PictureStyle

_WIDTH_M: Final = 1.5
_FAR_PX: Final = 1e5
"""Plans may lie anywhere; beyond this they are cut off."""
AHEAD_M: Final = 150.0
"""So much of the route is drawn: more than any view shows."""
_SPACING_M: Final = 1.5
_SMOOTH: Final = 9
"""Points over which the ribbon is smoothed: a change of lanes becomes a slant of about 13 m instead of a step."""


def route_ahead(state: State, world: int, agent: int, terrain: Terrain) -> Points:
    """[N, 2] world metres: the agent's route from where it is, AHEAD_M at most; empty where it has none."""
    legs = state.legs[world, agent]
    first = int(state.mind[world, agent, layout.LEG])
    parts: list[Points] = []
    done = float(state.body[world, agent, layout.ROUTE_ARC])
    for leg in range(max(first, 0), len(legs)):
        start = float(state.leg_arc[world, agent, leg])
        if legs[leg] < 0 or start > done + AHEAD_M:
            break
        low, high = state.leg_span[world, agent, leg].tolist()
        if leg == first:
            low = min(low + max(done - start, 0.0), high)
        parts.append(lane_points(terrain, int(legs[leg]), low, high))
    if not parts:
        return np.zeros((0, 2))
    return _smooth(np.concatenate(parts))


def goal_of(state: State, world: int, agent: int, terrain: Terrain) -> Points | None:
    """[2] world metres: where the agent's route ends."""
    legs = state.legs[world, agent]
    count = int((legs >= 0).sum())
    if not count:
        return None
    high = float(state.leg_span[world, agent, count - 1, 1])
    end: Points = lane_points(terrain, int(legs[count - 1]), high, high)[-1]
    return end


def lane_points(terrain: Terrain, lane: int, low_m: float, high_m: float) -> Points:
    """[N, 2] world metres: the middle of a lane between two arcs, both ends included."""
    part = slice(int(terrain.lane[lane, FIRST_POINT]), int(terrain.lane[lane + 1, FIRST_POINT]))
    arc = np.arange(part.stop - part.start) * float(terrain.lane_f[lane, LANE_STEP])
    at = np.linspace(low_m, high_m, max(int((high_m - low_m) / _SPACING_M), 1) + 1)
    x, y = (np.interp(at, arc, terrain.point[part, column]) for column in (PX, PY))
    return np.column_stack((x + terrain.origin_x, y + terrain.origin_y))


def _smooth(line: Points) -> Points:
    """Equal steps, then a moving mean; the ends stay."""
    arc = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))))
    if arc[-1] < 2 * _SPACING_M:
        return line
    at = np.linspace(0.0, arc[-1], int(arc[-1] / _SPACING_M) + 1)
    even = np.column_stack([np.interp(at, arc, line[:, axis]) for axis in (0, 1)])
    half = _SMOOTH // 2
    padded = np.pad(even, ((half, half), (0, 0)), mode="reflect", reflect_type="odd")
    kernel = np.ones(_SMOOTH) / _SMOOTH
    return np.column_stack([np.convolve(padded[:, axis], kernel, "valid") for axis in (0, 1)])


def draw_route(image: Image, line: Points, camera: Camera, style: PictureStyle) -> None:
    """The ribbon, on the road and below all actors."""
    if len(line) < 2:
        return
    pixels = camera.to_pixels(line)
    width = max(_WIDTH_M * camera.scale, 3.0)
    box = (*(pixels.min(axis=0) - width), *(pixels.max(axis=0) + width))
    brush.seen_through(image, box, style.route_opacity, lambda copy: brush.line(copy, pixels, style.route, width))


def draw_goal(image: Image, goal: Points, camera: Camera, style: PictureStyle) -> None:
    """A chequered flag, upright in the picture."""
    x, y = camera.to_pixels(goal).tolist()
    size = max(1.0 * camera.scale, 9.0 * camera.height / 480)
    if not (-4 * size < x < camera.width + 4 * size and -4 * size < y < camera.height + 4 * size):
        return
    brush.ring(image, x, y, 1.1 * size, style.goal, max(0.2 * size, 2.0))
    brush.disc(image, x, y, 0.4 * size, style.goal)
    brush.line(image, np.array([(x, y), (x, y - 3.0 * size)]), DARK, max(0.2 * size, 2.0))
    square = 0.5 * size
    for row in range(3):
        for column in range(4):
            left, top = x + column * square, y - 3.0 * size + row * square
            box = np.array([(0.0, 0.0), (square, 0.0), (square, square), (0.0, square)])
            brush.convex(image, box + np.array((left, top)), DARK if (row + column) % 2 else style.goal)


def draw_plan(image: Image, plan: NDArray[np.floating], camera: Camera, style: PictureStyle) -> None:
    """A planned trajectory, [N, 2] world metres: a line with dots at its points."""
    pixels = camera.to_pixels(np.asarray(plan, np.float64)[:, :2])
    pixels = np.clip(pixels[np.isfinite(pixels).all(axis=1)], -_FAR_PX, _FAR_PX)
    if len(pixels) < 2:
        return
    brush.line(image, pixels, DARK, max(0.36 * camera.scale, 3.0))
    brush.line(image, pixels, style.plan, max(0.18 * camera.scale, 1.4))
    for x, y in pixels.tolist():
        brush.disc(image, x, y, max(0.28 * camera.scale, 1.8), style.plan)
