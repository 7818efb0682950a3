"""Moments of driving worlds as an agent would have seen them: numbers or rasters, drawn anew from stored states. Source: ours.

The kernels are those of the environment, so what comes out equals what it gave, bit for bit. Any raster can be asked for, also one
that nobody looked at while the episode was recorded. Which actors are hidden, and of how many the numbers tell, is as the
environment was told.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.sensors.buildings import Walls
from sim_suite.driving.sensors.raster.raster import Rasteriser
from sim_suite.driving.sensors.raster.raster_spec import preset, trail_length
from sim_suite.driving.sensors.vector_observation import observation_size, observe
from sim_suite.driving.sensors.visibility import map_walls, see
from sim_suite.driving.world.layout import State
from sim_suite.envs.driving.judging import EGO
from sim_suite.envs.driving.options import DrivingOptions, driving_options
from sim_suite.envs.driving.population import driving_map
from sim_suite.episodes.store.reading import Episode
from sim_suite.episodes.viewing.states import States, checked_rows, map_of

Rows = NDArray[np.int64]


class Vectors:
    """What `observation="vector"` gives."""

    def __init__(self, episode: Episode) -> None:
        """Raises `SuiteError` for an episode of no driving world."""
        self._episode, self._options = episode, _looks(episode)
        self._map = map_of(episode)
        self._all: NDArray[np.float32] | None = None
        self.shape: tuple[int, ...] = (observation_size(self._options.others),)
        self.dtype = np.dtype(np.float32)
        self.row_bytes = self.dtype.itemsize * self.shape[0]

    def at(self, rows: Rows) -> NDArray[Any]:
        """All of the episode are drawn in one call and kept: they are smaller than the states that they are drawn from."""
        if self._all is None:
            states = States(self._episode)
            state = states.at(np.arange(len(states)))
            self._all = np.zeros((len(states), *self.shape), np.float32)
            terrain = driving_map(self._map).ground.terrain
            observe(state, terrain, _visible(state, self._map, self._options), EGO, self._all)
        checked_rows(rows, len(self._all), self._episode.path)
        found: NDArray[Any] = self._all[rows]
        return found


class Rasters:
    """What `observation="raster"` gives, of any preset."""

    def __init__(self, episode: Episode, raster: str | None) -> None:
        """raster: a preset's name, None for the one that the environment had. Raises `SuiteError` for an episode of no driving
        world, `UnknownNameError` for a preset that there is not."""
        self._episode, self._options = episode, _looks(episode)
        self._raster, self._map = raster or self._options.raster, map_of(episode)
        spec = preset(self._raster)
        self._trail = trail_length(spec)
        self._states: States | None = None
        self.shape: tuple[int, ...] = spec.shape
        self.dtype = np.dtype(np.uint8)
        self.row_bytes = sum(column.row_bytes for column in episode.head.columns if column.observed)

    def at(self, rows: Rows) -> NDArray[Any]:
        """Drawn in one call."""
        if self._states is None:
            self._states = States(self._episode)
        state = self._states.at(rows, self._trail)
        out = np.zeros((len(rows), 1, *self.shape), np.uint8)
        _rasteriser(self._map, self._raster).draw(state, out, visible=_visible(state, self._map, self._options))
        return out[:, 0]


def _looks(episode: Episode) -> DrivingOptions:
    """What of the environment's arguments decides how it looks at the world."""
    given = episode.head.env.kwargs
    return driving_options({name: given[name] for name in ("others", "raster", "occlusion") if name in given})


def _visible(state: State, map_name: str, options: DrivingOptions) -> NDArray[np.uint8]:
    found = np.ones((state.num_worlds, state.legs.shape[1], state.body.shape[1]), np.uint8)
    if options.occlusion and state.num_worlds:
        see(state, _walls(map_name), found)
    return found


@lru_cache(maxsize=8)
def _walls(map_name: str) -> Walls:
    return map_walls(driving_map(map_name))


@lru_cache(maxsize=8)
def _rasteriser(map_name: str, raster: str) -> Rasteriser:
    """Maps are baked for a raster once in a process."""
    return Rasteriser(driving_map(map_name), preset(raster))
