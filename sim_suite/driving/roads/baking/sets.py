"""Turns values of lanes into values of lane sets, so that a raster reads one table. Source: ours.

Each tick and world has its own values (lights, routes), the textures of a map are the same for all: so a place's light,
route or speed limit is a table indexed by its lane set.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.roads.baking.layout import Textures


def per_set(
    textures: Textures,
    lane_values: NDArray[Any],
    reduce: np.ufunc = np.maximum,
    *,
    empty: float = 0,
    on_centre: bool = False,
) -> NDArray[Any]:
    """[..., S] values of sets from [..., L] values of lanes: those of a set's lanes joined by `reduce`, in lane order.

    reduce: `np.maximum`, `np.minimum`, `np.logical_or`, `np.add`, ... empty: the value of sets without a lane, in the
    type of the values. on_centre: only lanes whose centre line runs through the set's texels count, so that a line drawn
    with `CENTRE` shows its own lane's value where lanes cross. Raises ValueError where a lane has no value.
    """
    num_lanes = int(textures.set_lane.max(initial=-1)) + 1
    if lane_values.shape[-1] < num_lanes:
        raise ValueError(f"there are values for {lane_values.shape[-1]} lanes, the textures know of {num_lanes}.")
    chosen = np.flatnonzero(textures.set_on_centre) if on_centre else np.arange(len(textures.set_lane))
    first = np.searchsorted(chosen, textures.set_first)
    used = np.flatnonzero(first[1:] > first[:-1])
    dtype = bool if reduce is np.logical_or or reduce is np.logical_and else lane_values.dtype
    values = np.full((*lane_values.shape[:-1], textures.num_sets), empty, dtype)
    if len(used):
        values[..., used] = reduce.reduceat(lane_values[..., textures.set_lane[chosen]], first[used], axis=-1)
    return values
