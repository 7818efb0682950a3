"""The camera's semantic tags merged to what a driver needs to tell apart. Source: ours; the tags are CARLA's."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.sensors.solids.semantics import NUM_TAGS, Tag


class SceneClass(IntEnum):
    """Classes of a street scene."""

    ROAD = 0
    LINE = 1
    """Painted on the road, crosswalks too."""
    PAVEMENT = 2
    """Sidewalks, shoulders, bays: paved, but not for driving along."""
    VEHICLE = 3
    """And who rides it."""
    PERSON = 4
    POST = 5
    """Poles, lights and signs."""
    BUILDING = 6
    NATURE = 7
    SKY = 8


CLASSES: Final = tuple(one.name.lower() for one in SceneClass)
COLOURS: Final = (
    (96, 96, 102), (236, 236, 228), (196, 150, 190), (44, 92, 196), (220, 40, 60), (240, 180, 40), (120, 84, 70), (96, 168, 88),
    (150, 196, 232),
)  # fmt: skip
"""Of the classes, for people."""
_OF: Final = {
    SceneClass.ROAD: (Tag.ROAD,),
    SceneClass.LINE: (Tag.ROAD_LINE,),
    SceneClass.PAVEMENT: (Tag.SIDEWALK, Tag.GROUND, Tag.RAIL_TRACK),
    SceneClass.VEHICLE: (Tag.CAR, Tag.TRUCK, Tag.BUS, Tag.TRAIN, Tag.MOTORCYCLE, Tag.BICYCLE, Tag.RIDER, Tag.DYNAMIC),
    SceneClass.PERSON: (Tag.PEDESTRIAN,),
    SceneClass.POST: (Tag.POLE, Tag.TRAFFIC_LIGHT, Tag.TRAFFIC_SIGN, Tag.GUARD_RAIL, Tag.STATIC, Tag.OTHER),
    SceneClass.BUILDING: (Tag.BUILDING, Tag.WALL, Tag.FENCE, Tag.BRIDGE),
    SceneClass.NATURE: (Tag.VEGETATION, Tag.TERRAIN, Tag.WATER),
    SceneClass.SKY: (Tag.SKY, Tag.UNLABELED),
}
_CLASS_OF_TAG: Final = np.zeros(NUM_TAGS, np.uint8)
for _merged, _tags in _OF.items():
    _CLASS_OF_TAG[list(_tags)] = _merged


def merged(tags: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Tags to classes, of any shape."""
    classes: NDArray[np.uint8] = _CLASS_OF_TAG[tags]
    return classes
