"""The textures that a map is baked into: what lies at a place, as eight bits and as a set of lanes. Source: ours.

A raster draws millions of places a second, so a map is drawn once, at `metres_per_texel`, and then only read. Texel
(row, col) covers x in [x_min + col * m, x_min + (col + 1) * m) and y in [y_min + row * m, ...) with m the metres of a
texel: the world frame, so rows run north. What holds at its centre holds for all of it. Outside of the map all is 0.

Each texel has
- a mask of eight bits, those below;
- a set of lanes, by number: in junctions a place belongs to several lanes. Set 0 is empty. The lanes of set i are
  `set_lane[set_first[i]:set_first[i + 1]]`, rising. Lanes of all kinds are in it; what else a user wants to know of a
  place (paved, speed limit, on the route, the light that governs it) is a table with a value for each set, see sets.py.

Stored are tiles of 64 x 64 texels. A tile lists the few pairs of set and mask that occur in it, its palette, and has for
each texel the place in that list, in 1, 2, 4, 8 or 16 bits, as many as the list needs. Equal tiles and equal palettes
are stored once. Blocks of 32 x 32 tiles keep the index small where a map is wide and empty. lookup.py reads them.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.roads.graph.layout import Bytes, Ints

ROAD: Final = 1
"""A lane for motor traffic (kinds.DRIVABLE)."""
MARK: Final = 2
"""A painted line along a lane; broken lines are drawn broken."""
CENTRE: Final = 4
"""The centre line of a lane for motor traffic."""
CROSSWALK: Final = 8
STOP_LINE: Final = 16
"""Across a lane, where a light or a stop sign holds traffic, and, broken, where a give-way sign does."""
JUNCTION: Final = 32
"""A lane for motor traffic that belongs to a junction."""
EDGE: Final = 64
"""Where paved ground ends (kinds.PAVED), its last texel, or a kerb that the file states."""
SIDEWALK: Final = 128

METRES_PER_TEXEL: Final = 0.2
TILE_SHIFT: Final = 6
TILE: Final = 1 << TILE_SHIFT
BLOCK_SHIFT: Final = 5
"""Tiles along a block, as a power of two: 409.6 m at 0.2 m a texel."""
BLOCK: Final = 1 << BLOCK_SHIFT
WORD_SHIFT: Final = 4
"""Palette places are stored in words of 16 bits."""


class Textures(NamedTuple):
    """A baked map. Kernels take it as one argument; arrays are read-only.

    B blocks, T tiles, S sets, M entries of sets; number 0 of blocks, tiles and sets is the empty one.
    """

    x_min: float
    y_min: float
    texels_per_metre: float
    rows: int
    cols: int
    blocks: Ints
    """[ceil(rows / 2048), ceil(cols / 2048)] The block that lies there."""
    tiles: Ints
    """[B, 32, 32] The tile that lies there."""
    records: Ints
    """[T, 3] First word, first palette entry, and the power of two that is the number of bits of a place."""
    words: NDArray[np.uint16]
    """Places in the palette, row by row, the lowest bits first."""
    palette: NDArray[np.uint32]
    """Set * 256 + mask."""
    set_first: Ints
    """[S + 1]"""
    set_lane: Ints
    """[M]"""
    set_on_centre: Bytes
    """[M] 1 where the lane's own centre line runs through the texels of the set: in a junction the lines of one lane lie
    on the ground of others."""

    @property
    def nbytes(self) -> int:
        """Memory of all arrays."""
        return sum(field.nbytes for field in self if isinstance(field, np.ndarray))

    @property
    def num_sets(self) -> int:
        """S."""
        return len(self.set_first) - 1
