"""An agent that drives to a destination, or roams, and heeds lights, stop signs, vehicles and people, under the name of CARLA's
PythonAPI. Source: ours.

It brakes in comfort for what it sees coming (speeds.py) and makes an emergency stop for what comes too suddenly.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from agents.navigation.global_route_planner import GlobalRoutePlanner
from agents.navigation.lane_change import Plan, lane_change_plan
from agents.navigation.lanes import Side, beside
from agents.navigation.local_planner import NEARBY_M, LocalPlanner
from agents.navigation.options import BasicAgentOptions
from agents.navigation.route_search import LEAST_CHANGE_M
from agents.navigation.speeds import COMFORT_BRAKE, HARD_BRAKE, braking_needed, safe_speed, speed_in_bends
from agents.navigation.stop_lines import StopLines, arc_to
from agents.navigation.surroundings import Boxes, Obstacle, nearest_ahead, nearest_in_lane, speed_along
from agents.tools.hints import ObstacleDetectionResult, TrafficLightDetectionResult
from agents.tools.misc import KMH, compute_distance, get_speed
from sim_suite.errors import UnknownNameError

if TYPE_CHECKING:
    import carla

LEAST_LOOK_M: Final = 20.0
"""Looked ahead even when standing: two lengths of a car and a junction's mouth."""
LINE_REACTION_S: Final = 0.5
"""Of braking for a line: the last metre is driven gently."""
BEFORE_LINE_M: Final = 1.0
"""The front stands at least so far before a line, and is at it until it is so far beyond."""
YELLOW_BRAKE: Final = 3.05
"""m/s^2: who needs no more stops at yellow; the 10 ft/s^2 of ITE's formula for yellow times."""
STANDING_MPS: Final = 0.1
STOP_SIGN_S: Final = 1.0
"""One stands so long at a stop sign; as the drivers of driving/ do."""
AT_LINE_M: Final = 1.5
"""Who stands so near to where one stops for a line has stopped for it."""
WALKERS_S: Final = 1.0
"""People who will be on the path so soon are heeded: the time in which somebody crosses half a lane."""


class Wish(NamedTuple):
    """What something asks: a speed in m/s that is not passed, or to stop at once."""

    speed_mps: float
    is_emergency: bool = False


