"""Follows a path of waypoints, given or chosen on the way, under the names of CARLA's PythonAPI. Source: ours."""

from __future__ import annotations

import math
import random
import warnings
from collections import deque
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from agents.navigation.controller import VehiclePIDController
from agents.navigation.lanes import until_lane_end
from agents.navigation.options import LocalPlannerOptions, warn_of_unknown
from agents.navigation.path import Floats, Path
from agents.navigation.road_option import RoadOption, way_through, wrapped_deg
from agents.tools.misc import KMH, draw_waypoints, get_speed

if TYPE_CHECKING:
    import carla

__all__ = ["LocalPlanner", "RoadOption"]

PLANNED_WAYPOINTS: Final = 100
"""So many lie ahead while the planner chooses its own way; CARLA's number."""
WHEELS_DEG: Final = 35.0
"""Of a usual car's wheels at full lock."""
PASSED_WAYPOINTS: Final = 12
"""So many are remembered: at the usual 2 m, more than lie between the rear and the waypoint that is steered at."""
REAR_M: Final = 3.0
"""A car's rear axle, and a waypoint, behind its middle."""
ARRIVED_M: Final = 1.0
"""The last waypoint is reached from so near, or when it lies behind."""
NEARBY_M: Final = 30.0
"""A waypoint that is to be steered at and lies farther away is not the vehicle's any more: it was put elsewhere."""
CUT_M: Final = 0.05
"""By so much the way to the next waypoint may cut a bend."""
LEAST_NEAR_M: Final = 2.0
"""Never nearer: a waypoint beside the vehicle asks for the whole wheel."""


