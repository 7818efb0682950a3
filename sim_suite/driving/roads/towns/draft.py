"""A town while it is drawn up: roads with open ends that are joined to one another and by junctions. Source: ours.

The ids of roads, junctions, signals, controllers and objects never meet (LibCarla keeps some of them in common tables), and
are short where a map is small: people read them in pictures. A draft becomes an `OpenDrive` document by `finish`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from sim_suite.driving.roads.opendrive.furniture import Controller, RoadObject, Signal, Validity
from sim_suite.driving.roads.opendrive.junctions import Junction
from sim_suite.driving.roads.opendrive.model import (
    NO_JUNCTION,
    Cubic,
    Header,
    OpenDrive,
    Road,
    RoadLink,
    RoadType,
    Speed,
)
from sim_suite.driving.roads.towns.lanes import lane_sections
from sim_suite.driving.roads.towns.paths import Path, Pose
from sim_suite.driving.roads.towns.profiles import Profile, Strip, keys
from sim_suite.errors import SuiteError

ID_RANGES: Final = ("road", "junction", "signal", "controller", "object")
"""The first 999 of the k-th have ids from 1000 k + 1, those beyond from 1,000,000 (k + 1)."""
GEO_REFERENCE: Final = "+proj=tmerc +lat_0=49 +lon_0=8 +k=1 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs"
"""LibCarla warns of maps without one; the place is CARLA's own default latitude and longitude, rounded."""
DIGITS: Final = 4
"""Of written lengths across roads, in metres."""


class Side(NamedTuple):
    """One side of a road at one of its ends: strips from the inside out, their lane ids and distances from the reference line."""

    strips: tuple[Strip, ...]
    ids: tuple[int, ...]
    inner: tuple[float, ...]

    def driving(self) -> list[int]:
        """Indices of the driving lanes."""
        return [index for index, strip in enumerate(self.strips) if strip.kind == "driving"]


@dataclass
class DraftRoad:
    """A road that can still be joined and furnished."""

    id: str
    path: Path
    stretches: list[tuple[float, Profile]]
    """Cross-sections by the s they hold from."""
    name: str = ""
    junction: str = NO_JUNCTION
    type: str = "town"
    speed_kmh: float = 50.0
    links: dict[str, RoadLink] = field(default_factory=dict)
    """By "start" and "end"."""
    lane_links: dict[tuple[str, int], int] = field(default_factory=dict)
    """(end, lane id) to the lane id on the road beyond."""
    elevations: tuple[Cubic, ...] = ()
    superelevations: tuple[Cubic, ...] = ()
    lane_offsets: tuple[Cubic, ...] = ()
    """Of the middle line from the path; constant, but on connecting roads."""
    signals: list[Signal] = field(default_factory=list)
    objects: list[RoadObject] = field(default_factory=list)

    @property
    def length(self) -> float:
        """Metres."""
        return self.path.length

    def height(self, s: float) -> float:
        """Elevation at s."""
        record = next((r for r in reversed(self.elevations) if r.s <= s), Cubic(0.0))
        ds = s - record.s
        return record.a + ds * (record.b + ds * (record.c + ds * record.d))


@dataclass(frozen=True, eq=False)
class End:
    """A road's end as it is seen by traffic that leaves the road over it."""

    road: DraftRoad
    at: str
    """start or end."""

    @property
    def pose(self) -> Pose:
        """On the middle line of the cross-section, heading out of the road."""
        shift = self.road.lane_offsets[0].a if self.road.lane_offsets else 0.0
        if self.at == "end":
            return self.road.path.end.beside(shift)
        return self.road.path.start.beside(shift).turned()

    @property
    def z(self) -> float:
        """Elevation."""
        return self.road.height(self.road.length if self.at == "end" else 0.0)

    @property
    def level(self) -> tuple[Cubic, ...]:
        """The elevation record of a flat road at this height; none at height zero."""
        return (Cubic(0.0, self.z),) if self.z else ()

    @property
    def leaving(self) -> Side:
        """The lanes whose traffic leaves the road here: on the right hand of `pose`."""
        return self._side(right=self.at == "end")

    @property
    def entering(self) -> Side:
        """The lanes whose traffic comes onto the road here: on the left hand of `pose`."""
        return self._side(right=self.at == "start")

    def _side(self, *, right: bool) -> Side:
        _, profile = self.road.stretches[-1 if self.at == "end" else 0]
        strips = profile.right if right else profile.left
        if self.at == "end":
            strips = tuple(strip._replace(width=strip.last_width, end_width=None) for strip in strips)
        inner = tuple(sum(strip.width for strip in strips[:index]) for index in range(len(strips)))
        return Side(strips, tuple((-1 if right else 1) * (index + 1) for index in range(len(strips))), inner)


