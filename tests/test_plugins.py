"""Plug-ins: other packages add environments and agents, and cannot take the names of ours."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

import sim_suite.plugins as plugins
from agents.agent_entry import AgentEntry
from agents.registry import entries
from sim_suite.envs.catalog import cards
from sim_suite.errors import SuiteError


def more_agents():
    return [AgentEntry("their-agent", "from elsewhere", "agents.simple:RandomAgent")]


def taken():
    return [AgentEntry("random", "takes a name", "agents.simple:RandomAgent")]


def broken():
    raise RuntimeError("no such luck")


@pytest.fixture
def plugged(monkeypatch):
    def plug(function):
        point = EntryPoint("theirs", f"{__name__}:{function}", "sim_suite.agents")
        monkeypatch.setattr(plugins, "entry_points", lambda group: [point] if group == "sim_suite.agents" else [])
        entries.cache_clear()

    yield plug
    entries.cache_clear()


def test_a_plug_in_adds_a_name(plugged):
    plugged("more_agents")
    assert entries()["their-agent"].summary == "from elsewhere"
    assert "random" in entries()
    assert "their-agent" not in cards()


@pytest.mark.parametrize(
    ("function", "message"),
    [
        ("taken", "registers 'random', which exists already"),
        ("broken", "could not be loaded: RuntimeError: no such luck"),
        ("gone", "could not be loaded"),
    ],
)
def test_a_plug_in_that_is_no_good_is_named(plugged, function, message):
    plugged(function)
    with pytest.raises(SuiteError, match=message):
        entries()
