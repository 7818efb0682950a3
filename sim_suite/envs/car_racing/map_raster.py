"""CarRacing's world as top-down rasters of a `RasterSpec`, heading up, from its exact geometry. Source: ours.

They are drawn from the track's polygons and the car's pose, not from the frame's labels: the frame zooms in over the first second, ends
in indicators, and shows 20 m ahead of a car that drives 70 m a second. Here a pixel has the same size in every step.

Channels: road (`FULL`; kerbs `SIDEWALK_VALUE`, for they have the grass's grip), route (the next tiles, as far as the raster reaches), ego
and past_poses; the others show what this world has not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import borrowing, shared
from sim_suite.compiling.sharing import most_threads, share
from sim_suite.driving.sensors.raster.boxes import draw_box
from sim_suite.driving.sensors.raster.intensity import FULL, SIDEWALK_VALUE
from sim_suite.driving.sensors.raster.placing import View, to_picture, view_of
from sim_suite.driving.sensors.raster.raster import clear
from sim_suite.driving.sensors.raster.raster_plan import RasterPlan, plan_raster
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec
from sim_suite.driving.sensors.raster.scene_boxes import box_of, num_boxes
from sim_suite.driving.world.kinds import AGENT, CAR
from sim_suite.driving.world.layout import BODY, CONTROL, KIND, LENGTH, MIND, TRAIL_TICKS, WIDTH
from sim_suite.envs.car_racing.convex import crossings
from sim_suite.errors import UnknownNameError

CHANNELS: Final = ("road", "route", "ego", "past_poses")
"""Those that can be drawn."""
PRESET: Final = "car_racing"
"""Drawn where none is named."""
ROW_STEPS: Final = 10
"""Steps of 0.02 s between past poses: 0.2 s, as TRAIL_TICKS are in the driving world."""
LENGTH_M: Final = 5.0
"""Of the car, from front wing to rear wing. Its box is centred on the hull's origin, 0.1 m behind the outline's middle."""
WIDTH_M: Final = 2.76
"""Over the wheels."""
TILE_M: Final = 3.5
"""Between neighbouring tiles: Gymnasium's TRACK_DETAIL_STEP."""
LOST_M: Final = 30.0
"""Whose next tiles are farther away than two roads are wide is on another part of the track."""
_BEHIND, _AHEAD = 3, 12
"""Tiles from the last one among which the nearest is sought: in 0.2 s at 100 m/s a car passes six."""


@dataclass(frozen=True, eq=False)
class Tracks:
    """E tracks, packed for kernels. float64, metres, world frame."""

    quads: NDArray[np.float64]
    """[Q, 4, 2] Corners in their order round each quadrilateral: of a track its tiles in driving order, then its kerbs."""
    first: NDArray[np.int64]
    """[E + 1] First quadrilateral of each track."""
    kerbs: NDArray[np.int64]
    """[E] First kerb of each track."""

    @staticmethod
    def joined(parts: Sequence[Tracks]) -> Tracks:
        """Several as one, in their order."""
        begins = np.cumsum([0, *(len(part.quads) for part in parts)])
        return Tracks(
            np.concatenate([part.quads for part in parts]),
            np.concatenate([[0], *(part.first[1:] + begin for part, begin in zip(parts, begins, strict=False))]),
            np.concatenate([part.kerbs + begin for part, begin in zip(parts, begins, strict=False)]),
        )


# Gymnasium's environment is untyped.
def read_track(world: Any) -> Tracks:
    """The track of an unwrapped CarRacing environment, ours or Gymnasium's, that was reset."""
    polygons = world.road_poly
    # A tile's colour is an array that contacts write to, a kerb's is a tuple.
    kerb = np.array([isinstance(colour, tuple) for _, colour in polygons])
    quads = np.array([corners for corners, _ in polygons], np.float64)
    tiles = int((~kerb).sum())
    return Tracks(np.concatenate([quads[~kerb], quads[kerb]]), np.array([0, len(quads)]), np.array([tiles]))


def tile_at(centre: NDArray[np.float64], x: float, y: float, last: int) -> int:
    """The tile nearest to a car near tile `last` of the closed loop centre [N, 2]; of the whole loop where it left that part."""
    near = np.arange(last - _BEHIND, last + _AHEAD + 1) % len(centre)
    away = np.hypot(*(centre[near] - (x, y)).T)
    if away.min() > LOST_M:
        near = np.arange(len(centre))
        away = np.hypot(*(centre - (x, y)).T)
    return int(near[away.argmin()])


def car_bodies(count: int) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """(body [n, 1, BODY], mind [n, 1, MIND]) of cars as the driving world keeps them; poses and speeds are 0."""
    body, mind = np.zeros((count, 1, BODY), np.float32), np.zeros((count, 1, MIND), np.int32)
    body[..., LENGTH], body[..., WIDTH] = LENGTH_M, WIDTH_M
    mind[..., CONTROL], mind[..., KIND] = AGENT, CAR
    return body, mind


