"""Reads textures: what lies at a place. Source: ours; layout.py says how they are stored.

Kernels call `texel` for one place (it is compiled into them, and allocates nothing); everybody else calls `lookup`.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from sim_suite.compiling import borrowing
from sim_suite.driving.roads.baking.layout import BLOCK, BLOCK_SHIFT, TILE, TILE_SHIFT, WORD_SHIFT, Textures
from sim_suite.driving.roads.graph.layout import Bytes, Floats, Ints

_KERNEL_ARRAY: Final = ("C_CONTIGUOUS", "WRITEABLE")
"""Kernels are compiled for each kind of array: one will do."""


@borrowing
def texel(textures: Textures, x: float, y: float) -> tuple[int, int]:
    """(mask, set) at a place in world coordinates, metres; (0, 0) outside of the map and for NaN."""
    across = (x - textures.x_min) * textures.texels_per_metre
    up = (y - textures.y_min) * textures.texels_per_metre
    if not (0.0 <= across < textures.cols and 0.0 <= up < textures.rows):
        return 0, 0
    return texel_at(textures, int(up), int(across))


@borrowing
def texel_at(textures: Textures, row: int, col: int) -> tuple[int, int]:
    """(mask, set) of a texel within the map."""
    block = textures.blocks[row >> (TILE_SHIFT + BLOCK_SHIFT), col >> (TILE_SHIFT + BLOCK_SHIFT)]
    tile = textures.tiles[block, (row >> TILE_SHIFT) & (BLOCK - 1), (col >> TILE_SHIFT) & (BLOCK - 1)]
    place = ((row & (TILE - 1)) << TILE_SHIFT) | (col & (TILE - 1))
    power = textures.records[tile, 2]
    per_word = WORD_SHIFT - power
    word = textures.words[textures.records[tile, 0] + (place >> per_word)]
    shift = (place & ((1 << per_word) - 1)) << power
    entry = (word >> shift) & ((1 << (1 << power)) - 1)
    pair = textures.palette[textures.records[tile, 1] + entry]
    return pair & 255, pair >> 8


def lookup(textures: Textures, x: ArrayLike, y: ArrayLike) -> tuple[Bytes, Ints]:
    """Masks, uint8, and sets, int32, at places in world coordinates, metres; arrays of any, equal shape.

    Raises ValueError for unequal shapes.
    """
    xs, ys = np.require(x, np.float64, _KERNEL_ARRAY), np.require(y, np.float64, _KERNEL_ARRAY)
    if xs.shape != ys.shape:
        raise ValueError(f"x has shape {xs.shape} and y {ys.shape}; give as many of either.")
    masks, sets = np.empty(xs.shape, np.uint8), np.empty(xs.shape, np.int32)
    look_up(textures, xs.reshape(-1), ys.reshape(-1), masks.reshape(-1), sets.reshape(-1))
    return masks, sets


@borrowing
def look_up(textures: Textures, x: Floats, y: Floats, masks: Bytes, sets: Ints) -> None:
    """Fill masks and sets, [N] each."""
    for i in range(len(x)):
        masks[i], sets[i] = texel(textures, x[i], y[i])
