"""Hypothesis strategies for OpenDRIVE documents: everything the model can hold, in agreement with itself. Source: ours.

A lawful document is one that the reader has nothing to repair in, so that reading what was written gives it back.
"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import assume
from hypothesis import strategies as st

from sim_suite.driving.roads.opendrive.furniture import (
    Controller,
    Corner,
    Outline,
    Repeat,
    RoadObject,
    Signal,
    SignalReference,
    Structure,
    Validity,
)
from sim_suite.driving.roads.opendrive.junctions import Connection, Junction, JunctionController, LaneLink, Priority
from sim_suite.driving.roads.opendrive.mending.links import contact_at_s, contradicted_contact
from sim_suite.driving.roads.opendrive.model import (
    Arc,
    Crossfall,
    Cubic,
    Geometry,
    Header,
    Lane,
    LaneSection,
    LaneSpeed,
    Line,
    MarkLine,
    Offset,
    OpenDrive,
    ParamPoly3,
    Poly3,
    Road,
    RoadLink,
    RoadMark,
    RoadType,
    ShapeRecord,
    Speed,
    Spiral,
)

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=6) | st.just(
    "a\n\t\"<&>'"
)
IDS = TEXT.map(str.strip).filter(bool)
NUMBERS = st.floats(-1e8, 1e8)
SMALL = st.floats(-1e-6, 1e-6)
MAYBE = st.none() | NUMBERS
ORIENTATIONS = st.sampled_from(["+", "-", "none"])
CONTACTS = st.sampled_from(["start", "end"])
SPEEDS = st.builds(Speed, st.none() | st.floats(0.0, 1e8), st.sampled_from(["m/s", "km/h", "mph"]))


@st.composite
def documents(draw: st.DrawFn) -> OpenDrive:
    """A lawful document of up to four roads in a chain or ring, with junctions, signals and objects."""
    junction_ids = draw(st.lists(IDS, max_size=2, unique=True))
    road_ids = draw(st.lists(IDS, min_size=1, max_size=4, unique=True))
    roads = [draw(_roads(one, junction_ids)) for one in road_ids]
    roads = _chained(draw, roads, junction_ids)
    assume(not any(_contradicted(road, roads) for road in roads))
    signal_ids = sorted({one.id for road in roads for one in road.signals})
    roads = [_referring(draw, road, signal_ids) for road in roads]
    controllers = tuple(
        Controller(one, tuple(draw(_some(signal_ids))), draw(TEXT), draw(st.none() | st.integers(0, 99)))
        for one in draw(st.lists(IDS, max_size=2, unique=True))
    )
    by_id = {road.id: road for road in roads}
    junctions = tuple(draw(_junctions(one, by_id, [each.id for each in controllers])) for one in junction_ids)
    return OpenDrive(draw(_HEADERS), tuple(roads), junctions, controllers)


_HEADERS = st.builds(
    Header,
    st.just(1), st.integers(1, 8), TEXT, TEXT, TEXT, TEXT, MAYBE, MAYBE, MAYBE, MAYBE,
    (TEXT | st.just("+proj=tmerc ]]> \r\n +lat_0=0")).map(str.strip),
    st.none() | st.builds(Offset, NUMBERS, NUMBERS, NUMBERS, NUMBERS),
)  # fmt: skip
_TURN = st.floats(-1.0, 1.0)
_SHAPES = st.one_of(
    st.builds(Line),
    st.builds(Arc, _TURN),
    st.builds(Spiral, _TURN, _TURN),
    st.builds(Poly3, NUMBERS, NUMBERS, NUMBERS, NUMBERS),
    st.builds(ParamPoly3, *[NUMBERS] * 8, st.booleans()),
)


def _some(values: list) -> st.SearchStrategy[list]:
    return st.lists(st.sampled_from(values), unique=True, max_size=3) if values else st.just([])


def _along(length: float) -> st.SearchStrategy[float]:
    return st.floats(0.0, length)


def _records(length: float, first: float | None = None) -> st.SearchStrategy[tuple[Cubic, ...]]:
    one = st.builds(Cubic, _along(length), st.floats(0.0, 100.0), SMALL, SMALL, SMALL)
    many = st.lists(one, max_size=3).map(lambda found: sorted(found, key=lambda each: each.s))
    if first is None:
        return many.map(tuple)
    return st.tuples(st.builds(Cubic, st.just(first), st.floats(0.0, 100.0), SMALL, SMALL, SMALL), many).map(
        lambda pair: (pair[0], *pair[1])
    )


@st.composite
def _roads(draw: st.DrawFn, road_id: str, junction_ids: list[str]) -> Road:
    pieces: list[Geometry] = []
    s = 0.0
    for length in draw(st.lists(st.floats(0.01, 100.0), min_size=1, max_size=3)):
        pieces.append(Geometry(s, draw(NUMBERS), draw(NUMBERS), draw(st.floats(-10, 10)), length, draw(_SHAPES)))
        s += length
    fall = st.builds(Crossfall, st.sampled_from(["left", "right", "both"]), st.builds(Cubic, *[NUMBERS] * 5))
    road = Road(
        id=road_id,
        length=s,
        plan_view=tuple(pieces),
        sections=draw(_sections(s)),
        name=draw(TEXT),
        junction=draw(st.sampled_from(["-1", *junction_ids])),
        rule=draw(st.sampled_from(["RHT", "LHT"])),
        types=_by_s(draw(st.lists(st.builds(RoadType, _along(s), TEXT, TEXT, st.none() | SPEEDS), max_size=2))),
        elevations=draw(_records(s)),
        superelevations=draw(_records(s)),
        crossfalls=tuple(sorted(draw(st.lists(fall, max_size=2)), key=lambda one: one.cubic.s)),
        shapes=tuple(
            sorted(draw(st.lists(st.builds(ShapeRecord, *[NUMBERS] * 6), max_size=2)), key=lambda one: (one.s, one.t))
        ),
        lane_offsets=draw(_records(s)),
    )
    return replace(
        road,
        signals=tuple(draw(st.lists(_signals(road), max_size=2))),
        objects=tuple(draw(st.lists(_objects(road), max_size=2))),
        structures=tuple(
            draw(
                st.lists(
                    st.builds(Structure, st.sampled_from(["tunnel", "bridge"]), TEXT, _along(s), NUMBERS, TEXT, TEXT),
                    max_size=2,
                )
            )
        ),
    )


def _by_s(found: list) -> tuple:
    return tuple(sorted(found, key=lambda one: one.s))


@st.composite
def _sections(draw: st.DrawFn, length: float) -> tuple[LaneSection, ...]:
    starts = [0.0, *sorted(draw(st.lists(st.floats(0.001, length * 0.9), max_size=2, unique=True)))]
    sides = [draw(st.sampled_from([None, None, None, "left", "right"])) for _ in starts]
    lanes = [_lane_ids(draw, side) for side in sides]
    sections: list[LaneSection] = []
    for i, start in enumerate(starts):
        end = starts[i + 1] if i + 1 < len(starts) else length
        before = lanes[i - 1] if i else []
        after = lanes[i + 1] if i + 1 < len(lanes) else []
        found = tuple(draw(_lanes(one, max(end - start, 0.0), before, after)) for one in lanes[i])
        sections.append(LaneSection(start, found, sides[i]))
    return tuple(sections)


def _lane_ids(draw: st.DrawFn, side: str | None) -> list[int]:
    most = {None: (2, 2), "left": (2, 0), "right": (0, 2)}[side]
    left = draw(st.integers(min(1 if side == "left" else 0, most[0]), most[0]))
    right = draw(st.integers(min(1 if side == "right" else 0, most[1]), most[1]))
    return list(range(left, -right - 1, -1))


@st.composite
def _lanes(draw: st.DrawFn, lane_id: int, length: float, before: list[int], after: list[int]) -> Lane:
    repeated = st.builds(
        MarkLine, st.floats(0.0, 1e8), st.floats(0.0, 1e8), NUMBERS, NUMBERS, MAYBE, st.none() | TEXT, st.none() | TEXT
    )
    once = repeated.map(lambda line: line._replace(space=None))
    lines = st.builds(
        lambda these, others: (*these, *others), st.lists(repeated, max_size=2), st.lists(once, max_size=2)
    )
    mark = st.builds(
        RoadMark,
        NUMBERS,
        TEXT,
        TEXT,
        TEXT,
        MAYBE,
        st.none() | st.sampled_from(["increase", "decrease", "both", "none"]),
        lines,
    )
    return Lane(
        lane_id,
        draw(st.sampled_from(["driving", "sidewalk", ""]) | TEXT),
        draw(_records(length, 0.0)) if lane_id else (),
        draw(st.just(()) | _records(length, 0.0)),
        tuple(draw(_some(before))),
        tuple(draw(_some(after))),
        _by_s(draw(st.lists(mark, max_size=2))),
        _by_s(draw(st.lists(st.builds(LaneSpeed, NUMBERS, SPEEDS), max_size=2))),
        draw(st.booleans()),
        draw(st.sampled_from(["standard", "reversed", "both"])),
    )


@st.composite
def _validities(draw: st.DrawFn, road: Road, s: float) -> tuple[Validity, ...]:
    section = [one for one in road.sections if one.s <= s][-1]
    lanes = draw(st.lists(st.sampled_from([lane.id for lane in section.lanes]), max_size=2))
    return tuple(Validity(lane - draw(st.integers(0, 3)), lane + draw(st.integers(0, 3))) for lane in lanes)


@st.composite
def _signals(draw: st.DrawFn, road: Road) -> Signal:
    s = draw(_along(road.length))
    stripped = TEXT.map(str.strip)
    poses = [draw(NUMBERS) for _ in range(4)]
    found = Signal(
        draw(IDS), s, draw(NUMBERS), draw(stripped), draw(stripped), draw(TEXT), draw(st.booleans()), draw(ORIENTATIONS),
        draw(MAYBE), draw(TEXT), draw(TEXT), draw(TEXT), *poses, draw(MAYBE), draw(MAYBE),
    )  # fmt: skip
    return replace(found, validities=draw(_validities(road, s)))


@st.composite
def _objects(draw: st.DrawFn, road: Road) -> RoadObject:
    s = draw(_along(road.length))
    corner = st.builds(Corner, st.booleans(), *[NUMBERS] * 4)
    outline = st.builds(Outline, st.lists(corner, min_size=1, max_size=4).map(tuple), st.booleans(), TEXT)
    from_s = draw(_along(road.length))
    repeat = st.builds(
        Repeat, st.just(from_s), _along(road.length - from_s), st.just(0.0) | st.floats(0.1, 1e3), NUMBERS, NUMBERS,
        *[MAYBE] * 6, NUMBERS, NUMBERS,
    )  # fmt: skip
    return RoadObject(
        draw(TEXT.map(str.strip)), s, draw(NUMBERS), draw(TEXT), draw(TEXT), draw(TEXT), draw(ORIENTATIONS),
        *(draw(NUMBERS) for _ in range(4)), *(draw(MAYBE) for _ in range(5)), draw(st.booleans()),
        tuple(draw(st.lists(outline, max_size=2))), tuple(draw(st.lists(repeat, max_size=2))),
        draw(_validities(road, s)), draw(st.none() | TEXT),
    )  # fmt: skip


def _chained(draw: st.DrawFn, roads: list[Road], junction_ids: list[str]) -> list[Road]:
    """Each road joined to the next, the ends free, at a junction, at a place along a road, or closed to a ring."""

    def end() -> RoadLink | None:
        kind = draw(st.sampled_from(["free", "junction", "virtual"]))
        if kind == "junction" and junction_ids:
            return RoadLink("junction", draw(st.sampled_from(junction_ids)))
        if kind == "virtual":
            target = draw(st.sampled_from([road.id for road in roads]))
            return RoadLink("road", target, None, draw(NUMBERS), draw(st.none() | st.sampled_from(["+", "-"])))
        return None

    ring = draw(st.booleans())
    linked = []
    for i, road in enumerate(roads):
        before = RoadLink("road", roads[i - 1].id, "end") if i or ring else end()
        after = RoadLink("road", roads[(i + 1) % len(roads)].id, "start") if i + 1 < len(roads) or ring else end()
        linked.append(replace(road, predecessor=before, successor=after))
    return linked


def _contradicted(road: Road, roads: list[Road]) -> bool:
    """Whether chance put an end of a linked road where this one ends, against what the link says."""
    links = (("predecessor", road.predecessor), ("successor", road.successor))
    by_id = {one.id: one for one in roads}
    for name, link in links:
        if link is not None and link.element_type == "road":
            judge = contact_at_s if link.contact_point is None else contradicted_contact
            if judge(road, name, link, by_id) is not None:
                return True
    return False


def _referring(draw: st.DrawFn, road: Road, signal_ids: list[str]) -> Road:
    if not signal_ids:
        return road
    references = []
    for one in draw(_some(signal_ids)):
        s = draw(_along(road.length))
        references.append(SignalReference(one, s, draw(NUMBERS), draw(ORIENTATIONS), draw(_validities(road, s))))
    signals = tuple(replace(one, dependencies=tuple(draw(_some(signal_ids)))) for one in road.signals)
    return replace(road, signals=signals, signal_references=tuple(references))


@st.composite
def _junctions(draw: st.DrawFn, junction_id: str, roads: dict[str, Road], controllers: list[str]) -> Junction:
    kind = draw(st.sampled_from(["default", "direct", "virtual", "crossing"]))
    inside = [road.id for road in roads.values() if road.junction == junction_id or kind != "default"]
    names = st.sampled_from(sorted(roads))
    connections = []
    if inside:
        for incoming, connecting in draw(st.lists(st.tuples(names, st.sampled_from(inside)), max_size=2)):
            contact = draw(CONTACTS)
            section = roads[connecting].sections[0 if contact == "start" else -1]
            to = st.sampled_from([lane.id for lane in section.lanes])
            links = draw(st.lists(st.builds(LaneLink, st.just(0), to), min_size=1, max_size=2, unique=True))
            connections.append(Connection(draw(TEXT.map(str.strip)), incoming, connecting, contact, tuple(links)))
    return Junction(
        junction_id, draw(TEXT), kind, tuple(connections),
        tuple(draw(st.lists(st.builds(Priority, names, names), max_size=2))),
        tuple(JunctionController(one, draw(TEXT), draw(st.none() | st.integers(0, 99))) for one in draw(_some(controllers))),
        draw(st.none() | IDS), draw(MAYBE), draw(MAYBE), draw(st.none() | ORIENTATIONS),
    )  # fmt: skip
