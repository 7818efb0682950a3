"""Bakes a lane graph into textures. Source: ours; layout.py says what they hold, the modules beside it how it is drawn."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.roads.baking.areas import crosswalks, stop_lines
from sim_suite.driving.roads.baking.blocks import sort_into_blocks
from sim_suite.driving.roads.baking.fill import MARGIN, SPAN, Tree, clear, draw, grown, new_canvas, new_tree
from sim_suite.driving.roads.baking.layout import JUNCTION, METRES_PER_TEXEL, ROAD, SIDEWALK, Textures
from sim_suite.driving.roads.baking.marks import lane_marks
from sim_suite.driving.roads.baking.strips import centre_lines, lane_strips
from sim_suite.driving.roads.baking.tiles import PAVED_FLAG, Packer
from sim_suite.driving.roads.baking.triangles import Codes, Grid, cover, join, to_grid
from sim_suite.driving.roads.graph.kinds import DRIVABLE, PAVED, WALKABLE
from sim_suite.driving.roads.graph.layout import Bytes, Ints, LaneGraph
from sim_suite.driving.roads.opendrive.findings import RoadError
from sim_suite.errors import SuiteError

FINEST_M: Final = 0.05
COARSEST_M: Final = 2.0
"""Texels of which a lane has at least one across."""
MAX_SETS: Final = 1 << 24
"""Numbers of sets that a palette's entries have room for."""


def bake(graph: LaneGraph, metres_per_texel: float = METRES_PER_TEXEL) -> Textures:
    """Draw a lane graph. Equal graphs give equal bytes.

    Raises SuiteError for texels outside of FINEST_M to COARSEST_M, and RoadError for a map that is longer than
    MAX_TEXELS, covers more than MAX_TILES, or has so large lanes that drawing them does not end in reasonable time.
    """
    if not FINEST_M <= metres_per_texel <= COARSEST_M:
        raise SuiteError(f"metres_per_texel is {metres_per_texel:g}; choose {FINEST_M:g} to {COARSEST_M:g}.")
    if not graph.num_lanes:
        empty = Grid(0.0, 0.0, 1.0 / metres_per_texel, 0, 0)
        return _assemble(empty, new_tree(np.zeros(0, np.uint16)), Packer(), np.zeros((0, 0), np.int32))
    codes = Codes(graph.num_lanes)
    groups = [
        lane_strips(graph),
        centre_lines(graph, metres_per_texel, codes),
        *lane_marks(graph, metres_per_texel, codes),
        stop_lines(graph, codes),
        *crosswalks(graph, codes),
    ]
    triangles = join(groups)
    grid = cover(triangles.corners, metres_per_texel)
    tree, packer, blocks = _draw_all(to_grid(triangles.corners, grid), triangles.code, grid, _lane_flags(graph))
    return _assemble(grid, tree, packer, blocks)


def _lane_flags(graph: LaneGraph) -> NDArray[np.uint16]:
    """What holds where a lane is, [L]."""
    kinds = graph.lanes.kind.astype(np.int64)
    driven = (DRIVABLE >> kinds) & 1
    flags: NDArray[np.uint16] = (
        driven * ROAD
        + driven * (graph.lanes.junction >= 0) * JUNCTION
        + ((WALKABLE >> kinds) & 1) * SIDEWALK
        + ((PAVED >> kinds) & 1) * PAVED_FLAG
    ).astype(np.uint16)
    return flags


def _draw_all(corners: Ints, code: Ints, grid: Grid, lane_flags: NDArray[np.uint16]) -> tuple[Tree, Packer, Ints]:
    """Draw and pack block by block; the blocks' numbers come with the rest."""
    by_block = sort_into_blocks(corners, grid)
    blocks = np.zeros(by_block.shape, np.int32)
    tree, packer, canvas = new_tree(lane_flags), Packer(), new_canvas()
    for block in np.flatnonzero(np.diff(by_block.first)):
        row, col = divmod(int(block), by_block.shape[1])
        chosen = by_block.triangle[by_block.first[block] : by_block.first[block + 1]]
        origin = row * SPAN - MARGIN, col * SPAN - MARGIN
        done = draw(canvas, tree, *origin, corners, code, chosen, 0)
        while done < len(chosen):
            tree = grown(tree)
            done = draw(canvas, tree, *origin, corners, code, chosen, done)
        blocks[row, col] = packer.add_block(canvas, tree)
        clear(canvas)
    return tree, packer, blocks


def _assemble(grid: Grid, tree: Tree, packer: Packer, blocks: Ints) -> Textures:
    """Put the parts together; sets that only led to others are left out."""
    pairs = np.frombuffer(b"".join(packer.palettes), np.int64)
    nodes, number = np.unique(np.append(pairs >> 8, 0), return_inverse=True)
    if len(nodes) > MAX_SETS:
        raise RoadError(
            f"the lanes overlap in {len(nodes)} ways, at most {MAX_SETS} are kept. Cut the file into smaller ones"
        )
    set_first, set_lane, set_on_centre = _list_sets(tree, nodes)
    textures = Textures(
        x_min=grid.x_min,
        y_min=grid.y_min,
        texels_per_metre=grid.texels_per_metre,
        rows=grid.rows,
        cols=grid.cols,
        blocks=blocks,
        tiles=np.stack(packer.tiles),
        records=np.array(list(packer.records), np.int32),
        words=np.frombuffer(b"".join(packer.words), np.uint16),
        palette=(number[:-1] << 8 | (pairs & 255)).astype(np.uint32),
        set_first=set_first,
        set_lane=set_lane,
        set_on_centre=set_on_centre,
    )
    for values in textures[5:]:
        values.flags.writeable = False
    return textures


def _list_sets(tree: Tree, nodes: NDArray[np.int64]) -> tuple[Ints, Ints, Bytes]:
    """Lanes of sets: from each node up to the root, level by level, then back to front."""
    owners, codes = [np.zeros(0, np.int64)], [np.zeros(0, np.int32)]
    at, owner = nodes, np.arange(len(nodes))
    while len(owner := owner[at != 0]):
        at = at[at != 0]
        owners.append(owner)
        codes.append(tree.code[at])
        at = tree.parent[at].astype(np.int64)
    owner, code = np.concatenate(owners), np.concatenate(codes)
    order = np.lexsort((code, owner))
    first = np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=len(nodes)))))
    return first.astype(np.int32), code[order] >> 1, (code[order] & 1).astype(np.uint8)