class LocalPlanner:
    """Steers a vehicle along waypoints. Without a plan it roams: at junctions it draws its way by `seed`."""

    def __init__(
        self, vehicle: carla.Vehicle, opt_dict: Mapping[str, Any] | None = None, map_inst: carla.Map | None = None
    ) -> None:
        """opt_dict: see LocalPlannerOptions. map_inst: spares the call for the map. Raises SuiteError for options out of range."""
        warn_of_unknown(opt_dict or {})
        options = LocalPlannerOptions.of(opt_dict or {})
        self._options = options
        self._vehicle = vehicle
        self._world = vehicle.get_world()
        self._map = map_inst or self._world.get_map()
        self._target_speed = options.target_speed
        self._follow_speed_limits = options.follow_speed_limits
        self._offset = options.offset
        self._random = random.Random(options.seed)
        self._waypoints_queue: deque[tuple[carla.Waypoint, RoadOption]] = deque()
        self._passed: deque[carla.Waypoint] = deque(maxlen=PASSED_WAYPOINTS)
        self._stop_waypoint_creation = False
        self.speed_cap = math.inf
        """km/h that are not passed whatever the target; agents set it from what they see."""
        self._vehicle_controller = VehiclePIDController(
            vehicle,
            args_lateral=options.lateral_control_dict if "lateral_control_dict" in (opt_dict or {}) else self._gains(),
            args_longitudinal=options.longitudinal_control_dict,
            offset=options.offset,
            max_throttle=options.max_throttle,
            max_brake=options.max_brake,
            max_steering=options.max_steering,
        )
        here = self._map.get_waypoint(vehicle.get_location())
        self.target_waypoint: carla.Waypoint | None = here
        self.target_road_option: RoadOption | None = RoadOption.LANEFOLLOW
        self._waypoints_queue.append((here, RoadOption.LANEFOLLOW))

    def _gains(self) -> dict[str, float]:
        """The usual gains, less for wheels that turn farther than WHEELS_DEG: with them, cars of 70 degrees weave at 50 km/h."""
        widest = max((wheel.max_steer_angle for wheel in self._vehicle.get_physics_control().wheels), default=0.0)
        share = min(1.0, WHEELS_DEG / widest) if widest > 0.0 else 1.0
        gains = self._options.lateral_control_dict
        return {name: value if name == "dt" else share * value for name, value in gains.items()}

    def reset_vehicle(self) -> None:
        """Let go of the vehicle."""
        self._vehicle = None

    def set_speed(self, speed: float) -> None:
        """km/h to drive at. Has no effect for long while speed limits are followed."""
        if self._follow_speed_limits:
            _say_limits()
        self._target_speed = speed

    def follow_speed_limits(self, value: bool = True) -> None:
        """Whether the limit where the vehicle is takes the place of the target speed."""
        self._follow_speed_limits = value

    @property
    def follows_speed_limits(self) -> bool:
        """Whether limits take the place of the target speed."""
        return self._follow_speed_limits

    def set_offset(self, offset: float) -> None:
        """Metres to the right of the lane's centre."""
        self._offset = offset
        self._vehicle_controller.set_offset(offset)

    def set_global_plan(
        self,
        current_plan: Iterable[tuple[carla.Waypoint, RoadOption]],
        stop_waypoint_creation: bool = True,
        clean_queue: bool = True,
    ) -> None:
        """Follow a plan. stop_waypoint_creation: be done at its end; else roam on. clean_queue: in place of what was planned
        before; else behind it."""
        if clean_queue:
            self._waypoints_queue.clear()
            self._passed.clear()
        self._waypoints_queue.extend(current_plan)
        self._stop_waypoint_creation = stop_waypoint_creation

    def run_step(self, debug: bool = False) -> carla.VehicleControl:
        """The control for now; full brake where nothing is planned any more. debug: draw the waypoint that is steered at."""
        import carla

        if self._follow_speed_limits:
            self._target_speed = self._vehicle.get_speed_limit()
        self._plan_on()
        self._pass_waypoints()
        if not self._waypoints_queue:
            return carla.VehicleControl(brake=1.0)
        waypoint, option = self._waypoints_queue[0]
        self.target_waypoint, self.target_road_option = waypoint, option
        control = self._vehicle_controller.run_step(min(self._target_speed, self.speed_cap), waypoint)
        if debug:
            draw_waypoints(self._vehicle.get_world(), [waypoint], 1.0)
        return control

    def get_incoming_waypoint_and_direction(self, steps: int = 3) -> tuple[carla.Waypoint | None, RoadOption]:
        """What lies so many waypoints ahead, or the last; (None, VOID) where nothing is planned."""
        queue = self._waypoints_queue
        if not queue:
            return None, RoadOption.VOID
        return queue[min(steps, len(queue) - 1)]

    def get_plan(self) -> deque[tuple[carla.Waypoint, RoadOption]]:
        """What lies ahead; the queue itself."""
        return self._waypoints_queue

    @property
    def is_bound(self) -> bool:
        """Whether the plan has an end; else it goes on by chance."""
        return self._stop_waypoint_creation

    @property
    def target_speed(self) -> float:
        """km/h."""
        return self._target_speed

    def done(self) -> bool:
        """Whether nothing is planned any more."""
        return not self._waypoints_queue

    def path(self, ahead_m: float) -> Path:
        """The path from the vehicle on, `ahead_m` long or as far as it is planned, moved by the offset."""
        pose = self._vehicle.get_transform()
        points, left = [(pose.location.x, pose.location.y)], ahead_m
        for waypoint, _ in self._waypoints_queue:
            there = waypoint.transform
            yaw = math.radians(there.rotation.yaw)
            x = there.location.x - self._offset * math.sin(yaw)
            y = there.location.y + self._offset * math.cos(yaw)
            left -= math.hypot(x - points[-1][0], y - points[-1][1])
            points.append((x, y))
            if left <= 0.0:
                break
        yaw = math.radians(pose.rotation.yaw)
        if math.hypot(points[-1][0] - points[0][0], points[-1][1] - points[0][1]) < ARRIVED_M:
            points.append((points[0][0] + ARRIVED_M * math.cos(yaw), points[0][1] + ARRIVED_M * math.sin(yaw)))
        return Path(np.array(points))

    def bends(self, ahead_m: float) -> tuple[Floats, Floats]:
        """[N] metres to where the plan's pieces meet, 0 for those that the vehicle is on, and [N] curvature there, 1/m.

        A bend ends for a vehicle when its rear has left it: waypoints that it has passed are looked at until then.
        """
        here = self._vehicle.get_location()
        places, left = [one.transform.location for one in self._passed], ahead_m
        for waypoint, _ in self._waypoints_queue:
            places.append(waypoint.transform.location)
            left -= places[-1].distance(places[-2]) if len(places) > 1 else 0.0
            if left <= 0.0:
                break
        if len(places) < 3:
            return np.zeros(0), np.zeros(0)
        path = Path(np.array([(place.x, place.y) for place in places]))
        arcs, curvature = path.curvatures()
        own, _ = path.project(np.array([[here.x, here.y]]))
        kept = arcs > own[0] - REAR_M
        return np.maximum(arcs[kept] - own[0], 0.0), curvature[kept]

    def _pass_waypoints(self) -> None:
        """Drop what was reached: up to the last waypoint, looking as far again as one is steered at, that is near enough."""
        queue, pose, near = self._waypoints_queue, self._vehicle.get_transform(), self._near_m()
        reached, run, before = 0, 0.0, pose.location
        for n, (waypoint, _) in enumerate(queue):
            place = waypoint.transform.location
            run, before = run + before.distance(place), place
            if n > 0 and run > 2.0 * near:
                break
            if self._is_reached(place, pose, near, is_last=n == len(queue) - 1):
                reached = n + 1
        for _ in range(reached):
            self._passed.append(queue.popleft()[0])

    def _near_m(self) -> float:
        """From how near waypoints are passed: by the options, and in bends so near that the vehicle hardly cuts them."""
        options = self._options
        near = options.base_min_distance + options.distance_ratio * get_speed(self._vehicle) / KMH
        turn, run, before = 0.0, 0.0, None
        for waypoint, _ in self._waypoints_queue:
            pose = waypoint.transform
            if before is not None:
                run += pose.location.distance(before.location)
                turn += abs(math.radians(wrapped_deg(pose.rotation.yaw - before.rotation.yaw)))
            before = pose
            if run > near:
                break
        # A chord of length c cuts an arc of radius r = run / turn by c^2 / (8 r).
        return min(near, max(math.sqrt(8.0 * CUT_M * run / turn), LEAST_NEAR_M)) if turn > 0.0 else near

    @staticmethod
    def _is_reached(place: carla.Location, pose: carla.Transform, near: float, is_last: bool) -> bool:
        dx, dy = place.x - pose.location.x, place.y - pose.location.y
        distance = math.hypot(dx, dy)
        if not is_last:
            return distance < near
        yaw = math.radians(pose.rotation.yaw)
        is_behind = dx * math.cos(yaw) + dy * math.sin(yaw) < 0.0
        return distance < ARRIVED_M or (is_behind and distance < near)

    def _plan_on(self) -> None:
        """Roam: go on from the last waypoint until PLANNED_WAYPOINTS lie ahead, or the road ends."""
        queue = self._waypoints_queue
        if self._stop_waypoint_creation:
            return
        here = self._vehicle.get_location()
        if queue and here.distance(queue[0][0].transform.location) > NEARBY_M:
            queue.clear()
            queue.append((self._map.get_waypoint(here), RoadOption.LANEFOLLOW))
        while queue and len(queue) < PLANNED_WAYPOINTS:
            last, option = queue[-1]
            following = last.next(self._options.sampling_radius)
            if not following:
                return
            chosen = following[0] if len(following) == 1 else self._random.choice(sorted(following, key=_order))
            queue.append((chosen, _option(last, option, chosen)))


def _order(waypoint: carla.Waypoint) -> tuple[int, int, int]:
    return waypoint.road_id, waypoint.section_id, waypoint.lane_id


def _option(last: carla.Waypoint, option: RoadOption, chosen: carla.Waypoint) -> RoadOption:
    """What a waypoint asks that was chosen behind another."""
    if not chosen.is_junction:
        return RoadOption.LANEFOLLOW
    if last.is_junction and last.junction_id == chosen.junction_id:
        return option
    ahead = until_lane_end(chosen, 1.0)
    end = ahead[-1] if ahead else chosen
    return way_through([(chosen.transform.rotation.yaw, end.transform.rotation.yaw)])


def _say_limits() -> None:
    warnings.warn(
        "speed limits are followed, so this speed will be replaced by them; call follow_speed_limits(False) first.",
        stacklevel=3,
    )
