"""Draws triangles into a canvas of lane sets and painted bits, block by block. Source: ours; fill rule as GPUs have it.

A texel belongs to a triangle if its centre lies inside; a centre on a side belongs to the triangle to its right, or above
a level side, so triangles that share a side leave no texel out and take none twice. All sums are of whole numbers.

Sets grow as lanes are drawn one after the other: a set is a node of a tree, the set without its last lane is its parent,
and one table says which node a node becomes with a lane added.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import borrowing
from sim_suite.driving.roads.baking.layout import BLOCK_SHIFT, CENTRE, CROSSWALK, TILE, TILE_SHIFT
from sim_suite.driving.roads.baking.triangles import BITS, MAX_TEXELS, SUBTEXELS
from sim_suite.driving.roads.graph.layout import Bytes, Ints

SPAN: Final = 1 << (TILE_SHIFT + BLOCK_SHIFT)
"""Texels along a block."""
MARGIN: Final = TILE
"""Texels around a block that the canvas has as well; one is drawn, so that a texel's neighbours are known."""
SIZE: Final = SPAN + 2 * MARGIN
INSIDE: Final = 1
"""State of a texel while a polygon is drawn; the canvas has no other use for this bit, `ROAD` comes from the sets."""
HASH: Final = 0x1E3779B97F4A7C15
"""Fibonacci hashing: 2^64 over the golden ratio (Knuth, The Art of Computer Programming 3, 6.4), its sign bit left out."""


class Tree(NamedTuple):
    """Sets of lanes that were met. Node 0 is the empty set."""

    parent: Ints
    code: Ints
    """Of the last lane in the set: twice the lane, plus one where its centre line passes."""
    flags: NDArray[np.uint16]
    """What holds for the set because of its lanes: bits of the mask, and PAVED."""
    table: Ints
    """Nodes by parent and code, open addressing; 0 where there is none. Its length is a power of two."""
    size: Ints
    """[1] How many nodes there are."""
    lane_flags: NDArray[np.uint16]
    """[L] What holds because of a lane."""


class Canvas(NamedTuple):
    """A block that is being drawn, and its margin."""

    node: Ints
    """[SIZE, SIZE]"""
    paint: Bytes
    """[SIZE, SIZE]"""
    touched: Bytes
    """[SIZE / TILE, SIZE / TILE] 1 where a tile was drawn into."""


def new_canvas() -> Canvas:
    """An empty one: 24 MB."""
    tiles = SIZE // TILE
    return Canvas(
        np.zeros((SIZE, SIZE), np.int32), np.zeros((SIZE, SIZE), np.uint8), np.zeros((tiles, tiles), np.uint8)
    )


def new_tree(lane_flags: NDArray[np.uint16], room: int = 4096) -> Tree:
    """The empty set alone, with room for as many sets, a power of two."""
    return Tree(
        parent=np.zeros(room, np.int32),
        code=np.full(room, -1, np.int32),
        flags=np.zeros(room, np.uint16),
        table=np.zeros(2 * room, np.int32),
        size=np.ones(1, np.int32),
        lane_flags=lane_flags,
    )


def grown(tree: Tree) -> Tree:
    """The same sets, with room for twice as many."""
    larger = new_tree(tree.lane_flags, 2 * len(tree.parent))
    count = tree.size[0]
    larger.parent[:count], larger.code[:count], larger.flags[:count] = (
        values[:count] for values in (tree.parent, tree.code, tree.flags)
    )
    larger.size[0] = count
    _enter_all(larger)
    return larger


@borrowing
def _slot(tree: Tree, parent: int, code: int) -> int:
    """Where in the table the node with this parent and code is, or would be."""
    last = len(tree.table) - 1
    slot = (((int(parent) << 32 | int(code)) * HASH) >> 32) & last
    while tree.table[slot] != 0:
        node = tree.table[slot]
        if tree.parent[node] == parent and tree.code[node] == code:
            break
        slot = (slot + 1) & last
    return slot


@borrowing
def _enter_all(tree: Tree) -> None:
    for node in range(1, tree.size[0]):
        tree.table[_slot(tree, tree.parent[node], tree.code[node])] = node


@borrowing
def _with_lane(tree: Tree, parent: int, code: int) -> int:
    """The set `parent` and a lane more; -1 where there is no room for it."""
    slot = _slot(tree, parent, code)
    if tree.table[slot] != 0:
        return int(tree.table[slot])
    node = int(tree.size[0])
    if node == len(tree.parent):
        return -1
    flags = tree.flags[parent] | tree.lane_flags[code >> 1]
    tree.parent[node], tree.code[node] = parent, code
    tree.flags[node] = flags | CENTRE if code & 1 else flags
    tree.table[slot] = node
    tree.size[0] = node + 1
    return node


