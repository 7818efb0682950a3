"""What a ChauffeurNet learns to say of many moments, drawn on its grid by compiled kernels. Source: Bansal et al. 2018, section 5.

One pass an example: its drive about the moment, perturbed where it is asked for, then poses and masks in the frame of its raster.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from agents.imitation.chauffeurnet.data.coverage import cover_polygon
from agents.imitation.chauffeurnet.data.perturbation import PSLIP, PSPEED, PX, PY, PYAW, SCRATCH, perturb
from sim_suite.compiling import borrowing, shared
from sim_suite.driving.sensors.raster.intensity import PAVED_VALUE
from sim_suite.driving.sensors.raster.placing import View, to_picture, view_of
from sim_suite.driving.sensors.raster.raster_plan import RasterPlan
from sim_suite.driving.world.kinds import NO_CONTROL
from sim_suite.driving.world.layout import CONTROL, KIND, LENGTH, NUM_ACTORS, SLIP, SPEED, WIDTH, YAW, X, Y

REACH: Final = 10
"""Rows before the moment from which a perturbed drive departs: 2 s, as far as the paper's waypoints reach on the other side."""
PIECES: Final = 4
"""Straight pieces of the path between two waypoints: at 60 degrees a second it is 0.6 % of a piece's length off the curve."""
_STILL_M: Final = 0.05


class Moments(NamedTuple):
    """B examples of one log. Kernels take it as one argument."""

    body: np.ndarray
    """[n, A, BODY] Of the log."""
    mind: np.ndarray
    """[n, A, MIND]"""
    world: np.ndarray
    """[n, WORLD]"""
    rows: np.ndarray
    """[B] int64."""
    first: np.ndarray
    """[B] int64 first row of the example's episode."""
    staged: np.ndarray
    """[B] uint8: as `DrivingLog.staged`."""
    rotation: np.ndarray
    """[B, 1] float32, as `Rasteriser.draw` takes it."""
    draws: np.ndarray
    """[B, K, 3] float64, as `perturb` takes them."""
    is_perturbed: np.ndarray
    """[B] uint8: asked for; the kernel leaves 1 where it was done."""
    most_curvature: float
    most_lateral: float


class Targets(NamedTuple):
    """Arrays of a `Batch`, and the poses from which they are drawn."""

    poses: np.ndarray
    """[B, P + 1 + N, POSE] float64: past, oldest first, moment, future."""
    waypoints: np.ndarray
    headings: np.ndarray
    speeds: np.ndarray
    known: np.ndarray
    boxes: np.ndarray
    others: np.ndarray
    road: np.ndarray
    path: np.ndarray


class Desk(NamedTuple):
    """Scratch memory of one thread."""

    polygon: np.ndarray
    """[M, 2] float64."""
    sums: np.ndarray
    """[h, w + 2] float64, 0."""
    work: np.ndarray
    """[P + 1 + N, SCRATCH] float64."""


def new_desk(grid: tuple[int, int], past: int, waypoints: int) -> Desk:
    """For so many past poses beside the present one."""
    points = 2 * (PIECES * waypoints + 3)
    return Desk(np.zeros((points, 2)), np.zeros((grid[0], grid[1] + 2)), np.zeros((past + 1 + waypoints, SCRATCH)))


@shared
def drive_moments(moments: Moments, poses: np.ndarray, waypoints: int, desk: Desk, begin: int, end: int) -> None:
    """Fill the poses of examples begin..end, [B, P + 1 + N, POSE]; before an episode its first pose."""
    past = poses.shape[1] - 1 - waypoints
    for b in range(begin, end):
        now, own = moments.rows[b], poses[b]
        for j in range(len(own)):
            body = moments.body[max(now + j - past, moments.first[b]), 0]
            own[j, PX], own[j, PY], own[j, PYAW] = body[X], body[Y], body[YAW]
            own[j, PSPEED], own[j, PSLIP] = body[SPEED], body[SLIP]
        if moments.is_perturbed[b] != 0:
            start = past - min(min(REACH, past), now - moments.first[b])
            done = perturb(
                own, start, past, past + waypoints, moments.draws[b], moments.most_curvature, moments.most_lateral, desk.work
            )  # fmt: skip
            moments.is_perturbed[b] = 1 if done else 0


