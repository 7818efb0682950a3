"""What stands along a road, as an OpenDRIVE file states it: signals, controllers, objects. Source: ASAM OpenDRIVE 1.8, clauses 13, 14.

model.py says what holds for all of it (units, frames, ids, `line`).
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Validity:
    """The lanes something holds for: ids from `from_lane` to `to_lane`, both included (clause 13.5)."""

    from_lane: int
    to_lane: int


@dataclass(frozen=True, slots=True)
class Signal:
    """A traffic light or sign (clause 14). No validity means: all lanes that run in its orientation."""

    id: str
    s: float
    t: float
    type: str
    """A number of the country's catalogue, e.g. 1000001 a traffic light, 205 give way, 206 stop, 274 speed limit (German, "OpenDRIVE")."""
    subtype: str = ""
    country: str = ""
    dynamic: bool = False
    orientation: str = "none"
    """+: holds for traffic along rising s; -: along falling s; none: for both."""
    value: float | None = None
    unit: str = ""
    text: str = ""
    name: str = ""
    z_offset: float = 0.0
    h_offset: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    height: float | None = None
    width: float | None = None
    validities: tuple[Validity, ...] = ()
    dependencies: tuple[str, ...] = ()
    """Ids of the signals that this one depends on or belongs to."""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class SignalReference:
    """A signal that stands at another road but holds here too (clause 14.4)."""

    id: str
    s: float
    t: float
    orientation: str = "none"
    validities: tuple[Validity, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Controller:
    """Signals that switch together (clause 14.6)."""

    id: str
    signals: tuple[str, ...]
    name: str = ""
    sequence: int | None = None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Corner:
    """A corner of an outline, clauses 13.3.2 and 13.3.3: (s, t, dz) of the road, or (u, v, z) of the object's own frame if `local`."""

    local: bool
    first: float
    """s or u."""
    second: float
    """t or v."""
    z: float = 0.0
    height: float = 0.0


@dataclass(frozen=True, slots=True)
class Outline:
    """A polygon (closed) or a line of corners."""

    corners: tuple[Corner, ...]
    closed: bool = True
    fill_type: str = ""


@dataclass(frozen=True, slots=True)
class Repeat:
    """Copies of an object along the road (clause 13.4); `distance` 0 is one continuous body."""

    s: float
    length: float
    distance: float
    t_start: float
    t_end: float
    width_start: float | None = None
    width_end: float | None = None
    height_start: float | None = None
    height_end: float | None = None
    length_start: float | None = None
    length_end: float | None = None
    z_offset_start: float = 0.0
    z_offset_end: float = 0.0


@dataclass(frozen=True, slots=True)
class RoadObject:
    """Something that stands or is painted along the road (clause 13): crosswalk, parkingSpace, pole, building, tree, barrier, ..."""

    id: str
    s: float
    t: float
    type: str = ""
    subtype: str = ""
    name: str = ""
    orientation: str = "none"
    heading: float = 0.0
    """Relative to the road's."""
    pitch: float = 0.0
    roll: float = 0.0
    z_offset: float = 0.0
    length: float | None = None
    width: float | None = None
    height: float | None = None
    radius: float | None = None
    valid_length: float | None = None
    dynamic: bool = False
    outlines: tuple[Outline, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    validities: tuple[Validity, ...] = ()
    parking_access: str | None = None
    """Who may park (all, car, women, handicapped, bus, truck, electric, residents), for parking spaces that say."""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Structure:
    """A tunnel or bridge (clauses 13.11, 13.12) from `s` over `length`."""

    kind: str
    """tunnel or bridge."""
    id: str
    s: float
    length: float
    type: str = ""
    name: str = ""
    line: int = field(default=0, compare=False)
