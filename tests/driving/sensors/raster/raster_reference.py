"""The raster, slowly: pixel by pixel from the definition, in float64, with nothing shared with the kernels but the baked map.

`reference` answers with the planes and with where a pixel is too near an edge to ask: its centre lies within `EDGE_M` of the
border of a texel or of a box. Kernels count texels in steps of 2^-32 and solve a box's edges for columns, so that they may
differ from this within rounding, some 1e-9 m, and nowhere else.
"""

from __future__ import annotations

import numpy as np

from sim_suite.driving.roads.baking.cache import load_or_bake
from sim_suite.driving.roads.baking.layout import CENTRE, CROSSWALK, EDGE, MARK, ROAD, SIDEWALK, STOP_LINE
from sim_suite.driving.roads.baking.lookup import lookup
from sim_suite.driving.roads.graph.kinds import PAVED, SignalKind
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec
from sim_suite.driving.world import layout
from sim_suite.driving.world.kinds import BICYCLE, NO_CONTROL, OBSTACLE, PEDESTRIAN
from sim_suite.driving.world.layout import State
from sim_suite.driving.world.terrain import (
    CYCLE,
    DRIVEN,
    GREEN_FROM,
    GREEN_TICKS,
    GROUP,
    LIMIT,
    YELLOW_TICKS,
    DrivingMap,
)

EDGE_M = 1e-6