def refuse_channels(spec: RasterSpec) -> None:
    """Raises UnknownNameError for a channel that this world has not."""
    for name in spec.channels:
        if name not in CHANNELS:
            raise UnknownNameError("channel of CarRacing's raster", name, CHANNELS, f"Its preset is {PRESET!r}.")


class TrackRasteriser:
    """Draws rasters of one spec. It keeps scratch memory: use one for each thread that draws."""

    def __init__(self, spec: RasterSpec) -> None:
        """Raises UnknownNameError for a channel that this world has not."""
        refuse_channels(spec)
        self.plan = plan_raster(spec)
        self._polygons = np.zeros((most_threads(), 4, 2))
        self._route = int(self.plan.reach_m / TILE_M)

    def draw(
        self, tracks: Tracks, which: NDArray[np.int64], tile: NDArray[np.int64], body: NDArray[np.float32],
        trail: NDArray[np.float32], out: NDArray[np.uint8], rotation: NDArray[np.float32] | None = None,
        past_points: NDArray[np.int32] | None = None,
    ) -> None:  # fmt: skip
        """Fill out, [B, C, H, W] uint8, contiguous.

        which: [B] number of the track; tile: [B] next to the car; body: [B, 1, BODY]; trail: [B, 1, H, 4] x, y, yaw and 1, of ROW_STEPS
        ago and older, newest first; rotation, past_points: [B], as `driving.sensors.raster.Rasteriser.draw` takes them.
        """
        count = len(out)
        turned = np.zeros(count, np.float32) if rotation is None else rotation
        points = np.full(count, self.plan.past_points, np.int32) if past_points is None else past_points
        _, mind = car_bodies(1)
        share(
            lambda part, begin, end: _draw(
                self.plan, tracks.quads, tracks.first, tracks.kerbs, self._route, which, tile, body, mind[0], trail, turned,
                points, self._polygons[part], begin, end, out,
            ),
            count,
        )  # fmt: skip


@shared
def _draw(
    plan: RasterPlan, quads: np.ndarray, first: np.ndarray, kerbs: np.ndarray, route: int, which: np.ndarray,
    tile: np.ndarray, body: np.ndarray, mind: np.ndarray, trail: np.ndarray, rotation: np.ndarray,
    past_points: np.ndarray, polygon: np.ndarray, begin: int, end: int, out: np.ndarray,
) -> None:  # fmt: skip
    """Examples begin..end."""
    # All poses are known: before the first one the car stood there.
    tick = TRAIL_TICKS * trail.shape[2]
    for b in range(begin, end):
        planes, view = out[b], view_of(body[b, 0], rotation[b])
        clear(planes)
        start, kerb, last = first[which[b]], kerbs[which[b]], first[which[b] + 1]
        if plan.road >= 0:
            for q in range(start, last):
                _draw_quad(planes[plan.road], plan, view, quads[q], polygon, FULL if q < kerb else SIDEWALK_VALUE)
        if plan.route >= 0:
            tiles = kerb - start
            for step in range(min(route + 1, tiles)):
                _draw_quad(planes[plan.route], plan, view, quads[start + (tile[b] + step) % tiles], polygon, FULL)
        for number in range(num_boxes(plan, 1)):
            box = box_of(plan, view, number, 0, 1, body[b], mind, trail[b], tick, mind[:, KIND], past_points[b])
            if box.plane >= 0:
                draw_box(planes[box.plane], box.row, box.col, box.turn, box.half_length, box.half_width, box.value)


@borrowing
def _draw_quad(
    plane: np.ndarray, plan: RasterPlan, view: View, quad: np.ndarray, polygon: np.ndarray, value: int
) -> None:
    """The pixels whose middle lies inside a convex quadrilateral; brighter ones stay. polygon: [4, 2] scratch."""
    rows, cols = plane.shape
    top, bottom, left, right = math.inf, -math.inf, math.inf, -math.inf
    for k in range(4):
        row, col = to_picture(plan, view, quad[k, 0], quad[k, 1])
        polygon[k, 0], polygon[k, 1] = col, row
        top, bottom, left, right = min(top, row), max(bottom, row), min(left, col), max(right, col)
    if not (bottom > 0.0 and top < rows and right > 0.0 and left < cols):
        return
    for r in range(int(max(math.ceil(top - 0.5), 0.0)), int(min(math.floor(bottom - 0.5) + 1.0, float(rows)))):
        enters, leaves = crossings(polygon, r + 0.5)
        low, high = max(enters, 0.0), min(leaves, float(cols))
        if low <= high:
            for c in range(math.ceil(low - 0.5), math.floor(high - 0.5) + 1):
                if c < cols and plane[r, c] < value:
                    plane[r, c] = value
