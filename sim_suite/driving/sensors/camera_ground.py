"""The ground as cameras see it: what lies at a place, and the stripes of crosswalks. Source: ours, over the baked textures.

Textures hold lane centres, which nobody sees; in a camera's textures that bit says where ground is paved, as in raster_plan.py.
Places are relative to the terrain's origin, metres.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sim_suite.compiling import borrowing, shared
from sim_suite.compiling.sharing import share
from sim_suite.driving.roads.baking.cache import textures_of
from sim_suite.driving.roads.baking.layout import (
    CENTRE,
    CROSSWALK,
    EDGE,
    MARK,
    METRES_PER_TEXEL,
    ROAD,
    SIDEWALK,
    STOP_LINE,
    Textures,
)
from sim_suite.driving.roads.baking.lookup import texel_at
from sim_suite.driving.roads.baking.sets import per_set
from sim_suite.driving.roads.graph.kinds import PAVED
from sim_suite.driving.sensors.semantics import GROUND_TAG, ROAD_LINE_TAG, ROAD_TAG, SIDEWALK_TAG, TERRAIN_TAG
from sim_suite.driving.world.terrain import LANE_KIND, WALK_LENGTH, WALK_WIDTH, DrivingMap

PAVED_GROUND: Final = CENTRE
PAINTED: Final = MARK | STOP_LINE
STRIPE_M: Final = np.float32(0.5)
"""Width of the stripes of a crosswalk and of the gaps between them (German RMS: sign 293)."""
Metres = float | np.float32
CELL_M: Final = 2.0
_REACH_M: Final = 1.5
"""Around a crosswalk's rectangle: texels of its outline may lie outside."""
_AX, _AY, _BX, _BY = range(4)  # columns of terrain.crosswalk_f


HOLE_M2: Final = 25.0
"""Ground that lanes enclose and none covers, as between the lanes of a junction, is road where it is not larger."""
HOLE_CELL_M: Final = 0.4
MOST_HOLE_CELLS: Final = 60_000_000
"""On larger maps holes stay open: 10 square kilometres."""


class CameraGround(NamedTuple):
    """What a camera's ground is beside its textures."""

    left: float
    """x_min of the textures, relative to the terrain's origin."""
    down: float
    texel_m: float
    walk: NDArray[np.float32]
    """[C, 4] Of crosswalks: a place at one end and the direction, of length 1, in which people walk."""
    walk_left: float
    """Of the grid of crosswalks, cells of CELL_M."""
    walk_down: float
    walk_cell: NDArray[np.int16]
    """[R, C'] The crosswalk nearest to the cell + 1; 0 where none is near."""
    hole: NDArray[np.uint8]
    """[R', C''] 1 around holes, in cells of `hole_texels` along each side; without cells where there is none."""
    hole_texels: int


def camera_ground(driving_map: DrivingMap, metres_per_texel: float) -> tuple[Textures, CameraGround]:
    """A map's ground; it is baked, and kept as maps are, where texels are not those of worlds."""
    terrain, textures = driving_map.ground.terrain, driving_map.ground.textures
    if metres_per_texel != METRES_PER_TEXEL:
        textures = textures_of(driving_map.road_map, metres_per_texel)
    paved = per_set(textures, ((PAVED >> terrain.lane[:-1, LANE_KIND].astype(np.int64)) & 1).astype(np.uint32))
    plain = textures.palette & np.uint32(~PAVED_GROUND & 0xFFFFFFFF)
    palette: NDArray[np.uint32] = plain | paved[textures.palette >> np.uint32(8)] * np.uint32(PAVED_GROUND)
    walk, (walk_left, walk_down), cells = _walks(terrain.crosswalk_f)
    ground = CameraGround(
        textures.x_min - terrain.origin_x, textures.y_min - terrain.origin_y, 1.0 / textures.texels_per_metre,
        walk, walk_left, walk_down, cells, *_holes(textures),
    )  # fmt: skip
    return textures._replace(palette=palette), ground


