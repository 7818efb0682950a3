"""Reads the textures along the rows of a picture. Source: ours; lookup.py reads one place.

Places advance along a row by whole numbers (placing.to_fixed), and a tile's record is read only where the tile changes: 1.8 ns
a pixel, where looking each one up by itself takes 5.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim_suite.compiling import borrowing
from sim_suite.driving.roads.baking.layout import BLOCK, BLOCK_SHIFT, TILE, TILE_SHIFT, WORD_SHIFT, Textures
from sim_suite.driving.sensors.raster.placing import FIXED_BITS, View, to_fixed, to_world
from sim_suite.driving.sensors.raster.raster_plan import RasterPlan, RasterTables

_LOW_TILE: Final = TILE - 1
_PLACE_ROW: Final = _LOW_TILE << TILE_SHIFT
_LOW_BLOCK: Final = BLOCK - 1
_NATURAL: Final = (1 << 31) - 1
FIXED_TILE: Final = FIXED_BITS + TILE_SHIFT
"""Bits of a place within its tile."""


@borrowing
def steps(plan: RasterPlan, textures: Textures, view: View) -> tuple[int, int]:
    """(across, up): how far on the textures the next pixel of a row lies, in 2^-32 texels."""
    step = plan.metres_per_pixel * textures.texels_per_metre
    return to_fixed(step * view.sin), to_fixed(-step * view.cos)


@borrowing
def row_start(plan: RasterPlan, textures: Textures, tables: RasterTables, view: View, row: int) -> tuple[int, int]:
    """(across, up): where on the textures the centre of a row's first pixel lies, in 2^-32 texels."""
    x, y = to_world(plan, view, row + 0.5, 0.5)
    across = (x + tables.origin_x - textures.x_min) * textures.texels_per_metre
    up = (y + tables.origin_y - textures.y_min) * textures.texels_per_metre
    return to_fixed(across), to_fixed(up)


@borrowing
def read_row(textures: Textures, across: int, up: int, step_across: int, step_up: int, pairs: np.ndarray) -> None:
    """Set * 256 + mask of the texels that a row of pixels lies on, tile by tile; 0 outside of the map."""
    begin = 0
    while begin < len(pairs):
        row, col = up >> FIXED_TILE, across >> FIXED_TILE
        end = begin + min(steps_within(up, step_up), steps_within(across, step_across), len(pairs) - begin)
        part = pairs[begin:end]
        if 0 <= row <= (textures.rows - 1) >> TILE_SHIFT and 0 <= col <= (textures.cols - 1) >> TILE_SHIFT:
            block = textures.blocks[row >> BLOCK_SHIFT, col >> BLOCK_SHIFT]
            tile = textures.tiles[block, row & _LOW_BLOCK, col & _LOW_BLOCK]
            # Masks tell the compiler that numbers are not negative.
            first_word, first_entry = textures.records[tile, 0] & _NATURAL, textures.records[tile, 1] & _NATURAL
            power = textures.records[tile, 2] & 7
            per_word = (WORD_SHIFT - power) & 31
            low_place, low_entry = (1 << per_word) - 1, (1 << (1 << power)) - 1
            for at in range(len(part)):
                place = ((up >> (FIXED_BITS - TILE_SHIFT)) & _PLACE_ROW) | ((across >> FIXED_BITS) & _LOW_TILE)
                word = textures.words[first_word + (place >> per_word)]
                part[at] = textures.palette[first_entry + ((word >> ((place & low_place) << power)) & low_entry)]
                across += step_across
                up += step_up
        else:
            for at in range(len(part)):
                part[at] = 0
            across += (end - begin) * step_across
            up += (end - begin) * step_up
        begin = end


@borrowing
def steps_within(place: int, step: int) -> int:
    """How many pixels from this one on lie in the same tile, this one counted, along one side."""
    offset = place & ((1 << FIXED_TILE) - 1)
    if step > 0:
        return ((1 << FIXED_TILE) - 1 - offset) // step + 1
    return offset // -step + 1 if step < 0 else 1 << 30