@shared
def fill_trails(
    moments: Moments, poses: np.ndarray, past: int, bodies: np.ndarray, trail: np.ndarray, begin: int, end: int
) -> None:
    """Put the driven poses into worlds begin..end. bodies: [B, A, BODY]; trail: [B, A, H, 4], newest first; kinds of others as then."""
    for b in range(begin, end):
        for h in range(trail.shape[2]):
            row = max(moments.rows[b] - h, moments.first[b])
            for a in range(moments.world[row, NUM_ACTORS]):
                body, mind = moments.body[row, a], moments.mind[row, a]
                trail[b, a, h, 0], trail[b, a, h, 1], trail[b, a, h, 2] = body[X], body[Y], body[YAW]
                there = mind[CONTROL] != NO_CONTROL and (row > moments.first[b] or moments.staged[b] == 0 or a == 0)
                trail[b, a, h, 3] = np.float32(mind[KIND] + 1) if there else np.float32(0.0)
            if h <= past:
                pose = poses[b, past - h]
                trail[b, 0, h, 0], trail[b, 0, h, 1], trail[b, 0, h, 2] = pose[PX], pose[PY], pose[PYAW]
        pose = poses[b, past]
        bodies[b, 0, X], bodies[b, 0, Y], bodies[b, 0, YAW] = pose[PX], pose[PY], pose[PYAW]


@shared
def draw_targets(
    moments: Moments, targets: Targets, bodies: np.ndarray, rasters: np.ndarray, plan: RasterPlan, stride: int, desk: Desk,
    begin: int, end: int,
) -> None:  # fmt: skip
    """Fill the targets of examples begin..end. bodies: [B, A, BODY] of the worlds as drawn; rasters: [B, C, H, W] as drawn."""
    waypoints = targets.waypoints.shape[1]
    past = targets.poses.shape[1] - 1 - waypoints
    for b in range(begin, end):
        view = view_of(bodies[b, 0], moments.rotation[b, 0])
        length, width = float(bodies[b, 0, LENGTH]), float(bodies[b, 0, WIDTH])
        poses = targets.poses[b, past:]
        for k in range(waypoints):
            pose = poses[k + 1]
            row, column = to_picture(plan, view, pose[PX], pose[PY])
            targets.waypoints[b, k, 0], targets.waypoints[b, k, 1] = row, column
            turn = pose[PYAW] - view.heading
            targets.headings[b, k] = turn - 2.0 * math.pi * math.floor(turn / (2.0 * math.pi) + 0.5)
            targets.speeds[b, k] = pose[PSPEED]
            targets.known[b, k] = 0.0 <= row < plan.rows and 0.0 <= column < plan.cols
            plane = targets.boxes[b, k]
            plane[:] = np.float32(0.0)
            _draw_box(plane, plan, view, stride, pose[PX], pose[PY], pose[PYAW], length, width, desk)
        for k in range(waypoints + 1):
            plane, row = targets.others[b, k], moments.rows[b] + k
            plane[:] = np.float32(0.0)
            for a in range(1, moments.world[row, NUM_ACTORS]):
                other = moments.body[row, a]
                if moments.mind[row, a, CONTROL] != NO_CONTROL:
                    _draw_box(
                        plane, plan, view, stride, other[X], other[Y], other[YAW], other[LENGTH], other[WIDTH], desk
                    )  # fmt: skip
        targets.path[b][:] = np.float32(0.0)
        _draw_path(targets.path[b], plan, view, stride, poses, length, width, desk)
        _shrink_road(targets.road[b], rasters[b, plan.road], stride)


