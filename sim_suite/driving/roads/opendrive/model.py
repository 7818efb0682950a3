"""An OpenDRIVE road network as the file states it: roads, their geometry and their lanes. Source: ASAM OpenDRIVE 1.4 to 1.8.

The model keeps the file's own numbers, names and units, so that reading, writing and reading again gives equal values;
what is derived from them (poses, lane centres, metres per second) lives in `geometry` and `graph`. Clause names are those
of the ASAM OpenDRIVE 1.8 specification. Lengths are metres, angles radians, frames right-handed: x east, y north, the
road's own s along its reference line and t to the left of it. Ids are strings, as in the standard.

`line` is where the element stood in the file (0 if it did not come from one); it takes no part in comparisons.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from sim_suite.driving.roads.opendrive.furniture import Controller, RoadObject, Signal, SignalReference, Structure
from sim_suite.driving.roads.opendrive.junctions import Junction

NO_JUNCTION = "-1"
"""`Road.junction` of a road that is not a connecting road (clause 10.1)."""


class Cubic(NamedTuple):
    """A polynomial record: value = a + b ds + c ds^2 + d ds^3 with ds = s - `s`, valid until the next record's `s`.

    Widths, borders and road marks count `s` from the start of their lane section (the file's sOffset); elevation,
    superelevation and lane offset from the start of the road.
    """

    s: float
    a: float = 0.0
    b: float = 0.0
    c: float = 0.0
    d: float = 0.0


class Line(NamedTuple):
    """Clause 9.3.1."""


class Arc(NamedTuple):
    """Clause 9.3.2. curvature: 1/m, positive to the left."""

    curvature: float


class Spiral(NamedTuple):
    """A clothoid, clause 9.3.3: curvature in 1/m, linear in arc length."""

    curvature_start: float
    curvature_end: float


class Poly3(NamedTuple):
    """v(u) = a + b u + c u^2 + d u^3 in the local frame at the geometry's start (deprecated since 1.6)."""

    a: float
    b: float
    c: float
    d: float


class ParamPoly3(NamedTuple):
    """u(p), v(p) as cubics in the local frame, clause 9.3.4; p runs to 1 if `normalized`, else to the geometry's length."""

    a_u: float
    b_u: float
    c_u: float
    d_u: float
    a_v: float
    b_v: float
    c_v: float
    d_v: float
    normalized: bool


Shape = Line | Arc | Spiral | Poly3 | ParamPoly3


@dataclass(frozen=True, slots=True)
class Geometry:
    """One piece of a reference line (clause 9): its start pose, length and shape."""

    s: float
    x: float
    y: float
    heading: float
    length: float
    shape: Shape
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Speed:
    """A limit as written. `maximum` in `unit`; None where the file says "no limit" or "undefined"."""

    maximum: float | None
    unit: str
    """m/s, km/h or mph."""


@dataclass(frozen=True, slots=True)
class RoadType:
    """What the road is from `s` on (clause 10.4): town, motorway, rural, ..."""

    s: float
    type: str
    country: str = ""
    speed: Speed | None = None


@dataclass(frozen=True, slots=True)
class LaneSpeed:
    """A lane's own limit from `s` (within its section) on (clause 11.7.2)."""

    s: float
    speed: Speed


class MarkLine(NamedTuple):
    """One painted line of a mark (clauses 11.9.1 and 11.9.2): repeated along it, or painted once where `space` is None."""

    length: float
    """Of what is painted. A repeated line without length or without space is continuous."""
    space: float | None
    """The gap until the line comes again (<line> of <type>); None for one that is painted once (<line> of <explicit>)."""
    t: float = 0.0
    """Offset from the lane's border, to the left along the road's s."""
    s: float = 0.0
    """Where the first one begins, from the mark's `s`."""
    width: float | None = None
    color: str | None = None
    rule: str | None = None
    """"no passing", caution or none: who may cross, seen from the inside; kept, not used."""


@dataclass(frozen=True, slots=True)
class RoadMark:
    """The mark on a lane's outer border, or on the centre line for lane 0, from `s` (within the section) on (clause 11.9)."""

    s: float
    type: str
    """none, solid, broken, "solid solid", "solid broken", "broken solid", "broken broken", "botts dots", grass, curb, edge, custom."""
    color: str = "standard"
    weight: str = "standard"
    width: float | None = None
    lane_change: str | None = None
    """increase, decrease, both or none: which way it may be crossed; None where the file does not say."""
    lines: tuple[MarkLine, ...] = ()
    """What is painted in detail: the repeated lines first, then those painted once. Empty where the file does not say."""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane of a section (clause 11): id 0 is the centre line, positive ids to the left of it, negative to the right."""

    id: int
    type: str
    """As written: driving, shoulder, sidewalk, parking, ... (clause 11.7.1)."""
    widths: tuple[Cubic, ...] = ()
    borders: tuple[Cubic, ...] = ()
    """Distance of the outer border from the centre line; used where there are no widths (clause 11.6.2)."""
    predecessors: tuple[int, ...] = ()
    successors: tuple[int, ...] = ()
    road_marks: tuple[RoadMark, ...] = ()
    speeds: tuple[LaneSpeed, ...] = ()
    level: bool = False
    direction: str = "standard"
    """standard, reversed or both (1.8)."""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class LaneSection:
    """The lanes from `s` until the next section (clause 11.3), ordered from left to right (falling ids), lane 0 among them."""

    s: float
    lanes: tuple[Lane, ...]
    single_side: str | None = None
    """left or right where the section holds for one side only, else None."""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class RoadLink:
    """What a road's end joins (clause 10.3): a road at one of its ends, a junction, or a place along a road (virtual)."""

    element_type: str
    """road or junction."""
    element_id: str
    contact_point: str | None = None
    """start or end of the other road."""
    element_s: float | None = None
    element_direction: str | None = None


@dataclass(frozen=True, slots=True)
class ShapeRecord:
    """Lateral height profile at `s` for t from `t` on (clause 9.5.3): height = a + b dt + c dt^2 + d dt^3."""

    s: float
    t: float
    a: float
    b: float
    c: float
    d: float


@dataclass(frozen=True, slots=True)
class Crossfall:
    """Deprecated lateral slope of one side (1.4): radians, positive falls outwards."""

    side: str
    """left, right or both."""
    cubic: Cubic


@dataclass(frozen=True, slots=True)
class Road:
    """A road: a reference line with lanes, and what stands along it (clause 10)."""

    id: str
    length: float
    plan_view: tuple[Geometry, ...]
    sections: tuple[LaneSection, ...]
    name: str = ""
    junction: str = NO_JUNCTION
    rule: str = "RHT"
    """RHT or LHT: the side traffic keeps to."""
    predecessor: RoadLink | None = None
    successor: RoadLink | None = None
    types: tuple[RoadType, ...] = ()
    elevations: tuple[Cubic, ...] = ()
    superelevations: tuple[Cubic, ...] = ()
    crossfalls: tuple[Crossfall, ...] = ()
    shapes: tuple[ShapeRecord, ...] = ()
    lane_offsets: tuple[Cubic, ...] = ()
    objects: tuple[RoadObject, ...] = ()
    structures: tuple[Structure, ...] = ()
    signals: tuple[Signal, ...] = ()
    signal_references: tuple[SignalReference, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Offset:
    """Shift and rotation that were applied to the coordinates (clause 6.4.2); kept, never applied."""

    x: float
    y: float
    z: float
    heading: float


@dataclass(frozen=True, slots=True)
class Header:
    """Clause 6.4."""

    rev_major: int = 1
    rev_minor: int = 4
    name: str = ""
    version: str = ""
    date: str = ""
    vendor: str = ""
    north: float | None = None
    south: float | None = None
    east: float | None = None
    west: float | None = None
    geo_reference: str = ""
    """A PROJ string, without surrounding space."""
    offset: Offset | None = None


@dataclass(frozen=True, slots=True)
class OpenDrive:
    """A whole file."""

    header: Header
    roads: tuple[Road, ...]
    junctions: tuple[Junction, ...] = ()
    controllers: tuple[Controller, ...] = ()
