"""Sensors on our car: what each said of one frame, and a barrier that waits until all have said it. Source: ours.

Streams come one after the other and each in its own time: a reading belongs to the frame that it names, not to the step after which it
was found. Sensors of events (collisions, lanes crossed, obstacles) say nothing of most frames and are not waited for; what they say late is
handed out with the next frame.
"""

from __future__ import annotations

import queue
import time
from collections import deque
from typing import Any, Final

import carla

EVENTS: Final = ("sensor.other.collision", "sensor.other.lane_invasion", "sensor.other.obstacle")
COLLISION: Final = EVENTS[0]


class Readings:
    """All sensors of one car."""

    def __init__(self) -> None:
        self._sensors: list[Any] = []  # CARLA's objects have no types
        self._waited: dict[str, queue.SimpleQueue[Any]] = {}
        self._told: dict[str, deque[Any]] = {}
        self._hits: deque[Any] = deque()

    def mount(self, world: Any, library: Any, car: Any, sensors: list[list[Any]]) -> None:
        """Put sensors on a car, a detector of collisions before them. sensors: [name, blueprint, attributes, x, y, z, pitch, yaw, roll]."""
        self._hits.clear()
        detector = world.spawn_actor(library.find(COLLISION), carla.Transform(), attach_to=car)
        detector.listen(self._hits.append)
        self._sensors.append(detector)
        for name, kind, attributes, x, y, z, pitch, yaw, roll in sensors:
            if len(library.filter(kind)) != 1:
                raise RuntimeError(f"the server has no sensor {kind!r}")
            blueprint = library.find(kind)
            for key, value in attributes.items():
                if not blueprint.has_attribute(key):
                    raise RuntimeError(f"{kind} has no attribute {key!r}")
                blueprint.set_attribute(key, value)
            pose = carla.Transform(carla.Location(x, y, z), carla.Rotation(pitch, yaw, roll))
            sensor = world.spawn_actor(blueprint, pose, attach_to=car)
            self._sensors.append(sensor)
            skips = float(attributes.get("sensor_tick", 0.0)) > 0.0
            if kind in EVENTS or skips:
                told = self._told[name] = deque()
                sensor.listen(told.append)
            else:
                waited = self._waited[name] = queue.SimpleQueue()
                sensor.listen(waited.put)

    def of_frame(self, frame: int, timeout_s: float) -> tuple[list[list[Any]], list[list[Any]]]:
        """Collisions [actor, its kind, impulse x, y, z in N s], and [name, frame, reading] of all sensors.

        Raises RuntimeError where one does not come in time.
        """
        until = time.monotonic() + timeout_s
        found = []
        for name, waited in self._waited.items():
            found.append([name, frame, _plain(_await(name, waited, frame, until))])
        for name, told in self._told.items():
            found += [[name, one.frame, _plain(one)] for one in _drained(told)]
        hits = [
            [int(hit.other_actor.id), str(hit.other_actor.type_id), hit.normal_impulse.x, hit.normal_impulse.y, hit.normal_impulse.z]
            for hit in _drained(self._hits)
        ]  # fmt: skip
        return hits, found

    def dismount(self) -> None:
        """Take all sensors off."""
        for sensor in self._sensors:
            sensor.stop()
            sensor.destroy()
        self._sensors, self._waited, self._told = [], {}, {}


def _await(name: str, waited: queue.SimpleQueue[Any], frame: int, until: float) -> Any:
    while True:
        try:
            reading = waited.get(timeout=max(until - time.monotonic(), 0.0))
        except queue.Empty:
            raise RuntimeError(f"time-out of the sensor {name!r}: it has said nothing of frame {frame}") from None
        if reading.frame >= frame:
            return reading


def _drained(told: deque[Any]) -> list[Any]:
    found = []
    while told:
        found.append(told.popleft())
    return found


def _plain(reading: Any) -> Any:
    """A reading as plain values: [height, width, bytes] of a picture, bytes of points, else numbers by name."""
    if hasattr(reading, "height") and hasattr(reading, "raw_data"):
        return [int(reading.height), int(reading.width), bytes(reading.raw_data)]
    if hasattr(reading, "raw_data"):
        return bytes(reading.raw_data)
    names = (
        "latitude", "longitude", "altitude", "accelerometer", "gyroscope", "compass", "normal_impulse", "distance",
        "other_actor", "crossed_lane_markings",
    )  # fmt: skip
    return {name: _value(getattr(reading, name)) for name in names if hasattr(reading, name)}


def _value(value: Any) -> Any:
    if isinstance(value, carla.Vector3D):
        return [value.x, value.y, value.z]
    if isinstance(value, carla.Actor):
        return [int(value.id), str(value.type_id)]
    return float(value) if isinstance(value, float | int) else [str(mark.type) for mark in value]
