"""What a map has beside its roads, as clients ask for it. Source: OpenDRIVE's objects through the lane graph."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from sim_suite.carla import frames
from sim_suite.carla.wire.rpc import Wire
from sim_suite.carla.wire.values import Vector
from sim_suite.driving.roads.graph.kinds import ANY_LANE, PropKind
from sim_suite.driving.roads.graph.nearest import nearest_lane

if TYPE_CHECKING:
    from sim_suite.carla.server.episode import Episode

ANY_TAG: Final = 255
TAGS: Final = {
    PropKind.BUILDING: 3, PropKind.POLE: 6, PropKind.TREE: 9, PropKind.BARRIER: 28, PropKind.OBSTACLE: 20, PropKind.OTHER: 20,
}  # fmt: skip
"""Labels of CARLA's semantic segmentation: building, pole, vegetation, guard rail, static."""
ROAD: Final = 1
"""The label of roads."""
NEAR_ROAD_M: Final = 100.0
"""Farther from any lane than this, there is no ground."""


def boxes_with_tag(episode: Episode, tag: int) -> Wire:
    """Boxes of the map's objects, in CARLA's world frame."""
    props, found = episode.served.driving.graph.props, []
    for n, kind in enumerate(props.kind.tolist()):
        if kind in TAGS and tag in (TAGS[PropKind(kind)], ANY_TAG):
            height = float(props.height_m[n])
            pose = frames.carla_transform(
                float(props.x[n]), float(props.y[n]), float(props.z[n]) + height / 2, float(props.heading[n])
            )
            extent = [float(props.length_m[n]) / 2, float(props.width_m[n]) / 2, height / 2]
            found.append([list(pose.location), extent, [pose.pitch, pose.yaw, pose.roll], 0])
    return found


def ground_below(episode: Episode, origin: Vector, direction: Vector, distance: float) -> Wire:
    """[true, [place, label]] where a ray meets the height of the nearest road, [false] where it does not."""
    size = math.hypot(*direction)
    if size == 0.0 or direction.z >= 0.0:
        return [False]
    height = _height(episode, origin)
    if height is None:
        return [False]
    along = (height - origin.z) / direction.z
    if not 0.0 <= along * size <= distance:
        return [False]
    hit = [value + along * way for value, way in zip(origin, direction, strict=True)]
    return [True, [hit, ROAD]]


def road_height(episode: Episode, place: Vector) -> float:
    """z of the road nearest to a place of CARLA's frame; 0 where there is none within NEAR_ROAD_M."""
    return _height(episode, place) or 0.0


def _height(episode: Episode, place: Vector) -> float | None:
    graph = episode.served.driving.graph
    own = frames.carla_vector(*place)
    found = nearest_lane(own.x, own.y, math.nan, math.nan, ANY_LANE, NEAR_ROAD_M, episode.world.ground.grid)
    if found[0] < 0:
        return None
    point = int(graph.lanes.first_point[found[0]]) + round(found[1] / float(graph.lanes.step_m[found[0]]))
    return float(episode.served.heights[point])
