"""Which lane runs on into which: within roads, between roads, through junctions. Source: ASAM OpenDRIVE 1.8, 10.3, 11.5, 12.

A file states links lane by lane, at either end, in terms of lane ids and s; traffic needs "this lane leads into that one".
So every statement is first made a joint, "end of lane a touches end of lane b", whoever made it; a joint is a way to drive
if one of the lanes is left there and the other entered. That holds for right-hand and left-hand traffic, for `reversed`
lanes, and for roads joined start to start or end to end, with one rule.

Which statements count:
- A lane's link at the end where traffic leaves it, and the lane links of junctions, always count, also where a lane has
  no width at the joint (a lane that tapers off into its neighbour: traffic does run on there).
- A lane's link at the end where traffic enters it counts too (many files give links on one side only), with two
  exceptions: a junction's lane links overrule those of its connecting roads, and a lane that opens from no width beside a
  lane that says where it leads itself is no fork of it.
- A connection without lane links joins equal lane ids, unless its connecting road's lanes say better (clause 12.4.1).
- A virtual junction joins a road in its midst. Lanes end where sections do, so the link holds where a section begins
  within JOINT_TOLERANCE_M of the joint; elsewhere it is left out, and said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.roads.graph.kinds import DRIVABLE
from sim_suite.driving.roads.graph.layout import Adjacency, Ints, Lanes, Points
from sim_suite.driving.roads.opendrive.findings import Finding
from sim_suite.driving.roads.opendrive.junctions import Connection, Junction
from sim_suite.driving.roads.opendrive.model import Lane, OpenDrive, Road, RoadLink

LaneIndex = Mapping[tuple[int, int, int], int]
"""(road index, section, lane id) -> lane."""

START, END = 0, 1
"""The ends of a lane of a section, or of a road, by rising s."""
JOINT_TOLERANCE_M = 0.5
"""How far a virtual junction's joint may lie from a section's start. Ours: less than the shortest car overhang."""
NO_WIDTH_M = 0.01
"""A lane narrower than this at a joint is not there; the accuracy to which lane widths must agree with LibCarla."""


@dataclass
class _Joints:
    """What the file states, one entry a statement: lane a touches lane b at these ends, as said by lane a or by a junction."""

    lane_a: list[int] = field(default_factory=list)
    end_a: list[int] = field(default_factory=list)
    lane_b: list[int] = field(default_factory=list)
    end_b: list[int] = field(default_factory=list)
    by_junction: list[bool] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def add(self, lane_a: int, end_a: int, lane_b: int, end_b: int, by_junction: bool = False) -> None:
        self.lane_a.append(lane_a)
        self.end_a.append(end_a)
        self.lane_b.append(lane_b)
        self.end_b.append(end_b)
        self.by_junction.append(by_junction)


def index_lanes(lanes: Lanes) -> dict[tuple[int, int, int], int]:
    """(road index, section, lane id) -> lane."""
    keys = zip(lanes.road.tolist(), lanes.section.tolist(), lanes.lane_id.tolist(), strict=True)
    return {key: lane for lane, key in enumerate(keys)}


def link_lanes(
    document: OpenDrive, lanes: Lanes, points: Points, index: LaneIndex
) -> tuple[Adjacency, Adjacency, list[Finding]]:
    """(successors, predecessors, findings); each lane's list is sorted and without duplicates, one the inverse of the other.

    lanes: `road` must index `document.roads`. Of lanes only road, section, lane_id, kind, direction and first_point are
    read, of points only width.
    """
    joints = _Joints()
    by_id = {road.id: number for number, road in enumerate(document.roads)}
    for number, road in enumerate(document.roads):
        _join_sections(number, road, index, joints)
        for end, link in ((START, road.predecessor), (END, road.successor)):
            if link is not None and link.element_type == "road":
                _join_roads(document, by_id, number, end, link, index, joints)
    for junction in document.junctions:
        for connection in junction.connections:
            _join_connection(document, by_id, junction, connection, index, joints)
    successors = _drivable_joints(document, joints, lanes, points)
    return successors, invert(successors), joints.findings


def invert(adjacency: Adjacency) -> Adjacency:
    """The same pairs listed under their other lane."""
    count = len(adjacency.first) - 1
    source = np.repeat(np.arange(count), np.diff(adjacency.first))
    return _listed(adjacency.lane.astype(np.int64), source, count)


def _listed(source: NDArray[np.int64], target: NDArray[np.int64], count: int) -> Adjacency:
    """Pairs as CSR by source, sorted, each once."""
    pairs = np.unique(source * count + target)
    source, target = np.divmod(pairs, max(count, 1))
    first = np.zeros(count + 1, np.int32)
    np.cumsum(np.bincount(source, minlength=count), out=first[1:])
    return Adjacency(first, target.astype(np.int32))


# --- what the file states


def _join_sections(number: int, road: Road, index: LaneIndex, joints: _Joints) -> None:
    last = len(road.sections) - 1
    if not last:
        return
    for place, section in enumerate(road.sections):
        for lane in section.lanes:
            if lane.id == 0:
                continue
            own = index[number, place, lane.id]
            if place < last:
                _state(road, lane, own, END, lane.successors, (number, place + 1), START, index, joints)
            if place > 0:
                _state(road, lane, own, START, lane.predecessors, (number, place - 1), END, index, joints)


def _state(
    road: Road, lane: Lane, own: int, end: int, targets: tuple[int, ...], place: tuple[int, int], target_end: int,
    index: LaneIndex, joints: _Joints,
) -> None:  # fmt: skip
    """Lane `own` says that its `end` touches the lanes `targets` of the section `place`."""
    for target in targets:
        if target == 0:  # some writers name the centre line where nothing follows
            continue
        other = index.get((*place, target))
        if other is None:
            what = "predecessor" if end == START else "successor"
            message = f"lane {lane.id} names lane {target} as its {what}, which is not there; the link is left out"
            joints.findings.append(Finding("ignored", "link", road.id, lane.line, message))
        else:
            joints.add(own, end, other, target_end)


def _edge_lanes(road: Road, end: int) -> tuple[int, tuple[Lane, ...]]:
    """(section, its lanes) at an end of the road."""
    place = 0 if end == START else len(road.sections) - 1
    return place, road.sections[place].lanes


def _stated(lane: Lane, end: int) -> tuple[int, ...]:
    return lane.predecessors if end == START else lane.successors


def _join_roads(
    document: OpenDrive, by_id: Mapping[str, int], number: int, end: int, link: RoadLink, index: LaneIndex,
    joints: _Joints,
) -> None:  # fmt: skip
    road = document.roads[number]
    other = by_id.get(link.element_id)
    if other is None:
        message = f"road {link.element_id!r} is not there; the link is left out"
        joints.findings.append(Finding("ignored", "link", road.id, road.line, message))
        return
    place, edge = _edge_lanes(road, end)
    contacts = list(_contacts(document.roads[other], road, end, link))
    for target_place, target_end in contacts:
        for lane in edge:
            if lane.id != 0:
                own = index[number, place, lane.id]
                targets = _stated(lane, end)
                _state(road, lane, own, end, targets, (other, target_place), target_end, index, joints)
    if not contacts:
        message = (
            f"joins road {link.element_id} at s = {link.element_s:g} m, inside a lane section; lanes are entered and left "
            f"at their ends only, so the link is left out; begin a lane section there"
        )
        joints.findings.append(Finding("ignored", "link", road.id, road.line, message))


def _contacts(other: Road, road: Road, end: int, link: RoadLink) -> Iterator[tuple[int, int]]:
    """(section, end) of the other road that this road's end touches; none where that is inside a section."""
    last = len(other.sections) - 1
    if link.contact_point is None and link.element_s is not None:
        borders = [*(section.s for section in other.sections), other.length]
        for place, s in enumerate(borders):
            if abs(s - link.element_s) <= JOINT_TOLERANCE_M:
                if place > 0:
                    yield place - 1, END
                if place <= last:
                    yield place, START
        return
    contact = link.contact_point or _contact_by_return(other, road, end)
    if contact != "end":
        yield 0, START
    if contact != "start":
        yield last, END


