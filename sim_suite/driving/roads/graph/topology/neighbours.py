"""Which lane lies beside which, seen by somebody who travels it. Source: ASAM OpenDRIVE 1.8, clause 11.2."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.roads.graph.layout import Ints


def find_neighbours(road: Ints, section: Ints, direction: NDArray[np.int8]) -> tuple[Ints, Ints]:
    """(left, right), [L] int32 each, -1 at the road's edge: `Lanes.left` and `Lanes.right`.

    road, section, direction: [L] each, in the order of `Lanes` (by road, section, falling lane id). The neighbour is the
    lane with the next id whatever its kind; across the centre line it is the first lane of oncoming traffic.
    """
    count = len(road)
    same_section = (road[1:] == road[:-1]) & (section[1:] == section[:-1])
    index = np.arange(count, dtype=np.int32)
    before = np.full(count, -1, np.int32)
    after = np.full(count, -1, np.int32)
    before[1:] = np.where(same_section, index[:-1], -1)
    after[:-1] = np.where(same_section, index[1:], -1)
    along = direction > 0
    return np.where(along, before, after).astype(np.int32), np.where(along, after, before).astype(np.int32)
