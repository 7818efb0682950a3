"""Lights that a storyboard switches: words and bulbs, single lights, controllers with phases, delays and references."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.driving.storyboard.elements import actions as a
from sim_suite.driving.storyboard.elements import conditions as o
from sim_suite.driving.storyboard.elements.positions import LanePosition
from sim_suite.driving.storyboard.elements.signals import SignalController, SignalPhase
from sim_suite.driving.storyboard.numbers import P
from sim_suite.driving.storyboard.parameters import vary
from sim_suite.driving.storyboard.staging.judging import holds
from sim_suite.driving.storyboard.staging.lights import group_of, light_of, shown
from sim_suite.driving.traffic.lights import light_at
from sim_suite.driving.world.kinds import Light
from sim_suite.driving.world.layout import TICK
from sim_suite.errors import SuiteError, UnknownNameError
from tests.driving.sensors.scenes import prepared
from tests.driving.storyboard.stages_by_hand import Playing, begin, event, scenario, story

TOWN = "crossroads"


def lights():
    """Ids of one light of each of two groups."""
    graph = prepared(TOWN).graph
    groups = graph.signals.group
    first = int(np.flatnonzero(groups >= 0)[0])
    other = int(np.flatnonzero((groups >= 0) & (groups != groups[first]))[0])
    return graph.signal_ids[first], graph.signal_ids[other]


ONE, OTHER = lights()


def playing(*events, worlds=1, values=None, **more):
    init = begin("ego", LanePosition("1", -1, 10.0))
    said = scenario(init, story(*events, actors=("ego",)) if events else None, **more)
    return Playing(said, worlds, values, prepared(TOWN))


@pytest.mark.parametrize(
    ("text", "light"),
    [
        ("green", Light.GREEN), (" Go ", Light.GREEN), ("amber", Light.YELLOW), ("stop", Light.RED), ("off", Light.OFF),
        ("on;off;off", Light.RED), ("on;on;off", Light.RED), ("off;on;off", Light.YELLOW), ("off;off;on", Light.GREEN),
        ("off,off,off", Light.OFF), ("false;false;true", Light.GREEN),
    ],
)  # fmt: skip
def test_words_and_bulbs(text, light):
    assert light_of(text) == light


@pytest.mark.parametrize("text", ["blue", "on;off", ""])
def test_what_is_no_state_of_a_light(text):
    with pytest.raises(SuiteError, match="the state of a light is one of green"):
        light_of(text)


def test_lights_are_named_as_in_the_map():
    stage = playing()
    assert group_of(stage.view, ONE) != group_of(stage.view, OTHER)
    with pytest.raises(UnknownNameError):
        group_of(stage.view, "nothing")
    graph = stage.map.graph
    no_light = [name for k, name in enumerate(graph.signal_ids) if graph.signals.group[k] < 0]
    for name in no_light[:1]:
        with pytest.raises(SuiteError, match="is no light"):
            group_of(stage.view, name)


def test_what_a_light_shows_by_its_programme_and_when_it_is_told():
    stage = playing(event("red", a.TrafficSignalStateAction(ONE, "red"), 1.0), worlds=2)
    programme, group = stage.map.ground.terrain.programme, group_of(stage.view, ONE)
    stage.view.state.lights[1, group] = Light.GREEN
    for k in range(30):
        now = light_at(programme, stage.view.state.lights[0], group, k)
        for word in ("green", "yellow", "red"):
            said = shown(stage.view, ONE, word)
            assert said.tolist() == [now == light_of(word), (Light.RED if k > 20 else Light.GREEN) == light_of(word)]
        stage.tick()
    assert shown(stage.view, ONE, "red").all()
    condition = o.TrafficSignalCondition(ONE, "red")
    assert holds(condition, "", stage.view, stage.player.parts).all()


def controllers():
    """One that switches two lights, and one that refers to it and switches none."""
    phases = (
        SignalPhase("go", P.green, ((ONE, "green"), (OTHER, "red"))),
        SignalPhase("change", 0.1, ((ONE, "yellow"),)),
        SignalPhase("wait", 0.25, ((ONE, "red"), (OTHER, "green"))),
    )
    dark = tuple(SignalPhase(one.name, one.duration, ()) for one in phases[:2])
    return {
        "signal_controllers": (SignalController("main", phases), SignalController("late", dark, 0.1, "main")),
        "parameters": (vary("green", 0.0, 9.0, usual=0.15),),
    }


def phases_of(stage, controller, ticks, w=0):
    """The phase at every tick, as its first letter."""
    names, text = ("go", "change", "wait"), ""
    for _ in range(ticks):
        stage.tick()
        known = [one for one in names if not (controller == "late" and one == "wait")]
        now = [one for one in known if stage.view.phases.is_in(stage.view, controller, one)[w]]
        text += now[0][0]
    return text


def test_a_controller_goes_through_its_phases_again_and_again():
    stage = playing(**controllers(), values={"green": np.array([0.15])})
    # Ticks 1 to 20: three of green, two of yellow, five of red.
    assert phases_of(stage, "main", 20) == "ggccwwwwwgggccwwwwwg"
    stage = playing(**controllers(), worlds=2, values={"green": np.array([0.15, 0.25])})
    assert phases_of(stage, "main", 12, w=1) == "ggggccwwwwwg"


def test_lights_show_what_the_phase_says():
    stage = playing(**controllers(), values={"green": np.array([0.15])})
    told = []
    for _ in range(11):
        stage.player.tick(stage.everywhere)
        told.append([shown(stage.view, ONE, word)[0] for word in ("green", "yellow", "red")].index(True))
        stage.world.step(1)
    assert told == [0, 0, 0, 1, 1, 2, 2, 2, 2, 2, 0]


def test_a_delay_counts_from_the_controller_that_is_referred_to():
    stage = playing(**controllers(), values={"green": np.array([0.15])})
    # Two ticks later; before its beginning it stands where a round would end.
    assert phases_of(stage, "late", 8) == "cgggccgg"


@pytest.mark.parametrize("controller", ["main", "late"])
def test_a_phase_can_be_called_up(controller):
    call = event("call", a.TrafficSignalControllerAction(controller, "change"), 0.3)
    stage = playing(call, **controllers(), values={"green": np.array([0.15])})
    stage.tick(6)
    assert int(stage.view.state.world[0, TICK]) == 6
    # Called in tick 6: two ticks of it from there on, the first of which is over when the tick is.
    assert phases_of(stage, controller, 3)[:3] == ("cww" if controller == "main" else "cgg")


def test_controllers_and_phases_by_name():
    stage = playing(**controllers(), values={"green": np.array([0.15])})
    with pytest.raises(UnknownNameError, match="main"):
        stage.view.phases.is_in(stage.view, "mein", "go")
    with pytest.raises(UnknownNameError, match="change"):
        stage.view.phases.is_in(stage.view, "main", "chance")
    with pytest.raises(UnknownNameError, match="change"):
        stage.view.phases.go_to(stage.view, "main", "chance", stage.everywhere)
    condition = o.TrafficSignalControllerCondition("main", "go")
    assert holds(condition, "", stage.view, stage.player.parts).all()
