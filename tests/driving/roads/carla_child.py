"""Asks carla.Map about points of lanes; run as a process of its own, since LibCarla crashes on some files.

usage: python carla_child.py MAP.xodr QUERIES.npz ANSWERS.npz
QUERIES: road, lane [N] int, s [N] float; end_road, end_lane, end_forward [E] int, end_s, end_length [E] float.
ANSWERS: see `Answers` in oracle.py; frames are made OpenDRIVE's here (y and yaw negated).
"""

from __future__ import annotations

import math
import sys
import time
from pathlib import Path

import carla
import numpy as np

JUST_BEFORE_M = 0.05
"""Successors are asked for from here before a lane's end (or its middle, if it is shorter) ..."""
JUST_AFTER_M = 1e-5
"""... to here behind it."""


def at(world, road, lane, s):
    try:
        return world.get_waypoint_xodr(int(road), int(lane), float(s))
    except RuntimeError:
        return None


def points(world, road, lane, s):
    """[N, 9]: found, x, y, yaw, width, s, section, left lane, right lane; 0 stands for no lane."""
    table = np.zeros((len(road), 9))
    for row, *where in zip(table, road, lane, s, strict=True):
        waypoint = at(world, *where)
        if waypoint is None:
            continue
        place, yaw = waypoint.transform.location, -math.radians(waypoint.transform.rotation.yaw)
        sides = [side.lane_id if side else 0 for side in (waypoint.get_left_lane(), waypoint.get_right_lane())]
        row[:] = (1, place.x, -place.y, yaw, waypoint.lane_width, waypoint.s, waypoint.section_id, *sides)
    return table


def successors(world, road, lane, forward, s, length):
    """[E] found; [M, 4] query, road, section, lane: where `next` leads from just before a lane's end.

    forward: whether traffic runs with rising s. s: where the lane ends for traffic; length: of its section.
    """
    found, rows = np.zeros(len(road)), []
    for number, (r, lane_id, with_s, end, span) in enumerate(zip(road, lane, forward, s, length, strict=True)):
        back = min(JUST_BEFORE_M, 0.5 * span)
        waypoint = at(world, r, lane_id, end - back if with_s else end + back)
        if waypoint is None or waypoint.lane_id != lane_id:
            continue
        try:
            following = waypoint.next(abs(waypoint.s - end) + JUST_AFTER_M)
        except RuntimeError:
            continue
        found[number] = 1
        rows += [(number, f.road_id, f.section_id, f.lane_id) for f in following]
    return found, np.array(rows, dtype=float).reshape(-1, 4)


def main(map_path, queries_path, answers_path):
    text = Path(map_path).read_text(encoding="utf-8", errors="replace")
    started = time.perf_counter()
    world = carla.Map("map", text)
    load_s = time.perf_counter() - started
    queries = np.load(queries_path)
    found, following = successors(
        world, *(queries[f"end_{name}"] for name in ("road", "lane", "forward", "s", "length"))
    )
    crosswalks = [(place.x, -place.y, place.z) for place in world.get_crosswalks()]
    marks = world.get_all_landmarks()
    places = [(mark.transform.location.x, -mark.transform.location.y, mark.transform.location.z) for mark in marks]
    spans = [
        " ".join(f"{low}..{high}" for low, high in sorted(map(sorted, mark.get_lane_validities()))) for mark in marks
    ]
    landmarks = [(mark.id, mark.type, span) for mark, span in zip(marks, spans, strict=True)]
    np.savez(
        answers_path,
        load_s=load_s,
        points=points(world, queries["road"], queries["lane"], queries["s"]),
        end_found=found,
        following=following,
        crosswalks=np.array(crosswalks).reshape(-1, 3),
        landmarks=np.array(landmarks, dtype=str).reshape(-1, 3),
        landmark_places=np.array(places).reshape(-1, 3),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