class BasicAgent:
    """Drives one vehicle: call `run_step` every step and apply the control that it gives."""

    def __init__(
        self,
        vehicle: carla.Vehicle,
        target_speed: float = 20,
        opt_dict: Mapping[str, Any] | None = None,
        map_inst: carla.Map | None = None,
        grp_inst: GlobalRoutePlanner | None = None,
    ) -> None:
        """target_speed: km/h. opt_dict: BasicAgentOptions and LocalPlannerOptions (options.py). map_inst, grp_inst: a map and a
        route planner that are there already; several agents may share them. Raises SuiteError for options out of range."""
        told = dict(opt_dict or {})
        options = BasicAgentOptions.of(told)
        self._options = options
        self._vehicle = vehicle
        self._world = vehicle.get_world()
        self._map = map_inst or self._world.get_map()
        self._target_speed = target_speed
        self._sampling_resolution = options.sampling_resolution
        self._ignore_traffic_lights = options.ignore_traffic_lights
        self._ignore_stop_signs = options.ignore_stop_signs
        self._ignore_vehicles = options.ignore_vehicles
        self._base_tlight_threshold = options.base_tlight_threshold
        self._base_vehicle_threshold = options.base_vehicle_threshold
        self._speed_ratio = options.detection_speed_ratio
        self._max_brake = options.max_brake
        self._local_planner = LocalPlanner(vehicle, {**told, "target_speed": target_speed}, self._map)
        self._global_planner = grp_inst or GlobalRoutePlanner(self._map, self._sampling_resolution)
        self._lights_list = self._world.get_actors().filter("*traffic_light*")
        self._last_traffic_light: carla.TrafficLight | None = None
        self._boxes = Boxes()
        self._stop_lines = StopLines(self._map)
        self._signs_done: set[str] = set()
        self._stood_since: float | None = None
        self._path = self._local_planner.path(LEAST_LOOK_M)

    def add_emergency_stop(self, control: carla.VehicleControl) -> carla.VehicleControl:
        """The same control with the agent's `max_brake` and no throttle; the wheel stays."""
        control.throttle = 0.0
        control.brake = self._max_brake
        control.hand_brake = False
        return control

    def set_target_speed(self, speed: float) -> None:
        """km/h to drive at."""
        self._target_speed = speed
        self._local_planner.set_speed(speed)

    def follow_speed_limits(self, value: bool = True) -> None:
        """Whether to drive at the limit where the vehicle is, in place of the target speed."""
        self._local_planner.follow_speed_limits(value)

    def get_local_planner(self) -> LocalPlanner:
        """What follows the path."""
        return self._local_planner

    def get_global_planner(self) -> GlobalRoutePlanner:
        """What searches routes."""
        return self._global_planner

    def set_destination(
        self, end_location: carla.Location, start_location: carla.Location | None = None, clean_queue: bool = True
    ) -> None:
        """Drive to the lane nearest to a place. start_location: from where; by default from the waypoint that is steered at, or
        with clean_queue=False from where the present plan ends. Raises SuiteError where no way leads there."""
        start = start_location or self._begin(clean_queue)
        self.set_global_plan(self._global_planner.trace_route(start, end_location), clean_queue=clean_queue)

    def _begin(self, clean_queue: bool) -> carla.Location | carla.Waypoint:
        plan, here = self._local_planner.get_plan(), self._vehicle.get_location()
        target = self._local_planner.target_waypoint if clean_queue or not plan else plan[-1][0]
        if target is None or (clean_queue and compute_distance(here, target.transform.location) > NEARBY_M):
            return here
        return target

    def set_global_plan(self, plan: Plan, stop_waypoint_creation: bool = True, clean_queue: bool = True) -> None:
        """Follow a plan of waypoints; see LocalPlanner.set_global_plan."""
        self._local_planner.set_global_plan(plan, stop_waypoint_creation, clean_queue)

    def trace_route(self, start_waypoint: carla.Waypoint, end_waypoint: carla.Waypoint) -> Plan:
        """The route from one waypoint to another. Raises SuiteError where there is none."""
        return self._global_planner.trace_route(start_waypoint, end_waypoint)

    def done(self) -> bool:
        """Whether the destination is reached."""
        return self._local_planner.done()

    def ignore_traffic_lights(self, active: bool = True) -> None:
        """Whether to drive on at red."""
        self._ignore_traffic_lights = active

    def ignore_stop_signs(self, active: bool = True) -> None:
        """Whether to drive on at stop signs."""
        self._ignore_stop_signs = active

    def ignore_vehicles(self, active: bool = True) -> None:
        """Whether to drive on whoever is in front."""
        self._ignore_vehicles = active

    def set_offset(self, offset: float) -> None:
        """Metres to the right of the lane's centre."""
        self._local_planner.set_offset(offset)

    def lane_change(
        self, direction: Side, same_lane_time: float = 0, other_lane_time: float = 0, lane_change_time: float = 2
    ) -> None:
        """Follow a plan that changes lanes, in place of the present one. direction: "left" or "right". Times in seconds at the
        present speed: before, after and during the change. Without a lane to that side a warning says so and nothing changes."""
        speed = get_speed(self._vehicle) / KMH
        plan = self._generate_lane_change_path(
            self._map.get_waypoint(self._vehicle.get_location()),
            direction,
            same_lane_time * speed,
            other_lane_time * speed,
            max(lane_change_time * speed, LEAST_CHANGE_M),
            check=False,
            step_distance=self._sampling_resolution,
        )
        if not plan:
            warnings.warn(f"there is no lane to change to on the {direction}; the plan stays as it was.", stacklevel=2)
            return
        self.set_global_plan(plan)

    def _generate_lane_change_path(
        self,
        waypoint: carla.Waypoint,
        direction: Side = "left",
        distance_same_lane: float = 10,
        distance_other_lane: float = 25,
        lane_change_distance: float = 25,
        check: bool = True,
        lane_changes: int = 1,
        step_distance: float = 2,
    ) -> Plan:
        """A plan that changes lanes, [] where there is none; check: only where marks allow it."""
        if direction not in ("left", "right"):
            raise UnknownNameError("direction", direction, ("left", "right"))
        return lane_change_plan(
            waypoint,
            direction,
            distance_same_lane,
            lane_change_distance,
            distance_other_lane,
            step_distance,
            check,
            lane_changes,
        )

    def run_step(self) -> carla.VehicleControl:
        """The control for now."""
        self._look()
        return self._drive([self._bends(), self._lights(), self._signs(), self._vehicles(), self._walkers()])

    def _look(self) -> None:
        """Where the path leads, as far as something may have to be braked for."""
        self._local_planner.speed_cap = math.inf
        self._path = self._local_planner.path(self._reach_m())

    @property
    def _speed_mps(self) -> float:
        return get_speed(self._vehicle) / KMH

    def _reach_m(self) -> float:
        speed = self._speed_mps
        base = max(self._base_vehicle_threshold, self._base_tlight_threshold) + self._boxes.of(self._vehicle).front_m
        return max(LEAST_LOOK_M, base + self._speed_ratio * speed + speed * speed / (2.0 * COMFORT_BRAKE))

    def _drive(self, wishes: Iterable[Wish], debug: bool = False) -> carla.VehicleControl:
        """The planner's control within all wishes."""
        told = list(wishes)
        speed = min(wish.speed_mps for wish in told)
        self._local_planner.speed_cap = speed * KMH
        control = self._local_planner.run_step(debug)
        is_held = speed < STANDING_MPS and self._speed_mps < STANDING_MPS
        if is_held or any(wish.is_emergency for wish in told):
            control = self.add_emergency_stop(control)
        return control

    def _bends(self) -> Wish:
        return Wish(speed_in_bends(*self._local_planner.bends(self._path.length_m)))

    def _before(self, line_arc_m: float) -> float:
        """Metres left to where the vehicle stands for a line."""
        return line_arc_m - max(self._base_tlight_threshold, self._boxes.of(self._vehicle).front_m + BEFORE_LINE_M)

    def _stop_for(self, line_arc_m: float) -> Wish:
        gap, speed = self._before(line_arc_m), self._speed_mps
        left = line_arc_m - self._boxes.of(self._vehicle).front_m
        return Wish(safe_speed(gap, 0.0, LINE_REACTION_S), braking_needed(speed, 0.0, left) > HARD_BRAKE)

    def _lights(self) -> Wish:
        if self._ignore_traffic_lights:
            return Wish(math.inf)
        found, light = self._affected_by_traffic_light(self._lights_list, self._path.length_m)
        arc = self._line_of(light, self._path.length_m) if found and light is not None else None
        if arc is not None:
            return self._stop_for(arc)
        return Wish(0.0, is_emergency=True) if found else Wish(math.inf)

    def _line_of(self, light: carla.TrafficLight, most_m: float) -> float | None:
        least = self._boxes.of(self._vehicle).front_m - BEFORE_LINE_M
        return arc_to(self._path, self._stop_lines.of_light(light), self._vehicle.get_location().z, least, most_m)

    def _affected_by_traffic_light(
        self, lights_list: Iterable[carla.TrafficLight] | None = None, max_distance: float | None = None
    ) -> TrafficLightDetectionResult:
        """Which light on the path asks to stop: red, or yellow where that is possible without hard braking.

        max_distance: from the vehicle's middle to the line, m; by default `base_tlight_threshold`.
        """
        if self._ignore_traffic_lights:
            return TrafficLightDetectionResult(False, None)
        most = self._base_tlight_threshold if max_distance is None else max_distance
        best, least = None, math.inf
        for light in self._lights_list if lights_list is None else lights_list:
            state = light.state.name
            if state not in ("Red", "Yellow"):
                continue
            arc = self._line_of(light, most)
            if arc is not None and arc < least and (state == "Red" or self._heeds_yellow(light, arc)):
                best, least = light, arc
        self._last_traffic_light = best
        return TrafficLightDetectionResult(best is not None, best)

    def _heeds_yellow(self, light: carla.TrafficLight, arc_m: float) -> bool:
        before = self._last_traffic_light
        if before is not None and before.id == light.id:
            return True
        left = arc_m - self._boxes.of(self._vehicle).front_m
        return braking_needed(self._speed_mps, 0.0, left) <= YELLOW_BRAKE

    def _signs(self) -> Wish:
        """Stop for STOP_SIGN_S at each stop sign on the path."""
        if self._ignore_stop_signs:
            return Wish(math.inf)
        least, z = self._boxes.of(self._vehicle).front_m - BEFORE_LINE_M, self._vehicle.get_location().z
        arcs = {
            name: arc_to(self._path, lines, z, least, self._path.length_m)
            for name, lines in self._stop_lines.signs.items()
        }
        ahead = {name: arc for name, arc in arcs.items() if arc is not None}
        self._signs_done &= ahead.keys()
        left = {name: arc for name, arc in ahead.items() if name not in self._signs_done}
        if not left:
            self._stood_since = None
            return Wish(math.inf)
        name = min(left, key=left.__getitem__)
        if self._speed_mps < STANDING_MPS and self._before(left[name]) < AT_LINE_M:
            now = self._world.get_snapshot().timestamp.elapsed_seconds
            self._stood_since = now if self._stood_since is None else self._stood_since
            if now - self._stood_since >= STOP_SIGN_S:
                self._signs_done.add(name)
        else:
            self._stood_since = None
        return self._stop_for(left[name])

    def _vehicles(self) -> Wish:
        if self._ignore_vehicles:
            return Wish(math.inf)
        found, vehicle, distance = self._vehicle_obstacle_detected(None, self._path.length_m)
        return self._keep_behind(vehicle, distance) if found and vehicle is not None else Wish(math.inf)

    def _walkers(self) -> Wish:
        if self._options.ignore_walkers:
            return Wish(math.inf)
        found = self._walker_ahead()
        if found is None:
            return Wish(math.inf)
        gap = found.arc_m - self._boxes.of(self._vehicle).front_m
        return self._behind(gap, max(found.speed_mps, 0.0), self._base_vehicle_threshold, self._speed_ratio)

    def _walker_ahead(self) -> Obstacle | None:
        walkers = self._world.get_actors().filter("*walker.pedestrian*")
        return nearest_ahead(self._path, self._vehicle, walkers, self._boxes, self._path.length_m, WALKERS_S)

    def _behind(self, gap_m: float, lead_mps: float, standing_m: float, reaction_s: float) -> Wish:
        """Somebody in front: gap_m between bodies."""
        wish = safe_speed(gap_m - standing_m, lead_mps, reaction_s)
        return Wish(wish, braking_needed(self._speed_mps, lead_mps, gap_m) > HARD_BRAKE)

    def _facing(self, actor: carla.Actor, distance: float) -> tuple[float, float]:
        """Metres between bodies whose middles are `distance` apart, and the other's speed in m/s the way that we go, at least 0."""
        own = self._boxes.of(self._vehicle)
        found = nearest_ahead(self._path, self._vehicle, [actor], self._boxes, self._path.length_m)
        if found is not None:
            return found.arc_m - own.front_m, max(found.speed_mps, 0.0)
        yaw = math.radians(self._vehicle.get_transform().rotation.yaw)
        lead = speed_along(actor, yaw)
        return distance - own.half_length_m - self._boxes.of(actor).half_length_m, max(lead, 0.0)

    def _keep_behind(self, vehicle: carla.Actor, distance: float) -> Wish:
        gap, lead = self._facing(vehicle, distance)
        return self._behind(gap, lead, self._base_vehicle_threshold, self._speed_ratio)

    def _vehicle_obstacle_detected(
        self,
        vehicle_list: Iterable[carla.Actor] | None = None,
        max_distance: float | None = None,
        up_angle_th: float = 90,
        low_angle_th: float = 0,
        lane_offset: int = 0,
    ) -> ObstacleDetectionResult:
        """Which vehicle is nearest on the path, or with other angles or an offset, on a lane. The distance is between middles, m.

        max_distance: how far is looked, m; by default `base_vehicle_threshold`. low_angle_th, up_angle_th: degrees off the heading, 180
        is behind. lane_offset: 0 the own lane, -1 the one to the left, 1 to the right.
        """
        if self._ignore_vehicles:
            return ObstacleDetectionResult(False, None, -1)
        vehicles = self._world.get_actors().filter("*vehicle*") if vehicle_list is None else vehicle_list
        most = self._base_vehicle_threshold if max_distance is None else max_distance
        if lane_offset == 0 and low_angle_th == 0 and up_angle_th <= 90:
            ahead = nearest_ahead(self._path, self._vehicle, vehicles, self._boxes, most)
            found = None if ahead is None else ahead.actor
        else:
            lane = self._lane_at(lane_offset)
            angles = (low_angle_th, up_angle_th)
            found = None if lane is None else nearest_in_lane(lane, self._vehicle, vehicles, self._boxes, most, angles)
        if found is None:
            return ObstacleDetectionResult(False, None, -1)
        return ObstacleDetectionResult(
            True, found, compute_distance(found.get_location(), self._vehicle.get_location())
        )

    def _lane_at(self, lane_offset: int) -> carla.Waypoint | None:
        waypoint = self._map.get_waypoint(self._vehicle.get_location())
        side: Side = "left" if lane_offset < 0 else "right"
        for _ in range(abs(lane_offset)):
            waypoint = beside(waypoint, side) if waypoint is not None else None
        return waypoint
