"""All metrics of a trip, by name. Source: each metric's file; README.md has the table.

What cannot be computed from what was recorded is absent, never 0. All values are finite.
"""

from __future__ import annotations

import numpy as np

from sim_suite.driving.metrics.at_fault import at_fault_collisions, collision_score
from sim_suite.driving.metrics.comfort import Motion, motion
from sim_suite.driving.metrics.drivable_area import drivable_area
from sim_suite.driving.metrics.driving_direction import driving_direction
from sim_suite.driving.metrics.driving_score_1_0 import driving_score_1_0
from sim_suite.driving.metrics.driving_score_2_0 import driving_score_2_0
from sim_suite.driving.metrics.driving_score_2_1 import driving_score_2_1
from sim_suite.driving.metrics.infractions import Infractions, count_infractions
from sim_suite.driving.metrics.min_speed import slow_stretches
from sim_suite.driving.metrics.nuplan_score import NuplanTerms, nuplan_score
from sim_suite.driving.metrics.outside_lanes import outside_lanes_percent
from sim_suite.driving.metrics.post_encroachment import HORIZON_S as PET_HORIZON_S
from sim_suite.driving.metrics.post_encroachment import post_encroachment_time
from sim_suite.driving.metrics.progress import making_progress, progress_ratio
from sim_suite.driving.metrics.rates import per_km
from sim_suite.driving.metrics.route_completion import route_completion
from sim_suite.driving.metrics.speed_limit import speed_limit
from sim_suite.driving.metrics.time_to_collision import EXPOSED_S, STANDING_MPS, time_to_collision, within_bound
from sim_suite.driving.metrics.time_to_collision import HORIZON_S as TTC_HORIZON_S
from sim_suite.driving.metrics.trip import Others, Road, Trip
from sim_suite.driving.world.kinds import EventKind


def score_trip(trip: Trip) -> dict[str, float]:
    """Every metric that the trip allows, sorted by name."""
    infractions, moved = count_infractions(trip), motion(trip)
    found = _carla(trip, infractions) | _rates(trip, infractions)
    if moved is not None:
        found |= _comfort(moved)
    if trip.others is not None:
        pet = post_encroachment_time(trip, trip.others)
        found["min_pet_s"] = PET_HORIZON_S if pet is None else pet
    if trip.others is not None and trip.road is not None:
        found |= _nuplan(trip, trip.road, trip.others, moved)
    return dict(sorted(found.items()))


def _completion(trip: Trip) -> float:
    """Where the simulator has noted that the end was reached, all of it: on a short route its last metre is more than 1 %."""
    if any(event.kind == EventKind.ROUTE_DONE for event in trip.events):
        return 100.0
    return route_completion(float(trip.progress_m[-1]), trip.route_length_m)


def _carla(trip: Trip, infractions: Infractions) -> dict[str, float]:
    completion, slow = _completion(trip), slow_stretches(trip)
    found = {"route_completion": completion}
    if trip.road is None:
        return found
    outside = outside_lanes_percent(trip.progress_m, trip.road.outside_lanes)
    found["outside_lanes_percent"] = outside
    found["driving_score_1_0"] = driving_score_1_0(completion, infractions, outside)
    if slow is not None:
        found["driving_score_2_0"] = driving_score_2_0(completion, infractions, outside, slow)
        found["driving_score_2_1"] = driving_score_2_1(completion, infractions, outside, slow)
    return found


def _rates(trip: Trip, infractions: Infractions) -> dict[str, float]:
    counts = {
        "pedestrian_collisions_per_km": infractions.pedestrian_collisions,
        "vehicle_collisions_per_km": infractions.vehicle_collisions,
        "static_collisions_per_km": infractions.static_collisions,
        "red_lights_per_km": infractions.red_lights,
        "stop_signs_per_km": infractions.stop_signs,
    }
    counts["infractions_per_km"] = sum(counts.values())
    return {name: per_km(count, _completion(trip), trip.route_length_m) for name, count in counts.items()}


def _comfort(moved: Motion) -> dict[str, float]:
    return {
        "comfort": moved.comfort,
        "most_braking_mps2": float(max(0.0, -moved.longitudinal_mps2.min())),
        "most_lateral_mps2": float(np.abs(moved.lateral_mps2).max()),
        "most_jerk_mps3": float(np.abs(moved.longitudinal_jerk_mps3).max()),
    }


def _nuplan(trip: Trip, road: Road, others: Others, moved: Motion | None) -> dict[str, float]:
    at_fault = at_fault_collisions(trip, road, others)
    times = time_to_collision(trip, road, others, at_fault)
    found = {"at_fault_collisions": float(len(at_fault))}
    driven = np.abs(trip.speed_mps) > STANDING_MPS
    if driven.any():
        found["min_ttc_s"] = float(min(times.min(), TTC_HORIZON_S))
        found["exposed_ttc_share"] = float((driven & (times < EXPOSED_S)).sum() / driven.sum())
    if moved is None:
        return found
    ratio = progress_ratio(float(trip.progress_m[-1]), trip.route_length_m)
    terms = NuplanTerms(
        no_at_fault_collision=collision_score(at_fault),
        drivable_area=drivable_area(road.off_road),
        driving_direction=driving_direction(trip.pose, road.lane_yaw, trip.step_s),
        making_progress=making_progress(ratio),
        progress=ratio,
        ttc_within_bound=within_bound(times),
        speed_limit=speed_limit(trip.speed_mps, road.speed_limit_mps),
        comfort=moved.comfort,
    )
    found |= {f"nuplan_{name}": value for name, value in vars(terms).items() if name != "comfort"}
    return found | {"nuplan_score": nuplan_score(terms)}
