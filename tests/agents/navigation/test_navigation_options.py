"""Option dictionaries: defaults of CARLA 0.9.16, shared keys, unknown ones, values out of range."""

from __future__ import annotations

import warnings

import pytest

from agents.navigation.behavior_types import Aggressive, Cautious, Normal
from agents.navigation.options import BasicAgentOptions, LocalPlannerOptions, warn_of_unknown
from sim_suite.errors import SuiteError


def test_defaults_are_those_of_carla():
    planner, agent = LocalPlannerOptions.of({}), BasicAgentOptions.of({})
    assert planner.lateral_control_dict == {"K_P": 1.95, "K_I": 0.05, "K_D": 0.2, "dt": 0.05}
    assert planner.longitudinal_control_dict == {"K_P": 1.0, "K_I": 0.05, "K_D": 0.0, "dt": 0.05}
    assert (planner.max_throttle, planner.max_brake, planner.max_steering) == (0.75, 0.3, 0.8)
    assert (planner.base_min_distance, planner.distance_ratio, planner.sampling_radius) == (3.0, 0.5, 2.0)
    assert (agent.base_tlight_threshold, agent.base_vehicle_threshold, agent.max_brake) == (5.0, 5.0, 0.5)
    assert (agent.sampling_resolution, agent.detection_speed_ratio) == (2.0, 1.0)


def test_the_three_characters():
    rows = {
        Cautious: (40.0, 6.0, 12.0, 3.0, 12.0, 6.0, 0),
        Normal: (50.0, 3.0, 10.0, 3.0, 10.0, 5.0, 0),
        Aggressive: (70.0, 1.0, 8.0, 3.0, 8.0, 4.0, -1),
    }
    for cls, row in rows.items():
        one = cls()
        assert row == (
            one.max_speed, one.speed_lim_dist, one.speed_decrease, one.safety_time, one.min_proximity_threshold,
            one.braking_distance, one.tailgate_counter,
        )  # fmt: skip
    assert Cautious.max_speed == 40.0, "as a name of the class, too"


def test_one_dictionary_serves_agent_and_planner():
    told = {"max_brake": 0.7, "dt": 0.1, "ignore_vehicles": True, "restart_time": 3.0}
    assert LocalPlannerOptions.of(told).max_brake == BasicAgentOptions.of(told).max_brake == 0.7
    assert LocalPlannerOptions.of(told).lateral_control_dict["dt"] == 0.1
    assert BasicAgentOptions.of(told).ignore_vehicles
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_unknown(told)


def test_an_unknown_key_is_warned_of_with_the_nearest():
    with pytest.warns(UserWarning, match="'max_brakes' is no option of an agent.*'max_brake'"):
        warn_of_unknown({"max_brakes": 0.3})


@pytest.mark.parametrize(
    ("cls", "told", "words"),
    [
        (LocalPlannerOptions, {"dt": 0.0}, "dt must lie in 0"),
        (LocalPlannerOptions, {"max_throttle": 1.5}, "max_throttle must lie in 0.0 to 1.0, not be 1.5"),
        (BasicAgentOptions, {"sampling_resolution": -1.0}, "sampling_resolution must lie"),
        (BasicAgentOptions, {"base_vehicle_threshold": -1.0}, "base_vehicle_threshold must lie"),
    ],
)
def test_values_out_of_range_are_refused(cls, told, words):
    with pytest.raises(SuiteError, match=words):
        cls.of(told)
