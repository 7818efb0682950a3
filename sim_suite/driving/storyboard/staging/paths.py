"""Trajectories and routes that actors are sent along. Source: OpenSCENARIO XML 1.3, `RoutingAction`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from sim_suite.driving.storyboard.elements import actions as a
from sim_suite.driving.storyboard.elements.positions import (
    Polyline,
    Position,
    RelativeObjectPosition,
    Trajectory,
    Vertex,
)
from sim_suite.driving.storyboard.staging import cast as c
from sim_suite.driving.storyboard.staging.placing import NOWHERE_NEEDED, place
from sim_suite.driving.storyboard.staging.routing import lanes_between, on_driving_lane, passed_first
from sim_suite.driving.storyboard.staging.tracks import track_of
from sim_suite.driving.storyboard.staging.view import Bools, Floats, Poses, View
from sim_suite.driving.world.kinds import ActorKind
from sim_suite.errors import SuiteError

THERE_M: Final = 2.0
"""So near to a place one has reached it (ours; ScenarioRunner takes 2 m too)."""


def begin_path(action: a.FollowTrajectoryAction, actor: str, run: int, mask: Bools, view: View) -> None:
    """Begin to follow a trajectory."""
    timed = action.timing is not None
    along_tangent = action.following_mode == "follow" or not timed
    track = track_of(view, action.trajectory, along_tangent, mask, actor)
    if timed and np.isnan(track[mask, :, c.TTIME]).any():
        raise SuiteError(
            f"trajectory {action.trajectory.name!r} is to be followed by its times and has none. Give each of its points one."
        )
    start = view.number(action.initial_distance_offset).copy()
    scale = np.ones(view.num_worlds)
    if action.timing is not None:
        scale = view.number(action.timing.scale)
        since = view.time_s if action.timing.domain == "absolute" else np.zeros(view.num_worlds)
        # Times of vertices are stretched by the scale and moved by the offset, so the clock runs the other way round.
        scale = 1.0 / np.maximum(scale, 1e-9)
        start = (since - view.number(action.timing.offset)) * scale
    take_track(view, actor, run, mask, track, start, timed, scale)


def take_track(
    view: View, actor: str, run: int, mask: Bools, track: Floats, start: Floats, timed: bool, scale: Floats
) -> None:
    """Let an actor follow points. track: [W, P, 5], as `Cast.track`."""
    slot = view.slot(actor)
    number, integer = view.cast.number[:, slot], view.cast.integer[:, slot]
    first = _add_tracks(view, track[mask])
    integer[mask, c.TRACK] = first + np.arange(int(mask.sum()))
    integer[mask, c.MODE], integer[mask, c.TIMED], integer[mask, c.PATH_RUN] = c.ON_TRACK, int(timed), run
    number[mask, c.ALONG], number[mask, c.CLOCK_SCALE] = start[mask], scale[mask]


def _add_tracks(view: View, track: Floats) -> int:
    """Keep the points; returns the first one's row."""
    known = view.cast.track
    count = max(known.shape[1], track.shape[1])
    padded = [_padded(one, count) for one in (known, track)]
    view.cast = view.cast._replace(track=np.concatenate(padded))
    return len(known)


def _padded(track: Floats, count: int) -> Floats:
    missing = count - track.shape[1]
    return track if missing == 0 else np.concatenate([track, np.repeat(track[:, -1:], missing, axis=1)], axis=1)


def leave_tracks(view: View) -> None:
    """Vehicles that have come to the end of their trajectory follow the lane that they are on."""
    for name, slot in view.slots.items():
        integer = view.cast.integer[:, slot]
        ended = (integer[:, c.MODE] == c.STRAIGHT) & (integer[:, c.PATH_RUN] > 0)
        if ended.any():
            integer[ended, c.PATH_RUN] = 0
            if view.entities[name].kind != ActorKind.PEDESTRIAN:
                x, y, yaw = view.pose(name)
                nowhere = np.full(view.num_worlds, -1, np.int32)
                view.take_lane(name, Poses(x, y, yaw, nowhere, 0 * x, 0 * x), ended)


def begin_route(positions: Sequence[Position], actor: str, run: int, mask: Bools, view: View) -> None:
    """Let an actor take the way that leads past some places; people on foot go straight there."""
    integer = view.cast.integer[:, view.slot(actor)]
    if view.entities[actor].kind == ActorKind.PEDESTRIAN:
        here = RelativeObjectPosition(actor, 0.0, 0.0)
        way = Polyline(tuple(Vertex(one) for one in (here, *positions)))
        track = track_of(view, Trajectory("way", way), True, mask)
        take_track(view, actor, run, mask, track, np.zeros(view.num_worlds), False, np.ones(view.num_worlds))
        integer[mask, c.ROUTE_RUN] = run
        return
    start = on_driving_lane(view, _only(view.on_lane(actor), mask), f"where {actor!r} is")
    poses = [_only(place(one, view, mask), mask) for one in positions]
    first, *others = (on_driving_lane(view, one, "the place on the route") for one in poses)
    lanes = lanes_between(view, [start, passed_first(view, start, first), *others])
    known = view.cast.route
    width = max(known.shape[1], lanes.shape[1])
    rows = [np.pad(one, ((0, 0), (0, width - one.shape[1])), constant_values=-1) for one in (known, lanes)]
    view.cast = view.cast._replace(route=np.concatenate(rows).astype(np.int32))
    integer[mask, c.ROUTE] = len(known) + np.arange(len(lanes))
    integer[mask, c.ROUTE_RUN] = run


def _only(poses: Poses, mask: Bools) -> Poses:
    """Those of the worlds of a mask."""
    return Poses(
        poses.x[mask], poses.y[mask], poses.yaw[mask], poses.lane[mask], poses.arc_m[mask], poses.aside_m[mask]
    )


def is_at(position: Position, actor: str, view: View) -> Bools:
    """[W] Whether an actor has reached a place."""
    x, y, _ = view.point(actor)
    there = place(position, view, NOWHERE_NEEDED)
    return np.asarray(np.hypot(there.x - x, there.y - y) <= THERE_M)
