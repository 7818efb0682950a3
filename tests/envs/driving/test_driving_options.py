"""Options are checked once, and say how to mend what is wrong."""

from __future__ import annotations

import pytest

from sim_suite.driving.world.kinds import COLLISION, ROUTE_DONE
from sim_suite.envs.driving.options import RESET_NAMES, DrivingOptions, driving_options
from sim_suite.errors import SuiteError, UnknownNameError


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"wether": "clear"}, "unknown driving option 'wether'. Did you mean 'weather'"),
        ({"weather": "ran"}, "unknown weather 'ran'. Did you mean 'rain'"),
        ({"map": "town_1k"}, "unknown map 'town_1k'. Did you mean 'town_1km'"),
        ({"map": ()}, "names no map"),
        ({"action": "continous"}, "Did you mean 'continuous'"),
        ({"observation": "pixels"}, "unknown observation 'pixels'"),
        ({"model": "single"}, "unknown model 'single'"),
        ({"actors": 0}, "actors must be a whole number from 1 to 1024, not 0"),
        ({"actors": True}, "actors must be a whole number"),
        ({"ticks_per_step": 2.0}, "ticks_per_step must be a whole number"),
        ({"occlusion": 1}, "occlusion must be True or False, not 1"),
        ({"limit_ticks": 0}, "limit_ticks must be"),
        ({"vehicles_per_km": -1}, "vehicles_per_km must be a number from 0 to 100, not -1"),
        ({"bubble_m": 5.0}, "bubble_m must be a number from 20 to 1000"),
        ({"route_m": (300, 200)}, "route_m must be a number from 300"),
        ({"route_m": 300}, "route_m must be two numbers"),
        ({"start": (0, 0)}, "start and goal belong together"),
        ({"start": (0, 0), "goal": (1, float("inf"))}, "goal must be two finite numbers"),
        ({"ends": ("colision",)}, "unknown event 'colision'. Did you mean 'collision'"),
        ({"weights": {"tim": 1.0}}, "unknown reward term 'tim'"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(arguments, message):
    with pytest.raises(SuiteError, match=message.replace("(", r"\(")) as caught:
        driving_options(arguments)
    assert "\n" not in str(caught.value)


def test_lists_and_single_names_are_taken():
    options = driving_options(
        {"map": ["village", "crossroads"], "route_m": [50, 60], "ends": ["collision", "route_done"]}
    )
    assert options.maps == ("village", "crossroads")
    assert options.route_m == (50.0, 60.0)
    assert options.end_bits == 1 << COLLISION | 1 << ROUTE_DONE
    assert DrivingOptions(map="village").maps == ("village",)


def test_a_reset_changes_what_it_may_and_nothing_else():
    options = DrivingOptions(map=("village", "crossroads"))
    assert options.changed(None) is options
    changed = options.changed({"map": "village", "weather": "fog", "route_m": [30, 40]})
    assert (changed.maps, changed.weather, changed.route_m) == (("village",), "fog", (30.0, 40.0))
    assert changed.actors == options.actors
    with pytest.raises(UnknownNameError, match="arguments of the environment"):
        options.changed({"actors": 4})
    with pytest.raises(UnknownNameError, match="unknown map 'town_1km'"):
        options.changed({"map": "town_1km"})
    assert set(DrivingOptions.__dataclass_fields__) >= RESET_NAMES


def test_options_are_compared_by_value():
    assert DrivingOptions(weights={"time": 0.0}) == DrivingOptions(weights={"time": 0.0})
