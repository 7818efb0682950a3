"""Who is in the way: outlines of actors against the path, or against a lane. Source: ours.

CARLA's world frame, metres; to the right is positive.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.navigation.path import Path
from agents.tools.misc import compute_magnitude_angle

if TYPE_CHECKING:
    import carla

Floats = NDArray[np.float64]
BESIDE_M: Final = 0.3
"""Room that a vehicle wants to both sides."""
CLEARANCE_M: Final = 4.0
"""Who is higher or lower by this is on another level: bridges leave lorries of 4 m height through (directive 96/53/EC, annex I)."""
OUTLINE_STEP_M: Final = 1.0
"""Between points of an outline: finer than any vehicle is wide."""
OUTLINE_REACH_M: Final = 12.0
"""Nobody's outline is farther from its middle: half of the 18.75 m that directive 96/53/EC allows a road train, and a margin."""


class Box(NamedTuple):
    """An actor's outline in its own frame: half sizes about a middle."""

    half_length_m: float
    half_width_m: float
    ahead_m: float
    aside_m: float

    @property
    def front_m(self) -> float:
        """From the actor's origin to its front end."""
        return self.half_length_m + self.ahead_m


class Obstacle(NamedTuple):
    """Somebody in the way."""

    actor: carla.Actor
    arc_m: float
    """Along the path to the nearest point of its outline."""
    speed_mps: float
    """Along the path; negative towards us."""


class Boxes:
    """Bounding boxes, asked for once: each reading is a call to the server."""

    def __init__(self) -> None:
        """None yet."""
        self._known: dict[int, Box] = {}

    def of(self, actor: carla.Actor) -> Box:
        """The outline of an actor."""
        if actor.id not in self._known:
            box = actor.bounding_box
            self._known[actor.id] = Box(box.extent.x, box.extent.y, box.location.x, box.location.y)
        return self._known[actor.id]


def outline(pose: carla.Transform, box: Box) -> Floats:
    """[N, 2] Points around a box, no more than OUTLINE_STEP_M apart."""
    long, wide = (2 * math.ceil(half / OUTLINE_STEP_M) + 1 for half in (box.half_length_m, box.half_width_m))
    along = np.linspace(-box.half_length_m, box.half_length_m, long)
    across = np.linspace(-box.half_width_m, box.half_width_m, wide)
    ahead = np.concatenate([along, along, np.full(wide, -box.half_length_m), np.full(wide, box.half_length_m)])
    aside = np.concatenate([np.full(long, -box.half_width_m), np.full(long, box.half_width_m), across, across])
    ahead, aside = ahead + box.ahead_m, aside + box.aside_m
    yaw = math.radians(pose.rotation.yaw)
    x = pose.location.x + ahead * math.cos(yaw) - aside * math.sin(yaw)
    y = pose.location.y + ahead * math.sin(yaw) + aside * math.cos(yaw)
    return np.stack([x, y], axis=1)


def nearest_ahead(
    path: Path,
    own: carla.Vehicle,
    actors: Iterable[carla.Actor],
    boxes: Boxes,
    max_arc_m: float,
    foreseen_s: float = 0.0,
) -> Obstacle | None:
    """Who is nearest on the path that a vehicle is about to sweep, of those whose middle is not behind it.

    foreseen_s: who will be on the path then, at the velocity of now, is there already.
    """
    half = boxes.of(own).half_width_m + BESIDE_M
    pose, best = own.get_transform(), None
    for actor in actors:
        place = _seen(actor, own, pose, max_arc_m + OUTLINE_REACH_M)
        if place is None:
            continue
        box = boxes.of(actor)
        middle = np.array([[place.location.x, place.location.y]])
        around = [outline(place, box)]
        if foreseen_s > 0.0:
            velocity = actor.get_velocity()
            around.append(around[0] + foreseen_s * np.array([velocity.x, velocity.y]))
        arcs, lateral = path.project(np.concatenate([middle, *around]))
        if arcs[0] <= 0.0:
            continue
        inside = (np.abs(lateral) < half) & (arcs > 0.0) & (arcs <= max_arc_m)
        if not inside.any():
            continue
        arc = float(arcs[inside].min())
        if best is None or arc < best.arc_m:
            best = Obstacle(actor, arc, speed_along(actor, path.heading_rad(arc)))
    return best


def nearest_in_lane(
    waypoint: carla.Waypoint, own: carla.Vehicle, actors: Iterable[carla.Actor], boxes: Boxes, max_distance: float,
    angles_deg: tuple[float, float],
) -> carla.Actor | None:  # fmt: skip
    """Who is nearest on a lane, within a distance between middles and within an interval of angles off a vehicle's heading."""
    pose, best, least, line = own.get_transform(), None, math.inf, None
    for actor in actors:
        place = _seen(actor, own, pose, max_distance)
        if place is None:
            continue
        distance, angle = compute_magnitude_angle(place.location, pose.location, pose.rotation.yaw)
        if not angles_deg[0] <= angle <= angles_deg[1] or distance >= least:
            continue
        line = line or Path(lane_line(waypoint, max_distance + OUTLINE_REACH_M))
        _, lateral = line.project(outline(place, boxes.of(actor)))
        if np.abs(lateral).min() < 0.5 * waypoint.lane_width - BESIDE_M:
            best, least = actor, distance
    return best


def lane_line(waypoint: carla.Waypoint, reach_m: float) -> Floats:
    """[K, 2] A lane's centre and what follows and leads to it, `reach_m` to both ends, or as far as there are lanes."""
    step = 2.0
    ahead, back = [waypoint], [waypoint]
    for _ in range(math.ceil(reach_m / step)):
        ahead += ahead[-1].next(step)[:1]
        back += back[-1].previous(step)[:1]
    places = [one.transform.location for one in (*reversed(back[1:]), *ahead)]
    if len(places) == 1:
        yaw = math.radians(waypoint.transform.rotation.yaw)
        places = [places[0], places[0] + type(places[0])(x=math.cos(yaw), y=math.sin(yaw))]
    return np.array([(place.x, place.y) for place in places])


def _seen(actor: carla.Actor, own: carla.Vehicle, pose: carla.Transform, reach_m: float) -> carla.Transform | None:
    """Where somebody else is, if near enough and on the same level."""
    if actor.id == own.id:
        return None
    place = actor.get_transform()
    if abs(place.location.z - pose.location.z) > CLEARANCE_M:
        return None
    apart = math.hypot(place.location.x - pose.location.x, place.location.y - pose.location.y)
    return place if apart <= reach_m else None


def speed_along(actor: carla.Actor, heading_rad: float) -> float:
    """An actor's speed in m/s in a direction, clockwise from x."""
    velocity = actor.get_velocity()
    return float(velocity.x * math.cos(heading_rad) + velocity.y * math.sin(heading_rad))