def _contact_by_return(other: Road, road: Road, end: int) -> str | None:
    """Where the other road's own links say that it touches this road's end; None if they do not say."""
    named = "start" if end == START else "end"
    for contact, back in (("start", other.predecessor), ("end", other.successor)):
        if back is not None and _names(back, road) and back.contact_point in (None, named):
            return contact
    return None


def _join_connection(
    document: OpenDrive, by_id: Mapping[str, int], junction: Junction, connection: Connection, index: LaneIndex,
    joints: _Joints,
) -> None:  # fmt: skip
    incoming, connecting = by_id.get(connection.incoming_road), by_id.get(connection.connecting_road)
    if incoming is None or connecting is None:
        missing = connection.incoming_road if incoming is None else connection.connecting_road
        if junction.type != "virtual" or missing:  # virtual connections may leave the incoming road out
            message = f"connection {connection.id} of junction {junction.id}: road {missing!r} is not there"
            joints.findings.append(Finding("ignored", "connection", None, connection.line, message))
        return
    road, other = document.roads[incoming], document.roads[connecting]
    contact = _contact_of(connection, road, other, joints)
    ends = _ends_at(junction, road, other, contact)
    if not ends:  # a virtual junction's connecting road: its own links say where it joins
        return
    pairs = [(link.from_lane, link.to_lane) for link in connection.lane_links]
    place, edge = _edge_lanes(other, contact)
    if not pairs:
        pairs = [(lane.id, lane.id) for lane in edge if lane.id != 0 and not _stated(lane, contact)]
    for end in ends:
        from_place, _ = _edge_lanes(road, end)
        for from_lane, to_lane in pairs:
            lane_a = index.get((incoming, from_place, from_lane))
            lane_b = index.get((connecting, place, to_lane))
            if lane_a is not None and lane_b is not None:
                joints.add(lane_a, end, lane_b, contact, by_junction=True)
            elif connection.lane_links and len(ends) == 1:
                message = (
                    f"connection {connection.id} of junction {junction.id} links lane {from_lane} of road {road.id} to "
                    f"lane {to_lane} of road {other.id}, one of which is not there; the link is left out"
                )
                joints.findings.append(Finding("ignored", "laneLink", None, connection.line, message))


