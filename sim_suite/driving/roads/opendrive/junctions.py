"""Junctions as an OpenDRIVE file states them. Source: ASAM OpenDRIVE 1.8, clause 12; model.py says what holds for all of it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LaneLink:
    """A lane of the incoming road and the lane of the connecting (or directly linked) road that it runs into."""

    from_lane: int
    to_lane: int


@dataclass(frozen=True, slots=True)
class Connection:
    """One way through a junction (clause 12.2)."""

    id: str
    incoming_road: str
    connecting_road: str
    """In a direct junction the `linkedRoad`."""
    contact_point: str
    """start or end: where on the connecting road the incoming one joins."""
    lane_links: tuple[LaneLink, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Priority:
    """Road `high` goes before road `low` (clause 12.6)."""

    high: str
    low: str


@dataclass(frozen=True, slots=True)
class JunctionController:
    """A signal controller that belongs to the junction (clause 14.6)."""

    id: str
    type: str = ""
    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class Junction:
    """A junction (clause 12): default, direct (1.7), virtual (1.5) or crossing (1.8)."""

    id: str
    name: str = ""
    type: str = "default"
    connections: tuple[Connection, ...] = ()
    priorities: tuple[Priority, ...] = ()
    controllers: tuple[JunctionController, ...] = ()
    main_road: str | None = None
    """Virtual junctions only: the road it lies on, between s_start and s_end."""
    s_start: float | None = None
    s_end: float | None = None
    orientation: str | None = None
    line: int = field(default=0, compare=False)
