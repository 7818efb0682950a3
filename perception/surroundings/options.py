"""How a car perceives. Source: ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from sim_suite.driving.sensors.camera.rig import rig
from sim_suite.errors import UnknownNameError
from sim_suite.refusals import refuse_outside

ROADS: Final = ("map", "camera")
PLACES: Final = ("readings", "matched")


@dataclass(frozen=True)
class SurroundingsOptions:
    """The networks that look, and what is known without looking."""

    detector: str = "zoo:yolo"
    """Finds road users; a checkpoint of the task yolo."""
    signs: str = "zoo:signs"
    """Names lights and signs; a checkpoint of the task classification."""
    segmentation: str = "zoo:segmentation-driving"
    """Says where there is road, where `road` is camera or `place` matched; a checkpoint of the task segmentation."""
    rig: str = "car"
    """Which cameras (`sim_suite.driving.sensors.camera.rig`)."""
    road: Literal["map", "camera"] = "map"
    """What the drivable area and its lines are taken from: the map, at the place where the car believes to be; or its pictures."""
    place: Literal["readings", "matched"] = "readings"
    """What tells where the car is: the readings of its navigation sensors, or those and its pictures, held against the map."""
    confidence: float = 0.5
    """That a box of the detector needs, 0 to 1: Darknet's, halfway."""
    range_m: float = 60.0
    """Road users farther away are passed over, 5 to 200 m: a raster of the preset small ends at 58 m."""
    named: float = 0.5
    """Chance that a light's or sign's class needs to be believed, 0 to 1: likelier than all others together."""
    sign_looks: int = 2
    """Pictures in which a sign must have been named alike, 1 to 100."""

    def __post_init__(self) -> None:
        """Raises SuiteError for what is out of range."""
        rig(self.rig)
        if self.road not in ROADS:
            raise UnknownNameError("road", str(self.road), ROADS)
        if self.place not in PLACES:
            raise UnknownNameError("place", str(self.place), PLACES)
        refuse_outside(self, "confidence", 0.0, 1.0)
        refuse_outside(self, "range_m", 5.0, 200.0)
        refuse_outside(self, "named", 0.0, 1.0)
        refuse_outside(self, "sign_looks", 1, 100)
