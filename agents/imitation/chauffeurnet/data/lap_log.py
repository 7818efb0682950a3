"""Laps of CarRacing as rows 0.2 s apart, each of its 50 frames a second a moment. Source: ours.

A lap lies in the log ROW_STEPS times over, each time from another frame on: so rows of one episode are as far apart as waypoints, and no
frame is lost. Before the rows of an episode stands the lap's first frame once more, since that is the past of all of them; it is no moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.imitation.chauffeurnet.data.log import Brush, Log
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec
from sim_suite.driving.world.layout import NUM_ACTORS, SLIP, SPEED, WORLD, YAW, Floats, Ints, X, Y
from sim_suite.envs.car_racing.map_raster import ROW_STEPS, TrackRasteriser, Tracks, car_bodies
from sim_suite.envs.driving.judging import EGO

COURSE_MPS = 5.0
"""Below, the direction of travel is noise."""


@dataclass(frozen=True, eq=False)
class Lap:
    """T frames, 0.02 s apart."""

    track: Tracks
    """One track."""
    poses: NDArray[np.float64]
    """[T, 3] x, y [m], yaw [rad], world frame."""
    forward_left: NDArray[np.float64]
    """[T, 2] m/s."""
    tile: NDArray[np.int64]
    """[T] next to the car."""
    learned: NDArray[np.bool_]
    """[T] Whether what is driven from this frame to the next is to be learned from."""


@dataclass(frozen=True, eq=False)
class LapLog(Log):
    """Laps; each is ROW_STEPS episodes."""

    tracks: Tracks
    """A track for each lap."""
    body: Floats
    mind: Ints
    world: Ints
    tile: NDArray[np.int64]
    """[n] next to the car."""
    track: NDArray[np.int64]
    """[E] Number of each episode's track, and of its lap."""
    first: NDArray[np.int64]
    end: NDArray[np.int64]
    staged: NDArray[np.uint8]
    learned: NDArray[np.bool_]
    digests: tuple[str, ...] = ()

    @property
    def drive(self) -> NDArray[np.int64]:
        """See `Log`: a lap."""
        return self.track

    @property
    def ground(self) -> type[TrackBrush]:
        """See `Log`: tracks come with the log."""
        return TrackBrush

    def brush(self, spec: RasterSpec, occlusion: bool) -> Brush:
        """See `Log`; nothing is hidden."""
        return TrackBrush(spec)


class TrackBrush:
    """Draws laps of any tracks."""

    def __init__(self, spec: RasterSpec) -> None:
        """See `Log.brush`. Raises `UnknownNameError` for a channel that CarRacing has not."""
        self._rasteriser = TrackRasteriser(spec)
        self.plan = self._rasteriser.plan

    def draw(
        self, log: LapLog, rows: NDArray[np.int64], body: Floats, trail: Floats, rotation: Floats,
        past_points: Ints, out: NDArray[np.uint8],
    ) -> None:  # fmt: skip
        """See `Brush`."""
        which = log.track[log.episode_of(rows)]
        self._rasteriser.draw(log.tracks, which, log.tile[rows], body, trail, out, rotation[:, 0], past_points[:, 0])


def log_of(laps: Sequence[Lap], digests: tuple[str, ...] = ()) -> LapLog:
    """One log of laps, each of two frames or more. digests: of each, where they were recorded."""
    frames, spans, tracks = [], [], []
    for number, lap in enumerate(laps):
        begin = sum(len(one.poses) for one in laps[:number])
        for start in range(min(ROW_STEPS, len(lap.poses))):
            own = np.arange(start, len(lap.poses), ROW_STEPS)
            frames.append(begin + np.concatenate([[0], own]))
            spans.append(len(own) + 1)
            tracks.append(number)
    chosen, ends = np.concatenate(frames), np.cumsum(spans)
    poses, motion = (np.concatenate([getattr(lap, name) for lap in laps])[chosen] for name in ("poses", "forward_left"))
    body, mind = car_bodies(len(chosen))
    body[:, EGO, [X, Y, YAW]] = poses
    forward, speed = motion[:, 0], np.hypot(motion[:, 0], motion[:, 1])
    body[:, EGO, SPEED] = np.where(forward < 0.0, -speed, speed)
    body[:, EGO, SLIP] = np.where(forward > COURSE_MPS, np.arctan2(motion[:, 1], np.maximum(forward, COURSE_MPS)), 0.0)
    world = np.zeros((len(chosen), WORLD), np.int32)
    world[:, NUM_ACTORS] = 1
    first = (ends - spans).astype(np.int64)
    learned = np.concatenate([_learned_rows(lap.learned) for lap in laps])[chosen]
    learned[first] = False
    return LapLog(
        Tracks.joined([lap.track for lap in laps]), body, mind, world, np.concatenate([lap.tile for lap in laps])[chosen],
        np.array(tracks, np.int64), first, ends, np.zeros(len(first), np.uint8), learned, digests,
    )  # fmt: skip


def _learned_rows(learned: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """[T] Whether all frames are learned from until the next row; at the end until the lap's last."""
    driven = np.concatenate([[0], np.cumsum(~learned)])
    until = np.minimum(np.arange(len(learned)) + ROW_STEPS, len(learned))
    found: NDArray[np.bool_] = driven[until] == driven[:-1]
    return found
