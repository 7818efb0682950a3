"""The agent of the CARLA leaderboard: its configuration, and the plan that it makes of a route. The leaderboard's modules are stand-ins."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType, SimpleNamespace

import pytest

from agents.navigation.role_driver import RoleDriverOptions
from sim_suite.errors import SuiteError

MODULE = "agents.navigation.leaderboard_agent"


@pytest.fixture
def module(monkeypatch):
    """Imported with as much of the leaderboard as it asks for."""
    base, data = (
        ModuleType("leaderboard.autoagents.autonomous_agent"),
        ModuleType("srunner.scenariomanager.carla_data_provider"),
    )
    base.AutonomousAgent, base.Track = type("AutonomousAgent", (), {}), SimpleNamespace(MAP="MAP")
    data.CarlaDataProvider = SimpleNamespace()
    for name in ("leaderboard", "leaderboard.autoagents", "srunner", "srunner.scenariomanager"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    for one in (base, data):
        monkeypatch.setitem(sys.modules, one.__name__, one)
    monkeypatch.delitem(sys.modules, MODULE, raising=False)
    yield importlib.import_module(MODULE)
    sys.modules.pop(MODULE, None)


def waypoint(number, is_junction=False):
    return SimpleNamespace(number=number, is_junction=is_junction)


def test_it_follows_the_route_past_its_places_in_junctions(module, monkeypatch):
    plans, traced = [], []

    def trace(begin, end):
        traced.append((begin.number, end.number))
        return [begin.number, end.number]

    driver = SimpleNamespace(trace_route=trace, set_global_plan=plans.append, run_step=lambda: "control")
    monkeypatch.setattr(module, "driver_of", lambda hero, options: driver if hero == "the hero" else None)
    module.CarlaDataProvider.get_hero_actor = lambda: "the hero"
    module.CarlaDataProvider.get_map = lambda: SimpleNamespace(get_waypoint=lambda place: place)
    agent = getattr(module, module.get_entry_point())()
    agent.setup("")
    route = [waypoint(0), waypoint(1, True), waypoint(2), waypoint(3, True)]
    agent._global_plan_world_coord = [(SimpleNamespace(location=one), None) for one in route]
    assert [agent.run_step({}, 0.0), agent.run_step({}, 0.05)] == ["control", "control"]
    assert traced == [(0, 2), (2, 3)]
    assert plans == [[0, 2, 2, 3]]
    assert agent.track == "MAP"
    assert [sensor["type"] for sensor in agent.sensors()] == ["sensor.other.gnss"]


def test_its_configuration_is_toml_with_the_driver_s_fields(module, tmp_path):
    assert module.read_options("") == RoleDriverOptions(agent="normal")
    path = tmp_path / "agent.toml"
    path.write_text('agent = "basic"\nspeed_kmh = 40.0\n')
    assert module.read_options(str(path)) == RoleDriverOptions(agent="basic", speed_kmh=40.0)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("agent = ", "is no configuration of this agent"),
        ("pace = 3", "unexpected keyword argument 'pace'"),
        ('agent = "fast"', "unknown agent 'fast'"),
    ],
)
def test_a_configuration_that_says_something_else_is_refused(module, tmp_path, text, says):
    path = tmp_path / "agent.toml"
    path.write_text(text)
    with pytest.raises(SuiteError, match=says):
        module.read_options(str(path))


def test_a_configuration_that_is_not_there_is_refused(module):
    with pytest.raises(SuiteError, match=r"nowhere\.toml is no configuration"):
        module.read_options("nowhere.toml")
