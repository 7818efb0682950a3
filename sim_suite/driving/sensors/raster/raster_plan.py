"""A raster's spec and a map, packed for kernels. Source: ours.

Values that hold for a whole lane are needed for sets of lanes (baking/sets.py). What never changes (speed limits, which
lights a set of lanes obeys) is laid out here, once for a map; what changes with the tick is resolved while drawing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.roads.baking.areas import STOP_LINE_M
from sim_suite.driving.roads.baking.cache import textures_of
from sim_suite.driving.roads.baking.layout import METRES_PER_TEXEL, Textures
from sim_suite.driving.roads.baking.sets import per_set
from sim_suite.driving.roads.graph.kinds import PAVED, SignalKind
from sim_suite.driving.sensors.raster.intensity import LIGHT_LINE_VALUE, PAVED_GROUND, limit_value, line_value
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec, split_channel
from sim_suite.driving.world.terrain import (
    DRIVEN,
    FIRST_POINT,
    FIRST_PREDECESSOR,
    FIRST_STOP,
    FIRST_SUCCESSOR,
    GROUP,
    JUNCTION,
    LANE_KIND,
    LIMIT,
    STOP_KIND,
    DrivingMap,
    Terrain,
)

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]


class RasterPlan(NamedTuple):
    """Where each thing is drawn: numbers of planes, -1 for what the raster does not show."""

    rows: int
    cols: int
    metres_per_pixel: float
    ego_row: float
    ego_col: float
    reach_m: float
    """How far along the route lanes are shown, either way."""
    history_ticks: int
    past_points: int
    road: int
    marks: int
    crossings: int
    speed_limit: int
    route: int
    ego: int
    past_poses: int
    lights: Ints
    """[K, 2] plane and ticks ago."""
    actors: Ints
    """[K', 2] likewise."""


class RasterTables(NamedTuple):
    """What rasters know of a map beside its textures. S sets of lanes.

    numba's parallel loops take flat tuples only, so the textures go along by themselves.
    """

    set_limit: Bytes
    """[S] Value of the speed limit, where the set's lanes have their centre lines."""
    set_line: Bytes
    """[S] Value of stop lines on the set's lanes."""
    set_sign: Bytes
    """[S] Value of the sign that holds the junction lanes whose centre lines run there, drawn along them; 0: none."""
    set_first_group: Ints
    """[S + 1]"""
    set_group: Ints
    """[M] The groups of lights that hold the lanes whose centre lines run there; each once."""
    programme: Ints
    """[G, 4] as `Terrain.programme`."""
    lane_driven: Bytes
    """[L] 1 where cars may drive: only such lanes are drawn as route."""
    origin_x: float
    origin_y: float


def plan_raster(spec: RasterSpec) -> RasterPlan:
    """The spec, packed."""
    timed: dict[str, list[tuple[int, int]]] = {"lights": [], "actors": []}
    still = {}
    for plane, name in enumerate(spec.channels):
        kind, frame = split_channel(name)
        if kind in timed:
            timed[kind].append((plane, frame * spec.history_ticks))
        else:
            still[kind] = plane
    return RasterPlan(
        rows=spec.size[0], cols=spec.size[1], metres_per_pixel=float(spec.metres_per_pixel),
        ego_row=float(spec.ego_row_col[0]), ego_col=float(spec.ego_row_col[1]), reach_m=spec.reach_m,
        history_ticks=spec.history_ticks, past_points=spec.past_points,
        road=still.get("road", -1), marks=still.get("marks", -1), crossings=still.get("crosswalks_stops", -1),
        speed_limit=still.get("speed_limit", -1), route=still.get("route", -1), ego=still.get("ego", -1),
        past_poses=still.get("past_poses", -1),
        lights=np.array(timed["lights"], np.int32).reshape(-1, 2),
        actors=np.array(timed["actors"], np.int32).reshape(-1, 2),
    )  # fmt: skip


def raster_map(driving_map: DrivingMap, spec: RasterSpec) -> tuple[Textures, RasterTables]:
    """A map's textures and tables. It is baked anew, and kept as maps are, where the spec's pixels differ from its texels."""
    terrain, textures = driving_map.ground.terrain, driving_map.ground.textures
    if spec.metres_per_pixel != METRES_PER_TEXEL:
        textures = textures_of(driving_map.road_map, float(spec.metres_per_pixel))
    first = terrain.lane[:, FIRST_POINT]
    limits = terrain.point[(first[:-1] + first[1:]) // 2, LIMIT]
    lane_limit = np.array([limit_value(float(limit)) for limit in limits], np.uint8)
    set_first_group, set_group = _groups_of_sets(textures, terrain.lane[:-1, GROUP])
    plain = RasterTables(
        set_limit=per_set(textures, lane_limit, on_centre=True),
        set_line=np.zeros(0, np.uint8),
        set_sign=np.zeros(0, np.uint8),
        set_first_group=set_first_group,
        set_group=set_group,
        programme=terrain.programme,
        lane_driven=terrain.lane[:-1, DRIVEN].astype(np.uint8),
        origin_x=terrain.origin_x,
        origin_y=terrain.origin_y,
    )
    tables = with_signs(plain, textures, terrain)
    return textures._replace(palette=_with_paved(textures, terrain.lane[:-1, LANE_KIND])), tables


def with_signs(tables: RasterTables, textures: Textures, terrain: Terrain) -> RasterTables:
    """Tables that draw the lines and signs of a terrain: of the map's own, or of one whose `stop` holds those that somebody knows of."""
    return tables._replace(
        set_line=per_set(textures, _lane_lines(terrain), empty=LIGHT_LINE_VALUE),
        set_sign=per_set(textures, _lane_signs(terrain), on_centre=True),
    )


def _lane_lines(terrain: Terrain) -> Bytes:
    """[L] Value of the lines on a lane, of several the brightest; traffic that is held at the start of a lane waits on those that lead
    into it (baking/areas.py)."""
    first, before = terrain.lane[:, FIRST_STOP], terrain.lane[:, FIRST_PREDECESSOR]
    values = np.full(len(terrain.lane) - 1, LIGHT_LINE_VALUE, np.uint8)
    owners = np.repeat(np.arange(len(values)), np.diff(first))
    for owner, kind, arc in zip(
        owners.tolist(), terrain.stop[:, STOP_KIND].tolist(), terrain.stop_arc.tolist(), strict=True
    ):
        leading = terrain.predecessor[before[owner] : before[owner + 1]]
        painted = leading if len(leading) and arc < 0.5 * STOP_LINE_M else owner
        values[painted] = np.maximum(values[painted], line_value(kind))
    return values


def _lane_signs(terrain: Terrain) -> Bytes:
    """[L] Value of the sign that holds a junction lane, on it or at the end of a lane that leads into it, as `Terrain.GROUP` has lights."""
    first, after = terrain.lane[:, FIRST_STOP], terrain.lane[:, FIRST_SUCCESSOR]
    values = np.zeros(len(terrain.lane) - 1, np.uint8)
    in_junction = terrain.lane[:-1, JUNCTION] >= 0
    owners = np.repeat(np.arange(len(values)), np.diff(first))
    for owner, kind in zip(owners.tolist(), terrain.stop[:, STOP_KIND].tolist(), strict=True):
        if kind == SignalKind.LIGHT:
            continue
        held = np.array([owner]) if in_junction[owner] else terrain.successor[after[owner] : after[owner + 1]]
        held = held[in_junction[held]]
        values[held] = np.maximum(values[held], line_value(kind))
    return values


def _with_paved(textures: Textures, lane_kind: Ints) -> NDArray[np.uint32]:
    """The palette with the bit PAVED_GROUND, instead of what it meant, where a lane of the set is paved."""
    paved = per_set(textures, ((PAVED >> lane_kind.astype(np.int64)) & 1).astype(np.uint32))
    plain = textures.palette & np.uint32(~PAVED_GROUND & 0xFFFFFFFF)
    palette: NDArray[np.uint32] = plain | paved[textures.palette >> np.uint32(8)] * np.uint32(PAVED_GROUND)
    return palette


def _groups_of_sets(textures: Textures, lane_group: Ints) -> tuple[Ints, Ints]:
    """CSR of the groups of lights that sets obey: first [S + 1], group [M]."""
    owner = np.repeat(np.arange(textures.num_sets), np.diff(textures.set_first))
    group = lane_group[textures.set_lane]
    held = (textures.set_on_centre == 1) & (group >= 0)
    pairs = np.unique(np.stack([owner[held], group[held]], axis=1), axis=0)
    first = np.searchsorted(pairs[:, 0], np.arange(textures.num_sets + 1))
    return first.astype(np.int32), pairs[:, 1].astype(np.int32)
