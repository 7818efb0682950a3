"""An agent whose vehicle keeps a velocity whatever its engine can do, under the name of CARLA's PythonAPI. Source: ours.

The velocity is the one asked for where nothing is in the way, and less where BasicAgent would brake. A collision ends it.
"""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from agents.navigation.basic_agent import BasicAgent
from agents.navigation.global_route_planner import GlobalRoutePlanner
from agents.navigation.options import ConstantVelocityOptions
from agents.tools.misc import KMH

if TYPE_CHECKING:
    import carla


class ConstantVelocityAgent(BasicAgent):
    """Drives one vehicle at a constant velocity. Call `destroy_sensor` when it is not needed any more."""

    def __init__(
        self,
        vehicle: carla.Vehicle,
        target_speed: float = 20,
        opt_dict: Mapping[str, Any] | None = None,
        map_inst: carla.Map | None = None,
        grp_inst: GlobalRoutePlanner | None = None,
    ) -> None:
        """target_speed: km/h. opt_dict: of BasicAgent, and ConstantVelocityOptions. The rest as BasicAgent."""
        super().__init__(vehicle, target_speed, opt_dict, map_inst, grp_inst)
        options = ConstantVelocityOptions.of(opt_dict or {})
        self._restart_time = options.restart_time
        self._use_basic_behavior = options.use_basic_behavior
        self._current_speed = 0.0
        self._stopped_at: float | None = None
        self.is_constant_velocity_active = False
        self._collision_sensor = self._watch_collisions()
        self.restart_constant_velocity()

    def stop_constant_velocity(self) -> None:
        """Let the vehicle roll."""
        self.is_constant_velocity_active = False
        self._vehicle.disable_constant_velocity()
        self._stopped_at = self._world.get_snapshot().timestamp.elapsed_seconds

    def restart_constant_velocity(self) -> None:
        """Take up the velocity."""
        self.is_constant_velocity_active = True
        self._stopped_at = None
        self._set_constant_velocity(self._target_speed / KMH)

    def destroy_sensor(self) -> None:
        """Give back the sensor of collisions; none ends the velocity then."""
        if self._collision_sensor is not None:
            self._collision_sensor.stop()
            self._collision_sensor.destroy()
            self._collision_sensor = None

    def run_step(self) -> carla.VehicleControl:
        """The control for now; the velocity is set on the way."""
        import carla

        if not self.is_constant_velocity_active:
            now = self._world.get_snapshot().timestamp.elapsed_seconds
            if self._stopped_at is not None and now - self._stopped_at > self._restart_time:
                self.restart_constant_velocity()
            else:
                return super().run_step() if self._use_basic_behavior else carla.VehicleControl()
        control = super().run_step()
        planner = self._local_planner
        speed = 0.0 if planner.done() else min(planner.target_speed, planner.speed_cap) / KMH
        self._set_constant_velocity(speed)
        return control

    def _set_constant_velocity(self, speed_mps: float) -> None:
        """Ahead, m/s."""
        import carla

        self._current_speed = speed_mps
        self._vehicle.enable_constant_velocity(carla.Vector3D(speed_mps, 0.0, 0.0))

    def _watch_collisions(self) -> carla.Sensor:
        """A sensor whose first collision stops the velocity. It holds no reference that keeps this agent alive."""
        import carla

        own = weakref.ref(self)

        def stop(event: carla.CollisionEvent) -> None:
            agent = own()
            if agent is not None and agent.is_constant_velocity_active:
                agent.stop_constant_velocity()

        blueprint = self._world.get_blueprint_library().find("sensor.other.collision")
        sensor = self._world.spawn_actor(blueprint, carla.Transform(), attach_to=self._vehicle)
        sensor.listen(stop)
        return sensor