@borrowing
def _draw_box(
    plane: np.ndarray, plan: RasterPlan, view: View, stride: int, x: float, y: float, yaw: float, length: float,
    width: float, desk: Desk,
) -> None:  # fmt: skip
    """Corners counter-clockwise, from the front's left one."""
    cos, sin = math.cos(yaw), math.sin(yaw)
    reach = 0.5 * (length + width) / plan.metres_per_pixel
    row, column = to_picture(plan, view, x, y)
    if not (-reach < row < plan.rows + reach and -reach < column < plan.cols + reach):
        return
    for corner in range(4):
        ahead = 0.5 * length if corner in (0, 3) else -0.5 * length
        left = 0.5 * width if corner < 2 else -0.5 * width
        _put(desk.polygon, corner, plan, view, stride, x + ahead * cos - left * sin, y + ahead * sin + left * cos)
    cover_polygon(plane, desk.polygon, 4, desk.sums)


@borrowing
def _draw_path(
    plane: np.ndarray, plan: RasterPlan, view: View, stride: int, poses: np.ndarray, length: float, width: float,
    desk: Desk,
) -> None:  # fmt: skip
    """From the rear of the present box to the front of the last: cubic Hermite curves between the poses, as wide as the box."""
    points = len(desk.polygon)
    count = points // 2
    half = 0.5 * width
    for i in range(count):
        inner = min(max(i - 1, 0), count - 3)
        x, y, heading = _on_curve(poses, inner)
        beyond = -0.5 * length if i == 0 else 0.5 * length if i == count - 1 else 0.0
        x, y = x + beyond * math.cos(heading), y + beyond * math.sin(heading)
        aside_x, aside_y = -half * math.sin(heading), half * math.cos(heading)
        _put(desk.polygon, i, plan, view, stride, x + aside_x, y + aside_y)
        _put(desk.polygon, points - 1 - i, plan, view, stride, x - aside_x, y - aside_y)
    cover_polygon(plane, desk.polygon, points, desk.sums)


@borrowing
def _on_curve(poses: np.ndarray, piece: int) -> tuple[float, float, float]:
    """(x, y, heading) at the begin of a piece of the curve through the poses."""
    k = min(piece // PIECES, len(poses) - 2)
    t = (piece - k * PIECES) / PIECES
    here, there = poses[k], poses[k + 1]
    chord_x, chord_y = there[PX] - here[PX], there[PY] - here[PY]
    chord = math.hypot(chord_x, chord_y)
    if chord < _STILL_M:
        return here[PX] + t * chord_x, here[PY] + t * chord_y, here[PYAW]
    # In reverse the curve runs against the headings.
    sign = 1.0 if chord_x * math.cos(here[PYAW]) + chord_y * math.sin(here[PYAW]) >= 0.0 else -1.0
    from_course, to_course = here[PYAW] + here[PSLIP], there[PYAW] + there[PSLIP]
    a, b = sign * chord, t * t * (3.0 - 2.0 * t)
    out, back = t * (1.0 - t) * (1.0 - t), t * t * (t - 1.0)
    x = here[PX] + b * chord_x + a * (out * math.cos(from_course) + back * math.cos(to_course))
    y = here[PY] + b * chord_y + a * (out * math.sin(from_course) + back * math.sin(to_course))
    rise, leave, arrive = 6.0 * t * (1.0 - t), (1.0 - t) * (1.0 - 3.0 * t), t * (3.0 * t - 2.0)
    along_x = rise * chord_x + a * (leave * math.cos(from_course) + arrive * math.cos(to_course))
    along_y = rise * chord_y + a * (leave * math.sin(from_course) + arrive * math.sin(to_course))
    return x, y, math.atan2(sign * along_y, sign * along_x)


@borrowing
def _put(polygon: np.ndarray, i: int, plan: RasterPlan, view: View, stride: int, x: float, y: float) -> None:
    row, column = to_picture(plan, view, x, y)
    polygon[i, 0], polygon[i, 1] = row / stride, column / stride


@borrowing
def _shrink_road(plane: np.ndarray, road: np.ndarray, stride: int) -> None:
    """The share of each cell's pixels that are paved."""
    for r in range(plane.shape[0]):
        for c in range(plane.shape[1]):
            count = 0
            for i in range(stride):
                for j in range(stride):
                    count += 1 if road[r * stride + i, c * stride + j] >= PAVED_VALUE else 0
            plane[r, c] = count / (stride * stride)