def reference(
    driving_map: DrivingMap, spec: RasterSpec, state: State, w: int, ego: int, *,
    rotation: float = 0.0, visible: np.ndarray | None = None, past_points: int | None = None,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """[C, H, W] uint8 planes, and [C, H, W] bool where a pixel is too near an edge."""
    body, mind, tick = state.body[w].astype(np.float64), state.mind[w], int(state.world[w, layout.TICK])
    planes, edge = np.zeros(spec.shape, np.uint8), np.zeros(spec.shape, bool)
    if mind[ego, layout.CONTROL] == NO_CONTROL:
        return planes, edge
    rows, cols = np.meshgrid(np.arange(spec.size[0]) + 0.5, np.arange(spec.size[1]) + 0.5, indexing="ij")
    ahead = (spec.ego_row_col[0] - rows) * spec.metres_per_pixel
    left = (spec.ego_row_col[1] - cols) * spec.metres_per_pixel
    heading = body[ego, layout.YAW] + np.float32(rotation)
    x = body[ego, layout.X] + ahead * np.cos(heading) - left * np.sin(heading)
    y = body[ego, layout.Y] + ahead * np.sin(heading) + left * np.cos(heading)
    ground = _Ground(driving_map, spec, x, y)
    route = _route_lanes(driving_map, spec, state, w, ego)
    for plane, name in enumerate(spec.channels):
        kind, _, frame = name.rpartition("_") if name[-1].isdigit() else (name, "", "0")
        ago = int(frame) * spec.history_ticks
        if kind in _BOXES:
            for box in _BOXES[kind](spec, state, w, ego, ago, visible, past_points):
                _box(planes[plane], edge[plane], x, y, spec, *box)
            continue
        edge[plane] = ground.near
        if kind == "lights":
            lights = [_light(driving_map, state.lights[w], group, tick - ago) for group in range(state.lights.shape[1])]
            groups = driving_map.ground.terrain.lane[:-1, GROUP]
            planes[plane] = ground.on_centre([lights[g] if g >= 0 else 0 for g in groups])
        elif kind == "speed_limit":
            planes[plane] = ground.on_centre(_limits(driving_map))
        elif kind == "route":
            planes[plane] = ground.anywhere([255 * (lane in route) for lane in range(driving_map.graph.num_lanes)])
        else:
            (bright, value), (dim, dim_value) = _BITS[kind]
            rest = ground.anywhere(_paved(driving_map)) if kind == "road" else 0
            if kind == "crosswalks_stops":
                on_lane = ground.mask & (ROAD | CENTRE) != 0
                value = np.where(on_lane, np.maximum(value, ground.anywhere(_lines(driving_map))), value)
            planes[plane] = np.where(ground.mask & bright, value, np.where(ground.mask & dim, dim_value, rest))
            if kind == "crosswalks_stops":
                planes[plane] = np.maximum(planes[plane], ground.on_centre(_signs(driving_map)))
    return planes, edge


_BITS = {
    "road": ((ROAD, 255), (SIDEWALK, 85)),
    "marks": ((MARK, 255), (EDGE, 128)),
    "crosswalks_stops": ((STOP_LINE, 128), (CROSSWALK, 64)),
}


class _Ground:
    """What the texture says under each pixel."""

    def __init__(self, driving_map: DrivingMap, spec: RasterSpec, x: np.ndarray, y: np.ndarray) -> None:
        terrain = driving_map.ground.terrain
        x, y = x + terrain.origin_x, y + terrain.origin_y
        self.textures = load_or_bake(driving_map.graph, spec.metres_per_pixel)
        self.mask, self.sets = lookup(self.textures, x, y)
        across = (x - self.textures.x_min) * self.textures.texels_per_metre
        up = (y - self.textures.y_min) * self.textures.texels_per_metre
        off = np.minimum(np.abs(across - np.round(across)), np.abs(up - np.round(up)))
        self.near = off < EDGE_M * self.textures.texels_per_metre

    def anywhere(self, lane_values: list[int], on_centre: bool = False) -> np.ndarray:
        values = {}
        for number in np.unique(self.sets):
            entries = range(self.textures.set_first[number], self.textures.set_first[number + 1])
            kept = [e for e in entries if not on_centre or self.textures.set_on_centre[e]]
            values[number] = max([0, *(lane_values[self.textures.set_lane[e]] for e in kept)])
        return np.vectorize(values.get)(self.sets)

    def on_centre(self, lane_values: list[int]) -> np.ndarray:
        return np.where(self.mask & CENTRE, self.anywhere(lane_values, on_centre=True), 0)


def _limits(driving_map: DrivingMap) -> list[int]:
    terrain, first = driving_map.ground.terrain, driving_map.graph.lanes.first_point
    middles = [(first[lane] + first[lane + 1]) // 2 for lane in range(driving_map.graph.num_lanes)]
    return [max(1, round(255 * min(float(terrain.point[middle, LIMIT]), 40.0) / 40.0)) for middle in middles]


def _lines(driving_map: DrivingMap) -> list[int]:
    """What holds traffic at the start of a lane is painted on those that lead into it."""
    graph, values = driving_map.graph, [0] * driving_map.graph.num_lanes
    stops, before = graph.stop_lines, graph.predecessors
    for lane in range(graph.num_lanes):
        for i in range(stops.first[lane], stops.first[lane + 1]):
            leading = before.lane[before.first[lane] : before.first[lane + 1]].tolist()
            value = {SignalKind.STOP: 255, SignalKind.YIELD: 192, SignalKind.LIGHT: 128}[SignalKind(stops.kind[i])]
            for painted in leading if stops.arc_m[i] < 0.25 and leading else [lane]:
                values[painted] = max(values[painted], value)
    return values


def _signs(driving_map: DrivingMap) -> list[int]:
    """The brightest sign on a junction lane or on one that leads into it."""
    graph, values = driving_map.graph, []
    stops, before = graph.stop_lines, graph.predecessors
    for lane in range(graph.num_lanes):
        leading = before.lane[before.first[lane] : before.first[lane + 1]].tolist()
        outside = [other for other in leading if graph.lanes.junction[other] < 0]
        owners = [lane, *outside] if graph.lanes.junction[lane] >= 0 else []
        kinds = [SignalKind(stops.kind[i]) for own in owners for i in range(stops.first[own], stops.first[own + 1])]
        values.append(max([0, *({SignalKind.STOP: 255, SignalKind.YIELD: 192}.get(kind, 0) for kind in kinds)]))
    return values


def _paved(driving_map: DrivingMap) -> list[int]:
    return [170 if PAVED >> int(kind) & 1 else 0 for kind in driving_map.graph.lanes.kind]


def _light(driving_map: DrivingMap, told: np.ndarray, group: int, tick: int) -> int:
    shown = int(told[group])
    if shown < 0:
        row = driving_map.ground.terrain.programme[group]
        phase = (tick - int(row[GREEN_FROM])) % int(row[CYCLE])
        shown = 1 if phase < row[GREEN_TICKS] else 2 if phase < row[GREEN_TICKS] + row[YELLOW_TICKS] else 3
    return {0: 0, 1: 85, 2: 170, 3: 255}[shown]


def _route_lanes(driving_map: DrivingMap, spec: RasterSpec, state: State, w: int, ego: int) -> set[int]:
    corners = [(r, c) for r in (0, spec.size[0]) for c in (0, spec.size[1])]
    farthest = max(np.hypot(r - spec.ego_row_col[0], c - spec.ego_row_col[1]) for r, c in corners)
    reach, arc = farthest * spec.metres_per_pixel, float(state.body[w, ego, layout.ROUTE_ARC])
    legs, along = state.legs[w, ego], state.leg_arc[w, ego]
    driven = driving_map.ground.terrain.lane[:, DRIVEN]
    used = [j for j in range(len(legs)) if legs[j] >= 0 and along[j + 1] >= arc - reach and along[j] <= arc + reach]
    return {int(legs[j]) for j in used if driven[legs[j]]}


def _pose(state: State, w: int, a: int, ago: int) -> tuple[float, float, float] | None:
    """Where an actor was, between the two kept poses around that tick."""
    tick, born = int(state.world[w, layout.TICK]), int(state.mind[w, a, layout.BORN])
    newest = tick // 4 * 4
    if ago == 0 or newest < born:
        return tuple(float(state.body[w, a, column]) for column in (layout.X, layout.Y, layout.YAW))
    own = [k for k in range(state.trail.shape[2]) if newest - 4 * k >= born]
    before = min(own[-1], -((tick - ago - newest) // 4))
    after = min(before, (newest - (tick - ago)) // 4)
    (x0, y0, yaw0, there0), (x1, y1, yaw1, there1) = (state.trail[w, a, k].astype(np.float64) for k in (before, after))
    if not (there0 and there1):
        return None
    share = ((tick - ago) - (newest - 4 * before)) / 4 if after < before else 0.0
    turn = np.angle(np.exp(1j * (yaw1 - yaw0)))
    return x0 + share * (x1 - x0), y0 + share * (y1 - y0), yaw0 + share * turn


def _actors(spec, state, w, ego, ago, visible, past_points):
    for a in range(state.world[w, layout.NUM_ACTORS]):
        gone = state.mind[w, a, layout.CONTROL] == NO_CONTROL or (visible is not None and not visible[a])
        pose = _pose(state, w, a, ago)
        if a != ego and not gone and pose is not None:
            value = {PEDESTRIAN: 255, BICYCLE: 200, OBSTACLE: 100}.get(int(state.mind[w, a, layout.KIND]), 150)
            yield *pose, *state.body[w, a, [layout.LENGTH, layout.WIDTH]], value


def _ego(spec, state, w, ego, ago, visible, past_points):
    yield *_pose(state, w, ego, 0), *state.body[w, ego, [layout.LENGTH, layout.WIDTH]], 255


def _past(spec, state, w, ego, ago, visible, past_points):
    for number in range(spec.past_points if past_points is None else past_points):
        pose = _pose(state, w, ego, number * spec.history_ticks)
        if pose is not None:
            yield *pose, 0.6, 0.6, 255 - 195 * number // (spec.past_points - 1) if number else 255


_BOXES = {"actors": _actors, "ego": _ego, "past_poses": _past}


def _box(plane, edge, x, y, spec, at_x, at_y, yaw, length, width, value) -> None:
    """Point in box, for every pixel; sides are at least 1.4143 pixels."""
    along = (x - at_x) * np.cos(yaw) + (y - at_y) * np.sin(yaw)
    aside = (y - at_y) * np.cos(yaw) - (x - at_x) * np.sin(yaw)
    half_length = max(float(length), 1.4143 * spec.metres_per_pixel) / 2
    half_width = max(float(width), 1.4143 * spec.metres_per_pixel) / 2
    beyond = np.maximum(np.abs(along) - half_length, np.abs(aside) - half_width)
    plane[beyond <= 0] = np.maximum(plane[beyond <= 0], value)
    edge |= np.abs(beyond) < EDGE_M