class Draft:
    """The roads, junctions and controllers so far."""

    def __init__(self, name: str) -> None:
        """name: of the map, written into its header."""
        self.name = name
        self.roads: list[DraftRoad] = []
        self.junctions: list[Junction] = []
        self.controllers: list[Controller] = []
        self._count = dict.fromkeys(ID_RANGES, 0)

    def new_id(self, what: str) -> str:
        """The next free id of a road, junction, signal, controller or object."""
        self._count[what] = count = self._count[what] + 1
        k = ID_RANGES.index(what)
        if count >= 1_000_000:
            raise SuiteError(f"the town has a million {what}s. Choose a smaller size.")
        return str(1000 * k + count if count < 1000 else 1_000_000 * (k + 1) + count)

    def road(self, path: Path, profile: Profile | Sequence[tuple[float, Profile]], **rest: object) -> DraftRoad:
        """Add a road. profile: one for all of it, or several by the s they hold from; rest: fields of DraftRoad."""
        stretches = [(0.0, profile)] if isinstance(profile, Profile) else list(profile)
        road = DraftRoad(self.new_id("road"), path, stretches, **rest)  # type: ignore[arg-type]  # named fields
        self.roads.append(road)
        return road

    def join(self, one: End, other: End) -> None:
        """Let two roads follow one another directly; lanes of the same key are linked."""
        for near, far in ((one, other), (other, one)):
            near.road.links[near.at] = RoadLink("road", far.road.id, far.at)
            for mine, theirs in ((near.leaving, far.entering), (near.entering, far.leaving)):
                beyond = dict(zip(keys(theirs.strips), theirs.ids, strict=True))
                for key, lane in zip(keys(mine.strips), mine.ids, strict=True):
                    if key in beyond:
                        near.road.lane_links[near.at, lane] = beyond[key]

    def signal(
        self, road: DraftRoad, s: float, t: float, type: str, orientation: str, lanes: Sequence[int], **rest: object
    ) -> str:
        """Add a signal for traffic in the orientation's direction on these lanes, and return its id. rest: fields of Signal."""
        validity = (Validity(min(lanes), max(lanes)),) if lanes else ()
        signal = Signal(
            self.new_id("signal"), round(s, DIGITS), round(t, DIGITS), type, country="OpenDRIVE", orientation=orientation,
            validities=validity, **rest,  # type: ignore[arg-type]  # named fields
        )  # fmt: skip
        road.signals.append(signal)
        return signal.id

    def finish(self) -> OpenDrive:
        """The document. Raises SuiteError where an end was left open: traffic would be lost there."""
        for road in self.roads:
            for at in ("start", "end"):
                if at not in road.links:
                    pose = End(road, at).pose
                    raise SuiteError(
                        f"road {road.id} ({road.name}) leads nowhere at ({pose.x:.1f}, {pose.y:.1f}). Join its {at} to something."
                    )
        roads = tuple(_finished(road) for road in self.roads)
        return OpenDrive(_header(self.name, roads), roads, tuple(self.junctions), tuple(self.controllers))


def _finished(road: DraftRoad) -> Road:
    return Road(
        id=road.id,
        length=road.length,
        plan_view=road.path.geometries(),
        sections=lane_sections(road.stretches, road.length, road.lane_links, marks=road.junction == NO_JUNCTION),
        name=road.name,
        junction=road.junction,
        predecessor=road.links.get("start"),
        successor=road.links.get("end"),
        types=(RoadType(0.0, road.type, speed=Speed(road.speed_kmh, "km/h")),),
        elevations=road.elevations,
        superelevations=road.superelevations,
        lane_offsets=road.lane_offsets,
        objects=tuple(road.objects),
        signals=tuple(road.signals),
    )


def _header(name: str, roads: Sequence[Road]) -> Header:
    xs = [geometry.x for road in roads for geometry in road.plan_view]
    ys = [geometry.y for road in roads for geometry in road.plan_view]
    return Header(
        1, 4, name=name, version="1.00", vendor="sim-suite", north=max(ys), south=min(ys), east=max(xs), west=min(xs),
        geo_reference=GEO_REFERENCE,
    )  # fmt: skip