def _holes(textures: Textures) -> tuple[NDArray[np.uint8], int]:
    """Where small holes between lanes are, a cell around them too, and how many texels a cell has along a side."""
    across = max(round(HOLE_CELL_M * textures.texels_per_metre), 1)
    rows, cols = -(-textures.rows // across), -(-textures.cols // across)
    if not 0 < rows * cols <= MOST_HOLE_CELLS:
        return np.zeros((0, 0), np.uint8), across
    open_ = np.empty((rows, cols), np.uint8)
    share(lambda _, begin, end: _open_cells(textures, across, open_, begin, end), rows)
    numbers, _ = ndimage.label(open_)
    sizes = np.bincount(numbers.ravel())
    small = sizes * (across / textures.texels_per_metre) ** 2 <= HOLE_M2
    small[0] = False
    if not small.any():
        return np.zeros((0, 0), np.uint8), across
    return ndimage.binary_dilation(small[numbers], np.ones((3, 3))).astype(np.uint8), across


@shared
def _open_cells(textures: Textures, across: int, out: np.ndarray, begin: int, end: int) -> None:
    """1 in the cells of rows begin..end in whose middle no lane is."""
    for row in range(begin, end):
        for col in range(out.shape[1]):
            up, right = row * across + across // 2, col * across + across // 2
            bits, lanes = 0, 0
            if up < textures.rows and right < textures.cols:
                bits, lanes = texel_at(textures, up, right)
            out[row, col] = bits == 0 and lanes == 0


def _walks(
    crosswalks: NDArray[np.float32],
) -> tuple[NDArray[np.float32], tuple[float, float], NDArray[np.int16]]:
    """Crosswalks and the grid in which each cell names the nearest."""
    if not len(crosswalks):
        return np.zeros((0, 4), np.float32), (0.0, 0.0), np.zeros((1, 1), np.int16)
    rows = crosswalks.astype(np.float64)
    start, end = rows[:, [_AX, _AY]], rows[:, [_BX, _BY]]
    axis = (end - start) / np.maximum(rows[:, [WALK_LENGTH]], 1e-6)
    reach = 0.5 * rows[:, WALK_WIDTH] + _REACH_M
    low = np.minimum(start, end).min(axis=0) - reach.max()
    high = np.maximum(start, end).max(axis=0) + reach.max()
    cols, count = (math.ceil(size / CELL_M) + 1 for size in (high - low).tolist())
    cells, best = np.zeros((count, cols), np.int16), np.full((count, cols), np.inf)
    for number in range(len(rows)):
        a, b = start[number] - low, end[number] - low
        c0, r0 = ((np.minimum(a, b) - reach[number]) // CELL_M).astype(int)
        c1, r1 = ((np.maximum(a, b) + reach[number]) // CELL_M).astype(int) + 1
        y, x = np.mgrid[r0:r1, c0:c1] * CELL_M + 0.5 * CELL_M
        along = np.clip((x - a[0]) * axis[number, 0] + (y - a[1]) * axis[number, 1], 0.0, rows[number, WALK_LENGTH])
        gap = np.hypot(x - a[0] - along * axis[number, 0], y - a[1] - along * axis[number, 1]) - reach[number]
        nearer = (gap < best[r0:r1, c0:c1]) & (gap < CELL_M)
        cells[r0:r1, c0:c1][nearer], best[r0:r1, c0:c1][nearer] = number + 1, gap[nearer]
    return np.concatenate([start, axis], axis=1).astype(np.float32), (float(low[0]), float(low[1])), cells


@borrowing
def mask_at(textures: Textures, ground: CameraGround, x: Metres, y: Metres) -> int:
    """The bits of a place; 0 outside of the map."""
    across, up = (x - ground.left) / ground.texel_m, (y - ground.down) / ground.texel_m
    if not (0.0 <= across < textures.cols and 0.0 <= up < textures.rows):
        return 0
    return mask_of(textures, ground, int(up), int(across))


@borrowing
def mask_of(textures: Textures, ground: CameraGround, row: int, col: int) -> int:
    """The bits of a texel, holes filled; 0 outside of the map."""
    if not (0 <= row < textures.rows and 0 <= col < textures.cols):
        return 0
    mask, _ = texel_at(textures, row, col)
    if mask == 0 and ground.hole.size > 0 and ground.hole[row // ground.hole_texels, col // ground.hole_texels] == 1:
        return ROAD
    return int(mask)


@borrowing
def on_stripe(ground: CameraGround, x: Metres, y: Metres) -> bool:
    """Whether a place of a crosswalk is painted: the first half of each metre that is walked."""
    col, row = math.floor((x - ground.walk_left) / CELL_M), math.floor((y - ground.walk_down) / CELL_M)
    if not (0 <= row < ground.walk_cell.shape[0] and 0 <= col < ground.walk_cell.shape[1]):
        return False
    number = ground.walk_cell[int(row), int(col)] - 1
    if number < 0:
        return False
    walk = ground.walk[number]
    along = (np.float32(x) - walk[0]) * walk[2] + (np.float32(y) - walk[1]) * walk[3]
    return int(math.floor(along / STRIPE_M)) & 1 == 0  # noqa: RUF046  on a GPU a float


@borrowing
def is_painted(ground: CameraGround, mask: int, x: Metres, y: Metres) -> bool:
    """Whether a place shows paint: a line, or a stripe of a crosswalk."""
    return mask & PAINTED != 0 or (mask & CROSSWALK != 0 and on_stripe(ground, x, y))


@borrowing
def ground_tag(ground: CameraGround, mask: int, x: Metres, y: Metres) -> int:
    """semantics.Tag of a place."""
    if is_painted(ground, mask, x, y):
        return ROAD_LINE_TAG
    if mask & ROAD:
        return ROAD_TAG
    if mask & SIDEWALK:
        return SIDEWALK_TAG
    return GROUND_TAG if mask & (PAVED_GROUND | EDGE) else TERRAIN_TAG
