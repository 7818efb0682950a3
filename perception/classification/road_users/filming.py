"""Films traffic in a random town through vehicles' cameras, and cuts out each road user once, by exact instance pictures. Source: ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perception.classification.road_users.cropping import cut
from perception.classification.road_users.options import RoadUserOptions
from perception.classification.source import SIDE
from perception.detection.data.driving import carriers, draw_town
from sim_suite.driving.sensors.camera.camera import Camera
from sim_suite.driving.sensors.camera.camera_spec import CameraSpec
from sim_suite.driving.sensors.camera.styles import Style
from sim_suite.driving.sensors.camera.visible_boxes import Boxes, find_boxes
from sim_suite.driving.world.kinds import TICKS_A_SECOND, ActorKind
from sim_suite.driving.world.layout import ID, KIND
from sim_suite.driving.world.world import World, WorldOptions

CLASSES: Final = ("car", "truck", "bus", "cyclist", "pedestrian")
"""All that moves in the embedded world; parked cars are cars. There are no motorcycles in it."""
CLASS_OF: Final = {
    ActorKind.CAR: 0,
    ActorKind.PARKED: 0,
    ActorKind.TRUCK: 1,
    ActorKind.BUS: 2,
    ActorKind.BICYCLE: 3,
    ActorKind.PEDESTRIAN: 4,
}
VIEW: Final = CameraSpec(size=(192, 256), fov_deg=60.0, outputs=("rgb", "instance"))
"""In which a pedestrian of 1.8 m has LEAST_SIDE at 25 m."""
LEAST_SIDE: Final = 16
"""Pixels of a box's longer side; what is smaller is left out: half of a crop's."""
LEAST_VISIBLE: Final = 0.5
"""Share of a road user's pixels that others may not hide."""
TOWN_M: Final = 300.0
POPULATION: Final = WorldOptions(agents=0, vehicles=60, pedestrians=60, parked=20)
SETTLING_S: Final = 10
EVERY_S: Final = 3
COUNTS: Final = {
    ActorKind.CAR: 0.2,
    ActorKind.TRUCK: 4.0,
    ActorKind.BUS: 10.0,
    ActorKind.BICYCLE: 8.0,
    ActorKind.PEDESTRIAN: 0.5,
}
"""How much those ahead count where the camera's carrier is drawn: about the inverse of how many of each there are."""


class Crops(NamedTuple):
    """N road users."""

    pictures: NDArray[np.uint8]
    """[N, SIDE, SIDE, 3] red, green, blue."""
    labels: NDArray[np.uint8]
    """[N] numbers of CLASSES."""
    styles: NDArray[np.uint8]
    """[N] places in the list of styles."""


def film(options: RoadUserOptions, styles: Sequence[Style], dice: np.random.Generator) -> Crops:
    """All road users that are seen well in one town. None is shown twice; each frame is in one of the styles, by chance."""
    town = draw_town(dice, TOWN_M)
    world = World(town, options.worlds, POPULATION)
    world.reset(dice.integers(0, 2**31, options.worlds))
    world.step(SETTLING_S * TICKS_A_SECOND)
    camera = Camera(town, VIEW, styles=styles)
    seen = camera.new_pictures(options.worlds)
    known: set[tuple[int, int]] = set()
    pictures, labels, looks = [], [], []
    for _ in range(options.moments):
        world.step(EVERY_S * TICKS_A_SECOND)
        chosen = dice.integers(0, len(styles), options.worlds).astype(np.int32)
        by = carriers(world.state, camera.scenery.solid, VIEW.fov_deg, dice, COUNTS)
        camera.draw(world.state, seen, actors=by, styles=chosen)
        boxes = find_boxes(camera, world.state, seen.instance, actors=by)
        for number in np.flatnonzero(seen_well(boxes)).tolist():
            picture = int(boxes.picture[number])
            mind = world.state.mind[picture, boxes.instance[number] - 1]
            if (picture, int(mind[ID])) in known:
                continue
            known.add((picture, int(mind[ID])))
            box = np.array([boxes.x0[number], boxes.y0[number], boxes.x1[number], boxes.y1[number]])
            pictures.append(cut(seen.rgb[picture, 0], box, dice))
            labels.append(CLASS_OF[ActorKind(mind[KIND])])
            looks.append(chosen[picture])
    shown = np.stack(pictures) if pictures else np.zeros((0, SIDE, SIDE, 3), np.uint8)
    return Crops(shown, np.array(labels, np.uint8), np.array(looks, np.uint8))


def seen_well(boxes: Boxes) -> NDArray[np.bool_]:
    """[B] Large enough, hidden by half at most, and not cut off by the picture's edges."""
    longer = np.maximum(boxes.x1 - boxes.x0, boxes.y1 - boxes.y0)
    rows, columns = VIEW.size
    inside = (boxes.x0 > 0) & (boxes.y0 > 0) & (boxes.x1 < columns) & (boxes.y1 < rows)
    well: NDArray[np.bool_] = inside & (longer >= LEAST_SIDE) & (boxes.visible >= LEAST_VISIBLE)
    return well
