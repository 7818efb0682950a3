"""What LibCarla makes of a map; run as a script in a child process, because a bad map can end it. Prints one JSON object a map."""

import json
import math
import random
import sys
from pathlib import Path

DRIVE_M = 20_000
JUMP_M = 997
"""The drive starts anew somewhere else so often, so that it sees all of the map; a prime."""


def main(paths):
    import carla  # only here: importing this file must not load it

    for path in paths:
        print(json.dumps(report(carla, Path(path).read_text(encoding="utf-8"))), flush=True)


def report(carla, text):
    world = carla.Map("map", text)
    points = world.generate_waypoints(2.0)
    landmarks = {}
    for landmark in world.get_all_landmarks():
        landmarks[landmark.type] = landmarks.get(landmark.type, 0) + 1
    sides = {}
    for point in points:
        if point.is_junction:
            sides.setdefault(point.road_id, set()).add(point.lane_id > 0)
    gap, turn, dead = drive(points)
    return {
        "waypoints": len(points),
        "no_next": sum(not point.next(2.0) for point in points),
        "no_previous": sum(not point.previous(2.0) for point in points),
        "edges": edges(carla, world, points),
        "lanes": sorted({lane(point) for point in points}),
        "crosswalk_points": len(world.get_crosswalks()),
        "landmarks": landmarks,
        "two_way_connecting_roads": sorted(road for road, signs in sides.items() if len(signs) > 1),
        "lane_ends_that_raise": raising_ends(world),
        "gap_m": gap,
        "turn_deg": turn,
        "dead_end": dead,
    }


def lane(point):
    return (point.road_id, point.section_id, point.lane_id)


def edges(carla, world, points):
    """Lane to lane by following the topology, and by the lane changes that the marks allow."""
    found = {(lane(a), lane(b)) for a, b in world.get_topology()}
    for point in points[::5]:
        for side, other in (
            (carla.LaneChange.Left, point.get_left_lane),
            (carla.LaneChange.Right, point.get_right_lane),
        ):
            beside = other() if point.lane_change & side else None
            if beside is not None and beside.lane_type == carla.LaneType.Driving and beside.lane_id * point.lane_id > 0:
                found.add((lane(point), lane(beside)))
    return sorted(found)


def raising_ends(world):
    count = 0
    for start, end in world.get_topology():
        for point in (start, end):
            try:
                world.get_waypoint(point.transform.location)
            except RuntimeError:
                count += 1
    return count


def drive(points):
    """Largest distance and heading change between successive waypoints, and the first dead end."""
    rng = random.Random(5)
    here, gap, turn = rng.choice(points), 0.0, 0.0
    for metre in range(DRIVE_M):
        ways = here.next(1.0)
        if not ways:
            return gap, turn, [*lane(here), here.s]
        there = rng.choice(ways)
        a, b = here.transform, there.transform
        gap = max(gap, math.dist((a.location.x, a.location.y), (b.location.x, b.location.y)))
        turn = max(turn, abs((b.rotation.yaw - a.rotation.yaw + 180.0) % 360.0 - 180.0))
        here = rng.choice(points) if metre % JUMP_M == 0 else there
    return gap, turn, None


if __name__ == "__main__":
    main(sys.argv[1:])
