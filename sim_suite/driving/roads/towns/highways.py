"""Builds dual carriageways: one-way roads in parallel, with exits, entries and lane drops as merging junctions. Source: ours.

A lane never starts or ends in the open: where one opens or closes, a junction of about `MERGE_M` carries it sideways along
a smooth curve. So each lane has a way on and a way back for whoever follows lanes (CARLA's `next` and `previous` too), and
the exit and entry lanes between those junctions lie beside the carriageway for lane changes.
"""

from __future__ import annotations

from typing import Final

from sim_suite.driving.roads.opendrive.junctions import Priority
from sim_suite.driving.roads.towns.crossings import Crossing, add_to_junction, build_crossing
from sim_suite.driving.roads.towns.draft import Draft, End
from sim_suite.driving.roads.towns.moves import Move
from sim_suite.driving.roads.towns.paths import Path, Pose
from sim_suite.driving.roads.towns.profiles import Profile, Strip

MERGE_M: Final = 50.0
"""Length over which a lane moves sideways by its own width: 3.5 m in 1.8 s at 100 km/h."""
RAMP_LANE_M: Final = 130.0
"""Of exit and entry lanes."""
HIGHWAY_LANE_M: Final = 3.5
HARD_SHOULDER_M: Final = 2.5
HIGHWAY_KMH: Final = 100.0
RAMP_KMH: Final = 60.0
RAMP_APART_M: Final = 3.5
"""Between the carriageway's outer lane and the ramp, where they part."""


def carriageway(lanes: int) -> Profile:
    """One direction of a highway: driving lanes and a hard shoulder."""
    inner = [Strip("driving", HIGHWAY_LANE_M, "broken")] * (lanes - 1)
    return Profile(
        (), (*inner, Strip("driving", HIGHWAY_LANE_M, "solid"), Strip("shoulder", HARD_SHOULDER_M, "solid")), "solid"
    )


def ramp() -> Profile:
    """A one-way ramp of one lane."""
    return Profile((), (Strip("driving", HIGHWAY_LANE_M, "solid"), Strip("shoulder", 1.0, "solid")), "solid")


class Carriageway:
    """One direction of a highway, drawn from its start on: exits and entries are appended in the order of travel."""

    def __init__(self, draft: Draft, path: Path, name: str, *, until: float, lanes: int = 2) -> None:
        """Begin with a plain stretch up to arc length `until`. path: all of it, along its left edge."""
        self.draft, self.path, self.name, self.lanes = draft, path, name, lanes
        self._s = 0.0
        self.head, self.tail = self._stretch(until, lanes)

    def open_exit(self) -> Pose:
        """Let an exit lane open; where a ramp begins (its left edge, heading along the highway), for `leave`."""
        before, self._s = self.tail, self._s + MERGE_M
        first, self.tail = self._stretch(self._s + RAMP_LANE_M, self.lanes + 1)
        outer = self.lanes - 1
        self._join([before, first], [*self._keep(1), Move(0, outer, 1, outer + 1)], "exit")
        return self.path.at(self._s + MERGE_M).beside(-self.lanes * HIGHWAY_LANE_M - RAMP_APART_M)

    def leave(self, ramp_start: End, *, until: float) -> None:
        """Lead the exit lane onto the ramp and go on without it."""
        before, self._s = self.tail, self._s + MERGE_M
        first, self.tail = self._stretch(until, self.lanes)
        self._join([before, ramp_start, first], [*self._keep(2), Move(0, self.lanes, 1, 0)], "exit")

    def entry_pose(self) -> Pose:
        """Where a ramp ends whose traffic comes onto the highway next (its left edge)."""
        return self.path.at(self._s).beside(-self.lanes * HIGHWAY_LANE_M - RAMP_APART_M)

    def enter(self, ramp_end: End, *, until: float) -> None:
        """Take in a ramp on an entry lane of its own, let that merge, and go on."""
        before, self._s = self.tail, self._s + MERGE_M
        first, beside = self._stretch(self._s + RAMP_LANE_M, self.lanes + 1)
        self._join([before, ramp_end, first], [*self._keep(2), Move(1, 0, 2, self.lanes)], "entry")
        self._s += MERGE_M
        after, self.tail = self._stretch(until, self.lanes)
        outer = self.lanes - 1
        merge = self._join([beside, after], [*self._keep(1), Move(0, outer + 1, 1, outer)], "merge")
        roads = {way.move.from_lane: way.road.id for way in merge.ways}
        add_to_junction(self.draft, merge, priorities=(Priority(roads[outer], roads[outer + 1]),))

    def _keep(self, to_arm: int) -> list[Move]:
        return [Move(0, lane, to_arm, lane) for lane in range(self.lanes)]

    def _join(self, ends: list[End], moves: list[Move], name: str) -> Crossing:
        return build_crossing(self.draft, ends, name=name, moves=moves, speed_kmh=HIGHWAY_KMH)

    def _stretch(self, until: float, lanes: int) -> tuple[End, End]:
        """A road from where the drawing stands: its two ends."""
        road = self.draft.road(
            self.path.part(self._s, until), carriageway(lanes), name=self.name, type="motorway", speed_kmh=HIGHWAY_KMH
        )
        self._s = until
        return End(road, "start"), End(road, "end")


def end_of_highway(draft: Draft, arriving: End, road: End, leaving: End, *, name: str) -> None:
    """Both carriageways become one two-way road: the arriving lanes merge into one, the leaving ones open from one.

    arriving: the end of one carriageway; leaving: the start of the other; road: the two-way road's end.
    """
    moves = [Move(0, lane, 1, 0) for lane in range(len(arriving.leaving.driving()))]
    moves += [Move(1, 0, 2, lane) for lane in range(len(leaving.entering.driving()))]
    build_crossing(draft, [arriving, road, leaving], name=name, moves=moves)
