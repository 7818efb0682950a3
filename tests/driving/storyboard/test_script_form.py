"""The short form of scenarios, and what a scenario checks when it is built."""

from __future__ import annotations

import pytest

from sim_suite.driving.storyboard.criteria import NoCollision, StaysOnRoad
from sim_suite.driving.storyboard.elements import actions as a
from sim_suite.driving.storyboard.elements import conditions as o
from sim_suite.driving.storyboard.elements.entities import Entity
from sim_suite.driving.storyboard.elements.positions import LanePosition, RelativeLanePosition
from sim_suite.driving.storyboard.numbers import P
from sim_suite.driving.storyboard.parameters import vary
from sim_suite.driving.storyboard.scenario import Hazard, parts_of
from sim_suite.driving.storyboard.script import Actor, Ego, When, trigger, write
from sim_suite.driving.world.kinds import ActorKind
from sim_suite.errors import SuiteError, UnknownNameError

EGO = Ego(LanePosition("1", -1, 10.0), P.speed)
LEAD = Actor("lead", RelativeLanePosition("ego", 0, 30.0), speed=4.0, category="truck", length=9.0)
BRAKE = a.SpeedAction(a.AbsoluteTargetSpeed(0.0))


def written(**more):
    parts = {
        "name": "s", "map": "highway", "ego": EGO, "criteria": (NoCollision(),), "actors": (LEAD,),
        "parameters": (vary("speed", 5.0, 9.0, usual=6.0),),
    }  # fmt: skip
    return write(**(parts | more))


def test_a_script_becomes_a_storyboard():
    said = written(
        events=(
            When("brake", o.SimulationTimeCondition(2.0), "lead", (BRAKE, BRAKE)),
            When("see", o.SpeedCondition(3.0, "lessThan"), "lead", BRAKE, max_executions=2),
        ),
        limit_s=12.0,
    )
    assert [one.name for one in said.entities] == ["ego", "lead"]
    assert said.entities[1].kind == ActorKind.TRUCK
    assert said.entities[1].length == 9.0
    inits = [(one.entity, type(one.action).__name__) for one in said.storyboard.init]
    assert inits == [(who, what) for who in ("ego", "lead") for what in ("TeleportAction", "SpeedAction")]
    (group, brake), (_, see) = said.storyboard.events()
    assert group.actors == ("lead",)
    assert [one.name for one in brake.actions] == ["brake 1", "brake 2"]
    assert [one.name for one in see.actions] == ["see"]
    assert (brake.priority, see.max_executions) == ("parallel", 2)
    assert see.start.groups[0].conditions[0].entities == ("ego",)
    assert brake.start.groups[0].conditions[0].entities == ()
    assert said.storyboard.stop.groups[0].conditions[0].of == o.SimulationTimeCondition(12.0, "greaterOrEqual")
    assert said.set_speed == P.speed
    assert written(ego=Ego(EGO.start, 5.0, set_speed=8.0)).set_speed == 8.0
    assert said.family == "s"


def test_a_condition_that_names_nobody_is_asked_of_the_ego():
    bare = o.Condition(o.StandStillCondition(1.0), delay=2.0)
    found = trigger([bare, o.Condition(o.StandStillCondition(1.0), ("lead",)), o.SimulationTimeCondition(1.0)])
    (group,) = found.groups
    assert [one.entities for one in group.conditions] == [("ego",), ("lead",), ()]
    assert group.conditions[0].delay == 2.0


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"actors": (LEAD, LEAD)}, "two entities named 'lead'"),
        ({"parameters": (vary("speed", 0, 1, usual=0), vary("speed", 0, 1, usual=0))}, "two parameters named 'speed'"),
        ({"parameters": (vary("spead", 0, 1, usual=0),)}, "speed"),
        ({"events": (When("x", o.SimulationTimeCondition(1.0), "laed", BRAKE),)}, "laed"),
        ({"actors": (Actor("lead", RelativeLanePosition("eggo", 0, 1.0)),)}, "eggo"),
        ({"events": (When("x", o.TimeToCollisionCondition("laed", 1.0, "lessThan"), "lead", BRAKE),)}, "laed"),
        ({"hazard": Hazard(trigger(o.SimulationTimeCondition(1.0)), "no_collisions")}, "no_collision"),
        ({"hazard": Hazard(trigger(o.SimulationTimeCondition(1.0)), "no_collision", actor="laed")}, "laed"),
        ({"hazard": Hazard(trigger(o.RelativeSpeedCondition("laed", 1.0, "lessThan")), "no_collision")}, "laed"),
    ],
)
def test_names_refer_to_something(more, words):
    with pytest.raises(SuiteError, match=words):
        written(**more)


def test_a_condition_by_entity_in_a_scenario_is_asked_of_somebody():
    nobody = o.Trigger((o.ConditionGroup((o.Condition(o.StandStillCondition(1.0)),)),))
    with pytest.raises(SuiteError, match="asked of nobody"):
        written(hazard=Hazard(nobody, "no_collision"))


def test_parameters_are_found_by_name():
    said = written(criteria=(NoCollision(), StaysOnRoad()))
    assert said.parameter("speed").value == 6.0
    with pytest.raises(UnknownNameError, match="speed"):
        said.parameter("sped")


def test_parts_come_from_the_outside_in():
    shift = LanePosition("1", -1, P.a, orientation=a.TransitionDynamics(value=2.0))
    assert [type(one).__name__ for one in parts_of((shift,))][:3] == ["tuple", "LanePosition", "str"]


def test_kinds_of_entities():
    assert [Entity("x", one).kind for one in ("van", "bus", "bicycle", "animal", "parked", "pole")] == [
        ActorKind.CAR, ActorKind.BUS, ActorKind.BICYCLE, ActorKind.PEDESTRIAN, ActorKind.PARKED, ActorKind.OBSTACLE,
    ]  # fmt: skip
