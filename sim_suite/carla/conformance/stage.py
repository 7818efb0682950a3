"""Where probes act: a client, a world made from a map of ours, a straight piece of lane, and what was put on it. Source: ours.

CARLA's servers build a world from an OpenDRIVE file (`generate_opendrive_world`), so that both have the same roads. The client library is
untyped; it is imported here alone, by a child process, as it may end with a fault.
"""

from __future__ import annotations

import math
import queue
from collections.abc import Callable
from typing import Any, Final

import carla

from sim_suite.driving.roads.maps import find_map

MAP: Final = "crossing_lights"
CAR: Final = "vehicle.tesla.model3"
STEP_S: Final = 0.05
SETTLE_STEPS: Final = 30
"""A car that was spawned half a metre above the road has come to rest by then."""
_STRAIGHT_DEG: Final = 0.2
_EVERY_M: Final = 5.0


class Stage:
    """A world for probes, in synchronous mode. Any: CARLA's client has no types."""

    def __init__(self, host: str, port: int, manager_port: int, timeout_s: float) -> None:
        """Connect and build the world. Raises RuntimeError where nobody answers."""
        self.client: Any = carla.Client(host, port, worker_threads=1)
        self.client.set_timeout(timeout_s)
        self.manager_port = manager_port
        self.world: Any = self.client.generate_opendrive_world(find_map(MAP).read_text(encoding="utf-8"))
        self.settings(STEP_S)
        self.map: Any = self.world.get_map()
        self.library: Any = self.world.get_blueprint_library()
        self.start, self.straight_m = self._straight()
        self._actors: list[Any] = []
        self._sensors: list[Any] = []
        self.world.tick()

    def settings(self, step_s: float) -> None:
        """Synchronous mode at a step."""
        settings = self.world.get_settings()
        settings.synchronous_mode, settings.fixed_delta_seconds = True, step_s
        self.world.apply_settings(settings)

    def _straight(self) -> tuple[Any, float]:
        """(a waypoint, m that its lane goes straight on from there) where that is longest."""
        best: tuple[float, Any] = (0.0, None)
        lanes = {(entry.road_id, entry.section_id, entry.lane_id): entry for entry, _ in self.map.get_topology()}
        for key in sorted(lanes):
            if lanes[key].is_junction:
                continue
            run: list[Any] = []
            for waypoint in [lanes[key], *lanes[key].next_until_lane_end(_EVERY_M)]:
                if run and abs(_turn(waypoint, run[0])) > _STRAIGHT_DEG:
                    run = []
                run.append(waypoint)
                if len(run) * _EVERY_M > best[0] + 1e-6:
                    best = len(run) * _EVERY_M, run[0]
        if best[1] is None:
            raise RuntimeError("the map has no straight lane")
        return best[1], best[0] - _EVERY_M

    def along(self, metres: float, aside: float = 0.0, up: float = 0.5, turned_deg: float = 0.0) -> Any:
        """A transform on the straight, so far along it and to its right."""
        mark = self.start.transform
        ahead, right = mark.get_forward_vector(), mark.get_right_vector()
        place = mark.location + carla.Location(
            metres * ahead.x + aside * right.x, metres * ahead.y + aside * right.y, metres * ahead.z + up
        )
        return carla.Transform(
            place, carla.Rotation(mark.rotation.pitch, mark.rotation.yaw + turned_deg, mark.rotation.roll)
        )

    def spawn(self, type_id: str = CAR, at_m: float = 10.0, aside: float = 0.0, turned_deg: float = 0.0) -> Any:
        """An actor on the straight."""
        actor = self.world.spawn_actor(self.library.find(type_id), self.along(at_m, aside, turned_deg=turned_deg))
        self._actors.append(actor)
        return actor

    def car(self, at_m: float = 10.0, speed_mps: float = 0.0) -> Any:
        """A car that has come to rest, then drives at a speed."""
        car = self.spawn(at_m=at_m)
        self.steps(SETTLE_STEPS, car, brake=1.0)
        if speed_mps:
            ahead = car.get_transform().get_forward_vector()
            car.apply_control(carla.VehicleControl())
            car.set_target_velocity(carla.Vector3D(speed_mps * ahead.x, speed_mps * ahead.y, 0.0))
            self.steps(2, car)
        return car

    def steps(self, count: int, car: Any = None, **control: Any) -> None:
        """Time goes on; a car has these controls meanwhile."""
        for _ in range(count):
            if car is not None:
                car.apply_control(carla.VehicleControl(**control))
            self.world.tick()

    def until(self, holds: Callable[[], bool], car: Any, most_s: float = 20.0, **control: Any) -> float:
        """Seconds until something holds, at most so many."""
        for step in range(round(most_s / STEP_S)):
            if holds():
                return step * STEP_S
            self.steps(1, car, **control)
        return most_s

    def listen(self, type_id: str, parent: Any, transform: Any = None, **attributes: str) -> queue.Queue[Any]:
        """What a sensor on an actor says from now on."""
        blueprint = self.library.find(type_id)
        for name, value in attributes.items():
            blueprint.set_attribute(name, value)
        sensor = self.world.spawn_actor(blueprint, transform or carla.Transform(), attach_to=parent)
        self._sensors.append(sensor)
        heard: queue.Queue[Any] = queue.Queue()
        sensor.listen(heard.put)
        return heard

    def reading(self, heard: queue.Queue[Any], car: Any = None, **control: Any) -> Any:
        """The reading of one more step."""
        while not heard.empty():
            heard.get_nowait()
        self.steps(1, car, **control)
        return heard.get(timeout=20.0)

    def clear(self) -> None:
        """Take away what a probe has put here, and its settings."""
        for sensor in self._sensors:
            sensor.stop()
            sensor.destroy()
        for actor in self._actors:
            if actor.is_alive:  # a probe may have destroyed it
                actor.destroy()
        self._sensors.clear()
        self._actors.clear()
        self.settings(STEP_S)
        self.world.tick()


def speed_of(car: Any) -> float:
    """m/s along its heading; negative backwards."""
    velocity, ahead = car.get_velocity(), car.get_transform().get_forward_vector()
    return float(velocity.x * ahead.x + velocity.y * ahead.y)


def angle(degrees: float) -> float:
    """Within half a turn of 0."""
    return math.remainder(degrees, 360.0)


def _turn(one: Any, other: Any) -> float:
    return angle(one.transform.rotation.yaw - other.transform.rotation.yaw)
