"""What the worker does in a CARLA world: loads a map, puts us and the others into it, steps it, and leaves it as it was found.

Everything here is in CARLA's frame; nothing here knows of the driving world. Source: ours; the calls are CARLA 0.9.16's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import carla
import numpy as np

from sim_suite.carla.client.readings import Readings
from sim_suite.carla.client.strangers import Strangers

# CARLA's package has no types: its objects are Any.
STEP_S: Final = 0.05
ROLE: Final = "sim_suite"
"""`role_name` of the others; the car that is driven has CARLA's own word, hero."""
HERO: Final = "hero"
_SPAWN_TRIES: Final = 5
_SPAWN_LIFT_M: Final = 0.5
"""Spawn points of CARLA's maps are so far above the road."""
_CENTIMETRES_ABOVE: Final = 50.0
"""A wheelbase beyond it is in centimetres, as CARLA's wheels' places are."""


class Visit:
    """One client in one world."""

    def __init__(self) -> None:
        self._client: Any = None
        self._world: Any = None
        self._before: Any = None
        self._sent = self._told = ""
        self._lights: dict[int, Any] = {}
        self._ego: Any = None
        self._others: set[int] = set()
        self._readings = Readings()
        self._strangers = Strangers()
        self._timeout_s = 0.0
        self._library: Any = None
        self._names: set[str] = set()

    def open(self, host: str, port: int, timeout_s: float, restore: list[Any] | None) -> list[Any]:
        """Connect. restore: settings that the world shall have in the end, where a client of ours that was killed has left it; None for
        those that it has now. They are returned."""
        self._client = carla.Client(host, port, worker_threads=1)
        self._timeout_s = timeout_s
        self._client.set_timeout(timeout_s)
        self._world = self._client.get_world()
        self._before = self._world.get_settings()
        if restore is not None:
            self._before.synchronous_mode, self._before.fixed_delta_seconds = restore[0], restore[1]
            self._before.no_rendering_mode = restore[2]
            self._be_told()
            self._remove_left_overs()
        return [
            self._before.synchronous_mode,
            self._before.fixed_delta_seconds or 0.0,
            self._before.no_rendering_mode,
        ]

    def load(self, name: str, text: str, renders: bool, timeout_s: float) -> list[Any]:
        """Be on a map with nobody of ours in it: by its name where the server has it, else by sending its text.

        Returns its name, its text (empty where it is the one of the last time), and [light's actor, id in the map].
        """
        self.leave()
        self._client.set_timeout(timeout_s)
        try:
            self._go_to(name, text)
        finally:
            self._client.set_timeout(self._timeout_s)
        world = self._world
        settings = world.get_settings()
        settings.synchronous_mode, settings.fixed_delta_seconds = True, STEP_S
        settings.no_rendering_mode = not renders
        world.apply_settings(settings)
        self._remove_left_overs()
        self._strangers = Strangers()
        world.freeze_all_traffic_lights(True)
        lights = sorted(world.get_actors().filter("traffic.traffic_light*"), key=lambda one: int(one.id))
        self._lights = {int(one.id): one for one in lights}
        self._library = world.get_blueprint_library()
        self._names = {one.id for one in self._library}
        road_map = world.get_map()
        told, self._told = self._told, road_map.to_opendrive()
        return [
            road_map.name,
            "" if told == self._told else self._told,
            [[int(one.id), str(one.get_opendrive_id())] for one in lights],
        ]

    def _go_to(self, name: str, text: str) -> None:
        self._world = self._client.get_world()
        present = _last_part(self._world.get_map().name)
        if name == present:
            return
        if name in map(_last_part, self._client.get_available_maps()):
            self._world, self._sent = self._client.load_world(name), ""
            return
        if not text:
            raise RuntimeError(f"the server has no map {name!r}, and there is none of that name here to send it")
        if text != self._sent or present != "OpenDriveMap":
            self._world, self._sent = self._client.generate_opendrive_world(text), text

    def _be_told(self) -> None:
        """Who is there: a client knows nobody before the first state has come, and waits for none where the world is synchronous."""
        if self._world.get_settings().synchronous_mode:
            self._world.tick(self._timeout_s)
        else:
            self._world.wait_for_tick(self._timeout_s)

    def _remove_left_overs(self) -> None:
        """Of a client that was killed."""
        ours = [one for one in self._world.get_actors() if one.attributes.get("role_name") in (ROLE, HERO)]
        if ours:
            self._client.apply_batch_sync([carla.command.DestroyActor(one) for one in ours], False)

    def enter(
        self,
        names: list[str],
        pose: list[float],
        velocity: list[float],
        sensors: list[list[Any]],
        weather: list[float],
        patience_s: float,
    ) -> list[float | str]:
        """Spawn our car: the first blueprint of a list. pose: x, y, z, yaw; velocity: x, y; sensors: [name, blueprint, attributes, x, y, z,
        pitch, yaw, roll] each; weather: carla.WeatherParameters in their order; patience_s: for each sensor to be there.

        Returns its blueprint, length, width, x and y of the box's centre in its own frame, wheelbase [m], the wheels' largest angle [rad]
        and mass [kg].
        """
        self._world.set_weather(carla.WeatherParameters(*weather))
        blueprint = self._blueprint(names, HERO)
        self._ego = self._spawn(blueprint, pose)
        if velocity != [0.0, 0.0]:
            self._ego.set_target_velocity(carla.Vector3D(velocity[0], velocity[1], 0.0))
        self._client.set_timeout(patience_s)
        try:
            self._readings.mount(self._world, self._library, self._ego, sensors)
        finally:
            self._client.set_timeout(self._timeout_s)
        box, physics = self._ego.bounding_box, self._ego.get_physics_control()
        wheels = physics.wheels
        base = (wheels[0].position - wheels[2].position).length() if len(wheels) > 2 else 0.0
        return [
            blueprint.id, 2.0 * box.extent.x, 2.0 * box.extent.y, box.location.x, box.location.y,
            base / 100.0 if base > _CENTIMETRES_ABOVE else base,
            math.radians(max((wheel.max_steer_angle for wheel in wheels), default=0.0)), physics.mass,
        ]  # fmt: skip

    def _spawn(self, blueprint: Any, pose: Sequence[float]) -> Any:
        x, y, z, yaw = pose
        for k in range(1, _SPAWN_TRIES + 1):  # on a slope the first place may reach into the road
            place = carla.Location(x, y, z + k * _SPAWN_LIFT_M)
            found = self._world.try_spawn_actor(blueprint, carla.Transform(place, carla.Rotation(yaw=yaw)))
            if found is not None:
                return found
        raise RuntimeError(f"something is in the way where {blueprint.id} shall stand, at {x:.1f}, {y:.1f}")

    def _blueprint(self, names: Sequence[str], role: str) -> Any:
        known = next((name for name in names if name in self._names), None)
        if known is None:
            raise RuntimeError(f"the server has none of the blueprints {', '.join(names)}")
        blueprint = self._library.find(known)
        if blueprint.has_attribute("role_name"):
            blueprint.set_attribute("role_name", role)
        return blueprint

    def tick(
        self, control: list[float], ids: bytes, poses: bytes, lights: list[list[int]], patience_s: float
    ) -> list[Any]:
        """A step of the world. control: throttle, steer, brake; ids: uint32 of actors that move, poses: [n, 4] float32 of x, y, z, yaw
        where they are then; lights: [actor, state]; patience_s: for the step and for the readings.

        Returns the frame that was stepped to and the one that is there, what our car does (6 float64: x, y, yaw, velocity x and y, yaw
        rate), collisions, readings, and strangers.
        """
        command = carla.command
        moves: list[Any] = [
            command.ApplyTransform(
                int(number), carla.Transform(carla.Location(x, y, z), carla.Rotation(yaw=yaw))
            )
            for number, (x, y, z, yaw) in zip(
                np.frombuffer(ids, np.uint32).tolist(), np.frombuffer(poses, np.float32).reshape(-1, 4).tolist(), strict=True
            )
        ]  # fmt: skip
        throttle, steer, brake = control
        moves.append(
            command.ApplyVehicleControl(self._ego.id, carla.VehicleControl(throttle=throttle, steer=steer, brake=brake))
        )
        self._client.apply_batch(moves)
        for number, state in lights:
            self._lights[number].set_state(carla.TrafficLightState.values[state])
        frame = self._world.tick(patience_s)
        snapshot = self._world.get_snapshot()
        own = snapshot.find(self._ego.id)
        if own is None:
            raise RuntimeError("the car that we drive is gone: another client has removed it")
        hits, readings = self._readings.of_frame(frame, patience_s)
        strangers = self._strangers.seen(self._world, snapshot, self._others | {self._ego.id})
        return [frame, snapshot.frame, _numbers(own), hits, readings, strangers]

    def people(self, gone: list[int], born: list[list[Any]]) -> list[int]:
        """Others who come and go. gone: actors to remove; born: [blueprints, x, y, z, yaw] to spawn, moved by us alone.

        Returns the actors that were born, 0 where there was no room.
        """
        command = carla.command
        if gone:
            self._client.apply_batch([command.DestroyActor(number) for number in gone])
            self._others -= set(gone)
        if not born:
            return []
        batch = []
        for names, x, y, z, yaw in born:
            place = carla.Transform(carla.Location(x, y, z + _SPAWN_LIFT_M), carla.Rotation(yaw=yaw))
            batch.append(
                command.SpawnActor(self._blueprint(names, ROLE), place).then(
                    command.SetSimulatePhysics(command.FutureActor, False)
                )
            )
        results = self._client.apply_batch_sync(batch, False)
        found = [0 if one.error else int(one.actor_id) for one in results]
        self._others |= set(found) - {0}
        return found

    def leave(self) -> None:
        """Take everybody of ours out of the world."""
        self._readings.dismount()
        batch = [carla.command.DestroyActor(number) for number in sorted(self._others)]
        if self._ego is not None:
            batch.append(carla.command.DestroyActor(self._ego.id))
        self._ego, self._others = None, set()
        if batch:
            self._client.apply_batch_sync(batch, False)

    def close(self) -> None:
        """Leave the world with the settings that it had."""
        if self._world is None:
            return
        try:
            self.leave()
            self._world.reset_all_traffic_lights()
            self._world.freeze_all_traffic_lights(False)
            self._world.apply_settings(self._before)
        except RuntimeError:  # there is no world to put back
            pass


def _numbers(own: Any) -> bytes:
    pose, velocity = own.get_transform(), own.get_velocity()
    row = [
        pose.location.x, pose.location.y, pose.rotation.yaw, velocity.x, velocity.y, own.get_angular_velocity().z,
    ]  # fmt: skip
    return np.array(row, np.float64).tobytes()


def _last_part(name: str) -> str:
    return name.rsplit("/", 1)[-1]
