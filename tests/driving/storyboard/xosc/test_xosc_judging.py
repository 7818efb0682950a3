"""Who the ego is, where it goes, what it is judged by and how long, in files that do not say it in our words."""

from __future__ import annotations

import pytest

from sim_suite.driving.storyboard.criteria import (
    InTime,
    NoCollision,
    StaysOnRoad,
    StopsAtRed,
    StopsAtStopSign,
    StoryboardCompletes,
)
from sim_suite.driving.storyboard.elements.positions import LanePosition
from sim_suite.driving.storyboard.numbers import P
from sim_suite.driving.storyboard.xosc.reader import read_scenario
from tests.driving.storyboard.xosc.samples import CAR, LANE, by_time, scenario, written

WALKER = '<Pedestrian name="w" pedestrianCategory="pedestrian" mass="80"/>'
OBJECT = '<MiscObject name="o" miscObjectCategory="barrier" mass="80"/>'


def named(**objects: str) -> str:
    return "".join(f'<ScenarioObject name="{name}">{inner}</ScenarioObject>' for name, inner in objects.items())


CONTROLLER = """<ObjectController><Controller name="c"><Properties><Property name="type" value="ego_vehicle"/></Properties>
</Controller></ObjectController>"""
MARKED = '<Vehicle name="c" vehicleCategory="car"><Properties><Property name="type" value="ego_vehicle"/></Properties></Vehicle>'


@pytest.mark.parametrize(
    ("objects", "ego", "note"),
    [
        ({"a": CAR, "EGO": CAR}, "EGO", ""),
        ({"a": CAR, "hero": CAR}, "hero", ""),
        ({"a": CAR, "b": CAR + CONTROLLER}, "b", "b is the ego, as its properties say"),
        ({"a": CAR, "b": MARKED}, "b", "b is the ego, as its properties say"),
        ({"o": OBJECT, "w": WALKER, "b": CAR}, "b", "nobody is named ego; b is the ego, since it is the first vehicle"),
        ({"w": WALKER}, "w", "nobody is named ego; w is the ego, since it is the first vehicle"),
    ],
)
def test_the_ego(tmp_path, objects, ego, note):
    read = read_scenario(written(tmp_path, scenario(entities=named(**objects))))
    assert read.ego == ego
    assert not note or note in read.notes


def test_the_goal_is_where_the_ego_is_sent_at_first(tmp_path):
    init = f"""<Private entityRef="Ego"><PrivateAction><RoutingAction><AcquirePositionAction>{LANE}</AcquirePositionAction>
    </RoutingAction></PrivateAction></Private>"""
    assert read_scenario(written(tmp_path, scenario(init=init))).goal == LanePosition("1", -1.0, 5.0)
    read = read_scenario(written(tmp_path, scenario()))
    assert (read.goal, read.set_speed) == (None, None)


def test_without_criteria_the_usual_ones_count_and_that_is_said(tmp_path):
    read = read_scenario(written(tmp_path, scenario()))
    assert read.criteria == (NoCollision(), StaysOnRoad(), StoryboardCompletes(), InTime())
    assert read.notes == (
        "no criteria in the file: judged by no_collision, stays_on_road, storyboard_completes, in_time",
    )
    assert (read.name, read.summary, read.source, read.limit_s) == ("test", "A test", "tester", 180.0)


def carla(*names: str) -> str:
    return "".join(
        f"""<Condition name="criteria_{name}" delay="0" conditionEdge="rising"><ByValueCondition>
        <ParameterCondition parameterRef="" value="" rule="lessThan"/></ByValueCondition></Condition>"""
        for name in names
    )


def test_criteria_of_scenario_runner_are_taken_out_of_the_stop_trigger(tmp_path):
    group = f"<ConditionGroup>{carla('RunningStopTest', 'RunningRedLightTest', 'KeepLaneTest', 'CollisionTest')}</ConditionGroup>"
    read = read_scenario(written(tmp_path, scenario(stop=f"<StopTrigger>{group}</StopTrigger>", minor=0)))
    assert read.criteria == (StopsAtStopSign(), StopsAtRed(), NoCollision())
    assert read.storyboard.stop is None
    assert read.notes == ("the criterion KeepLaneTest of the file has no counterpart; left out",)
    both = f"<StopTrigger>{group}{by_time('7')}</StopTrigger>"
    stop = read_scenario(written(tmp_path, scenario(stop=both))).storyboard.stop
    assert stop is not None
    assert len(stop.groups) == 1


def test_the_limit_lies_a_little_behind_the_time_that_stops(tmp_path):
    stop = f"<StopTrigger>{by_time('20')}</StopTrigger>"
    assert read_scenario(written(tmp_path, scenario(stop=stop))).limit_s == 21.0
    late = stop.replace('delay="0"', 'delay="2"')
    assert read_scenario(written(tmp_path, scenario(stop=late))).limit_s == 23.0
    end = '<ParameterDeclaration name="end" parameterType="double" value="9"/>'
    varied = f"<StopTrigger>{by_time('$end')}</StopTrigger>"
    assert read_scenario(written(tmp_path, scenario(parameters=end, stop=varied))).limit_s == P.end + 1.0
    before = stop.replace("greaterThan", "lessThan")
    assert read_scenario(written(tmp_path, scenario(stop=before))).limit_s == 180.0


def test_selections_stand_for_their_members(tmp_path):
    objects = named(Ego=CAR, b=CAR, w=WALKER)
    objects += '<EntitySelection name="cars"><Members><ByType objectType="vehicle"/></Members></EntitySelection>'
    objects += '<EntitySelection name="two"><Members><EntityRef entityRef="w"/><EntityRef entityRef="b"/></Members></EntitySelection>'
    init = "".join(
        f"""<Private entityRef="{name}"><PrivateAction><TeleportAction>{LANE}</TeleportAction></PrivateAction></Private>"""
        for name in ("cars", "two")
    )
    read = read_scenario(written(tmp_path, scenario(entities=objects, init=init)))
    assert [one.entity for one in read.storyboard.init] == ["Ego", "b", "w", "b"]
