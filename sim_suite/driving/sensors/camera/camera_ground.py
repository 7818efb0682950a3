"""The ground as cameras see it: what lies at a place, and the stripes of crosswalks. Source: ours, over the baked textures.

A camera asks for millions of scattered places a second and for no lanes: the textures' tiles are unpacked for it into bytes, so that
a place is two loads away instead of six. Textures hold lane centres, which nobody sees; here that bit says where ground is paved.
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
    BLOCK,
    BLOCK_SHIFT,
    CENTRE,
    CROSSWALK,
    EDGE,
    MARK,
    METRES_PER_TEXEL,
    ROAD,
    SIDEWALK,
    STOP_LINE,
    TILE,
    TILE_SHIFT,
    WORD_SHIFT,
    Textures,
)
from sim_suite.driving.roads.baking.lookup import texel_at
from sim_suite.driving.roads.baking.sets import per_set
from sim_suite.driving.roads.graph.kinds import PAVED
from sim_suite.driving.sensors.solids.semantics import GROUND_TAG, ROAD_LINE_TAG, ROAD_TAG, SIDEWALK_TAG, TERRAIN_TAG
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
    """What the ground is. T tiles, number 0 is empty."""

    left: float
    """x_min of the textures, relative to the terrain's origin."""
    down: float
    texel_m: float
    texels_per_metre: float
    rows: int
    cols: int
    tile_at: NDArray[np.int32]
    """[rows / TILE, cols / TILE] The tile that lies there."""
    mask: NDArray[np.uint8]
    """[T, TILE, TILE] Bits of texels: those of baking/layout.py, but for PAVED_GROUND."""
    walk: NDArray[np.float32]
    """[C, 4] Of crosswalks: a place at one end and the direction, of length 1, in which people walk."""
    walk_left: float
    """Of the grid of crosswalks, cells of CELL_M."""
    walk_down: float
    walk_cell: NDArray[np.int16]
    """[R, C'] The crosswalk nearest to the cell + 1; 0 where none is near."""


def camera_ground(driving_map: DrivingMap, metres_per_texel: float = METRES_PER_TEXEL) -> CameraGround:
    """A map's ground; it is baked, and kept as maps are, where texels are not those of worlds."""
    terrain, textures = driving_map.ground.terrain, driving_map.ground.textures
    if metres_per_texel != METRES_PER_TEXEL:
        textures = textures_of(driving_map.road_map, metres_per_texel)
    paved = per_set(textures, ((PAVED >> terrain.lane[:-1, LANE_KIND].astype(np.int64)) & 1).astype(np.uint32))
    plain = textures.palette & np.uint32(~PAVED_GROUND & 0xFFFFFFFF)
    palette: NDArray[np.uint32] = plain | paved[textures.palette >> np.uint32(8)] * np.uint32(PAVED_GROUND)
    tile_at, mask = _unpacked(textures._replace(palette=palette))
    walk, (walk_left, walk_down), cells = _walks(terrain.crosswalk_f)
    return CameraGround(
        textures.x_min - terrain.origin_x, textures.y_min - terrain.origin_y, 1.0 / textures.texels_per_metre,
        textures.texels_per_metre, textures.rows, textures.cols, tile_at, mask, walk, walk_left, walk_down, cells,
    )  # fmt: skip


def _unpacked(textures: Textures) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """(tile_at, mask) with holes filled; equal tiles are one."""
    rows, cols = -(-textures.rows // TILE), -(-textures.cols // TILE)
    up, right = np.meshgrid(np.arange(rows), np.arange(cols), indexing="ij")
    blocks = (
        textures.blocks[up >> BLOCK_SHIFT, right >> BLOCK_SHIFT] if rows * cols else np.zeros((rows, cols), np.int32)
    )
    tile_at = textures.tiles[blocks, up & (BLOCK - 1), right & (BLOCK - 1)]
    mask = np.empty((len(textures.records), TILE, TILE), np.uint8)
    share(lambda _, begin, end: _unpack(textures, mask, begin, end), len(mask))
    tile_at, mask = _with_holes(textures, tile_at, mask)
    known: dict[bytes, int] = {}
    number = np.array([known.setdefault(tile.tobytes(), len(known)) for tile in mask], np.int32)
    first = np.unique(number, return_index=True)[1]
    return number[tile_at], np.ascontiguousarray(mask[first])


@shared
def _unpack(textures: Textures, mask: np.ndarray, begin: int, end: int) -> None:
    """Tiles begin..end."""
    for tile in range(begin, end):
        power = textures.records[tile, 2]
        per_word = WORD_SHIFT - power
        for place in range(TILE * TILE):
            word = textures.words[textures.records[tile, 0] + (place >> per_word)]
            entry = (word >> ((place & ((1 << per_word) - 1)) << power)) & ((1 << (1 << power)) - 1)
            mask[tile, place >> TILE_SHIFT, place & (TILE - 1)] = (
                textures.palette[textures.records[tile, 1] + entry] & 255
            )


def _with_holes(
    textures: Textures, tile_at: NDArray[np.int32], mask: NDArray[np.uint8]
) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """Holes between lanes become road: each tile that has one gets a copy of its own."""
    across = max(round(HOLE_CELL_M * textures.texels_per_metre), 1)
    rows, cols = -(-textures.rows // across), -(-textures.cols // across)
    if not 0 < rows * cols <= MOST_HOLE_CELLS:
        return tile_at, mask
    open_ = np.empty((rows, cols), np.uint8)
    share(lambda _, begin, end: _open_cells(textures, across, open_, begin, end), rows)
    numbers, _ = ndimage.label(open_)
    small = np.bincount(numbers.ravel()) * (across / textures.texels_per_metre) ** 2 <= HOLE_M2
    small[0] = False
    up, right = np.nonzero(ndimage.binary_dilation(small[numbers], np.ones((3, 3))))
    cells = np.unique(np.stack([up * across // TILE, right * across // TILE], axis=1), axis=0)
    cells = cells[(cells < tile_at.shape).all(axis=1)]
    copies = mask[tile_at[cells[:, 0], cells[:, 1]]]
    tile_at = tile_at.copy()
    tile_at[cells[:, 0], cells[:, 1]] = len(mask) + np.arange(len(cells))
    mask = np.concatenate([mask, copies])
    for row, col in zip(up.tolist(), right.tolist(), strict=True):
        r, c = row * across, col * across
        if r // TILE < tile_at.shape[0] and c // TILE < tile_at.shape[1]:
            part = mask[tile_at[r // TILE, c // TILE], r % TILE : r % TILE + across, c % TILE : c % TILE + across]
            part[part == 0] = ROAD
    return tile_at, mask


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
def mask_at(ground: CameraGround, x: Metres, y: Metres) -> int:
    """The bits of a place; 0 outside of the map."""
    across, up = (x - ground.left) * ground.texels_per_metre, (y - ground.down) * ground.texels_per_metre
    if not (0.0 <= across < ground.cols and 0.0 <= up < ground.rows):
        return 0
    return mask_of(ground, int(up), int(across))


@borrowing
def mask_of(ground: CameraGround, row: int, col: int) -> int:
    """The bits of a texel; 0 outside of the map."""
    if not (0 <= row < ground.rows and 0 <= col < ground.cols):
        return 0
    return int(ground.mask[ground.tile_at[row >> TILE_SHIFT, col >> TILE_SHIFT], row & (TILE - 1), col & (TILE - 1)])


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