@borrowing
def _crossing(x0: int, y0: int, x1: int, y1: int, y: int) -> int:
    """The first column whose centre lies on, or to the right of, a side that crosses the height y."""
    if y0 > y1:
        x0, y0, x1, y1 = x1, y1, x0, y0
    rise = y1 - y0
    share = (y - y0) * (x1 - x0) + (x0 - SUBTEXELS // 2) * rise
    return -((-share) // (SUBTEXELS * rise))


@borrowing
def _columns(corners: Ints, triangle: int, y: int) -> tuple[int, int]:
    """The columns, from and up to, whose centres a triangle covers at the height y."""
    low, high = MAX_TEXELS, -1
    for side in range(3):
        x0, y0 = int(corners[triangle, 2 * side]), int(corners[triangle, 2 * side + 1])
        after = 2 * side + 2 if side < 2 else 0
        x1, y1 = int(corners[triangle, after]), int(corners[triangle, after + 1])
        if (y0 <= y) != (y1 <= y):
            col = _crossing(x0, y0, x1, y1, y)
            low, high = min(low, col), max(high, col)
    return low, high


@borrowing
def _add_lane(canvas: Canvas, tree: Tree, row: int, low: int, high: int, code: int) -> bool:
    """Draw a lane's ground, or its centre line where its ground is, into columns low to high of a row.

    Returns False where the tree had no room.
    """
    known, added = -1, -1
    for col in range(low, high):
        node = canvas.node[row, col]
        if code & 1:
            if tree.code[node] != code - 1:
                continue
            node = tree.parent[node]
        elif tree.code[node] == code:
            continue
        if node != known:  # neighbours mostly have the same set
            known, added = node, _with_lane(tree, node, code)
            if added < 0:
                return False
        canvas.node[row, col] = added
    return True


@borrowing
def _paint(canvas: Canvas, row: int, low: int, high: int, code: int) -> None:
    """Draw paint, or a part of a polygon, into columns low to high of a row; code: from the first that is no lane's on."""
    for col in range(low, high):
        paint = canvas.paint[row, col]
        if code < BITS:
            canvas.paint[row, col] = paint | code
        elif code & 1 == 0:
            canvas.paint[row, col] = paint ^ INSIDE
        elif paint & INSIDE:
            canvas.paint[row, col] = paint ^ INSIDE | CROSSWALK


@borrowing
def draw(canvas: Canvas, tree: Tree, row0: int, col0: int, corners: Ints, code: Ints, chosen: Ints, at: int) -> int:
    """Draw the triangles chosen[at:]. corners: [N, 6], code: [N]; row0, col0: the texel at the canvas's corner.

    Returns the place in `chosen` where the tree had no more room, to go on from with a larger one, or its length.
    Drawing a triangle of a lane once more changes nothing.
    """
    first_paint = 2 * len(tree.lane_flags)
    for k in range(at, len(chosen)):
        triangle = chosen[k]
        y0, y1, y2 = corners[triangle, 1], corners[triangle, 3], corners[triangle, 5]
        first = max((min(y0, y1, y2) + SUBTEXELS // 2 - 1) // SUBTEXELS, row0 + MARGIN - 1)
        last = min((max(y0, y1, y2) - SUBTEXELS // 2 - 1) // SUBTEXELS, row0 + MARGIN + SPAN)
        for row in range(first, last + 1):
            low, high = _columns(corners, triangle, int(row) * SUBTEXELS + SUBTEXELS // 2)
            low, high = max(low - col0, MARGIN - 1), min(high - col0, MARGIN + SPAN + 1)
            if low >= high:
                continue
            for tile in range(low >> TILE_SHIFT, ((high - 1) >> TILE_SHIFT) + 1):
                canvas.touched[(row - row0) >> TILE_SHIFT, tile] = 1
            if code[triangle] >= first_paint:
                _paint(canvas, row - row0, low, high, code[triangle] - first_paint)
            elif not _add_lane(canvas, tree, row - row0, low, high, code[triangle]):
                return k
    return len(chosen)


@borrowing
def clear(canvas: Canvas) -> None:
    """Empty the tiles that were drawn into."""
    for row in range(SIZE):
        for tile in range(SIZE // TILE):
            if canvas.touched[row >> TILE_SHIFT, tile]:
                for col in range(tile * TILE, (tile + 1) * TILE):
                    canvas.node[row, col] = 0
                    canvas.paint[row, col] = 0
    canvas.touched[:] = 0
