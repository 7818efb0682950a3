"""An agent with a character: it follows, overtakes, makes room and keeps to limits as cautious, normal or aggressive drivers do,
under the name of CARLA's PythonAPI. Source: ours; what the characters' numbers mean is CARLA's documentation of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any, Final

from agents.navigation.basic_agent import BasicAgent, Wish
from agents.navigation.behavior_types import Aggressive, Cautious, Normal
from agents.navigation.global_route_planner import GlobalRoutePlanner
from agents.navigation.lane_change import Plan, follow_lane
from agents.navigation.lanes import Side, beside, key_of, may_change
from agents.navigation.local_planner import RoadOption
from agents.navigation.road_option import CHANGES
from agents.navigation.route_search import CHANGE_M, LEAST_CHANGE_M
from agents.navigation.speeds import COMFORT_BRAKE, braking_needed
from agents.tools.hints import ObstacleDetectionResult
from agents.tools.misc import EPSILON, KMH, compute_distance, get_speed, positive
from sim_suite.errors import SuiteError, UnknownNameError

if TYPE_CHECKING:
    import carla

CHARACTERS: Final = {"cautious": Cautious, "normal": Normal, "aggressive": Aggressive}
LEAST_SPEED_KMH: Final = 5.0
"""Nobody is let in at less than this."""
CHANGING_KMH: Final = 10.0
"""Lanes are changed of one's own accord above this alone."""
CHANGE_S: Final = 2.0
"""A change takes so long; as BasicAgent.lane_change has it."""
AGAIN_STEPS: Final = 200
"""Steps between two changes of one's own accord: ten seconds."""
MOST_DETOUR_M: Final = 50.0
"""Nobody changes lanes for a way that is longer by more."""
MOST_PASSING_M: Final = 300.0
"""Nobody drives beside their own lane for longer to pass, or to be passed."""
BEHIND_DEG: Final = 160.0
"""Who is straighter behind than this is behind."""