def _names(link: RoadLink | None, road: Road) -> bool:
    return link is not None and link.element_type == "road" and link.element_id == road.id


def _contact_of(connection: Connection, road: Road, connecting: Road, joints: _Joints) -> int:
    """The end at which a connecting road meets the incoming one: the other one than stated if its own links all say so."""
    stated, other = (END, START) if connection.contact_point == "end" else (START, END)
    links = (connecting.predecessor, connecting.successor)
    if _names(links[stated], road) or not _names(links[other], road):
        return stated
    message = (
        f"connection {connection.id} meets road {connecting.id} at its {connection.contact_point or 'start'}, but road "
        f"{connecting.id} itself names road {road.id} at its other end; that end is used"
    )
    joints.findings.append(Finding("repaired", "connection", None, connection.line, message))
    return other


def _ends_at(junction: Junction, road: Road, connecting: Road, contact: int) -> list[int]:
    """The ends at which an incoming road meets a connecting one.

    The connecting road's own link says it best: a road may attach to one junction with both of its ends. If it does not
    say, every end that names the junction is tried, and of those joints only the ones that can be driven count.
    """
    back = connecting.predecessor if contact == START else connecting.successor
    if back is not None and _names(back, road):
        if back.contact_point in ("start", "end"):
            return [START if back.contact_point == "start" else END]
        if back.element_s is not None:
            return []
    links = ((START, road.predecessor), (END, road.successor))
    named = [
        end
        for end, link in links
        if link is not None and link.element_type == "junction" and link.element_id == junction.id
    ]
    return named or ([] if junction.type == "virtual" else [START, END])


# --- what traffic makes of it


def _drivable_joints(document: OpenDrive, joints: _Joints, lanes: Lanes, points: Points) -> Adjacency:
    """The joints that lead from one lane into another, with the rules of the module's docstring."""
    count = len(lanes.kind)
    lane_a, end_a = np.array(joints.lane_a, np.int64), np.array(joints.end_a, np.int64)
    lane_b, end_b = np.array(joints.lane_b, np.int64), np.array(joints.end_b, np.int64)
    by_junction = np.array(joints.by_junction, bool)
    exit_end = np.where(lanes.direction > 0, END, START)
    a_leaves, b_leaves = end_a == exit_end[lane_a], end_b == exit_end[lane_b]
    usable = a_leaves != b_leaves
    joined = np.zeros(2 * count, bool)
    joined[2 * lane_a[usable] + end_a[usable]] = True
    head_on = ~(usable | by_junction | joined[2 * lane_a + end_a])
    _say_head_on(document, lanes, lane_a[head_on], lane_b[head_on], joints.findings)
    source = np.where(a_leaves, lane_a, lane_b)[usable]
    target = np.where(a_leaves, lane_b, lane_a)[usable]
    by_junction = by_junction[usable]
    firm = a_leaves[usable] | by_junction
    entered_by_junction = np.zeros(count, bool)
    entered_by_junction[target[by_junction]] = True
    says_itself = np.zeros(count, bool)
    says_itself[source[firm]] = True
    entry_width = points.width[lanes.first_point[:-1]]
    opens = (entry_width[target] < NO_WIDTH_M) & says_itself[source]
    kept = firm | ~(entered_by_junction[target] | opens)
    return _listed(source[kept], target[kept], count)


def _say_head_on(
    document: OpenDrive, lanes: Lanes, lane_a: NDArray[np.int64], lane_b: NDArray[np.int64], findings: list[Finding]
) -> None:
    """Tell of lanes for traffic that are linked only to lanes which, like them, run into (or out of) the joint.

    Junctions are left out: where the file does not say which end of a road they mean, the wrong one is tried too.
    """
    kinds: Ints = lanes.kind.astype(np.int32)
    drivable = ((DRIVABLE >> kinds) & 1).astype(bool)
    told = drivable[lane_a] & drivable[lane_b]
    for a, b in zip(lane_a[told].tolist(), lane_b[told].tolist(), strict=True):
        road, other = document.roads[lanes.road[a]], document.roads[lanes.road[b]]
        message = (
            f"lane {lanes.lane_id[a]} is linked to lane {lanes.lane_id[b]} of road {other.id}, but traffic on the two "
            f"meets head-on; the link is left out"
        )
        findings.append(Finding("ignored", "link", road.id, road.line, message))
