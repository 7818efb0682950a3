"""Each condition and trigger as it stands in a file."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim_suite.driving.storyboard.elements import conditions as c
from sim_suite.driving.storyboard.elements.positions import LanePosition
from sim_suite.driving.storyboard.numbers import P
from sim_suite.driving.storyboard.xosc.errors import ScenarioFileError
from sim_suite.driving.storyboard.xosc.tables.conditions import BY_ENTITY, BY_VALUE, MOST_LANES, TRIGGER
from sim_suite.errors import SuiteError
from tests.driving.storyboard.xosc.samples import LANE, by_time, context, node

PLACE = LanePosition("1", -1.0, 5.0)
OF_ENTITY = [
    ('<EndOfRoadCondition duration="2"/>', c.EndOfRoadCondition(2.0)),
    ('<CollisionCondition><EntityRef entityRef="b"/></CollisionCondition>', c.CollisionCondition("b")),
    ('<CollisionCondition><ByType type="pedestrian"/></CollisionCondition>', c.CollisionCondition(None, "pedestrian")),
    ('<OffroadCondition duration="$v"/>', c.OffroadCondition(P.v)),
    (
        '<TimeHeadwayCondition entityRef="b" value="2" freespace="true" rule="lessThan" alongRoute="true"/>',  # as 1.0 has it
        c.TimeHeadwayCondition("b", 2.0, "lessThan", True, "road", "longitudinal"),
    ),
    (
        """<TimeHeadwayCondition entityRef="b" value="2" freespace="false" rule="lessThan" alongRoute="false"
        coordinateSystem="lane" relativeDistanceType="cartesianDistance" routingAlgorithm="shortest"/>""",
        c.TimeHeadwayCondition("b", 2.0, "lessThan", False, "lane", "euclidianDistance"),
    ),
    (
        """<TimeToCollisionCondition value="2" freespace="false" rule="lessThan"><TimeToCollisionConditionTarget>
        <EntityRef entityRef="b"/></TimeToCollisionConditionTarget></TimeToCollisionCondition>""",
        c.TimeToCollisionCondition("b", 2.0, "lessThan"),
    ),
    (
        f"""<TimeToCollisionCondition value="2" freespace="false" rule="lessThan"><TimeToCollisionConditionTarget>{LANE}
        </TimeToCollisionConditionTarget></TimeToCollisionCondition>""",
        c.TimeToCollisionCondition(PLACE, 2.0, "lessThan"),
    ),
    (
        '<AccelerationCondition value="-2" rule="lessOrEqual" direction="lateral"/>',
        c.AccelerationCondition(-2.0, "lessOrEqual", "lateral"),
    ),
    ('<StandStillCondition duration="2"/>', c.StandStillCondition(2.0)),
    ('<SpeedCondition value="${$v / 3.6}" rule="greaterThan"/>', c.SpeedCondition(P.v / 3.6, "greaterThan")),
    (
        '<RelativeSpeedCondition entityRef="b" value="0" rule="notEqualTo"/>',
        c.RelativeSpeedCondition("b", 0.0, "notEqualTo"),
    ),
    ('<TraveledDistanceCondition value="9"/>', c.TraveledDistanceCondition(9.0)),
    (f'<ReachPositionCondition tolerance="2">{LANE}</ReachPositionCondition>', c.ReachPositionCondition(PLACE, 2.0)),
    (
        f'<DistanceCondition value="2" freespace="true" rule="equalTo">{LANE}</DistanceCondition>',
        c.DistanceCondition(PLACE, 2.0, "equalTo", True),
    ),
    (
        """<RelativeDistanceCondition entityRef="b" value="2" freespace="false" rule="greaterOrEqual"
        relativeDistanceType="lateral"/>""",
        c.RelativeDistanceCondition("b", 2.0, "greaterOrEqual", "lateral"),
    ),
    (
        """<RelativeClearanceCondition oppositeLanes="false" freeSpace="true" distanceForward="9" distanceBackward="3">
        <RelativeLaneRange from="-1" to="1"/><RelativeLaneRange from="2"/><EntityRef entityRef="b"/></RelativeClearanceCondition>""",
        c.RelativeClearanceCondition(9.0, 3.0, True, False, ((-1, 1), (2, MOST_LANES)), ("b",)),
    ),
    (
        '<RelativeClearanceCondition oppositeLanes="true" freeSpace="false"/>',
        c.RelativeClearanceCondition(0.0, 0.0, False, True, ((-MOST_LANES, MOST_LANES),)),
    ),
    (
        '<AngleCondition angleType="heading" angle="1" angleTolerance="0.1" coordinateSystem="world"/>',
        c.AngleCondition(1.0, 0.1, "world"),
    ),
    (
        '<RelativeAngleCondition entityRef="b" angleType="heading" angle="1" angleTolerance="0.1"/>',
        c.RelativeAngleCondition("b", 1.0, 0.1),
    ),
]
OF_VALUE = [
    ('<SimulationTimeCondition value="$v" rule="greaterThan"/>', c.SimulationTimeCondition(P.v)),
    (
        '<StoryboardElementStateCondition storyboardElementRef="e" storyboardElementType="event" state="endTransition"/>',
        c.StoryboardElementStateCondition("e", "endTransition"),
    ),
    ('<ParameterCondition parameterRef="v" value="3" rule="lessThan"/>', c.ParameterCondition("v", 3.0, "lessThan")),
    ('<ParameterCondition parameterRef="on" value="true" rule="equalTo"/>', c.ParameterCondition("on", 1.0)),
    ('<VariableCondition variableRef="x" value="$word" rule="equalTo"/>', c.VariableCondition("x", "hero")),
    ('<TrafficSignalCondition name="7" state="red"/>', c.TrafficSignalCondition("7", "red")),
    (
        '<TrafficSignalControllerCondition trafficSignalControllerRef="c" phase="go"/>',
        c.TrafficSignalControllerCondition("c", "go"),
    ),
]


@pytest.mark.parametrize(
    ("choice", "xml", "condition"),
    [(BY_ENTITY, *one) for one in OF_ENTITY] + [(BY_VALUE, *one) for one in OF_VALUE],
)
def test_each_condition_is_read_and_written(choice, xml, condition):
    assert choice.read(node(f"<X>{xml}</X>"), context()) == condition
    assert choice.read(choice.write(condition, "X"), context()) == condition


def test_all_conditions_stand_here():
    tables = {**BY_ENTITY.forms, **BY_VALUE.forms}
    assert {type(of) for _, of in OF_ENTITY + OF_VALUE} == {kind for kind, _ in tables.values()}


TRIGGERED = """<StartTrigger><ConditionGroup><Condition name="n" delay="$v" conditionEdge="rising"><ByEntityCondition>
<TriggeringEntities triggeringEntitiesRule="all"><EntityRef entityRef="b"/><EntityRef entityRef="both"/></TriggeringEntities>
<EntityCondition><StandStillCondition duration="1"/></EntityCondition></ByEntityCondition></Condition></ConditionGroup>{}</StartTrigger>"""


def test_a_trigger_is_groups_of_conditions_with_when_they_count():
    around = replace(context(), selections={"both": ("ego", "other")})
    trigger = c.Trigger((
        c.ConditionGroup(
            (c.Condition(c.StandStillCondition(1.0), ("b", "ego", "other"), True, P.v, "rising", "n"),)
        ),
        c.ConditionGroup((c.Condition(c.SimulationTimeCondition(3.0), name="t"),)),
    ))  # fmt: skip
    assert TRIGGER.read(node(TRIGGERED.format(by_time("3"))), around) == trigger
    assert TRIGGER.read(TRIGGER.write(trigger, "StartTrigger"), around) == trigger
    assert TRIGGER.read(node("<StartTrigger/>"), around) == c.Trigger()


@pytest.mark.parametrize(
    ("choice", "xml", "message"),
    [
        (
            BY_VALUE,
            '<TimeOfDayCondition dateTime="x" rule="lessThan"/>',
            "<TimeOfDayCondition>: not supported: .* no time",
        ),
        (
            BY_VALUE,
            '<UserDefinedValueCondition name="x" value="1" rule="lessThan"/>',
            "not supported: values from outside",
        ),
        (BY_VALUE, "<MoodCondition/>", "<MoodCondition>: not known here"),
        (BY_ENTITY, "", "must hold one element, and holds 0"),
        (BY_ENTITY, "<CollisionCondition/>", "an entity or a kind"),
        (BY_ENTITY, '<SpeedCondition value="1"/>', "rule is missing"),
        (BY_ENTITY, '<SpeedCondition value="x" rule="lessThan"/>', "'x' is not a finite number"),
        (BY_ENTITY, '<SpeedCondition value="$word" rule="lessThan"/>', "'hero', which is not a number"),
        (BY_ENTITY, '<SpeedCondition value="$w" rule="lessThan"/>', "unknown parameter 'w'"),
        (BY_ENTITY, '<SpeedCondition value="1" rule="under"/>', "rule = 'under' is none of greaterThan, lessThan"),
        (BY_ENTITY, '<AngleCondition angleType="pitch" angle="1" angleTolerance="1"/>', "'pitch' is none of heading"),
        (
            BY_ENTITY,
            '<StandStillCondition duration="1"><Odd/></StandStillCondition>',
            "<Odd>: not supported in <StandStill",
        ),
    ],
)
def test_what_is_wrong_is_named(choice, xml, message):
    with pytest.raises(ScenarioFileError, match=f"file.xosc, line 1, .*{message}"):
        choice.read(node(f"<X>{xml}</X>"), context())


def test_an_unknown_attribute_is_noted():
    around = context()
    BY_ENTITY.read(node('<X><StandStillCondition duration="1" mood="good"/></X>'), around)
    assert list(around.notes) == ["mood of <StandStillCondition> is not known; left out"]


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        (c.Condition(c.StandStillCondition(1.0)), "needs 1 or more <EntityRef>"),
        (c.Condition(c.SimulationTimeCondition(1.0), ("b",)), "asked of nobody"),
    ],
)
def test_what_openscenario_cannot_say_is_refused(condition, message):
    with pytest.raises(SuiteError, match=message):
        TRIGGER.write(c.Trigger((c.ConditionGroup((condition,)),)), "StartTrigger")