class BehaviorAgent(BasicAgent):
    """Drives one vehicle within the speed limit, with the likings of `behavior_types`."""

    def __init__(
        self,
        vehicle: carla.Vehicle,
        behavior: str = "normal",
        opt_dict: Mapping[str, Any] | None = None,
        map_inst: carla.Map | None = None,
        grp_inst: GlobalRoutePlanner | None = None,
    ) -> None:
        """behavior: cautious, normal or aggressive. The rest as BasicAgent. Raises UnknownNameError for another behavior."""
        super().__init__(vehicle, opt_dict=opt_dict, map_inst=map_inst, grp_inst=grp_inst)
        if behavior not in CHARACTERS:
            raise UnknownNameError("behavior", behavior, CHARACTERS)
        self._behavior = CHARACTERS[behavior]()
        self._speed = 0.0
        self._speed_limit = 0.0
        self._direction = RoadOption.LANEFOLLOW
        self._look_ahead_steps = 0
        self._incoming_waypoint: carla.Waypoint | None = None
        self._incoming_direction = RoadOption.LANEFOLLOW
        self._usual: list[Wish] = []

    def run_step(self, debug: bool = False) -> carla.VehicleControl:
        """The control for now. debug: draw the waypoint that is steered at."""
        self._update_information()
        self._look()
        here = self._map.get_waypoint(self._vehicle.get_location())
        is_vehicle, vehicle, distance = self.collision_and_car_avoid_manager(here)
        self._usual = [self._merge(), self._cruise(), self._bends(), self._lights(), self._signs(), self._walkers()]
        if is_vehicle and vehicle is not None:
            return self.car_following_manager(vehicle, distance, debug)
        return self._drive(self._usual, debug)

    def _update_information(self) -> None:
        """What the other parts look at: speed and limit in km/h, and what the path asks soon."""
        behavior, planner = self._behavior, self._local_planner
        self._speed = get_speed(self._vehicle)
        limit = self._vehicle.get_speed_limit()
        # A server without a limit here says 0.
        self._speed_limit = limit if 0.0 < limit < math.inf else behavior.max_speed + behavior.speed_lim_dist
        if not planner.follows_speed_limits:
            planner.set_speed(self._speed_limit)
        self._direction = planner.target_road_option or RoadOption.LANEFOLLOW
        self._look_ahead_steps = int(self._speed_limit / 10)
        found = planner.get_incoming_waypoint_and_direction(self._look_ahead_steps)
        self._incoming_waypoint, self._incoming_direction = found
        for name in ("tailgate_counter", "overtake_counter"):
            if getattr(behavior, name) > 0:
                setattr(behavior, name, getattr(behavior, name) - 1)

    def traffic_light_manager(self) -> bool:
        """Whether a light on the path asks to stop."""
        return self._affected_by_traffic_light(self._lights_list, self._path.length_m).traffic_light_was_found

    def pedestrian_avoid_manager(self, waypoint: carla.Waypoint) -> ObstacleDetectionResult:
        """Who walks on the path; the distance is between middles, m."""
        found = self._walker_ahead()
        if found is None:
            return ObstacleDetectionResult(False, None, -1)
        apart = compute_distance(found.actor.get_location(), self._vehicle.get_location())
        return ObstacleDetectionResult(True, found.actor, apart)

    def collision_and_car_avoid_manager(self, waypoint: carla.Waypoint) -> ObstacleDetectionResult:
        """Which vehicle is to be followed, after overtaking it or making room was thought of; the distance is between middles, m.

        waypoint: where the vehicle is.
        """
        vehicles = list(self._world.get_actors().filter("*vehicle*"))
        found = self._vehicle_obstacle_detected(vehicles, self._path.length_m)
        if not self._ignore_vehicles and self._may_wander(waypoint):
            if found.obstacle is not None and self._overtake(waypoint, vehicles, found.obstacle, found.distance):
                self._look()
                found = self._vehicle_obstacle_detected(vehicles, self._path.length_m)
            else:
                self._tailgating(waypoint, vehicles)
        return found

    def car_following_manager(self, vehicle: carla.Actor, distance: float, debug: bool = False) -> carla.VehicleControl:
        """The control that keeps behind a vehicle. distance: between middles, m."""
        return self._drive([*self._usual, self._cruise(), self._keep_behind(vehicle, distance)], debug)

    def emergency_stop(self) -> carla.VehicleControl:
        """No throttle, and the agent's `max_brake`; the wheel straight."""
        import carla

        return self.add_emergency_stop(carla.VehicleControl())

    def _cruise(self) -> Wish:
        behavior = self._behavior
        return Wish(positive(min(behavior.max_speed, self._speed_limit - behavior.speed_lim_dist)) / KMH)

    def _behind(self, gap_m: float, lead_mps: float, standing_m: float, reaction_s: float) -> Wish:
        """Stop at once within `braking_distance`; slower than the leader where a collision is near that needs more than comfort."""
        behavior, speed = self._behavior, self._speed_mps
        wish = super()._behind(gap_m, lead_mps, behavior.braking_distance, reaction_s)
        if gap_m < behavior.braking_distance and speed > lead_mps:
            return Wish(0.0, is_emergency=True)
        is_near = speed > lead_mps and gap_m / (speed - lead_mps) < behavior.safety_time
        if is_near and braking_needed(speed, lead_mps, gap_m) > COMFORT_BRAKE:
            slower = positive(lead_mps - behavior.speed_decrease / KMH)
            return Wish(min(wish.speed_mps, slower), wish.is_emergency)
        return wish

    def _merge(self) -> Wish:
        """Change lanes as the route asks only where that is free: else later, or behind those who are on the other lane."""
        side = self._change_ahead()
        if side is None or self._ignore_vehicles:
            return Wish(math.inf)
        vehicles = list(self._world.get_actors().filter("*vehicle*"))
        if self._is_free(side, vehicles) or self._postpone():
            return Wish(math.inf)
        near, offset = self._behavior.min_proximity_threshold, -1 if side == "left" else 1
        _, vehicle, _ = self._vehicle_obstacle_detected(vehicles, near, up_angle_th=90, lane_offset=offset)
        if vehicle is None:
            return Wish(math.inf)
        return Wish(max(get_speed(vehicle) - self._behavior.speed_decrease, LEAST_SPEED_KMH) / KMH)

    def _change_ahead(self) -> Side | None:
        """The side that the route changes to before long, while the vehicle is still on the lane that it leaves."""
        here = key_of(self._map.get_waypoint(self._vehicle.get_location()))
        steps = math.ceil(self._heeded_m() / self._sampling_resolution)
        lane = here
        for waypoint, option in islice(self._local_planner.get_plan(), steps):
            key = key_of(waypoint)
            if option in CHANGES and key[:2] == lane[:2] and key != lane:
                is_left = option == RoadOption.CHANGELANELEFT
                return ("left" if is_left else "right") if lane == here else None
            lane = key
        return None

    def _heeded_m(self) -> float:
        """From how far before a change of the route's it is asked whether that is free."""
        return LEAST_CHANGE_M + CHANGE_S * self._speed_mps

    def _postpone(self) -> bool:
        """Keep to the lane for CHANGE_M more, and plan anew from there; False where that is a detour."""
        here = self._map.get_waypoint(self._vehicle.get_location())
        plan: Plan = [(here, RoadOption.LANEFOLLOW)]
        if not follow_lane(plan, self._heeded_m() + CHANGE_M, self._sampling_resolution, RoadOption.LANEFOLLOW):
            return False
        route = self._onwards(plan)
        if route is None or plan[-1][0].is_junction:
            return False
        self.set_global_plan(_joined(plan, route), self._local_planner.is_bound)
        self._look()
        return True

    def _may_wander(self, waypoint: carla.Waypoint) -> bool:
        """Whether this is a place to change lanes of one's own accord: on a lane, in motion, no junction or change before us."""
        options = {self._direction, self._incoming_direction}
        return not waypoint.is_junction and self._speed > CHANGING_KMH and options == {RoadOption.LANEFOLLOW}

    def _overtake(
        self, waypoint: carla.Waypoint, vehicles: Iterable[carla.Actor], leader: carla.Actor, distance: float
    ) -> bool:
        """Change lanes past somebody who is slower than we like by `speed_decrease`, to the left if possible."""
        behavior, (gap, lead) = self._behavior, self._facing(leader, distance)
        if behavior.overtake_counter != 0 or gap < behavior.min_proximity_threshold:
            return False
        if lead * KMH > self._cruise().speed_mps * KMH - behavior.speed_decrease:
            return False
        for side in ("left", "right"):
            if self._change_to(waypoint, side, vehicles, self._passing_m(gap, leader, self._cruise().speed_mps - lead)):
                behavior.overtake_counter = AGAIN_STEPS
                return True
        return False

    def _tailgating(self, waypoint: carla.Waypoint, vehicle_list: Iterable[carla.Actor]) -> None:
        """Change lanes, to the right if possible, for somebody who comes up from behind."""
        behavior = self._behavior
        if behavior.tailgate_counter != 0:
            return
        near = max(behavior.min_proximity_threshold, self._speed_limit / 2)
        found = self._vehicle_obstacle_detected(vehicle_list, near, up_angle_th=180, low_angle_th=BEHIND_DEG)
        vehicle = found.obstacle
        if vehicle is None or get_speed(vehicle) <= self._speed:
            return
        stretch = self._passing_m(found.distance, vehicle, (get_speed(vehicle) - self._speed) / KMH)
        for side in ("right", "left"):
            if self._change_to(waypoint, side, vehicle_list, stretch):
                behavior.tailgate_counter = AGAIN_STEPS
                return

    def _passing_m(self, gap_m: float, other: carla.Actor, faster_mps: float) -> float:
        """How far one drives until one of us has passed the other and left room, at most MOST_PASSING_M."""
        lengths = 2.0 * (self._boxes.of(self._vehicle).half_length_m + self._boxes.of(other).half_length_m)
        relative = gap_m + lengths + self._behavior.min_proximity_threshold
        speed = max(self._speed_mps, self._cruise().speed_mps)
        return min(speed * relative / max(faster_mps, EPSILON), MOST_PASSING_M)

    def _change_to(
        self, waypoint: carla.Waypoint, side: Side, vehicles: Iterable[carla.Actor], stretch_m: float
    ) -> bool:
        """Plan anew over the lane to a side, and on it for `stretch_m`, where marks, traffic and the route allow it; False where
        they do not."""
        length = max(LEAST_CHANGE_M, CHANGE_S * self._speed_mps)
        ahead = waypoint.next(length)
        entered = beside(ahead[0], side) if ahead and not ahead[0].is_junction else None
        if entered is None or not may_change(waypoint, side) or not may_change(ahead[0], side):
            return False
        if not self._is_free(side, vehicles):
            return False
        plan: Plan = [(entered, RoadOption.CHANGELANELEFT if side == "left" else RoadOption.CHANGELANERIGHT)]
        if not follow_lane(plan, stretch_m, self._sampling_resolution, RoadOption.LANEFOLLOW):
            return False
        if plan[-1][0].is_junction:
            return False
        route = self._onwards(plan)
        if route is None:
            return False
        self.set_global_plan(_joined(plan, route), self._local_planner.is_bound)
        return True

    def _onwards(self, plan: Plan) -> Plan | None:
        """From the end of a plan to where we are bound for; None if all that is a detour, [] without a destination."""
        if not self._local_planner.is_bound:
            return []
        queue = self._local_planner.get_plan()
        try:
            route = self._global_planner.trace_route(plan[-1][0], queue[-1][0])
        except SuiteError:
            return None
        return route if _length_m([*plan, *route]) < _length_m(queue) + MOST_DETOUR_M else None

    def _is_free(self, side: Side, vehicles: Iterable[carla.Actor]) -> bool:
        """Whether nobody on the lane to a side is near, or comes up within `safety_time`."""
        behavior, offset = self._behavior, -1 if side == "left" else 1
        near = behavior.min_proximity_threshold
        reach = near + self._speed_mps * behavior.safety_time
        listed = list(vehicles)
        _, ahead, distance = self._vehicle_obstacle_detected(listed, reach, up_angle_th=90, lane_offset=offset)
        if ahead is not None and self._is_close(distance, self._speed - get_speed(ahead)):
            return False
        _, behind, distance = self._vehicle_obstacle_detected(listed, reach, 180, 90, lane_offset=offset)
        return behind is None or not self._is_close(distance, get_speed(behind) - self._speed)

    def _is_close(self, distance: float, closing_kmh: float) -> bool:
        behavior, length = self._behavior, 2.0 * self._boxes.of(self._vehicle).half_length_m
        return distance - length < behavior.min_proximity_threshold + behavior.safety_time * positive(closing_kmh) / KMH


def _joined(plan: Plan, route: Plan) -> Plan:
    """A plan and the route from its last waypoint on, which knows better what is asked there."""
    return [*plan[:-1], *route] if route else plan


def _length_m(plan: Iterable[tuple[carla.Waypoint, RoadOption]]) -> float:
    places = [waypoint.transform.location for waypoint, _ in plan]
    return float(sum(a.distance(b) for a, b in pairwise(places)))
