"""What a thing is, as numbers in semantic pictures and point clouds. Source: CARLA 0.9.16, `carla.CityObjectLabel` (its semantic
segmentation camera, which follows Cityscapes).
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class Tag(IntEnum):
    """A class of things. Kernels know the plain integers below."""

    UNLABELED = 0
    ROAD = 1
    SIDEWALK = 2
    BUILDING = 3
    WALL = 4
    FENCE = 5
    POLE = 6
    TRAFFIC_LIGHT = 7
    TRAFFIC_SIGN = 8
    VEGETATION = 9
    TERRAIN = 10
    SKY = 11
    PEDESTRIAN = 12
    RIDER = 13
    CAR = 14
    TRUCK = 15
    BUS = 16
    TRAIN = 17
    MOTORCYCLE = 18
    BICYCLE = 19
    STATIC = 20
    DYNAMIC = 21
    OTHER = 22
    WATER = 23
    ROAD_LINE = 24
    GROUND = 25
    """Paved ground that is neither lane nor sidewalk: shoulders, parking bays, cycle lanes."""
    BRIDGE = 26
    RAIL_TRACK = 27
    GUARD_RAIL = 28


(
    UNLABELED_TAG, ROAD_TAG, SIDEWALK_TAG, BUILDING_TAG, WALL_TAG, FENCE_TAG, POLE_TAG, TRAFFIC_LIGHT_TAG,
    TRAFFIC_SIGN_TAG, VEGETATION_TAG, TERRAIN_TAG, SKY_TAG, PEDESTRIAN_TAG, RIDER_TAG, CAR_TAG, TRUCK_TAG, BUS_TAG,
    TRAIN_TAG, MOTORCYCLE_TAG, BICYCLE_TAG, STATIC_TAG, DYNAMIC_TAG, OTHER_TAG, WATER_TAG, ROAD_LINE_TAG, GROUND_TAG,
    BRIDGE_TAG, RAIL_TRACK_TAG, GUARD_RAIL_TAG,
) = range(29)  # fmt: skip
NUM_TAGS: Final = 29

COLOURS: Final[tuple[tuple[int, int, int], ...]] = (
    (0, 0, 0), (128, 64, 128), (244, 35, 232), (70, 70, 70), (102, 102, 156), (190, 153, 153), (153, 153, 153),
    (250, 170, 30), (220, 220, 0), (107, 142, 35), (152, 251, 152), (70, 130, 180), (220, 20, 60), (255, 0, 0),
    (0, 0, 142), (0, 0, 70), (0, 60, 100), (0, 80, 100), (0, 0, 230), (119, 11, 32), (110, 190, 160), (170, 120, 50),
    (55, 90, 80), (45, 60, 150), (157, 234, 50), (81, 0, 81), (150, 100, 100), (230, 150, 140), (180, 165, 180),
)  # fmt: skip
"""RGB of each tag, for people: CARLA's `CityScapesPalette`."""
