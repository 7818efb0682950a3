"""Maps as the server hands them out: made ready once, and as text that CARLA's own reader survives. Source: driving/roads."""

from __future__ import annotations

import hashlib
import math
from collections import OrderedDict
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.carla.frames import carla_transform
from sim_suite.carla.server.errors import RefusedError
from sim_suite.carla.server.sensors.surroundings import Surroundings
from sim_suite.carla.server.signals import Holds, Sign, holds_of, signs_of
from sim_suite.carla.wire.values import Transform, Vector
from sim_suite.driving.documents.files import file_bytes
from sim_suite.driving.documents.xml import MOST_BYTES
from sim_suite.driving.roads.graph.poses import lane_poses
from sim_suite.driving.roads.maps import RoadMap, find_map, map_names, read_map
from sim_suite.driving.roads.opendrive.findings import OPENDRIVE
from sim_suite.driving.roads.opendrive.writer import to_xml
from sim_suite.driving.world.terrain import DrivingMap, prepare
from sim_suite.errors import SuiteError

GENERATED: Final = "OpenDriveMap"
"""What a client calls the map that it has sent as text."""
FOLDER: Final = "Carla/Maps/"
"""Before each map's name, as CARLA has it."""
SPAWN_EVERY_M: Final = 25.0
"""Between spawn points along a lane: as many as CARLA's towns have for their size."""
SPAWN_END_M: Final = 6.0
"""None nearer to a lane's end: a car's length, and a metre."""
SPAWN_LIFT_M: Final = 0.5
"""Spawn points are so far above the road, as in CARLA's maps: scripts take them as they are."""
_KEPT: Final = 8


class ServedMap(NamedTuple):
    """A map that is ready."""

    name: str
    driving: DrivingMap
    text: str
    """OpenDRIVE, for the client."""
    spawn_points: tuple[Transform, ...]
    heights: NDArray[np.float32]
    """[P] z of the lanes' points."""
    signs: dict[int, Sign]
    """By their index in the lane graph."""
    holds: Holds
    surroundings: Surroundings


class MapShelf:
    """Maps by name, the last few kept ready."""

    def __init__(self) -> None:
        """Empty."""
        self._ready: OrderedDict[str, ServedMap] = OrderedDict()
        self._sent = ""

    def find(self, name: str) -> ServedMap:
        """By name, by path, or by a path of CARLA's such as /Game/Carla/Maps/town_1km. Raises RefusedError."""
        try:
            if name == GENERATED:
                return self._made_ready(self._generated(), GENERATED, None)
            path = find_map(name if Path(name).is_file() else name.rsplit("/", 1)[-1])
            return self._made_ready(file_bytes(path, MOST_BYTES, OPENDRIVE), path.stem, path)
        except RefusedError:
            raise
        except SuiteError as error:
            raise RefusedError(str(error)) from error

    def keep_text(self, text: str) -> None:
        """OpenDRIVE that a client has sent; `find(GENERATED)` makes the map of it."""
        self._sent = text

    def names(self) -> list[str]:
        """All that have one, as CARLA writes them."""
        return [f"/Game/{FOLDER}{name}" for name in map_names()]

    def _generated(self) -> bytes:
        if not self._sent:
            raise RefusedError(
                f"no OpenDRIVE was sent, so there is no {GENERATED}. Call generate_opendrive_world first."
            )
        return self._sent.encode(errors="surrogateescape")

    def _made_ready(self, data: bytes, name: str, path: Path | None) -> ServedMap:
        key = f"{name} {hashlib.sha256(data).hexdigest()}"
        if key not in self._ready:
            road_map = read_map(data, name=name, source=str(path or name), path=path, is_fleeting=path is None)
            driving = prepare(road_map)
            graph = driving.graph
            self._ready[key] = ServedMap(
                name, driving, _text_of(road_map, data), spawn_points(driving), graph.points.z.astype(np.float32),
                signs_of(graph), holds_of(graph), Surroundings(driving),
            )  # fmt: skip
            if len(self._ready) > _KEPT:
                self._ready.popitem(last=False)
        self._ready.move_to_end(key)
        return self._ready[key]


def _text_of(road_map: RoadMap, data: bytes) -> str:
    """The file as it is or, where reading it had to mend or leave out something, as it was understood: CARLA's reader ends the
    client's process on a controller of lights that are not there, among others."""
    if any(finding.kind != "noted" for finding in road_map.findings):
        return to_xml(road_map.document)
    return data.decode("utf-8-sig", errors="surrogateescape")


def spawn_points(driving: DrivingMap) -> tuple[Transform, ...]:
    """Places for vehicles along all lanes outside of junctions, in the order of the lanes."""
    lanes = driving.ground.terrain.spawn_lane.tolist()
    places = [
        (lane, SPAWN_END_M + SPAWN_EVERY_M * k)
        for lane in lanes
        for k in range(math.ceil((float(driving.graph.lanes.length_m[lane]) - 2 * SPAWN_END_M) / SPAWN_EVERY_M))
    ]
    if not places:
        return ()
    there = lane_poses(driving.graph, [lane for lane, _ in places], np.array([arc for _, arc in places]))
    return tuple(
        _lifted(carla_transform(float(x), float(y), float(z), float(heading)))
        for x, y, z, heading in zip(there.x, there.y, there.z, there.heading, strict=True)
    )


def _lifted(pose: Transform) -> Transform:
    x, y, z = pose.location
    return pose._replace(location=Vector(x, y, z + SPAWN_LIFT_M))
