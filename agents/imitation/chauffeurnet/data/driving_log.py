"""What was driven, kept as rows of states 0.2 s apart: rasters and targets are drawn from them when they are learned from. Source: ours.

A row costs 200 bytes an actor, a raster of ChauffeurNet's 2.7 MB.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.imitation.chauffeurnet.data.log import Brush, Floats64, Log
from sim_suite.driving.sensors.raster.raster import Rasteriser
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec
from sim_suite.driving.sensors.visibility import map_walls, see
from sim_suite.driving.world.layout import MAX_EVENTS, ROUTE_ARC, Floats, Ints, Shorts, State
from sim_suite.driving.world.terrain import DrivingMap
from sim_suite.envs.driving.judging import EGO


@dataclass(frozen=True, eq=False)
class DrivingLog(Log):
    """Episodes on one map, n rows in all, E episodes; the agent has slot 0."""

    driving_map: DrivingMap
    body: Floats
    mind: Ints
    world: Ints
    weather: Floats
    """[n, WEATHER]"""
    lights: Shorts
    """[n, G]"""
    legs: Ints
    """[E, 1, R]"""
    leg_span: Floats
    """[E, 1, R, 2]"""
    leg_arc: Floats
    """[E, 1, R + 1]"""
    first: NDArray[np.int64]
    end: NDArray[np.int64]
    staged: NDArray[np.uint8]
    learned: NDArray[np.bool_]
    digests: tuple[str, ...] = ()

    @property
    def drive(self) -> NDArray[np.int64]:
        """See `Log`: each is an episode."""
        return np.arange(len(self.first))

    @property
    def ground(self) -> DrivingMap:
        """See `Log`."""
        return self.driving_map

    def brush(self, spec: RasterSpec, occlusion: bool) -> Brush:
        """See `Log`."""
        return MapBrush(self.driving_map, spec, occlusion)

    def line_ahead_m(self, rows: NDArray[np.int64]) -> Floats64:
        """See `Log`; along the route."""
        found = np.zeros(len(rows))
        episodes = self.episode_of(rows)
        for episode in np.unique(episodes).tolist():
            held = self._held_at(episode)
            own = episodes == episode
            at = self.body[rows[own], EGO, ROUTE_ARC].astype(np.float64)
            found[own] = np.append(held, np.inf)[np.searchsorted(held, at)] - at
        return found

    def _held_at(self, episode: int) -> NDArray[np.float64]:
        """Where along an episode's route lights and signs hold traffic, m, in order."""
        lines = self.driving_map.graph.stop_lines
        places = [np.zeros(0)]
        for leg, lane in enumerate(self.legs[episode, 0].tolist()):
            if lane < 0:
                break
            begin, end = self.leg_span[episode, 0, leg].tolist()
            arc = lines.arc_m[lines.first[lane] : lines.first[lane + 1]]
            places.append(self.leg_arc[episode, 0, leg] + arc[(arc >= begin) & (arc <= end)] - begin)
        return np.sort(np.concatenate(places))

    def states(self, rows: NDArray[np.int64], trail: Floats, body: Floats | None = None) -> State:
        """The worlds at some rows, [B, ...] arrays of their own. trail: [B, A, H, 4] to be theirs; body: [B, A, BODY] likewise, in place
        of what was driven."""
        episodes = self.episode_of(rows)
        count, actors = len(rows), self.body.shape[1]
        return State(
            body=self.body[rows] if body is None else body, mind=self.mind[rows], world=self.world[rows], weather=self.weather[rows],
            lights=self.lights[rows], legs=self.legs[episodes], leg_span=self.leg_span[episodes],
            leg_arc=self.leg_arc[episodes], trail=trail,
            path=np.zeros((count, actors, 0), np.int32), span=np.zeros((count, actors, 0, 2), np.float32),
            controls=np.zeros((count, actors, 0), np.float32), event=np.zeros((count, MAX_EVENTS, 4), np.int32),
            event_place=np.zeros((count, MAX_EVENTS, 4), np.float32), tally=np.zeros((count, 1, 16), np.int32),
        )  # fmt: skip


class MapBrush:
    """Draws what happens on one map."""

    def __init__(self, driving_map: DrivingMap, spec: RasterSpec, occlusion: bool) -> None:
        """See `Log.brush`."""
        self._rasteriser = Rasteriser(driving_map, spec)
        self._walls = map_walls(driving_map) if occlusion else None
        self.plan = self._rasteriser.plan

    def draw(
        self, log: DrivingLog, rows: NDArray[np.int64], body: Floats, trail: Floats, rotation: Floats,
        past_points: Ints, out: NDArray[np.uint8],
    ) -> None:  # fmt: skip
        """See `Brush`."""
        state = log.states(rows, trail, body)
        visible = None
        if self._walls is not None:
            visible = np.empty((len(rows), 1, body.shape[1]), np.uint8)
            see(state, self._walls, visible)
        self._rasteriser.draw(state, out[:, None], rotation=rotation, past_points=past_points, visible=visible)
