"""Turns a drawn block into tiles: palettes, and each texel's place in one. Source: ours; layout.py says what a tile is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import borrowing
from sim_suite.driving.roads.baking.fill import MARGIN, Canvas, Tree
from sim_suite.driving.roads.baking.layout import BLOCK, EDGE, TILE, TILE_SHIFT, WORD_SHIFT
from sim_suite.driving.roads.graph.layout import Ints
from sim_suite.driving.roads.opendrive.findings import RoadError

PAVED_FLAG: Final = 1 << 8
"""Beside the bits of the mask in `Tree.flags`: some lane of the set is one of kinds.PAVED."""
AREA: Final = TILE * TILE
MAX_TILES: Final = 1 << 18
"""1 GB at a byte a texel: 43 square kilometres of lanes at 0.2 m, twenty times a large town."""

Pairs = NDArray[np.int64]


class _Scratch(NamedTuple):
    """What packing a tile needs."""

    pair: Pairs
    """[AREA] Set * 256 + mask of each texel."""
    palette: Pairs
    """[AREA] Pairs in the order in which they are met."""
    words: NDArray[np.uint16]
    """[AREA]"""
    table: Ints
    """[2 * AREA] Places in the palette, plus one, by pair; 0 where there is none."""


@dataclass
class Packer:
    """Tiles as they come, equal ones once."""

    tiles: list[Ints] = field(default_factory=lambda: [np.zeros((BLOCK, BLOCK), np.int32)])
    """Of each block."""
    records: dict[tuple[int, int, int], int] = field(default_factory=dict)
    """Number of the tile with these words, palette and bits."""
    words: dict[bytes, int] = field(default_factory=dict)
    palettes: dict[bytes, int] = field(default_factory=dict)
    """Where each begins."""
    word_count: int = 0
    pair_count: int = 0
    drawn: int = 0
    """Tiles that are not empty, equal ones each for itself."""
    scratch: _Scratch = field(
        default_factory=lambda: _Scratch(
            np.empty(AREA, np.int64), np.empty(AREA, np.int64), np.empty(AREA, np.uint16), np.zeros(2 * AREA, np.int32)
        )
    )

    def __post_init__(self) -> None:
        """Number 0 is the empty tile."""
        self._add(np.zeros(AREA >> WORD_SHIFT, np.uint16), np.zeros(1, np.int64), 0)

    def add_block(self, canvas: Canvas, tree: Tree) -> int:
        """Pack a block; returns its number, 0 if nothing was drawn. Raises RoadError where the map has too many tiles."""
        tiles = np.zeros((BLOCK, BLOCK), np.int32)
        inner = slice(MARGIN // TILE, MARGIN // TILE + BLOCK)
        for row, col in np.argwhere(canvas.touched[inner, inner]):
            colours = _pack(canvas, tree, MARGIN + row * TILE, MARGIN + col * TILE, self.scratch)
            power = next(power for power in range(WORD_SHIFT + 1) if colours <= 1 << (1 << power))
            words = self.scratch.words[: AREA >> (WORD_SHIFT - power)]
            tiles[row, col] = self._add(words, self.scratch.palette[:colours], power)
        self.drawn += int(np.count_nonzero(tiles))
        if self.drawn > MAX_TILES:
            raise RoadError(
                f"the lanes cover more than {MAX_TILES} tiles of {TILE} x {TILE} texels. Bake with more metres per texel, "
                "cut the file into smaller ones, or correct the roads whose geometry or widths run wild"
            )
        if not tiles.any():
            return 0
        self.tiles.append(tiles)
        return len(self.tiles) - 1

    def _add(self, words: NDArray[np.uint16], palette: Pairs, power: int) -> int:
        first_word = self.words.setdefault(words.tobytes(), self.word_count)
        if first_word == self.word_count:
            self.word_count += len(words)
        first_pair = self.palettes.setdefault(palette.tobytes(), self.pair_count)
        if first_pair == self.pair_count:
            self.pair_count += len(palette)
        return self.records.setdefault((first_word, first_pair, power), len(self.records))


@borrowing
def _mask(canvas: Canvas, tree: Tree, row: int, col: int) -> int:
    """Painted bits, those of the set, and the edge of paved ground."""
    flags = int(tree.flags[canvas.node[row, col]])
    mask = (int(canvas.paint[row, col]) | flags) & 255
    if flags & PAVED_FLAG and not (
        tree.flags[canvas.node[row - 1, col]]
        & tree.flags[canvas.node[row + 1, col]]
        & tree.flags[canvas.node[row, col - 1]]
        & tree.flags[canvas.node[row, col + 1]]
        & PAVED_FLAG
    ):
        mask |= EDGE
    return mask


@borrowing
def _pack(canvas: Canvas, tree: Tree, row0: int, col0: int, scratch: _Scratch) -> int:
    """Fill palette and words of the tile that begins at a texel of the canvas; return the length of its palette."""
    count, before, place = 0, -1, 0
    last = len(scratch.table) - 1
    scratch.table[:] = 0
    for k in range(AREA):
        row, col = row0 + (k >> TILE_SHIFT), col0 + (k & (TILE - 1))
        pair = int(canvas.node[row, col]) << 8 | _mask(canvas, tree, row, col)
        if pair != before:
            slot = (pair ^ (pair >> 12)) & last
            while scratch.table[slot] != 0 and scratch.palette[scratch.table[slot] - 1] != pair:
                slot = (slot + 1) & last
            if scratch.table[slot] == 0:
                scratch.palette[count] = pair
                count += 1
                scratch.table[slot] = count
            before, place = pair, scratch.table[slot] - 1
        scratch.pair[k] = place
    power = 0
    while count > 1 << (1 << power):
        power += 1
    per_word = 1 << (WORD_SHIFT - power)
    for word in range(AREA // per_word):
        value = 0
        for k in range(per_word):
            value |= scratch.pair[word * per_word + k] << (k << power)
        scratch.words[word] = value
    return count
