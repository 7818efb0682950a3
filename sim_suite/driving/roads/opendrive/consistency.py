"""What the elements of a file say of each other: repaired where one of them is plainly right, else refused. Source: ours, over ASAM OpenDRIVE 1.8."""

from __future__ import annotations

from sim_suite.driving.roads.opendrive.model import OpenDrive
from sim_suite.driving.roads.opendrive.reader_notes import Notes


def mend(document: OpenDrive, notes: Notes) -> OpenDrive:
    """The document with its parts in agreement; what was changed goes into `notes`. Raises `RoadError`."""
    return document
